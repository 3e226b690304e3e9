"""What the store of a build says, read property by property and graph by graph for those who make tables."""

from collections.abc import Iterable, Iterator
from functools import cached_property

import pyoxigraph as ox

from kb.namespaces import BASE, iri, slug

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Statement = tuple[str, str, Term]
"""Subject (IRI or label of a blank node), property and object."""


class Said:
    """Reads a store; what was read once is kept."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._read: dict[str, dict[str, list[Term]]] = {}

    def values(self, name: str) -> dict[str, list[Term]]:
        """The objects of a property (a prefixed name) in the default graph, sorted, by the IRI of the subject."""
        if name not in self._read:
            found: dict[str, list[Term]] = {}
            for quad in self._store.quads_for_pattern(None, ox.NamedNode(iri(name)), None, ox.DefaultGraph()):
                if isinstance(quad.subject, ox.NamedNode):
                    found.setdefault(quad.subject.value, []).append(quad.object)
            for objects in found.values():
                objects.sort(key=str)
            self._read[name] = found
        return self._read[name]

    def iris(self, subject: str, name: str) -> list[str]:
        """The objects that are IRIs."""
        return [found.value for found in self.values(name).get(subject, ()) if isinstance(found, ox.NamedNode)]

    def texts(self, subject: str, name: str) -> list[str]:
        """The lexical forms of the objects that are literals."""
        return [found.value for found in self.values(name).get(subject, ()) if isinstance(found, ox.Literal)]

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
        quads = self._store.quads_for_pattern(None, None, None, ox.NamedNode(name))
        found = [(_name(quad.subject), quad.predicate.value, quad.object) for quad in quads]
        return sorted(found, key=lambda one: (one[0], one[1], str(one[2])))

    def _pairs(self, names: Iterable[str]) -> Iterator[tuple[str, Term]]:
        return ((subject, value) for name in names for subject, found in self.values(name).items() for value in found)

    @cached_property
    def _retired(self) -> set[str]:
        return {
            subject for subject in self.values("owl:deprecated") if self.texts(subject, "owl:deprecated") == ["true"]
        }


def _name(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return str(subject) if isinstance(subject, ox.Triple) else subject.value
