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
from kb.index.entry import Entry, pack
from kb.index.part import Part
from kb.index.said import Said

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
    _write(connection, "claims", found.entries())
    listed = things.Things(found)
    for name in things.KINDS:
        _write(connection, name, listed.entries(name))
    for one in sorted(found.located(), key=lambda one: (one.inner, one.outer, one.claim, one.holder)):
        row = (one.inner, one.outer, one.claim, one.holder, json.dumps(one.voices))
        connection.execute("INSERT INTO located VALUES (?, ?, ?, ?, ?)", row)
    for number, (article, voices) in enumerate(found.chains()):
        chain = (number, article, json.dumps(voices, ensure_ascii=False))
        connection.execute("INSERT INTO voiced VALUES (?, ?, ?)", chain)
    spots = [astuple(spot) for spot in things.spots(found.said)]
    connection.executemany("INSERT INTO spot VALUES (?, ?, ?, ?, ?, ?, ?)", spots)


def _write(connection: sqlite3.Connection, name: str, entries: Sequence[Entry]) -> None:
    """Writes one list; ``entries`` stand in the order of their slugs."""
    members: dict[tuple[str, str], list[int]] = {("", ""): list(range(len(entries)))}
    for number, entry in enumerate(entries):
        words = "\n".join(word.casefold() for word in entry.words)
        counts = json.dumps(entry.counts, sort_keys=True)
        connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (name, number, entry.slug, words, counts))
        for sort, key in sorted(entry.order.items()):
            connection.execute("INSERT INTO rank VALUES (?, ?, ?, ?, ?)", (name, sort, key, entry.slug, number))
        for time in entry.times:
            connection.execute("INSERT INTO dated VALUES (?, ?, ?, ?, ?, ?, ?)", (name, number, *astuple(time)))
        for member in entry.values:
            members.setdefault(member, []).append(number)
    for (filter_name, value), numbers in sorted(members.items()):
        row = (name, filter_name, value, len(numbers), pack(numbers))
        connection.execute("INSERT INTO member VALUES (?, ?, ?, ?, ?)", row)


PART = Part(SCHEMA, fill)
