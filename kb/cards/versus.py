"""Two articles, or two speakers, against each other: what both tell of and how it compares, and what only one tells of.

Comparisons are computed or an editor's, and each says which; nothing here says who is right. What only one tells of may
have been known to the other: that somebody is silent says no more than that.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeVar
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from kb.cards.claims import hit, load_claims
from kb.cards.compared import UNLIKE, comparison, joined
from kb.cards.facts import Facts, Json, article_link, by_label, kind_of
from kb.cards.indexed import claims_of, entries_by_value, members
from kb.cards.lookup import among
from kb.cards.names import nearest
from kb.cards.narrow import BadFilter
from kb.cards.retired import Retired, in_use
from kb.cards.shared import shared_by, shared_of
from kb.engine import Engine
from kb.index.entry import as_bits, numbers
from kb.namespaces import BASE, iri, path, slug

VERSUS: Final = {"contradictions": 6, "both": 8, "only_left": 12, "only_right": 12}
"""The sections that are shown in parts, with how many of their items are shown at once."""

ROWS = 12
"""Rows of one event that are shown; its own page has the others."""

IN_CELL = 4
"""Claims of one side that are shown in one row."""

PASSAGES = 20
"""Passages with the same words that are shown."""

_CROWD = 40
"""Articles that tell of an event up to which it counts where the two that share most events are looked for."""

_FEW = 2000
"""Claims of a side up to which its comparisons are looked up one by one."""

_KINDS = {"article": "article", "actor": "holder"}
"""What can be compared, with the filter that gives its claims."""

_Item = TypeVar("_Item")
_PROPOSED: WeakKeyDictionary[Engine, tuple[str, tuple[str, str] | None]] = WeakKeyDictionary()


Group = tuple[str, ...]
"""Events by their paths: one, or several across which claims of the two sides are compared."""


@dataclass(frozen=True)
class Pair:
    """A stored comparison of a claim of the left side with one of the right side, by their numbers and in codes."""

    left: int
    right: int
    relation: str
    independence: str
    comparison: str


@dataclass(frozen=True)
class Line:
    """Claims of both sides that share a row, by their numbers, and the comparisons between them."""

    left: Sequence[int]
    right: Sequence[int]
    pairs: Sequence[Pair]

    @property
    def shown(self) -> list[int]:
        """The claims that are shown, with those of the comparison that is."""
        first = [number for one in self.pairs[:1] for number in (one.left, one.right)]
        return [*self.left[:IN_CELL], *self.right[:IN_CELL], *first]

    @property
    def rank(self) -> tuple[int, tuple[int, ...]]:
        """Where it stands: first what both tell, the most apart first; then what only the left, then the right."""
        if self.left and self.right:
            return (min(UNLIKE.index(one.relation) for one in self.pairs), tuple(self.left))
        return (len(UNLIKE) + (0 if self.left else 1), tuple(self.left or self.right))


def nothing() -> Json:
    """What stands in the place of ``versus`` where there are no two that tell of one event."""
    return {
        **{key: None for key in ("left", "right", "shared_words")},
        "comparisons": 0,
        **{key: [] for key in ("relations", "independence")},
        **{name: {"total": 0, "items": [], "more": None} for name in VERSUS},
    }


def named(engine: Engine, side: str, text: str) -> str:
    """The IRI of the article or speaker that a slug, path or IRI names, by its old name too.

    BadFilter where it names none or several, or what is in no use any more.
    """
    found = among(engine, text, _KINDS)
    if len(found) == 1:
        try:
            return in_use(engine, f"{BASE}{found[0]}")
        except Retired as gone:
            raise BadFilter(side, text, gone.instead, str(gone)) from None
    if found:
        raise BadFilter(side, text, found, f"“{text}” can mean several things as “{side}”")
    raise BadFilter(side, text, [near[1:] for kind in _KINDS for near in nearest(engine, kind, slug(text))])


def proposed(engine: Engine, beside: str | None = None) -> tuple[str, str] | None:
    """The two articles that tell of most events in common; with ``beside``, that and what shares most events with it.

    All are IRIs. None where no two have an event in common.
    """
    known = _PROPOSED.get(engine)
    if beside is None and known is not None and known[0] == engine.build_id:
        return known[1]
    owners = _owners(engine, "article" if beside is None else str(kind_of(beside)))
    shared: Counter[tuple[str, str]] = Counter()
    for _, entries in entries_by_value(engine, "claims", "about"):
        there = sorted({owners[number] for number in numbers(entries) if number in owners})
        if beside is None:
            shared.update(combinations(there, 2) if len(there) <= _CROWD else ())
        elif (name := path(beside)) in there:
            shared.update((name, other) for other in there if other != name)
    first = min(shared, key=lambda pair: (-shared[pair], pair), default=None)
    best = None if first is None else (f"{BASE}{first[0]}", f"{BASE}{first[1]}")
    if beside is None:
        _PROPOSED[engine] = (engine.build_id, best)
    return best


def versus(engine: Engine, left: str, right: str, *, section: str = "", after: int = 0) -> Json:
    """What two articles or two speakers tell of, set against each other; both are IRIs.

    ``section`` is one of ``VERSUS``, of which the first ``after`` items are left out.
    """
    lefts, rights = _claims_of(engine, left), _claims_of(engine, right)
    pairs = _pairs(engine, lefts, rights)
    about = {
        name: entries for name, entries in entries_by_value(engine, "claims", "about") if entries & (lefts | rights)
    }
    groups = _together(about, pairs)
    of = {group: _either(about[name] for name in group) for group in groups}
    lines = _lines({group: (of[group] & lefts, of[group] & rights) for group in groups}, pairs)
    both = [group for group in groups if of[group] & lefts and of[group] & rights]
    both.sort(key=lambda group: (lines[group][0].rank[0], -of[group].bit_count(), group))
    clashes = [one for one in pairs if one.relation == "contradicts"]
    silent = {
        "only_left": [group for group in groups if not of[group] & rights],
        "only_right": [group for group in groups if not of[group] & lefts],
    }
    first = {name: after if name == section else 0 for name in VERSUS}

    def shown(name: str, some: Sequence[_Item]) -> Sequence[_Item]:
        return some[first[name] : first[name] + VERSUS[name]]

    alone = [group for name, some in silent.items() for group in shown(name, some)]
    telling = _Telling(
        engine,
        {number for one in shown("contradictions", clashes) for number in (one.left, one.right)}
        | {number for group in shown("both", both) for line in lines[group][:ROWS] for number in line.shown}
        | {next(numbers(of[group])) for group in alone},
        [
            *shown("contradictions", clashes),
            *(one for group in shown("both", both) for line in lines[group][:ROWS] for one in line.pairs[:1]),
        ],
        [name for group in [*shown("both", both), *alone] for name in group],
    )

    def section_of(name: str, some: Sequence[_Item], items: list[Json]) -> Json:
        end = first[name] + VERSUS[name]
        query = urlencode({"left": path(left), "right": path(right), "section": name, "after": end})
        return {"total": len(some), "items": items, "more": f"/compare?{query}" if end < len(some) else None}

    return {
        "left": telling.side(left, lefts, about),
        "right": telling.side(right, rights, about),
        "comparisons": len(pairs),
        "relations": telling.counts("relation", Counter(one.relation for one in pairs)),
        "independence": telling.counts("independence", Counter(one.independence for one in pairs)),
        "shared_words": telling.shared_words(left, right),
        "contradictions": section_of(
            "contradictions", clashes, [telling.clash(one) for one in shown("contradictions", clashes)]
        ),
        "both": section_of("both", both, [telling.event(group, lines[group]) for group in shown("both", both)]),
        **{
            name: section_of(name, some, [telling.silence(group, of[group]) for group in shown(name, some)])
            for name, some in silent.items()
        },
    }


class _Telling:
    """Claims, comparisons and events in words, loaded at once."""

    def __init__(self, engine: Engine, claims: Iterable[int], pairs: Iterable[Pair], events: Iterable[str]) -> None:
        self._engine = engine
        self._facts = facts = Facts(engine)
        self._claims = claims_of(engine, sorted(set(claims)))
        load_claims(facts, self._claims.values())
        names = {f"{BASE}comparison/{one.comparison}" for one in pairs}
        facts.load([*names, *(f"{BASE}{event}" for event in events)])
        terms = ("t:byRule", "t:differsIn", "t:independence", "t:relation")
        facts.load(found for name in names for term in terms for found in facts.iris(name, term))

    def side(self, name: str, claims: int, about: Mapping[str, int]) -> Json:
        """An article or speaker with how many claims and events are its."""
        facts, kind = self._facts, str(kind_of(name))
        facts.load([name])
        facts.load(facts.iris(name, "schema:publisher"))
        return {
            **(article_link(facts, name) if kind == "article" else facts.link(name)),
            "kind": kind,
            "published": facts.text(name, "schema:datePublished"),
            "claims": claims.bit_count(),
            "events": sum(1 for entries in about.values() if entries & claims),
            "claims_list": f"/claims?{_KINDS[kind]}={slug(name)}",
        }

    def counts(self, kind: str, found: Mapping[str, int]) -> list[Json]:
        """How many comparisons have each relation or independence, most first."""
        names = {code: iri(f"{kind}:{code}") for code in found}
        self._facts.load(names.values())
        return [
            {**self._facts.link(names[code]), "code": code, "pairs": number}
            for code, number in sorted(found.items(), key=lambda one: (-one[1], one[0]))
        ]

    def clash(self, one: Pair) -> Json:
        """Two claims that cannot both hold, as they are read."""
        return {"left": self._hit(one.left), "right": self._hit(one.right), "comparison": self._comparison(one)}

    def event(self, group: Group, lines: Sequence[Line]) -> Json:
        """An event of which both tell, with what they tell in rows."""
        return {
            "events": self._links(group),
            "left_claims": sum(len(line.left) for line in lines),
            "right_claims": sum(len(line.right) for line in lines),
            "rows": [
                {
                    "left": [self._hit(number) for number in line.left[:IN_CELL]],
                    "left_total": len(line.left),
                    "right": [self._hit(number) for number in line.right[:IN_CELL]],
                    "right_total": len(line.right),
                    "comparison": self._comparison(line.pairs[0]) if line.pairs else None,
                    "compared": len(line.pairs),
                }
                for line in lines[:ROWS]
            ],
            "rows_total": len(lines),
        }

    def silence(self, group: Group, claims: int) -> Json:
        """An event of which only one side tells, with the first of its claims."""
        return {
            "events": self._links(group),
            "claims": claims.bit_count(),
            "first": self._hit(next(numbers(claims))),
        }

    def shared_words(self, left: str, right: str) -> Json | None:
        """Passages of two articles with the same words; None where none are, or two speakers are compared."""
        if kind_of(left) != "article":
            return None
        alike = shared_of(self._engine, self._facts, left)
        found = next((one for one in shared_by(self._facts, alike) if one["article"]["iri"] == right), None)
        return None if found is None else {"total": found["total"], "passages": found["passages"][:PASSAGES]}

    def _hit(self, number: int) -> Json:
        return hit(self._facts, self._claims[number])

    def _comparison(self, one: Pair) -> Json:
        return comparison(self._facts, f"{BASE}comparison/{one.comparison}", self._claims[one.left])

    def _links(self, group: Group) -> list[Json]:
        return sorted((self._facts.link(f"{BASE}{name}") for name in group), key=by_label)


def _claims_of(engine: Engine, name: str) -> int:
    """The claims of an article, or those that are ascribed to a speaker."""
    return members(engine, "claims", _KINDS[str(kind_of(name))], [path(name)])


def _owners(engine: Engine, kind: str) -> dict[int, str]:
    """The article, or the holder, of each claim, by its number."""
    return {
        number: name
        for name, entries in entries_by_value(engine, "claims", _KINDS[kind])
        for number in numbers(entries)
    }


def _pairs(engine: Engine, lefts: int, rights: int) -> list[Pair]:
    """The comparisons between claims of two sides, in the order of the claims."""
    few = min(lefts, rights, key=int.bit_count)
    where, given = "", tuple[str, ...]()
    if few.bit_count() <= _FEW:
        where = """WHERE "left" IN (SELECT value FROM json_each(?)) OR "right" IN (SELECT value FROM json_each(?))"""
        given = (json.dumps([*numbers(few)]),) * 2
    sql = f"""SELECT "left", "right", relation, independence, comparison FROM compared {where}"""
    found = []
    for one, other, *rest in engine.index.rows(sql, given):
        if lefts >> one & 1 and rights >> other & 1:
            found.append(Pair(one, other, *rest))
        elif lefts >> other & 1 and rights >> one & 1:
            found.append(Pair(other, one, *rest))
    return sorted(found, key=lambda one: (one.left, one.right, one.comparison))


def _together(about: Mapping[str, int], pairs: Sequence[Pair]) -> list[Group]:
    """The events, those across which claims are compared in one group."""
    ends = {number for one in pairs for number in (one.left, one.right)}
    event = {number: name for name, entries in about.items() for number in numbers(entries & as_bits(ends))}
    tied = joined(about, ((event[one.left], event[one.right]) for one in pairs))
    return sorted(tuple(sorted(group)) for group in tied)


def _lines(of: Mapping[Group, tuple[int, int]], pairs: Sequence[Pair]) -> dict[Group, list[Line]]:
    """What two sides tell of each group of events, in rows: claims that a comparison links which is more than
    “compatible” share one."""
    by_left: dict[int, list[Pair]] = {}
    for one in pairs:
        if one.relation != "compatible":
            by_left.setdefault(one.left, []).append(one)
    found = {}
    for group, (lefts, rights) in of.items():
        here = [one for number in numbers(lefts) for one in by_left.get(number, ())]
        rows = joined(numbers(lefts | rights), ((one.left, one.right) for one in here))
        by_row = {number: at for at, row in enumerate(rows) for number in row}
        ties: dict[int, list[Pair]] = {}
        for one in sorted(here, key=lambda one: UNLIKE.index(one.relation)):
            ties.setdefault(by_row[one.left], []).append(one)
        lines = [
            Line(
                [number for number in sorted(row) if lefts >> number & 1],
                [number for number in sorted(row) if rights >> number & 1],
                ties.get(at, []),
            )
            for at, row in enumerate(rows)
        ]
        found[group] = sorted(lines, key=lambda line: line.rank)
    return found


def _either(sets: Iterable[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found
