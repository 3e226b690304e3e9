"""Which addresses there are here, and which elsewhere mean the same.

address    the IRI of everything of ours that has a class, and whether it is in use or was retired
same       addresses elsewhere, made comparable, with the IRI of the thing here that they mean
"""

import sqlite3
from collections.abc import Collection

from kb.index.part import Part
from kb.index.said import Said
from kb.namespaces import BASE, iri

ELSEWHERE = ("schema:sameAs", "schema:url", "t:requestedLink")
"""Properties that give an address elsewhere."""

SCHEMA = """
CREATE TABLE address (iri TEXT PRIMARY KEY, in_use INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE same (elsewhere TEXT NOT NULL, last TEXT NOT NULL, iri TEXT NOT NULL, PRIMARY KEY (elsewhere, iri))
WITHOUT ROWID;
CREATE INDEX same_last ON same (last)
"""


def fill(connection: sqlite3.Connection, said: Said) -> None:
    """Writes all addresses, sorted."""
    types = {(subject, kind) for subject, kind in said.links("rdf:type") if subject.startswith(BASE)}
    here = {subject for subject, _ in types}
    retired = {subject for subject, kind in types if kind == iri("t:Tombstone")}
    connection.executemany("INSERT INTO address VALUES (?, ?)", ([name, name not in retired] for name in sorted(here)))
    elsewhere = {(comparable(there), name) for name, there in said.links(*ELSEWHERE) if name in here}
    elsewhere |= {(comparable(text.value), name) for name, text in said.literals(*ELSEWHERE) if name in here}
    rows = ((there, last_part(there), name) for there, name in sorted(elsewhere))
    connection.executemany("INSERT INTO same VALUES (?, ?, ?)", rows)


def renew(connection: sqlite3.Connection, said: Said, subjects: Collection[str]) -> None:
    """Writes anew the addresses of some subjects, of which alone something is said."""
    for table in ("address", "same"):
        connection.executemany(f"DELETE FROM {table} WHERE iri = ?", ([name] for name in subjects))
    fill(connection, said)


def comparable(address: str) -> str:
    """An address without scheme, ``www.`` and last slash; at Wikidata the page about a thing is the thing."""
    host, slash, path = (address.partition("://")[2] or address).partition("/")
    host = host.lower().removeprefix("www.")
    if host == "wikidata.org":
        path = path.removeprefix("wiki/").removeprefix("entity/")
    return f"{host}{slash}{path}".rstrip("/")


def last_part(address: str) -> str:
    """What stands behind the last slash of a comparable address, in lower case: often an identifier."""
    return address.rpartition("/")[2].lower()


PART = Part(SCHEMA, fill)
