"""A figure of a report: what each engine reached, the bar, whether it is met, and how it is printed and kept."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

OURS: Final = "testimonia"
AGAINST: Final = "oxigraph"
"""The peer that the bars are about; others are measured beside it."""


@dataclass(frozen=True)
class Figure:
    """One figure of a report: of measure ``P1`` and so on, what was asked, and what each engine reached, in ``unit``.

    ``bar`` is what ours may reach at most, or must at least where ``at_least``; None without the peer that it is
    derived from, and where nothing is asked of the figure (``barred`` is False then). ``against`` is the peer that ours
    is compared with. ``right`` is False where an answer was not the one that it should be. ``runs`` are the repetitions
    that a value is the middle of. ``details`` has what more is known of each engine; of one that was stopped because it
    took too long, the ``limit`` in seconds.
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
    barred: bool = True
    against: str = AGAINST
    runs: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a figure is called in every run."""
        return f"{self.measure} {self.what}"

    @property
    def ratio(self) -> float | None:
        """Ours to that of the peer that it is about; None where one of them was not measured."""
        if OURS not in self.values or not self.values.get(self.against):
            return None
        return self.values[OURS] / self.values[self.against]

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, ``no peer`` where the bar would be derived from one, ``no bar`` where there is none."""
        if not self.barred:
            return "no bar" if self.right else "missed"
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


@dataclass(frozen=True)
class Point:
    """What something comes to with so many articles: ``of`` what, in ``unit``."""

    of: str
    unit: str
    articles: int
    value: float


def figure_of(line: Mapping[str, Any]) -> Figure:
    """A figure as it was kept; what was null never ended."""
    known = {one.name for one in fields(Figure)}
    found = {name: value for name, value in line.items() if name in known}
    for name in ("values", "details", "runs"):
        found[name] = {engine: _endless(value) for engine, value in line.get(name, {}).items()}
    return Figure(**found)


def _endless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _endless(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_endless(one) for one in value]
    return math.inf if value is None else value


def add(report: Path | None, line: Mapping[str, Any] | Figure | Point) -> None:
    """Adds a line to a report that is kept; nothing where none is."""
    if report is None:
        return
    if isinstance(line, Figure):
        line = as_json(line)
    elif isinstance(line, Point):
        line = {"kind": "point", **asdict(line)}
    with report.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def row(figure: Figure, engines: Sequence[str]) -> str:
    """A figure as a line of the table, with what is known beyond it at the end."""
    values = [_cell(figure.values.get(name), figure.unit) for name in engines]
    ratio = "" if figure.ratio is None else in_figures(figure.ratio)
    bar = "" if figure.bar is None else f"{'≥' if figure.at_least else '≤'} {in_figures(figure.bar)}"
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
    return f"{in_figures(value)} {unit}" if math.isfinite(value) else "no answer"


def in_figures(value: float) -> str:
    """A number with three figures that count, or whole; its thousands apart."""
    if not math.isfinite(value):
        return "∞"
    if not value or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.{min(6, max(0, 2 - math.floor(math.log10(abs(value)))))}f}"


def _line(measure: str, what: str, *cells: str) -> str:
    """Cells under each other, the last of them, the verdict, to the left."""
    return f"{measure:<4} {what:<32}" + "".join(f"{cell:>14}" for cell in cells[:-1]) + f"   {cells[-1]:<7}"
