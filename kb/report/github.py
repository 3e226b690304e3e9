"""Findings as GitHub's workflow commands: annotations at their lines in a pull request."""

from kb.model import Finding, Severity
from kb.namespaces import shorten
from kb.report.findings import Report, no_longer_found, summary

_COMMAND = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_github(report: Report) -> str:
    """A command per finding, ``::error file=…,line=…,endLine=…,title=…::message``, and a line that counts them.

    What the baseline excuses is a notice. Escapes are those of GitHub's own toolkit (``@actions/core``).
    """
    gone = [f"::notice title=baseline::{data(line)}" for line in no_longer_found(report)]
    return "\n".join([*(_command(report, finding) for finding in report.findings), *gone, summary(report)])


def _command(report: Report, finding: Finding) -> str:
    known = " (in the baseline)" if report.is_known(finding) else ""
    place = finding.place
    properties = {
        "file": report.name(place.file) if place else "",
        "line": str(place.line) if place else "",
        "endLine": str(place.end) if place else "",
        "title": f"{finding.rule} on {shorten(finding.focus)}{known}",
    }
    written = ",".join(f"{name}={property_value(value)}" for name, value in properties.items() if value)
    command = "notice" if report.is_excused(finding) else _COMMAND[finding.severity]
    return f"::{command} {written}::{data(finding.message)}"


def data(words: str) -> str:
    """Words as the message of a command: per cent signs and line ends escaped."""
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_value(words: str) -> str:
    """Words as the value of a property of a command: colons and commas escaped too."""
    return data(words).replace(":", "%3A").replace(",", "%2C")
