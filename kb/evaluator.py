"""The process in which foreign queries are evaluated: one store, opened read-only, one query at a time.

It is started by ``kb.pool`` as ``python -m kb.evaluator STORE MEMORY_MB TIMEOUT`` and speaks frames over its standard
input and output: a letter, four bytes of length (big endian), and as many bytes.

    to it    Q  a question, as JSON
    from it  D  a piece of an answer, as it is serialized
             E  the end, as JSON: what it was, or why there is no answer, whatever was sent before

Whatever goes wrong in here (a runaway query, a stack overflow, memory) ends this process and nothing else.
"""

import gc
import io
import itertools
import os
import select
import signal
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO

import orjson
import pyoxigraph as ox

from kb import walls, wellformed
from kb.errors import QueryError
from kb.namespaces import BASE, DEFAULT_GRAPH, PREFIXES
from kb.prefixes import prefixes_of

_PIECE = 1 << 18
"""Bytes of an answer that are handed over at once."""

_SORTED = 20_000
"""Triples of a graph answer that are put in order, for people and for equal answers; more come as they are found."""

_MERGED_QUADS = 2_000_000
"""Quads copied at most when several graphs are merged into a default graph."""

_KEPT_QUADS = 50_000
"""Quads of the largest copy that is kept for the next query over the same dataset."""

PIPE = 1 << 18
"""Bytes that the pipe to the parent takes at once, so that most answers are written without waiting."""

_BATCH = 10_000
"""Quads copied at once."""

_UNITED = 4
"""Graphs that the engine unites with the default graph itself, where none of their triples stands in another."""

_PAUSE = 3.0
"""Seconds without a question after which memory is given back that a large one took."""

HEADER = struct.Struct(">cI")
"""Letter and length of a frame."""

_Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class _TooLarge(Exception):
    """The answer grew over its limit."""


class _Pieces(io.BytesIO):
    """A file to serialize into that hands over what it gets, and refuses to take more than ``limit`` bytes."""

    def __init__(self, out: BinaryIO, limit: int, *, xml: bool) -> None:
        super().__init__()
        self._out, self._left, self._xml, self._held = out, limit, xml, bytearray()

    def write(self, data: Any) -> int:
        """Takes ``data``; _TooLarge over the limit."""
        self._left -= len(data)
        if self._left < 0:
            raise _TooLarge
        self._held += data
        if len(self._held) >= _PIECE:
            self.hand_over()
        return len(data)

    def hand_over(self, *, last: bool = False) -> None:
        """Sends what is held back: of XML up to the end of an element, well-formed or as a QueryError."""
        ready = len(self._held) if last or not self._xml else self._held.rfind(b">") + 1
        if ready:
            piece = bytes(memoryview(self._held)[:ready])
            send(self._out, b"D", wellformed.xml(piece) if self._xml else piece, more=last)
            del self._held[:ready]


class _Data:
    """The store, and the datasets that queries make of it."""

    def __init__(self, path: str) -> None:
        self._store = ox.Store.read_only(path)
        self._kept: tuple[object, ox.Store] | None = None

    def query(self, request: dict[str, Any]) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Evaluates over the dataset that the request names.

        Oxigraph does not merge several default graphs, it unites them with doubled rows; so a dataset with several is
        copied and merged first, unless no triple stands in two of them.
        """
        text, default, named = request["text"], request["default_graphs"], request["named_graphs"]
        if not default and not named:
            return self._store.query(text, base_iri=BASE)
        graphs: list[_Graph] = [_graph(name) for name in default]
        names: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(name) for name in named]
        if DEFAULT_GRAPH not in named and (len(graphs) < 2 or self._are_apart(graphs)):
            return self._store.query(text, base_iri=BASE, default_graph=graphs, named_graphs=names)
        copy = self._copy(default, named)
        return copy.query(text, base_iri=BASE, default_graph=ox.DefaultGraph(), named_graphs=names)

    def _are_apart(self, graphs: Sequence[_Graph]) -> bool:
        """Whether uniting these is merging them: the default graph and a few others without a triple in common."""
        others = [graph for graph in graphs if isinstance(graph, ox.NamedNode)]
        if len(others) == len(graphs) or len(others) > _UNITED:
            return False
        return not any(
            ox.Quad(quad.subject, quad.predicate, quad.object, other) in self._store
            for graph in others
            for quad in self._store.quads_for_pattern(None, None, None, graph)
            for other in graphs
            if other != graph
        )

    def _copy(self, default: Sequence[str], named: Sequence[str]) -> ox.Store:
        key = (tuple(default), tuple(named))
        if self._kept is not None and self._kept[0] == key:
            return self._kept[1]
        self._kept = None
        copy = ox.Store()
        quads = self._merged(default, named)
        while batch := list(itertools.islice(quads, _BATCH)):
            copy.extend(batch)  # bulk_extend is no faster in memory, and its threads reserve more than a query may
        if len(copy) <= _KEPT_QUADS:
            self._kept = (key, copy)
        return copy

    def _merged(self, default: Sequence[str], named: Sequence[str]) -> Iterator[ox.Quad]:
        left = _MERGED_QUADS
        for name, is_default in [*((name, True) for name in default), *((name, False) for name in named)]:
            target = ox.DefaultGraph() if is_default else ox.NamedNode(name)
            for quad in self._store.quads_for_pattern(None, None, None, _graph(name)):
                left -= 1
                if left < 0:
                    raise _TooLarge
                yield ox.Quad(quad.subject, quad.predicate, quad.object, target)


def main(store_path: str, memory_mb: int, timeout: float) -> None:
    """Answers from standard input until it closes."""
    frames_in, frames_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", PIPE)
    os.dup2(2, 1)  # whatever prints by accident must not land among the frames
    standing = {"process": True, "deadline": True, "network": walls.no_network()}
    walls.work_in_batches()
    data = _Data(store_path)
    standing["memory"] = walls.cap_memory(memory_mb)  # reads /proc, so before the next
    standing["files"] = walls.only_reads([Path(store_path)])
    gc.collect()
    gc.freeze()  # what is there now stays, and need not be looked through again and again
    send(frames_out, b"E", orjson.dumps({"walls": standing}))
    while True:
        if not select.select([frames_in], [], [], _PAUSE)[0]:
            walls.give_memory_back()
        if (request := _receive(frames_in)) is None:
            return
        signal.setitimer(signal.ITIMER_REAL, timeout + 5)  # should the parent forget it, nothing runs on for ever
        end = _evaluate(data, request, frames_out)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(frames_out, b"E", orjson.dumps(end))


def _receive(stream: BinaryIO) -> Any:
    header = stream.read(HEADER.size)
    return orjson.loads(stream.read(HEADER.unpack(header)[1])) if len(header) == HEADER.size else None


def send(stream: IO[bytes], letter: bytes, data: bytes, *, more: bool = False) -> None:
    """Writes a frame; with ``more`` to come at once, it may wait for that."""
    stream.write(HEADER.pack(letter, len(data)))
    stream.write(data)
    if not more:
        stream.flush()


def _evaluate(data: _Data, request: dict[str, Any], frames: BinaryIO) -> dict[str, object]:
    """Sends the pieces of an answer, and returns its end."""
    try:
        results = data.query(request)
        media_type = request["graph" if isinstance(results, ox.QueryTriples) else "solutions"]
        out = _Pieces(frames, request["max_bytes"], xml=media_type.endswith("xml"))
        if isinstance(results, ox.QueryTriples):
            end = {"kind": "graph", "media_type": media_type}
            _write_graph(results, out, ox.RdfFormat.from_media_type(request["graph"]))
        else:
            kind = "boolean" if isinstance(results, ox.QueryBoolean) else "solutions"
            end = {"kind": kind, "media_type": media_type}
            results.serialize(out, format=ox.QueryResultsFormat.from_media_type(request["solutions"]))
        out.hand_over(last=True)
        return end
    except _TooLarge:
        return {"error": "size"}
    except MemoryError:
        return {"error": "memory"}
    except QueryError as error:
        return {"error": error.reason, "message": str(error), "hint": error.hint}
    except SyntaxError as error:
        return {"error": "syntax", "message": str(error.args[0])}
    except ValueError as error:
        return {"error": "dataset", "message": str(error)}
    except Exception as error:  # the parent must hear of it, whatever it is
        return {"error": "failed", "message": f"{type(error).__name__}: {error}"}


def _write_graph(found: Iterable[ox.Triple], out: _Pieces, form: ox.RdfFormat | None) -> None:
    """Serializes triples: in order and with the prefixes they need, or, when there are many, as they come."""
    assert form is not None
    rest = iter(found)
    first = list(itertools.islice(rest, _SORTED + 1))
    if len(first) <= _SORTED:
        first.sort(key=str)
        ox.serialize(first, out, format=form, prefixes=prefixes_of(first, form))
    else:
        ox.serialize(itertools.chain(first, rest), out, format=form, prefixes=PREFIXES)


def _graph(name: str) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if name == DEFAULT_GRAPH else ox.NamedNode(name)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
