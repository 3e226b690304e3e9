"""The entries of lists: what each list holds, by which values it is narrowed, and in which orders it is read.

entry    the entries of each list, numbered from 0 in the order of their slugs
member   which entries have a value: a bit for each entry, see ``pack``
rank     the orders in which a list can be read
dated    the times of entries, with the four bounds of each; open ones are NULL
located  which place is said to lie in which, in what claim and by whom
voiced   through whom each claim reaches us: its article, and all who speak, outermost first, as ``Claims.voices``
spot     where places are, and what they are called, as gazetteers have it
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple

from kb.index import claims, things
from kb.index.entry import Entry, as_bits, pack_bits
from kb.index.part import Part
from kb.index.said import Said
from kb.namespaces import path, slug

SCHEMA = """
CREATE TABLE entry (
    list TEXT NOT NULL, number INTEGER NOT NULL, slug TEXT NOT NULL, words TEXT NOT NULL, counts TEXT NOT NULL,
    PRIMARY KEY (list, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX entry_by_slug ON entry (list, slug, number);
CREATE TABLE member (
    list TEXT NOT NULL, filter TEXT NOT NULL, value TEXT NOT NULL, total INTEGER NOT NULL, entries BLOB NOT NULL,
    PRIMARY KEY (list, filter, value)
) WITHOUT ROWID;
CREATE INDEX member_by_total ON member (list, filter, total DESC, value);
CREATE TABLE rank (
    list TEXT NOT NULL, sort TEXT NOT NULL, key TEXT NOT NULL, slug TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (list, sort, key, slug)
) WITHOUT ROWID;
CREATE UNIQUE INDEX rank_by_number ON rank (list, sort, number, key, slug);
CREATE TABLE dated (
    list TEXT NOT NULL, number INTEGER NOT NULL, edtf TEXT NOT NULL,
    earliest_begin TEXT, latest_begin TEXT, earliest_end TEXT, latest_end TEXT
);
CREATE INDEX dated_entry ON dated (list, number);
CREATE TABLE located (
    inner TEXT NOT NULL, "outer" TEXT NOT NULL, claim TEXT NOT NULL, holder TEXT NOT NULL, voices TEXT NOT NULL
);
CREATE UNIQUE INDEX located_claim ON located (claim, inner, "outer");
CREATE INDEX located_outer ON located ("outer", holder);
CREATE TABLE voiced (number INTEGER PRIMARY KEY, article TEXT, voices TEXT NOT NULL);
CREATE TABLE spot (
    place TEXT NOT NULL, lat TEXT NOT NULL, long TEXT NOT NULL, gazetteer TEXT NOT NULL, source TEXT, issued TEXT,
    names TEXT NOT NULL
)
"""


def fill(connection: sqlite3.Connection, said: Said) -> None:
    """Writes the entries of all lists."""
    found = claims.Claims(said)
    told = found.entries()
    _write(connection, "claims", told)
    listed = things.Things(found, things.Listed(told))
    for name in things.KINDS:
        _write(connection, name, listed.entries(name))
    connection.executemany("INSERT INTO located VALUES (?, ?, ?, ?, ?)", sorted(map(located_row, found.located())))
    chains = ((number, *chain_row(found, claim)) for number, claim in enumerate(sorted(found.all, key=slug)))
    connection.executemany("INSERT INTO voiced VALUES (?, ?, ?)", chains)
    write_spots(connection, said)


def located_row(one: claims.Located) -> tuple[str, str, str, str, str]:
    """A row of ``located``; rows are sorted."""
    return (one.inner, one.outer, one.claim, one.holder, json.dumps(one.voices))


def chain_row(found: claims.Claims, claim: str) -> tuple[str | None, str]:
    """A row of ``voiced`` without its number: the article as a path, None where the chain ends at none, and voices."""
    article = found.article(claim)
    return (None if article is None else path(article)), json.dumps(found.voices(claim), ensure_ascii=False)


def write_spots(connection: sqlite3.Connection, said: Said) -> None:
    """Writes where gazetteers have places."""
    spots = (astuple(spot) for spot in things.spots(said))
    connection.executemany("INSERT INTO spot VALUES (?, ?, ?, ?, ?, ?, ?)", spots)


def _write(connection: sqlite3.Connection, name: str, entries: Sequence[Entry]) -> None:
    """Writes one list; ``entries`` stand in the order of their slugs."""
    members: dict[tuple[str, str], list[int]] = {("", ""): list(range(len(entries)))}
    for number, entry in enumerate(entries):
        write_entry(connection, name, number, entry)
        write_times(connection, name, number, entry)
        for member in entry.values:
            members.setdefault(member, []).append(number)
    for (filter_name, value), numbers in sorted(members.items()):
        write_member(connection, name, filter_name, value, as_bits(numbers))


def write_entry(connection: sqlite3.Connection, name: str, number: int, entry: Entry) -> None:
    """Writes an entry and its places in the orders of a list."""
    words = "\n".join(word.casefold() for word in entry.words)
    counts = json.dumps(entry.counts, sort_keys=True)
    connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (name, number, entry.slug, words, counts))
    ranks = ((name, sort, key, entry.slug, number) for sort, key in sorted(entry.order.items()))
    connection.executemany("INSERT INTO rank VALUES (?, ?, ?, ?, ?)", ranks)


def write_times(connection: sqlite3.Connection, name: str, number: int, entry: Entry) -> None:
    """Writes the times of an entry, behind those of the entries before it."""
    rows = ((name, number, *astuple(time)) for time in entry.times)
    connection.executemany("INSERT INTO dated VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def write_member(connection: sqlite3.Connection, name: str, filter_name: str, value: str, entries: int) -> None:
    """Writes which entries have a value, as bits, in the place of what was written of it."""
    row = (name, filter_name, value, entries.bit_count(), pack_bits(entries))
    connection.execute("INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?, ?)", row)


PART = Part(SCHEMA, fill)
