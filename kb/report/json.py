"""Findings for programs: one JSON object."""

import json
from collections import Counter
from dataclasses import asdict

from kb.model import Finding
from kb.report.findings import Report, fault_and_fix, finding_json


def as_json(report: Report) -> str:
    """A JSON object with ``conforms`` (exit code 0), counts by severity, the findings in order, and what is gone.

    A finding has its message whole and in its halves ``fault`` and ``fix`` (null where it has none), ``baselined``,
    and ``passages``: where in the article the evidence of a claim stands.
    """
    body = {
        "conforms": not report.fails,
        "counts": Counter(finding.severity.name.lower() for finding in report.findings),
        "findings": [_finding(report, finding) for finding in report.findings],
        "no_longer_found": report.gone,
    }
    return json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True)


def _finding(report: Report, finding: Finding) -> dict[str, object]:
    fault, fix = fault_and_fix(finding.message)
    passages = [asdict(locator) for locator in report.locators.get(finding.focus, ())]
    known = report.is_known(finding)
    return {**finding_json(finding), "fault": fault, "fix": fix, "passages": passages, "baselined": known}
