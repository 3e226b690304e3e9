"""Verifications for people and for programs: text with a picture of what is covered, and JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from kb.evidence import Coverage, Verification
from kb.model import Finding, Severity
from kb.namespaces import shorten
from kb.report.findings import finding_json
from kb.revision import CHANGED, HOLDS, MOVED, VANISHED, Fate, Revision

LEGEND = "1-9 claims on the sentence, + more; e excused, m metadata, ! open"
_INDENT = "    "


def verification_text(results: Sequence[Verification], *, coverage: bool = False) -> str:
    """A line per article, then its findings; says which texts were not at hand.

    ``coverage`` adds what was compared, a table by section, and a picture with a row per paragraph.
    """
    lines = []
    for result in results:
        faults = [finding for finding in result.findings if finding.severity > Severity.INFO]
        lines.append(f"{result.slug}: {_state(result, faults)}")
        if result.revision is not None:
            lines += _revision(result.revision)
            faults = [f for f in faults if not f.rule.startswith("anchor-")]
        lines += [f"  {finding.place or ''}: {finding.message} [{finding.rule}]" for finding in faults]
        if coverage:
            lines += [
                f"  {finding.place or ''}: {finding.message} [{finding.rule}]"
                for finding in result.findings
                if finding.severity is Severity.INFO and finding.rule == "unused-content"
            ]
        if coverage and result.coverage:
            lines += ["", *_compared(result), "", *_table(result.coverage), "", *_picture(result.coverage), ""]
    missing = [result.slug for result in results if not result.checked]
    if missing and len(missing) < len(results):
        lines.append(f"texts at hand: {len(results) - len(missing)} of {len(results)}; missing: {', '.join(missing)}")
    elif missing:
        lines.append("no text is at hand, so nothing was compared; put them into sources/ or give --sources")
    return "\n".join(lines).rstrip()


def _state(result: Verification, faults: Sequence[Finding]) -> str:
    """One article in one line."""
    earlier = f"; {result.unchecked} anchors in an earlier version, not at hand" if result.unchecked else ""
    if not result.checked:
        return f"not checked: the text is not at hand ({result.anchors} anchors)"
    if result.revision is not None:
        counts = [(fate, len(result.revision.of(fate))) for fate in (HOLDS, MOVED, CHANGED, VANISHED)]
        words = {HOLDS: "hold", MOVED: "moved", CHANGED: "changed", VANISHED: "vanished"}
        told = ", ".join(f"{count} {words[fate]}" for fate, count in counts)
        return f"the text at hand is another version: of {result.anchors} anchors {told}{earlier}"
    if not result.tallies:
        return f"not compared: what is at hand is not its text ({result.anchors} anchors)"
    encoded, excused, metadata, left = _counts(result.coverage)
    noun = "fault" if len(faults) == 1 else "faults"
    state = f"{result.anchors - result.unchecked} anchors checked, {len(faults)} {noun}; of {len(result.coverage)} "
    return state + f"sentences {encoded} encoded, {excused} excused, {metadata} metadata, {left} open{earlier}"


def _counts(coverage: Sequence[Coverage]) -> tuple[int, int, int, int]:
    """How many sentences are encoded, excused, metadata and open."""
    return (
        sum(1 for c in coverage if c.claims),
        sum(1 for c in coverage if c.excuse is not None),
        sum(1 for c in coverage if c.metadata and not c.claims and c.excuse is None),
        sum(1 for c in coverage if c.is_open),
    )


def _revision(revision: Revision) -> list[str]:
    """What became of the anchors: those that moved together in one line, the others one by one."""
    lines = []
    run: list[Fate] = []
    for fate in [*revision.fates, None]:
        shift = _shift(fate)
        if run and (fate is None or shift is None or shift != _shift(run[0])):
            by = _shift(run[0]) or 0
            names = _short(revision, run[0].anchor)
            names += "" if len(run) == 1 else f" to {_short(revision, run[-1].anchor)} ({len(run)} anchors)"
            noun = "character" if abs(by) == 1 else "characters"
            lines.append(f"  moved     {names}: {abs(by)} {noun} {'on' if by > 0 else 'back'}")
            run = []
        if fate is not None and shift is not None:
            run.append(fate)
        elif fate is not None and fate.fate in (CHANGED, VANISHED):
            where = "" if fate.after is None else f" now {fate.after[0]}–{fate.after[1]} ({fate.how})"
            used = ", ".join(map(shorten, fate.users)) or "nothing"
            gone = "".join(f"; gone: “{words}”" for words in fate.lost)
            lines.append(f"  {fate.fate:<9} {_short(revision, fate.anchor)}{where}{gone}; used by {used}")
    lines += [
        f"  new       {sentence.name} ({sentence.start}–{sentence.end}): no anchor lies in it"
        for sentence in revision.added
    ]
    lost = [shorten(name) for name, _, after in revision.sections if after is None]
    return lines + [f"  section   {name}: not found again" for name in lost]


def _shift(fate: Fate | None) -> int | None:
    return None if fate is None or fate.fate != MOVED or fate.after is None else fate.after[0] - fate.before[0]


def _short(revision: Revision, anchor: str) -> str:
    return anchor.rpartition("/")[2].removeprefix(f"{revision.snapshot.rpartition('/')[2]}-")


def _compared(result: Verification) -> list[str]:
    return [
        f"{_INDENT}{tally.what:<31}{tally.compared:>5} compared, "
        + ("all agree" if not tally.failed else f"{tally.failed} do not agree")
        for tally in result.tallies
    ]


def _table(coverage: Sequence[Coverage]) -> list[str]:
    """Sentences by section type, and what they are to the data."""
    sections = list(dict.fromkeys(c.section for c in coverage))
    lines = [f"{_INDENT}{'section':<12}{'sentences':>10}{'encoded':>9}{'excused':>9}{'metadata':>10}{'open':>6}"]
    for name in [*sections, "all"]:
        part = [c for c in coverage if name in (c.section, "all")]
        counts = _counts(part)
        lines.append(f"{_INDENT}{name:<12}{len(part):>10}{counts[0]:>9}{counts[1]:>9}{counts[2]:>10}{counts[3]:>6}")
    return lines


def _picture(coverage: Sequence[Coverage]) -> list[str]:
    """A row per paragraph, a cell per sentence; then the reasons of those that are excused."""
    rows: dict[int, list[Coverage]] = {}
    for found in coverage:
        rows.setdefault(found.sentence.paragraph, []).append(found)
    lines = []
    for number, row in rows.items():
        kind = "" if row[0].section == "body" else f"   {row[0].section}"
        lines.append(f"{_INDENT}{f'p{number}':<5}{' '.join(map(_cell, row))}{kind}")
    reasons = [
        f"{_INDENT}{c.sentence.name}: {c.excuse.rpartition('/')[2].replace('-', ' ')}"
        for c in coverage
        if c.excuse is not None
    ]
    return [*lines, f"{_INDENT}({LEGEND})", *reasons]


def _cell(coverage: Coverage) -> str:
    if coverage.claims:
        return str(len(coverage.claims)) if len(coverage.claims) < 10 else "+"
    if coverage.excuse is not None:
        return "e"
    return "m" if coverage.metadata else "!"


def verification_json(results: Sequence[Verification], reuse_findings: Iterable[Finding] = ()) -> str:
    """A JSON object: which texts were at hand, and for each article what was compared, findings, coverage, revision."""
    body = {
        "texts": {
            "at_hand": [result.slug for result in results if result.checked],
            "missing": [result.slug for result in results if not result.checked],
        },
        "articles": [_article_json(result) for result in results],
        "text_reuse": {"findings": [finding_json(finding) for finding in reuse_findings]},
    }
    return json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True)


def _article_json(result: Verification) -> dict[str, object]:
    return {
        "article": result.article,
        "checked": result.checked,
        "anchors": result.anchors,
        "unchecked": result.unchecked,
        "compared": [asdict(tally) for tally in result.tallies],
        "findings": [finding_json(finding) for finding in result.findings],
        "coverage": [
            {
                **asdict(c.sentence),
                "name": c.sentence.name,
                "section": c.section,
                "claims": c.claims,
                "excuse": c.excuse,
                "metadata": c.metadata,
            }
            for c in result.coverage
        ],
        "revision": None if result.revision is None else _revision_json(result.revision),
    }


def _revision_json(revision: Revision) -> dict[str, object]:
    return {
        "anchors": [
            {
                "anchor": fate.anchor,
                "fate": fate.fate,
                "before": fate.before,
                "after": fate.after,
                "by": fate.by,
                "likeness": fate.likeness,
                "used_by": fate.users,
                "no_longer_there": fate.lost,
            }
            for fate in revision.fates
        ],
        "sections": [{"section": name, "before": b, "after": a} for name, b, a in revision.sections],
        "added": [{**asdict(sentence), "name": sentence.name} for sentence in revision.added],
    }
