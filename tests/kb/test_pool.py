"""Evaluators are started one after the other where nothing waits for them, and all at once where something does."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from kb.pool import QUICK_PLACES, Pool
from kb.process import Evaluator


class Starting:
    """An evaluator that is ready once it may be."""

    def __init__(self, counted: "Counted") -> None:
        self._counted = counted
        self.walls: dict[str, bool] = {}

    def ready(self) -> None:
        self._counted.enter()

    def is_alive(self) -> bool:
        return True

    def kill(self) -> None:
        return


class Counted:
    """How many evaluators start at once, at most, and how many have begun to."""

    def __init__(self) -> None:
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
