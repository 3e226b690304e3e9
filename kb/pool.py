"""Who gets an evaluator: short queries at once, long ones in turn, and each client its share.

A query begins as *quick*. One that has not ended after QUICK seconds at work is *long*: it goes on if a place for long
queries is free and its client has not had its share; else it is stopped, waits, and begins again when its turn comes.
What was long once is known to be long the next time. *Light* queries, which cannot be long by their shape, have an
evaluator kept free for them. So nobody's long query keeps anybody's short one waiting, and no client takes all the
places. Where many wait and none of them is long, evaluators are added for the crowd, one after the other, and ended
after it.
"""

import hashlib
import itertools
import logging
import operator
import os
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from kb import walls
from kb.errors import LimitError
from kb.process import Evaluator, Found, Killed

QUICK = 0.1
"""Seconds of processor time after which a query is long."""

STARVED = 0.4
"""Seconds after which it is long in any case: others may want the processor, and it may wait for the disk."""

QUICK_PLACES = 2
"""Quick queries that run at once, where one has turned out to be long of late."""

CROWD_PLACES = 2 * max(2, os.cpu_count() or 2)
"""Quick queries that run at once where none has: some work while others change hands."""

_CROWD = 4
"""Queries that wait, from which on evaluators are added."""

_CALM = 5.0
"""Seconds without a query that turned out to be long, after which a crowd of quick ones is let in."""

WAITING = 64
"""Quick queries that may wait, and as many light ones."""

SHARE = 8
"""Long queries of one client, at work or waiting; three times as many may wait of all together."""

_STANDS_BACK = 0.5
"""Seconds after which a long query stands back behind others for processor time."""

_LOOK = 0.2
"""Seconds between two looks at whether the client is still there."""

_KNOWN = 1000
"""Long queries, and clients that were served, that are remembered."""

_TIDY = 30.0
"""Seconds after which evaluators that a crowd left behind are ended."""

_ORDER = operator.attrgetter("order")

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """What goes on: evaluators by what they do, queries that wait, and how many ended in which way since the start."""

    free: int = 0
    quick: int = 0
    long: int = 0
    waiting: int = 0
    started: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)
    walls: Mapping[str, bool] = field(default_factory=dict)


class _Again(Exception):
    """The query is long, and it is not its turn."""


@dataclass(eq=False)
class Job:
    """A query on its way: ``lane`` is light, quick or long; ``wake`` is called, in any thread, when its turn comes."""

    question: bytes
    client: str
    lane: str
    key: bytes
    order: int
    wake: Callable[[], None]
    turn: threading.Event = field(default_factory=threading.Event)
    evaluator: Evaluator | None = None
    begun: bool = False
    found: Found | None = None
    stands_back: bool = False


class Pool:
    """Evaluators, started by ``start``, and the queries that want them.

    ``places`` is how many long queries run at once; no client has more than ``places - 1`` of them, so that there is
    always one for somebody else. ``timeout`` is in seconds of one query's run, ``patience`` in seconds of its wait.
    """

    def __init__(self, start: Callable[[], Evaluator], *, places: int, timeout: float, patience: float) -> None:
        self._start, self._places, self._timeout, self._patience = start, places, timeout, patience
        self._lock = threading.Lock()
        self._free: list[Evaluator] = []
        self._starters: set[threading.Thread] = set()
        self._waiting: list[Job] = []
        self._running: set[Job] = set()
        self._known_long: OrderedDict[bytes, None] = OrderedDict()
        self._last_served: OrderedDict[str, int] = OrderedDict()
        self._orders = itertools.count()
        self._ended: Counter[str] = Counter()
        self._calm_from = 0.0
        self._closed = threading.Event()
        first = start()
        try:
            first.ready()
        except BaseException:
            first.kill()
            raise
        self._free.append(first)
        self._walls, self._started = first.walls, 1
        with self._lock:
            self._start_missing()
        self._tidier = threading.Thread(target=self._tidy, name="evaluators", daemon=True)
        self._tidier.start()

    @property
    def state(self) -> State:
        """What goes on at this moment."""
        with self._lock:
            lanes = Counter(job.lane for job in self._running)
            return State(
                len(self._free),
                lanes["quick"] + lanes["light"],
                lanes["long"],
                len(self._waiting),
                self._started,
                dict(self._ended),
                dict(self._walls),
            )

    def ask(self, question: bytes, *, client: str, light: bool, there: Callable[[], bool]) -> Found:
        """The end that an evaluator reported, which may be an error, and the body of the answer.

        LimitError ``time``, ``memory``, ``crash``, ``busy``, ``share`` (of this client) or ``left`` (``there`` is
        False: the client has gone).
        """
        return self.finish(self.enter(question, client=client, light=light), there)

    def enter(self, question: bytes, *, client: str, light: bool, wake: Callable[[], None] = lambda: None) -> Job:
        """A query that waits for its turn, or has it; LimitError ``busy`` or ``share`` where it may not even wait.

        Whoever entered it has to ``finish`` or to ``drop`` it.
        """
        key = hashlib.blake2b(question, digest_size=16).digest()
        with self._lock:
            lane = "light" if light else "long" if key in self._known_long else "quick"
            job = Job(question, client, lane, key, next(self._orders), wake)
            try:
                self._admit(job)
            except LimitError as error:
                self._ended[error.reason] += 1
                raise
            self._queue(job)
        return job

    def finish(self, job: Job, there: Callable[[], bool]) -> Found:
        """Waits for the answer to a query, wherever it is on its way; errors as those of ``ask``."""
        if job.found is not None:
            return job.found
        try:
            found = self._answer(job, there)
        except LimitError as error:
            self._count(error.reason)
            raise
        self._count(str(found[0].get("error", "answered")))
        return found

    def begin(self, job: Job) -> Evaluator | None:
        """The evaluator that is now at work on a query, if it is its turn and that went well."""
        if not job.turn.is_set() or job.evaluator is None:
            return None
        try:
            job.evaluator.begin(job.question)
        except (LimitError, Killed):
            return None  # ``finish`` meets it again, and sees to it
        job.begun = True
        return job.evaluator

    def take(self, job: Job) -> int | None:
        """The bytes that are there by now of the answer to a query that was begun; None where it is whole.

        EOFError where it will not be so; ``finish`` says why.
        """
        assert job.evaluator is not None
        job.found = job.evaluator.take()
        if job.found is None:
            return job.evaluator.taken
        self._take_back(job, job.evaluator, healthy=True)
        self._count(str(job.found[0].get("error", "answered")))
        return None

    def drop(self, job: Job) -> None:
        """Gives up a query; its evaluator is ended if it was at work."""
        with self._lock:
            if job in self._waiting:
                self._waiting.remove(job)
        if job.evaluator is not None:
            self._take_back(job, job.evaluator, healthy=not job.begun)

    def close(self) -> None:
        """Ends all evaluators, idle or at work."""
        self._closed.set()
        with self._lock:
            evaluators = [*self._free, *(job.evaluator for job in self._running if job.evaluator)]
            self._free.clear()
            starters = list(self._starters)
        for evaluator in evaluators:
            evaluator.kill()
        for thread in (*starters, self._tidier):
            thread.join()

    def _answer(self, job: Job, there: Callable[[], bool]) -> Found:
        killed = False
        while True:
            evaluator = self._await_turn(job, there)
            healthy = False
            try:
                if not job.begun:
                    evaluator.begin(job.question)
                found = evaluator.finish(lambda seconds: self._watch(job, there, seconds))
                healthy = True
                return found
            except _Again:
                pass
            except Killed:
                if killed or self._closed.is_set():
                    raise LimitError(
                        "The process that evaluated the query was ended from outside.",
                        reason="crash",
                        hint="Ask once more.",
                    ) from None
                killed = True
            finally:
                self._take_back(job, evaluator, healthy=healthy)
            with self._lock:
                self._queue(job)

    def _queue(self, job: Job) -> None:
        """Lets a query wait for its turn, which may be at once; the lock is held."""
        job.turn.clear()
        job.begun = False
        self._waiting.append(job)
        self._give_turns()

    def _await_turn(self, job: Job, there: Callable[[], bool]) -> Evaluator:
        until = time.monotonic() + self._patience
        while not job.turn.wait(min(_LOOK, max(0.0, until - time.monotonic()))):
            late, gone = self._closed.is_set() or time.monotonic() >= until, not there()
            if late or gone:
                with self._lock:
                    if job in self._waiting:
                        self._waiting.remove(job)
                        raise _left() if gone else self._busy()
        assert job.evaluator is not None
        return job.evaluator

    def _watch(self, job: Job, there: Callable[[], bool], seconds: float) -> float:
        """Looks after a running query; the seconds until the next look."""
        if seconds >= self._timeout:
            raise LimitError(
                f"The query ran longer than {self._timeout:g} seconds and was stopped.",
                reason="time",
                hint="Ask for less: add LIMIT, bind more terms, or put GRAPH behind the claim's own properties.",
            )
        next_look = QUICK - seconds
        if seconds >= QUICK and job.lane != "long" and job.evaluator is not None:
            next_look = min(QUICK - job.evaluator.worked(), STARVED - seconds)
            if next_look <= 0:
                self._make_long(job)
        if seconds >= _LOOK and not there():
            raise _left()
        if seconds >= _STANDS_BACK and not job.stands_back and job.evaluator is not None:
            job.stands_back = True
            walls.stand_back(job.evaluator.pid)
        return min(_LOOK if job.lane == "long" else max(0.0, next_look), self._timeout - seconds)

    def _make_long(self, job: Job) -> None:
        """Gives a query a place among the long ones; _Again where it must wait for one, LimitError where it may not."""
        with self._lock:
            _remember(self._known_long, job.key, None)
            self._calm_from = time.monotonic() + _CALM
            has_place = self._may_run_long(job)
            job.lane = "long"
            if not has_place:
                self._admit(job)
                raise _Again
            self._give_turns()

    def _admit(self, job: Job) -> None:
        """LimitError where there is no room for a query; the lock is held."""
        everybody = (*self._waiting, *self._running)
        own = [other.lane for other in everybody if other.client == job.client and other is not job]
        if own.count("long") >= SHARE and job.lane != "light" and (job.lane == "long" or "quick" in own):
            raise LimitError(
                f"You have {SHARE} long queries at work or waiting; this one was not started.",
                reason="share",
                hint="Wait until one of them is answered.",
                retry_after=self._wait(),
            )
        if sum(other.lane == job.lane for other in self._waiting) >= (3 * SHARE if job.lane == "long" else WAITING):
            raise self._busy()

    def _may_run_long(self, job: Job) -> bool:
        """Whether there is a place for this client's long query; the lock is held."""
        clients = [other.client for other in self._running if other.lane == "long"]
        return len(clients) < self._places and clients.count(job.client) < max(1, self._places - 1)

    def _give_turns(self) -> None:
        """Gives free evaluators to those whose turn it is, and starts some if more are needed; the lock is held."""
        while self._free and (job := self._next()) is not None:
            evaluator = self._free.pop()
            if not evaluator.is_alive():
                evaluator.kill()
                continue
            self._waiting.remove(job)
            self._running.add(job)
            job.evaluator = evaluator
            _remember(self._last_served, job.client, next(self._orders))
            job.turn.set()
            job.wake()
        self._start_missing()

    def _next(self) -> Job | None:
        """The query whose turn it is: a light one, else a quick or a long one, as long as an evaluator stays free."""
        if light := [job for job in self._waiting if job.lane == "light"]:
            return self._fairest(light)
        if not self._waiting or (len(self._free) < 2 and self._running):
            return None
        quick = [job for job in self._waiting if job.lane == "quick"]
        if quick and sum(job.lane == "quick" for job in self._running) < self._quick_places():
            return self._fairest(quick)
        allowed = [job for job in self._waiting if job.lane == "long" and self._may_run_long(job)]
        return self._fairest(allowed) if allowed else None

    def _quick_places(self) -> int:
        """How many quick queries may run at once; the lock is held."""
        return CROWD_PLACES if time.monotonic() >= self._calm_from else QUICK_PLACES

    def _fairest(self, jobs: list[Job]) -> Job:
        """The query of the client with the least at work, of these the one that was served longest ago."""
        if len({job.client for job in jobs}) == 1:
            return min(jobs, key=_ORDER)
        running = Counter(job.client for job in self._running)
        return min(jobs, key=lambda job: (running[job.client], self._last_served.get(job.client, -1), job.order))

    def _take_back(self, job: Job, evaluator: Evaluator, *, healthy: bool) -> None:
        """Frees an evaluator; one that is of no use, or not needed any more, is ended."""
        with self._lock:
            self._running.discard(job)
            job.evaluator = None
            most = max(self._places, CROWD_PLACES - QUICK_PLACES)
            keep = healthy and not job.stands_back and not self._closed.is_set() and self._missing() > -most
            job.stands_back = False
            if keep:
                self._free.append(evaluator)
            self._give_turns()
        if not keep:
            evaluator.kill()

    def _tidy(self) -> None:
        """Ends the evaluators that are too many, once nothing has been at work for a while."""
        while not self._closed.wait(_TIDY):
            with self._lock:
                many = -self._missing() if not self._running and not self._waiting else 0
                surplus = [self._free.pop(0) for _ in range(min(many, len(self._free)))]
            for evaluator in surplus:
                evaluator.kill()

    def _missing(self) -> int:
        """Evaluators that there should be, beside those at work on long queries, and are not; the lock is held."""
        beside = sum(job.lane != "long" for job in self._running)
        return QUICK_PLACES + 1 - beside - len(self._free) - len(self._starters)

    def _start_missing(self) -> None:
        """Starts what is missing: at once where queries wait, else one after the other, and so what a crowd wants
        beside it; the lock is held."""
        one, missing = max(0, 1 - len(self._starters)), self._missing()
        if missing > 0 and not self._waiting and self._free:
            missing = min(missing, one)
        elif missing <= 0 and len(self._waiting) >= _CROWD and self._quick_places() - QUICK_PLACES > -missing:
            missing = one
        for _ in range(0 if self._closed.is_set() else missing):
            starter = threading.Thread(target=self._start_one, daemon=True)
            self._starters.add(starter)
            starter.start()

    def _start_one(self) -> None:
        wait = 0.1
        while not self._closed.is_set():
            evaluator = None
            try:
                evaluator = self._start()
                evaluator.ready()
                break
            except (LimitError, OSError) as error:
                _log.error("an evaluator could not be started: %s", error)
                if evaluator is not None:
                    evaluator.kill()
                time.sleep(wait)
                wait = min(wait * 2, 5.0)
        with self._lock:
            self._starters.discard(threading.current_thread())
            if evaluator is not None and not self._closed.is_set():
                self._started += 1
                self._free.append(evaluator)
                self._give_turns()
                return
        if evaluator is not None:
            evaluator.kill()

    def _count(self, how: str) -> None:
        with self._lock:
            self._ended[how] += 1

    def _wait(self) -> int:
        """Seconds after which it makes sense to ask again; the lock is held."""
        return 1 + sum(job.lane == "long" for job in self._waiting) // self._places

    def _busy(self) -> LimitError:
        return LimitError(
            "All evaluators are at work; your query was not started.",
            reason="busy",
            hint="Try again shortly.",
            retry_after=self._wait(),
        )


def _remember(table: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Puts something at the end of a table, from which the oldest falls out where it has grown too long."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > _KNOWN:
        table.popitem(last=False)


def _left() -> LimitError:
    return LimitError("The client left before its query was answered.", reason="left")
