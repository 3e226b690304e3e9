"""The words by which things are found: names, identifiers, headlines, definitions, and what is kept of claims.

thing      what can be found: an id, its IRI, its kind; ids follow kind and IRI
form       each text under which a thing is found, and what it is of the thing
name       names and identifiers as a whole, folded, and as they sound
words      FTS5 over the folded words of each thing: its names, what else tells it apart, running text
term       the words that occur, with the number of things in which they do
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
    concepts = {name for kind in ("skos:Concept", "skos:ConceptScheme") for name in said.instances(kind)}
    forms: dict[str, set[Form]] = {}
    for form in _forms(said):
        forms.setdefault(form.thing, set()).add(form)
    found = [(KINDS.index(kind), name) for name in forms if (kind := kind_of(name, concepts)) is not None]
    ids = {name: number for number, (_, name) in enumerate(sorted(found), 1)}
    for name, number in ids.items():
        texts = sorted(forms[name], key=lambda form: form.order)
        connection.execute("INSERT INTO thing VALUES (?, ?, ?)", (number, name, kind_of(name, concepts)))
        connection.executemany(
            "INSERT INTO form VALUES (?, ?, ?, ?, ?)",
            ((number, at, form.what, form.text, form.lang) for at, form in enumerate(texts)),
        )
        columns: list[list[str]] = [[], [], []]
        for form in texts:
            folded = fold(_searched(form))
            if not folded:
                continue
            columns[COLUMNS[form.what]].append(folded)
            if COLUMNS[form.what] == NAME:
                row = (folded, number, _WHATS.index(form.what), sound(folded))
                connection.execute("INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)", row)
        connection.execute(
            "INSERT INTO words (rowid, name, telling, text) VALUES (?, ?, ?, ?)", (number, *_joined(columns))
        )
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")


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
