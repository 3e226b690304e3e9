"""A figure of a report: what each engine reached, the bar, whether it is met, and how it is printed and kept."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

OURS: Final = "testimonia"
AGAINST: Final = "oxigraph"
"""The peer that the bars are about; others are measured beside it."""


@dataclass(frozen=True)
class Figure:
    """One figure of a report: of measure ``P1`` and so on, what was asked, and what each engine reached, in ``unit``.

    ``bar`` is what ours may reach at most, or must at least where ``at_least``; None without the peer that it is
    derived from. ``right`` is False where an answer was not the one that it should be. ``details`` has what more is
    known of each engine.
    """

    measure: str
    what: str
    unit: str
    values: Mapping[str, float]
    bar: float | None = None
    at_least: bool = False
    right: bool = True
    note: str = ""
    details: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Ours to that of the peer that the bars are about; None where one of them was not measured."""
        if OURS not in self.values or not self.values.get(AGAINST):
            return None
        return self.values[OURS] / self.values[AGAINST]

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, or ``no peer`` where there was none to derive the bar from."""
        if not self.right or OURS not in self.values:
            return "missed"
        if self.bar is None:
            return "no peer"
        value = self.values[OURS]
        return "met" if (value >= self.bar if self.at_least else value <= self.bar) else "missed"


def as_json(figure: Figure) -> dict[str, Any]:
    """A figure as it is kept, with ratio and verdict; a time that never ended is null."""
    found = {"kind": "figure", **asdict(figure), "ratio": figure.ratio, "verdict": figure.verdict}
    kept: dict[str, Any] = json.loads(json.dumps(found), parse_constant=lambda name: None)
    return kept


def row(figure: Figure, engines: Sequence[str]) -> str:
    """A figure as a line of the table, with what is known beyond it at the end."""
    values = [_cell(figure.values.get(name), figure.unit) for name in engines]
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    bar = "" if figure.bar is None else f"{'≥' if figure.at_least else '≤'} {figure.bar:,.1f}"
    own = figure.details.get(OURS, {})
    more = [f"{name} {value:,.1f}".removesuffix(".0") for name, value in own.items()]
    line = _line(figure.measure, figure.what, *values, ratio, bar, figure.verdict)
    return "  ".join([line, *more, figure.note]).rstrip()


def header(engines: Sequence[str]) -> str:
    """What stands over the columns of ``row``."""
    return _line("", "", *engines, "ratio", "bar", "").rstrip()


def _cell(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{value:,.1f} {unit}" if math.isfinite(value) else "no answer"


def _line(measure: str, what: str, *cells: str) -> str:
    """Cells under each other, the last of them, the verdict, to the left."""
    return f"{measure:<4} {what:<32}" + "".join(f"{cell:>14}" for cell in cells[:-1]) + f"   {cells[-1]:<7}"
