"""What is found by words: names first, then what is told; whatever a claim says comes with its speaker.

A word stands for itself in any spelling or script and for its plural, the last one also for whatever begins with it;
one that does not occur stands for those that are a letter or two away. Words in quotation marks stand together as they
are. A thing is found where it has all of them, in any of its texts, and is listed once.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from kb.cards.claims import hits
from kb.cards.entities import kinds_of
from kb.cards.facts import Facts, Json, article_link, voice_of
from kb.engine import Engine
from kb.index import Index
from kb.index.folding import Word, singular, sound, words
from kb.index.words import KINDS

PREFIX_FROM = 2
"""Letters from which the last word may be the beginning of one."""

SLACK = ((8, 2), (4, 1))
"""From how many letters on how many of them may be wrong, missing, too many or swapped."""

MOST_WORDS = 32
"""Different words that are looked for at once."""

MOST_MEANT = 12
"""Words that one mistyped word can stand for."""

_LITTLE = ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "that", "the", "to", "with")
"""English words that need not occur, unless nothing else is asked for."""

_QUOTES = re.compile(r"[\"“”„‟«»＂]")

_RUNS = re.compile(r"[a-z]+|[0-9]+")
"""Letters or digits alone: a number plate is printed in one or with signs between them."""


class BadWords(ValueError):
    """A text that is not looked for: it has no letter and no digit, or too many words."""


@dataclass(frozen=True)
class Asked:
    """A word, or several that stand together in quotation marks, as they were ``written``."""

    written: str
    folded: tuple[str, ...]
    quoted: bool
    last: bool


@dataclass(frozen=True)
class Meant:
    """What stands for an asked word: ``terms`` as they occur; also whatever begins with ``start``."""

    asked: Asked
    terms: tuple[str, ...]
    start: str | None
    guessed: bool

    @property
    def expression(self) -> str:
        """It in the language of FTS5: nothing but folded words in quotation marks is ever in there."""
        if self.asked.quoted:
            return f'"{" ".join(self.asked.folded)}"'
        found = [f'"{term}"' for term in self.terms]
        if self.start is not None:
            found.append(f'"{self.start}" *')
        return f"({' OR '.join(found)})"

    @property
    def whole(self) -> str:
        """It as part of a name: what was asked, or what most likely was meant."""
        return self.terms[0] if self.guessed and self.terms else " ".join(self.asked.folded)

    def places(self, text: Sequence[Word]) -> list[tuple[int, int]]:
        """Where it stands in a text, from the first character to behind the last."""
        if self.asked.quoted:
            size, folded = len(self.asked.folded), [word.folded for word in text]
            found = [at for at in range(len(text)) if tuple(folded[at : at + size]) == self.asked.folded]
            return [(text[at].start, text[at + size - 1].end) for at in found]
        return [
            (word.start, word.end)
            for word in text
            if word.folded in self.terms or (self.start is not None and word.folded.startswith(self.start))
        ]


@dataclass(frozen=True)
class Found:
    """What was found: ``counts`` by kind, ``total`` of the kind asked for, and one page of ``items``.

    ``after`` is the number of items up to the end of this page, None where it is the last. ``read_as`` tells what words
    that do not occur were taken for; ``nearest`` what is like those that were taken for nothing; ``apart`` in how many
    things each word occurs, where none has them all.
    """

    counts: Mapping[str, int]
    total: int
    items: Sequence[Json]
    after: int | None
    read_as: Mapping[str, Sequence[str]]
    nearest: Mapping[str, Sequence[str]]
    apart: Mapping[str, int]


NOTHING_FOUND = Found({}, 0, (), None, {}, {}, {})
"""The answer to those who ask nothing."""


def search(engine: Engine, q: str, *, kind: str = "", after: int = 0, limit: int = 20) -> Found:
    """One page of what has all words of ``q``: whole names first, then beginnings of names, words in names, the rest.

    ``kind`` is one of ``kb.index.words.KINDS``, or empty for all. BadWords where ``q`` has no letter and no digit, or
    more than ``MOST_WORDS`` words.
    """
    index = engine.index
    asked = _asked(q)
    if not asked:
        raise BadWords("has no letter and no digit to look for")
    if sum(len(one.folded) for one in asked) > MOST_WORDS:
        raise BadWords(f"has more than {MOST_WORDS} words")
    vocabulary = _vocabulary(index)
    meant = [vocabulary.meant(one) for one in asked]
    unknown = [word for word, one in zip(asked, meant, strict=True) if _means_nothing(index, word, one)]
    counts: dict[str, int] = {}
    if not unknown:
        counts = dict(index.rows(_COUNT, [_all(meant)]))
    total = counts.get(kind, 0) if kind else sum(counts.values())
    shown = _rank(index, meant, kind, after, limit) if after < total else []
    apart = {} if counts or len(meant) < 2 else {one.asked.written: _occurs(index, one) for one in meant}
    return Found(
        counts={name: counts[name] for name in KINDS if name in counts},
        total=total,
        items=_items(engine, shown, meant),
        after=after + limit if after + limit < total else None,
        read_as={one.asked.written: one.terms for one in meant if one.guessed and one.terms},
        nearest={one.written: vocabulary.nearest(one.folded) for one in unknown},
        apart=apart,
    )


def _asked(q: str) -> list[Asked]:
    """The words and quoted words of a text, each once; little words only where there is nothing else."""
    found: list[tuple[str, tuple[str, ...], bool]] = []
    pieces = _QUOTES.split(q)
    for at, piece in enumerate(pieces):
        in_quotes = at % 2 == 1 and at < len(pieces) - 1
        inside = words(piece)
        if in_quotes and inside:
            found.append((piece.strip(), tuple(word.folded for word in inside), True))
        elif not in_quotes:
            found += [(piece[word.start : word.end], (word.folded,), False) for word in inside]
    telling = [one for one in found if one[2] or one[1][0] not in _LITTLE] or found
    kept = list({one[1:]: one for one in telling}.values())
    ends_open = bool(kept) and not kept[-1][2]
    return [Asked(*one, last=ends_open and at == len(kept) - 1) for at, one in enumerate(kept)]


@dataclass(frozen=True)
class _Vocabulary:
    """The words that occur anywhere, with the number of things in which they do."""

    terms: Mapping[str, int]

    @cached_property
    def _by_number(self) -> Mapping[str, Sequence[str]]:
        return _grouped(self.terms, singular)

    @cached_property
    def _by_sound(self) -> Mapping[str, Sequence[str]]:
        return _grouped(self.terms, lambda term: sound(singular(term)))

    def meant(self, asked: Asked) -> Meant:
        """What stands for an asked word; no term where nothing does."""
        word = asked.folded[0]
        if asked.quoted:
            known = all(word in self.terms for word in asked.folded)
            return Meant(asked, asked.folded if known else (), None, guessed=False)
        found = dict.fromkeys([word] if word in self.terms else [])
        found |= dict.fromkeys(self._by_number.get(singular(word), ()))
        guessed = not found
        if guessed or not asked.written.isascii():
            found |= dict.fromkeys(self._by_sound.get(sound(singular(word)), ()))
        start = None
        if asked.last and len(word) >= PREFIX_FROM and any(term.startswith(word) for term in self.terms):
            start = word
        if found or start is not None:
            return Meant(asked, tuple(found), start, guessed and start is None)
        apart = tuple(_RUNS.findall(word))
        if len(apart) > 1 and all(run in self.terms for run in apart):
            return Meant(replace(asked, folded=apart, quoted=True), apart, None, guessed=False)
        return Meant(asked, tuple(self._mistyped(word)), None, guessed=True)

    def nearest(self, folded: Sequence[str], *, count: int = 3) -> list[str]:
        """The words most like those of ``folded`` that do not occur."""
        found: list[str] = []
        for word in folded:
            if word not in self.terms:
                likely = process.extract(word, self.terms.keys(), scorer=fuzz.ratio, score_cutoff=60, limit=count)
                found += [term for term, _, _ in likely]
        return found[:count]

    def _mistyped(self, word: str) -> list[str]:
        """The words that one which does not occur may stand for: the nearest, those that occur most often first."""
        if any(c.isdigit() for c in word):
            return []
        slack = next((slack for size, slack in SLACK if len(word) >= size), 0)
        if not slack:
            return []
        near = process.extract(word, self.terms.keys(), scorer=OSA.distance, score_cutoff=slack, limit=None)
        best = min((distance for _, distance, _ in near), default=0)
        found = [term for term, distance, _ in near if distance == best and not term[:1].isdigit()]
        return sorted(found, key=lambda term: (term[0] != word[0], -self.terms[term], term))[:MOST_MEANT]


def _grouped(terms: Iterable[str], key: Callable[[str], str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for term in terms:
        found.setdefault(key(term), []).append(term)
    return found


_VOCABULARIES: WeakKeyDictionary[Index, _Vocabulary] = WeakKeyDictionary()


def _vocabulary(index: Index) -> _Vocabulary:
    """The words of an index, read once."""
    found = _VOCABULARIES.get(index)
    if found is None:
        found = _Vocabulary(dict(index.rows("SELECT term, doc FROM term WHERE term <> '|' ORDER BY term")))
        _VOCABULARIES[index] = found
    return found


_COUNT = """
SELECT thing.kind, count(*) FROM words JOIN thing ON thing.id = words.rowid WHERE words MATCH ? GROUP BY thing.kind
"""

_RANK = """
WITH
  hit AS (SELECT rowid AS id, bm25(words, 8.0, 4.0, 1.0) AS score FROM words WHERE words MATCH :all),
  named AS (SELECT rowid AS id FROM words WHERE words MATCH :names),
  called AS (
    SELECT thing AS id, min(place) AS place FROM (
      SELECT thing, rank AS place FROM name WHERE folded IN (:written, :whole)
      UNION ALL
      SELECT thing, 100 + rank AS place FROM name WHERE sound = :sound
      UNION ALL
      SELECT thing, 200 AS place FROM name WHERE folded >= :written AND folded < :beyond
    ) GROUP BY thing
  )
SELECT thing.id, thing.iri, thing.kind
FROM hit JOIN thing USING (id) LEFT JOIN called USING (id) LEFT JOIN named USING (id)
WHERE :kind IN ('', thing.kind)
ORDER BY coalesce(called.place, CASE WHEN named.id IS NULL THEN 400 ELSE 300 END), hit.score, thing.id
LIMIT :limit OFFSET :after
"""


def _rank(index: Index, meant: Sequence[Meant], kind: str, after: int, limit: int) -> list[tuple[int, str, str]]:
    """Id, IRI and kind of what is on one page, best first."""
    written = " ".join(word for one in meant for word in one.asked.folded)
    whole = " ".join(one.whole for one in meant)
    parameters = {
        "all": _all(meant),
        "names": f"{{name}} : ({_all(meant)})",
        "written": written,
        "whole": whole,
        "sound": sound(whole),
        "beyond": f"{written}~",  # after every letter, digit and blank
        "kind": kind,
        "after": after,
        "limit": limit,
    }
    return index.rows(_RANK, parameters)


def _all(meant: Iterable[Meant]) -> str:
    return " AND ".join(one.expression for one in meant)


def _means_nothing(index: Index, asked: Asked, one: Meant) -> bool:
    """Whether nothing stands for a word, or what it was taken apart into stands nowhere together."""
    if one.asked is asked:
        return not one.terms and one.start is None
    return not _occurs(index, one)


def _occurs(index: Index, one: Meant) -> int:
    """In how many things a word occurs."""
    if not one.terms and one.start is None:
        return 0
    return int(index.rows("SELECT count(*) FROM words WHERE words MATCH ?", [one.expression])[0][0])


def _items(engine: Engine, shown: Sequence[tuple[int, str, str]], meant: Sequence[Meant]) -> list[Json]:
    """What was found, in short, with the texts in which it was."""
    if not shown:
        return []
    marks = ", ".join("?" * len(shown))
    forms: dict[int, list[Sequence[str]]] = {}
    for thing, *form in engine.index.rows(
        f"SELECT thing, what, text, lang FROM form WHERE thing IN ({marks}) ORDER BY thing, at",
        [number for number, _, _ in shown],
    ):
        forms.setdefault(thing, []).append(form)
    claims = {hit["iri"]: hit for hit in hits(engine, [name for _, name, kind in shown if kind == "claim"])}
    facts = Facts(engine)
    facts.load(name for _, name, kind in shown if kind != "claim")
    facts.load([outlet for _, name, _ in shown for outlet in facts.iris(name, "schema:publisher")])
    found = []
    for number, name, kind in shown:
        matches = _matches(forms[number], meant)
        found.append({**(_claim(claims[name]) if kind == "claim" else _thing(facts, name, kind)), "matches": matches})
    return found


def _claim(hit: Json) -> Json:
    return {**hit, "label": hit["paraphrase"]}


def _thing(facts: Facts, name: str, kind: str) -> Json:
    if kind != "article":
        return {**facts.link(name), "kind": kind, "kinds": kinds_of(facts, name)}
    voice = voice_of(facts, name)
    return {**article_link(facts, name), "kind": kind, "kinds": [], "speaker": voice["label"] if voice else None}


def _matches(forms: Sequence[Sequence[str]], meant: Sequence[Meant]) -> list[Json]:
    """The fewest texts of a thing that have all that was asked: each time the one with most of what is left."""
    read = [(form, words(form[1])) for form in forms]
    places = [[one.places(text) for one in meant] for _, text in read]
    left, chosen = set(range(len(meant))), []
    while left:
        best = max(range(len(read)), key=lambda at: (_new(places[at], left), _share(places[at], read[at][1]), -at))
        if not _new(places[best], left):
            break
        chosen.append(best)
        left -= {number for number in left if places[best][number]}
    return [
        {
            "what": read[at][0][0],
            "text": read[at][0][1],
            "lang": read[at][0][2],
            "highlights": [list(place) for place in _joined(place for some in places[at] for place in some)],
        }
        for at in chosen
    ]


def _new(places: Sequence[Sequence[tuple[int, int]]], left: Iterable[int]) -> int:
    """How much of what is left to be found stands in a text."""
    return sum(bool(places[number]) for number in left)


def _share(places: Sequence[Sequence[tuple[int, int]]], text: Sequence[Word]) -> float:
    """How much of a text was asked for."""
    return sum(len(some) for some in places) / max(len(text), 1)


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of a text, sorted, those that overlap made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
