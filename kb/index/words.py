"""The words by which things are found: names, identifiers, headlines, definitions, and what is kept of claims.

thing      what can be found: an id, its IRI, its kind; ids follow kind and IRI
form       each text under which a thing is found, and what it is of the thing
name       names and identifiers as a whole, folded, and as they sound
words      FTS5 over the folded words of each thing: its names, what else tells it apart, running text
term       the words that occur, with the number of things in which they do
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyoxigraph as ox

from kb.index.folding import fold, sound
from kb.index.part import Part
from kb.index.said import Said
from kb.namespaces import BASE, iri

KINDS = ("actor", "place", "object", "event", "article", "perspective", "concept", "term", "claim")
"""What can be found, in the order in which it is shown where all else is equal; a concept is one of any list of values,
a term one of the ontology."""

NAME, TELLING, TEXT = range(3)
"""Columns of ``words``."""

COLUMNS = {
    "label": NAME,
    "name form": NAME,
    "printed form": NAME,
    "identifier": NAME,
    "code": NAME,
    "external identifier": TELLING,
    "headline": TELLING,
    "outlet": TELLING,
    "byline": TELLING,
    "cue words": TELLING,
    "words of the passage": TELLING,
    "words in the text": TELLING,
    "paraphrase": TEXT,
    "definition": TEXT,
}
"""What a form can be of its thing, and in which column its words stand."""

_PREDICATES = {
    "skos:prefLabel": "label",
    "rdfs:label": "label",
    "dcterms:title": "label",
    "skos:altLabel": "name form",
    "skos:hiddenLabel": "printed form",
    "schema:identifier": "identifier",
    "skos:notation": "code",
    "schema:headline": "headline",
    "schema:alternativeHeadline": "headline",
    "schema:author": "byline",
    "t:paraphrase": "paraphrase",
    "skos:definition": "definition",
    "dcterms:description": "definition",
}
_WHATS = list(COLUMNS)

SCHEMA = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL);
CREATE TABLE form (
    thing INTEGER NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, text TEXT NOT NULL, lang TEXT,
    PRIMARY KEY (thing, at)
) WITHOUT ROWID;
CREATE TABLE name (
    folded TEXT NOT NULL, thing INTEGER NOT NULL, rank INTEGER NOT NULL, sound TEXT NOT NULL,
    PRIMARY KEY (folded, thing)
) WITHOUT ROWID;
CREATE INDEX name_sound ON name (sound);
CREATE VIRTUAL TABLE words USING fts5 (name, telling, text, content = '', tokenize = "ascii tokenchars '|'");
CREATE VIRTUAL TABLE term USING fts5vocab ('words', 'row')
"""


@dataclass(frozen=True)
class Form:
    """A text under which a thing is found."""

    thing: str
    what: str
    text: str
    lang: str | None

    @property
    def order(self) -> tuple[int, str, str]:
        """Labels first, then as ``COLUMNS`` has it."""
        return (_WHATS.index(self.what), self.text, self.lang or "")


def kind_of(name: str, concepts: Iterable[str]) -> str | None:
    """The kind of what can be found under an IRI, or None where it is nothing of the kind."""
    if name.startswith(iri("t:")):
        return "term"
    first, slash, _ = name.removeprefix(BASE).partition("/")
    if not name.startswith(BASE) or not slash:
        return None
    return first if first in KINDS else "concept" if name in concepts else None


def fill(connection: sqlite3.Connection, said: Said) -> None:
    """Writes what can be found and under which words, in the order of kinds and IRIs."""
    _write_all(connection, _things(said))


def renew(connection: sqlite3.Connection, said: Said, affected: Collection[str]) -> None:
    """Writes anew what can be found by some IRIs, of which all is said that they are found by."""
    new = {thing: forms for thing, forms in _things(said).items() if thing.name in affected}
    ids: dict[_Thing, int] = {}
    for number, name, kind in connection.execute("SELECT id, iri, kind FROM thing"):
        ids[_Thing(KINDS.index(kind), name)] = number
    old = {thing: _forms_in(connection, thing, number) for thing, number in ids.items() if thing.name in affected}
    if old.keys() == new.keys():
        for thing in sorted(thing for thing in new if new[thing] != old[thing]):
            _take_away(connection, ids[thing], old[thing])
            _write(connection, ids[thing], new[thing])
    else:
        kept = {number: thing for thing, number in ids.items() if thing.name not in affected}
        forms: dict[_Thing, list[Form]] = {thing: [] for thing in kept.values()}
        for number, what, text, lang in connection.execute(
            "SELECT thing, what, text, lang FROM form ORDER BY thing, at"
        ):
            if number in kept:
                forms[kept[number]].append(Form(kept[number].name, what, text, lang))
        for table in ("thing", "form", "name"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
        _write_all(connection, {**forms, **new})


class _Thing(NamedTuple):
    """What can be found: the place of its kind among ``KINDS``, and its IRI."""

    kind: int
    name: str


def _things(said: Said) -> dict[_Thing, list[Form]]:
    """All that can be found, with its forms in their order."""
    concepts = {name for kind in ("skos:Concept", "skos:ConceptScheme") for name in said.instances(kind)}
    forms: dict[str, set[Form]] = {}
    for form in _forms(said):
        forms.setdefault(form.thing, set()).add(form)
    kinds = ((name, kind_of(name, concepts)) for name in forms)
    found = (_Thing(KINDS.index(kind), name) for name, kind in kinds if kind is not None)
    return {thing: sorted(forms[thing.name], key=lambda form: form.order) for thing in found}


def _write_all(connection: sqlite3.Connection, things: Mapping[_Thing, Sequence[Form]]) -> None:
    """Fills empty tables."""
    for number, thing in enumerate(sorted(things), 1):
        connection.execute("INSERT INTO thing VALUES (?, ?, ?)", (number, thing.name, KINDS[thing.kind]))
        _write(connection, number, things[thing])
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")


def _write(connection: sqlite3.Connection, number: int, forms: Sequence[Form]) -> None:
    """Writes all but the row of the thing itself."""
    connection.executemany(
        "INSERT INTO form VALUES (?, ?, ?, ?, ?)",
        ((number, at, form.what, form.text, form.lang) for at, form in enumerate(forms)),
    )
    columns: list[list[str]] = [[], [], []]
    for form, folded in _folded(forms):
        columns[COLUMNS[form.what]].append(folded)
        if COLUMNS[form.what] == NAME:
            row = (folded, number, _WHATS.index(form.what), sound(folded))
            connection.execute("INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)", row)
    connection.execute(
        "INSERT INTO words (rowid, name, telling, text) VALUES (?, ?, ?, ?)", (number, *_joined(columns))
    )


def _take_away(connection: sqlite3.Connection, number: int, forms: Sequence[Form]) -> None:
    """Removes what ``_write`` wrote."""
    columns: list[list[str]] = [[], [], []]
    for form, folded in _folded(forms):
        columns[COLUMNS[form.what]].append(folded)
        connection.execute("DELETE FROM name WHERE folded = ? AND thing = ?", (folded, number))
    connection.execute("DELETE FROM form WHERE thing = ?", (number,))
    connection.execute(
        "INSERT INTO words (words, rowid, name, telling, text) VALUES ('delete', ?, ?, ?, ?)",
        (number, *_joined(columns)),
    )


def _forms_in(connection: sqlite3.Connection, thing: _Thing, number: int) -> list[Form]:
    rows = connection.execute("SELECT what, text, lang FROM form WHERE thing = ? ORDER BY at", (number,))
    return [Form(thing.name, *row) for row in rows]


def _folded(forms: Iterable[Form]) -> Iterator[tuple[Form, str]]:
    """Forms that have words, with these."""
    return ((form, folded) for form in forms if (folded := fold(_searched(form))))


def _joined(columns: list[list[str]]) -> Iterator[str]:
    """Each column as one text; a bar keeps phrases from running over the end of a form."""
    return (" | ".join(dict.fromkeys(texts)) for texts in columns)


def _searched(form: Form) -> str:
    """What of a form is looked into: of an address elsewhere its last part."""
    if form.what == "external identifier":
        return form.text.rstrip("/").rpartition("/")[2]
    return form.text


def _forms(said: Said) -> Iterator[Form]:
    """Every text under which anything is found, some of them several times."""
    for predicate, what in _PREDICATES.items():
        for subject, text in said.literals(predicate):
            yield Form(subject, what, text.value, text.language)
    for subject, elsewhere in said.links("schema:sameAs"):
        yield Form(subject, "external identifier", elsewhere, None)
    names: dict[str, list[ox.Literal]] = {}
    for predicate in ("rdfs:label", "skos:altLabel"):
        for subject, text in said.literals(predicate):
            names.setdefault(subject, []).append(text)
    for article, outlet in said.links("schema:publisher"):
        for name in names.get(outlet, ()):
            yield Form(article, "outlet", name.value, name.language)
    yield from _passages(said)


def _passages(said: Said) -> Iterator[Form]:
    """The words of a text that the data keeps: with the claims that rest on them or are cued by them, else with the
    article in which they stand."""
    articles = {snapshot: article for article, snapshot in said.links("t:snapshot")}
    owners: dict[str, list[tuple[str, str]]] = {}
    for predicate, what in (("t:cue", "cue words"), ("t:evidence", "words of the passage")):
        for claim, anchor in said.links(predicate):
            if claim.startswith(iri("claim:")):
                owners.setdefault(anchor, []).append((claim, what))
    sources = dict(said.links("oa:hasSource"))
    for anchor, text in said.literals("t:exactWords"):
        article = articles.get(sources.get(anchor, ""))
        whose = owners.get(anchor) or ([(article, "words in the text")] if article is not None else [])
        for owner, what in whose:
            yield Form(owner, what, text.value, text.language)


PART = Part(SCHEMA, fill)
