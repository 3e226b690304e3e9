"""What becomes of the anchors of an article when its publisher changes the text.

The words of a passage are not stored, only their hash: a passage that stands somewhere else is found by its hash and is
then certain. A passage whose words were changed is looked for between the passages around it: by likeness to the
earlier text where that is still at hand, else by its length and by the few words that the data keeps of it. What is
found so is a proposal that a person decides on. What is found nowhere has vanished.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from kb.dataset import Dataset, node, text_of
from kb.passages import Sentence, find, find_whole, paragraphs, sentences, sha256
from kb.reuse import words

HASH, TEXT = "hash", "earlier text"
HOLDS, MOVED, CHANGED, VANISHED = "holds", "moved", "changed", "vanished"

LIKE = 0.6
"""The least likeness of a sentence that is proposed for one whose words were changed."""
ALONE = 0.2
"""What is added where only one sentence can be meant and the earlier text is not there to compare."""
RESTING = ("t:evidence", "t:cue", "oa:hasTarget")
"""How something points to an anchor."""
LIKE_WORDS = 75.0
"""The same as LIKE for a few words inside a changed sentence, in percent of the characters that agree."""

Range = tuple[int, int]


@dataclass(frozen=True)
class Fate:
    """What became of one anchor: ``after`` is its range in the new text, None where it has vanished.

    ``by`` says what that rests on: ``hash`` is certain; all else is only proposed. ``likeness`` (0 to 1) is that of the
    words before and after, where both are known.
    """

    anchor: str
    fate: str
    before: Range
    after: Range | None
    by: str
    likeness: float | None
    users: tuple[str, ...]
    """The claims and other entries that point to the anchor, sorted."""
    lost: tuple[str, ...] = ()
    """Words that its claims keep (cues, numbers, dates) and that no longer stand there: these claims say otherwise."""

    @property
    def how(self) -> str:
        """How it was found, in words."""
        return f"by {self.by}" + ("" if self.likeness is None else f", {self.likeness:.0%} alike")


@dataclass(frozen=True)
class Revision:
    """An article's snapshot against another version of its text."""

    article: str
    snapshot: str
    encoded: str
    """The hash of the text that was encoded."""
    fates: tuple[Fate, ...]
    sections: tuple[tuple[str, Range, Range | None], ...]
    """Each section with its range before and after; None where nothing tells where it is."""
    added: tuple[Sentence, ...]
    """Sentences of the new text in which no anchor lies, in sections that are encoded."""

    def of(self, fate: str) -> list[Fate]:
        """The anchors of one fate, in the order of the earlier text."""
        return [found for found in self.fates if found.fate == fate]


def revise(dataset: Dataset, article: str, text: str, *, earlier: str | None = None) -> Revision:
    """What became of each anchor of ``article`` in ``text``; ``earlier`` is the text that was encoded, if at hand."""
    snapshot = dataset.snapshot(article)
    seeker = _Seeker(dataset, snapshot, text, earlier)
    fates = seeker.fates()
    located = {found.anchor: found.after for found in fates if found.after is not None}
    sections = tuple(_sections(dataset, snapshot, text, fates))
    ranges = sorted(located.values())
    encoded = [after for name, _, after in sections if after and _is_encoded(dataset, name)]
    grown = [more for name, before, after in sections if after and (more := _grown(dataset, name, before, after))]
    added = tuple(
        sentence
        for sentence in sentences(text)
        if any(start <= sentence.start < end for start, end in (*encoded, *grown))
        and not any(start < sentence.end and sentence.start < end for start, end in ranges)
    )
    encoded_hash = dataset.value(snapshot, "schema:sha256") or ""
    return Revision(article, snapshot, encoded_hash, tuple(fates), sections, added)


def _is_encoded(dataset: Dataset, section: str) -> bool:
    kind = (dataset.value(section, "t:sectionType") or "").rpartition("/")[2]
    return kind in ("body", "caption", "subheading")


def _grown(dataset: Dataset, section: str, before: Range, after: Range) -> Range | None:
    """What a headline, byline or dateline holds beyond what it did: something was put in behind it."""
    kind = (dataset.value(section, "t:sectionType") or "").rpartition("/")[2]
    size = before[1] - before[0]
    if kind not in ("headline", "byline", "dateline") or after[1] - after[0] <= size + 1:
        return None
    return after[0] + size, after[1]


class _Seeker:
    """Looks for the anchors of one snapshot in another text, whole sentences first, then what lies inside them."""

    def __init__(self, dataset: Dataset, snapshot: str, text: str, earlier: str | None) -> None:
        self._dataset = dataset
        self._text = text
        self._earlier = earlier
        anchors = [a for a in dataset.subjects("oa:hasSource", snapshot) if dataset.is_a(a, "oa:SpecificResource")]
        self._anchors = sorted(anchors, key=lambda a: (dataset.span(a)[0], -dataset.span(a)[1], a))
        self._starts = [at.start() for at in re.finditer(r"\b\w|[^\w\s]", text)]
        self._found: dict[str, Fate] = {}

    def fates(self) -> list[Fate]:
        outer: list[str] = []
        inner: dict[str, str] = {}
        for anchor in self._anchors:
            if outer and self._dataset.span(anchor)[1] <= self._dataset.span(outer[-1])[1]:
                inner[anchor] = outer[-1]
            else:
                outer.append(anchor)
        shift = 0
        for anchor in outer:
            after = self._exact(anchor, near=self._dataset.span(anchor)[0] + shift)
            if after is not None:
                shift = after[0] - self._dataset.span(anchor)[0]
                self._settle(anchor, after)
        for run, region in self._gaps(outer):
            self._match(run, region)
        for anchor, holder in inner.items():
            self._inside(anchor, self._found[holder])
        return [self._found[anchor] for anchor in self._anchors]

    def _settle(self, anchor: str, after: Range | None, *, likeness: float | None = None, by: str = HASH) -> None:
        before = self._dataset.span(anchor)
        if after is None:
            fate = VANISHED
        elif by != HASH:
            fate = CHANGED
        else:
            fate = HOLDS if after == before else MOVED
        users = _users(self._dataset, anchor)
        lost: tuple[str, ...] = ()
        if after is not None and fate == CHANGED:
            said = self._text[slice(*after)]
            lost = tuple(kept for kept in _words_of_claims(self._dataset, anchor) if not find_whole(said, kept))
        self._found[anchor] = Fate(anchor, fate, before, after, by, likeness, users, lost)

    def _exact(self, anchor: str, *, near: int, inside: Range | None = None) -> Range | None:
        """Where the very words of an anchor stand, nearest to an offset; None where they stand nowhere."""
        start, end = self._dataset.span(anchor)
        length, digest = end - start, self._dataset.value(anchor, "schema:sha256")
        first, last = inside or (0, len(self._text))

        def stands(at: int) -> bool:
            return first <= at and at + length <= last and sha256(self._text[at : at + length]) == digest

        if length <= 0:
            return None
        if stands(near):
            return near, near + length
        found = [at for at in self._starts if stands(at)]
        best = min(found, key=lambda at: (abs(at - near), at), default=None)
        return None if best is None else (best, best + length)

    def _gaps(self, outer: Sequence[str]) -> Iterator[tuple[list[str], Range]]:
        """Each run of anchors not found yet, with the stretch of the new text between what is found around it."""
        run: list[str] = []
        before = 0
        for anchor in [*outer, None]:
            if anchor is not None and anchor not in self._found:
                run.append(anchor)
                continue
            after = self._found[anchor].after if anchor is not None else (len(self._text), len(self._text))
            assert after is not None
            if run:
                yield run, (before, after[0]) if before <= after[0] else (0, len(self._text))
            run, before = [], after[1]

    def _match(self, run: Sequence[str], region: Range) -> None:
        """Settles the anchors of a gap: the best pairing with its sentences that keeps the order of both."""
        taken = [found.after for found in self._found.values() if found.after]
        free = [
            s
            for s in sentences(self._text)
            if region[0] <= s.start
            and s.end <= region[1]
            and not any(start < s.end and s.start < end for start, end in taken)
        ]
        scores = [[self._likeness(anchor, self._text[s.start : s.end]) for s in free] for anchor in run]
        if self._earlier is None and len(run) == len(free) == 1:  # one is missing, one is new, in the same place
            scores = [[(min(score + ALONE, 0.99), by) for score, by in row] for row in scores]
        chosen = _best_pairing([[score if score >= LIKE else 0.0 for score, _ in row] for row in scores])
        for number, anchor in enumerate(run):
            if number in chosen:
                sentence = free[chosen[number]]
                likeness, by = scores[number][chosen[number]]
                self._settle(
                    anchor,
                    (sentence.start, sentence.end),
                    likeness=round(likeness, 3) if by == TEXT else None,
                    by=by,
                )
            else:
                self._settle(anchor, None, by=TEXT if self._earlier is not None else HASH)

    def _likeness(self, anchor: str, candidate: str) -> tuple[float, str]:
        """How like the words of an anchor a sentence is, and what that rests on."""
        start, end = self._dataset.span(anchor)
        if self._earlier is not None:
            return Indel.normalized_similarity(words(self._earlier[start:end]), words(candidate)), TEXT
        size = min(end - start, len(candidate)) / max(end - start, len(candidate), 1)
        kept = [*_kept_words(self._dataset, anchor, self._anchors), *_words_of_claims(self._dataset, anchor)]
        if not kept:
            return size - ALONE, "place and length"
        there = sum(len(found) for found in kept if _stands_in(found, candidate))
        return (size + there / sum(map(len, kept))) / 2, "place and kept words"

    def _inside(self, anchor: str, holder: Fate) -> None:
        """Settles an anchor that lies inside another one, by what became of that."""
        if holder.after is None:
            self._settle(anchor, None, by=holder.by)
            return
        start, end = self._dataset.span(anchor)
        near = holder.after[0] + start - holder.before[0]
        after = self._exact(anchor, near=near, inside=holder.after)
        if after is not None:
            self._settle(anchor, after)
            return
        kept = self._earlier[start:end] if self._earlier is not None else self._dataset.value(anchor, "t:exactWords")
        region = self._text[slice(*holder.after)]
        if kept is None:
            self._settle(anchor, holder.after, by="the sentence around it")
            return
        best = fuzz.partial_ratio_alignment(kept, region, score_cutoff=LIKE_WORDS)
        by = TEXT if self._earlier is not None else "exact words"
        if best is None or best.score < LIKE_WORDS:
            self._settle(anchor, None, by=by)
            return
        first, last = _whole_words(region, best.dest_start, best.dest_end)
        offset = holder.after[0]
        self._settle(anchor, (offset + first, offset + last), likeness=round(best.score / 100, 3), by=by)


def _users(dataset: Dataset, anchor: str) -> tuple[str, ...]:
    """Who points to an anchor: claims by evidence or cue, credits, excuses, name uses, loaded wordings."""
    return tuple(sorted({user for name in RESTING for user in dataset.subjects(name, anchor)}))


def _stands_in(kept: str, sentence: str) -> bool:
    """Whether words stand in a sentence, perhaps with another ending or capital."""
    return bool(find(sentence, kept)) or fuzz.partial_ratio(kept.casefold(), sentence.casefold()) >= LIKE_WORDS


def _kept_words(dataset: Dataset, anchor: str, anchors: Iterable[str]) -> list[str]:
    """The words that the data keeps of a passage: exact words of anchors inside it, sorted."""
    start, end = dataset.span(anchor)
    kept = {
        text
        for other in anchors
        if start <= dataset.span(other)[0] and dataset.span(other)[1] <= end
        for text in dataset.texts(other, "t:exactWords")
    }
    return sorted(kept)


def _words_of_claims(dataset: Dataset, anchor: str) -> list[str]:
    """The words that claims on a passage keep of it: their cues, numbers and dates, sorted."""
    found: set[str] = set()
    start, end = dataset.span(anchor)
    for claim in dataset.subjects("t:evidence", anchor):
        for cue in dataset.texts(claim, "t:cue"):
            if start <= dataset.span(cue)[0] and dataset.span(cue)[1] <= end:
                found.update(dataset.texts(cue, "t:exactWords"))
        if len(dataset.texts(claim, "t:evidence")) == 1:
            found.update(
                text_of(quad.object) for quad in dataset.graphs.get(claim, ()) if quad.predicate == node("t:verbatim")
            )
    return sorted(found)


def _best_pairing(scores: Sequence[Sequence[float]]) -> dict[int, int]:
    """Row to column, both rising, with the greatest sum of scores; nought pairs nothing (Needleman and Wunsch 1970)."""
    rows, columns = len(scores), len(scores[0]) if scores else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], scores[i][j] + best[i + 1][j + 1])
    pairs: dict[int, int] = {}
    i = j = 0
    while i < rows and j < columns:
        if scores[i][j] > 0 and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _whole_words(text: str, start: int, end: int) -> Range:
    """A range widened to whole words, without blanks at either end."""
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _sections(
    dataset: Dataset, snapshot: str, text: str, fates: Sequence[Fate]
) -> Iterator[tuple[str, Range, Range | None]]:
    """The sections in the new text: around the anchors that lie in them; those without anchors fill what is between.

    All begin and end with a paragraph. A paragraph between two sections goes to a body section where one of them is.
    """
    lines = paragraphs(text)
    starts = [start for start, _ in lines]
    names = sorted(dataset.texts(snapshot, "t:section"), key=dataset.span)
    whole = [found for found in fates if found.after is not None]
    first_last: list[tuple[int, int] | None] = []
    for name in names:
        start, end = dataset.span(name)
        inside = [found.after for found in whole if start <= found.before[0] and found.before[1] <= end and found.after]
        if inside:
            first = bisect_right(starts, min(inside)[0]) - 1
            last = bisect_right(starts, max(end for _, end in inside) - 1) - 1
            first_last.append((first, last))
        else:
            first_last.append(None)
    placed = _fill(
        first_last,
        [dataset.span(name)[1] - dataset.span(name)[0] for name in names],
        [_is_body(dataset, name) for name in names],
        lines,
    )
    for name, found in zip(names, placed, strict=True):
        after = None if found is None else (lines[found[0]][0], lines[found[1]][1])
        yield name, dataset.span(name), after


def _is_body(dataset: Dataset, section: str) -> bool:
    return (dataset.value(section, "t:sectionType") or "").endswith("/body")


def _fill(
    known: Sequence[Range | None], sizes: Sequence[int], body: Sequence[bool], lines: Sequence[Range]
) -> list[Range | None]:
    """First and last paragraph of every section, given those that are known; None where none is left for one.

    Sections that are not known share the paragraphs between known ones: each takes those that are just as long as it
    was, else as many as have room in it. Paragraphs that are left over are new, and go to a body section beside them.
    """
    placed = list(known)
    at = 0
    while at < len(placed):
        if placed[at] is not None:
            at += 1
            continue
        upto = at
        while upto < len(placed) and placed[upto] is None:
            upto += 1
        before = placed[at - 1][1] if at else -1  # type: ignore[index]
        after = placed[upto][0] if upto < len(placed) else len(lines)  # type: ignore[index]
        free = list(range(before + 1, after))
        for number in range(at, upto):
            left = upto - number
            if len(free) < left:
                break
            first, last = _window(free, sizes[number], lines, left)
            placed[number] = (free[first], free[last])
            free = free[last + 1 :]
        at = upto
    for number in range(1, len(placed)):
        left_, right = placed[number - 1], placed[number]
        if left_ is not None and right is not None and left_[1] + 1 < right[0]:
            if body[number] and not body[number - 1]:
                placed[number] = (left_[1] + 1, right[1])
            else:
                placed[number - 1] = (left_[0], right[0] - 1)
    return placed


def _window(free: Sequence[int], size: int, lines: Sequence[Range], left: int) -> Range:
    """Which of the free paragraphs a section takes, so that ``left`` - 1 others have one each."""
    spare = len(free) - left
    for first in range(spare + 1):
        for last in range(first, spare + 1):
            if lines[free[last]][1] - lines[free[first]][0] == size:
                return first, last
    last = 0
    while last < spare and (left == 1 or lines[free[last + 1]][1] - lines[free[0]][0] <= size):
        last += 1
    return 0, last
