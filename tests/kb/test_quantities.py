"""What stated quantities leave open, against trying every amount and every day."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product

import pytest

from kb.model import Truth
from kb.quantities import DAYS_IN, Amounts, amounts, equal, fit, lasts, length, less, more, on_weekday, together
from kb.times import Bounds, bounds

MOST = 4
TRIED = [Decimal(number) / 4 for number in range(8 * MOST)]
"""Amounts in steps of a quarter, so that some lie between any two whole ones; enough of them above all ends."""


def fits(amount: Decimal, wanted: Amounts) -> bool:
    low = amount > wanted.low or (amount == wanted.low and not wanted.low_open)
    high = amount < wanted.high or (amount == wanted.high and not wanted.high_open)
    return low and high


def every_amounts() -> list[Amounts]:
    """All that words can state with whole numbers below five."""
    numbers = [Decimal(number) for number in range(1, MOST)]
    found = [Amounts()]
    for number in numbers:
        found += [amounts(name, minimum=number) for name in ("at-least", "more-than")]
        found += [amounts(name, value=number) for name in ("exact", "nearly")]
        found.append(amounts("up-to", maximum=number))
    found += [amounts("exact", minimum=low, maximum=high) for low, high in combinations(numbers, 2)]
    return found


def told(answers: set[bool]) -> Truth:
    return {(True,): Truth.CERTAIN, (False,): Truth.IMPOSSIBLE}.get(tuple(answers), Truth.POSSIBLE)


AMOUNTS = {stated: [amount for amount in TRIED if fits(amount, stated)] for stated in every_amounts()}


@pytest.mark.parametrize(
    ("compare", "tells"),
    [
        (equal, lambda one, other: one == other),
        (less, lambda one, other: one < other),
        (more, lambda one, other: one > other),
        (lambda one, other: fit([one], other), lambda one, other: one <= other),
    ],
    ids=["equal", "less", "more", "fit"],
)
def test_amounts_compare_as_all_that_fits_them_does(
    compare: Callable[[Amounts, Amounts], Truth], tells: Callable[[Decimal, Decimal], bool]
) -> None:
    """A comparison is certain where it is true of every amount that fits, and impossible where it is of none."""
    for (one, some), (other, others) in product(AMOUNTS.items(), repeat=2):
        assert compare(one, other) is told({tells(this, that) for this, that in product(some, others)}), (one, other)


def test_parts_fit_a_whole_as_all_their_sums_do() -> None:
    """Two parts with nothing in common fit where every sum does, and cannot where none does."""
    for (one, some), (other, others) in product(AMOUNTS.items(), repeat=2):
        sums = {this + that for this, that in product(some, others)}
        assert all(fits(total, together([one, other])) for total in sums)
        for whole, wholes in AMOUNTS.items():
            least, most = min(wholes), max(wholes)
            answers = {total <= amount for total in sums for amount in (least, most)}
            assert fit([one, other], whole) is told(answers), (one, other, whole)


@pytest.mark.parametrize(
    ("stated", "low", "high"),
    [
        (amounts("about", value=Decimal(14)), "0", "Infinity"),
        (amounts("unstated"), "0", "Infinity"),
        (amounts("exact", value=Decimal(1609)), "1609", "1609"),
        (amounts("at-least", minimum=Decimal(3)), "3", "Infinity"),
        (amounts("more-than", minimum=Decimal(60)), "60", "Infinity"),
        (amounts("nearly", value=Decimal(30)), "0", "30"),
        (amounts("up-to", maximum=Decimal(20)), "0", "20"),
        (amounts("exact", minimum=Decimal(10), maximum=Decimal(12)), "10", "12"),
    ],
)
def test_words_exclude_only_what_they_say(stated: Amounts, low: str, high: str) -> None:
    """No width is made up: “about” excludes nothing, “more than” and “nearly” exclude the number itself too."""
    assert (stated.low, stated.high) == (Decimal(low), Decimal(high))
    assert fits(stated.low, stated) is not stated.low_open
    assert (stated.low_open, stated.high_open) == (low == "60", high == "30")


@pytest.mark.parametrize(
    ("approximation", "low", "high"), [("exact", 3, 2), ("some", 1, 2), ("exact", -1, 1), ("nearly", 0, 0)]
)
def test_a_quantity_that_no_amount_fits_is_refused(approximation: str, low: int, high: int) -> None:
    """An unknown word, a number below zero, and a minimum above its maximum are errors."""
    with pytest.raises(ValueError, match="no a"):
        amounts(approximation, minimum=Decimal(low), maximum=Decimal(high))


def every_bounds(days: int) -> dict[Bounds, set[tuple[date, date]]]:
    """All closed bounds over some days from a Thursday on, with every first and last day that they admit."""
    known = [date(2024, 2, 29) + timedelta(days=number) for number in range(days)]
    ranges = [(first, last) for first in known for last in known if first <= last]
    found = {}
    for begin, end in product(ranges, repeat=2):
        admitted = {(b, e) for b in known for e in known if begin[0] <= b <= begin[1] and end[0] <= e <= end[1]}
        if pairs := {(b, e) for b, e in admitted if b <= e}:
            found[Bounds(*begin, *end)] = pairs
    return found


def test_a_time_lasts_from_its_shortest_to_its_longest() -> None:
    """The days that a time can last are those of its nearest and of its farthest first and last day."""
    for time, pairs in every_bounds(5).items():
        lengths = {(last - first).days + 1 for first, last in pairs}
        assert length(time) == Amounts(Decimal(min(lengths)), Decimal(max(lengths)))
    assert length(bounds("2020-11/..")) == Amounts(Decimal(1))
    assert length(bounds("../2022-12-04")) == Amounts(Decimal(1))
    assert length(bounds("2022-12")) == Amounts(Decimal(1), Decimal(31))


def test_stated_days_agree_with_dates_counted_with_or_without_the_last() -> None:
    """A number of days is that of the dates, or one less where one end is not counted; nothing else."""
    for time, pairs in every_bounds(6).items():
        for number in range(1, 8):
            answers = {(last - first).days + 1 - number in (0, 1) for first, last in pairs}
            assert lasts(time, amounts("exact", value=Decimal(number)), "day") is told(answers), (time, number)


@pytest.mark.parametrize(
    ("edtf", "approximation", "number", "unit", "found"),
    [
        ("2020-09-27/2020-11-10", "exact", 44, "day", Truth.CERTAIN),
        ("2020-09-27/2020-11-10", "exact", 46, "day", Truth.IMPOSSIBLE),
        ("2020-09/2020-11", "exact", 44, "day", Truth.POSSIBLE),
        ("2020-09/2020-11", "exact", 95, "day", Truth.IMPOSSIBLE),
        ("2020-11-10/2022-12-13", "more-than", 2, "year", Truth.POSSIBLE),
        ("2020-11-10/2022-12-13", "exact", 2, "year", Truth.CERTAIN),
        ("2020-11-10/2025", "exact", 5, "year", Truth.CERTAIN),
        ("2020-11-10/2025", "exact", 8, "year", Truth.IMPOSSIBLE),
        ("../2025", "exact", 5, "year", Truth.POSSIBLE),
        ("1994/2020", "nearly", 30, "year", Truth.POSSIBLE),
        ("1988/2020", "nearly", 30, "year", Truth.POSSIBLE),
        ("1985/2020", "nearly", 30, "year", Truth.IMPOSSIBLE),
        ("2022-12-01/2022-12-05", "at-least", 2, "week", Truth.IMPOSSIBLE),
        ("2022-12-01/2022-12-05", "about", 2, "week", Truth.POSSIBLE),
        ("2022-12-01/2022-12-31", "exact", 1, "month", Truth.CERTAIN),
    ],
)
def test_a_stated_length_agrees_with_dates(edtf: str, approximation: str, number: int, unit: str, found: Truth) -> None:
    """A number of units stands for all lengths that are less than one unit longer or shorter, and "about" for any."""
    name = "minimum" if approximation in ("at-least", "more-than") else "value"
    assert lasts(bounds(edtf), amounts(approximation, **{name: Decimal(number)}), unit) is found


def test_units_hold_as_many_days_as_the_calendar_gives_them() -> None:
    """The fewest and most days of a month and a year are those of a calendar with leap years."""
    months = {(date(y + m // 12, m % 12 + 1, 1) - date(y, m, 1)).days for y in (2023, 2024) for m in range(1, 13)}
    years = {(date(year + 1, 1, 1) - date(year, 1, 1)).days for year in range(2020, 2025)}
    assert (min(months), max(months)) == DAYS_IN["month"]
    assert (min(years), max(years)) == DAYS_IN["year"]


@pytest.mark.parametrize("words", ["on Monday", "from Thursday to Sunday", "on Tuesdays"])
def test_weekdays_agree_as_all_days_of_a_time_do(words: str) -> None:
    """A weekday is certain where it is among the days of a time however it lies, impossible where it never is."""
    names = [name for name in ("Monday", "Tuesday", "Thursday", "Sunday") if name in words]
    for time, pairs in every_bounds(6).items():
        days = [{first + timedelta(days=n) for n in range((last - first).days + 1)} for first, last in pairs]
        answers = {any(f"{day:%A}" in names for day in among) for among in days}
        assert on_weekday(time, words) is told(answers), (time, words)


@pytest.mark.parametrize(
    ("edtf", "words", "found"),
    [
        ("2022-12", "on Monday", Truth.POSSIBLE),
        ("[..2022-12-12]", "on Monday", Truth.POSSIBLE),
        ("../2022-12-12", "until Monday", Truth.CERTAIN),
        ("2022-12-13/..", "since Monday", Truth.POSSIBLE),
        ("[2022-12-05..2022-12-11]", "on one of the Mondays", Truth.POSSIBLE),
        ("2022-12-13", "the monday-morning quarterbacks", Truth.IMPOSSIBLE),
        ("2022-12-13", "last week", Truth.CERTAIN),
    ],
)
def test_weekdays_of_open_and_wide_times_stay_possible(edtf: str, words: str, found: Truth) -> None:
    """A time that is open, or as wide as a week, can have any weekday; words that name none are never wrong."""
    assert on_weekday(bounds(edtf), words) is found
