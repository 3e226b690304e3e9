"""What a build tells of itself in figures, counted in two passes over its sorted N-Quads and kept beside them.

A statement is counted once for each graph that it stands in: what two claims say is said twice. Figures of a kind of
graph are those of all its graphs together, so that nothing here grows with the number of claims.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, Final

from kb.namespaces import BASE, DATASET, iri, namespace

DEFAULT: Final = "default"
WHOLE: Final = "whole"
OTHER: Final = "other"

KINDS: Final = {"claims": "t:Claim", "inferred": "t:InferredGraph", "gazetteers": "t:GazetteerGraph"}
"""Kinds of named graph, with the class that the default graph gives their names; ``other`` has none of these."""

LINKS: Final = (
    "owl:sameAs",
    "schema:sameAs",
    "skos:broadMatch",
    "skos:closeMatch",
    "skos:exactMatch",
    "skos:narrowMatch",
    "skos:relatedMatch",
)
"""Properties that link a thing of ours with the same or a like thing elsewhere."""

EXAMPLES: Final = ("schema:NewsArticle", "t:Claim", "t:EventFrame")
"""Classes of which one thing is named as an example."""

_LINE = re.compile(rb'(\S+) (\S+) ("(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?|\S+)(?: (<[^>]*>))? \.\r?\n?')
_Parts = tuple[bytes, bytes, bytes, bytes | None]


@dataclass(frozen=True)
class Uses:
    """How often a property is used: statements, different subjects, different objects."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class Part:
    """Figures of the graphs of one kind: ``entities`` are subjects with an IRI of ours, ``classes`` instances."""

    graphs: int
    triples: int
    entities: int
    subjects: int
    objects: int
    classes: Mapping[str, int]
    properties: Mapping[str, Uses]


@dataclass(frozen=True)
class File:
    """A dump as it stands in the build folder: bytes, and SHA-256 in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Statistics:
    """All that descriptions need.

    ``parts`` has ``whole``, ``default`` and those kinds of named graph that there are; ``links`` counts the
    statements of each linking property by the namespace that they lead to; ``about`` is what the data says of the
    dataset, as N-Quads; ``published`` and ``reviewed`` are the first and last day of each, where there are any.
    """

    parts: Mapping[str, Part]
    links: Mapping[str, Mapping[str, int]]
    examples: Sequence[str]
    about: str
    published: Sequence[str]
    reviewed: Sequence[str]
    dumps: Mapping[str, File] = field(default_factory=dict)


def graph_kinds(lines: Iterable[bytes]) -> dict[bytes, str]:
    """The kind of each named graph whose name has a class in the default graph, by its name in angle brackets."""
    ends = {f" <{iri('rdf:type')}> <{iri(name)}> .".encode(): kind for kind, name in KINDS.items()}
    found = {}
    for line in lines:
        for end, kind in ends.items():
            if line.rstrip().endswith(end):
                found[line.split(b" ", 1)[0]] = kind
    return found


def measure(lines: Iterable[bytes], kinds: Mapping[bytes, str]) -> Statistics:
    """The figures of sorted N-Quads, without dumps; ValueError for a line that is none.

    Different objects are told apart by 64-bit hashes: of ten million, two agree with a probability of 3 in a million.
    """
    tallies: dict[str, _Tally] = {WHOLE: _Tally(), DEFAULT: _Tally()}
    notes = _Notes()
    for subject, about in groupby(_parsed(lines), key=lambda parts: parts[0]):
        seen = set()
        for predicate, group in groupby(about, key=lambda parts: parts[1]):
            for obj, same in groupby(group, key=lambda parts: parts[2]):
                where = []
                for *_, graph in same:
                    kind = DEFAULT if graph is None else kinds.get(graph, OTHER)
                    where.append(kind)
                    tallies.setdefault(kind, _Tally()).graphs.add(graph or b"")
                for kind in {*where, WHOLE}:
                    count = len(where) if kind == WHOLE else where.count(kind)
                    tallies[kind].add(predicate, obj, count, first=(kind, predicate) not in seen)
                    seen |= {(kind, predicate), kind}
                if DEFAULT in where:
                    notes.take(subject, predicate, obj)
        ours = subject.startswith(_OURS)
        for kind in tallies.keys() & seen:
            tallies[kind].subjects += 1
            tallies[kind].entities += ours
    for kind, tally in tallies.items():
        if kind != WHOLE:
            tallies[WHOLE].graphs |= tally.graphs
    return notes.statistics({kind: tally.part() for kind, tally in sorted(tallies.items())})


def as_json(found: Statistics) -> dict[str, Any]:
    """Statistics as plain values."""
    return asdict(found)


def from_json(found: Mapping[str, Any]) -> Statistics:
    """Statistics out of what ``as_json`` gave; KeyError or TypeError where it is something else."""
    parts = {
        kind: Part(**{**part, "properties": {name: Uses(**uses) for name, uses in part["properties"].items()}})
        for kind, part in found["parts"].items()
    }
    dumps = {suffix: File(**file) for suffix, file in found["dumps"].items()}
    return Statistics(**{**found, "parts": parts, "dumps": dumps})


_OURS = f"<{BASE}".encode()
_TYPE = f"<{iri('rdf:type')}>".encode()


def _parsed(lines: Iterable[bytes]) -> Iterator[_Parts]:
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"no N-Quads: {line[:200].decode('utf-8', 'replace')}")
        yield found.groups()  # type: ignore[misc]


class _Tally:
    """What is counted of one kind of graph while lines pass by."""

    def __init__(self) -> None:
        self.graphs: set[bytes] = set()
        self.subjects = self.entities = self.triples = 0
        self._classes: dict[bytes, int] = {}
        self._uses: dict[bytes, list[int]] = {}
        self._objects: dict[bytes, array[int]] = {}

    def add(self, predicate: bytes, obj: bytes, count: int, *, first: bool) -> None:
        """Takes in ``count`` equal statements; ``first`` tells that their subject has no other of the predicate yet."""
        self.triples += count
        uses = self._uses.setdefault(predicate, [0, 0])
        uses[0] += count
        uses[1] += first
        self._objects.setdefault(predicate, array("q")).append(hash(obj))
        if predicate == _TYPE:
            self._classes[obj] = self._classes.get(obj, 0) + 1

    def part(self) -> Part:
        """The figures."""
        different = {predicate: set(hashes) for predicate, hashes in self._objects.items()}
        return Part(
            graphs=len(self.graphs),
            triples=self.triples,
            entities=self.entities,
            subjects=self.subjects,
            objects=len(set().union(*different.values())),
            classes={_iri(name): count for name, count in sorted(self._classes.items())},
            properties={
                _iri(name): Uses(uses[0], uses[1], len(different[name])) for name, uses in sorted(self._uses.items())
            },
        )


class _Notes:
    """What is noted of single statements of the default graph while lines pass by."""

    def __init__(self) -> None:
        self._links: dict[str, dict[str, int]] = {}
        self._examples: dict[bytes, bytes] = {}
        self._about: list[bytes] = []
        self._days: dict[bytes, list[bytes]] = {_PUBLISHED: [], _REVIEWED: []}

    def take(self, subject: bytes, predicate: bytes, obj: bytes) -> None:
        """Takes in one statement."""
        if predicate in self._days:
            days = self._days[predicate]
            days[:] = [min([obj, *days[:1]]), max([obj, *days[1:]])]
        elif predicate in _LINK_TERMS and obj.startswith(b"<") and not obj.startswith(_OURS):
            spaces = self._links.setdefault(_iri(predicate), {})
            space = namespace(_iri(obj).rstrip("/#"))
            spaces[space] = spaces.get(space, 0) + 1
        elif predicate == _TYPE and obj in _EXAMPLE_TERMS:
            self._examples.setdefault(obj, subject)
        if subject == _DATASET:
            self._about.append(b"%b %b %b .\n" % (subject, predicate, obj))

    def statistics(self, parts: Mapping[str, Part]) -> Statistics:
        """All together."""
        days = {name: [value[1:11].decode() for value in found] for name, found in self._days.items()}
        return Statistics(
            parts=parts,
            links={name: dict(sorted(spaces.items())) for name, spaces in sorted(self._links.items())},
            examples=sorted(_iri(subject) for subject in self._examples.values()),
            about=b"".join(self._about).decode(),
            published=days[_PUBLISHED],
            reviewed=days[_REVIEWED],
        )


def _iri(term: bytes) -> str:
    return term[1:-1].decode()


_PUBLISHED = f"<{iri('schema:datePublished')}>".encode()
_REVIEWED = f"<{iri('t:reviewed')}>".encode()
_DATASET = f"<{DATASET}>".encode()
_LINK_TERMS = {f"<{iri(name)}>".encode() for name in LINKS}
_EXAMPLE_TERMS = {f"<{iri(name)}>".encode() for name in EXAMPLES}
