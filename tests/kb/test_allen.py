"""How uncertain times lie to each other, against counting all days on which they can begin and end."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import reduce
from itertools import product
from operator import or_

import pytest

from kb.allen import (
    AROUND,
    EARLIER,
    LATER,
    SHARING_A_DAY,
    WITHIN,
    Relation,
    holds,
    may_share_a_day,
    opens_within,
    possible,
)
from kb.model import Truth
from kb.times import Bounds, bounds

FIRST = date(2024, 2, 28)
"""Two days before the end of a February with a leap day."""
DAYS = 3
Days = tuple[int, int]
ROOM = 5
"""How far beyond these days open bounds reach in the counting: enough for four ends in any order, with days between."""
INVERSES = dict(zip(Relation, reversed(Relation), strict=True))


def relation(one: Days, other: Days) -> Relation:
    """The relation of two times known to the day, first and last day included, told as Allen tells it."""
    (b, e), (first, last) = (one[0], one[1] + 1), (other[0], other[1] + 1)
    names = {
        Relation.BEFORE: e < first,
        Relation.MEETS: e == first,
        Relation.OVERLAPS: b < first < e < last,
        Relation.STARTS: b == first and e < last,
        Relation.DURING: first < b and e < last,
        Relation.FINISHES: first < b and e == last,
        Relation.EQUALS: b == first and e == last,
        Relation.FINISHED_BY: b < first and e == last,
        Relation.CONTAINS: b < first and last < e,
        Relation.STARTED_BY: b == first and last < e,
        Relation.OVERLAPPED_BY: first < b < last < e,
        Relation.MET_BY: last == b,
        Relation.AFTER: last < b,
    }
    (found,) = (name for name, true in names.items() if true)
    return found


def day(number: int | None) -> date | None:
    return None if number is None else FIRST + timedelta(days=number)


def admitted(time: Bounds) -> frozenset[Days]:
    """Each first day with each last day of a time, as days from the first; open bounds reach ``ROOM`` days further."""
    limits = (time.earliest_begin, time.latest_begin, time.earliest_end, time.latest_end)
    beyond = (-ROOM, DAYS + ROOM, -ROOM, DAYS + ROOM)
    low, high, early, late = (
        far if limit is None else (limit - FIRST).days for limit, far in zip(limits, beyond, strict=True)
    )
    return frozenset((b, e) for b in range(low, high + 1) for e in range(early, late + 1) if b <= e)


ALL = [Bounds(*map(day, limits)) for limits in product((None, *range(DAYS)), repeat=4)]
TIMES = {time: pairs for time in ALL if (pairs := admitted(time))}
"""All bounds over three days, open ones too, with what they admit."""


def test_what_can_hold_is_what_holds_for_some_days() -> None:
    """The possible relations of two times are those of all days on which they can begin and end, counted one by one."""
    everything = sorted(admitted(Bounds(None, None, None, None)))
    bits = {pair: 1 << number for number, pair in enumerate(everything)}
    related: dict[tuple[Relation, Days], int] = dict.fromkeys(product(Relation, everything), 0)
    for one, other in product(everything, repeat=2):
        related[relation(one, other), one] |= bits[other]
    masks = {time: sum(bits[pair] for pair in pairs) for time, pairs in TIMES.items()}
    for one, pairs in TIMES.items():
        reach = {name: reduce(or_, (related[name, pair] for pair in pairs)) for name in Relation}
        for other, mask in masks.items():
            assert possible(one, other) == {name for name, reached in reach.items() if reached & mask}, (one, other)


def test_between_known_days_exactly_one_relation_holds() -> None:
    """Times that are known to the day lie to each other in one way, and the other way round in the inverse."""
    known = [Bounds(day(b), day(b), day(e), day(e)) for b in range(5) for e in range(b, 5)]
    for one, other in product(known, repeat=2):
        (found,) = possible(one, other)
        assert possible(other, one) == {INVERSES[found]}
        assert holds({found}, one, other) is Truth.CERTAIN
        assert all(holds({name}, one, other) is Truth.IMPOSSIBLE for name in set(Relation) - {found})


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        (EARLIER, lambda one, other: one[1] < other[0]),
        (LATER, lambda one, other: other[1] < one[0]),
        (SHARING_A_DAY, lambda one, other: bool({*range(one[0], one[1] + 1)} & {*range(other[0], other[1] + 1)})),
        (WITHIN, lambda one, other: {*range(one[0], one[1] + 1)} <= {*range(other[0], other[1] + 1)}),
        (AROUND, lambda one, other: {*range(one[0], one[1] + 1)} >= {*range(other[0], other[1] + 1)}),
    ],
    ids=["earlier", "later", "sharing a day", "within", "around"],
)
def test_words_for_several_relations_say_what_days_have_in_common(
    words: Collection[Relation], tells: Callable[[Days, Days], bool]
) -> None:
    """Earlier, later, sharing a day, within and around are certain, possible or impossible as the days tell."""
    closed = {time: pairs for time, pairs in TIMES.items() if None not in vars(time).values()}
    for (one, some), (other, others) in product(closed.items(), repeat=2):
        told = {tells(this, that) for this, that in product(some, others)}
        wanted = {(True,): Truth.CERTAIN, (False,): Truth.IMPOSSIBLE}.get(tuple(told), Truth.POSSIBLE)
        assert holds(words, one, other) is wanted


@pytest.mark.parametrize(
    ("one", "words", "other", "found"),
    [
        ("2022-12-04", EARLIER, "2022-12-10", Truth.CERTAIN),
        ("2022-11", EARLIER, "[2022-11-10..2022-11-14]", Truth.POSSIBLE),
        ("[2022-11-10..2022-11-14]", WITHIN, "2022-11", Truth.POSSIBLE),
        ("[2022-11-10..2022-11-14]", WITHIN, "2022-11-01/2022-11-30", Truth.CERTAIN),
        ("2020-11/..", SHARING_A_DAY, "2022-12-12", Truth.POSSIBLE),
        ("2020-11/..", SHARING_A_DAY, "2020-10", Truth.IMPOSSIBLE),
        ("../2022-12-04", SHARING_A_DAY, "2022-12-04", Truth.CERTAIN),
        ("../2022-12-04", LATER, "2022-12-04", Truth.IMPOSSIBLE),
        ("2022-12-12/2022-12-13", SHARING_A_DAY, "2022-12-12", Truth.CERTAIN),
        ("2022-12-12", {Relation.MEETS}, "2022-12-13", Truth.CERTAIN),
    ],
)
def test_expressions_are_compared_by_their_bounds(
    one: str, words: Collection[Relation], other: str, found: Truth
) -> None:
    """What words leave open stays possible, and a beginning or an end that nobody gives sets no limit."""
    assert holds(words, bounds(one), bounds(other)) is found


def test_a_time_that_can_only_end_before_it_begins_is_refused() -> None:
    """Bounds that admit no day to begin and end on are an error."""
    backwards = Bounds(day(1), day(2), None, day(0))
    with pytest.raises(ValueError, match="ends before it begins"):
        possible(backwards, bounds("2024"))


def test_two_times_may_share_a_day_where_that_is_not_impossible() -> None:
    """The one comparison of ends gives what the relations give, for all ways in which two times can lie."""
    told = [time for time in ALL if admitted(time)]
    for one, other in product(told[::7], told[::5]):
        assert may_share_a_day(one, other) == (holds(SHARING_A_DAY, one, other) is not Truth.IMPOSSIBLE)


@pytest.mark.parametrize(
    ("one", "other", "within"),
    [
        ("2024-03-01", "2024-03", True),
        ("2024-03", "2024-03-01", False),
        ("[2024-03-01..2024-03-03]", "2024-03-01/2024-03-03", True),
        ("2024-03-01", "2024-02/..", True),
        ("../2024-03-01", "2024-02/..", False),
    ],
)
def test_a_time_opens_within_another_where_it_leaves_no_other_day_open(one: str, other: str, within: bool) -> None:
    """A day lies in its month, and an open beginning in no month."""
    assert opens_within(bounds(one), bounds(other)) == within
