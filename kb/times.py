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
    in a and ends in b, and is open at a side that is ".." (open) or empty (unknown).
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
    if row := _ONE_OF.fullmatch(edtf):
        ends = [_PLAIN.fullmatch(end) for end in row.groups()]
        (low, _), (_, high) = [_plain_days(*end.groups()) if end else (date.max, date.min) for end in ends]
        if low <= high:
            return low, high
    from edtf import parse_edtf  # takes longer to load than all else that is needed to start
    from edtf.parser.edtf_exceptions import EDTFParseException

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


def _day(value: time.struct_time | float) -> date | None:
    """A bound of the edtf package as a date; its infinities mean "open"."""
    if isinstance(value, float | int) and math.isinf(value):
        return None
    if not isinstance(value, time.struct_time):
        raise TypeError(f"no date: {value!r}")
    return date(value.tm_year, value.tm_mon, value.tm_mday)
