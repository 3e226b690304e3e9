"""What every format of findings shares: what there is to tell, what makes a run fail, counts, and parts of messages."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kb.dataset import Dataset
from kb.model import Finding, Fingerprint, Severity

if TYPE_CHECKING:
    from kb.rules import Rule

_FAULT_AND_FIX = re.compile(r"(?P<fault>.*[.!?…][\"”]?)\s+(?P<fix>[^\sa-z].*)", re.S)


UNREADABLE: Final = "unreadable-file"
"""The rule that a file breaks which cannot be read: then nothing was checked."""
SHOWN: Final = 20
"""How many findings of one rule are told as text where they are mere information."""


@dataclass(frozen=True)
class Locator:
    """Where in its article a passage stands: paragraph from 1, code points, end exclusive; None where not written."""

    article: str | None
    anchor: str
    paragraph: int | None
    start: int | None
    end: int | None


@dataclass(frozen=True)
class Report:
    """What a check has to tell: findings in order, and what the formats need to tell it well."""

    findings: tuple[Finding, ...]
    rules: tuple["Rule", ...] = ()
    """The rules that were applied, by name."""
    known: frozenset[Fingerprint] | None = None
    """What the baseline has; None where there is no baseline."""
    gone: tuple[str, ...] = ()
    """Lines of the baseline that nothing answers to any more."""
    locators: Mapping[str, tuple[Locator, ...]] = field(default_factory=dict)
    """The passages that a claim rests on, by its IRI."""
    names: Mapping[str, str] = field(default_factory=dict)
    """How other tools name a file, by its name in the findings: from the root of the repository, or absolute."""

    def is_known(self, finding: Finding) -> bool:
        """Whether the baseline has a finding."""
        return self.known is not None and finding.fingerprint in self.known

    def is_excused(self, finding: Finding) -> bool:
        """Whether a finding does not count because the baseline has it: a violation always counts."""
        return finding.severity < Severity.VIOLATION and self.is_known(finding)

    def name(self, file: str) -> str:
        """How other tools name a file."""
        return self.names.get(file, file)

    @property
    def fails(self) -> bool:
        """Whether the run ends with exit code 1: a violation, or a warning that the baseline does not have."""
        return failing(finding for finding in self.findings if not self.is_excused(finding))


def failing(findings: Iterable[Finding]) -> bool:
    """Whether findings make a command end with exit code 1: any violation or warning does, information does not."""
    return any(finding.severity > Severity.INFO for finding in findings)


def summary(report: Report) -> str:
    """``no findings``, or how many of each severity, and how many of these the baseline has."""
    counts = Counter(finding.severity for finding in report.findings)
    known = Counter(finding.severity for finding in report.findings if report.is_known(finding))
    parts = [
        f"{counts[severity]} {name}{'s' if counts[severity] != 1 and severity != Severity.INFO else ''}"
        + (f" ({known[severity]} in the baseline)" if known[severity] else "")
        for severity, name in (
            (Severity.VIOLATION, "violation"),
            (Severity.WARNING, "warning"),
            (Severity.INFO, "information"),
        )
        if counts[severity]
    ]
    return ", ".join(parts) or "no findings"


def in_short(report: Report) -> tuple[list[Finding], list[str]]:
    """The findings to tell as text, and a line for each rule of whose information not all is told."""
    counts: Counter[str] = Counter()
    told = []
    for finding in report.findings:
        if finding.severity == Severity.INFO:
            counts[finding.rule] += 1
        if finding.severity > Severity.INFO or counts[finding.rule] <= SHOWN:
            told.append(finding)
    more = {rule: count - SHOWN for rule, count in sorted(counts.items()) if count > SHOWN}
    return told, [f"{rule}: info: and {count} more; --format json gives all" for rule, count in more.items()]


def no_longer_found(report: Report) -> list[str]:
    """A line for each entry of the baseline that can go."""
    return [f"no longer found, remove: {line}" for line in report.gone]


def fault_and_fix(message: str) -> tuple[str, str | None]:
    """The two halves of a message, ``fault. Fix.``; None where it has no fix apart."""
    match = _FAULT_AND_FIX.fullmatch(message)
    return (match["fault"], match["fix"]) if match else (message, None)


def locators(dataset: Dataset, findings: Sequence[Finding]) -> dict[str, tuple[Locator, ...]]:
    """The passages of each claim that a finding is about, in the order of the text."""
    articles = {
        snapshot: article
        for article in dataset.instances("schema:NewsArticle")
        for snapshot in dataset.texts(article, "t:snapshot")
    }
    claims = {finding.focus for finding in findings}.intersection(dataset.instances("t:Claim"))
    return {claim: tuple(_locators(dataset, claim, articles)) for claim in sorted(claims)}


def _locators(dataset: Dataset, claim: str, articles: Mapping[str, str]) -> list[Locator]:
    found = [
        Locator(
            articles.get(dataset.value(anchor, "oa:hasSource") or ""),
            anchor,
            *(dataset.number(anchor, name) for name in ("t:paragraph", "t:start", "t:end")),
        )
        for anchor in dataset.texts(claim, "t:evidence")
    ]
    return sorted(found, key=lambda locator: (locator.start or 0, locator.anchor))


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
