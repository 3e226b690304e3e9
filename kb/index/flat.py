"""What claims tell of events, row by row: who takes part, how many or how much, and in which months.

stated    whose each claim is, and how it is put, by codes; empty where that is not told
played    a part that a claim gives somebody or something in an event or state
measured  a number that a claim gives of what takes part, or of an event; the largest first
begun     a month in which, as a claim tells, an event of a type can begin at the earliest

Claims have their numbers in the list of claims. What has an IRI of ours is a path, and empty where a claim does not
tell it; numbers are as they are written.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyoxigraph as ox

from kb.index.part import Part
from kb.index.said import Said, Statement
from kb.namespaces import iri, path, slug

SCHEMA = """
CREATE TABLE stated (
    claim INTEGER PRIMARY KEY, holder TEXT NOT NULL, mode TEXT NOT NULL, certainty TEXT NOT NULL,
    polarity TEXT NOT NULL, realis TEXT NOT NULL
);
CREATE TABLE played (
    claim INTEGER NOT NULL, event TEXT NOT NULL, type TEXT NOT NULL, role TEXT NOT NULL, participant TEXT NOT NULL
);
CREATE INDEX played_claim ON played (claim);
CREATE TABLE measured (
    claim INTEGER NOT NULL, event TEXT NOT NULL, type TEXT NOT NULL, role TEXT NOT NULL, participant TEXT NOT NULL,
    quantity TEXT NOT NULL, number TEXT NOT NULL, least TEXT NOT NULL, most TEXT NOT NULL, unit TEXT NOT NULL,
    approximation TEXT NOT NULL, words TEXT NOT NULL
);
CREATE INDEX measured_claim ON measured (claim);
CREATE TABLE begun (claim INTEGER NOT NULL, month TEXT NOT NULL, type TEXT NOT NULL);
CREATE INDEX begun_claim ON begun (claim);
CREATE INDEX begun_month ON begun (month, type, claim)
"""

TABLES: Final = ("stated", "played", "measured", "begun")

Row = tuple[Any, ...]

_NUMBER, _LEAST, _MOST = 6, 7, 8
"""Where a row of ``measured`` has its numbers."""


@dataclass
class Rows:
    """Rows by table; each begins with the number of its claim."""

    by_table: Mapping[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def add(self, said: Said, claim: str, number: int) -> None:
        """Takes in the rows of a claim, which has a number."""
        for name, some in _rows(said, claim).items():
            self.by_table[name].extend((number, *row) for row in dict.fromkeys(some))

    def write(self, connection: sqlite3.Connection) -> None:
        """Puts the rows, in the order of each table, in the place of all that there are."""
        for name, some in self.by_table.items():
            rows = sorted(some) if name != "measured" else sorted(some, key=_by_size)
            connection.execute(f"DELETE FROM {name}")
            if some:
                holes = ", ".join("?" * len(some[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({holes})", rows)


def fill(connection: sqlite3.Connection, said: Said) -> None:
    """Writes the rows of all claims."""
    found = Rows()
    for number, claim in enumerate(sorted(said.content, key=slug)):
        found.add(said, claim, number)
    found.write(connection)


def renew(connection: sqlite3.Connection, new: Rows, moved: Mapping[int, int]) -> None:
    """Writes the tables anew: what they hold of claims that have other numbers now, and new rows."""
    for name, some in new.by_table.items():
        kept = connection.execute(f"SELECT * FROM {name}").fetchall()
        some.extend((moved[number], *row) for number, *row in kept if number in moved)
    new.write(connection)


def _rows(said: Said, claim: str) -> dict[str, list[Row]]:
    """The rows of a claim by table, without its number."""
    parts = _parts(said.content[claim])
    coded = (next(iter(said.iris(claim, name)), "") for name in ("t:mode", "t:certainty", "t:polarity"))
    holder, realis = next(iter(said.iris(claim, "t:holder")), ""), next(iter(said.texts(claim, "t:realis")), "")
    found: dict[str, list[Row]] = {name: [] for name in TABLES}
    found["stated"].append((path(holder), *map(slug, coded), realis))
    counted: dict[str, list[Row]] = {}
    for event, properties in sorted(parts.items()):
        for kind in properties.get("sem:eventType", ()):
            for one in properties.get("t:quantity", ()):
                counted.setdefault(one, []).append((path(event), path(kind), "", ""))
            for node in properties.get("t:participation", ()):
                part = parts.get(node, {})
                for role in part.get("sem:roleType", [""]):
                    for who in part.get("t:participant", [""]):
                        row = (path(event), path(kind), path(role), path(who))
                        found["played"] += [row] if who else []
                        for one in part.get("t:quantity", ()):
                            counted.setdefault(one, []).append(row)
            for time in properties.get("sem:hasTime", ()):
                for day in parts.get(time, {}).get("sem:hasEarliestBeginTimeStamp", ()):
                    found["begun"].append((day[: len("2022-12")], path(kind)))
    for one, of in counted.items():
        *given, approximation, words = (next(iter(parts.get(one, {}).get(name, ())), "") for name in _OF_QUANTITY)
        if any(given[:3]):
            found["measured"] += [(*row, path(one), *given, slug(approximation), words) for row in of]
    return found


_OF_QUANTITY: Final = (
    *("schema:value", "schema:minValue", "schema:maxValue", "schema:unitText"),
    *("t:approximation", "t:verbatim"),
)
_READ: Final = {
    iri(name): name
    for name in (
        *("sem:eventType", "sem:hasTime", "sem:hasEarliestBeginTimeStamp", "sem:roleType"),
        *("t:participation", "t:participant", "t:quantity", *_OF_QUANTITY),
    )
}


def _parts(content: Iterable[Statement]) -> dict[str, dict[str, list[str]]]:
    """What the content of a claim says of each of its parts, by property."""
    found: dict[str, dict[str, list[str]]] = {}
    for subject, prop, value in content:
        name = _READ.get(prop)
        if name is not None and isinstance(value, ox.NamedNode | ox.Literal):
            found.setdefault(subject, {}).setdefault(name, []).append(value.value)
    return found


def _by_size(row: Row) -> Row:
    """The largest first: by the number or else by the bound that the words set."""
    sizes = [size for size in map(_size, (row[_NUMBER], row[_MOST], row[_LEAST])) if size is not None]
    return (-sizes[0] if sizes else Decimal("Infinity"), *row)


def _size(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


PART = Part(SCHEMA, fill)
