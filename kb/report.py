"""Findings and verifications for people and for programs: text and JSON. No judgement here, only words."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from kb.evidence import Verification
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
    body = {"conforms": not failing(findings), "counts": counts, "findings": [_finding(f) for f in findings]}
    return json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True)


def verification_text(results: Sequence[Verification]) -> str:
    """A line per article, then its findings; says which texts were not at hand."""
    lines = []
    for result in results:
        slug = result.article.rpartition("/")[2]
        faults = [finding for finding in result.findings if finding.severity > Severity.INFO]
        noun = "fault" if len(faults) == 1 else "faults"
        if result.checked:
            covered = sum(1 for c in result.coverage if c.claims or c.metadata)
            excused = sum(1 for c in result.coverage if c.excuse is not None)
            state = f"{result.anchors} anchors checked, {len(faults)} {noun}; of {len(result.coverage)} sentences "
            state += f"{covered} encoded, {excused} excused, {len(result.coverage) - covered - excused} open"
        else:
            state = f"not checked: the text is not at hand ({result.anchors} anchors)"
        lines.append(f"{slug}: {state}")
        lines += [f"  {finding.place or ''}: {finding.message} [{finding.rule}]" for finding in faults]
    return "\n".join(lines)


def verification_json(results: Sequence[Verification]) -> str:
    """A JSON list with one object per article: checked, anchors, findings, coverage by sentence."""
    body = [
        {
            "article": result.article,
            "checked": result.checked,
            "anchors": result.anchors,
            "findings": [_finding(finding) for finding in result.findings],
            "coverage": [
                {
                    **asdict(c.sentence),
                    "name": c.sentence.name,
                    "claims": c.claims,
                    "excuse": c.excuse,
                    "metadata": c.metadata,
                }
                for c in result.coverage
            ],
        }
        for result in results
    ]
    return json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True)


def _finding(finding: Finding) -> dict[str, object]:
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
