"""What is shown of comparisons: how a claim stands to others about the same event, and how many voices an event has.

All of it is computed, or an editor's judgement with its reason; each says which.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kb.cards.facts import Facts, Json, as_iri, linked, rows
from kb.cards.sections import Part, Window, part
from kb.engine import Engine
from kb.namespaces import iri

SHOWN = 20
"""Comparisons that are listed at once."""

_RANK = {
    iri(f"relation:{name}"): rank
    for rank, name in enumerate(
        (
            "contradicts",
            "opposes",
            "same-content",
            "differs-in-certainty",
            "differs-in-wording",
            "narrower",
            "differs-in-detail",
            "compatible",
        )
    )
}
"""The relations in the order in which they are shown: what excludes first, then the closest."""

_Thing = TypeVar("_Thing", bound=Hashable)

UNLIKE = (
    "contradicts",
    "opposes",
    "differs-in-detail",
    "differs-in-certainty",
    "narrower",
    "differs-in-wording",
    "same-content",
    "compatible",
)
"""The relations, those first that set two claims most apart; last what only stands beside the other."""

_COUNTS = {
    "voices": "t:voiceCount",
    "independent_voices": "t:independentVoiceCount",
    "outlets": "t:outletCount",
    "sides": "t:sideCount",
    "uncompared_pairs": "t:uncomparedPairs",
}


@dataclass(frozen=True)
class Beside:
    """The comparisons of one claim, each with the other claim, and what changed on the way from or to it."""

    comparisons: Part[tuple[str, str]]
    drifts: Sequence[tuple[str, str, str]]

    @property
    def claims(self) -> set[str]:
        """The other claims, and the articles at the end of a way."""
        return {other for _, other in self.comparisons.items} | {end for _, *ends in self.drifts for end in ends}


def beside(engine: Engine, facts: Facts, claim: str, window: Window) -> Beside:
    """What stands beside a loaded claim, with its terms loaded: first claims of other articles, the closest first."""
    found = rows(engine, "claim-compared", claim=claim)
    article = facts.iri(claim, "t:inArticle")
    here: set[str] = set()
    if found and article is not None:
        here = set(linked(engine, "linked", "claim", link=iri("t:inArticle"), thing=article))
    found.sort(key=lambda row: (as_iri(row["other"]) in here, _RANK[as_iri(row["relation"])], as_iri(row["other"])))
    pairs = [(as_iri(row["comparison"]), as_iri(row["other"])) for row in found]
    compared = part(window, "comparisons", pairs, SHOWN)
    drifts = [
        (as_iri(row["drift"]), as_iri(row["earlier"]), as_iri(row["later"]))
        for row in rows(engine, "claim-drift", claim=claim)
    ]
    shown = [name for name, _ in compared.items] + [name for name, *_ in drifts]
    facts.load(shown)
    terms = ("t:byRule", "t:change", "t:differsIn", "t:independence", "t:relation")
    facts.load(found for name in shown for term in terms for found in facts.iris(name, term))
    return Beside(compared, drifts)


def comparison(facts: Facts, name: str, claim: str) -> Json:
    """One loaded comparison as seen from ``claim``; ``says_more`` is ``this`` or ``other`` where one says more."""
    narrower = facts.iri(name, "t:relation") == iri("relation:narrower")
    more = ("this" if facts.iri(name, "t:left") == claim else "other") if narrower else None
    return {"iri": name, **terms(facts, name), "says_more": more}


def terms(facts: Facts, name: str) -> Json:
    """One loaded comparison, whichever side it is seen from."""
    return {
        "relation": facts.defined(name, "t:relation"),
        "differs_in": facts.links_to(name, "t:differsIn"),
        "only_possibly": facts.truth(name, "t:onlyPossibly") or False,
        "independence": facts.defined(name, "t:independence"),
        "rules": facts.links_to(name, "t:byRule"),
        "reason": facts.text(name, "t:comparisonReason"),
    }


def drift(facts: Facts, name: str, earlier: str, later: str) -> Json:
    """One loaded change, from the earlier claim to the later claim or article."""
    return {
        "iri": name,
        "change": facts.defined(name, "t:change"),
        "rules": facts.links_to(name, "t:byRule"),
        "earlier": earlier,
        "later": later,
    }


def counts(facts: Facts, event: str) -> Json | None:
    """How many tell of a loaded event, as the ontology defines the counts; None where no claim about it is compared."""
    found = {key: facts.number(event, name) for key, name in _COUNTS.items()}
    return found if found["voices"] is not None else None


def joined(things: Iterable[_Thing], ties: Iterable[tuple[_Thing, _Thing]]) -> list[list[_Thing]]:
    """Things in groups: those that are tied, however many ties lead from one to the other, are in one."""
    above = {thing: thing for thing in things}

    def top(thing: _Thing) -> _Thing:
        while above[thing] != thing:
            above[thing] = above[above[thing]]
            thing = above[thing]
        return thing

    for one, other in ties:
        above[top(other)] = top(one)
    found: dict[_Thing, list[_Thing]] = {}
    for thing in above:
        found.setdefault(top(thing), []).append(thing)
    return list(found.values())
