"""An examination as text and as JSON."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    """What was found under one criterion; ``score`` from 0 to 1, None where it does not apply or was not measured."""

    name: str
    schemes: Sequence[str]
    asks: str
    weight: int
    score: float | None
    seen: str
    fine: bool
    remedy: str


@dataclass(frozen=True)
class Examination:
    """All findings of one visit to an endpoint."""

    endpoint: str
    findings: Sequence[Finding]

    @property
    def fine(self) -> bool:
        """Whether there is nothing to mend."""
        return all(finding.fine for finding in self.findings)

    @property
    def score(self) -> float:
        """The mean of the scores by weight, from 0 to 100."""
        return _mean(self.findings)

    @property
    def schemes(self) -> dict[str, float]:
        """The mean of each scheme, by its first word (FAIR, KGHeartBeat, …), from 0 to 100."""
        names = sorted({scheme.split()[0] for finding in self.findings for scheme in finding.schemes} - _ALONE)
        return {
            name: _mean([f for f in self.findings if any(s.split()[0] == name for s in f.schemes)]) for name in names
        }


_ALONE = {"own", "RFC"}
_MARKS = {True: "fine", False: "mend"}


def as_text(found: Examination) -> str:
    """A line for each criterion, with what to do where it is not met; then the scores."""
    width = max(len(finding.name) for finding in found.findings)
    lines = [found.endpoint, ""]
    for finding in found.findings:
        mark = "  - " if finding.score is None and finding.fine else _MARKS[finding.fine]
        score = "   " if finding.score is None else f"{finding.score:3.0%}"[:4].rjust(4)
        lines.append(f"{mark}  {finding.name.ljust(width)}  {score.rjust(4)}  {finding.seen}")
        if not finding.fine:
            lines.append(f"      {' ' * width}        {finding.asks} {finding.remedy} ({'; '.join(finding.schemes)})")
    to_mend = sum(not finding.fine for finding in found.findings)
    lines += ["", *(f"{name:<13} {score:5.1f} of 100" for name, score in found.schemes.items())]
    lines += [f"{'all':<13} {found.score:5.1f} of 100; {to_mend} of {len(found.findings)} to mend"]
    return "\n".join(lines)


def as_json(found: Examination) -> str:
    """The whole examination as one JSON object."""
    value = {
        "endpoint": found.endpoint,
        "fine": found.fine,
        "score": round(found.score, 1),
        "schemes": {name: round(score, 1) for name, score in found.schemes.items()},
        "findings": [asdict(finding) for finding in found.findings],
    }
    return json.dumps(value, ensure_ascii=False, indent=2)


FORMATS: dict[str, Callable[[Examination], str]] = {"json": as_json, "text": as_text}


def _mean(findings: Sequence[Finding]) -> float:
    measured = [(finding.score, finding.weight) for finding in findings if finding.score is not None]
    total = sum(weight for _, weight in measured)
    return 100 * sum(score * weight for score, weight in measured) / total if total else 0.0
