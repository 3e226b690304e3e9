"""What is shown of a claim: whose it is and through whom, how it is put, on what passage it rests, and what it says."""

from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kb import passages
from kb.cards import conclusions, sections
from kb.cards.compared import beside, comparison, drift
from kb.cards.content import content, content_iris
from kb.cards.facts import ABOVE_LIMIT, Facts, Json, article_link, as_iri, rows, voice_of
from kb.cards.sections import Part, Window, part
from kb.cards.shared import shared_with
from kb.engine import Engine
from kb.namespaces import iri
from kb.passages import Showing

LINKED_CLAIMS = 20
"""Claims that are listed at once of those that a claim is linked to, or that rest on the same words."""

SHOWING = Showing()
_CONCEPTS = ("t:attributionBasis", "t:certainty", "t:mode", "t:polarity", "t:sourceNaming")

_MANNER = {
    "accused": "as an accusation",
    "alleged": "as an allegation",
    "asked": "as a question",
    "demanded": "as a demand",
    "denied": "as a denial of this",
    "opined": "as an opinion",
    "predicted": "as a prediction",
    "presumed": "taken for granted",
    "promised": "as a promise",
    "refused": "as a refusal of this",
}
"""How a statement is introduced, by mode; what is stated or reported needs no more than its speaker."""

_HEDGE = {"possible": "as possible only", "probable": "as likely only"}
_HEARSAY = "as hearsay"
"""For what a text passes on without showing how firmly: “were said to”."""

_NEGATING = ("denied", "refused")
_BACK = {"answered_by": "t:repliesTo", "presupposes": "t:presupposedIn", "relays": "t:reportedIn"}
"""What leads back to a claim from others, by the section that lists those."""


def hits(engine: Engine, claims: Iterable[str]) -> list[Json]:
    """Claims in short, in the order given: never without their speaker and the chain that leads to them."""
    wanted = list(claims)
    facts = Facts(engine)
    load_claims(facts, wanted)
    return [hit(facts, claim) for claim in wanted if facts.has(claim)]


def load_claims(facts: Facts, claims: Iterable[str]) -> None:
    """Loads claims, their chains, and what their short form names: holders, outlets, frames, concepts."""
    facts.load_above(claims)
    links = {link for claim in claims for link in _links(facts, claim)}
    named: set[str] = set()
    for link in links:
        for name in ("t:about", "t:addressee", "t:holder", "schema:publisher", *_CONCEPTS):
            named.update(facts.iris(link, name))
    facts.load(named)


def hit(facts: Facts, claim: str) -> Json:
    """One loaded claim in short."""
    links = _links(facts, claim)[::-1]
    heard = _voices(facts, links)
    paraphrase = facts.literal(claim, "t:paraphrase")
    return {
        "iri": claim,
        "kind": "claim",
        "paraphrase": None if paraphrase is None else paraphrase.value,
        "lang": None if paraphrase is None else paraphrase.language,
        "holder": _holder(heard),
        "speaker": _speaker(heard),
        "chain": [_link(facts, link) for link in links],
        "mode": facts.concept(claim, "t:mode"),
        "certainty": facts.concept(claim, "t:certainty"),
        "polarity": facts.concept(claim, "t:polarity"),
        "realis": facts.truth(claim, "t:realis"),
        "about": facts.link_to(claim, "t:about"),
    }


def claim_card(
    engine: Engine,
    claim: str,
    snapshots: Mapping[str, str],
    *,
    showing: Showing = SHOWING,
    window: Window | None = None,
) -> Json | None:
    """All that is shown of one claim, or None where there is no such claim.

    ``snapshots`` maps the slugs of snapshots to texts; a passage is shown where its text is at hand and has the hash
    that the anchor records, and as much of it as ``showing`` allows. ``window`` says where one section begins.
    """
    window = window or Window(claim)
    facts = Facts(engine)
    quads = engine.quads(subjects=[claim], graphs=[claim])
    if not any(quad.graph_name == ox.DefaultGraph() for quad in quads):
        return None
    inside = [quad for quad in quads if quad.graph_name != ox.DefaultGraph()]
    linked = rows(engine, "claims-linked", claim=claim)
    back = {
        key: part(
            window, key, [as_iri(row["other"]) for row in linked if as_iri(row["link"]) == iri(name)], LINKED_CLAIMS
        )
        for key, name in _BACK.items()
    }
    facts.load([claim])
    others = {other for shown in back.values() for other in shown.items}
    others.update(facts.iris(claim, "t:presupposedIn"), facts.iris(claim, "t:repliesTo"))
    times = facts.iris(claim, "t:statementTime")
    anchors = [*facts.iris(claim, "t:evidence"), *facts.iris(claim, "t:cue")]
    facts.load([*anchors, *times])
    facts.load([source for anchor in anchors for source in facts.iris(anchor, "oa:hasSource")])
    shared = shared_with(engine, facts, claim)
    resting = sorted({found for entries in shared.values() for entry in entries for found in entry["claims"]})
    again = part(window, "same_words_elsewhere", resting, LINKED_CLAIMS)
    compared = beside(engine, facts, claim, window)
    following = conclusions.graphs_from(engine, claim, window)
    concluded, grounds = conclusions.load(engine, facts, following.items)
    load_claims(facts, [claim, *others, *_claims_in(inside), *again.items, *compared.claims, *grounds])
    facts.load(content_iris(inside))
    facts.load([relative for time in times for relative in facts.iris(time, "t:relativeTo")])
    said = content(facts, inside, focus=facts.iri(claim, "t:about"), lead=lead(facts, claim))
    return {
        **hit(facts, claim),
        "mode": facts.defined(claim, "t:mode"),
        "certainty": facts.defined(claim, "t:certainty"),
        "polarity": facts.defined(claim, "t:polarity"),
        "attribution_basis": facts.defined(claim, "t:attributionBasis"),
        "source_naming": facts.defined(claim, "t:sourceNaming"),
        "cue_factive": facts.truth(claim, "t:cueFactive"),
        "statement_time": next(iter(said.times(times)), None),
        "addressee": facts.link_to(claim, "t:addressee"),
        "presupposed_in": [hit(facts, other) for other in facts.iris(claim, "t:presupposedIn")],
        "replies_to": [hit(facts, other) for other in facts.iris(claim, "t:repliesTo")],
        **{key: [hit(facts, other) for other in shown.items] for key, shown in back.items()},
        **{key: value for name, shown in back.items() for key, value in sections.beside(name, shown).items()},
        "evidence": [
            {**passage(facts, anchor, claim, snapshots, showing), "shared_with": shared.get(anchor, [])}
            for anchor in facts.iris(claim, "t:evidence")
        ],
        "same_words_elsewhere": {
            "total": again.total,
            "items": [hit(facts, other) for other in again.items],
            "more": again.more,
        },
        "comparisons": {
            "total": compared.comparisons.total,
            "items": [
                {**comparison(facts, name, claim), "claim": hit(facts, other)}
                for name, other in compared.comparisons.items
            ],
            "more": compared.comparisons.more,
        },
        "changes": [drift(facts, *found) for found in compared.drifts],
        "cues": [_cue(facts, anchor) for anchor in facts.iris(claim, "t:cue")],
        "content": said.as_json(),
        "follows": follows(facts, following, concluded),
        "notes": facts.strings(claim, "t:note"),
        "reviewed": facts.text(claim, "t:reviewed"),
        "own": facts.own(claim),
    }


def follows(facts: Facts, shown: Part[str], concluded: Sequence[ox.Quad]) -> Json:
    """The section of what follows: graphs with the loaded claims that they rest on, out of what they hold."""
    items = [
        conclusions.conclusion(
            facts, graph, concluded, [hit(facts, one) for one in facts.iris(graph, "prov:wasDerivedFrom")]
        )
        for graph in shown.items
    ]
    return {"total": shown.total, "items": items, "more": shown.more}


def _voices(facts: Facts, links: Iterable[str]) -> list[Json]:
    """Who speaks, outermost first, without one voice twice in a row (an outlet and its own claim are one voice)."""
    found = [voice for link in links if (voice := voice_of(facts, link)) is not None]
    return [voice for at, voice in enumerate(found) if at == 0 or voice != found[at - 1]]


def _holder(voices: Iterable[Json]) -> Json | None:
    """Who holds the claim, and under ``ascribed_by`` who says so, link by link up to the outlet."""
    found: Json | None = None
    for voice in voices:
        found = {**voice, "ascribed_by": found}
    return found


def _speaker(voices: Sequence[Json]) -> str:
    """The speaker in words: the holder, and through whom the claim comes to us."""
    return spoken([str(voice["label"]) for voice in voices])


def spoken(names: Sequence[str]) -> str:
    """A speaker in words, by the names of all who speak, outermost first."""
    *through, last = names or ["an unnamed speaker"]
    return f"{last}, as relayed by {' and '.join(reversed(through))}" if through else last


def lead(facts: Facts, claim: str) -> str:
    """The words that stand before each statement of a claim: the speaker, and how it is put."""
    mode = str((facts.concept(claim, "t:mode") or {}).get("code", ""))
    polarity = (facts.concept(claim, "t:polarity") or {}).get("code")
    certainty = str((facts.concept(claim, "t:certainty") or {}).get("code", ""))
    hedge = _HEARSAY if certainty == "underspecified" and mode in ("reported", "stated") else _HEDGE.get(certainty)
    manner = [words for words in (hedge, _MANNER.get(mode)) if words]
    if polarity == "negative" and mode not in _NEGATING:
        manner.append("of something said not to be so")
    speaker = _speaker(_voices(facts, _links(facts, claim)[::-1]))
    return ", ".join([f"According to {speaker}", *manner]) + ":"


def article_of(facts: Facts, claim: str) -> str | None:
    """The article at the end of the chain of a loaded claim."""
    last = _links(facts, claim)[-1]
    return last if facts.iri(last, "t:snapshot") is not None or facts.iri(last, "schema:publisher") else None


def _links(facts: Facts, claim: str) -> list[str]:
    """The claim, the claims above it, the article: innermost first."""
    found = [claim]
    while (above := facts.iri(found[-1], "t:reportedIn")) is not None and above not in found:
        found.append(above)
        if len(found) > ABOVE_LIMIT:
            break
    return found


def _link(facts: Facts, link: str) -> Json:
    if facts.iri(link, "t:holder") is None:
        none = dict.fromkeys(("mode", "certainty", "source_naming"))
        return {**article_link(facts, link), "kind": "article", "voice": voice_of(facts, link), **none}
    return {
        "iri": link,
        "label": facts.text(link, "t:paraphrase"),
        "lang": None if (found := facts.literal(link, "t:paraphrase")) is None else found.language,
        "kind": "claim",
        "voice": voice_of(facts, link),
        "mode": facts.concept(link, "t:mode"),
        "certainty": facts.concept(link, "t:certainty"),
        "source_naming": facts.concept(link, "t:sourceNaming"),
    }


def _claims_in(quads: Sequence[ox.Quad]) -> list[str]:
    """The claims that a relay claim's content speaks of."""
    return [as_iri(q.subject) for q in quads if q.predicate.value == iri("t:saidBy")]


def passage(facts: Facts, anchor: str, claim: str, snapshots: Mapping[str, str], showing: Showing) -> Json:
    """One loaded passage of a loaded claim: where it stands, and its words where they may be shown."""
    article, source = article_of(facts, claim), facts.iri(anchor, "oa:hasSource")
    if article is not None and source not in facts.iris(article, "t:snapshot"):
        article = None
    start, end = facts.number(anchor, "t:start"), facts.number(anchor, "t:end")
    sha256 = facts.text(anchor, "schema:sha256")
    text = None
    if article is not None:  # the version that was read may be at hand under any name
        by_name = snapshots.get((source or "").rpartition("/")[2])
        text = snapshots.get(f"sha256:{facts.text(source or '', 'schema:sha256')}", by_name)
    shown = None
    if text is not None and isinstance(start, int) and isinstance(end, int):
        shown = passages.excerpt(text, start, end, showing, marks=_cue_ranges(facts, claim, source))
        if passages.sha256(text[start:end]) != sha256:  # another text, of which the data says nothing
            shown = None
    return {
        "iri": anchor,
        "article": None if article is None else article_link(facts, article),
        "outlet": None if article is None else voice_of(facts, article),
        "earlier_version": article is not None and facts.iri(source or "", "t:supersededBy") is not None,
        "paragraph": facts.number(anchor, "t:paragraph"),
        "start": start,
        "end": end,
        "sha256": sha256,
        "passage": None if shown is None else shown.words,
        "passage_is_whole": None if shown is None else shown.whole,
        "before": None if shown is None else shown.before,
        "after": None if shown is None else shown.after,
        "marks": None if shown is None else [{"start": a, "end": b, "what": "cue"} for a, b in shown.marks],
        "words": facts.text(anchor, "t:exactWords"),
    }


def _cue_ranges(facts: Facts, claim: str, source: str | None) -> list[tuple[int, int]]:
    """Where the cue words of a claim stand in one text."""
    found = []
    for cue in facts.iris(claim, "t:cue"):
        start, end = facts.number(cue, "t:start"), facts.number(cue, "t:end")
        if isinstance(start, int) and isinstance(end, int) and facts.iri(cue, "oa:hasSource") == source:
            found.append((start, end))
    return found


def _cue(facts: Facts, anchor: str) -> Json:
    return {
        "iri": anchor,
        "words": facts.text(anchor, "t:exactWords"),
        "start": facts.number(anchor, "t:start"),
        "end": facts.number(anchor, "t:end"),
        "paragraph": facts.number(anchor, "t:paragraph"),
    }
