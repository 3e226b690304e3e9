"""The process in which foreign queries are evaluated: one store, opened read-only, one query at a time.

It is started by ``kb.engine`` as ``python -m kb.evaluator STORE MEMORY_MB TIMEOUT`` and speaks frames over its
standard input and output: four bytes of length (big endian), then JSON; an answer's bytes follow as a second frame.
Whatever goes wrong in here (a runaway query, a stack overflow, memory) ends this process and nothing else.
"""

import ctypes
import io
import json
import os
import resource
import signal
import struct
import sys
from typing import Any, BinaryIO

import pyoxigraph as ox

from kb.namespaces import BASE, DEFAULT_GRAPH, PREFIXES

MAX_ANSWER = 64_000_000
"""Bytes of the largest answer that is handed over."""

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_MERGED_QUADS = 2_000_000
"""Quads copied at most when several graphs are merged into a default graph."""


class _TooLarge(Exception):
    """The answer grew over MAX_ANSWER."""


class _Bounded(io.BytesIO):
    """A buffer that refuses to grow over MAX_ANSWER."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > MAX_ANSWER:
            raise _TooLarge
        return super().write(data)


def main(store_path: str, memory_mb: int, timeout: float) -> None:
    """Serves frames from standard input until it closes."""
    frames_in, frames_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints by accident must not land among the frames
    store = ox.Store.read_only(store_path)
    walls = {"process": True, "deadline": True, "network": _no_network(), "memory": _cap_memory(memory_mb)}
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _send(frames_out, {"ready": True, "walls": walls})
    while (request := _receive(frames_in)) is not None:
        signal.setitimer(signal.ITIMER_REAL, timeout + 5)  # should the parent be gone, nothing runs on for ever
        head, body = _evaluate(store, request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(frames_out, head)
        if body is not None:
            frames_out.write(struct.pack(">I", len(body)) + body)
            frames_out.flush()


def _receive(stream: BinaryIO) -> Any:
    length = stream.read(4)
    return json.loads(stream.read(struct.unpack(">I", length)[0])) if len(length) == 4 else None


def _send(stream: BinaryIO, message: object) -> None:
    data = json.dumps(message).encode()
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


def _evaluate(store: ox.Store, request: dict[str, Any]) -> tuple[dict[str, object], bytes | None]:
    try:
        results = _query(store, request)
        out = _Bounded()
        if isinstance(results, ox.QueryTriples):
            kind, media_type = "graph", request["graph"]
            form = ox.RdfFormat.from_media_type(media_type)
            triples = sorted(results, key=str)
            ox.serialize(triples, out, format=form, prefixes=_prefixes(triples))
        else:
            kind = "boolean" if isinstance(results, ox.QueryBoolean) else "solutions"
            media_type = request["solutions"]
            results.serialize(out, format=ox.QueryResultsFormat.from_media_type(media_type))
        return {"kind": kind, "media_type": media_type}, out.getvalue()
    except _TooLarge:
        return {"error": "size"}, None
    except MemoryError:
        return {"error": "memory"}, None
    except SyntaxError as error:
        return {"error": "syntax", "message": str(error.args[0])}, None
    except ValueError as error:
        return {"error": "dataset", "message": str(error)}, None
    except Exception as error:  # the parent must hear of it, whatever it is
        return {"error": "failed", "message": f"{type(error).__name__}: {error}"}, None


def _query(store: ox.Store, request: dict[str, Any]) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Evaluates over the dataset that the request names.

    Oxigraph does not merge several default graphs, it unites them with doubled rows, and knows nothing of the name
    of our default graph; so a dataset with more than the default graph in it is copied and merged first.
    """
    text, default, named = request["text"], request["default_graphs"], request["named_graphs"]
    if not default and not named:
        return store.query(text, base_iri=BASE)
    if default == [DEFAULT_GRAPH] and not named:
        return store.query(text, base_iri=BASE, default_graph=ox.DefaultGraph(), named_graphs=[])
    copy = ox.Store()
    left = _MERGED_QUADS
    for graphs, is_default in ((default, True), (named, False)):
        for name in graphs:
            source = ox.DefaultGraph() if name == DEFAULT_GRAPH else ox.NamedNode(name)
            target = ox.DefaultGraph() if is_default else ox.NamedNode(name)
            quads = []
            for quad in store.quads_for_pattern(None, None, None, source):
                quads.append(ox.Quad(quad.subject, quad.predicate, quad.object, target))
                left -= 1
                if left < 0:
                    raise _TooLarge
            copy.extend(quads)
    named_nodes: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(name) for name in named]
    return copy.query(text, base_iri=BASE, default_graph=ox.DefaultGraph(), named_graphs=named_nodes)


def _prefixes(triples: list[ox.Triple]) -> dict[str, str]:
    """The prefixes that a set of triples makes use of, so that a short answer does not begin with forty lines."""
    seen = {
        t.value
        for triple in triples
        for t in (triple.subject, triple.predicate, triple.object)
        if isinstance(t, ox.NamedNode)
    }
    seen |= {triple.object.datatype.value for triple in triples if isinstance(triple.object, ox.Literal)}
    return {name: space for name, space in PREFIXES.items() if any(value.startswith(space) for value in seen)}


def _no_network() -> bool:
    """Moves this process into a network namespace of its own, without any interface up; False where that fails."""
    if not sys.platform.startswith("linux"):
        return False
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    if unshare is None:
        return False
    return bool(unshare(_CLONE_NEWNET) == 0 or unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def _cap_memory(memory_mb: int) -> bool:
    """Caps the address space at what is in use now and ``memory_mb`` more; False where the platform cannot."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            used = int(statm.read().split()[0]) * resource.getpagesize()
        cap = used + memory_mb * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
