"""How many evaluators there are, and how many short queries run at once, in calm times, in a crowd and under attack."""

import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from kb.engine import always
from kb.pool import CROWD_PLACES, QUICK, QUICK_PLACES, STARVED, Pool
from kb.process import Evaluator, Found, Watch
from kb.walls import time_at_work


class Starting:
    """An evaluator that is ready once it may be, and takes long for each question."""

    def __init__(self, counted: "Counted") -> None:
        self._counted = counted
        self.walls: dict[str, bool] = {}

    def ready(self) -> None:
        self._counted.enter()

    def begin(self, question: bytes) -> None:
        return

    def finish(self, watch: Watch) -> Found:
        watch(self._counted.taking)
        return {}, b""

    def worked(self) -> float:
        return self._counted.working

    def is_alive(self) -> bool:
        return True

    def kill(self) -> None:
        return


class Counted:
    """How many evaluators start at once, at most, and how many have begun to; seconds that each question takes, and how
    many of them the evaluator has the processor for."""

    def __init__(self, *, taking: float = QUICK, working: float = QUICK) -> None:
        self.taking, self.working = taking, working
        self._lock = threading.Lock()
        self.held = threading.Event()
        self.now = self.most = self.begun = 0

    def enter(self) -> None:
        with self._lock:
            self.begun += 1
            self.now += 1
            self.most = max(self.most, self.now)
        if self.begun > 1:
            assert self.held.wait(10)
        with self._lock:
            self.now -= 1


@contextmanager
def pool(counted: Counted) -> Iterator[Pool]:
    made = Pool(lambda: cast(Evaluator, Starting(counted)), places=3, timeout=10, patience=10)
    try:
        yield made
    finally:
        counted.held.set()
        made.close()


def until(there: Callable[[], bool]) -> None:
    for _ in range(1000):
        if there():
            return
        time.sleep(0.01)
    raise AssertionError("it does not come")


def test_a_pool_that_nobody_asks_starts_one_after_the_other() -> None:
    """So that a new build leaves a processor to those who ask."""
    counted = Counted()
    with pool(counted) as made:
        until(lambda: counted.now == 1)
        counted.held.set()
        until(lambda: made.state.free == QUICK_PLACES + 1)
        assert counted.begun == QUICK_PLACES + 1
        assert counted.most == 1


def test_queries_that_wait_have_all_started_at_once() -> None:
    """Where the last free evaluator is taken, nothing is held back."""
    counted = Counted()
    with pool(counted) as made:
        until(lambda: counted.now == 1)
        for client in ("one", "two"):
            made.enter(b"{}", client=client, light=False)
        until(lambda: counted.now == QUICK_PLACES)


def crowd(made: Pool) -> None:
    """More short queries than may run at once, each of another client."""
    for number in range(3 * CROWD_PLACES):
        made.enter(b"%d" % number, client=f"client {number}", light=False)


def test_a_crowd_of_short_queries_is_given_more_evaluators_one_after_the_other() -> None:
    """Some work while others change hands; one stays free for light queries all the while."""
    counted = Counted()
    counted.held.set()
    with pool(counted) as made:
        until(lambda: made.state.free == QUICK_PLACES + 1)
        counted.most = 0
        crowd(made)
        until(lambda: made.state.quick == CROWD_PLACES)
        assert (counted.most, counted.begun) == (1, CROWD_PLACES + 1)
        until(lambda: made.state.free == 1)
        time.sleep(0.1)
        assert (made.state.free, made.state.quick) == (1, CROWD_PLACES)


def test_no_crowd_is_let_in_while_queries_turn_out_to_be_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short queries and attacks look alike at first: after one that was long, as few run at once as can do no harm."""
    monkeypatch.setattr("kb.pool._CALM", 0.5)
    counted = Counted()
    counted.held.set()
    with pool(counted) as made:
        until(lambda: made.state.free == QUICK_PLACES + 1)
        made.finish(made.enter(b"{}", client="attacker", light=False), always)
        crowd(made)
        time.sleep(0.2)
        assert made.state.quick == QUICK_PLACES
        time.sleep(0.4)
        made.enter(b"[]", client="one more", light=False)
        until(lambda: made.state.quick == CROWD_PLACES)


@pytest.mark.parametrize(
    ("taking", "working", "long"),
    [
        (QUICK, QUICK, True),
        (2 * QUICK, QUICK / 2, False),
        (3 * QUICK, QUICK / 2, False),
        (STARVED, QUICK / 2, True),
        (2 * QUICK, math.inf, True),
    ],
)
def test_a_query_that_others_keep_from_the_processor_is_not_long(taking: float, working: float, long: bool) -> None:
    """What counts is the time at work, as long as it is known, and the wait does not become one itself."""
    counted = Counted(taking=taking, working=working)
    counted.held.set()
    with pool(counted) as made:
        until(lambda: made.state.free == QUICK_PLACES + 1)
        job = made.enter(b"{}", client="somebody", light=False)
        made.finish(job, always)
        assert (job.lane == "long") is long


def test_the_time_at_work_of_a_process_is_known() -> None:
    """It grows with what the process does, and is infinite for one that is not there."""
    before, begun = time_at_work(os.getpid()), time.process_time()
    while time.process_time() < begun + 0.05:
        pass
    assert 0.05 <= time_at_work(os.getpid()) - before < 1
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert time_at_work(gone.pid) == math.inf
