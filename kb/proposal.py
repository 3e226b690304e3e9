"""A proposal of what to change in the data after a publisher changed a text: written for an editor to decide on.

A proposal is a JSON object with an entry for each anchor that does not hold. Passages that stand elsewhere with the
same words are decided already; those that are only alike, and those that are gone, wait until an editor writes
``"decided": true``. An entry's ``action`` is ``take`` (the new range) or ``earlier``: the anchor stays where it was, in
the earlier snapshot, which the article keeps beside the new one. So a claim that was made is not lost when its
sentence is. Sections are decided on in the same way. Accepting writes into the hand-written files as text, value by
value; comments and order stay.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.dataset import Dataset, parse
from kb.errors import SetupError, SourceError
from kb.model import Block, Source
from kb.namespaces import iri, shorten
from kb.passages import MAX_WORDS, paragraph_at, sha256
from kb.revision import CHANGED, HOLDS, MOVED, Fate, Revision, revise

Json = dict[str, Any]

ACTIONS = ("take", "earlier")


def propose(revision: Revision, text: str) -> Json:
    """The proposal for one article."""
    lost = {fate.anchor for fate in revision.fates if fate.lost}
    held = {name for fate in revision.fates if fate.anchor in lost for name in _inside(revision, fate)}
    entries = [_entry(fate) for fate in revision.fates if fate.fate != HOLDS or fate.anchor in held]
    for entry in entries:
        if iri(entry["anchor"]) in held:  # a cue goes with its sentence, even where it stands as before
            entry.update(action="earlier", decided=False)
    return {
        "article": revision.article,
        "encoded": revision.encoded,
        "sha256": sha256(text),
        "anchors": entries,
        "sections": [
            {
                "section": shorten(name),
                "action": "earlier" if after is None else "take",
                "decided": after is not None,
                "range": list(before if after is None else after),
            }
            for name, before, after in revision.sections
        ],
        "added": [{"sentence": s.name, "range": [s.start, s.end]} for s in revision.added],
    }


def _entry(fate: Fate) -> Json:
    found: Json = {
        "anchor": shorten(fate.anchor),
        "fate": fate.fate,
        "action": "take" if fate.after is not None and not fate.lost else "earlier",
        "decided": fate.fate == MOVED,
        "before": list(fate.before),
        "after": None if fate.after is None else list(fate.after),
        "by": fate.by,
    }
    if fate.likeness is not None:
        found["likeness"] = fate.likeness
    if fate.fate != MOVED:
        found["used by"] = [shorten(user) for user in fate.users]
    if fate.lost:
        found["no longer there"] = list(fate.lost)
    return found


def _inside(revision: Revision, outer: Fate) -> list[str]:
    """The anchors that lie in the same passage of the earlier text, the one itself among them."""
    start, end = outer.before
    return [f.anchor for f in revision.fates if start <= f.before[0] and f.before[1] <= end]


def accept(sources: Sequence[Source], proposal: Mapping[str, Any], text: str) -> dict[str, str]:
    """The changed files by name, after an editor decided every entry.

    SourceError where the proposal is no proposal or not for this data, SetupError where an entry is not decided yet,
    a range is not one that can be, the proposal was accepted already, or ``text`` is not the one that it was made for.
    """
    dataset = parse(sources)
    plan = _Plan(dataset, sources)
    try:
        article, entries = str(proposal["article"]), list(proposal["anchors"])
        sections = list(proposal["sections"])
        named = [*((entry["anchor"], entry) for entry in entries), *((entry["section"], entry) for entry in sections)]
        waiting = [name for name, entry in named if entry["decided"] is not True]
        unknown = [name for name, entry in named if entry["action"] not in ACTIONS]
        ranges = [(entry["anchor"], entry["after"]) for entry in entries if entry["action"] == "take"]
        ranges += [(entry["section"], entry["range"]) for entry in sections if entry["action"] == "take"]
        digest, encoded, added = str(proposal["sha256"]), str(proposal["encoded"]), list(proposal["added"])
    except (KeyError, TypeError) as error:
        raise SourceError(f"is no proposal of testimonia verify: {error} is missing") from None
    slug, snapshot = article.rpartition("/")[2], dataset.snapshot(article)
    if waiting:
        raise SetupError(f'{len(waiting)} entries wait to be decided, the first is {waiting[0]}; write "decided": true')
    if unknown:
        raise SetupError(f'{unknown[0]}: "action" is "take" or "earlier"')
    for name, found in ranges:
        if not _is_range(found, len(text)):
            raise SetupError(f"{name}: {found} is no range of the text, which has {len(text)} characters")
    if sha256(text) != digest:
        raise SetupError("the text at hand is not the one that the proposal was made for; make a new one")
    if dataset.value(snapshot, "schema:sha256") != encoded:
        raise SetupError("the data is not the one that the proposal was made for; it may be accepted already")
    _same_as_found(dataset, article, text, entries, sections)
    earlier = f"{slug}-earlier-{(dataset.value(snapshot, 'schema:sha256') or '')[:8]}"
    left = [iri(entry["anchor"]) for entry in entries if entry["action"] == "earlier"]
    gone = [iri(entry["section"]) for entry in sections if entry["action"] == "earlier"]
    if left or gone:
        plan.after(snapshot, _earlier_blocks(dataset, snapshot, earlier, left, gone))
        kept = sorted([*map(shorten, dataset.texts(article, "t:snapshot")), f"snapshot:{earlier}"])
        plan.set(article, "t:snapshot", "\n        " + " ,\n        ".join(kept))
        for anchor in left:
            plan.set(anchor, "oa:hasSource", f"snapshot:{earlier}")
    plan.set(snapshot, "schema:sha256", f'"{digest}"')
    plan.set(snapshot, "t:length", str(len(text)))
    if gone:
        kept = sorted(shorten(section) for section in dataset.texts(snapshot, "t:section") if section not in gone)
        plan.set(snapshot, "t:section", "\n        " + " ,\n        ".join(kept))
    sections = [section for section in sections if section["action"] == "take"]
    for section in sections:
        plan.set(iri(section["section"]), "t:start", str(section["range"][0]))
        plan.set(iri(section["section"]), "t:end", str(section["range"][1]))
    for entry in entries:
        if entry["action"] == "take":
            plan.move(iri(entry["anchor"]), text, *entry["after"])
    if added or any(entry["fate"] == CHANGED for entry in entries):
        plan.set(article, "t:fullyEncoded", "false")
    if dataset.value(article, "schema:wordCount") is not None:
        furniture = iri("section:furniture")
        read = [s for s in sections if dataset.value(iri(s["section"]), "t:sectionType") != furniture]
        count = sum(len(text[slice(*section["range"])].split()) for section in read)
        plan.set(article, "schema:wordCount", str(count))
    return plan.texts()


def _is_range(found: object, length: int) -> bool:
    """Whether a value is a start and an end in a text."""
    if not isinstance(found, list) or len(found) != 2 or any(type(at) is not int for at in found):
        return False
    return bool(0 <= found[0] < found[1] <= length)


def _same_as_found(
    dataset: Dataset, article: str, text: str, entries: Sequence[Json], sections: Sequence[Json]
) -> None:
    """SetupError where a proposal has other anchors or sections than there are, or moves one to other words."""
    revision = revise(dataset, article, text)
    known = {shorten(fate.anchor) for fate in revision.fates}
    named = [str(entry["anchor"]) for entry in entries]
    strange = [name for name in named if name not in known or named.count(name) > 1]
    missing = [
        shorten(fate.anchor) for fate in revision.fates if fate.fate != HOLDS and shorten(fate.anchor) not in named
    ]
    if strange or missing:
        what = f"{strange[0]} is no anchor of this article, or stands twice" if strange else f"{missing[0]} is missing"
        raise SetupError(f"{what}; make a new proposal")
    if sorted(str(one["section"]) for one in sections) != sorted(shorten(name) for name, _, _ in revision.sections):
        raise SetupError("the sections are not those of this article; make a new proposal")
    for entry in entries:
        if entry["action"] != "take":
            continue
        anchor, said = iri(entry["anchor"]), text[slice(*entry["after"])]
        if entry["fate"] != CHANGED and sha256(said) != dataset.value(anchor, "schema:sha256"):
            raise SetupError(f"{entry['anchor']}: the words at {entry['after']} are not those that were encoded")
        if dataset.values(anchor, "t:exactWords") and len(said.split()) > MAX_WORDS:
            raise SetupError(f"{entry['anchor']}: {entry['after']} has more than {MAX_WORDS} words")


def _earlier_blocks(dataset: Dataset, snapshot: str, name: str, anchors: Sequence[str], gone: Sequence[str]) -> str:
    """The blocks of the earlier snapshot, and of those of its sections in which anchors are left.

    Sections that are ``gone`` from the new text are listed themselves, the others as they were.
    """
    blocks, sections = [], []
    for number, section in enumerate(sorted(dataset.texts(snapshot, "t:section"), key=dataset.span), start=1):
        start, end = dataset.span(section)
        if section in gone:
            sections.append(shorten(section))
        elif any(start <= dataset.span(a)[0] and dataset.span(a)[1] <= end for a in anchors):
            own = f"node:{name}-section-{number}"
            kind = shorten(dataset.value(section, "t:sectionType") or "")
            sections.append(own)
            blocks.append(
                f"{own}\n    a t:Section ;\n    t:end {end} ;\n    t:sectionType {kind} ;\n    t:start {start} ;\n    ."
            )
    listed = f" {sections[0]} ;" if len(sections) == 1 else "\n        " + " ,\n        ".join(sorted(sections)) + " ;"
    head = (
        f"snapshot:{name}\n    a t:TextSnapshot ;\n"
        f'    schema:sha256 "{dataset.value(snapshot, "schema:sha256")}" ;\n'
        f"    t:length {dataset.value(snapshot, 't:length')} ;\n"
        f"    t:section{listed}\n    t:supersededBy {shorten(snapshot)} ;\n    ."
    )
    return "\n\n".join([head, *blocks])


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


class _Plan:
    """Collects edits of values in files and applies them together."""

    def __init__(self, dataset: Dataset, sources: Sequence[Source]) -> None:
        self._dataset = dataset
        self._files = {source.name: source.text for source in sources}
        self._edits: dict[str, list[_Edit]] = {}

    def _block(self, subject: str, predicate: str | None = None) -> Block:
        wanted = None if predicate is None else iri(predicate)
        for block in self._dataset.blocks.get(subject, ()):
            if wanted is None or wanted in block.objects:
                return block
        what = shorten(subject) if predicate is None else f"{predicate} of {shorten(subject)}"
        raise SourceError(f"{what} is not in the data; the proposal was made for other data")

    def set(self, subject: str, predicate: str, value: str) -> None:
        """Replaces the objects of one property; a value over several lines begins with its line break."""
        block = self._block(subject, predicate)
        start, end = block.objects[iri(predicate)]
        if value.startswith("\n"):
            text = self._files[block.place.file]
            start -= len(text[:start]) - len(text[:start].rstrip())
        self._edits.setdefault(block.place.file, []).append(_Edit(start, end, value))

    def move(self, anchor: str, text: str, start: int, end: int) -> None:
        """Gives an anchor another range, with the hash, paragraph and exact words that stand there."""
        self.set(anchor, "t:start", str(start))
        self.set(anchor, "t:end", str(end))
        self.set(anchor, "t:paragraph", str(paragraph_at(text, start)))
        self.set(anchor, "schema:sha256", f'"{sha256(text[start:end])}"')
        for literal in self._dataset.values(anchor, "t:exactWords"):
            language = getattr(literal, "language", None)
            quoted = re.sub(r'([\\"])', r"\\\1", text[start:end])
            self.set(anchor, "t:exactWords", f'"{quoted}"' + (f"@{language}" if language else ""))

    def after(self, subject: str, blocks: str) -> None:
        """Puts blocks behind the block of a subject."""
        place = self._block(subject).place
        text = self._files[place.file]
        at = 0
        for _ in range(place.end):
            at = text.index("\n", at) + 1
        self._edits.setdefault(place.file, []).append(_Edit(at, at, f"\n{blocks}\n"))

    def texts(self) -> dict[str, str]:
        """The files that change, with their new text."""
        changed = {}
        for name, edits in self._edits.items():
            text = self._files[name]
            for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
                text = text[: edit.start] + edit.text + text[edit.end :]
            if text != self._files[name]:
                changed[name] = text
        return changed
