"""Claims about one event set side by side: a column for each article, a row for each thing that is told.

Claims stand in one row where a comparison links them that is more than “compatible”, or an account. What is compared
with nothing stands beside what it passes on, or beside what is put in the same way, as are two predictions.
A claim with no counterpart has a row of its own, in which the other articles are silent. Comparisons are computed or an
editor's, and each says which; nothing here says who is right.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from kb.cards.claims import hit, load_claims, passage
from kb.cards.compared import UNLIKE, drift, joined, terms
from kb.cards.facts import Facts, Json, as_iri, by_label, linked, rows
from kb.cards.witnesses import witnesses
from kb.compare.statements import name_of_pair
from kb.engine import Engine
from kb.namespaces import iri, slug
from kb.passages import Showing

SHOWN = 60
"""Claims about an event that are set side by side; the others are in the list of claims."""

GUESTS = 20
"""Claims about events that are possibly the same that are set beside them."""

PAIRS = 12
"""Pairs of claims that are listed of those that stand to each other in one way."""

_APART = iri("relation:compatible")
_DIFFERING = ("t:relation", "t:independence", "t:differsIn", "t:byRule")


@dataclass(frozen=True)
class Table:
    """The claims about an event as they are set side by side.

    ``claims`` are those about the event, ``guests`` those beside them about events that are possibly the same, with
    these events, ``alike`` how many claims that are not shown tell exactly what one tells, ``groups`` the claims that
    share a row, ``comparisons`` and ``drifts`` those between any two of them, with both ends; all is loaded.
    """

    total: int
    claims: Sequence[str]
    guests: Mapping[str, str]
    alike: Mapping[str, int]
    comparisons: Mapping[str, tuple[str, str]]
    groups: Sequence[Sequence[str]]
    drifts: Mapping[str, tuple[str, str]]


def read(engine: Engine, facts: Facts, event: str, about: Sequence[str]) -> Table:
    """What stands side by side of a loaded event; ``about`` are all claims about it."""
    accounts = _accounts(engine, event)
    claims = _first(about, accounts)
    guests = _guests(engine, facts, event)
    everybody = [*claims, *guests]
    load_claims(facts, everybody)
    facts.load([*guests.values(), *(anchor for one in everybody for anchor in facts.iris(one, "t:evidence"))])
    facts.load(
        source
        for one in everybody
        for anchor in [*facts.iris(one, "t:evidence"), *facts.iris(one, "t:cue")]
        for source in facts.iris(anchor, "oa:hasSource")
    )
    comparisons = _comparisons(engine, facts, event, everybody)
    groups = [group for group in _groups(facts, everybody, comparisons) if not guests.keys() >= set(group)]
    beside = {claim: guests[claim] for group in groups for claim in group if claim in guests}
    there = {*claims, *beside}
    comparisons = {name: ends for name, ends in comparisons.items() if set(ends) <= there}
    drifts = {} if accounts else _drifts(engine, facts, comparisons, there)
    alike = {first: len(same) - 1 for first, same in accounts.items()}
    return Table(len(about), claims, beside, alike, comparisons, groups, drifts)


def table(
    engine: Engine, facts: Facts, read: Table, more: str | None, snapshots: Mapping[str, str], showing: Showing
) -> Json:
    """The table as it is shown; ``more`` is where all claims about the event are listed."""
    short = {claim: hit(facts, claim) for group in read.groups for claim in group}
    home = {claim: short[claim]["chain"][0]["iri"] for claim in short}
    columns = witnesses(
        engine,
        ({**short[claim]["chain"][0], "published": facts.text(home[claim], "schema:datePublished")} for claim in short),
    )
    places = {claim: _place(facts, claim) for claim in short}
    lines = [sorted(group, key=lambda claim: places[claim]) for group in read.groups]
    lines.sort(key=lambda line: (-len({home[claim] for claim in line}), _first_place(line, columns, home, places)))
    numbers: Counter[str] = Counter()
    signs: dict[str, str] = {}
    for claim in (claim for line in lines for claim in line):
        numbers[home[claim]] += 1
        signs[claim] = f"{columns[home[claim]]['siglum']}{numbers[home[claim]]}"

    def cell(claim: str) -> Json:
        anchors = facts.iris(claim, "t:evidence")
        return {
            **short[claim],
            "sign": signs[claim],
            "other_event": facts.link(read.guests[claim]) if claim in read.guests else None,
            "alike": read.alike.get(claim, 0),
            "evidence": [passage(facts, anchor, claim, snapshots, showing) for anchor in anchors],
        }

    shown = [
        {
            "cells": [
                {"article": article, "claims": [cell(claim) for claim in line if home[claim] == article]}
                for article in columns
            ],
            **_between(facts, read, set(line), home),
        }
        for line in lines
    ]
    return {
        "articles": [{**one, "claims": numbers[name]} for name, one in columns.items()],
        "rows": shown,
        "shown": len(read.claims),
        "total": read.total,
        "more": more if len(read.claims) < read.total else None,
        "in_short": _in_short(shown),
    }


def order(table: Json) -> list[str]:
    """The claims in a table, in the order in which they stand there."""
    return [claim["iri"] for row in table["rows"] for cell in row["cells"] for claim in cell["claims"]]


def _first(about: Sequence[str], accounts: Mapping[str, Sequence[str]]) -> list[str]:
    """The claims that are shown: one of those that tell exactly the same, first what is told most often."""
    others = {claim for same in accounts.values() for claim in same}
    common = sorted(accounts, key=lambda first: (-len(accounts[first]), first))
    return [*common, *(claim for claim in about if claim not in others)][:SHOWN]


def _accounts(engine: Engine, event: str) -> dict[str, list[str]]:
    """The claims that tell exactly the same, by the first of them, which stands for all in comparisons."""
    found = {}
    for row in rows(engine, "event-accounts", event=event):
        same = sorted(as_iri(row["all"]).split())
        found[iri(f"claim:{as_iri(row['account']).rpartition('/')[2]}")] = same
    return found


def _guests(engine: Engine, facts: Facts, event: str) -> dict[str, str]:
    """The first claims about events that are possibly the same, with their events."""
    back = linked(engine, "linked", "event", link=iri("t:possiblySameAs"), thing=event)
    others = sorted({*facts.iris(event, "t:possiblySameAs"), *back} - {event})
    found = {
        claim: other
        for other in others
        for claim in linked(engine, "linked", "claim", link=iri("t:about"), thing=other)[:GUESTS]
    }
    return dict(list(found.items())[:GUESTS])


def _comparisons(engine: Engine, facts: Facts, event: str, claims: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The comparisons between any two of some claims, loaded, each with its left and right claim."""
    judged = [as_iri(row["comparison"]) for row in rows(engine, "event-judged", event=event)]
    facts.load([*judged, *(name_of_pair(one, other) for one, other in combinations(claims, 2))])
    there = set(claims)
    names = {*judged, *(name_of_pair(one, other) for one, other in combinations(claims, 2))}
    found = {}
    for name in sorted(names):
        left, right = facts.iri(name, "t:left"), facts.iri(name, "t:right")
        if left in there and right in there and left is not None and right is not None:
            found[name] = (left, right)
    facts.load({value for name in found for term in _DIFFERING for value in facts.iris(name, term)})
    return found


def _drifts(
    engine: Engine, facts: Facts, comparisons: Mapping[str, tuple[str, str]], there: set[str]
) -> dict[str, tuple[str, str]]:
    """What changed on the way between two of some claims that are compared, loaded."""
    found = {}
    for claim in sorted({claim for ends in comparisons.values() for claim in ends}):
        for row in rows(engine, "claim-drift", claim=claim):
            ends = (as_iri(row["earlier"]), as_iri(row["later"]))
            if set(ends) <= there:
                found[as_iri(row["drift"])] = ends
    facts.load(found)
    facts.load(value for name in found for term in ("t:byRule", "t:change") for value in facts.iris(name, term))
    return found


def _groups(facts: Facts, claims: Sequence[str], comparisons: Mapping[str, tuple[str, str]]) -> list[list[str]]:
    """The claims that share a row."""
    ties = [ends for name, ends in comparisons.items() if facts.iri(name, "t:relation") != _APART]
    compared = {claim for ends in [*comparisons.values(), *ties] for claim in ends}
    ties += _untied(facts, [claim for claim in claims if claim not in compared], claims)
    return joined(claims, ties)


def _untied(facts: Facts, left: Sequence[str], claims: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What ties claims that are compared with nothing: to what they pass on, or to what is put as they are."""
    inner: dict[str, list[str]] = {}
    for claim in claims:
        for outer in facts.iris(claim, "t:reportedIn"):
            inner.setdefault(outer, []).append(claim)
    first: dict[tuple[object, ...], str] = {}
    for claim in left:
        mode = facts.iri(claim, "t:mode")
        if claim in inner:
            yield min(inner[claim], key=lambda one: _place(facts, one)), claim
        elif mode is not None and not facts.truth(mode, "t:committingMode"):
            yield first.setdefault((mode, *facts.iris(claim, "t:polarity"), facts.iri(claim, "t:about")), claim), claim


def _place(facts: Facts, claim: str) -> tuple[float, str]:
    """Where a claim stands in its text."""
    starts = [facts.number(anchor, "t:start") for anchor in facts.iris(claim, "t:evidence")]
    return (min((start for start in starts if isinstance(start, int | float)), default=float("inf")), claim)


def _first_place(
    line: Sequence[str], columns: Mapping[str, Json], home: Mapping[str, str], places: Mapping[str, tuple[float, str]]
) -> tuple[int, tuple[float, str]]:
    """Where a row begins in the first article that tells it."""
    first = min(line, key=lambda claim: (columns[home[claim]]["number"], places[claim]))
    return (columns[home[first]]["number"], places[first])


def _between(facts: Facts, read: Table, line: set[str], home: Mapping[str, str]) -> Json:
    """How the claims of one row stand to each other, those of different articles first, the most different first."""
    ways: dict[tuple[object, ...], list[str]] = {}
    for name, ends in read.comparisons.items():
        if set(ends) <= line:
            across = home[ends[0]] != home[ends[1]]
            reason = facts.text(name, "t:comparisonReason")
            told = (*(tuple(facts.iris(name, term)) for term in _DIFFERING), facts.truth(name, "t:onlyPossibly"))
            ways.setdefault(
                (not across, UNLIKE.index(slug(facts.iri(name, "t:relation") or "")), told, reason or ""), []
            ).append(name)
    return {
        "put_alike": _put_alike(facts, sorted(line), bool(ways)),
        "relations": [
            {
                **terms(facts, names[0]),
                "across": not within,
                "pairs": [
                    {"iri": name, "left": read.comparisons[name][0], "right": read.comparisons[name][1]}
                    for name in names[:PAIRS]
                ],
                "pairs_total": len(names),
            }
            for (within, *_), names in sorted(ways.items(), key=lambda way: (way[0][:2], way[1]))
        ],
        "compatible": sorted(_compatible(facts, read, line)),
        "changes": [drift(facts, name, *ends) for name, ends in sorted(read.drifts.items()) if set(ends) <= line],
    }


def _compatible(facts: Facts, read: Table, line: set[str]) -> set[str]:
    """The claims of other rows that neither contain nor exclude one of this row."""
    apart = (set(ends) for name, ends in read.comparisons.items() if facts.iri(name, "t:relation") == _APART)
    return {claim for ends in apart if ends & line for claim in ends - line}


def _put_alike(facts: Facts, line: Sequence[str], tied: bool) -> Json | None:
    """The mode for which alone claims share a row: all are predictions, or questions, and are compared with nothing."""
    mode = facts.concept(line[0], "t:mode")
    if tied or len(line) < 2 or mode is None or facts.truth(mode["iri"], "t:committingMode"):
        return None
    return mode


def _in_short(shown: Sequence[Json]) -> Json:
    """The table in figures: rows that several articles tell or one alone, what they differ in, rows of shared words."""
    several = [row for row in shown if sum(bool(cell["claims"]) for cell in row["cells"]) > 1]
    across = [[way for way in row["relations"] if way["across"]] for row in several]
    differing = {link["iri"]: link for ways in across for way in ways for link in way["differs_in"]}

    def count(key: str, *codes: str) -> int:
        return sum(any((way[key] or {}).get("code") in codes for way in ways) for ways in across)

    return {
        "told_by_several": len(several),
        "told_by_one": len(shown) - len(several),
        "alike": sum(
            bool(ways) and all((way["relation"] or {}).get("code") == "same-content" for way in ways) for ways in across
        ),
        "put_alike": sum(row["put_alike"] is not None for row in several),
        "contradicting": count("relation", "contradicts", "opposes"),
        "of_shared_text": count("independence", "shared-text"),
        "of_independent_voices": count("independence", "independent"),
        "differs_in": sorted(differing.values(), key=by_label),
    }
