"""Findings for people: one line each when piped, grouped by file and coloured on a terminal."""

import re
from itertools import groupby

import click

from kb.model import Finding, Severity
from kb.namespaces import shorten
from kb.report.findings import Report, in_short, no_longer_found, summary

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_COLOUR = {Severity.VIOLATION: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def as_text(report: Report) -> str:
    """One line per finding, ``file:line: severity: message [rule] focus``, then a line that counts them.

    Of much information by one rule only the first is told, and how much more there is.
    """
    told, more = in_short(report)
    lines = [f"{f.place or 'no place'}: {f.severity.name.lower()}: {_rest(report, f)}" for f in told]
    return "\n".join([*map(one_line, [*lines, *more, *no_longer_found(report)]), summary(report)])


def as_terminal(report: Report) -> str:
    """The same under the name of each file, with ANSI colours: what the baseline has is dimmed."""
    lines: list[str] = []
    told, more = in_short(report)
    for file, findings in groupby(told, key=lambda f: f.place.file if f.place else "no place"):
        lines += [click.style(one_line(file), bold=True)]
        lines += [_coloured(report, finding) for finding in findings]
        lines += [""]
    colour = "red" if report.fails else "green"
    gone = [click.style(one_line(line), dim=True) for line in [*more, *no_longer_found(report)]]
    return "\n".join([*lines, *gone, click.style(summary(report), fg=colour, bold=True)])


def one_line(words: str) -> str:
    """Words with line ends and other control characters written as escapes, so that they stay on their line."""
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), words)


def _rest(report: Report, finding: Finding) -> str:
    known = " (in the baseline)" if report.is_known(finding) else ""
    return f"{finding.message} [{finding.rule}] {shorten(finding.focus)}{known}"


def _coloured(report: Report, finding: Finding) -> str:
    severity = click.style(f"{finding.severity.name.lower()}:", fg=_COLOUR[finding.severity])
    rest = click.style(one_line(_rest(report, finding)), dim=report.is_excused(finding) or None)
    return f"  {finding.place.line if finding.place else '':>5} {severity} {rest}"
