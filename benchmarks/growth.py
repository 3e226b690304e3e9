"""By which power of its size something grows: least squares through logarithms, with an interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import OURS, Figure

_QUANTILES: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Of Student's t at 0.975, for one degree of freedom and more (any table of it)."""

_NORMAL: Final = 1.96


@dataclass(frozen=True)
class Fit:
    """``factor`` times the size to the power ``exponent``; in 95 of 100 such series the true power lies between ``low``
    and ``high``, which are infinite where two points leave no room for doubt to be measured."""

    exponent: float
    low: float
    high: float
    factor: float

    def at(self, size: float) -> float:
        """What the line has at a size."""
        return float(self.factor * size**self.exponent)


def fit(points: Sequence[tuple[float, float]]) -> Fit | None:
    """The best line through the logarithms of (size, value); None with fewer than two sizes or a value that is no
    positive number."""
    if len({size for size, _ in points}) < 2 or any(not 0 < value < math.inf for _, value in points):
        return None
    logs = [(math.log(size), math.log(value)) for size, value in points]
    mean_x, mean_y = (sum(column) / len(logs) for column in zip(*logs, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in logs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread
    offset = mean_y - slope * mean_x
    free = len(logs) - 2
    reach = math.inf
    if free:
        rest = sum((y - offset - slope * x) ** 2 for x, y in logs)
        quantile = _QUANTILES[free - 1] if free <= len(_QUANTILES) else _NORMAL
        reach = quantile * math.sqrt(rest / free / spread)
    return Fit(slope, slope - reach, slope + reach, math.exp(offset))


def grows(measure: str, what: str, points: Sequence[tuple[float, float]], bar: float, *, barred: bool = True) -> Figure:
    """The power of the size by which something grows, as a figure; without a value where the points give none."""
    found = fit(points)
    if found is None:
        return Figure(measure, what, "power", {}, bar=bar, note="too few points", barred=barred)
    reach = {"low": found.low, "high": found.high} if math.isfinite(found.low) else {}
    sizes = sorted(size for size, _ in points)
    note = f"{sizes[0]:,.0f} to {sizes[-1]:,.0f} articles"
    return Figure(
        measure, what, "power", {OURS: found.exponent}, bar=bar, note=note, details={OURS: reach}, barred=barred
    )
