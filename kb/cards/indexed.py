"""What the index has of lists: which entries have a value of a filter, as a bit for each by its number."""

import json
from collections.abc import Iterator, Sequence

from kb.engine import Engine
from kb.index.entry import numbers, unpack
from kb.namespaces import BASE


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


def claims_with(engine: Engine, key: str, value: str) -> list[str]:
    """The IRIs of all claims that have a value of a filter of /claims, as the index keeps it, sorted."""
    found = list(numbers(members(engine, "claims", key, [value])))
    return [f"{BASE}claim/{slug}" for slug in slugs_of(engine, "claims", found).values()]


def spread(engine: Engine, key: str, value: str, over: str) -> dict[str, int]:
    """How many of these claims have each value of another filter, the most frequent first."""
    among = members(engine, "claims", key, [value])
    counts = {one: (among & entries).bit_count() for one, entries in entries_by_value(engine, "claims", over)}
    return {one: count for one, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count}
