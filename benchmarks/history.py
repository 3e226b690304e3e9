"""Runs as they are kept, one JSON object a line, and what changed from one run to the next beyond noise."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.figures import OURS, Figure, Point, figure_of
from kb.errors import SourceError

FLOOR: Final = 0.05
"""The least change that is told, as a share: how far two runs of one program on one machine are apart anyway."""

SINGLE: Final = 0.15
"""The same where a figure was measured once in either run, so that nothing is known of its spread."""

ERRORS: Final = 3.0
"""Standard errors of the difference that a change has to exceed."""

_NORMAL, _OF_MEDIAN = 1.4826, 1.2533
"""The median distance from the median to a standard deviation, and the error of a mean to that of a median, both for
values that are spread normally."""


@dataclass(frozen=True)
class Part:
    """A part of a run: its seconds, and why it has no end; empty where it came to one."""

    name: str
    seconds: float
    fault: str = ""


@dataclass(frozen=True)
class Run:
    """A run: the machine and what it was made with, figures, sizes and values, parts, and what was left out and why."""

    about: Mapping[str, Any]
    figures: tuple[Figure, ...]
    points: tuple[Point, ...]
    parts: tuple[Part, ...]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """How a figure of ours differs from that of an earlier run, and by how much noise may let it, as shares of that."""

    figure: Figure
    before: float
    share: float
    noise: float

    @property
    def better(self) -> bool:
        """Whether it is better than noise explains."""
        return abs(self.share) > self.noise and (self.share > 0) == _more_is_better(self.figure)

    @property
    def worse(self) -> bool:
        """Whether it is worse than noise explains."""
        return abs(self.share) > self.noise and (self.share > 0) != _more_is_better(self.figure)


def read(path: Path) -> Run:
    """A run that was kept; SourceError where the file is none."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        about: dict[str, Any] = {}
        for line in (line for line in lines if line["kind"] == "run"):
            about = {**line, **about}
        return Run(
            about,
            tuple(figure_of(line) for line in lines if line["kind"] == "figure"),
            tuple(
                Point(line["of"], line["unit"], line["articles"], line["value"])
                for line in lines
                if line["kind"] == "point"
            ),
            tuple(Part(line["name"], line["seconds"], line["fault"]) for line in lines if line["kind"] == "part"),
            {line["name"]: line["why"] for line in lines if line["kind"] == "left out"},
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SourceError(f"is no run of the benchmark: {error}", file=str(path)) from None


def previous(folder: Path, size: str, than: Path) -> Path | None:
    """The newest run of a size in a folder that was made before another, by the time in its name; None without one."""
    earlier = [path for path in folder.glob(f"*-{size}.jsonl") if path.name < than.name]
    return max(earlier, key=lambda path: path.name, default=None)


def changes(now: Run, before: Run) -> list[Change]:
    """How each figure of ours that both runs have changed, in the order of the later run."""
    known = {figure.name: figure for figure in before.figures}
    pairs = [(figure, known[figure.name]) for figure in now.figures if figure.name in known]
    moved = {figure.name: _of_peer(figure, earlier, now, before) for figure, earlier in pairs}
    drift = median([share for share in moved.values() if share is not None] or [0.0])
    found = []
    for figure, earlier in pairs:
        share = _share(figure, earlier, OURS)
        if share is not None:
            noise = max(_spread(figure, earlier), drift, moved[figure.name] or 0.0)
            found.append(Change(figure, earlier.values[OURS], share, noise))
    return found


def _of_peer(figure: Figure, before: Figure, now: Run, then: Run) -> float | None:
    """How far the peer beside a figure has moved, either way; None without one, or where it is of another version."""
    engine = f"engine {figure.against}"
    share = _share(figure, before, figure.against)
    same = now.about.get(engine) is not None and now.about.get(engine) == then.about.get(engine)
    return abs(share) if same and share is not None else None


def _spread(figure: Figure, before: Figure) -> float:
    """How far two runs may be apart by what is known of their repetitions."""
    one, other = (_error(each.runs.get(OURS, ())) for each in (figure, before))
    return SINGLE if one is None or other is None else max(FLOOR, ERRORS * math.hypot(one, other))


def _share(figure: Figure, before: Figure, engine: str) -> float | None:
    new, old = figure.values.get(engine), before.values.get(engine)
    if new is None or not old or not math.isfinite(new) or not math.isfinite(old):
        return None
    return new / old - 1


def _error(runs: Sequence[float]) -> float | None:
    """The standard error of the median of some repetitions, as a share of it; None for fewer than three."""
    if len(runs) < 3 or not all(map(math.isfinite, runs)) or not median(runs):
        return None
    middle = median(runs)
    spread = median(abs(one - middle) for one in runs)
    return _OF_MEDIAN * _NORMAL * spread / middle / math.sqrt(len(runs))


def _more_is_better(figure: Figure) -> bool:
    return figure.at_least or figure.unit.endswith("/s")
