"""Invented words and names. No name is a word of the texts, and none is part of another."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from benchmarks.draws import below, chance, one, rank, stream


def listed(text: str) -> tuple[str, ...]:
    """The words of a list that is written in one line."""
    return tuple(text.split())


_ONSETS = listed(
    "b bl br c cl cr d dr f fl fr g gl gr h j k kn l m n p pl pr qu r s sc sk sl sm sn sp st str sw t th tr tw v w y"
)
_VOWELS = listed("a e i o u ai ea ee oa oo ou")
_CODAS = listed("b ck d ft g ld lk lm lt m mp n nd ng nk nt p r rd rk rm rn rp rt sh sk sp st t tch x zz")
_NOUNS = listed("er el ow ock ling et ard en")
_ADJECTIVES = listed("ish ous ic some")
_PLACES = listed("holm quay wick ness ford haven sound mouth strand combe fell dale")
_FAMILIES = listed("son by ing ley worth man well ridge")
_GIVEN = listed(
    "Ada Alma Anders Arvid Astrid Berta Bruno Carin Casper Cora Dagmar Dario Edda Egon Elin Emil Erna Fabian Finn "
    "Frida Gerda Gustav Hanne Hedda Henrik Ida Ingmar Iris Jonas Judit Karin Kaspar Leif Linnea Magda Marius Milena "
    "Nils Olga Oskar Petra Ragnar Rosa Selma Sigrid Tilda Ulrik Vera"
)

STEMS = 15_000
"""Stems there are; those from ``NAME_STEMS`` on are kept for names."""
NAME_STEMS = 5_000


@dataclass(frozen=True)
class Lexicon:
    """The common words of the texts, each list in the order of its frequency."""

    nouns: tuple[str, ...]
    adjectives: tuple[str, ...]
    verbs: tuple[str, ...]
    adverbs: tuple[str, ...]


@lru_cache(maxsize=1)
def stems() -> list[str]:
    """All stems in an order of their own, the same for every corpus."""
    rng = stream("stems")
    found = [onset + vowel + coda for onset in _ONSETS for vowel in _VOWELS for coda in _CODAS]
    drawn = sorted((rng.random(), stem) for stem in found)
    return [stem for _, stem in drawn][:STEMS]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Some 4,500 common words."""
    common = stems()[:NAME_STEMS]
    return Lexicon(
        tuple(stem + _NOUNS[at % len(_NOUNS)] for at, stem in enumerate(common[:2400])),
        tuple(stem + _ADJECTIVES[at % len(_ADJECTIVES)] for at, stem in enumerate(common[2400:3300])),
        tuple(f"{stem}ed" for stem in common[3300:4100]),
        tuple(f"{stem}ly" for stem in common[4100:4500]),
    )


def word(rng: Random, kind: str) -> str:
    """A common word: ``n`` noun, ``a`` adjective, ``v`` verb in the past, ``d`` adverb; frequent ones are likelier."""
    known = lexicon()
    words = {"a": known.adjectives, "d": known.adverbs, "n": known.nouns, "v": known.verbs}[kind]
    return words[rank(rng, len(words), shift=24)]


def place_name(seed: int, number: int) -> str:
    """The name of a place; two numbers never give one name."""
    return _name(seed, number) + _PLACES[number % len(_PLACES)]


def person_name(seed: int, number: int) -> str:
    """Given and family name of a person; no two share a family name."""
    return f"{_GIVEN[number * 7 % len(_GIVEN)]} {_name(seed, number)}{_FAMILIES[number % len(_FAMILIES)]}"


def people_name(seed: int, number: int) -> str:
    """An adjective that names a people or region, as organisations have it: ``Tolvian``."""
    return f"{_name(seed, number)}ian"


def town_name(seed: int, number: int) -> str:
    """What a newspaper names itself after: ``Brindgate``."""
    return f"{_name(seed, number)}gate"


def make_name(seed: int, number: int) -> str:
    """The make or kind of a thing: ``tarvine``."""
    return f"{_name(seed, number).lower()}ine"


def _name(seed: int, number: int) -> str:
    kept = STEMS - NAME_STEMS
    return stems()[NAME_STEMS + (number + seed * 811) % kept].capitalize()


LOADED = (
    ("brazen", "open", "negative"),
    ("callous", "unmoved", "negative"),
    ("cowardly", "hasty", "negative"),
    ("cynical", "calculated", "negative"),
    ("disgraced", "criticised", "negative"),
    ("fanatical", "committed", "negative"),
    ("gallant", "active", "positive"),
    ("heroic", "active", "positive"),
    ("lawless", "unregulated", "negative"),
    ("noble", "active", "positive"),
    ("notorious", "well-known", "negative"),
    ("rapacious", "interested", "negative"),
    ("reckless", "quick", "negative"),
    ("selfless", "unpaid", "positive"),
    ("shameful", "criticised", "negative"),
    ("shameless", "open", "negative"),
    ("sham", "declared", "negative"),
    ("so-called", "named", "negative"),
    ("tireless", "steady", "positive"),
    ("treacherous", "unannounced", "negative"),
    ("valiant", "active", "positive"),
    ("wretched", "poor", "negative"),
)
"""Words that take a side: the word, a neutral one, and whether it speaks for or against."""

STOCK = (
    "This report was put together by the night desk from what had reached it before the presses ran.",
    "Readers may write to the desk at the usual address and will be answered in the order of their letters.",
    "Opinions in this column are those of their authors and need not be shared by anybody else at this paper.",
    "The paper corrects what it got wrong on the page where it stood and keeps the older wording for whoever asks.",
    "More on this as it comes in.",
    "A longer account with pictures and a map of the coast will be in the weekend edition of this paper.",
)
"""Sentences that recur in many articles and say nothing of the world."""

_OPENERS = listed("while as before once although because")
_PREPOSITIONS = listed("under beside across behind above along past within")


def clause(rng: Random, *, opener: bool) -> list[tuple[str, str]]:
    """A clause that means nothing, as pairs of word and kind; with an opener such as ``while``, or as an addition."""
    found = [(one(rng, _OPENERS) if opener else one(rng, ("where", "and")), "")]
    for last in (False, True):
        found.append(("the", "") if chance(rng, 0.6) else ("a", ""))
        if chance(rng, 0.5):
            found.append((word(rng, "a"), "a"))
        found.append((word(rng, "n"), "n"))
        if not last:
            if chance(rng, 0.3):
                found.append((word(rng, "d"), "d"))
            found.append((word(rng, "v"), "v"))
            found.append((_PREPOSITIONS[below(rng, len(_PREPOSITIONS))], ""))
    return found


def rhetoric(rng: Random) -> list[tuple[str, str]]:
    """A whole sentence that means nothing."""
    found = [("it", ""), ("was", ""), ("a", ""), (word(rng, "a"), "a"), (word(rng, "n"), "n")]
    return found + clause(rng, opener=chance(rng, 0.5))


def headline(rng: Random) -> str:
    """Words above an article, at most eight."""
    found = [word(rng, "a"), word(rng, "n"), word(rng, "v"), "the", word(rng, "n")]
    if chance(rng, 0.5):
        found += [one(rng, _PREPOSITIONS), word(rng, "a"), word(rng, "n")]
    return " ".join(found).capitalize()
