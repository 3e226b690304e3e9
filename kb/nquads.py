"""Quads as sorted canonical N-Quads: the lines by which builds are named and compared, and from which they are made."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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
    return sorted(set(lines))


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
    match = LINE.fullmatch
    for line in lines:
        parts = match(line)
        if parts is None:
            raise no_quads(line)
        found.setdefault(parts[4], []).append(line)
    return Graphs(found)


def no_quads(line: bytes) -> ValueError:
    """What is raised for a line that is no statement."""
    return ValueError(f"no N-Quads: {line[:200].decode('utf-8', 'replace')}")
