"""Texts and their parts: paragraphs, sentences, passages, and where words stand. Knows no RDF.

Offsets are Unicode code points of the UTF-8 file with LF line ends, untrimmed, end exclusive; paragraph N is the
Nth non-empty line.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

MAX_WORDS = 12
"""Words of an article that may be kept in the data at one place."""

_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|St|No|vs|etc|e\.g|i\.e|a\.m|p\.m|[A-Z])\.$")
_END = re.compile(r"""[.!?…]+["'”’»)\]]*(?=\s|$)""")


@dataclass(frozen=True)
class Sentence:
    """One sentence: paragraph and number in it (both from 1) and its range in the text."""

    paragraph: int
    number: int
    start: int
    end: int

    @property
    def name(self) -> str:
        """Its short name, as in the slugs of anchors: ``p4-s1``."""
        return f"p{self.paragraph}-s{self.number}"


def sha256(text: str) -> str:
    """SHA-256 (hex) of the UTF-8 bytes of a text or passage."""
    return hashlib.sha256(text.encode()).hexdigest()


def by_hash_too(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts by name, and each under ``sha256:`` and its hash besides: a version is known by what stands in it."""
    return {**texts, **{f"sha256:{sha256(text)}": text for text in texts.values()}}


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The ranges of the non-empty lines of a text, without blanks at either end."""
    found, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            start = at + len(line) - len(line.lstrip())
            found.append((start, at + len(line.rstrip())))
        at += len(line) + 1
    return found


def paragraph_at(text: str, start: int) -> int:
    """The number, from 1, of the paragraph in which an offset stands; 0 before the first."""
    return sum(1 for first, _ in paragraphs(text) if first <= start)


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text: a stop, with closing quotes, before a blank; a line end always ends one.

    A stop inside a word or number ("Harbour.Net", "1.5") or behind an abbreviation ends nothing.
    """
    found: list[Sentence] = []
    for number, (first, last) in enumerate(paragraphs(text), start=1):
        start, count = first, 0
        cuts = [match.end() for match in _END.finditer(text, first, last) if _is_end(text, first, match)]
        for end in [*cuts, last]:
            if text[start:end].strip():
                count += 1
                found.append(Sentence(number, count, start, end))
                start = end
                while start < last and text[start].isspace():
                    start += 1
    return found


def _is_end(text: str, first: int, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 3].lstrip()
    if following and following[0].islower():
        return False
    return not (match.group() == "." and _ABBREVIATION.search(text[first : match.end()]))


@dataclass(frozen=True)
class Showing:
    """How much of an article text is shown, in characters: of one passage, around it on either side, and of an article
    in one answer.

    Nothing is shown where ``passage`` is 0. What is around never leaves the paragraph.
    """

    passage: int = 500
    around: int = 200
    page: int = 2000


@dataclass(frozen=True)
class Excerpt:
    """A passage as it is shown: the words, whether they are all, and a little of what stands around them.

    ``marks`` are ranges inside ``words`` that are worth seeing, such as cue words.
    """

    before: str
    words: str
    after: str
    whole: bool
    marks: tuple[tuple[int, int], ...]


def excerpt(
    text: str, start: int, end: int, showing: Showing, *, marks: Iterable[tuple[int, int]] = ()
) -> Excerpt | None:
    """What is shown of a range; None where the range does not lie in the text, or nothing is to be shown.

    Around it stand whole sentences: the rest of that in which it begins or ends, and as many before and after as there
    is room for; … where there is none for the rest. ``marks`` are ranges in the text; those outside what is shown are
    left out.
    """
    if not 0 <= start < end <= len(text) or showing.passage <= 0:
        return None
    shown = min(end, start + showing.passage)
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    cuts = [first, *(first + one.end for one in sentences(text[first:last])), last]
    begin = min((cut for cut in cuts if start - showing.around <= cut <= start), default=start)
    close = max((cut for cut in cuts if end <= cut <= end + showing.around), default=end)
    torn = (text[max(cut for cut in cuts if cut <= start) : start], text[end : min(c for c in cuts if c >= end)])
    before = text[begin:start].lstrip() or ("…" if torn[0].strip() else "")
    after = "" if shown < end else text[end:close] or ("…" if torn[1].strip() else "")
    inside = sorted({(a - start, b - start) for a, b in marks if start <= a < b <= shown})
    kept = [mark for at, mark in enumerate(inside) if not any(mark[0] < other[1] for other in inside[:at])]
    return Excerpt(before, text[start:shown], after, shown == end, tuple(kept))


def find(text: str, words: str) -> list[tuple[int, int]]:
    """Every range of ``text`` where ``words`` stand; any blanks and any quote marks count as the same."""
    sure, pattern = _sought(words)
    return [match.span() for match in pattern.finditer(text)] if sure is not None and sure in text else []


@lru_cache(maxsize=1 << 15)
def _sought(words: str) -> tuple[str | None, re.Pattern[str]]:
    """What must stand in a text for some words to stand there, None where there are none; and the pattern of these."""
    pieces = words.split()
    escaped = [re.sub(r"[\"“”„]", '["“”„]', re.sub(r"['’‘]", "['’‘]", re.escape(piece))) for piece in pieces]
    plain = [piece for piece in pieces if not re.search(r"[\"“”„'’‘]", piece)]
    return max(plain, key=len, default="") if pieces else None, re.compile(r"\s+".join(escaped))


def find_whole(text: str, words: str) -> list[tuple[int, int]]:
    """The ranges of ``find`` that neither begin nor end inside a word or number: 60 does not stand in 600."""
    return [
        (start, end)
        for start, end in find(text, words)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
    ]


def sentence_at(text: str, start: int, end: int) -> Sentence | None:
    """The sentence that holds the whole range, if one does."""
    return next((s for s in sentences(text) if s.start <= start and end <= s.end), None)


def anchor_block(article: str, name: str, text: str, start: int, end: int, *, words: bool) -> str:
    """The Turtle block of an anchor, ready to be pasted; ``words`` adds the exact words (at most 12)."""
    exact = text[start:end]
    lines = [
        f"anchor:{article}-{name}",
        "    a oa:SpecificResource ;",
        f"    oa:hasSource snapshot:{article} ;",
        f'    schema:sha256 "{sha256(exact)}" ;',
        f"    t:end {end} ;",
        f"    t:exactWords {json.dumps(exact, ensure_ascii=False)}@en ;" if words else "",
        f"    t:paragraph {paragraph_at(text, start)} ;",
        f"    t:start {start} ;",
        "    .",
    ]
    return "\n".join(line for line in lines if line)
