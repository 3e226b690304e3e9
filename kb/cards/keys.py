"""The keys of cards and lists: for each kind of object its keys, what they hold, and which are always there.

This is the promise that programs rely on: a key that stands here is not taken away, and does not come to mean another
thing, within a major version; keys may be added. A name that ends in ``?`` may be absent. All others are always there,
with null or an empty list where there is nothing to say. What stands in a key is told in JSON Schema (2020-12); tests
hold the cards of everything in the data against it, in both directions.
"""

from collections.abc import Mapping
from typing import Final

from kb.cards.context import CONTEXT
from kb.cards.facts import Json

Schema = Json

REFERENCE: Final = "#/components/schemas/"
"""Where one schema finds another."""


def text(about: str = "", **more: object) -> Schema:
    """A text; ``more`` are other keywords of JSON Schema."""
    return _told({"type": "string", **more}, about)


def iri(about: str = "") -> Schema:
    """An IRI."""
    return text(about, format="iri")


def whole(about: str = "") -> Schema:
    """A number that counts."""
    return _told({"type": "integer", "minimum": 0}, about)


def truth(about: str = "") -> Schema:
    """True or false."""
    return _told({"type": "boolean"}, about)


def number(about: str = "") -> Schema:
    """A number; a text where the data holds what JSON has no number for."""
    return _told({"type": ["number", "string"]}, about)


def ref(name: str, about: str = "") -> Schema:
    """An object of another kind."""
    return _told({"$ref": f"{REFERENCE}{name}"}, about)


def several(schema: Schema, about: str = "") -> Schema:
    """A list."""
    return _told({"type": "array", "items": schema}, about)


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    kind = schema.get("type")
    if kind is None:
        plain = {key: value for key, value in schema.items() if key != "description"}
        return _told({"anyOf": [plain, {"type": "null"}]}, str(schema.get("description", "")))
    return {**schema, "type": [*([kind] if isinstance(kind, str) else kind), "null"]}


def record(keys: Mapping[str, Schema], about: str = "") -> Schema:
    """An object with keys; those whose names end in ``?`` may be absent."""
    return {
        "type": "object",
        **({"description": about} if about else {}),
        "properties": {name.rstrip("?"): schema for name, schema in keys.items()},
        "required": [name for name in keys if not name.endswith("?")],
    }


def fixed(value: str, about: str = "") -> Schema:
    """One certain text."""
    return _told({"type": "string", "const": value}, about)


def _told(schema: Schema, about: str) -> Schema:
    return {**schema, "description": about} if about else schema


_LANG = maybe(text("The language of the label (BCP 47), null where it is none or not said."))
_LINK = {"iri": iri(), "label": text("What it is called, in English where there is such a name."), "lang": _LANG}
LINK: Final = _LINK
"""The keys of what links to a thing."""

_CONCEPT = {**_LINK, "code": text("The last part of its IRI, as filters take it.")}
_TERM = {**_LINK, "definition": maybe(text("What it means."))}
_VOICE = {**_LINK, "iri": maybe(iri("Null for somebody who is known by a byline only."))}
_LINKS = several(ref("Link"))
_TEXTS = several(ref("Text"))
_NOTES = several(ref("Text"), "What editors add.")
_DAY = maybe(text("A day, as xsd:date."))
_PLACE_IN_TEXT = {
    "paragraph": maybe(number("The paragraph, counted from 1.")),
    "start": maybe(number("Where it begins: characters from the beginning of the text.")),
}

_CONTEXT = {"@context": fixed(CONTEXT, "What its keys mean to a processor of JSON-LD.")}
_OWN = {
    "own": {
        "type": "object",
        "additionalProperties": {"type": "array"},
        "description": "All that the default graph says of it, by prefixed property, with values as JSON-LD has them.",
    }
}
_MORE = maybe(text("Where the next ones are, if these are not all."))
_FORMS = several(text())

_OWN_WORDS = {
    "label": text("What it is called, in English where there is such a name."),
    "lang": _LANG,
    "labels": several(ref("Text"), "Its name in each language."),
    "kinds": several(text(), "What it is, in words."),
    "name_forms": several(ref("Text"), "Other forms of its name."),
    "misspellings": several(ref("Text"), "Forms that are misspelt where they are printed."),
    "names": {
        "type": "object",
        "additionalProperties": record({"labels": _FORMS, "name_forms": _FORMS, "misspellings": _FORMS}),
        "description": "All of these by language (BCP 47), und where none is given.",
    },
    "name_uses": record(
        {"total": whole("How many there are."), "items": several(ref("NameUse")), "more": _MORE},
        "Who writes which form.",
    ),
    "external_ids": several(iri(), "The same thing in other datasets."),
    "identifier_source": maybe(text("Where the external identifiers were verified.")),
    "identifiers": several(ref("Text"), "Identifiers as they are printed, such as number plates."),
    "described_in": maybe(ref("Link", "The only article that knows it.")),
    "possibly_same_as": several(ref("Link"), "An editor’s guess; nothing follows from it."),
    "notes": _NOTES,
}
_NAMING = ref("NamingSection", "The claims in whose content it occurs.")

_HIT = {
    "iri": iri(),
    "kind": fixed("claim"),
    "paraphrase": maybe(text("What the holder is said to put forward, in other words.")),
    "lang": _LANG,
    "holder": maybe(ref("Holder", "Who is said to hold it.")),
    "speaker": text("The holder and through whom the claim comes to us, in words; always shown with the claim."),
    "chain": several(ref("ChainLink"), "From the article, outermost, to the claim itself."),
    "mode": maybe(ref("Concept", "How it is put: stated, denied, demanded …")),
    "certainty": maybe(ref("Concept", "How sure the holder is said to be.")),
    "polarity": maybe(ref("Concept", "Whether it is said to be so, or not to be so.")),
    "realis": maybe(truth("Whether it is told as having happened; null where that is not worked out.")),
    "about": maybe(ref("Link", "The event or state that it tells of.")),
}

_PASSAGE = {
    "iri": iri("The shared passage."),
    "article": ref("Link", "The other article."),
    "anchor": iri("The passage there."),
    "paragraph": _PLACE_IN_TEXT["paragraph"],
    "sharing": maybe(ref("Concept", "How alike the words are.")),
    "ratio": maybe(number("How much of the words is shared, from 0 to 1.")),
    "direction": maybe(ref("Concept", "Who had them from whom, where that is known.")),
}

_STATE: Schema = {
    "enum": ["claims", "excused", "metadata", "open"],
    "description": "What accounts for it: claims, an excuse, the entry of the article, or nothing.",
}
_COUNTED = {"claims": whole("Claims about it, or in it."), "holders": whole("Different holders of these.")}
_KINDS_OF = several(text(), "What it is, in words.")
_WAY = {
    "place": ref("Link"),
    "in": ref("Link"),
    "holder": ref("Link"),
    "claims": several(record({"iri": iri(), "speaker": text("Who claims it, and through whom.")})),
}
_VIA = {
    "via": several(ref("Way"), "Through whose claims it lies at the place that was asked for; the first few."),
    "ways": whole("How many such ways there are."),
}
_MATCHES = several(ref("Match"), "The fewest texts that have all that was asked.")


def _card(kind: str, keys: Mapping[str, Schema]) -> Mapping[str, Schema]:
    return {**_CONTEXT, "iri": iri(), "kind": fixed(kind), **keys, **_OWN}


def _beside(*sections: str) -> Mapping[str, Schema]:
    """What stands beside sections that are plain lists."""
    found = {f"{name}_total": whole(f"How many {name} there are in all.") for name in sections}
    return found | {f"{name}_more": maybe(text("Where the next ones are, if these are not all.")) for name in sections}


def _section(item: Schema, about: str = "") -> Schema:
    """A section that shows its first items."""
    return record({"total": whole("How many there are."), "items": several(item), "more": _MORE}, about)


KEYS: Final[Mapping[str, tuple[str, Mapping[str, Schema]]]] = {
    "Link": ("Something that has an address, with its name.", _LINK),
    "Text": ("A text in a language.", {"text": text(), "lang": _LANG}),
    "Voice": ("Somebody who speaks.", _VOICE),
    "Holder": (
        "Who holds a claim, and who says so.",
        {**_VOICE, "ascribed_by": maybe(ref("Holder", "Who ascribes it to them, link by link up to the outlet."))},
    ),
    "Concept": ("A value out of one of the vocabulary’s lists.", _CONCEPT),
    "DefinedConcept": ("The same with its definition.", {**_CONCEPT, "definition": _TERM["definition"]}),
    "Term": ("A term of the vocabulary.", _TERM),
    "ChainLink": (
        "A link of the chain through which a claim comes to us.",
        {
            "iri": iri(),
            "label": maybe(text("The article’s name, or the paraphrase of the claim.")),
            "lang": _LANG,
            "kind": {"type": "string", "enum": ["article", "claim"]},
            "voice": maybe(ref("Voice", "Who speaks there.")),
            "mode": maybe(ref("Concept")),
            "certainty": maybe(ref("Concept", "How sure the voice is said to be of what it passes on.")),
            "source_naming": maybe(ref("Concept", "How the voice is named.")),
        },
    ),
    "ClaimInShort": ("A claim with its speaker.", _HIT),
    "Section": (
        "The first claims of a kind.",
        {
            "total": whole("How many there are."),
            "items": several(ref("ClaimInShort")),
            "more": maybe(text("Where all of them are listed, if these are not all.")),
        },
    ),
    "NamingSection": (
        "The first claims that name a thing, with its roles there.",
        {
            "total": whole("How many there are."),
            "items": several(record({"claim": ref("ClaimInShort"), "roles": _LINKS})),
            "more": maybe(text("Where all of them are listed, if these are not all.")),
        },
    ),
    "Actor": (
        "Somebody who acts or speaks.",
        _card(
            "actor",
            {
                **_OWN_WORDS,
                "side": maybe(ref("Concept", "An editor’s assignment.")),
                "side_reason": maybe(text("The reason for it.")),
                "articles": several(ref("Link"), "What it published."),
                **_beside("articles"),
                "claims_as_holder": ref("Section", "What it is said to have claimed."),
                "modes_as_holder": several(ref("ModeCount"), "How these are put."),
                "accusations": ref(
                    "NamingSection", "What others blame it for, as a rule finds it; never that it is so."
                ),
                "modes_of_accusations": several(ref("ModeCount"), "How these are put."),
                "named_otherwise": ref("NamingSection", "Other claims of others in whose content it occurs."),
                "claims_naming_it": _NAMING,
                "addressed_in": ref("Section", "What was said to it."),
            },
        ),
    ),
    "ModeCount": ("How many claims are put in one way.", {**_CONCEPT, "total": whole("How many there are.")}),
    "NameUse": (
        "That an article uses a form of a name.",
        {
            "iri": iri(),
            "text": maybe(text("The form.")),
            "lang": _LANG,
            "article": maybe(ref("Link")),
            "outlet": maybe(ref("Voice")),
            "side": maybe(ref("Concept", "The side on which editors count the outlet.")),
        },
    ),
    "Place": (
        "A place.",
        _card(
            "place",
            {
                **_OWN_WORDS,
                "lies_in": several(ref("Location"), "In what it lies, as somebody claims."),
                "contains": several(ref("Location"), "What lies in it, as somebody claims."),
                **_beside("lies_in", "contains"),
                "claims_there": ref("Section", "What is said to be there."),
                "claims_naming_it": _NAMING,
                "gazetteers": several(ref("Spot"), "Where gazetteers have it, each for itself."),
            },
        ),
    ),
    "Spot": (
        "Where a gazetteer has a place, and what it calls it.",
        {
            "iri": iri("Its graph."),
            "source": maybe(text("Whose it is.")),
            "issued": _DAY,
            "license": maybe(iri()),
            "lat": {"type": "number", "description": "Degrees north (WGS 84)."},
            "long": {"type": "number", "description": "Degrees east (WGS 84)."},
            "precision": {"type": "number", "description": "What the last digit stands for, in degrees."},
            "names": several(
                ref("Text"), "What it calls the place, its own choice first; und where a language is not told."
            ),
        },
    ),
    "Object": ("A thing.", _card("object", {**_OWN_WORDS, "claims_naming_it": _NAMING})),
    "Event": (
        "An event or state that is told of; whether it was so is not said here.",
        _card(
            "event",
            {
                **_OWN_WORDS,
                "counts": maybe(ref("VoiceCounts", "Null where no claim about it is compared.")),
                "claims": several(
                    record({"holder": ref("Holder"), "claims": several(ref("ClaimInShort"))}),
                    "What is claimed about it, by holder.",
                ),
                "claims_total": whole("How many claims there are about it."),
                "claims_more": maybe(text("Where all of them are listed, if these are not all.")),
                "claims_naming_it": _NAMING,
            },
        ),
    ),
    "VoiceCounts": (
        "How many tell of an event.",
        {
            "voices": maybe(number("Voices.")),
            "independent_voices": maybe(number("Voices that do not rest on each other.")),
            "outlets": maybe(number("Outlets.")),
            "sides": maybe(number("Sides.")),
            "uncompared_pairs": maybe(number("Pairs of claims that were not compared.")),
        },
    ),
    "Perspective": (
        "A rule that selects claims, and what is left when one looks through it.",
        _card(
            "perspective",
            {
                "label": _LINK["label"],
                "lang": _LANG,
                "labels": _TEXTS,
                "code": _CONCEPT["code"],
                "rule": several(
                    record(
                        {
                            "property": iri(),
                            "words": text(),
                            "values": several(ref("Voice"), "Any of which will do; an IRI of null for a plain value."),
                        }
                    ),
                    "What it asks of claims; all of it must fit.",
                ),
                "rule_in_words": text("The same as a sentence."),
                "claims": ref("Section"),
                "conclusions": whole("Different statements that follow inside it."),
                "contradictions": several(record({"iri": iri(), "why": maybe(text()), "claims": several(iri())})),
                **_beside("contradictions"),
                "notes": _NOTES,
            },
        ),
    ),
    "Article": (
        "An article that was read.",
        _card(
            "article",
            {
                "label": text("Its outlet and day."),
                "lang": _LANG,
                "headline": maybe(text()),
                "language": maybe(text("The language it is written in.")),
                "outlet": maybe(ref("Link")),
                "byline": maybe(text()),
                "published": _DAY,
                "modified": _DAY,
                "rights": _TEXTS,
                "urls": several(text(), "Where it is published."),
                "fully_encoded": maybe(truth("Whether each sentence is encoded or excused.")),
                "snapshot": maybe(ref("Snapshot", "The text that was read.")),
                "earlier_versions": several(
                    record(
                        {
                            "iri": iri(),
                            "sha256": maybe(text("The hash of the text.")),
                            "length": maybe(number("Characters.")),
                        }
                    )
                ),
                "shares_words_with": several(
                    record(
                        {
                            "article": ref("Link"),
                            "passages": several(record({**_PASSAGE, "here": record({"iri": iri(), **_PLACE_IN_TEXT})})),
                            "total": whole("How many passages there are; the first are shown."),
                        }
                    ),
                    "Other articles with the same words; who was first is not said.",
                ),
                **_beside("shares_words_with"),
                "notes": _NOTES,
                "holders": whole("Different holders of its claims."),
                "reading": ref("Reading", "Its text in parts, with the claims that rest on each place."),
                "claims": ref("Section", "Its claims, in the order of the text."),
            },
        ),
    ),
    "Reading": (
        "An article as it is read: paragraphs with their places, which are sentences, or passages without the text.",
        {
            "text_is_at_hand": truth("Whether the version that was read is at hand."),
            "coverage": record(
                {
                    "counted": {"enum": ["sentences", "passages"], "description": "What a place is."},
                    "total": whole("Places."),
                    "with_claims": whole("On which a claim rests."),
                    "excused": whole("Which are excused from carrying one."),
                    "metadata": whole("Which the entry of the article itself accounts for."),
                    "open": maybe(whole("Which are not encoded; null where the text is not at hand.")),
                },
                "How much of it is encoded, counted by a rule.",
            ),
            "outline": several(
                record({"paragraph": whole(), "state": _STATE, "total": whole("Claims that rest on it.")}),
                "All places in the order of the text.",
            ),
            "pages": several(
                record({"first": whole("A paragraph."), "last": whole("A paragraph."), "href": text("Its path.")}),
                "The parts, if one reads from the beginning.",
            ),
            "total": whole("How many paragraphs there are."),
            "items": several(
                record(
                    {
                        "paragraph": whole("Counted from 1."),
                        "section": maybe(text("The type of its section, such as body or headline.")),
                        "passages": several(ref("ReadPlace")),
                    }
                ),
                "Those that are shown.",
            ),
            "more": _MORE,
        },
    ),
    "ReadPlace": (
        "A sentence of an article, or a passage without the text, with what it carries.",
        {
            "anchors": several(iri(), "The passages of the data in it, each with an address."),
            "start": whole("Where it begins: characters from the beginning of the text."),
            "end": whole("Where it ends."),
            "state": _STATE,
            "passage": maybe(text("Its words, as far as they may be shown.")),
            "passage_is_whole": maybe(truth()),
            "marks": {
                "type": ["array", "null"],
                "items": record({"start": whole(), "end": whole(), "what": {"enum": ["cue", "loaded"]}}),
                "description": "Where cue words and loaded words stand in what is shown; they may overlap.",
            },
            "total": whole("How many claims rest on it."),
            "claims": several(ref("ClaimInShort"), "The first of them."),
            "cues": several(record({"iri": iri(), "words": maybe(text())}), "Words that show whose a claim is."),
            "loaded": several(
                record(
                    {
                        "iri": iri(),
                        "words": maybe(text("The words, as far as they are kept.")),
                        "target": maybe(ref("Link", "Whom or what they judge.")),
                        "sentiment": maybe(ref("Concept", "For or against it.")),
                        "neutral": maybe(text("Words of ours that say the same without judging.")),
                    }
                ),
                "Words that judge, as editors marked them.",
            ),
            "excuses": several(
                record({"reason": maybe(ref("DefinedConcept")), "words": maybe(text())}),
                "Why it, or words in it, carry no claim.",
            ),
            "shared_with": several(record(_PASSAGE), "Passages of other articles with the same words."),
        },
    ),
    "Snapshot": (
        "A text as it was read.",
        {
            "iri": iri(),
            "sha256": maybe(text("The hash of the text.")),
            "length": maybe(number("Characters.")),
            "sections": whole(),
        },
    ),
    "Claim": (
        "A claim: whose it is, through whom it reaches us, how it is put, on which passage it rests, what it says.",
        {
            **_CONTEXT,
            **_HIT,
            "mode": maybe(ref("DefinedConcept", "How it is put: stated, denied, demanded …")),
            "certainty": maybe(ref("DefinedConcept", "How sure the holder is said to be.")),
            "polarity": maybe(ref("DefinedConcept", "Whether it is said to be so, or not to be so.")),
            "attribution_basis": maybe(ref("DefinedConcept", "What binds it to its holder.")),
            "source_naming": maybe(ref("DefinedConcept", "How the source is named.")),
            "cue_factive": maybe(truth("Whether the cue takes for granted what is said.")),
            "statement_time": maybe(ref("Time", "When it was said.")),
            "addressee": maybe(ref("Link")),
            "presupposed_in": several(ref("ClaimInShort"), "Claims that take it for granted."),
            "presupposes": several(ref("ClaimInShort"), "Claims that it takes for granted."),
            "replies_to": several(ref("ClaimInShort")),
            "answered_by": several(ref("ClaimInShort")),
            "relays": several(ref("ClaimInShort"), "Claims that reach us through it."),
            **_beside("answered_by", "presupposes", "relays"),
            "evidence": several(ref("Anchor"), "The passages that it rests on."),
            "same_words_elsewhere": _section(ref("ClaimInShort"), "Claims that rest on passages with the same words."),
            "comparisons": _section(ref("Comparison"), "How it stands to other claims."),
            "follows": _section(ref("Conclusion"), "What follows from it by rule, apart from what it says."),
            "changes": several(ref("Change"), "What changed on the way from or to it."),
            "cues": several(ref("Cue"), "The words that show whose it is."),
            "content": ref("Content", "What it says; nobody but its speaker says so."),
            "notes": _NOTES,
            "reviewed": maybe(text("When it was reviewed.")),
            **_OWN,
        },
    ),
    "Anchor": (
        "A passage of an article; its words only where the text is at hand and may be shown.",
        {
            "iri": iri(),
            "article": maybe(ref("Link")),
            "outlet": maybe(ref("Voice")),
            "earlier_version": truth("Whether it stands in an earlier version of the text."),
            **_PLACE_IN_TEXT,
            "end": maybe(number("Where it ends.")),
            "sha256": maybe(text("The hash of its words.")),
            "passage": maybe(text("Its words, or as many of them as may be shown.")),
            "passage_is_whole": maybe(truth()),
            "before": maybe(text("What stands before it.")),
            "after": maybe(text("What stands behind it.")),
            "marks": {
                "type": ["array", "null"],
                "items": record({"start": whole(), "end": whole(), "what": text()}),
                "description": "Where cue words stand in the passage.",
            },
            "words": maybe(text("Its words, where the data itself keeps them.")),
            "shared_with": several(
                record({**_PASSAGE, "claims": several(iri())}), "Passages of other articles with the same words."
            ),
        },
    ),
    "Cue": (
        "Words that show whose a claim is.",
        {"iri": iri(), "words": maybe(text()), **_PLACE_IN_TEXT, "end": maybe(number())},
    ),
    "Comparison": (
        "How two claims stand to each other, as seen from one of them.",
        {
            "iri": iri(),
            "relation": maybe(ref("DefinedConcept")),
            "says_more": {"enum": ["this", "other", None], "description": "Which of them says more, if one does."},
            "differs_in": _LINKS,
            "only_possibly": truth("Whether it holds only on some reading."),
            "independence": maybe(ref("DefinedConcept")),
            "rules": _LINKS,
            "reason": maybe(text("An editor’s reason.")),
            "claim": ref("ClaimInShort", "The other claim."),
        },
    ),
    "Conclusion": (
        "What follows by rule from claims: asserted by nobody, and true only if they are.",
        {
            "iri": iri(),
            "lead": text("What stands before each statement: from whose claims it follows."),
            "how": maybe(text("How it was computed.")),
            "rests_on": several(ref("ClaimInShort")),
            "perspectives": _LINKS,
            "statements": several(text()),
        },
    ),
    "Change": (
        "What changed from one claim to another claim or article.",
        {"iri": iri(), "change": maybe(ref("DefinedConcept")), "rules": _LINKS, "earlier": iri(), "later": iri()},
    ),
    "Content": (
        "The content of a claim.",
        {
            "lead": text("What stands before each statement: the speaker, and how it is put."),
            "focus": maybe(
                {
                    "$ref": f"{REFERENCE}Focus",
                    "description": "What it tells of, null where it tells of no event or state of its own.",
                }
            ),
            "time": several(ref("Time")),
            "places": _LINKS,
            "near": _LINKS,
            "after": _LINKS,
            "part_of": _LINKS,
            "concerns": _LINKS,
            "participations": several(
                record(
                    {
                        "iri": iri(),
                        "role": maybe(ref("Link")),
                        "participant": maybe(ref("Link")),
                        "quantity": maybe(ref("Quantity")),
                    }
                ),
                "Who and what takes part.",
            ),
            "quantities": several(ref("Quantity")),
            "said_by": several(
                record({"claim": record({"iri": iri(), "paraphrase": maybe(text())}), "holder": ref("Link")}),
                "What a relayed claim says that others say.",
            ),
            "sentences": several(
                several(record({"text": text(), "iri": maybe(iri())})), "Each statement in linked parts, without lead."
            ),
            "statements": several(text(), "Each statement as a sentence that names its speaker."),
        },
    ),
    "Focus": (
        "An event or state as one claim tells of it.",
        {
            **_LINK,
            "is": {"type": "string", "enum": ["event", "state"]},
            "type": maybe(ref("Link", "The first of its types.")),
            "types": _LINKS,
        },
    ),
    "Time": (
        "A time as it is told.",
        {
            "iri": iri(),
            "edtf": maybe(text("How it is read, in EDTF (ISO 8601-2).")),
            "verbatim": maybe(text("The words of the text.")),
            "relative_to": maybe(ref("Link")),
            "bounds": maybe(
                {
                    **record({key: _DAY for key in ("earliest_begin", "latest_begin", "earliest_end", "latest_end")}),
                    "description": "The days that its reading allows.",
                }
            ),
            "text": text("All of this in words."),
        },
    ),
    "Quantity": (
        "A quantity as it is told.",
        {
            "iri": iri(),
            "value": maybe(number()),
            "minimum": maybe(number()),
            "maximum": maybe(number()),
            "unit": maybe(text()),
            "approximation": maybe(text("The code of an approximation, such as about.")),
            "verbatim": maybe(text("The words of the text.")),
            "subset_of": maybe(record({"iri": iri(), "text": text()}, "The quantity that it is a part of.")),
            "text": text("All of this in words."),
        },
    ),
    "VocabularyCard": (
        "A value of the vocabulary, or another thing that is described: what it is called, means and is linked to.",
        {
            **_CONTEXT,
            "iri": iri(),
            "kind": text("The first part of its address."),
            "label": _LINK["label"],
            "lang": _LANG,
            "code": _CONCEPT["code"],
            "labels": _TEXTS,
            "definition": maybe(text("What it means.")),
            "examples": _TEXTS,
            "schemes": _LINKS,
            "broader": _LINKS,
            "narrower": _LINKS,
            "close_matches": _LINKS,
            "requires_roles": several(ref("Link"), "Roles that an event of this type has."),
            "perspectives": several(ref("Link"), "Perspectives under which it holds."),
            "rests_on": several(iri(), "What it follows from."),
            "in_use": maybe(ref("Section", "Claims that have it; null where claims are not found by it.")),
            "members": several(ref("Term")),
            **_beside("members"),
            "notes": _NOTES,
            **_OWN,
        },
    ),
    "Ontology": (
        "The vocabulary.",
        {
            **_CONTEXT,
            "iri": iri(),
            "kind": fixed("ontology"),
            "label": text(),
            "description": maybe(text()),
            "version": maybe(text()),
            "license": maybe(iri()),
            "semantics": _TEXTS,
            "classes": several(ref("Term")),
            "properties": several(ref("Term")),
            "schemes": several(ref("Term")),
        },
    ),
    "Way": ("How a place comes to lie in another: by claims of one holder, from the inner to the outer.", _WAY),
    "Location": (
        "That somebody claims of a place that it lies in another.",
        {**_WAY, "total": whole("In how many claims; the first is told."), "more": _MORE},
    ),
    "ActorInShort": (
        "An actor in a list.",
        {
            **_LINK,
            "kinds": _KINDS_OF,
            "side": maybe(ref("Concept", "An editor’s assignment.")),
            "claims": whole("Claims that it is said to hold."),
            "named": whole("Claims that name it."),
        },
    ),
    "ArticleInShort": (
        "An article in a list.",
        {
            **_LINK,
            "headline": maybe(text()),
            "outlet": maybe(ref("Link")),
            "byline": maybe(text()),
            "published": _DAY,
            **_COUNTED,
        },
    ),
    "ClaimInList": (
        "A claim in a list, with its speaker and what the filters let be said of it.",
        {
            **_HIT,
            "article": maybe(ref("Link", "The article that it reaches us through.")),
            "dates": several(text(), "The times that it tells of, in EDTF (ISO 8601-2)."),
            "when": {
                "enum": ["certain", "possible", None],
                "description": "Whether it must have a day that was asked for, or can; null where none was.",
            },
            **_VIA,
        },
    ),
    "TimeOfClaim": (
        "A time that a claim tells of, with the claim and its speaker.",
        {
            **_HIT,
            "article": maybe(ref("Link", "The article that the claim reaches us through.")),
            "time": ref("Time"),
            "when": {
                "enum": ["certain", "possible", None],
                "description": "Whether it must have a day that was asked for, or can; null where none was.",
            },
        },
    ),
    "EventInShort": ("An event in a list.", {**_LINK, "kinds": _KINDS_OF, **_COUNTED}),
    "ObjectInShort": ("A thing in a list.", {**_LINK, "kinds": _KINDS_OF, **_COUNTED}),
    "PerspectiveInShort": (
        "A perspective in a list.",
        {**_LINK, "rule": text("Its rule in words."), **_COUNTED, "contradictions": whole("Contradictions inside it.")},
    ),
    "PlaceInShort": ("A place in a list.", {**_LINK, "kinds": _KINDS_OF, **_COUNTED, **_VIA}),
    "FoundClaim": (
        "A claim that was found by words, with its speaker.",
        {**_HIT, "label": maybe(text("The paraphrase.")), "matches": _MATCHES},
    ),
    "FoundThing": (
        "A thing that was found by words.",
        {
            **_LINK,
            "kind": text("What it is."),
            "kinds": _KINDS_OF,
            "speaker?": maybe(text("Of an article: its outlet or byline.")),
            "matches": _MATCHES,
        },
    ),
    "Match": (
        "A text in which something was found.",
        {
            "what": text("What the text is: a label, a name form, a definition, a paraphrase …"),
            "text": text(),
            "lang": _LANG,
            "highlights": several(several(whole()), "From the first character of each place to behind its last."),
        },
    ),
    "Question": (
        "A saved question.",
        {
            "name": text(),
            "title": text(),
            "description": text(),
            "href": text("Its path."),
            "parameters": several(
                record(
                    {
                        "name": text(),
                        "type": text("What a value is: date, number, text, truth, thing, or a kind of IRI."),
                        "description": text(),
                        "several": truth("Whether it takes several values, any of which will do."),
                        "default": several(text(), "What it is where nothing is given; empty: nothing is asked of it."),
                        "choices": several(
                            record({"value": text(), "label": text()}), "Values it takes; empty: anything, or too many."
                        ),
                    }
                )
            ),
        },
    ),
}
"""Each kind of object by name: what it is, and its keys."""

CARDS: Final = {
    "actor": "Actor",
    "article": "Article",
    "claim": "Claim",
    "event": "Event",
    "object": "Object",
    "perspective": "Perspective",
    "place": "Place",
    "scheme": "VocabularyCard",
}
"""The objects that cards are, by kind; cards of all other kinds are a ``VocabularyCard`` too."""

ITEMS: Final = {
    "actors": "ActorInShort",
    "articles": "ArticleInShort",
    "claims": "ClaimInList",
    "events": "EventInShort",
    "objects": "ObjectInShort",
    "perspectives": "PerspectiveInShort",
    "places": "PlaceInShort",
}
"""The objects that lists hold, by list."""


def schemas() -> dict[str, Schema]:
    """The schema of each kind of object, by name."""
    return {name: record(keys, about) for name, (about, keys) in KEYS.items()}
