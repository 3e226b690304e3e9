"""The quads of a build by graph, read from its sorted dump without holding it in memory."""

import mmap
import re
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from kb.errors import SetupError
from kb.namespaces import DEFAULT_GRAPH
from kb.remote.record import hash_of

_LINE = re.compile(rb'\S+ \S+ (?:"(?:[^"\\]|\\.)*+"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?|\S+)(?: <([^>]*)>)? \.\r?\n?')


@dataclass(frozen=True)
class Dump:
    """The lines of ``dump.nq`` by graph; the default graph goes by our name of it. ``places`` are offsets."""

    text: mmap.mmap
    places: dict[str, "array[int]"]

    @property
    def quads(self) -> int:
        """How many there are."""
        return sum(map(len, self.places.values()))

    def lines(self, name: str) -> Iterator[bytes]:
        """The triples of a graph as sorted N-Triples, each once, with its end of line."""
        for at in self.places.get(name, ()):
            self.text.seek(at)
            line = self.text.readline()
            yield line if name == DEFAULT_GRAPH else line[: line.rindex(b" <")] + b" .\n"

    def triples(self, name: str) -> bytes:
        """The triples of a graph, as N-Triples."""
        return b"".join(self.lines(name))

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each graph, in hex."""
        return {name: hash_of(self.lines(name)) for name in self.places}


@contextmanager
def opened(build: Path) -> Iterator[Dump]:
    """The dump of a build's folder; SetupError where it has none."""
    try:
        file = (build / "dump.nq").open("rb")
    except OSError as error:
        raise SetupError(f"{build}: has no dump: {error.strerror}; build it again with testimonia build") from None
    with file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        places: dict[str, array[int]] = {}
        at = 0
        for line in iter(text.readline, b""):
            places.setdefault(graph_of(line), array("Q")).append(at)
            at += len(line)
        yield Dump(text, places)


def graph_of(line: bytes) -> str:
    """The graph of a line of N-Quads, ``DEFAULT_GRAPH`` where it names none; SetupError for what is no quad."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise SetupError(f"the dump has a line that is no quad: {line[:200].decode('utf-8', 'replace')}")
    return DEFAULT_GRAPH if found[1] is None else found[1].decode()


def changes(old: Dump, new: Dump) -> tuple[bytes, bytes] | None:
    """The triples that are in the default graph of the old dump alone, and in that of the new alone, as N-Triples.

    None where one of them has a blank node, which cannot be named in an update.
    """
    removed: list[bytes] = []
    added: list[bytes] = []
    before, after = chain(old.lines(DEFAULT_GRAPH), [b""]), chain(new.lines(DEFAULT_GRAPH), [b""])
    one, other = next(before), next(after)
    while one or other:
        if one == other:
            one, other = next(before), next(after)
        elif other and (not one or other < one):
            added.append(other)
            other = next(after)
        else:
            removed.append(one)
            one = next(before)
    if any(map(_has_blank, (*removed, *added))):
        return None
    return b"".join(removed), b"".join(added)


def in_pieces(lines: Iterator[bytes], most: int) -> Iterator[bytes]:
    """The lines in pieces of about ``most`` bytes; what has blank nodes comes first, in one piece of its own."""
    blank: list[bytes] = []
    others: list[bytes] = []
    for line in lines:
        (blank if _has_blank(line) else others).append(line)
    if blank:
        yield b"".join(blank)
    yield from _cut(others, most)


def _cut(lines: Sequence[bytes], most: int) -> Iterator[bytes]:
    piece: list[bytes] = []
    size = 0
    for line in lines:
        if piece and size + len(line) > most:
            yield b"".join(piece)
            piece, size = [], 0
        piece.append(line)
        size += len(line)
    if piece:
        yield b"".join(piece)


def _has_blank(line: bytes) -> bool:
    subject, _, rest = line.split(b" ", 2)
    return subject.startswith(b"_:") or rest.startswith(b"_:")
