"""Plots as SVG: dots of several engines on one scale, and growth with its fitted line.

Colours come from the style of the page (classes ``mark-0`` and on); each engine has a shape of its own too. Both scales
are logarithmic. Everything is drawn narrow, so that words can be read on a narrow screen.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from benchmarks.figures import in_figures
from benchmarks.growth import Fit

WIDTH: Final = 360
_LEFT, _RIGHT, _ROW, _TEXT = 8, 352, 30, 11
_SHAPES: Final = (
    "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z",
    "M-3.6,-3.6H3.6V3.6H-3.6Z",
    "M0,-4.6L4.4,3.4H-4.4Z",
    "M0,-5L5,0L0,5L-5,0Z",
    "M-4,-4L4,4M4,-4L-4,4",
)


def dots(what: str, rows: Mapping[str, Mapping[str, float]], series: Mapping[str, int]) -> str:
    """A line for each row, with a mark for each of the series where it has a value, of the shape with its number;
    ``what`` is the text for those who do not see it."""
    values = [value for row in rows.values() for value in row.values() if 0 < value < math.inf]
    if not values:
        return ""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)

    def x(value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (math.log10(value) - low) / (high - low)

    top = 16 * math.ceil(len(series) / 3) + 12
    height = top + _ROW * len(rows) + 24
    drawn = []
    for number, (name, shape) in enumerate(series.items()):
        at = f"translate({_LEFT + 6 + 118 * (number % 3)},{10 + 16 * (number // 3)})"
        drawn.append(f'<g transform="{at}">{_mark(shape)}<text x="9" y="4">{escape(name)}</text></g>')
    for power in range(low, high + 1):
        place = x(10.0**power)
        anchor = "start" if power == low else "end" if power == high else "middle"
        drawn.append(f'<path class="grid" d="M{place:.1f},{top}V{height - 20}"/>')
        label = f"{10.0**power:,g}"
        drawn.append(f'<text class="quiet" x="{place:.1f}" y="{height - 6}" text-anchor="{anchor}">{label}</text>')
    for number, (label, row) in enumerate(rows.items()):
        y = top + _ROW * number
        drawn.append(f'<text x="{_LEFT}" y="{y + _TEXT}">{escape(label)}</text>')
        drawn.append(f'<path class="axis" d="M{_LEFT},{y + 20}H{_RIGHT}"/>')
        for name, value in row.items():
            if 0 < value < math.inf:
                drawn.append(f'<g transform="translate({x(value):.1f},{y + 20})">{_mark(series[name])}</g>')
    return _svg(what, height, drawn)


def growth(what: str, unit: str, points: Sequence[tuple[float, float]], line: Fit | None) -> str:
    """Points over sizes, with the line that was fitted to them."""
    usable = [(size, value) for size, value in points if size > 0 and 0 < value < math.inf]
    if len({size for size, _ in usable}) < 2:
        return ""
    left, right, top, bottom = 52, 350, 10, 150
    sizes, values = zip(*usable, strict=True)
    ends = [line.at(size) for size in (min(sizes), max(sizes))] if line else []
    low, high = math.log10(min(*values, *ends)), math.log10(max(*values, *ends))
    room = max(0.15, (high - low) * 0.08)
    low, high = low - room, high + room
    first, last = math.log10(min(sizes)), math.log10(max(sizes))

    def x(size: float) -> float:
        return left + 6 + (right - left - 12) * (math.log10(size) - first) / (last - first)

    def y(value: float) -> float:
        return bottom - (bottom - top) * (math.log10(value) - low) / (high - low)

    drawn = [f'<path class="axis" d="M{left},{top}V{bottom}H{right}"/>']
    for value in _ticks(low, high):
        drawn.append(f'<path class="grid" d="M{left},{y(value):.1f}H{right}"/>')
        drawn.append(f'<text class="quiet" x="{left - 5}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,g}</text>')
    for size in sorted(set(sizes)):
        drawn.append(
            f'<text class="quiet" x="{x(size):.1f}" y="{bottom + 15}" text-anchor="middle">{in_figures(size)}</text>'
        )
    drawn.append(f'<text class="quiet" x="{right}" y="{bottom + 30}" text-anchor="end">articles</text>')
    drawn.append(f'<text class="quiet" x="{left - 5}" y="{bottom + 15}" text-anchor="end">{escape(unit)}</text>')
    if line:
        (a, b), (one, other) = (min(sizes), max(sizes)), ends
        drawn.append(f'<path class="fitted" d="M{x(a):.1f},{y(one):.1f}L{x(b):.1f},{y(other):.1f}"/>')
    drawn += [f'<g transform="translate({x(size):.1f},{y(value):.1f})">{_mark(0)}</g>' for size, value in usable]
    return _svg(what, bottom + 36, drawn)


def _ticks(low: float, high: float) -> list[float]:
    """Round values between two powers of ten, as round as three of them can be."""
    found: list[float] = []
    for steps in ((1,), (1, 2, 5), range(1, 10)):
        values = (float(f"{step}e{power}") for power in range(math.floor(low), math.ceil(high) + 1) for step in steps)
        found = [value for value in values if low <= math.log10(value) <= high]
        if len(found) >= 3:
            break
    return found


def _mark(number: int) -> str:
    return f'<path class="mark-{number % len(_SHAPES)}" d="{_SHAPES[number % len(_SHAPES)]}"/>'


def _svg(what: str, height: float, drawn: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(what)}">' + "".join(drawn) + "</svg>"
