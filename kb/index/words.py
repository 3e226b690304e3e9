"""The words by which things are found: names, texts and identifiers."""

import sqlite3

import pyoxigraph as ox

from kb.index.part import Part
from kb.namespaces import iri

_NAMES = ("dcterms:title", "rdfs:label", "skos:altLabel", "skos:hiddenLabel", "skos:prefLabel")

SCHEMA = """
CREATE TABLE name (iri TEXT NOT NULL, property TEXT NOT NULL, text TEXT NOT NULL, lang TEXT)
"""


def fill(connection: sqlite3.Connection, store: ox.Store) -> None:
    """Writes every name of everything that the default graph names, sorted."""
    found = [
        (quad.subject.value, name, quad.object.value, quad.object.language)
        for name in _NAMES
        for quad in store.quads_for_pattern(None, ox.NamedNode(iri(name)), None, ox.DefaultGraph())
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    ]
    found.sort(key=lambda row: (*row[:3], row[3] or ""))
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", found)


PART = Part(SCHEMA, fill)
