"""Reading what the default graph says of many things at once, and putting it into JSON-ready pieces.

Cards are index reads: ``Facts`` asks the engine once for all subjects that a card needs and answers from memory.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pyoxigraph as ox

from kb.engine import Engine, Reader, Row, Term, Told
from kb.namespaces import BASE, iri, shorten, slug
from kb.paths import queries_dir

Json = dict[str, Any]

ABOVE_LIMIT = 50
"""Links of the longest chain that is followed: a chain that runs in a circle ends here and not never."""

LABELS = ("skos:prefLabel", "rdfs:label", "dcterms:title")
_ENGLISH = ("en", None)
_STRING = ox.NamedNode(iri("xsd:string"))
_INTEGER = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?\d{1,15}\.\d{1,12}")


class Facts:
    """What the default graph says of the subjects loaded so far."""

    def __init__(self, engine: Reader) -> None:
        self._engine = engine
        self._told: dict[str, Told] = {}
        self._links: dict[str, Json] = {}

    def load(self, iris: Iterable[str | None]) -> None:
        """Makes sure that all of ``iris`` are loaded, with one call of the engine for those that are not yet."""
        missing = sorted({name for name in iris if name is not None} - self._told.keys())
        if missing:
            self._told.update(self._engine.told(missing))

    def load_above(self, claims: Iterable[str]) -> None:
        """Loads claims and whatever they are reported in, up to the articles: one call per link of the chain."""
        level = set(claims)
        for _ in range(ABOVE_LIMIT):
            self.load(level)
            level = {above for claim in level for above in self.iris(claim, "t:reportedIn")} - self._told.keys()
            if not level:
                return

    def has(self, subject: str) -> bool:
        """Whether anything is said of a loaded subject."""
        return bool(self._told.get(subject))

    def own(self, subject: str) -> Json:
        """All that is said of a loaded subject, by prefixed predicate name, with values as JSON-LD writes them."""
        return {
            predicate if (short := shorten(predicate)).startswith("<") else short: [
                _as_json_ld(value) for value in values if isinstance(value, ox.NamedNode | ox.Literal)
            ]
            for predicate, values in sorted(self._told.get(subject, {}).items())
        }

    def values(self, subject: str, name: str) -> Sequence[Term]:
        """The objects under a prefixed predicate name, sorted."""
        return self._told.get(subject, {}).get(iri(name), ())

    def iris(self, subject: str, name: str) -> list[str]:
        """The objects that are IRIs, sorted."""
        return [value.value for value in self.values(subject, name) if isinstance(value, ox.NamedNode)]

    def iri(self, subject: str, name: str) -> str | None:
        """The one object that is an IRI, or None; the first of several."""
        for value in self.values(subject, name):
            if isinstance(value, ox.NamedNode):
                return value.value
        return None

    def literals(self, subject: str, name: str) -> list[ox.Literal]:
        """The objects that are literals, sorted."""
        return [value for value in self.values(subject, name) if isinstance(value, ox.Literal)]

    def literal(self, subject: str, name: str) -> ox.Literal | None:
        """The one literal, an English or untagged one first; None where there is none."""
        found = self.literals(subject, name)
        return found[0] if len(found) == 1 else min(found, key=_is_foreign, default=None)

    def text(self, subject: str, name: str) -> str | None:
        """The lexical form of the one literal."""
        found = self.literal(subject, name)
        return None if found is None else found.value

    def number(self, subject: str, name: str) -> int | float | str | None:
        """The one literal as a number; as text where it is none that JSON can hold."""
        found = self.text(subject, name)
        return None if found is None else as_number(found)

    def truth(self, subject: str, name: str) -> bool | None:
        """The one literal as a truth value."""
        found = self.text(subject, name)
        return None if found is None else found in ("true", "1")

    def link(self, subject: str) -> Json:
        """``iri``, ``label`` and ``lang`` of a loaded subject; without a label its prefixed name serves."""
        found = self._links.get(subject)
        if found is None:
            label = next((one for name in LABELS if (one := self.literal(subject, name)) is not None), None)
            text, language = (shorten(subject), None) if label is None else (label.value, label.language)
            found = {"iri": subject, "label": text, "lang": language}
            if subject in self._told:
                self._links[subject] = found
        return found.copy()

    def link_to(self, subject: str, name: str) -> Json | None:
        """The link of the one object of a property, or None."""
        found = self.iri(subject, name)
        return None if found is None else self.link(found)

    def links_to(self, subject: str, name: str) -> list[Json]:
        """The links of all objects of a property, sorted by label."""
        return sorted((self.link(found) for found in self.iris(subject, name)), key=by_label)

    def concept(self, subject: str, name: str) -> Json | None:
        """The one concept of a property as a link with its ``code``, the last part of its IRI."""
        found = self.iri(subject, name)
        return None if found is None else {**self.link(found), "code": slug(found)}

    def defined(self, subject: str, name: str) -> Json | None:
        """The one concept of a property with its ``definition`` too."""
        found = self.concept(subject, name)
        return None if found is None else {**found, "definition": self.text(found["iri"], "skos:definition")}

    def strings(self, subject: str, name: str) -> list[Json]:
        """All literals of a property as ``text`` and ``lang``, sorted."""
        return [{"text": value.value, "lang": value.language} for value in self.literals(subject, name)]


def _is_foreign(literal: ox.Literal) -> bool:
    return literal.language not in _ENGLISH


def article_link(facts: Facts, article: str) -> Json:
    """An article as a link: its outlet (or byline) and day, since titles are not always kept."""
    voice = voice_of(facts, article)
    day = (facts.text(article, "schema:datePublished") or "")[:10]
    label = ", ".join(part for part in (voice["label"] if voice else "", day) if part)
    return {"iri": article, "label": label, "lang": None} if label else facts.link(article)


def voice_of(facts: Facts, link: str) -> Json | None:
    """The holder of a claim; the outlet of an article or, where none is printed, its byline."""
    for name in ("t:holder", "schema:publisher"):
        found = facts.link_to(link, name)
        if found is not None:
            return found
    byline = facts.text(link, "schema:author")
    return None if byline is None else {"iri": None, "label": byline, "lang": None}


def by_label(link: Mapping[str, object]) -> tuple[str, str]:
    """Sorts links by label, then IRI."""
    return (str(link["label"]).casefold(), str(link["iri"]))


def kind_of(name: str) -> str | None:
    """The kind that one of our IRIs has in its path (``claim``, ``actor``, …); None for IRIs of others."""
    kind, slash, rest = name.removeprefix(BASE).partition("/")
    return kind if name.startswith(BASE) and slash and rest else None


def _as_json_ld(term: ox.NamedNode | ox.Literal) -> Json | str:
    """A term as JSON-LD 1.1 writes it (W3C, 2020, section 4.2); datatypes by prefixed name."""
    if isinstance(term, ox.NamedNode):
        return {"@id": term.value}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype == _STRING:
        return term.value
    datatype = shorten(term.datatype.value).removeprefix("<").removesuffix(">")
    return {"@value": term.value, "@type": datatype}


def as_number(text: str) -> int | float | str:
    """A lexical form as JSON number where that loses nothing, else as it is."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def as_iri(term: Term) -> str:
    """The IRI (or blank node label, or lexical form) of a term."""
    return str(term) if isinstance(term, ox.Triple) else term.value


@cache
def query(name: str) -> str:
    """The text of one of our own queries."""
    return (queries_dir() / "cards" / f"{name}.rq").read_text(encoding="utf-8")


def rows(engine: Engine, name: str, **bindings: str | Term) -> list[Row]:
    """The solutions of the query ``name``; strings are bound as IRIs."""
    bound = {key: ox.NamedNode(value) if isinstance(value, str) else value for key, value in bindings.items()}
    return engine.select(query(name), bound)


def linked(engine: Engine, name: str, kind: str, **bindings: str | Term) -> list[str]:
    """The IRIs of one kind among those that the query ``name`` puts together in its one cell ``all``, sorted.

    One cell is read ten times faster than as many rows, and so the first of many are known in their order.
    """
    found = rows(engine, name, **bindings)
    start = f"{BASE}{kind}/"
    return sorted({one for one in as_iri(found[0]["all"]).split() if one.startswith(start)}) if found else []


def column(engine: Engine, name: str, variable: str, **bindings: str | Term) -> list[str]:
    """The distinct IRIs that the query ``name`` binds to ``variable``, sorted."""
    return sorted({as_iri(row[variable]) for row in rows(engine, name, **bindings) if variable in row})
