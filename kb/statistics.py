"""What a build tells of itself in figures, counted in two passes over its sorted N-Quads and kept beside them.

A statement is counted once for each graph that it stands in: what two claims say is said twice. Figures of a kind of
graph are those of all its graphs together, so that nothing here grows with the number of claims.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import pyoxigraph as ox

from kb.namespaces import BASE, DATASET, iri, namespace
from kb.nquads import Difference, about, match, of_graphs, parse

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
    ends = {_TYPE + b" " + term + b" .": kind for term, kind in _KIND_TERMS.items()}
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
        subject, predicate, obj, graph = match(line).groups()
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


@dataclass(frozen=True)
class Content:
    """The sorted lines of a build, and a store that holds them, where numbers may be written in another way."""

    lines: Sequence[bytes]
    store: ox.Store


def changed(found: Statistics, difference: Difference, was: Content, now: Content) -> Statistics:
    """The figures of a build, without dumps, as ``measure`` would give them, out of those of an earlier one.

    The difference must have no blank nodes, which have other names in a store.
    """
    before, after = _Held(was), _Held(now)
    parts = dict(found.parts)
    turns = _turns(difference, before, after)
    for kind, turn in turns.items():
        parts[kind] = turn.part(parts.get(kind, Part(0, 0, 0, 0, 0, {}, {})))
    examples = (after.first_subject(_TYPE, term) for term in _EXAMPLE_TERMS)
    return Statistics(
        parts={kind: part for kind, part in sorted(parts.items()) if part.graphs or kind in (WHOLE, DEFAULT)},
        links=_changed_links(found, turns[WHOLE].removed, turns[WHOLE].added),
        examples=sorted(_iri(subject) for subject in examples if subject is not None),
        about=b"".join(about(now.lines, _DATASET)).decode(),
        published=_days(after.objects(_PUBLISHED)),
        reviewed=_days(after.objects(_REVIEWED)),
    )


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
        elif link := _link(predicate, obj):
            spaces = self._links.setdefault(link[0], {})
            spaces[link[1]] = spaces.get(link[1], 0) + 1
        elif predicate == _TYPE and obj in _EXAMPLE_TERMS:
            self._examples.setdefault(obj, subject)
        if subject == _DATASET:
            self._about.append(b"%b %b %b .\n" % (subject, predicate, obj))

    def statistics(self, parts: Mapping[str, Part]) -> Statistics:
        """All together."""
        days = {name: _days(found) for name, found in self._days.items()}
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
_KIND_TERMS = {f"<{iri(name)}>".encode(): kind for kind, name in KINDS.items()}
_NOTED = {_PUBLISHED, _REVIEWED, _TYPE} | _LINK_TERMS


_Statement = tuple[bytes, bytes, bytes, bytes | None]
_Key = tuple[bytes | None, bytes | None, bytes | None]
"""Subject, predicate and object of statements; None stands for any."""


class _Held:
    """What a build holds, by kinds of graph."""

    def __init__(self, content: Content) -> None:
        self._lines, self._store = content.lines, content.store
        self._kinds: dict[bytes | None, str] = {None: DEFAULT}

    def kind(self, graph: bytes | None) -> str:
        """The kind of a graph, as ``graph_kinds`` has it."""
        if graph not in self._kinds:
            quads = self._store.quads_for_pattern(_term(graph), _term(_TYPE), None, ox.DefaultGraph())
            classes = sorted(str(quad.object).encode() for quad in quads)
            self._kinds[graph] = next((_KIND_TERMS[one] for one in reversed(classes) if one in _KIND_TERMS), OTHER)
        return self._kinds[graph]

    def objects(self, predicate: bytes) -> list[bytes]:
        """The objects of a property in the default graph."""
        quads = self._store.quads_for_pattern(None, _term(predicate), None, ox.DefaultGraph())
        statements = (match(line) for subject in {str(quad.subject) for quad in quads} for line in self._about(subject))
        return [parts[3] for parts in statements if parts[2] == predicate]

    def _about(self, subject: str) -> list[bytes]:
        return about(self._lines, subject.encode())

    def first_subject(self, predicate: bytes, obj: bytes) -> bytes | None:
        """The first subject that has an object of a property in the default graph."""
        quads = self._store.quads_for_pattern(None, _term(predicate), _term(obj), ox.DefaultGraph())
        return min((str(quad.subject).encode() for quad in quads), default=None)

    def statements(self, graphs: Collection[bytes]) -> set[_Statement]:
        """What named graphs say."""
        return (
            _statements(line for lines in of_graphs(self._lines, graphs).values() for line in lines)
            if graphs
            else set()
        )

    def has(self, kind: str, key: _Key) -> bool:
        """Whether some graph of a kind has such a statement."""
        subject, predicate, obj = map(_term, key)
        graph = ox.DefaultGraph() if kind == DEFAULT else None
        for quad in self._store.quads_for_pattern(subject, predicate, obj, graph):
            is_of_kind = kind in (DEFAULT, WHOLE) or self.kind(_name(quad.graph_name)) == kind
            if is_of_kind and (key[2] is None or b'"^^<' not in key[2] or self._has_line(quad, key[2])):
                return True
        return False

    def _has_line(self, quad: ox.Quad, obj: bytes) -> bool:
        """Whether a quad, with an object as it is written, is a line."""
        graph = _name(quad.graph_name)
        line = b"%b %b %b %b.\n" % (
            *(str(part).encode() for part in (quad.subject, quad.predicate)),
            obj,
            b"" if graph is None else graph + b" ",
        )
        at = bisect_left(self._lines, line)
        return at < len(self._lines) and self._lines[at] == line

    def has_graph(self, kind: str, graph: bytes | None) -> bool:
        """Whether a graph is there, and of a kind."""
        return self.has_any(graph) and (kind == WHOLE or self.kind(graph) == kind)

    def has_any(self, graph: bytes | None) -> bool:
        """Whether a graph is there."""
        where = ox.DefaultGraph() if graph is None else _term(graph)
        return next(iter(self._store.quads_for_pattern(None, None, None, where)), None) is not None


@dataclass(frozen=True)
class _Turn:
    """Statements that graphs of one kind lose and get, and what tells whether they have others like them."""

    kind: str
    removed: set[_Statement]
    added: set[_Statement]
    before: _Held
    after: _Held

    def keys(self) -> dict[_Key, int]:
        """What there is now and was not (1), and what was there and is no more (-1)."""
        gone, come = ({key for one in some for key in _keys(one)} for some in (self.removed, self.added))
        is_there = {key: key in come or self.after.has(self.kind, key) for key in gone | come}
        was_there = {key: key in gone or self.before.has(self.kind, key) for key in gone | come}
        return {key: is_there[key] - was_there[key] for key in gone | come}

    def part(self, old: Part) -> Part:
        """The figures after, out of those before."""
        plain = {name: getattr(old, name) for name in ("graphs", "triples", "entities", "subjects", "objects")}
        classes = dict(old.classes)
        uses = {name: [one.triples, one.subjects, one.objects] for name, one in old.properties.items()}
        for sign, statements in ((-1, self.removed), (1, self.added)):
            plain["triples"] += sign * len(statements)
            for _, predicate, _, _ in statements:
                uses.setdefault(_iri(predicate), [0, 0, 0])[0] += sign
        for (subject, prop, obj), sign in self.keys().items():
            if subject is not None and prop is not None and obj is not None:
                classes[_iri(obj)] = classes.get(_iri(obj), 0) + sign
            elif prop is not None:
                uses[_iri(prop)][1 if subject is not None else 2] += sign
            elif subject is not None:
                plain["subjects"] += sign
                plain["entities"] += sign * subject.startswith(_OURS)
            else:
                plain["objects"] += sign
        for graph in {graph for *_, graph in self.removed | self.added}:
            plain["graphs"] += self.after.has_graph(self.kind, graph) - self.before.has_graph(self.kind, graph)
        return Part(
            **plain,
            classes={name: classes[name] for name in sorted(classes, key=_in_brackets) if classes[name]},
            properties={name: Uses(*uses[name]) for name in sorted(uses, key=_in_brackets) if uses[name][0]},
        )


def _turns(difference: Difference, before: _Held, after: _Held) -> dict[str, _Turn]:
    """How each kind of graph is changed; a graph that turns to another kind is lost by one and got by the other."""
    gone, come = _statements(difference.removed), _statements(difference.added)
    named = {one[0] for one in gone | come if one[3] is None and one[1] == _TYPE and one[2] in _KIND_TERMS}
    moved = {one for one in named if before.kind(one) != after.kind(one) and before.has_any(one) and after.has_any(one)}
    lost = {one for one in gone if one[3] not in moved} | before.statements(moved)
    got = {one for one in come if one[3] not in moved} | after.statements(moved)
    found = {WHOLE: _Turn(WHOLE, gone, come, before, after)}
    for kind in sorted({before.kind(one[3]) for one in lost} | {after.kind(one[3]) for one in got}):
        of_kind = [{one for one in some if held.kind(one[3]) == kind} for some, held in ((lost, before), (got, after))]
        found[kind] = _Turn(kind, of_kind[0], of_kind[1], before, after)
    return found


def _keys(one: _Statement) -> Iterator[_Key]:
    """What is told apart of a statement."""
    subject, predicate, obj, _ = one
    yield from ((subject, None, None), (None, None, obj), (subject, predicate, None), (None, predicate, obj))
    if predicate == _TYPE:
        yield subject, predicate, obj


def _statements(lines: Iterable[bytes]) -> set[_Statement]:
    return {match(line).groups() for line in lines}  # type: ignore[misc]


def _changed_links(found: Statistics, gone: set[_Statement], come: set[_Statement]) -> dict[str, dict[str, int]]:
    counts = Counter({(name, space): count for name, spaces in found.links.items() for space, count in spaces.items()})
    counts.update(link for one in come if one[3] is None and (link := _link(one[1], one[2])))
    counts.subtract(link for one in gone if one[3] is None and (link := _link(one[1], one[2])))
    links: dict[str, dict[str, int]] = {}
    for (name, space), count in sorted(counts.items()):
        if count:
            links.setdefault(name, {})[space] = count
    return links


def _link(predicate: bytes, obj: bytes) -> tuple[str, str] | None:
    """The property of a statement that leads elsewhere, and the namespace into which it leads."""
    if predicate not in _LINK_TERMS or not obj.startswith(b"<") or obj.startswith(_OURS):
        return None
    return _iri(predicate), namespace(_iri(obj).rstrip("/#"))


def _days(objects: Collection[bytes]) -> list[str]:
    """The first and last day among literals that begin with one; none where there are none."""
    return [value[1:11].decode() for value in (min(objects), max(objects))] if objects else []


def _in_brackets(name: str) -> str:
    """How names are sorted: as they stand in N-Quads."""
    return f"<{name}>"


def _name(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> bytes | None:
    return None if isinstance(graph, ox.DefaultGraph) else str(graph).encode()


def _term(written: bytes | None) -> Any:
    """A term as it stands in N-Quads; None for any."""
    return None if written is None else next(parse([b"<x:x> <x:x> " + written + b" .\n"])).object
