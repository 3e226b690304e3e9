"""What answers SPARQL: the interface that the web side and the command line ask, and its embedded form.

Foreign queries go through ``answer``: checked by tokens first (``kb.guard``), then evaluated in a process of
their own (``kb.evaluator``) with a deadline and a memory cap. Our own queries, read from ``.rq`` files with
bound terms, go through ``select`` and ``quads`` in this process.
"""

import contextlib
import functools
import json
import logging
import os
import queue
import re
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from kb import guard
from kb.errors import LimitError, QueryError
from kb.evaluator import MAX_ANSWER
from kb.namespaces import BASE, DEFAULT_GRAPH
from kb.store import manifest

_START_UP = 30.0
"""Seconds an evaluator may take to open its store."""

_NEVER = ("SERVICE", "LATERAL")
"""What the parser offers and we do not serve."""

_SEATS = 4
"""Queries that may be at work or waiting, per evaluator; one more is turned away at once."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = Mapping[str, Term]


@dataclass(frozen=True)
class QueryRequest:
    """A foreign query as the protocol gave it.

    ``default_graphs`` and ``named_graphs`` are the protocol's dataset: when either is given it overrides FROM
    and FROM NAMED. ``solutions`` and ``graph`` are the media types wanted for either kind of result.
    """

    text: str
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    solutions: str = "application/sparql-results+json"
    graph: str = "text/turtle"


@dataclass(frozen=True)
class Answer:
    """A whole answer: ``kind`` is ``solutions``, ``boolean`` or ``graph``; ``merged`` tells that graphs were
    merged into the default graph on the client's wish, so that claims stand beside what we say ourselves."""

    kind: str
    media_type: str
    body: bytes
    merged: bool = False


class Engine(Protocol):
    """Anything that serves one build."""

    @property
    def build_id(self) -> str:
        """SHA-256 of the served data, in hex."""

    @property
    def walls(self) -> Mapping[str, bool]:
        """Which protections stand around foreign queries: ``process``, ``deadline``, ``memory``, ``network``."""

    def answer(self, request: QueryRequest) -> Answer:
        """The answer to a foreign query; QueryError where it is not evaluated, LimitError where it was stopped."""

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> list[Row]:
        """The solutions of one of our own SELECT queries, in its own order, with unbound variables left out."""

    def quads(self, *, subjects: Iterable[str] = (), graphs: Iterable[str] = ()) -> list[ox.Quad]:
        """All default-graph quads with one of ``subjects``, and all quads of the named ``graphs``, sorted."""

    def dump(self, suffix: str) -> Iterator[bytes]:
        """The whole served dataset as ``nq`` or ``trig``, in pieces."""

    def close(self) -> None:
        """Ends every process this engine started; it cannot be asked again."""


def select_in(store: ox.Store, query: str, bindings: Mapping[str, Term] | None) -> list[Row]:
    """The solutions of a SELECT query over a store, with terms bound to variables of its projection."""
    bound = {ox.Variable(name): term for name, term in (bindings or {}).items()}
    results = store.query(query, base_iri=BASE, substitutions=bound)
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in results]


def quads_in(store: ox.Store, *, subjects: Iterable[str], graphs: Iterable[str]) -> list[ox.Quad]:
    """A store's default-graph quads with one of ``subjects``, and all quads of the named ``graphs``, sorted."""
    found: set[ox.Quad] = set()
    for subject in subjects:
        found.update(store.quads_for_pattern(ox.NamedNode(subject), None, None, ox.DefaultGraph()))
    for graph in graphs:
        found.update(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
    return sorted(found, key=str)


class EmbeddedEngine:
    """An engine over one build folder: our own queries here, foreign ones in a pool of evaluator processes.

    ``timeout`` is in seconds of wall-clock time per query, ``memory_mb`` in millions of bytes per evaluator,
    ``workers`` how many foreign queries run at once; one more waits at most ``patience`` seconds for its turn.
    """

    def __init__(
        self,
        build: Path,
        *,
        timeout: float = 10.0,
        memory_mb: int = 512,
        workers: int = 2,
        patience: float = 5.0,
    ) -> None:
        self._build = build
        self._manifest = manifest(build)
        self._store = ox.Store.read_only(str(build / "store"))
        self._pool = _Pool(str(build / "store"), timeout=timeout, memory_mb=memory_mb, size=workers, patience=patience)

    @property
    def build_id(self) -> str:
        """SHA-256 of the served data, in hex."""
        return self._manifest.build_id

    @property
    def walls(self) -> Mapping[str, bool]:
        """Which protections stand around foreign queries."""
        return self._pool.walls

    def answer(self, request: QueryRequest) -> Answer:
        """The answer to a foreign query; QueryError where it is not evaluated, LimitError where it was stopped."""
        guarded = guard.guard(request.text)
        default, named = request.default_graphs, request.named_graphs
        if not default and not named:
            default, named = guarded.default_graphs, guarded.named_graphs
        head, body = self._pool.ask(
            {
                "text": request.text,
                "default_graphs": list(dict.fromkeys(default)),
                "named_graphs": list(dict.fromkeys(named)),
                "solutions": request.solutions,
                "graph": request.graph,
            }
        )
        merged = any(graph != DEFAULT_GRAPH for graph in default)
        return Answer(head["kind"], head["media_type"], body, merged)

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> list[Row]:
        """The solutions of one of our own SELECT queries."""
        return select_in(self._store, query, bindings)

    def quads(self, *, subjects: Iterable[str] = (), graphs: Iterable[str] = ()) -> list[ox.Quad]:
        """All default-graph quads with one of ``subjects``, and all quads of the named ``graphs``, sorted."""
        return quads_in(self._store, subjects=subjects, graphs=graphs)

    def dump(self, suffix: str) -> Iterator[bytes]:
        """The whole served dataset as written at build, ``nq`` or ``trig``, in pieces."""
        with (self._build / f"dump.{suffix}").open("rb") as file:
            while piece := file.read(1 << 16):
                yield piece

    def close(self) -> None:
        """Ends the evaluators."""
        self._pool.close()


class _Evaluator:
    """One evaluator process as its parent sees it."""

    def __init__(self, store: str, *, timeout: float, memory_mb: int) -> None:
        self._timeout = timeout
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kb.evaluator", store, str(memory_mb), str(timeout)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,  # not a file: an evaluator may write none
            env=_environment(),
        )
        self.walls: dict[str, bool] = self._read_json(_START_UP)["walls"]

    def ask(self, request: object) -> tuple[dict[str, Any], bytes]:
        """Head and body of the answer; LimitError or QueryError; after a LimitError the process is gone."""
        until = time.monotonic() + self._timeout
        data = json.dumps(request).encode()
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(struct.pack(">I", len(data)) + data)
            self._process.stdin.flush()
            head = self._read_json(until - time.monotonic())
            body = b"" if "error" in head else self._read_frame(until - time.monotonic())
        except (BrokenPipeError, EOFError):
            raise self._obituary() from None
        if "error" in head:
            raise _refusal(head)
        return head, body

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends the process at once, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _read_json(self, seconds: float) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._read_frame(seconds))
        return found

    def _read_frame(self, seconds: float) -> bytes:
        until = time.monotonic() + seconds
        (length,) = struct.unpack(">I", self._read(4, until))
        return self._read(length, until)

    def _read(self, count: int, until: float) -> bytes:
        assert self._process.stdout is not None
        descriptor, parts = self._process.stdout.fileno(), []
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while count:
            if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
                raise LimitError(
                    f"The query ran longer than {self._timeout:g} seconds and was stopped.",
                    reason="time",
                    hint="Ask for less: add LIMIT, bind more terms, or put GRAPH behind the claim's own properties.",
                )
            piece = os.read(descriptor, min(count, 1 << 20))
            if not piece:
                raise EOFError
            parts.append(piece)
            count -= len(piece)
        return b"".join(parts)

    def _obituary(self) -> LimitError:
        """Why the process ended by itself, read off its signal and last words."""
        code = self._process.wait()
        assert self._process.stderr is not None
        last_words = self._process.stderr.read().decode("utf-8", "replace")
        if "memory allocation" in last_words or "bad_alloc" in last_words or "MemoryError" in last_words:
            return LimitError(
                "The query needed more memory than one query may have and was stopped.",
                reason="memory",
                hint="Ask for less: avoid sorting or joining everything with everything.",
            )
        logging.getLogger(__name__).warning("evaluator ended with %s: %s", code, last_words[-300:])
        return LimitError(
            "The query ended the process that evaluated it and was given up.",
            reason="crash",
            hint="It is probably too deeply nested; ask in several smaller queries.",
        )


class _Pool:
    """Evaluators that wait for work; one that dies or is killed is replaced at once, in the background."""

    def __init__(self, store: str, *, timeout: float, memory_mb: int, size: int, patience: float) -> None:
        self._start = functools.partial(_Evaluator, store, timeout=timeout, memory_mb=memory_mb)
        self._patience = patience
        self._seats = threading.BoundedSemaphore(size * _SEATS)
        self._idle: queue.LifoQueue[_Evaluator] = queue.LifoQueue()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._busy: set[_Evaluator] = set()
        self.walls: dict[str, bool] = {}
        for _ in range(size):
            self._add()

    def ask(self, request: object) -> tuple[dict[str, Any], bytes]:
        """Head and body from the next free evaluator; LimitError ``busy`` where none gets free in time."""
        if not self._seats.acquire(blocking=False):
            raise _busy()
        try:
            return self._ask(request)
        finally:
            self._seats.release()

    def _ask(self, request: object) -> tuple[dict[str, Any], bytes]:
        evaluator = self._next()
        with self._lock:
            self._busy.add(evaluator)
        healthy = False
        try:
            answer = evaluator.ask(request)
            healthy = True
            return answer
        except QueryError:
            healthy = True
            raise
        finally:
            with self._lock:
                self._busy.discard(evaluator)
            if healthy and not self._closed.is_set():
                self._idle.put(evaluator)
            else:
                evaluator.kill()
                if not self._closed.is_set():
                    threading.Thread(target=self._replace, daemon=True).start()

    def _next(self) -> _Evaluator:
        """The next free evaluator that is alive; one that died while it waited is replaced and costs no query."""
        until = time.monotonic() + self._patience
        while True:
            try:
                evaluator = self._idle.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise _busy() from None
            if evaluator.is_alive():
                return evaluator
            evaluator.kill()
            threading.Thread(target=self._replace, daemon=True).start()

    def _add(self) -> None:
        evaluator = self._start()
        self.walls = dict(evaluator.walls)
        self._idle.put(evaluator)
        if self._closed.is_set():
            self.close()

    def _replace(self) -> None:
        wait = 0.1
        while not self._closed.is_set():
            try:
                return self._add()
            except (LimitError, EOFError, OSError) as error:
                logging.getLogger(__name__).error("an evaluator could not be started: %s", error)
                time.sleep(wait)
                wait = min(wait * 2, 5.0)

    def close(self) -> None:
        """Ends all evaluators, idle or at work."""
        self._closed.set()
        with self._lock:
            evaluators = list(self._busy)
        with contextlib.suppress(queue.Empty):
            while True:
                evaluators.append(self._idle.get_nowait())
        for evaluator in evaluators:
            evaluator.kill()


def _busy() -> LimitError:
    return LimitError(
        "All evaluators are at work; your query was not started.", reason="busy", hint="Try again shortly."
    )


def _refusal(head: Mapping[str, Any]) -> QueryError | LimitError:
    """The error that an evaluator reported, in the words of the endpoint."""
    message = str(head.get("message", ""))
    if head["error"] == "syntax":
        found = re.search(r"at (\d+):(\d+): (.*)", message, re.S)
        if found:
            return QueryError(
                f"The query is not valid SPARQL: {_expected(found[3])}.",
                reason="syntax",
                line=int(found[1]),
                column=int(found[2]),
            )
        return QueryError(f"The query is not valid SPARQL: {message}", reason="syntax")
    if head["error"] == "memory":
        return LimitError("The query needed more memory than one query may have and was stopped.", reason="memory")
    if head["error"] == "size":
        return LimitError(
            f"The answer is larger than {MAX_ANSWER:,} bytes and is not sent in part.",
            reason="size",
            hint="Add LIMIT and OFFSET, ask for fewer columns, or fetch the dump.",
        )
    if head["error"] == "dataset":
        return QueryError(f"The query names a graph that is no absolute IRI: {message}.", reason="syntax")
    return QueryError(f"The query could not be evaluated: {message}", reason="syntax")


def _expected(message: str) -> str:
    """The parser's words without the character classes that nobody reads: ``expected one of ".", ")", FILTER``."""
    words = re.match(r"expected (?:one of )?(.*)", message, re.S)
    if words is None:
        return message.strip()
    found = re.findall(r'"(?:[^"\\]|\\.)*"|(?<![\w{\'])[A-Za-z]{2,}(?![\w}\'])', words[1])
    tokens = [token for token in dict.fromkeys(found) if token not in _NEVER]
    return f"expected one of {', '.join(tokens)}" if tokens else "something is missing before this place"


def _environment() -> dict[str, str]:
    """The evaluator's environment: where Python finds this package, and nothing else of ours."""
    here = str(Path(__file__).resolve().parent.parent)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")}
    return {**kept, "PYTHONPATH": here, "PYTHONUNBUFFERED": "1"}
