"""What the store of a build says, read property by property and graph by graph for those who make tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import pyoxigraph as ox

from kb.namespaces import BASE, iri, slug

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Statement = tuple[str, str, Term]
"""Subject (IRI or label of a blank node), property and object."""


class Held(Protocol):
    """Quads as they are kept somewhere; what is asked for is given by full IRIs, and comes in any order."""

    def of_property(self, name: str) -> Iterable[ox.Quad]:
        """The statements of a property in the default graph."""

    def of_graph(self, name: str) -> Iterable[ox.Quad]:
        """The statements of a named graph."""


@dataclass(frozen=True)
class Stored:
    """The quads of a store."""

    store: ox.Store

    def of_property(self, name: str) -> Iterable[ox.Quad]:
        """The statements of a property in the default graph."""
        return self.store.quads_for_pattern(None, ox.NamedNode(name), None, ox.DefaultGraph())

    def of_graph(self, name: str) -> Iterable[ox.Quad]:
        """The statements of a named graph."""
        return self.store.quads_for_pattern(None, None, None, ox.NamedNode(name))


class Said:
    """Reads what is held; what was read once is kept."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._read: dict[str, dict[str, list[Term]]] = {}
        self._iris: dict[str, dict[str, list[str]]] = {}
        self._texts: dict[str, dict[str, list[str]]] = {}

    def values(self, name: str) -> dict[str, list[Term]]:
        """The objects of a property (a prefixed name) in the default graph, sorted, by the IRI of the subject."""
        if name not in self._read:
            found: dict[str, list[Term]] = {}
            for quad in self._held.of_property(iri(name)):
                if isinstance(quad.subject, ox.NamedNode):
                    found.setdefault(quad.subject.value, []).append(quad.object)
            for objects in found.values():
                if len(objects) > 1:
                    objects.sort(key=str)
            self._read[name] = found
        return self._read[name]

    def iris(self, subject: str, name: str) -> Sequence[str]:
        """The objects that are IRIs."""
        if name not in self._iris:
            self._iris[name] = _values_of(self.values(name), ox.NamedNode)
        return self._iris[name].get(subject, ())

    def texts(self, subject: str, name: str) -> Sequence[str]:
        """The lexical forms of the objects that are literals."""
        if name not in self._texts:
            self._texts[name] = _values_of(self.values(name), ox.Literal)
        return self._texts[name].get(subject, ())

    def literals(self, *names: str) -> Iterator[tuple[str, ox.Literal]]:
        """The subjects that have a literal under one of some properties, with it."""
        for subject, value in self._pairs(names):
            if isinstance(value, ox.Literal):
                yield subject, value

    def links(self, *names: str) -> Iterator[tuple[str, str]]:
        """The subjects that have an IRI under one of some properties, with it."""
        for subject, value in self._pairs(names):
            if isinstance(value, ox.NamedNode):
                yield subject, value.value

    def label(self, subject: str) -> str:
        """The English (or else the first) label; the last part of the IRI where there is none."""
        for name in ("skos:prefLabel", "rdfs:label"):
            labels = [found for found in self.values(name).get(subject, ()) if isinstance(found, ox.Literal)]
            if labels:
                return min(labels, key=lambda one: one.language not in ("en", None)).value
        return slug(subject)

    def instances(self, name: str) -> list[str]:
        """The IRIs that have a class (a prefixed name), sorted, without those that are retired."""
        wanted = ox.NamedNode(iri(name))
        found = {subject for subject, classes in self.values("rdf:type").items() if wanted in classes}
        return sorted(found - self._retired)

    def under(self, kind: str) -> list[str]:
        """Our IRIs of a kind that have a class, sorted, without those that are retired."""
        found = {subject for subject in self.values("rdf:type") if subject.startswith(f"{BASE}{kind}/")}
        return sorted(found - self._retired)

    @cached_property
    def content(self) -> dict[str, list[Statement]]:
        """What each claim's graph says, sorted."""
        return {claim: self.graph(claim) for claim in self.instances("t:Claim")}

    def graph(self, name: str) -> list[Statement]:
        """What a named graph says, sorted."""
        found = [(_name(quad.subject), quad.predicate.value, quad.object) for quad in self._held.of_graph(name)]
        return sorted(found, key=lambda one: (one[0], one[1], str(one[2])))

    def _pairs(self, names: Iterable[str]) -> Iterator[tuple[str, Term]]:
        return ((subject, value) for name in names for subject, found in self.values(name).items() for value in found)

    @cached_property
    def _retired(self) -> set[str]:
        return {
            subject for subject in self.values("owl:deprecated") if self.texts(subject, "owl:deprecated") == ["true"]
        }


def _values_of(read: Mapping[str, Sequence[Term]], kind: type[ox.NamedNode] | type[ox.Literal]) -> dict[str, list[str]]:
    """By subject, the objects of a kind as text."""
    found = {subject: [one.value for one in objects if isinstance(one, kind)] for subject, objects in read.items()}
    return {subject: texts for subject, texts in found.items() if texts}


def _name(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return str(subject) if isinstance(subject, ox.Triple) else subject.value
