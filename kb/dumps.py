"""The dumps of a build beside its N-Quads: TriG for people, graph by graph, and JSON-LD in the same order.

A dump is a row of blocks: one for each graph, in the order of their names, then one for each subject of the default
graph. What a block looks like follows from its statements alone, so that a dump can be made out of an earlier one by
writing anew the blocks that differ.
"""

import itertools
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kb.namespaces import PREFIXES
from kb.nquads import Difference, Graphs, about, next_subject, of_graphs, parse

FORMS: Final[Mapping[str, ox.RdfFormat]] = {"jsonld": ox.RdfFormat.JSON_LD, "trig": ox.RdfFormat.TRIG}
"""What is written, by suffix."""

_TOGETHER = 100_000
"""Lines that are read together."""


def write(folder: Path, graphs: Graphs) -> None:
    """Writes ``dump.trig`` and ``dump.jsonld`` into a folder; OSError where that fails."""

    def quads() -> Iterator[ox.Quad]:
        lines = itertools.chain.from_iterable(graphs.lines[name] for name in graphs.names)
        while batch := list(itertools.islice(lines, _TOGETHER)):
            yield from parse(batch)

    for suffix, form in FORMS.items():
        ox.serialize(quads(), str(folder / f"dump.{suffix}"), format=form, prefixes=PREFIXES)


class Unlike(Exception):
    """Why a dump is not made out of an earlier one."""


Block = tuple[bytes | None, bytes]
"""The name of a block: its graph, or None and the subject in the default graph."""


@dataclass(frozen=True)
class Edit:
    """A block that differs, with its new lines; in the earlier dump it begins, and ends, where others begin.

    None stands for the end of the dump.
    """

    block: Block
    starts: Block | None
    ends: Block | None
    lines: Sequence[bytes]


@dataclass(frozen=True)
class Edits:
    """What has to be written anew, in the order of a dump, and the first subject of the earlier default graph."""

    first: bytes
    blocks: Sequence[Edit]


def edits(earlier: Sequence[bytes], later: Sequence[bytes], names: Sequence[bytes], difference: Difference) -> Edits:
    """What has to be written anew between two builds that are given by their sorted lines.

    ``names`` are the named graphs of the earlier, sorted. Unlike where blocks cannot be told apart: where a graph
    has no IRI, or where the earlier has none, or says nothing in its default graph.
    """
    first = next_subject(earlier, b"")
    if first is None or not names or any(name.startswith(b"_") for name in (names[-1], *difference.graphs)):
        raise Unlike("the blocks of its dumps cannot be told apart")
    found = []
    contents = of_graphs(later, difference.graphs)
    for name in difference.graphs:
        at = bisect_right(names, name)
        follows: Block | None = (names[at], b"") if at < len(names) else (None, first)
        is_known = at > 0 and names[at - 1] == name
        block: Block = (name, b"")
        found.append(Edit(block, block if is_known else follows, follows, contents[name]))
    for subject in difference.subjects:
        after = next_subject(earlier, subject)
        follows = None if after is None else (None, after)
        block = (None, subject)
        found.append(Edit(block, block if about(earlier, subject) else follows, follows, about(later, subject)))
    return Edits(first, found)


def renew(earlier: Path, folder: Path, changes: Edits) -> None:
    """Writes ``dump.trig`` and ``dump.jsonld`` into a folder, out of those in the folder of an earlier build.

    OSError where that fails, Unlike where the earlier dumps are not what they should be.
    """
    for suffix, frame in _FRAMES.items():
        text = (earlier / f"dump.{suffix}").read_bytes()
        if not text.endswith(frame.end):
            raise Unlike(f"dump.{suffix} of the earlier build is cut off")
        with (folder / f"dump.{suffix}").open("wb") as out:
            for piece in _spliced(text.removesuffix(frame.end) + frame.between, frame, changes):
                out.write(piece)
            out.seek(-len(frame.between), os.SEEK_END)
            out.write(frame.end)


@dataclass(frozen=True)
class _Frame:
    """How a form sets its blocks."""

    form: ox.RdfFormat
    before: bytes
    """What stands before each block, and is no part of it."""
    between: bytes
    """What stands behind each block but the last, and is part of it."""
    end: bytes
    closed: bytes
    """What stands before the first block of the default graph, and nowhere else before such a block."""
    tail_in_graph: bytes
    """What follows the head of a graph in which everything is ``x:x``."""
    tail: bytes
    """What follows the head of a subject whose property and object are ``x:x``."""


_FRAMES = {
    "jsonld": _Frame(
        form=ox.RdfFormat.JSON_LD,
        before=b"",
        between=b",",
        end=b"]",
        closed=b"]}]},",
        tail_in_graph=b'{"@id":"x:x","x:x":[{"@id":"x:x"}]}]},',
        tail=b'"x:x":[{"@id":"x:x"}]},',
    ),
    "trig": _Frame(
        form=ox.RdfFormat.TRIG,
        before=b"\n",
        between=b"",
        end=b"",
        closed=b"\n}\n",
        tail_in_graph=b"\t<x:x> <x:x> <x:x> .\n}\n",
        tail=b"<x:x> <x:x> .\n",
    ),
}


def _spliced(text: bytes, frame: _Frame, changes: Edits) -> Iterator[bytes | memoryview]:
    """The earlier text with what differs written anew; each block of ``text`` ends with what stands between."""
    first, view, before = (None, changes.first), memoryview(text), len(frame.before)
    named = {block for edit in changes.blocks for block in (edit.block, edit.starts, edit.ends) if block is not None}
    heads = _heads(frame, named | {first})
    written = _written(frame, changes.blocks, heads)
    default = _find(text, frame.closed + heads[first], 0) + len(frame.closed)

    def find(block: Block | None, since: int) -> int:
        if block is None or block == first:
            return len(text) if block is None else default
        start = max(since, 0 if block[0] is not None else default, before) - before
        return _find(text, frame.before + heads[block], start) + before

    at = 0
    for edit in changes.blocks:
        start = find(edit.starts, at)
        yield view[at:start]
        yield written.get(edit.block, b"")
        at = start if edit.ends == edit.starts else find(edit.ends, start)
    yield view[at:]


def _written(frame: _Frame, blocks: Sequence[Edit], heads: Mapping[Block, bytes]) -> dict[Block, bytes]:
    """The new text of each block that has lines."""
    found = {}
    for in_default in (False, True):
        some = [edit for edit in blocks if edit.lines and (edit.block[0] is None) == in_default]
        text = _body(frame, parse(line for edit in some for line in edit.lines))
        starts: list[int] = []
        at = 0
        for edit in some:
            wanted = frame.before + heads[edit.block]
            at = _find(text, wanted, at) + len(frame.before) if starts else 0
            starts.append(at)
        for edit, start, end in zip(some, starts, [*starts[1:], len(text)], strict=False):
            found[edit.block] = text[start:end]
    return found


def _heads(frame: _Frame, blocks: Iterable[Block]) -> dict[Block, bytes]:
    """How blocks begin, found by writing one statement into each."""
    found: dict[Block, bytes] = {}
    for in_default, tail in ((False, frame.tail_in_graph), (True, frame.tail)):
        some = [block for block in blocks if (block[0] is None) == in_default]
        lines = (b"%b <x:x> <x:x> %b .\n" % (subject or b"<x:x>", name or b"") for name, subject in some)
        found.update(zip(some, _body(frame, parse(lines)).split(tail), strict=False))
    return found


def _body(frame: _Frame, quads: Iterable[ox.Quad]) -> bytes:
    """Quads as they stand in a dump, each block with what stands between."""
    text = ox.serialize(quads, format=frame.form, prefixes=PREFIXES) or b""
    return text[_opening(frame.form) :].removesuffix(frame.end) + frame.between


@cache
def _opening(form: ox.RdfFormat) -> int:
    """How many bytes stand before the first block of a dump."""
    dummy = ox.NamedNode("x:x")
    text = ox.serialize([ox.Triple(dummy, dummy, dummy)], format=form, prefixes=PREFIXES) or b""
    return text.index(b'{"@id":"x:x"' if form == ox.RdfFormat.JSON_LD else b"<x:x>")


def _find(text: bytes, wanted: bytes, since: int) -> int:
    found = text.find(wanted, since)
    if found < 0:
        raise Unlike(f"{wanted[:200].decode('utf-8', 'replace')!r} is missing from a dump of the earlier build")
    return found
