"""Findings as SARIF 2.1.0 (OASIS, 2020): for code scanning, editors and whatever else reads static analysis."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from kb import __version__
from kb.model import Finding, Fingerprint, Place, Severity
from kb.namespaces import BASE
from kb.report.findings import UNREADABLE, Report, fault_and_fix, no_longer_found

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"

_LEVEL = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_VARIABLE = re.compile(r"\{[?$](\w+)\}")


def as_sarif(report: Report) -> str:
    """A SARIF log of one run: the rules that were applied, and a result for each finding.

    Files are named from the root of the repository, and fingerprints know no line, so that a result is the same one
    after its file was edited or moved to another machine. With a baseline, what it has is ``unchanged`` and all
    else ``new``; what it excuses is suppressed.
    """
    rules = _rules(report)
    index = {rule: number for number, rule in enumerate(rules)}
    seen: Counter[Fingerprint] = Counter()
    results = []
    for finding in report.findings:
        seen[finding.fingerprint] += 1
        results.append(_result(report, finding, index[finding.rule], seen[finding.fingerprint]))
    notes = [{"level": "note", "message": {"text": line}} for line in no_longer_found(report)]
    driver = {"name": "testimonia", "version": __version__, "informationUri": BASE, "rules": list(rules.values())}
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": all(f.rule != UNREADABLE for f in report.findings),
                "toolExecutionNotifications": notes,
            }
        ],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rules(report: Report) -> dict[str, dict[str, object]]:
    """The descriptor of each rule that was applied or that found something, by its name."""
    found = {f.rule: _rule(f.rule, f.severity, f.message) for f in reversed(report.findings)}
    known = {rule.name: _rule(rule.name, rule.severity, rule.message) for rule in report.rules}
    return dict(sorted({**found, **known}.items()))


def _rule(name: str, severity: Severity, message: str) -> dict[str, object]:
    words = _VARIABLE.sub(r"‹\1›", message)
    fault, fix = fault_and_fix(words)
    return {
        "id": name,
        "shortDescription": {"text": fault},
        "fullDescription": {"text": words},
        "help": {"text": fix or words},
        "defaultConfiguration": {"level": _LEVEL[severity]},
    }


def _result(report: Report, finding: Finding, rule: int, occurrence: int) -> dict[str, object]:
    digest = hashlib.sha256("\0".join(finding.fingerprint).encode()).hexdigest()
    fingerprint = f"{digest}:{occurrence}"
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(report, finding)],
        # code scanning reads the second name only, and makes up a hash of the line where it is missing
        "partialFingerprints": {"testimoniaFinding/v1": fingerprint, "primaryLocationLineHash": fingerprint},
    }
    if report.known is not None:
        result["baselineState"] = "unchanged" if report.is_known(finding) else "new"
    if report.is_excused(finding):
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": "in the baseline"}]
    return result


def _location(report: Report, finding: Finding) -> dict[str, object]:
    """Where a finding stands: the lines of its file, if it has one, and the IRI of who breaks the rule."""
    location: dict[str, object] = {"logicalLocations": [{"fullyQualifiedName": finding.focus, "kind": "resource"}]}
    if finding.place:
        location["physicalLocation"] = _physical(report, finding.place)
    return location


def _physical(report: Report, place: Place) -> dict[str, object]:
    name = report.name(place.file)
    inside = not Path(name).is_absolute()
    artifact = {"uri": quote(name), "uriBaseId": ROOT} if inside else {"uri": Path(name).as_uri()}
    return {"artifactLocation": artifact, "region": {"startLine": place.line, "endLine": place.end}}
