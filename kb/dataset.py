"""From texts to one dataset of quads, with the place of every subject: the ground that all else is computed on."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

import pyoxigraph as ox

from kb.errors import SourceError
from kb.model import Block, Place, Source
from kb.namespaces import BASE, PREFIXES, iri
from kb.turtle import blocks

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_Triple = tuple[str, str, Node]

RDF_TYPE = ox.NamedNode(iri("rdf:type"))


def node(name: str) -> ox.NamedNode:
    """The node of a prefixed name."""
    return ox.NamedNode(iri(name))


class Places(Mapping[str, tuple[Block, ...]]):
    """By subject, the blocks of statements about it in some files; looked for when the first is asked for."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = tuple(sources)

    @cached_property
    def _blocks(self) -> Mapping[str, tuple[Block, ...]]:
        found: dict[str, list[Block]] = {}
        for source in self._sources:
            for subject, block in blocks(source):
                found.setdefault(subject, []).append(block)
        return {subject: tuple(several) for subject, several in found.items()}

    def __getitem__(self, subject: str) -> tuple[Block, ...]:
        return self._blocks[subject]

    def __iter__(self) -> Iterator[str]:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)


@dataclass(frozen=True)
class Dataset:
    """Quads, for each subject the blocks it was written in, and the files. Made by ``parse``; never changed."""

    quads: tuple[ox.Quad, ...]
    blocks: Mapping[str, tuple[Block, ...]]
    sources: tuple[Source, ...] = ()

    @cached_property
    def default(self) -> tuple[ox.Quad, ...]:
        """The quads of the default graph."""
        return _of_default((), self.quads)

    @cached_property
    def graphs(self) -> Mapping[str, tuple[ox.Quad, ...]]:
        """The quads of each named graph, by its IRI."""
        return _by_graph({}, self.quads)

    @cached_property
    def _index(self) -> Mapping[tuple[str, str], tuple[Node, ...]]:
        return _by_property({}, self._triples)

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[str, ...]]:
        return _by_class({}, self._triples)

    @cached_property
    def _inverse(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        return _by_value({}, self._triples)

    @cached_property
    def _having(self) -> Mapping[str, tuple[str, ...]]:
        return _by_predicate({}, self._triples)

    @cached_property
    def _by_subject(self) -> Mapping[str, tuple[ox.Quad, ...]]:
        return _about({}, self.quads)

    @cached_property
    def _triples(self) -> tuple[_Triple, ...]:
        return tuple(_own_triples(self.quads))

    @cached_property
    def _set(self) -> frozenset[ox.Quad]:
        return frozenset(self.quads)

    def about(self, subject: str) -> tuple[ox.Quad, ...]:
        """Everything that is said of ``subject``, in any graph."""
        return self._by_subject.get(subject, ())

    def subjects(self, predicate: str, value: str) -> tuple[str, ...]:
        """Whose value under a prefixed predicate name the IRI ``value`` is, in the default graph; sorted."""
        return self._inverse.get((value, iri(predicate)), ())

    def having(self, predicate: str) -> tuple[str, ...]:
        """Of what the default graph tells something under a prefixed predicate name, sorted."""
        return self._having.get(iri(predicate), ())

    def is_a(self, subject: str, name: str) -> bool:
        """Whether the default graph types ``subject`` with a prefixed class name."""
        return any(text_of(value) == iri(name) for value in self.values(subject, "rdf:type"))

    def values(self, subject: str, predicate: str) -> tuple[Node, ...]:
        """What the default graph says of ``subject`` under a prefixed predicate name."""
        return self._index.get((subject, iri(predicate)), ())

    def value(self, subject: str, predicate: str) -> str | None:
        """The single value as a string (IRI or lexical form), or None where there is none; the first of several."""
        found = self.values(subject, predicate)
        return text_of(found[0]) if found else None

    def texts(self, subject: str, predicate: str) -> tuple[str, ...]:
        """All values as strings (IRI or lexical form), in the order in which they were written."""
        return tuple(text_of(value) for value in self.values(subject, predicate))

    def span(self, subject: str) -> tuple[int, int]:
        """Start and end of an anchor or section, 0 where one is missing."""
        return self.number(subject, "t:start") or 0, self.number(subject, "t:end") or 0

    def snapshot(self, article: str) -> str:
        """The snapshot that an article is encoded from: of several, the one that no other supersedes; "" if none."""
        found = self.texts(article, "t:snapshot")
        return next((name for name in found if not self.values(name, "t:supersededBy")), found[0] if found else "")

    def number(self, subject: str, predicate: str) -> int | None:
        """The single value as an integer, or None where it is missing or no integer."""
        found = self.value(subject, predicate)
        return int(found) if found is not None and found.isdigit() else None

    def instances(self, name: str) -> tuple[str, ...]:
        """The IRIs that the default graph types with a prefixed class name, sorted."""
        return self._by_type.get(iri(name), ())

    def place(self, subject: str, predicate: str | None = None) -> Place | None:
        """Where ``subject`` is written (a selector: where its anchor is), at the line of ``predicate`` if known."""
        found = self.blocks.get(subject) or self.blocks.get(subject.partition("#")[0])
        if not found:
            return None
        for block in found:
            if predicate is not None and predicate in block.predicates:
                return Place(block.place.file, block.predicates[predicate], block.place.end)
        return found[0].place

    def with_quads(self, quads: Iterable[ox.Quad]) -> "Dataset":
        """This dataset and more quads, without repeats; the places stay."""
        added = tuple(quad for quad in dict.fromkeys(quads) if quad not in self._set)
        larger = replace(self, quads=(*self.quads, *added))
        triples = tuple(_own_triples(added))
        for name, known in vars(self).items():  # what was looked up here need not be looked up in all of it again
            if name in _OF_QUADS:
                vars(larger)[name] = _OF_QUADS[name](known, added)
            elif name in _OF_TRIPLES:
                vars(larger)[name] = _OF_TRIPLES[name](known, triples)
        return larger


K = TypeVar("K")
V = TypeVar("V")


def _gathered(known: Mapping[K, tuple[V, ...]], found: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """What is known with what was found, in this order, by key."""
    more: dict[K, list[V]] = {}
    for key, value in found:
        more.setdefault(key, []).append(value)
    return {**known, **{key: (*known.get(key, ()), *values) for key, values in more.items()}}


def _of_default(known: tuple[ox.Quad, ...], quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    return (*known, *(quad for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)))


def _by_graph(known: Mapping[str, tuple[ox.Quad, ...]], quads: Iterable[ox.Quad]) -> Mapping[str, tuple[ox.Quad, ...]]:
    named = ((quad.graph_name, quad) for quad in quads)
    return _gathered(known, ((graph.value, quad) for graph, quad in named if isinstance(graph, ox.NamedNode)))


def _own_triples(quads: Iterable[ox.Quad]) -> Iterator[_Triple]:
    """What the default graph says of things with names."""
    for quad in quads:
        subject = quad.subject
        if isinstance(subject, ox.NamedNode) and isinstance(quad.graph_name, ox.DefaultGraph):
            yield subject.value, quad.predicate.value, quad.object


def _by_property(
    known: Mapping[tuple[str, str], tuple[Node, ...]], triples: Iterable[_Triple]
) -> Mapping[tuple[str, str], tuple[Node, ...]]:
    return _gathered(known, (((s, p), o) for s, p, o in triples))


def _by_class(known: Mapping[str, tuple[str, ...]], triples: Iterable[_Triple]) -> Mapping[str, tuple[str, ...]]:
    typed = ((s, o) for s, p, o in triples if p == RDF_TYPE.value)
    return _sorted_with(known, ((o.value, s) for s, o in typed if isinstance(o, ox.NamedNode)))


def _by_predicate(known: Mapping[str, tuple[str, ...]], triples: Iterable[_Triple]) -> Mapping[str, tuple[str, ...]]:
    return _sorted_with(known, ((p, s) for s, p, _ in triples))


def _by_value(
    known: Mapping[tuple[str, str], tuple[str, ...]], triples: Iterable[_Triple]
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    return _sorted_with(known, (((o.value, p), s) for s, p, o in triples if isinstance(o, ox.NamedNode)))


def _sorted_with(known: Mapping[K, tuple[str, ...]], found: Iterable[tuple[K, str]]) -> dict[K, tuple[str, ...]]:
    more: dict[K, set[str]] = {}
    for key, value in found:
        more.setdefault(key, set()).add(value)
    return {**known, **{key: tuple(sorted(values.union(known.get(key, ())))) for key, values in more.items()}}


def _about(known: Mapping[str, tuple[ox.Quad, ...]], quads: Iterable[ox.Quad]) -> Mapping[str, tuple[ox.Quad, ...]]:
    told = ((quad.subject, quad) for quad in quads)
    return _gathered(known, ((subject.value, quad) for subject, quad in told if isinstance(subject, ox.NamedNode)))


_OF_QUADS: Mapping[str, Callable[[Any, Sequence[ox.Quad]], Any]] = {
    "_by_subject": _about,
    "_set": lambda known, added: known.union(added),
    "default": _of_default,
    "graphs": _by_graph,
}
"""How what a dataset has looked up is extended to a larger one, by the name of the property that holds it."""
_OF_TRIPLES: Mapping[str, Callable[[Any, Sequence[_Triple]], Any]] = {
    "_by_type": _by_class,
    "_having": _by_predicate,
    "_index": _by_property,
    "_inverse": _by_value,
    "_triples": lambda known, added: (*known, *added),
}
"""The same of what is looked up among what the default graph says of things with names."""


def text_of(term: Node) -> str:
    """An IRI, a blank node's label, or a literal's lexical form."""
    return term.value if not isinstance(term, ox.Triple) else str(term)


def parse(sources: Sequence[Source]) -> Dataset:
    """The dataset of all ``sources`` together; SourceError with file and line for the first that is not valid."""
    return Dataset(statements(sources), Places(sources), tuple(sources))


def statements(sources: Sequence[Source], *, mark: str = "f") -> tuple[ox.Quad, ...]:
    """The quads of all ``sources`` together, without their places; SourceError as for ``parse``.

    Blank nodes have labels that begin with ``mark``, letters and figures.
    """
    found = (quad for number, source in enumerate(sources) for quad in _quads(source, f"{mark}{number}x"))
    return tuple(dict.fromkeys(found))


def _quads(source: Source, mark: str) -> Iterator[ox.Quad]:
    """Parsed quads of one file; blank nodes get labels of their own file so that none meet by accident."""
    form = ox.RdfFormat.TRIG if source.trig else ox.RdfFormat.TURTLE
    try:
        for quad in ox.parse(source.text.encode(), format=form, base_iri=BASE):
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
                yield ox.Quad(_own(subject, mark), quad.predicate, _own(value, mark), quad.graph_name)
            else:
                yield quad
    except SyntaxError as error:
        message = str(error.args[0]).partition(": ")[2] or str(error.args[0])
        raise SourceError(_advised(message), file=source.name, line=error.lineno) from None


def _advised(message: str) -> str:
    """An error of the parser with what to do about it, where that can be told."""
    if "\ufeff" in message or "\xa0" in message:
        return "an invisible character stands here that is none of the format; testimonia check --fix removes it"
    plain = message[0].lower() + message[1:]
    if found := re.fullmatch(r"The prefix (.*): has not been declared", message):
        name = found[1]
        if name in PREFIXES:
            return f"{plain}; add @prefix {name}: <{PREFIXES[name]}> ., or run testimonia check --fix"
        if near := get_close_matches(name, PREFIXES, n=1):
            return f"{plain}; did you mean {near[0]}:?"
    return plain


def _own(term: Any, mark: str) -> Any:
    return ox.BlankNode(f"{mark}{term.value}") if isinstance(term, ox.BlankNode) else term
