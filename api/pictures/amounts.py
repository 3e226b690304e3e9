"""Where numbers stand on a scale that begins with 0: what each says, and what it leaves open.

A number that is exact is a dot. “At least” and “more than” go on to the right without an end, “up to” and “nearly” back
to 0; a dot is hollow where the number itself is left out. “About” is a hollow dot on a line whose length means nothing,
since no width is stated. What has no number has no place. Places are hundredths of the width, from 0 to 100.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kb.quantities import Amounts, amounts

MARGIN: Final = 4.0
"""What stays free at either end, so that dots are whole."""

ROUGH: Final = 6.0
"""Half the length of the line that says “about”."""

TICKS: Final = 5
"""Steps that a scale has at most, beside 0."""

_STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True)
class Mark:
    """One number: dots at ``dots``, and a line from ``start`` to ``end``.

    ``hollow`` says that the numbers themselves are not said to be reached, ``rough`` that no width is stated, ``open``
    that the line goes on to the right without an end.
    """

    dots: tuple[float, ...] = ()
    start: float = 0.0
    end: float = 0.0
    hollow: bool = False
    rough: bool = False
    open: bool = False


@dataclass(frozen=True)
class Scale:
    """The marks of some numbers in their order, and the places and texts of the ticks of their scale."""

    marks: Sequence[Mark]
    ticks: Sequence[tuple[float, str]]


def scale(quantities: Sequence[Mapping[str, Any]]) -> Scale | None:
    """A scale for quantities as cards have them; None where none of them has a number."""
    numbers = [_numbers(one) for one in quantities]
    known = [number for found in numbers for number in found]
    if not known:
        return None
    step = _step(max(known))
    count = int(max(known) / step) + 1
    top = step * count

    def place(value: Decimal) -> float:
        return round(MARGIN + float(value / top) * (100 - 2 * MARGIN), 2)

    def mark(one: Mapping[str, Any], found: Sequence[Decimal]) -> Mark:
        if not found:
            return Mark()
        dots = tuple(place(number) for number in found)
        if one["approximation"] == "about":
            return Mark(dots, max(dots[0] - ROUGH, 0), min(dots[-1] + ROUGH, 100), hollow=True, rough=True)
        return _mark(_amounts(one), dots, place)

    marks = [mark(one, found) for one, found in zip(quantities, numbers, strict=True)]
    return Scale(marks, [(place(step * at), f"{step * at:,f}") for at in range(count + 1)])


def _mark(left: Amounts, dots: tuple[float, ...], place: Any) -> Mark:
    """The mark of what a number that has bounds leaves open."""
    open_end = not left.high.is_finite()
    return Mark(
        dots,
        place(left.low),
        100 if open_end else place(left.high),
        hollow=left.low_open or left.high_open,
        open=open_end,
    )


def _amounts(one: Mapping[str, Any]) -> Amounts:
    value, least, most = (None if one[key] is None else Decimal(str(one[key])) for key in _KEYS)
    return amounts(str(one["approximation"]), value=value, minimum=least, maximum=most)


_KEYS: Final = ("value", "minimum", "maximum")


def _numbers(one: Mapping[str, Any]) -> list[Decimal]:
    """The numbers that a quantity names; none where its approximation leaves everything open."""
    if one["approximation"] == "unstated":
        return []
    return sorted({Decimal(str(one[key])) for key in _KEYS if isinstance(one[key], int | float)})


def _step(most: Decimal) -> Decimal:
    """The least step of 1, 2 or 5 times a power of ten that makes no more than ``TICKS`` steps up to a number."""
    power = Decimal(1)
    while power * 10 * TICKS <= most:
        power *= 10
    return next((power * step for step in _STEPS if power * step * TICKS > most), power * 10)
