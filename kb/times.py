"""Dates with their uncertainty: the four bounds of an EDTF expression (ISO 8601-2:2019; Library of Congress EDTF)."""

import math
import re
import time
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

_PLAIN = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?[~?%]?")
"""A year, a month or a day. Reading one by the whole grammar of EDTF takes thousands of times as long."""
_ONE_OF = re.compile(r"\[([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})\]")
"""A day out of several in a row."""
_SEASON = re.compile(r"([0-9]{4})-(2[1-9]|3[0-2])(?:[~?%]|\^.+)?")
"""A season: of either hemisphere, of the north or of the south; quarters and the like (33 to 41) have exact months."""
_ELSEWHERE = re.compile(
    r"Y-?([0-9]{5,}|[0-9]+E[0-9]+)(S[0-9]+)?"
    r"|(?=[-0]|.*X)-?[0-9X]{4}(-(0[1-9X]|1[0-2X]|X[0-9X])(-([012X][0-9X]|3[01X]))?)?[~?%]?"
)
"""A date of EDTF that has no bounds here: of a long year or one before 0001, or with unknown digits in the middle."""

_NORTH = {"spring": (3, 6), "summer": (6, 9), "autumn": (9, 12), "winter": (0, 15)}
_SOUTH = {"spring": (9, 12), "summer": (0, 15), "autumn": (3, 6), "winter": (6, 9)}
_MONTHS = {
    **dict(zip(range(25, 29), _NORTH.values(), strict=True)),
    **dict(zip(range(29, 33), _SOUTH.values(), strict=True)),
    **{
        21 + at: (min(_NORTH[name][0], _SOUTH[name][0]), max(_NORTH[name][1], _SOUTH[name][1]))
        for at, name in enumerate(_NORTH)
    },
}
"""First and last month in which a season can be, counted from January of its year; 0 is the December before.

ISO 8601-2 gives seasons no months. Counted by whole months spring begins in March, by the sun in the fourth week of it,
so that it can last until June. The season over the turn of the year can be the one that begins or the one that ends
in the year that is named. Without a hemisphere (21 to 24) it can be that of either.
"""


@dataclass(frozen=True)
class Bounds:
    """First and last day on which a time can begin and can end; None where it is open on that side."""

    earliest_begin: date | None
    latest_begin: date | None
    earliest_end: date | None
    latest_end: date | None


@lru_cache(maxsize=4096)
def bounds(edtf: str) -> Bounds:
    """The bounds of an EDTF expression, as strict as its words: "~" and "?" widen nothing.

    The text that says "about" gives no width, so none is made up.

    A day, month, year or set ``[a..b]`` is a time somewhere inside it, of one day or more; an interval ``a/b`` begins
    in a and ends in b, and is open at a side that is ".." (open) or empty (unknown). A season is somewhere in
    the months in which it can be in either hemisphere, or in the one that its code names.
    ValueError where the text is no EDTF, or runs backwards.
    """
    begin, slash, end = edtf.partition("/")
    if slash and "".join((begin, end)).strip(".") == "":
        raise _not_edtf(edtf)  # neither side says anything
    try:
        if slash:
            found = Bounds(*_side(begin), *_side(end))
        else:
            low, high = _days(edtf)
            found = Bounds(low, high, low, high)
    except ValueError as error:
        if any(_ELSEWHERE.fullmatch(side) for side in (begin, end)):
            message = f"{edtf!r} is EDTF that is not supported here: years are 0001 to 9999, and X stands at the end"
            raise ValueError(message) from error
        raise _not_edtf(edtf) from error
    if found.earliest_begin and found.latest_end and found.earliest_begin > found.latest_end:
        raise ValueError(f"{edtf!r} ends before it begins")
    return found


def _not_edtf(edtf: str) -> ValueError:
    return ValueError(f"{edtf!r} is no EDTF expression")


def _side(edtf: str) -> tuple[date | None, date | None]:
    """First and last day of one side of an interval: a date, or nothing that is known."""
    if edtf in ("", ".."):
        return None, None
    if edtf[0] in "[{" or "/" in edtf:
        raise ValueError("a set or an interval is no side of an interval")
    return _days(edtf)


def _days(edtf: str) -> tuple[date | None, date | None]:
    """First and last day of an expression that is no interval; ValueError where there is none."""
    if plain := _PLAIN.fullmatch(edtf):
        return _plain_days(*plain.groups())
    if season := _SEASON.fullmatch(edtf):
        return _season_days(int(season[1]), *_MONTHS[int(season[2])])
    if row := _ONE_OF.fullmatch(edtf):
        ends = [_PLAIN.fullmatch(end) for end in row.groups()]
        (low, _), (_, high) = [_plain_days(*end.groups()) if end else (date.max, date.min) for end in ends]
        if low <= high:
            return low, high
    from edtf import parse_edtf  # takes longer to load than all else that is needed to start
    from edtf.parser import parser_classes
    from edtf.parser.edtf_exceptions import EDTFParseException

    # The package prints what it fails at, into the JSON of a report. Its own name "print" is silenced, since a
    # redirected sys.stdout would be that of all threads.
    vars(parser_classes)["print"] = _silent
    try:
        parsed: Any = parse_edtf(edtf)
        return _day(parsed.lower_strict()), _day(parsed.upper_strict())
    except (EDTFParseException, AttributeError, OverflowError, TypeError) as error:
        raise ValueError(str(error)) from error


def _plain_days(year: str, month: str | None, day: str | None) -> tuple[date, date]:
    """First and last day of a year, a month or a day; ValueError where there is none."""
    first = date(int(year), int(month or 1), int(day or 1))
    if day is not None:
        return first, first
    last = int(month or 12)
    return first, date(int(year), last, monthrange(int(year), last)[1])


def _season_days(year: int, first: int, last: int) -> tuple[date, date]:
    """The days of some months, counted from January of a year, as far as years are counted."""
    date(year, 1, 1)
    low = date(year, first, 1) if first else date(max(year - 1, 1), 12 if year > 1 else 1, 1)
    after, month = divmod(last, 12)
    if month == 0:
        after, month = after - 1, 12
    high = year + after
    return low, date(high, month, monthrange(high, month)[1]) if high <= date.max.year else date.max


def _silent(*_: object) -> None:
    """Prints nothing."""


def _day(value: time.struct_time | float) -> date | None:
    """A bound of the edtf package as a date; its infinities mean "open"."""
    if isinstance(value, float | int) and math.isinf(value):
        return None
    if not isinstance(value, time.struct_time):
        raise TypeError(f"no date: {value!r}")
    return date(value.tm_year, value.tm_mon, value.tm_mday)
