"""What answers SPARQL: the interface that the web side and the command line ask, and its embedded form.

Foreign queries go through ``answer``: checked by tokens first (``kb.guard``), then evaluated in a process of
their own (``kb.evaluator``) with a deadline and a memory cap. Our own queries, read from ``.rq`` files with
bound terms, go through ``select`` and ``quads`` in this process.
"""

import itertools
import os
import re
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, Self

import orjson
import pyoxigraph as ox

from kb import guard
from kb.binding import bind
from kb.errors import LimitError, QueryError
from kb.index import Index
from kb.namespaces import BASE, DEFAULT_GRAPH
from kb.pool import Job, Pool, State
from kb.process import Body, Evaluator, Unsorted
from kb.recent import Recent
from kb.sorting import sorted_by_kind
from kb.statistics import Statistics
from kb.store import figures, manifest, open_index, write_default_graph, write_named_graph

MAX_ANSWER = 64_000_000
"""Bytes of the largest answer that is handed over."""

RECENT = 30_000
"""Statements about the subjects asked for of late that are kept at hand."""

PATIENCE = 10.0
"""Seconds that a query waits for its turn."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = Mapping[str, Term]
Told = Mapping[str, Sequence[Term]]
"""What the default graph says of a subject: the objects under each predicate, sorted."""


def always() -> bool:
    """True: of a client that does not leave."""
    return True


@dataclass(frozen=True)
class QueryRequest:
    """A foreign query as the protocol gave it.

    ``default_graphs`` and ``named_graphs`` are the protocol's dataset: when either is given it overrides FROM
    and FROM NAMED. ``solutions`` and ``graph`` are the media types wanted for either kind of result. ``client`` is
    whose share of the evaluators it takes; once ``there`` is False, nobody waits for the answer any more.
    """

    text: str
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    solutions: str = "application/sparql-results+json"
    graph: str = "text/turtle"
    max_bytes: int = MAX_ANSWER
    client: str = ""
    there: Callable[[], bool] = field(default=always, repr=False, compare=False)


@dataclass(frozen=True)
class Answer:
    """A whole answer: ``kind`` is ``solutions``, ``boolean`` or ``graph``; ``merged`` tells that graphs were
    merged into the default graph on the client's wish, so that claims stand beside what we say ourselves. XML is
    well-formed. A large ``body`` lies in a file that is mapped into memory."""

    kind: str
    media_type: str
    body: Body
    merged: bool = False


class Asked(Protocol):
    """A foreign query on its way to its answer, for whoever waits for that without a thread."""

    @property
    def request(self) -> QueryRequest:
        """What was asked."""

    def begin(self) -> int | None:
        """The descriptor that has something to read when there is something to ``take``; None if it is not our turn."""

    def take(self) -> int | None:
        """Takes what is there: the bytes of the answer so far, or None where it is whole; EOFError where it breaks."""

    def finish(self, there: Callable[[], bool]) -> Answer:
        """Waits for the answer, from wherever the query is; errors as those of ``Engine.answer``."""

    def drop(self) -> None:
        """Gives it up; does nothing where it has ended."""


class Reader(Protocol):
    """Anything that tells what is said of things whose IRIs are known."""

    def quads(self, *, subjects: Iterable[str] = (), graphs: Iterable[str] = ()) -> list[ox.Quad]:
        """All default-graph quads with one of ``subjects``, and all quads of the named ``graphs``, sorted."""

    def told(self, subjects: Iterable[str]) -> Mapping[str, Told]:
        """What the default graph says of each of ``subjects``; nothing of those that it does not know."""


class Engine(Reader, Protocol):
    """Anything that serves one build."""

    @property
    def build_id(self) -> str:
        """SHA-256 of the served data, in hex."""

    @property
    def state(self) -> State:
        """What goes on, and which walls stand around foreign queries: process, deadline, memory, network, files."""

    @property
    def is_here(self) -> bool:
        """Whether what it says of a thing is read in this process, and not over a network."""

    def pinned(self) -> AbstractContextManager["Engine"]:
        """The engine to ask for as long as the context lasts, which serves the same build all the while."""

    def answer(self, request: QueryRequest) -> Answer:
        """The answer to a foreign query; QueryError where it is not evaluated, LimitError where it was stopped."""

    def enter(self, request: QueryRequest, wake: Callable[[], None]) -> Asked | None:
        """A foreign query that waits for its turn, of which ``wake`` tells from any thread; errors as of ``answer``.

        None where only ``answer`` will do. Whoever enters one has to finish or to drop it.
        """

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> list[Row]:
        """The solutions of one of our own SELECT queries, in its own order, with unbound variables left out."""

    @property
    def statistics(self) -> Statistics:
        """The figures of the served data, counted when it was built."""

    @property
    def index(self) -> Index:
        """The tables of names, words and lists, written when the served data was built."""

    def dump(self, suffix: str) -> BinaryIO:
        """The whole served dataset, one of ``kb.store.DUMPS``, open for reading."""

    def write_graph(self, name: str | None, form: ox.RdfFormat, out: IO[bytes]) -> bool:
        """Writes the triples of a named graph, of the default graph for None; False, with nothing written, where there
        is no such graph."""

    def close(self) -> None:
        """Ends every process this engine started; it cannot be asked again."""


def select_in(store: ox.Store, query: str, bindings: Mapping[str, Term] | None) -> list[Row]:
    """The solutions of a SELECT query over a store, with terms bound to variables of its projection."""
    results = store.query(bind(query, bindings or {}), base_iri=BASE)
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


def told_in(subjects: Iterable[str], quads: Iterable[ox.Quad]) -> dict[str, Told]:
    """What default-graph quads say of each of ``subjects``."""
    found: dict[str, dict[str, list[Term]]] = {subject: {} for subject in subjects}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            found[quad.subject.value].setdefault(quad.predicate.value, []).append(quad.object)
    for told in found.values():
        for values in told.values():
            if len(values) > 1:
                values.sort(key=str)
    return dict(found)


def told_by(reader: Reader, subjects: Iterable[str]) -> dict[str, Told]:
    """What the default graph says of each of ``subjects``, read anew."""
    wanted = list(subjects)
    return told_in(wanted, reader.quads(subjects=wanted))


class EmbeddedEngine:
    """An engine over one build folder: our own queries here, foreign ones in a pool of evaluator processes.

    ``timeout`` is in seconds of wall-clock time per query, ``memory_mb`` in millions of bytes per evaluator,
    ``workers`` how many long queries run at once; one more waits at most ``patience`` seconds for its turn.
    """

    def __init__(
        self,
        build: Path,
        *,
        timeout: float = 10.0,
        memory_mb: int = 512,
        workers: int = 3,
        patience: float = PATIENCE,
    ) -> None:
        self._build = build
        self._manifest = manifest(build)
        self._statistics = figures(build)
        self._index = open_index(build)
        self._default_graph: dict[str, IO[bytes]] = {}
        self._default_lock = threading.Lock()
        self._files = ExitStack()
        path = str(build / "store")
        self._pool = Pool(
            lambda: Evaluator(path, timeout=timeout, memory_mb=memory_mb),
            places=workers,
            timeout=timeout,
            patience=patience,
        )
        self._store = ox.Store.read_only(path)
        self._recent = Recent(self._read, most=RECENT)

    @property
    def build_id(self) -> str:
        """SHA-256 of the served data, in hex."""
        return self._manifest.build_id

    @property
    def state(self) -> State:
        """What goes on, and which walls stand around foreign queries."""
        return self._pool.state

    @property
    def is_here(self) -> bool:
        """True: the store is open in this process."""
        return True

    def pinned(self) -> AbstractContextManager[Self]:
        """This engine, which serves one build for as long as it lives."""
        return nullcontext(self)

    def answer(self, request: QueryRequest) -> Answer:
        """The answer to a foreign query; QueryError where it is not evaluated, LimitError where it was stopped."""
        return self.enter(request, lambda: None).finish(request.there)

    def enter(self, request: QueryRequest, wake: Callable[[], None]) -> "_Asked":
        """A foreign query that waits for its turn, of which ``wake`` tells; errors as of ``answer``."""
        guarded = guard.guard(request.text)
        default, named = request.default_graphs, request.named_graphs
        if not default and not named:
            default, named = guarded.default_graphs, guarded.named_graphs
        question = {
            "text": guarded.spelled(request.text, moved=bool(default or named)),
            "default_graphs": list(dict.fromkeys(default)),
            "named_graphs": list(dict.fromkeys(named)),
            "solutions": request.solutions,
            "graph": request.graph,
            "max_bytes": request.max_bytes,
        }
        job = self._pool.enter(orjson.dumps(question), client=request.client, light=guarded.light, wake=wake)
        return _Asked(request, self._pool, job, question, any(graph != DEFAULT_GRAPH for graph in default))

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> list[Row]:
        """The solutions of one of our own SELECT queries."""
        return select_in(self._store, query, bindings)

    def quads(self, *, subjects: Iterable[str] = (), graphs: Iterable[str] = ()) -> list[ox.Quad]:
        """All default-graph quads with one of ``subjects``, and all quads of the named ``graphs``, sorted."""
        return quads_in(self._store, subjects=subjects, graphs=graphs)

    def told(self, subjects: Iterable[str]) -> Mapping[str, Told]:
        """What the default graph says of each of ``subjects``, of which those asked for of late are at hand."""
        return self._recent.told(subjects)

    def _read(self, subjects: Collection[str]) -> dict[str, Told]:
        graph = ox.DefaultGraph()
        found = (self._store.quads_for_pattern(ox.NamedNode(one), None, None, graph) for one in subjects)
        return told_in(subjects, itertools.chain.from_iterable(found))

    @property
    def statistics(self) -> Statistics:
        """The figures of the served data, counted when it was built."""
        return self._statistics

    @property
    def index(self) -> Index:
        """The tables of names, words and lists, written when the served data was built."""
        return self._index

    def dump(self, suffix: str) -> BinaryIO:
        """The whole served dataset as written at build, open for reading."""
        return (self._build / f"dump.{suffix}").open("rb")

    def write_graph(self, name: str | None, form: ox.RdfFormat, out: IO[bytes]) -> bool:
        """Writes the triples of a graph, of the default graph for None; False where there is no such graph.

        The default graph is written once in each format and then copied: it is most of the data.
        """
        if name is not None:
            return write_named_graph(self._store, name, form, out)
        with self._default_lock:
            kept = self._default_graph.get(form.media_type)
            if kept is None:
                kept = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (closed with the engine)
                write_default_graph(self._build, form, kept)
                kept.flush()
                self._default_graph[form.media_type] = kept
        at = 0
        while piece := os.pread(kept.fileno(), 1 << 16, at):
            at += out.write(piece)
        return True

    def close(self) -> None:
        """Ends the evaluators."""
        self._pool.close()
        self._files.close()
        self._index.close()


@dataclass(frozen=True)
class _Asked:
    """A query in the pool; see ``Asked``."""

    request: QueryRequest
    _pool: Pool
    _job: Job
    _question: Mapping[str, object]
    _merged: bool

    def begin(self) -> int | None:
        evaluator = self._pool.begin(self._job)
        return None if evaluator is None else evaluator.fileno()

    def take(self) -> int | None:
        return self._pool.take(self._job)

    def finish(self, there: Callable[[], bool]) -> Answer:
        try:
            end, body = self._pool.finish(self._job, there)
        except Unsorted:
            text = sorted_by_kind(str(self._question["text"]))
            if text is None:
                raise
            question = orjson.dumps({**self._question, "text": text})
            end, body = self._pool.ask(question, client=self.request.client, light=False, there=there)
        if "error" in end:
            raise _refusal(end, self.request)
        return Answer(end["kind"], end["media_type"], body, self._merged)

    def drop(self) -> None:
        self._pool.drop(self._job)


def _refusal(head: Mapping[str, Any], request: QueryRequest) -> QueryError | LimitError:
    """The error that an evaluator reported of a request, in the words of the endpoint."""
    message = str(head.get("message", ""))
    if head["error"] == "syntax":
        found = re.search(r"at (\d+):(\d+): (.*)", message, re.S)
        if found:
            return QueryError(
                f"The query is not valid SPARQL{_rule(found[3])}.",
                reason="syntax",
                line=int(found[1]),
                column=int(found[2]),
            )
        return QueryError(f"The query is not valid SPARQL: {message}", reason="syntax")
    if head["error"] == "memory":
        return LimitError("The query needed more memory than one query may have and was stopped.", reason="memory")
    if head["error"] == "size":
        return LimitError(
            f"The answer is larger than {request.max_bytes:,} bytes and is not sent in part.",
            reason="size",
            hint="Add LIMIT and OFFSET, ask for fewer columns, or fetch the dump.",
        )
    if head["error"] == "not-in-xml":
        return QueryError(message, reason="not-in-xml", hint=str(head["hint"]))
    if head["error"] == "dataset":
        return QueryError(f"The query names a graph that is no absolute IRI: {message}.", reason="syntax")
    if unknown := re.search(r"custom function <([^>]*)>", message):
        called = [one.at for one in guard.guard(request.text).iris if (one.role, one.iri) == ("function", unknown[1])]
        return QueryError(
            f"There is no function <{unknown[1]}> here.",
            reason="syntax",
            hint="The service description, /sparql with Accept: text/turtle, lists those that there are.",
            line=guard.line(request.text, called[0]) if called else None,
            column=guard.column(request.text, called[0]) if called else None,
        )
    return QueryError(f"The query could not be evaluated: {message}", reason="syntax")


def _rule(message: str) -> str:
    """The rule that the engine names, such as “: Duplicated variable name in SELECT”, if it does.

    What it lists besides is of no use: grammar is checked before (``kb.guard``), and its list holds what would have
    reached furthest, not what is missing.
    """
    found = re.search(r"[A-Z][\w*]+(?: [\w*-]+){3,}", message)
    return f": {found[0]}" if found else ""
