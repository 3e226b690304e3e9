"""Findings as JUnit XML, which every CI shows: a suite for each rule, a case for each finding.

A suite is a rule and not a file, because a rule is what passes or fails, as a test does: those that found nothing are
shown as passed, and a case keeps its name from run to run, whatever line its finding moves to. The elements and
attributes are those of the schema of Jenkins (``junit-10.xsd``), which GitLab, Azure and CircleCI read too.
"""

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from kb.model import Finding, Severity
from kb.namespaces import shorten
from kb.report.findings import Report, no_longer_found

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> str:
    """An XML document of suites; only what makes the run fail is a failure, what the baseline excuses is skipped."""
    by_rule: dict[str, list[Finding]] = {rule.name: [] for rule in report.rules}
    for finding in report.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    suites = [_suite(report, rule, found) for rule, found in sorted(by_rule.items())]
    root = ElementTree.Element("testsuites", {"name": "testimonia check", **_totals(suites)})
    root.extend(suites)
    if report.gone:
        suite = ElementTree.SubElement(root, "testsuite", {"name": "baseline", **_counts(0, 0, 0)})
        ElementTree.SubElement(suite, "system-out").text = xml_text("\n".join(no_longer_found(report)))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _suite(report: Report, rule: str, findings: Sequence[Finding]) -> ElementTree.Element:
    cases = [_case(report, finding) for finding in findings]
    if not cases:
        cases = [ElementTree.Element("testcase", {"classname": xml_text(f"testimonia.{rule}"), "name": "no findings"})]
    failures = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    suite = ElementTree.Element("testsuite", {"name": xml_text(rule), **_counts(len(cases), failures, skipped)})
    suite.extend(cases)
    return suite


def _case(report: Report, finding: Finding) -> ElementTree.Element:
    """A case named by who breaks the rule: failed, skipped where the baseline excuses it, passed for information."""
    name = shorten(finding.focus) + (f" {finding.value}" if finding.value else "")
    case = ElementTree.Element(
        "testcase", {"classname": xml_text(f"testimonia.{finding.rule}"), "name": xml_text(name)}
    )
    place = f"{report.name(finding.place.file)}:{finding.place.line}" if finding.place else "no place"
    severity = finding.severity.name.lower()
    told = xml_text(f"{place}: {severity}: {finding.message}")
    if report.is_excused(finding):
        ElementTree.SubElement(case, "skipped").text = xml_text(f"in the baseline: {finding.message}")
        ElementTree.SubElement(case, "system-out").text = told
    elif finding.severity > Severity.INFO:
        failure = ElementTree.SubElement(case, "failure", {"type": severity, "message": xml_text(finding.message)})
        failure.text = told
    else:
        ElementTree.SubElement(case, "system-out").text = told
    return case


def _counts(tests: int, failures: int, skipped: int) -> dict[str, str]:
    return {"tests": str(tests), "failures": str(failures), "errors": "0", "skipped": str(skipped)}


def _totals(suites: Sequence[ElementTree.Element]) -> dict[str, str]:
    return {name: str(sum(int(suite.attrib[name]) for suite in suites)) for name in ("tests", "failures", "errors")}


def xml_text(words: str) -> str:
    """Words without the characters that XML 1.0 cannot hold: U+FFFD in their place."""
    return _ILLEGAL.sub("\ufffd", words)
