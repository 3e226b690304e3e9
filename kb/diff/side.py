"""One of two states of the data, as sorted N-Quads: to be walked through, and to be looked into by subject."""

import itertools
import mmap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import pyoxigraph as ox

from kb.engine import Term, Told, told_by
from kb.namespaces import iri

_AT_ONCE = 50_000
_FIRST, _REST = iri("rdf:first"), iri("rdf:rest")
_RESTING = tuple(f" <{iri(name)}> ".encode() for name in ("t:cue", "t:evidence", "t:statementTime"))


@dataclass(frozen=True, eq=False)
class Side:
    """Quads as N-Quads, one a line, sorted by their bytes: the ``dump.nq`` of a build, or ``of`` any quads."""

    text: bytes | mmap.mmap

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> Self:
        """A side out of quads in any order."""
        return cls.of_text(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")

    @classmethod
    def of_text(cls, text: bytes) -> Self:
        """A side out of canonical N-Quads in any order."""
        return cls(b"".join(sorted(set(text.splitlines(keepends=True)))))

    def lines(self) -> Iterator[bytes]:
        """The lines in their order."""
        at = 0
        while end := self.text.find(b"\n", at) + 1:
            yield self.text[at:end]
            at = end

    def quads(self, *, subjects: Iterable[str] = (), graphs: Iterable[str] = ()) -> list[ox.Quad]:
        """All default-graph quads with one of ``subjects``, then all quads of the named ``graphs``, each sorted.

        Subjects are looked up; graphs cost a walk through everything, so ask for all of them together.
        """
        said = (line for name in sorted(set(subjects)) for line in self._starting(f"<{name}> ".encode()))
        found = [quad for quad in parsed(said) if quad.graph_name == ox.DefaultGraph()]
        if wanted := {f" <{name}> .\n".encode() for name in graphs}:
            within = (line for line in self.lines() if line[line.rfind(b" <") :] in wanted)
            found += [quad for quad in parsed(within) if quad.graph_name != ox.DefaultGraph()]
        return found

    def told(self, subjects: Iterable[str]) -> Mapping[str, Told]:
        """What the default graph says of each of ``subjects``."""
        return told_by(self, subjects)

    def terms(self) -> list[ox.Quad]:
        """The quads about the terms of our vocabulary."""
        return list(parsed(self._starting(f"<{iri('t:')}".encode())))

    def resting_on(self, parts: Iterable[str]) -> set[str]:
        """What rests on some anchors, or was said at some times; costs a walk through everything."""
        wanted = {f" <{name}> .\n".encode() for name in parts}
        within = (line for line in self.lines() if line[line.rfind(b" <") :] in wanted)
        found = parsed(line for line in within if any(name in line for name in _RESTING))
        return {quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode)}

    def with_lists(self) -> set[str]:
        """What has a value that is a list; costs a walk through everything."""
        found = parsed(line for line in self.lines() if b"> _:" in line)
        return {quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode)}

    def members(self, cell: ox.BlankNode) -> list[Term]:
        """The members of the list that begins in a cell."""
        found: list[Term] = []
        rest: Term | None = cell
        while isinstance(rest, ox.BlankNode):
            said = {quad.predicate.value: quad.object for quad in parsed(self._starting(f"{rest} ".encode()))}
            found += [said[_FIRST]] if _FIRST in said else []
            rest = said.get(_REST)
        return found

    def has(self, subject: str) -> bool:
        """Whether anything is said of something, in whatever graph."""
        return next(self._starting(f"<{subject}> ".encode()), None) is not None

    def _starting(self, key: bytes) -> Iterator[bytes]:
        """The lines that start with ``key``, found by halving."""
        low, high = 0, len(self.text)
        while low < high:
            start = max(self.text.rfind(b"\n", low, (low + high) // 2) + 1, low)
            if self.text[start : start + len(key)] < key:
                low = self.text.find(b"\n", start) + 1
            else:
                high = start
        while self.text[low : low + len(key)] == key:
            end = self.text.find(b"\n", low) + 1
            yield self.text[low:end]
            low = end


def parsed(lines: Iterable[bytes]) -> Iterator[ox.Quad]:
    """The quads on some lines, read some at a time."""
    rest = iter(lines)
    while some := b"".join(itertools.islice(rest, _AT_ONCE)):
        yield from ox.parse(some, format=ox.RdfFormat.N_QUADS)


def differing(old: Side, new: Side) -> Iterator[bytes]:
    """The lines that only one of the sides has."""
    olds, news = old.lines(), new.lines()
    left, right = next(olds, None), next(news, None)
    while left is not None or right is not None:
        if left == right:
            left, right = next(olds, None), next(news, None)
        elif right is None or (left is not None and left < right):
            assert left is not None
            yield left
            left = next(olds, None)
        else:
            yield right
            right = next(news, None)
