"""What the index has of lists: which entries have a value of a filter, as a bit for each by its number."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kb.engine import Engine
from kb.index.entry import numbers, unpack
from kb.namespaces import BASE, iri


def members(engine: Engine, name: str, key: str, values: Sequence[str]) -> int:
    """The entries of a list that have any of some values of a filter."""
    found = 0
    for value in values:
        sql = "SELECT entries FROM member WHERE list = ? AND filter = ? AND value = ?"
        for (entries,) in engine.index.rows(sql, (name, key, value)):
            found |= unpack(entries)
    return found


def entries_by_value(engine: Engine, name: str, key: str) -> Iterator[tuple[str, int]]:
    """Every value that entries of a list have under a filter, in their order, with these entries."""
    sql = "SELECT value, entries FROM member WHERE list = ? AND filter = ? ORDER BY value"
    return ((value, unpack(entries)) for value, entries in engine.index.rows(sql, (name, key)))


def slugs_of(engine: Engine, name: str, entries: Sequence[int]) -> dict[int, str]:
    """The slugs of some entries of a list, by their numbers."""
    sql = "SELECT number, slug FROM entry WHERE list = ? AND number IN (SELECT value FROM json_each(?)) ORDER BY number"
    return dict(engine.index.rows(sql, (name, json.dumps(list(entries)))))


def claims_of(engine: Engine, entries: Sequence[int]) -> dict[int, str]:
    """The IRIs of some claims by their numbers, whose order is that of slugs."""
    return {number: f"{BASE}claim/{slug}" for number, slug in slugs_of(engine, "claims", entries).items()}


@dataclass(frozen=True)
class Picked:
    """Some claims, as a bit for each by its number in the index, and the IRIs of the first of them by number."""

    entries: int
    first: Mapping[int, str]

    @property
    def total(self) -> int:
        """How many they are."""
        return self.entries.bit_count()


def picked(engine: Engine, entries: int, most: int | None) -> Picked:
    """Some claims, with the first ones looked up; all of them for None."""
    return Picked(entries, claims_of(engine, list(islice(numbers(entries), most))))


def claims_with(engine: Engine, key: str, value: str, most: int | None = None) -> Picked:
    """The claims that have a value of a filter of /claims, as the index keeps it."""
    return picked(engine, members(engine, "claims", key, [value]), most)


def named_as(engine: Engine, first: str, behind: str) -> Iterator[tuple[str, str, int]]:
    """Things by their paths, from ``first`` up to ``behind``, with a role and the claims that name them in it."""
    sql = "SELECT value, entries FROM member WHERE list = 'claims' AND filter = 'named_as' AND value > ? AND value < ?"
    for value, entries in engine.index.rows(sql, (first, behind)):
        thing, _, role = value.partition(" ")
        yield thing, role, unpack(entries)


def roles_in(engine: Engine, shown: Mapping[int, str], thing: str) -> dict[str, set[str]]:
    """What a thing, by its path, is in each of some claims: a role concept, or the property that leads to it."""
    found: dict[str, set[str]] = {claim: set() for claim in shown.values()}
    for _, code, entries in named_as(engine, f"{thing} ", f"{thing}!"):
        role = f"{BASE}{code}" if code.startswith("role/") else iri(code)
        for number, claim in shown.items():
            if entries >> number & 1:
                found[claim].add(role)
    return found


def spread(engine: Engine, key: str, value: str, over: str) -> dict[str, int]:
    """How many of these claims have each value of another filter, the most frequent first."""
    among = members(engine, "claims", key, [value])
    counts = {one: (among & entries).bit_count() for one, entries in entries_by_value(engine, "claims", over)}
    return {one: count for one, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count}
