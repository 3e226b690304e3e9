"""Verifications for people and for programs: text and JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from kb.evidence import Verification
from kb.model import Severity
from kb.report.findings import finding_json


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
            "findings": [finding_json(finding) for finding in result.findings],
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
