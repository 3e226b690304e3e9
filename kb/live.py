"""An engine that follows its builds, here or in a service: a newer one is opened beside the old, and takes over."""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Generic, TypeVar

import pyoxigraph as ox

from kb.engine import Answer, Engine, QueryRequest, Row, Term, Told
from kb.errors import TestimoniaError
from kb.index import Index
from kb.pool import State
from kb.statistics import Statistics

LOOK = 0.5
"""Seconds between two looks at which build is the newest."""

_log = logging.getLogger(__name__)

Build = TypeVar("Build")
"""What tells one build from another: its folder, or the record of its publication."""


def linked(current: Path) -> Callable[[], Path]:
    """What tells the folder of the build that the link ``current`` points to; OSError where there is none."""
    return lambda: current.parent / os.readlink(current)


class LiveEngine(Generic[Build]):
    """Serves the build that ``newest`` tells of; ``open_build`` makes an engine of it.

    A request that holds an engine (``pinned``) keeps it to its end; an engine that nobody holds any more and that is
    not the newest is closed by the thread that looks for builds, since that takes a while and a request may end on an
    event loop. A build that cannot be opened is told of in the log, and the one before stays; it is tried again.
    """

    def __init__(self, newest: Callable[[], Build], open_build: Callable[[Build], Engine]) -> None:
        self._newest, self._open = newest, open_build
        self._told = ""
        self._lock = threading.Lock()
        self._holders: dict[Engine, int] = {}
        self._stop = threading.Event()
        self._build = self._newest()
        self._engine = open_build(self._build)
        self._holders[self._engine] = 0
        self._follower = threading.Thread(target=self._follow, name="builds", daemon=True)
        self._follower.start()

    @property
    def build_id(self) -> str:
        """SHA-256 of the data now served, in hex."""
        return self._engine.build_id

    @property
    def state(self) -> State:
        """What goes on in the engine now in use."""
        return self._engine.state

    @property
    def is_here(self) -> bool:
        """Whether the engine now in use reads in this process."""
        return self._engine.is_here

    @contextmanager
    def pinned(self) -> Iterator[Engine]:
        """The engine of the newest build, for one request; it stays open until the request is answered."""
        with self._lock:
            engine = self._engine
            self._holders[engine] += 1
        try:
            yield engine
        finally:
            with self._lock:
                self._holders[engine] -= 1

    def answer(self, request: QueryRequest) -> Answer:
        """The answer to a foreign query; errors as those of the engine."""
        with self.pinned() as engine:
            return engine.answer(request)

    def enter(self, request: QueryRequest, wake: Callable[[], None]) -> None:
        """None: whoever waits without a thread has to hold an engine (``pinned``) and to ask that."""

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> list[Row]:
        """The solutions of one of our own SELECT queries."""
        with self.pinned() as engine:
            return engine.select(query, bindings)

    def quads(self, *, subjects: Iterable[str] = (), graphs: Iterable[str] = ()) -> list[ox.Quad]:
        """All default-graph quads with one of ``subjects``, and all quads of the named ``graphs``, sorted."""
        with self.pinned() as engine:
            return engine.quads(subjects=subjects, graphs=graphs)

    def told(self, subjects: Iterable[str]) -> Mapping[str, Told]:
        """What the default graph says of each of ``subjects``."""
        with self.pinned() as engine:
            return engine.told(subjects)

    @property
    def statistics(self) -> Statistics:
        """The figures of the data now served."""
        return self._engine.statistics

    @property
    def index(self) -> Index:
        """The tables of names, words and lists of the data now served; whoever holds it holds its engine too."""
        return self._engine.index

    def dump(self, suffix: str) -> BinaryIO:
        """The whole served dataset, open for reading; it outlives the engine."""
        with self.pinned() as engine:
            return engine.dump(suffix)

    def write_graph(self, name: str | None, form: ox.RdfFormat, out: IO[bytes]) -> bool:
        """Writes the triples of a graph, of the default graph for None; False where there is no such graph."""
        with self.pinned() as engine:
            return engine.write_graph(name, form, out)

    def close(self) -> None:
        """Ends every process of every engine that is still open."""
        self._stop.set()
        self._follower.join()
        with self._lock:
            engines = list(self._holders)
        for engine in engines:
            engine.close()

    def _follow(self) -> None:
        while not self._stop.wait(LOOK):
            self._take_newest()
            self._close_idle()

    def _take_newest(self) -> None:
        try:
            build = self._newest()
            if build == self._build:
                return
            engine = self._open(build)
        except (OSError, TestimoniaError) as error:
            if str(error) != self._told:
                _log.error("a new build cannot be served, the one before stays: %s", error)
            self._told = str(error)
            return
        self._build, self._told = build, ""
        with self._lock:
            self._engine = engine
            self._holders[engine] = 0
        _log.info("build %s is served now", engine.build_id[:12])

    def _close_idle(self) -> None:
        with self._lock:
            idle = [engine for engine, holders in self._holders.items() if not holders and engine is not self._engine]
            for engine in idle:
                del self._holders[engine]
        for engine in idle:
            engine.close()
