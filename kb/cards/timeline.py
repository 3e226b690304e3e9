"""A timeline: the times that claims tell of, each with its claim, and how many claims can be of each stretch of days.

Times of events as claims tell them; when something was said or printed is never mixed with them. Which times there are
is read from the index, what is shown of a page of them from the store.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

import pyoxigraph as ox

from kb.cards.claims import hit, load_claims
from kb.cards.content import content
from kb.cards.facts import Facts, Json, as_iri
from kb.cards.indexed import claims_of, members
from kb.cards.narrow import EVER, Narrowed, facets, narrowed, window
from kb.engine import Engine
from kb.namespaces import iri

_TIMES = """
SELECT number, edtf, earliest_begin, latest_begin, earliest_end, latest_end FROM dated
WHERE list = 'claims' AND coalesce(earliest_begin <= :last, 1) AND coalesce(latest_end >= :first, 1)
ORDER BY coalesce(earliest_begin, latest_end), coalesce(latest_begin, latest_end, earliest_begin), number, edtf
"""
"""By the first day on which a time can begin or, where that is open, the last on which it can end."""

_UNITS = {"day": 70, "month": 36 * 31, "year": 100 * 366, "decade": 1000 * 366}
"""The units of stretches, each up to how many days it serves; a longer time is told by centuries."""
_YEARS = {"year": 1, "decade": 10, "century": 100}
_NEVER = "~"
"""Sorts behind every day."""


@dataclass(frozen=True)
class Timeline:
    """One page of a timeline.

    ``claims`` is how many claims have a time that fits, ``total`` how many such times there are, ``undated`` how many
    claims fit all filters but those of days and tell of no time. ``stretches`` of one ``unit`` cover the days that are
    named, as far as they were asked for: each has ``from`` and ``to`` as filters take them, its ``first`` and ``last``
    day, how many ``claims`` can have a day in it, and how many of these must (``certain``). ``after`` is None on the
    last page.
    """

    claims: int
    undated: int
    total: int
    items: Sequence[Json]
    after: int | None
    unit: str
    stretches: Sequence[Json]
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class _Time:
    """A time of a claim: days as texts, None where open; ``surely`` tells that it has a day that is asked for."""

    number: int
    edtf: str
    days: tuple[str | None, str | None, str | None, str | None]
    first: str
    last: str

    @property
    def begun(self) -> str | None:
        """The last day by which it has begun."""
        return min((day for day in (self.days[1], self.days[3]) if day), default=None)

    @property
    def lasting(self) -> str | None:
        """The first day until which it lasts."""
        return max((day for day in (self.days[0], self.days[2]) if day), default=None)

    @property
    def surely(self) -> bool:
        """Whether it must have a day from the first to the last that are asked for."""
        begun, lasting = self.begun, self.lasting
        return begun is not None and lasting is not None and begun <= self.last and lasting >= self.first


def timeline(
    engine: Engine,
    *,
    q: str = "",
    filters: Mapping[str, Sequence[str]] | None = None,
    after: int = 0,
    limit: int,
) -> Timeline:
    """One page of the timeline of the claims that fit ``q`` and ``filters``, those of the list of claims.

    BadFilter where a value names nothing.
    """
    given = filters or {}
    left = narrowed(engine, "claims", q, given)
    first, last = window(given)
    certain_only = left.times is not None and list(given.get("when", ())) == ["certain"]
    times = [time for time in _times(engine, left.left(), first, last) if time.surely or not certain_only]
    shown = times[after : after + limit]
    unit, stretches = _stretches(times, first, last)
    return Timeline(
        len({time.number for time in times}),
        _undated(engine, left),
        len(times),
        _items(engine, shown, asked=left.times is not None),
        after + limit if after + limit < len(times) else None,
        unit,
        stretches,
        facets(engine, "claims", left),
    )


def _times(engine: Engine, chosen: int, first: str, last: str) -> Iterator[_Time]:
    bits = chosen.to_bytes((chosen.bit_length() + 7) // 8, "little")
    for number, edtf, *days in engine.index.rows(_TIMES, {"first": first, "last": last}):
        if number >> 3 < len(bits) and bits[number >> 3] >> (number & 7) & 1:
            yield _Time(number, edtf, tuple(days), first, last)


def _undated(engine: Engine, left: Narrowed) -> int:
    """The claims that tell of no time and fit all filters but those of days."""
    fitting = left.left(without="from") if left.times is not None else left.left()
    return (fitting & members(engine, "claims", "dated", ["false"])).bit_count()


def _items(engine: Engine, times: Sequence[_Time], *, asked: bool) -> list[Json]:
    """Times with their claims in short, and the words of the texts."""
    claims = claims_of(engine, sorted({time.number for time in times}))
    facts = Facts(engine)
    load_claims(facts, claims.values())
    words = _words(engine, facts, claims.values())
    items = []
    for time in times:
        shown = hit(facts, claims[time.number])
        first = shown["chain"][0]
        article = {key: first[key] for key in ("iri", "label", "lang")} if first["kind"] == "article" else None
        items.append(
            {
                **shown,
                "article": article,
                "time": words[claims[time.number], time.edtf],
                "when": None if not asked else "certain" if time.surely else "possible",
            }
        )
    return items


def _words(engine: Engine, facts: Facts, claims: Iterable[str]) -> dict[tuple[str, str], Json]:
    """The times of claims by claim and expression, as the text puts them."""
    quads = engine.quads(graphs=claims)
    relative = {as_iri(quad.object) for quad in quads if quad.predicate.value == iri("t:relativeTo")}
    facts.load(relative)
    facts.load(outlet for one in relative for outlet in facts.iris(one, "schema:publisher"))
    said = content(facts, quads, focus=None, lead="")
    found: dict[tuple[str, str], Json] = {}
    for quad in quads:
        name, node = quad.graph_name, quad.object
        if (
            quad.predicate.value == iri("sem:hasTime")
            and isinstance(name, ox.NamedNode)
            and isinstance(node, ox.NamedNode)
        ):
            (time,) = said.times([node.value])
            found.setdefault((name.value, str(time["edtf"])), time)
    return found


def _stretches(times: Sequence[_Time], first: str, last: str) -> tuple[str, list[Json]]:
    """The unit, and the stretches of it from the first to the last day that is named and asked for."""
    named = {day for time in times for day in time.days if day and first <= day <= last}
    if not named:
        return "year", []
    begin = min(named) if first == EVER[0] else first
    end = max(named) if last == EVER[1] else last
    days = date.fromisoformat(end).toordinal() - date.fromisoformat(begin).toordinal() + 1
    unit = next((unit for unit, most in _UNITS.items() if days <= most), "century")
    starts = list(_starts(unit, begin, end))
    ends = [*(_before(start) for start in starts[1:]), _before(_following(unit, starts[-1]))]
    if first != EVER[0]:
        starts[0] = first
    if last != EVER[1]:
        ends[-1] = last

    def among(begun: str, over: str) -> range:
        """The stretches whose last day is not before ``begun`` and whose first is not after ``over``."""
        return range(bisect_left(ends, begun), bisect_right(starts, over))

    possible = [(time.number, among(time.days[0] or "", time.days[3] or end)) for time in times]
    certain = [(time.number, among(time.begun, time.lasting)) for time in times if time.begun and time.lasting]
    return unit, [
        {
            "from": _short(unit, start, last=False),
            "to": _short(unit, stop, last=True),
            "first": start,
            "last": stop,
            "claims": can,
            "certain": must,
        }
        for start, stop, can, must in zip(
            starts, ends, _tally(possible, len(starts)), _tally(certain, len(starts)), strict=True
        )
    ]


def _tally(found: Iterable[tuple[int, range]], size: int) -> list[int]:
    """How many claims there are in each stretch; a claim with several times counts once in each."""
    by_claim: dict[int, list[range]] = {}
    for number, some in found:
        if some:
            by_claim.setdefault(number, []).append(some)
    changes = [0] * (size + 1)
    for ranges in by_claim.values():
        counted = 0
        for some in sorted(ranges, key=lambda one: one.start):
            start = max(some.start, counted)
            if start < some.stop:
                changes[start] += 1
                changes[some.stop] -= 1
                counted = some.stop
    return list(accumulate(changes))[:size]


def _starts(unit: str, begin: str, end: str) -> Iterator[str]:
    """The first days of the stretches of a unit, from that in which ``begin`` is."""
    year = int(begin[:4])
    start = {"day": begin, "month": f"{begin[:7]}-01"}.get(
        unit, f"{max(year - year % _YEARS.get(unit, 1), 1):04}-01-01"
    )
    while start <= end:
        yield start
        start = _following(unit, start)


def _following(unit: str, start: str) -> str:
    """The first day of the next stretch, or a text behind all days."""
    if unit == "day":
        return (date.fromisoformat(start) + timedelta(1)).isoformat() if start < EVER[1] else _NEVER
    year, month = int(start[:4]), int(start[5:7])
    if unit == "month":
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    else:
        year += _YEARS[unit] - year % _YEARS[unit]
    return f"{year:04}-{month:02}-01" if year < 10_000 else _NEVER


def _before(day: str) -> str:
    """The day before."""
    return EVER[1] if day == _NEVER else (date.fromisoformat(day) - timedelta(1)).isoformat()


def _short(unit: str, day: str, *, last: bool) -> str:
    """A day as a filter takes it: the year or month alone where it is the first or last day of that."""
    year, month = day[:4], day[:7]
    if unit == "day":
        return day
    if unit != "month" and day[4:] == ("-12-31" if last else "-01-01"):
        return year
    end = monthrange(int(year), int(day[5:7]))[1] if last else 1
    return month if int(day[8:]) == end else day
