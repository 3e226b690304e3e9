"""What became of claims and other things, for people and for programs: text and JSON."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import groupby
from typing import Final

from kb.diff import CLAIM, COUNTED, LISTED, Change, Diff, Entry, Tally
from kb.namespaces import path

_LONG = 120
_WHATS = ("added", "changed", "renamed", "retired", "removed")
_OTHERS = {
    "actor": "actors",
    "article": "articles",
    "event": "events",
    "object": "objects",
    "perspective": "perspectives",
    "place": "places",
    "term": "vocabulary",
}


def changes_text(diff: Diff) -> str:
    """A summary, then claims by article, each with its speaker; other things by kind; and how many of all else."""
    if diff.is_empty:
        return "no difference"
    blocks = [_summary(diff)]
    for (kind, article), entries in groupby(diff.entries, key=lambda entry: (entry.kind, entry.article)):
        title = article or "no article" if kind == CLAIM else _OTHERS[kind]
        blocks.append("\n".join([title, *(line for entry in entries for line in _lines(entry))]))
    if diff.counts:
        blocks.append("\n".join(["also", *(f"  {COUNTED[kind]}: {_tally(n)}" for kind, n in diff.counts.items())]))
    return "\n\n".join(blocks)


def changes_json(diff: Diff) -> str:
    """One object: ``entries`` as told, ``counts`` by kind."""
    counts = {kind: asdict(tally) for kind, tally in diff.counts.items()}
    body = {"entries": [asdict(entry) for entry in diff.entries], "counts": counts}
    return json.dumps(body, indent=2, ensure_ascii=False)


FORMATS: Final[Mapping[str, Callable[[Diff], str]]] = {"text": changes_text, "json": changes_json}
"""How it is printed, by the name of the format."""


def _summary(diff: Diff) -> str:
    parts = []
    for kind in LISTED:
        told = [entry.what for entry in diff.entries if entry.kind == kind]
        counts = ", ".join(f"{told.count(what)} {what}" for what in _WHATS if what in told)
        if counts:
            parts.append(f"{'claims' if kind == CLAIM else _OTHERS[kind]}: {counts}")
    return "; ".join(parts) or "no thing that is told one by one has changed"


def _tally(tally: Tally) -> str:
    return ", ".join(f"{number} {what}" for what, number in asdict(tally).items() if number)


def _lines(entry: Entry) -> list[str]:
    named = path(entry.iri)
    if entry.what == "renamed":
        named += f" → {path(entry.replacement)}"
    lines = [f"  {entry.what:<8} {named}"]
    who = f"{entry.speaker} (before: {entry.speaker_before})" if entry.speaker_before else entry.speaker
    if who or entry.label:
        lines.append(f"    {': '.join(filter(None, (who, entry.label)))}")
    if entry.reason or entry.since:
        since = f" (since {entry.since})" if entry.since else ""
        lines.append(f"    reason: {entry.reason or 'not given'}{since}")
    if entry.what == "retired" and entry.replacement:
        lines.append(f"    see: {path(entry.replacement)}")
    return lines + [line for change in entry.changes for line in _change(change)]


def _change(change: Change) -> list[str]:
    if len(change.old) == len(change.new) == 1 and len(change.old[0]) + len(change.new[0]) < _LONG:
        return [f"    {change.property}: {change.old[0]} → {change.new[0]}"]
    told = [*(f"      - {value}" for value in change.old), *(f"      + {value}" for value in change.new)]
    return [f"    {change.property}", *told]
