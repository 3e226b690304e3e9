"""What a build tells of itself in figures, counted in two passes over its sorted N-Quads and kept beside them.

A statement is counted once for each graph that it stands in: what two claims say is said twice. Figures of a kind of
graph are those of all its graphs together, so that nothing here grows with the number of claims.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from kb.namespaces import BASE, DATASET, iri, namespace
from kb.nquads import LINE, no_quads

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
    ends = {f"<{iri('rdf:type')}> <{iri(name)}> .".encode(): kind for kind, name in KINDS.items()}
    found = {}
    for line in lines:
        if line.rstrip().endswith(tuple(ends)):
            subject, end = line.rstrip().split(b" ", 1)
            found[subject] = ends[end]
    return found


def measure(lines: Iterable[bytes], kinds: Mapping[bytes, str]) -> Statistics:
    """The figures of sorted N-Quads, without dumps; ValueError for a line that is none.

    Different objects are told apart by 64-bit hashes: of ten million, two agree with a probability of 3 in a million.
    """
    tallies: dict[str, _Tally] = {WHOLE: _Tally(), DEFAULT: _Tally()}
    graphs: dict[bytes | None, _Tally] = {}
    whole, notes = tallies[WHOLE], _Notes()
    for line in lines:
        parts = LINE.fullmatch(line)
        if parts is None:
            raise no_quads(line)
        subject, predicate, obj, graph = parts.groups()
        tally = graphs.get(graph)
        if tally is None:
            kind = DEFAULT if graph is None else kinds.get(graph, OTHER)
            tally = graphs[graph] = tallies.setdefault(kind, _Tally())
            tally.graphs += 1
        tally.add(subject, predicate, obj)
        whole.add(subject, predicate, obj)
        if graph is None and (predicate in _NOTED or subject == _DATASET):
            notes.take(subject, predicate, obj)
    whole.graphs = len(graphs)
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


class _Tally:
    """What is counted of one kind of graph while sorted lines pass by."""

    def __init__(self) -> None:
        self.graphs = 0
        self._subject = self._class = b""
        self._subjects = self._entities = 0
        self._classes: dict[bytes, int] = {}
        self._uses: dict[bytes, _Use] = {}

    def add(self, subject: bytes, predicate: bytes, obj: bytes) -> None:
        """Takes in one statement; that of another graph may have been the same."""
        use = self._uses.get(predicate)
        if use is None:
            use = self._uses[predicate] = _Use()
        use.triples += 1
        use.objects.append(hash(obj))
        if use.subject != subject:
            use.subject = subject
            use.subjects += 1
            if self._subject != subject:
                self._subject, self._class = subject, b""
                self._subjects += 1
                self._entities += subject.startswith(_OURS)
        if predicate == _TYPE and self._class != obj:
            self._class = obj
            self._classes[obj] = self._classes.get(obj, 0) + 1

    def part(self) -> Part:
        """The figures."""
        different = {predicate: set(use.objects) for predicate, use in self._uses.items()}
        return Part(
            graphs=self.graphs,
            triples=sum(use.triples for use in self._uses.values()),
            entities=self._entities,
            subjects=self._subjects,
            objects=len(set().union(*different.values())),
            classes={_iri(name): count for name, count in sorted(self._classes.items())},
            properties={
                _iri(name): Uses(use.triples, use.subjects, len(different[name]))
                for name, use in sorted(self._uses.items())
            },
        )


@dataclass(slots=True)
class _Use:
    """What is counted of one property: ``subject`` is the last that had it."""

    triples: int = 0
    subjects: int = 0
    subject: bytes = b""
    objects: "array[int]" = field(default_factory=lambda: array("q"))


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
_NOTED = {_PUBLISHED, _REVIEWED, _TYPE} | _LINK_TERMS
