"""Findings for people and for programs: text and JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from kb.model import Finding, Severity
from kb.namespaces import shorten


def failing(findings: Iterable[Finding]) -> bool:
    """Whether findings make a command end with exit code 1: any violation or warning does, information does not."""
    return any(finding.severity > Severity.INFO for finding in findings)


def findings_text(findings: Sequence[Finding]) -> str:
    """One line per finding, ``file:line: severity: message [rule] focus``, then a line that counts them."""
    lines = [
        f"{f.place or 'no place'}: {f.severity.name.lower()}: {f.message} [{f.rule}] {shorten(f.focus)}"
        for f in findings
    ]
    return "\n".join([*lines, summary(findings)])


def summary(findings: Sequence[Finding]) -> str:
    """``no findings``, or how many of each severity."""
    counts = Counter(finding.severity for finding in findings)
    parts = [
        f"{counts[severity]} {name}{'s' if counts[severity] != 1 and severity != Severity.INFO else ''}"
        for severity, name in (
            (Severity.VIOLATION, "violation"),
            (Severity.WARNING, "warning"),
            (Severity.INFO, "information"),
        )
        if counts[severity]
    ]
    return ", ".join(parts) or "no findings"


def findings_json(findings: Sequence[Finding]) -> str:
    """A JSON object with ``conforms``, counts by severity and the findings in order."""
    counts = Counter(finding.severity.name.lower() for finding in findings)
    body = {"conforms": not failing(findings), "counts": counts, "findings": [finding_json(f) for f in findings]}
    return json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True)


def finding_json(finding: Finding) -> dict[str, object]:
    """One finding as a JSON object; ``file``, ``line`` and ``end_line`` are null where it has no place."""
    place = finding.place
    return {
        "severity": finding.severity.name.lower(),
        "rule": finding.rule,
        "focus": finding.focus,
        "value": finding.value,
        "message": finding.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "end_line": place.end if place else None,
    }
