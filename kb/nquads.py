"""Quads as sorted canonical N-Quads: the lines by which builds are named and compared, and from which they are made."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import eq

import pyoxigraph as ox

LINE = re.compile(rb'(\S+) (\S+) ("(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?|\S+)(?: (<[^>]*>|_:\S+))? \.\r?\n?')
"""A statement; its groups are subject, predicate, object, and the name of the graph where it is not the default one."""


def canonical(quads: Iterable[ox.Quad]) -> list[bytes]:
    """The sorted lines of canonical N-Quads (RDFC-1.0), no line twice, each with its end.

    Names of blank nodes depend only on the statements that have blank nodes, so that only these, and those that merely
    look so, are canonicalised.
    """
    return named((ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))


def named(lines: Collection[bytes]) -> list[bytes]:
    """The same of lines of N-Quads with whatever names of blank nodes."""
    blank = [line for line in lines if b"_:" in line]
    if blank:
        dataset = ox.Dataset(ox.parse(b"".join(blank), format=ox.RdfFormat.N_QUADS))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        written = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
        lines = [line for line in lines if b"_:" not in line] + written.splitlines(keepends=True)
    return ordered(lines)


def ordered(lines: Iterable[bytes]) -> list[bytes]:
    """Lines in their order, none twice; what is sorted in parts is sorted faster than a set of it."""
    found = sorted(lines)
    return list(dict.fromkeys(found)) if any(map(eq, found, islice(found, 1, None))) else found


def parse(lines: Iterable[bytes]) -> Iterator[ox.Quad]:
    """The quads of lines, in their order."""
    return ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)


@dataclass(frozen=True)
class Graphs:
    """Sorted lines by the graph that they stand in; the default graph has the name None."""

    lines: Mapping[bytes | None, Sequence[bytes]]

    @cached_property
    def names(self) -> list[bytes | None]:
        """The graphs in the order of dumps for people: those with an IRI, the default graph, those without."""
        return sorted(self.lines, key=lambda name: b"DEFAULT" if name is None else name)

    @cached_property
    def _properties(self) -> Mapping[bytes, list[bytes]]:
        found: dict[bytes, list[bytes]] = {}
        for line in self.lines.get(None, ()):
            found.setdefault(line.split(b" ", 2)[1], []).append(line)
        return found

    def of_property(self, name: str) -> Iterator[ox.Quad]:
        """The statements of a property, an IRI, in the default graph."""
        return parse(self._properties.get(f"<{name}>".encode(), ()))

    def of_graph(self, name: str) -> Iterator[ox.Quad]:
        """The statements of a named graph."""
        return parse(self.lines.get(f"<{name}>".encode(), ()))


def by_graph(lines: Iterable[bytes]) -> Graphs:
    """Lines by their graphs; ValueError for a line that is no N-Quads."""
    found: dict[bytes | None, list[bytes]] = {}
    for line in lines:
        found.setdefault(match(line)[4], []).append(line)
    return Graphs(found)


@dataclass(frozen=True)
class Difference:
    """The lines, sorted, that only the earlier of two builds has, and those that only the later has."""

    removed: Sequence[bytes]
    added: Sequence[bytes]

    @cached_property
    def lines(self) -> Sequence[bytes]:
        """Both together, sorted."""
        return sorted([*self.removed, *self.added])

    @cached_property
    def subjects(self) -> Sequence[bytes]:
        """The subjects of which the default graph says something else, sorted."""
        return sorted({parts[1] for parts in map(match, self.lines) if parts[4] is None})

    @cached_property
    def graphs(self) -> Sequence[bytes]:
        """The named graphs that say something else, sorted."""
        return sorted({parts[4] for parts in map(match, self.lines) if parts[4] is not None})

    @property
    def typed(self) -> Sequence[bytes]:
        """The subjects that lose a literal with a datatype, sorted."""
        return sorted({match(line)[1] for line in self.removed if b'"^^<' in line})

    @property
    def has_blank_nodes(self) -> bool:
        """Whether a line has a blank node."""
        return any(part.startswith(b"_:") for line in self.lines for part in match(line).groups(b""))


def difference(earlier: Sequence[bytes], later: Sequence[bytes]) -> Difference:
    """How two builds differ that are given by their sorted lines."""
    removed, added = [], []
    one = two = 0
    step = 1  # lines that are compared at once: more as long as they agree
    while one < len(earlier) and two < len(later):
        if earlier[one : one + step] == later[two : two + step]:
            one, two, step = one + step, two + step, min(2 * step, 1 << 12)
        elif step > 1:
            step //= 4 if step > 2 else 2
        elif earlier[one] < later[two]:
            removed.append(earlier[one])
            one += 1
        else:
            added.append(later[two])
            two += 1
    return Difference([*removed, *earlier[one:]], [*added, *later[two:]])


def match(line: bytes) -> re.Match[bytes]:
    """The parts of a statement, as in ``LINE``; ValueError for a line that is none."""
    found = LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"no N-Quads: {line[:200].decode('utf-8', 'replace')}")
    return found


def of_subject(lines: Sequence[bytes], subject: bytes) -> Sequence[bytes]:
    """What all graphs say of a subject, out of sorted lines."""
    at = bisect_left(lines, subject + b" ")
    return lines[at : bisect_left(lines, subject + b"!", at)]


def about(lines: Sequence[bytes], subject: bytes) -> list[bytes]:
    """What the default graph says of a subject, out of sorted lines."""
    return [line for line in of_subject(lines, subject) if match(line)[4] is None]


def next_subject(lines: Sequence[bytes], subject: bytes) -> bytes | None:
    """The first subject after one of which the default graph says something, out of sorted lines."""
    for number in range(bisect_left(lines, subject + b"!"), len(lines)):
        parts = match(lines[number])
        if parts[4] is None:
            return parts[1]
    return None


def of_graphs(lines: Iterable[bytes], names: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    """The lines of some named graphs, for each in their order."""
    ends = {name + b" .\n": name for name in names}
    found: dict[bytes, list[bytes]] = {name: [] for name in ends.values()}
    for line in lines:
        name = ends.get(line[line.rfind(b" ", 0, -3) + 1 :])
        if name is not None and match(line)[4] is not None:
            found[name].append(line)
    return found
