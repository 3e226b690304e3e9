"""Draws that are the same on every Python: only ``Random.random`` and whole numbers, because the rest may change."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")

_RANKS = 20_000


def stream(*key: object) -> Random:
    """A source of draws that depends on ``key`` alone."""
    digest = hashlib.sha256("/".join(map(str, key)).encode()).digest()
    return Random(int.from_bytes(digest[:8], "big"))


def below(rng: Random, end: int) -> int:
    """A whole number from 0 to ``end`` - 1."""
    return int(rng.random() * end)


def chance(rng: Random, share: float) -> bool:
    """True in this share of draws."""
    return rng.random() < share


def one(rng: Random, choices: Sequence[T]) -> T:
    """One of the choices, each as likely as the other."""
    return choices[int(rng.random() * len(choices))]


def weighted(rng: Random, choices: Sequence[tuple[T, int]]) -> T:
    """One of the choices, as likely as its weight says."""
    at = below(rng, sum(weight for _, weight in choices))
    for choice, weight in choices:
        at -= weight
        if at < 0:
            return choice
    raise AssertionError("the weights cover every draw")


def rank(rng: Random, count: int, *, shift: int = 3) -> int:
    """A rank below ``count``, by Zipf's law: rank k in proportion to 1 / (k + shift)."""
    table = _cumulative(shift)
    return bisect_right(table, int(rng.random() * table[min(count, _RANKS) - 1]))


@lru_cache(maxsize=4)
def _cumulative(shift: int) -> list[int]:
    return list(accumulate(10**9 // (k + shift) for k in range(_RANKS)))
