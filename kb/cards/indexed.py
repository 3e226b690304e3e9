"""Claims that the index has under a value of a filter, for sections of cards: the first are shown, a list has all."""

import json

from kb.engine import Engine
from kb.index.entry import numbers, unpack
from kb.namespaces import BASE


def claims_with(engine: Engine, key: str, value: str) -> list[str]:
    """The IRIs of all claims that have a value of a filter of /claims, as the index keeps it, sorted."""
    sql = "SELECT entries FROM member WHERE list = 'claims' AND filter = ? AND value = ?"
    found = [number for (entries,) in engine.index.rows(sql, (key, value)) for number in numbers(unpack(entries))]
    sql = "SELECT slug FROM entry WHERE list = 'claims' AND number IN (SELECT value FROM json_each(?)) ORDER BY number"
    return [f"{BASE}claim/{slug}" for (slug,) in engine.index.rows(sql, (json.dumps(found),))]


def spread(engine: Engine, key: str, value: str, over: str) -> dict[str, int]:
    """How many of these claims have each value of another filter, the most frequent first."""
    sql = "SELECT entries FROM member WHERE list = 'claims' AND filter = ? AND value = ?"
    among = 0
    for (entries,) in engine.index.rows(sql, (key, value)):
        among |= unpack(entries)
    sql = "SELECT value, entries FROM member WHERE list = 'claims' AND filter = ?"
    counts = {one: (among & unpack(entries)).bit_count() for one, entries in engine.index.rows(sql, (over,))}
    return {one: count for one, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count}
