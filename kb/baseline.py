"""Baselines: findings that are known, one a line, so that a check tells of new ones only. No I/O.

A line is ``severity rule focus "value"``; the line of the file is left out, so that moving a block changes nothing.
Information is never kept: it does not count anyway.
"""

import json
import re
from collections.abc import Iterable, Mapping

from kb.errors import SourceError
from kb.model import Finding, Fingerprint, Severity
from kb.namespaces import PREFIXES, iri, shorten

Baseline = Mapping[Fingerprint, Severity]
"""What is known, and how much it weighed when it was written down."""

HEADER = "# Known findings of testimonia check: severity, rule, who, and the value where there is one.\n"

_SEVERITIES = {severity.name.lower(): severity for severity in Severity}
_NAME = re.compile(r"<[^<>\"\s]*>|[^<>\"\s]+")
_STRING = r"\"(?:[^\"\\]|\\.)*\""
_LINE = re.compile(
    rf"(?P<severity>[a-z]+) (?P<rule>\S+) (?P<focus>{_NAME.pattern}|{_STRING})(?: (?P<value>{_STRING}))?"
)


def of(findings: Iterable[Finding]) -> Baseline:
    """The baseline of what a check found: its violations and warnings."""
    return {f.fingerprint: f.severity for f in findings if f.severity > Severity.INFO}


def write(known: Baseline) -> str:
    """The text of a baseline file: a header and a sorted line for each entry."""
    lines = [line(fingerprint, severity) for fingerprint, severity in sorted(known.items())]
    return HEADER + "".join(f"{text}\n" for text in lines)


def line(fingerprint: Fingerprint, severity: Severity) -> str:
    """One entry of a baseline file, as ``warning value-in-scheme claim:x "mode:wished"``."""
    rule, focus, value = fingerprint
    who = shorten(focus) if _NAME.fullmatch(shorten(focus)) else _string(focus)
    return f"{severity.name.lower()} {rule} {who}" + (f" {_string(value)}" if value else "")


def read(text: str, *, name: str) -> Baseline:
    """The baseline in the text of the file ``name``; SourceError at the first line that is no entry."""
    known: dict[Fingerprint, Severity] = {}
    for number, entry in enumerate(text.split("\n"), start=1):
        if entry.strip() and not entry.startswith("#"):
            try:
                fingerprint, severity = _entry(entry.rstrip())
            except ValueError:
                message = 'is no line of a baseline (severity rule focus "value"); correct it or write the file anew'
                raise SourceError(message, file=name, line=number) from None
            known[fingerprint] = severity
    return known


def _entry(text: str) -> tuple[Fingerprint, Severity]:
    """One entry from its line; ValueError where it is none."""
    match = _LINE.fullmatch(text)
    if match is None or match["severity"] not in _SEVERITIES:
        raise ValueError
    value = json.loads(match["value"]) if match["value"] else ""
    return (match["rule"], _focus(match["focus"]), value), _SEVERITIES[match["severity"]]


def _focus(text: str) -> str:
    """What a focus is written for; ValueError for a prefix that is not in the table."""
    if text.startswith('"'):
        return str(json.loads(text))
    if text.startswith("<"):
        return text[1:-1]
    if text.partition(":")[0] not in PREFIXES:
        raise ValueError
    return iri(text)


def _string(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def gone(known: Baseline, findings: Iterable[Finding]) -> tuple[str, ...]:
    """The lines of a baseline that nothing found now answers to, sorted."""
    present = {finding.fingerprint for finding in findings}
    return tuple(line(entry, severity) for entry, severity in sorted(known.items()) if entry not in present)
