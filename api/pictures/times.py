"""Where times stand on an axis: its ticks with their labels, and of each time what is certain, possible and open.

Places and widths are hundredths of the width of the axis, from 0 to 100, rounded to a thousandth: as percentages in an
SVG without a view box they make a picture that is as wide as there is room, with letters of one size.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from kb.times import Bounds

MOST: Final = 12
"""Ticks that an axis has at most, if not told otherwise."""

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SHORTEST: Final = 3
"""Days that an axis has at least."""
_AROUND: Final = 0.03
"""Room before the first and behind the last day, as a part of the days between."""
_SEEN: Final = 1.2
"""The width below which a time is drawn as a mark."""
_LABEL: Final = 5.0
"""The room that a label needs at the end of the axis."""
_GROUP: Final = 14.0
"""The room that the name of a group needs before that of the next."""


@dataclass(frozen=True)
class _Scale:
    """From tick to tick: how many of a unit (day, month, year), and about how many days these are."""

    step: int
    unit: str
    days: float


_SCALES: Final = (
    *(_Scale(step, "day", step) for step in (1, 2, 5, 10)),
    *(_Scale(step, "month", step * 30.5) for step in (1, 2, 3, 6)),
    *(_Scale(step, "year", step * 366) for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)
"""From fine to coarse."""


@dataclass(frozen=True)
class Span:
    """A stretch of an axis: where it begins, and how wide it is."""

    x: float
    width: float

    @property
    def end(self) -> float:
        """Where it ends."""
        return round(self.x + self.width, 3)

    @property
    def middle(self) -> float:
        """Where its middle is."""
        return round(self.x + self.width / 2, 3)


@dataclass(frozen=True)
class Tick:
    """Where a day, month or year begins; ``label`` is empty at the end, and ``kept`` where there is little room."""

    x: float
    label: str
    kept: bool


@dataclass(frozen=True)
class Axis:
    """The days from ``first`` to ``last``; ``groups`` are the months or years that the ticks are in, by place."""

    first: date
    last: date
    ticks: tuple[Tick, ...]
    groups: tuple[tuple[float, str], ...]

    def place(self, day: date) -> float:
        """Where a day begins; less than 0 or more than 100 for a day that is not on the axis."""
        return _place(day.toordinal(), self.first, self.last)

    def span(self, first: date, last: date) -> Span:
        """The stretch from the begin of one day to the end of another, as far as it is on the axis."""
        begin, end = max(self.place(first), 0.0), min(_place(last.toordinal() + 1, self.first, self.last), 100.0)
        return Span(begin, round(max(end - begin, 0.0), 3))


@dataclass(frozen=True)
class Bar:
    """A time on an axis, as far as it is on it.

    ``box`` are the days between which it begins or ends, ``core`` those of which it is certain that it lasted then.
    ``lead`` comes before the box where nothing tells when it began, ``tail`` behind it where nothing tells when it
    ended; without a box, only that limit is known. ``mark`` is the middle of a box that is too narrow to be seen. Where
    it goes on beyond the axis it is cut ``before`` or ``after``. ``about`` tells that the text says so.
    """

    box: Span | None
    core: Span | None
    lead: Span | None
    tail: Span | None
    mark: float | None
    before: bool
    after: bool
    about: bool


@dataclass(frozen=True)
class Column:
    """A stretch of days on an axis, with how high what is possible and what is certain of it stands, in hundredths."""

    span: Span
    possible: float
    certain: float


def axis(first: date, last: date, *, most: int = MOST) -> Axis:
    """An axis of the days from ``first`` to ``last``, with at most ``most`` ticks; ValueError where it has no day."""
    if last < first:
        raise ValueError(f"no day from {first} to {last}")
    days = (last - first).days + 1
    scale = next((one for one in _SCALES if days / one.days <= most), _SCALES[-1])
    places = [(_place(day.toordinal(), first, last), day) for day in _starts(first, last, scale)]
    ticks = (
        Tick(x, _label(day, scale.unit) if x <= 100 - _LABEL else "", number % 2 == 0)
        for number, (x, day) in enumerate((x, day) for x, day in places if x >= 0)
    )
    return Axis(first, last, tuple(ticks), _groups(first, last, scale.unit))


def spanning(times: Iterable[Bounds], *, most: int = MOST) -> Axis | None:
    """An axis with all days that some times name, and a little room around them; None where they name none."""
    days = [day for time in times for day in _named(time)]
    if not days:
        return None
    first, last = min(days), max(days)
    room = max(round(((last - first).days + 1) * _AROUND), (_SHORTEST - (last - first).days) // 2, 0)
    return axis(_earlier(first, room), _later(last, room), most=most)


def bar(on: Axis, time: Bounds, *, about: bool = False) -> Bar | None:
    """A time on an axis; None where it cannot have any of its days."""
    start, end = time.earliest_begin, time.latest_end
    if (start and start > on.last) or (end and end < on.first):
        return None
    box = _box(time)
    begun, over = _certain(time)
    named = _named(time)
    lead = on.span(on.first, _earlier(box[0], 1) if box else max(named)) if start is None else None
    tail = on.span(_later(box[1], 1) if box else min(named), on.last) if end is None else None
    drawn = _seen(on, *box) if box else None
    return Bar(
        drawn,
        _seen(on, begun, over) if begun and over and begun <= over else None,
        lead,
        tail,
        drawn.middle if drawn and drawn.width < _SEEN else None,
        bool(start and start < on.first),
        bool(end and end > on.last),
        about,
    )


def columns(on: Axis, stretches: Iterable[Mapping[str, Any]]) -> list[Column]:
    """Stretches of days, each with ``first``, ``last``, ``claims`` and ``certain``; the most claims are full height."""
    found = list(stretches)
    most = max((int(one["claims"]) for one in found), default=0) or 1
    return [
        Column(
            on.span(date.fromisoformat(one["first"]), date.fromisoformat(one["last"])),
            round(one["claims"] / most * 100, 2),
            round(one["certain"] / most * 100, 2),
        )
        for one in found
    ]


def frame(time: Bounds, *, months: bool) -> tuple[date, date]:
    """The calendar month (if ``months``), year or years in which a time begins; where that is open, ends.

    ValueError for a time without any day.
    """
    first = time.earliest_begin or time.latest_end or time.latest_begin or time.earliest_end
    if first is None:
        raise ValueError("a time without any day")
    last = (time.latest_begin or first) if time.earliest_begin else first
    if months and (first.year, first.month) == (last.year, last.month):
        return first.replace(day=1), _earlier(_next_month(first, 1), 1)
    return date(first.year, 1, 1), date(last.year, 12, 31)


def framed(first: date, last: date) -> str:
    """A calendar month, year or several years in words."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B} {first.year}"
    return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"


def bounds(days: Mapping[str, str | None] | None) -> Bounds:
    """The bounds of a time as cards have them: days (YYYY-MM-DD) by name, null where open."""
    given = days or {}
    return Bounds(
        *(
            date.fromisoformat(found) if (found := given.get(name)) else None
            for name in ("earliest_begin", "latest_begin", "earliest_end", "latest_end")
        )
    )


def _certain(time: Bounds) -> tuple[date | None, date | None]:
    """The last day by which it must have begun, and the first until which it must have lasted; None where open."""
    begun = min((day for day in (time.latest_begin, time.latest_end) if day), default=None)
    over = max((day for day in (time.earliest_begin, time.earliest_end) if day), default=None)
    return begun, over


def _box(time: Bounds) -> tuple[date, date] | None:
    """The days that are limited on both sides: all of them, or those of the end that is told."""
    first = time.earliest_begin or time.earliest_end
    last = time.latest_end or time.latest_begin
    return (first, last) if first and last and first <= last else None


def _named(time: Bounds) -> list[date]:
    days = (time.earliest_begin, time.latest_begin, time.earliest_end, time.latest_end)
    return [day for day in days if day is not None]


def _seen(on: Axis, first: date, last: date) -> Span | None:
    return on.span(first, last) if first <= on.last and last >= on.first else None


def _place(day: int, first: date, last: date) -> float:
    return round((day - first.toordinal()) / (last.toordinal() + 1 - first.toordinal()) * 100, 3)


def _starts(first: date, last: date, scale: _Scale) -> Iterator[date]:
    """The days at which ticks stand, from one on or before ``first``; those of days begin anew in each month."""
    if scale.unit == "day":
        day = first.replace(day=1)
        while day <= last and day < date.max:
            yield day
            following = _later(day, scale.step)
            begun = _next_month(day, 1)
            day = following if begun - following >= timedelta(scale.step / 2) else begun
    else:
        months = scale.step * (12 if scale.unit == "year" else 1)
        year = max(first.year - first.year % scale.step, 1) if scale.unit == "year" else first.year
        day = date(year, 1, 1)
        while day <= last:
            yield day
            if (day := _next_month(day, months)) == date.max:
                return


def _label(day: date, unit: str) -> str:
    return {"day": str(day.day), "month": MONTHS[day.month - 1], "year": str(day.year)}[unit]


def _groups(first: date, last: date, unit: str) -> tuple[tuple[float, str], ...]:
    """The months that days are in, or the years that months are in; without one that has no room before the next."""
    if unit == "year":
        return ()
    found = [(0.0, first)]
    day = _next_month(first, 1 if unit == "day" else 13 - first.month)
    while day <= last and day < date.max:
        found.append((_place(day.toordinal(), first, last), day))
        day = _next_month(day, 1 if unit == "day" else 12)
    kept = [one for one, following in pairwise([*found, (100.0, last)]) if following[0] - one[0] >= _GROUP]
    return tuple((x, f"{MONTHS[day.month - 1]} {day.year}" if unit == "day" else str(day.year)) for x, day in kept)


def _next_month(day: date, months: int) -> date:
    """The first day of the month that comes so many months later; the last of all days where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1) if year <= date.max.year else date.max


def _earlier(day: date, days: int) -> date:
    return date.fromordinal(max(day.toordinal() - days, date.min.toordinal()))


def _later(day: date, days: int) -> date:
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))
