"""How two uncertain times lie to each other: the thirteen relations of Allen, certain, possible or impossible.

A time begins on one of the days from ``earliest_begin`` to ``latest_begin`` and ends on one of those from
``earliest_end`` to ``latest_end``, on or after the day on which it begins; an open bound sets no limit. It fills its
days: a time *meets* the one that begins on the day after its last, and two times that share a day overlap, or one lies
in the other. A relation is certain where it holds for all days on which the two can begin and end, impossible where it
holds for none.

The relations: J. F. Allen, "Maintaining knowledge about temporal intervals", CACM 26 (1983).
"""

import math
from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Final

from kb.model import Truth
from kb.times import Bounds


class Relation(StrEnum):
    """How one time lies to another; between two that are known to the day exactly one holds."""

    BEFORE = "before"
    MEETS = "meets"
    OVERLAPS = "overlaps"
    STARTS = "starts"
    DURING = "during"
    FINISHES = "finishes"
    EQUALS = "equals"
    FINISHED_BY = "finished-by"
    CONTAINS = "contains"
    STARTED_BY = "started-by"
    OVERLAPPED_BY = "overlapped-by"
    MET_BY = "met-by"
    AFTER = "after"


EARLIER: Final = frozenset({Relation.BEFORE, Relation.MEETS})
"""Over before the other begins."""
LATER: Final = frozenset({Relation.AFTER, Relation.MET_BY})
"""Not begun before the other is over."""
SHARING_A_DAY: Final = frozenset(Relation) - EARLIER - LATER
"""Overlapping in the wide sense."""
WITHIN: Final = frozenset({Relation.DURING, Relation.STARTS, Relation.FINISHES, Relation.EQUALS})
"""On no day on which the other is not."""
AROUND: Final = frozenset({Relation.CONTAINS, Relation.STARTED_BY, Relation.FINISHED_BY, Relation.EQUALS})
"""On all days on which the other is."""

_ORDERS: Final = {
    Relation.BEFORE: "b e B E",
    Relation.MEETS: "b eB E",
    Relation.OVERLAPS: "b B e E",
    Relation.STARTS: "bB e E",
    Relation.DURING: "B b e E",
    Relation.FINISHES: "B b eE",
    Relation.EQUALS: "bB eE",
    Relation.FINISHED_BY: "b B eE",
    Relation.CONTAINS: "b B E e",
    Relation.STARTED_BY: "bB E e",
    Relation.OVERLAPPED_BY: "B b E e",
    Relation.MET_BY: "B bE e",
    Relation.AFTER: "B E b e",
}
"""The first days of the one (b) and the other (B) and the days after their last (e, E), from early to late."""


def possible(one: Bounds, other: Bounds) -> frozenset[Relation]:
    """The relations that can hold of two times; ValueError for a time that can only end before it begins."""
    for time in (one, other):
        if time.earliest_begin and time.latest_end and time.earliest_begin > time.latest_end:
            raise ValueError(f"{time} ends before it begins")
    ranges = {
        "b": _range(one.earliest_begin, one.latest_begin, 0),
        "e": _range(one.earliest_end, one.latest_end, 1),
        "B": _range(other.earliest_begin, other.latest_begin, 0),
        "E": _range(other.earliest_end, other.latest_end, 1),
    }
    return frozenset(relation for relation, order in _ORDERS.items() if _fits(order, ranges))


def holds(wanted: Collection[Relation], one: Bounds, other: Bounds) -> Truth:
    """Whether one of some relations holds of two times; ValueError for a time that can only end before it begins."""
    found = possible(one, other)
    if found.isdisjoint(wanted):
        return Truth.IMPOSSIBLE
    return Truth.CERTAIN if found.issubset(wanted) else Truth.POSSIBLE


def may_share_a_day(one: Bounds, other: Bounds) -> bool:
    """Whether there is a day that both leave open; as ``holds(SHARING_A_DAY, …)`` is not impossible, in one step."""
    return _first(one) <= _last(other) and _first(other) <= _last(one)


def opens_within(one: Bounds, other: Bounds) -> bool:
    """Whether a time leaves open no day that the other does not: it says no less of when it was."""
    return _first(other) <= _first(one) and _last(one) <= _last(other)


def _first(time: Bounds) -> date:
    return time.earliest_begin or date.min


def _last(time: Bounds) -> date:
    return time.latest_end or date.max


def _range(first: date | None, last: date | None, added: int) -> tuple[float, float]:
    """Two days as numbers, ``added`` later; infinite where they are open."""
    return (
        -math.inf if first is None else first.toordinal() + added,
        math.inf if last is None else last.toordinal() + added,
    )


def _fits(order: str, ranges: dict[str, tuple[float, float]]) -> bool:
    """Whether days of the ranges stand in an order: each as early as its range and those before it allow."""
    day = -math.inf
    for ends in order.split():
        day = max(day + 1, *(ranges[end][0] for end in ends))
        if any(day > ranges[end][1] for end in ends):
            return False
    return True
