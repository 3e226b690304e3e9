"""What writers of tables read: the statements of the default graph, by predicate."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kb.namespaces import iri


@dataclass(frozen=True)
class Reading:
    """What the default graph of a store says, by prefixed names; in no order."""

    store: ox.Store

    def literals(self, *predicates: str) -> Iterator[tuple[str, ox.Literal]]:
        """The subjects with an IRI that have a literal under one of ``predicates``, with it."""
        for subject, value in self._statements(predicates):
            if isinstance(value, ox.Literal):
                yield subject, value

    def links(self, *predicates: str) -> Iterator[tuple[str, str]]:
        """The subjects with an IRI that have an IRI under one of ``predicates``, with it."""
        for subject, value in self._statements(predicates):
            if isinstance(value, ox.NamedNode):
                yield subject, value.value

    def instances(self, kind: str) -> Iterator[str]:
        """The IRIs of what is of a class."""
        quads = self.store.quads_for_pattern(None, _node("rdf:type"), _node(kind), ox.DefaultGraph())
        return (quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode))

    def _statements(
        self, predicates: tuple[str, ...]
    ) -> Iterator[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]]:
        for predicate in predicates:
            for quad in self.store.quads_for_pattern(None, _node(predicate), None, ox.DefaultGraph()):
                if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.Triple):
                    yield quad.subject.value, quad.object


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(iri(name))
