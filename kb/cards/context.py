"""The JSON-LD 1.1 context of cards: which of their keys are statements of the default graph, and which are not.

A JSON-LD processor reads from a card what the default graph holds, and nothing of what a claim says. A key gets a
meaning here only where it has that meaning wherever it stands; ``own`` has all that is stated of the card's thing.
"""

from collections.abc import Mapping

from kb.cards.facts import Json
from kb.namespaces import BASE, PREFIXES, STANDARD

CONTEXT = f"{BASE}context.jsonld"
"""The IRI of the context document."""

_SAME = {
    "about": "t:about",
    "addressee": "t:addressee",
    "attribution_basis": "t:attributionBasis",
    "broader": "skos:broader",
    "certainty": "t:certainty",
    "change": "t:change",
    "close_matches": "skos:closeMatch",
    "cue_factive": "t:cueFactive",
    "cues": "t:cue",
    "described_in": "t:describedIn",
    "differs_in": "t:differsIn",
    "earlier_versions": "t:snapshot",
    "end": "t:end",
    "evidence": "t:evidence",
    "holder": "t:holder",
    "independence": "t:independence",
    "length": "t:length",
    "mode": "t:mode",
    "paragraph": "t:paragraph",
    "perspectives": "t:underPerspective",
    "polarity": "t:polarity",
    "possibly_same_as": "t:possiblySameAs",
    "presupposed_in": "t:presupposedIn",
    "realis": "t:realis",
    "relation": "t:relation",
    "replies_to": "t:repliesTo",
    "requires_roles": "t:requiresRole",
    "rules": "t:byRule",
    "schemes": "skos:inScheme",
    "sha256": "schema:sha256",
    "side": "t:side",
    "snapshot": "t:snapshot",
    "source_naming": "t:sourceNaming",
    "start": "t:start",
    "statement_time": "t:statementTime",
}
"""Keys that stand for a property; their values are things or literals."""

_IRIS = {
    "earlier": "t:earlier",
    "external_ids": "schema:sameAs",
    "later": "t:later",
    "license": "dcterms:license",
    "rests_on": "prov:wasDerivedFrom",
}
"""Keys that stand for a property; their values may be bare IRIs."""

_REVERSE = {
    "answered_by": "t:repliesTo",
    "articles": "schema:publisher",
    "contradictions": "t:underPerspective",
    "members": "skos:inScheme",
    "narrower": "skos:broader",
    "presupposes": "t:presupposedIn",
    "relays": "t:reportedIn",
}
"""Keys whose values have the card's thing under a property."""

_NESTED = (
    "accusations",
    "addressed_in",
    "claims_as_holder",
    "claims_naming_it",
    "claims_there",
    "comparisons",
    "follows",
    "named_otherwise",
    "own",
    "same_words_elsewhere",
)
"""Keys that only hold together what stands in them."""

_INCLUDED = ("changes", "claim", "items")
"""Keys whose values are things beside the card's own."""

PLAIN = (
    "after",
    "approximation",
    "article",
    "ascribed_by",
    "before",
    "bounds",
    "byline",
    "chain",
    "claims",
    "claims_more",
    "claims_total",
    "classes",
    "code",
    "conclusions",
    "contains",
    "contains_more",
    "contains_total",
    "content",
    "counts",
    "definition",
    "description",
    "earlier_version",
    "edtf",
    "examples",
    "fully_encoded",
    "gazetteers",
    "headline",
    "holders",
    "how",
    "identifier_source",
    "identifiers",
    "in_use",
    "issued",
    "kind",
    "kinds",
    "label",
    "labels",
    "lang",
    "language",
    "lat",
    "lead",
    "lies_in",
    "lies_in_more",
    "lies_in_total",
    "long",
    "marks",
    "misspellings",
    "modes_as_holder",
    "modes_of_accusations",
    "modified",
    "more",
    "name_forms",
    "name_uses",
    "names",
    "notes",
    "only_possibly",
    "outlet",
    "paraphrase",
    "passage",
    "passage_is_whole",
    "precision",
    "properties",
    "published",
    "reading",
    "reason",
    "relative_to",
    "retired",
    "reviewed",
    "rights",
    "roles",
    "rule",
    "rule_in_words",
    "says_more",
    "sections",
    "semantics",
    "shared_with",
    "shares_words_with",
    "side_reason",
    "source",
    "speaker",
    "statements",
    "text",
    "total",
    "urls",
    "verbatim",
    "version",
    "voice",
    "why",
    "words",
    *(f"{name}_{end}" for name in (*_REVERSE, "shares_words_with") for end in ("more", "total") if name != "narrower"),
)
"""Keys for readers: words, figures, and what a claim says; a processor leaves them out with all that is in them."""


def document() -> Json:
    """The context document."""
    prefixes = {name: PREFIXES[name] for name in (*sorted(STANDARD), "t")}
    terms: Mapping[str, object] = {
        "iri": "@id",
        **_SAME,
        **{key: {"@id": name, "@type": "@id"} for key, name in _IRIS.items()},
        **{key: {"@reverse": name} for key, name in _REVERSE.items()},
        **dict.fromkeys(_NESTED, "@nest"),
        **dict.fromkeys(_INCLUDED, "@included"),
        **dict.fromkeys(PLAIN),
    }
    return {"@context": {"@version": 1.1, **prefixes, **dict(sorted(terms.items()))}}
