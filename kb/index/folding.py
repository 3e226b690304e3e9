"""Texts as words that can be compared: without case, marks and script, so that all spellings of a name meet.

A word is a run of letters, digits and what is written over or under them; “Georgia’s” counts as “Georgia”, “1,609”
as “1609”. Other scripts are read as anyascii reads them.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii

_APOSTROPHES = "'’ʼ‘"
_POSSESSIVE = re.compile(f"[{_APOSTROPHES}][sS]$")
_SILENT = re.compile(r"[^a-z0-9]+")
_SOUNDS = (
    ("ow", "u"),
    ("kh", "x"),
    ("gh", "g"),
    ("dzh", "c"),
    ("sh", "s"),
    ("ch", "c"),
    ("ph", "f"),
    ("j", "c"),
    ("q", "g"),
    ("w", "v"),
    ("y", "i"),
    ("e", "a"),
)
"""What different ways of writing names of the Caucasus in Latin letters are brought to, in order.

The letter ə is written a in English and e in Russian, and read as e here: two spellings that have to meet."""


@dataclass(frozen=True)
class Word:
    """A word as it is compared, and where it stands: ``start`` and ``end`` count characters of the text."""

    folded: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text, in its order; none for a text of signs only."""
    found = []
    for match in _word_pattern().finditer(text):
        written = _POSSESSIVE.sub("", match[0])
        if folded := fold_word(written):
            found.append(Word(folded, match.start(), match.start() + len(written)))
    return found


def fold(text: str) -> str:
    """The words of a text as they are compared, with a blank between."""
    return " ".join(word.folded for word in words(text))


@lru_cache(maxsize=1 << 16)
def fold_word(written: str) -> str:
    """One word in lower-case ASCII letters and digits; empty where nothing of it can be read."""
    return _SILENT.sub("", anyascii(unicodedata.normalize("NFKC", written)).lower())


def sound(folded: str) -> str:
    """A folded text with one spelling for what is spelt differently: ``kharkiv`` and ``xarkiv`` give the same."""
    for spelling, common in _SOUNDS:
        folded = folded.replace(spelling, common)
    return re.sub(r"([a-z])\1+", r"\1", folded)


def singular(folded: str) -> str:
    """An English word without the ending of its plural, by the rules of Harman's S stemmer (JASIS 42, 1991)."""
    for ending, but, instead in _PLURALS:
        if folded.endswith(ending) and len(folded) > len(ending) + 1:
            return folded if folded.endswith(but) else folded[: -len(ending)] + instead
    return folded


_PLURALS = (("ies", ("eies", "aies"), "y"), ("es", ("aes", "ees", "oes"), "e"), ("s", ("us", "ss"), ""))


@cache
def _word_pattern() -> re.Pattern[str]:
    """Letters and digits, what combines with them, and apostrophes and thousands separators between them."""
    marks = "".join(chr(code) for code in range(0x80, 0x1_0000) if unicodedata.category(chr(code)) in _UNSEEN)
    letter, mark = r"[^\W_]", f"[{re.escape(marks)}]"
    between = rf"[{_APOSTROPHES}](?={letter})|(?<=\d),(?=\d{{3}}(?!\d))"
    return re.compile(rf"{letter}(?:{letter}|{mark}|{between})*")


_UNSEEN = ("Cf", "Mc", "Me", "Mn")
"""Categories of what does not end a word: marks, joiners, soft hyphens."""
