"""One entry of a list as it goes into the index, and sets of entries as bits."""

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Time:
    """An EDTF expression with its four bounds as days (YYYY-MM-DD), None where open."""

    edtf: str
    earliest_begin: str | None
    latest_begin: str | None
    earliest_end: str | None
    latest_end: str | None


@dataclass(frozen=True)
class Entry:
    """An entry: its slug, the words it is found by, its counts, its place in each order, its values and its times.

    ``order`` has a text for each way to sort; entries with the same text follow by slug. ``values`` are pairs of a
    filter and a value.
    """

    slug: str
    words: Iterable[str]
    counts: Mapping[str, int]
    order: Mapping[str, str]
    values: Collection[tuple[str, str]]
    times: Collection[Time] = field(default=())


def as_bits(numbers: Iterable[int]) -> int:
    """A set of entries as a whole number: bit n is set where entry n is in it."""
    return int.from_bytes(_as_bytes(numbers), "little")


def pack(numbers: Iterable[int]) -> bytes:
    """A set of entries as it is kept: a bit for each, the first entry lowest, compressed."""
    return zlib.compress(_as_bytes(numbers))


def pack_bits(entries: int) -> bytes:
    """The same of a set that is a whole number."""
    return zlib.compress(entries.to_bytes((entries.bit_length() + 7) // 8, "little"))


def unpack(kept: bytes) -> int:
    """A set of entries that is kept, as a whole number."""
    return int.from_bytes(zlib.decompress(kept), "little")


def numbers(entries: int) -> Iterator[int]:
    """The entries of a set, in ascending order."""
    while entries:
        lowest = entries & -entries
        yield lowest.bit_length() - 1
        entries ^= lowest


def descending(number: int) -> str:
    """A text that sorts large numbers first."""
    return f"{10**12 - 1 - number:012}"


def _as_bytes(numbers: Iterable[int]) -> bytes:
    bits = bytearray()
    for number in numbers:
        at = number >> 3
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits)))
        bits[at] |= 1 << (number & 7)
    return bytes(bits)
