"""What a stated quantity leaves open: the amounts that fit its words, and how the amounts of two statements compare.

No width is made up: "about 14" excludes nothing, "more than 60" only 60 and less, "nearly 30" only 30 and more. No
amount is below 0. Amounts are not taken to be whole, so that nothing is called impossible that rests on it. Units are
the caller's: only amounts of one unit compare, and lengths of time, which become days.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kb.model import Truth
from kb.times import Bounds

_ZERO: Final = Decimal(0)
_UNBOUNDED: Final = Decimal("Infinity")
DAYS_IN: Final = {"day": (1, 1), "week": (7, 7), "fortnight": (14, 14), "month": (28, 31), "year": (365, 366)}
"""The fewest and the most days of a unit of time; shorter ones say nothing of days."""
_OPPOSITE: Final = {
    Truth.CERTAIN: Truth.IMPOSSIBLE,
    Truth.POSSIBLE: Truth.POSSIBLE,
    Truth.IMPOSSIBLE: Truth.CERTAIN,
}
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED: Final = re.compile(rf"(?<![a-z])({'|'.join(WEEKDAYS)})s?(?![a-z])")


@dataclass(frozen=True)
class Amounts:
    """All amounts from ``low`` to ``high``; without the end itself where that is open."""

    low: Decimal = _ZERO
    high: Decimal = _UNBOUNDED
    low_open: bool = False
    high_open: bool = False

    @property
    def is_one(self) -> bool:
        """Whether a single amount fits."""
        return self.low == self.high


def amounts(
    approximation: str,
    *,
    value: Decimal | None = None,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
) -> Amounts:
    """The amounts that fit a quantity as stated; ``approximation`` is the slug of the concept, such as ``at-least``.

    ValueError where the slug is unknown, or where no amount fits.
    """
    low, high = (value, value) if minimum is None and maximum is None else (minimum, maximum)
    least, most = _ZERO if low is None else low, _UNBOUNDED if high is None else high
    match approximation:
        case "about" | "unstated":
            found = Amounts()
        case "exact":
            found = Amounts(least, most)
        case "at-least":
            found = Amounts(low=least)
        case "more-than":
            found = Amounts(low=least, low_open=True)
        case "up-to":
            found = Amounts(high=most)
        case "nearly":
            found = Amounts(high=most, high_open=most.is_finite())
        case _:
            raise ValueError(f"{approximation!r} is no approximation")
    if found.low < 0 or found.low > found.high or (found.is_one and found.high_open):
        raise ValueError(f"no amount is {approximation} {low} to {high}")
    return found


def equal(one: Amounts, other: Amounts) -> Truth:
    """Whether two statements are of one amount; where that is impossible, they contradict each other."""
    if _all_below(one, other) or _all_below(other, one):
        return Truth.IMPOSSIBLE
    return Truth.CERTAIN if one.is_one and other.is_one else Truth.POSSIBLE


def less(one: Amounts, other: Amounts) -> Truth:
    """Whether the first amount is below the second."""
    if _all_below(one, other):
        return Truth.CERTAIN
    return Truth.POSSIBLE if one.low < other.high else Truth.IMPOSSIBLE


def more(one: Amounts, other: Amounts) -> Truth:
    """Whether the first amount is above the second."""
    return less(other, one)


def together(parts: Iterable[Amounts]) -> Amounts:
    """What some amounts that have nothing in common come to."""
    low, high, low_open, high_open = _ZERO, _ZERO, False, False
    for part in parts:
        low, high = low + part.low, high + part.high
        low_open, high_open = low_open or part.low_open, high_open or part.high_open
    return Amounts(low, high, low_open, high_open)


def fit(parts: Iterable[Amounts], whole: Amounts) -> Truth:
    """Whether parts that have nothing in common are no more than the whole out of which they are counted."""
    return _OPPOSITE[more(together(parts), whole)]


def length(time: Bounds) -> Amounts:
    """How many days a time can last, the first and the last included."""
    begin, end = _latest_begin(time), _earliest_end(time)
    fewest = 1 if begin is None or end is None else max((end - begin).days + 1, 1)
    if time.earliest_begin is None or time.latest_end is None:
        return Amounts(Decimal(fewest))
    return Amounts(Decimal(fewest), Decimal((time.latest_end - time.earliest_begin).days + 1))


def lasts(time: Bounds, stated: Amounts, unit: str) -> Truth:
    """Whether a time is as long as is stated; ``unit`` is a key of ``DAYS_IN``.

    A number of units stands for every length that is less than one unit longer or shorter, whether the first and the
    last day are both counted or only one of them: 44 days are 44 or 45 dates of the calendar, two years may be two and
    a half.
    """
    fewest, most = DAYS_IN[unit]
    days = length(time)
    shortest, longest = (stated.low - 1) * fewest, (stated.high + 1) * most
    if days.high <= shortest or days.low - 1 >= longest:
        return Truth.IMPOSSIBLE
    fits = days.low > (stated.low - 1) * most and days.high - 1 < (stated.high + 1) * fewest
    return Truth.CERTAIN if stated.is_one and fits else Truth.POSSIBLE


def on_weekday(time: Bounds, words: str) -> Truth:
    """Whether a time has a day of the week that the words name, among its days; certain where they name none.

    ``words`` are English.
    """
    named = {WEEKDAYS.index(name) for name in _NAMED.findall(words.lower())}
    if not named:
        return Truth.CERTAIN
    first, last = _latest_begin(time), _earliest_end(time)
    if first is not None and last is not None:
        common = _weekdays(first, last) & named if first <= last else _weekdays(last, first) <= named
        if common:
            return Truth.CERTAIN
    if time.earliest_begin is None or time.latest_end is None:
        return Truth.POSSIBLE
    return Truth.POSSIBLE if _weekdays(time.earliest_begin, time.latest_end) & named else Truth.IMPOSSIBLE


def _weekdays(first: date, last: date) -> set[int]:
    return {(first.weekday() + days) % 7 for days in range(min((last - first).days, 6) + 1)}


def _latest_begin(time: Bounds) -> date | None:
    """The last day on which a time can begin, which is not after the last on which it can end."""
    return min((day for day in (time.latest_begin, time.latest_end) if day is not None), default=None)


def _earliest_end(time: Bounds) -> date | None:
    """The first day on which a time can end, which is not before the first on which it can begin."""
    return max((day for day in (time.earliest_end, time.earliest_begin) if day is not None), default=None)


def _all_below(one: Amounts, other: Amounts) -> bool:
    return one.high < other.low or (one.high == other.low and (one.high_open or other.low_open))
