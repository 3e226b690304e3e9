"""A process of this machine for each task; what does not end in time is stopped."""

import gc
import multiprocessing
import pickle
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from kb.work.driving import drive
from kb.work.model import Late, Lost, Name, Outcome, Work, outcome, packed

C = TypeVar("C")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Processes:
    """So many processes at once. Each is forked for its task, so that it has what all tasks see without a copy.

    One at once is this process itself, unless there is a deadline to hold. Where a system has no fork, all is done in
    this process, and nothing is stopped.
    """

    size: int

    def each(
        self, work: Work[C, T, R], tasks: Iterable[T], *, common: C, name: Name[T], deadline: float | None = None
    ) -> Iterator[tuple[T, R | Late]]:
        """As ``Workers.each``."""
        return drive(_Forks(self.size, work, common, deadline), tasks, name)


class _Forks(Generic[T]):
    """Tasks in processes of their own, which can be stopped, or in this one."""

    def __init__(self, size: int, work: Work[Any, T, Any], common: Any, deadline: float | None) -> None:
        self._size, self._work, self._common, self._deadline = size, work, common, deadline
        apart = size > 1 or deadline is not None
        self._forking = apart and "fork" in multiprocessing.get_all_start_methods()
        self._forks: dict[int, _Fork] = {}
        self._here: list[tuple[int, Outcome]] = []

    def room(self) -> int:
        return self._size if self._forking else 1

    def begin(self, number: int, task: T) -> None:
        if self._forking:
            self._forks[number] = _Fork(self._work, self._common, task)
        else:
            self._here.append((number, outcome(self._work, self._common, task, lambda step: None)))

    def ended(self) -> Sequence[tuple[int, Outcome]]:
        if not self._forking:
            ended, self._here = self._here, []
            return ended
        while True:
            found = [(number, fork.ended(self._deadline)) for number, fork in self._forks.items()]
            ended = [(number, how) for number, how in found if how is not None]
            for number, _ in ended:
                self._forks.pop(number).stop()
            if ended:
                return ended
            wait([fork.pipe for fork in self._forks.values()], timeout=0.5)

    def stop(self) -> None:
        for fork in self._forks.values():
            fork.stop()
        self._forks.clear()


class _Fork:
    """A process for one task."""

    def __init__(self, work: Work[Any, T, Any], common: Any, task: T) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(work, common, task, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._step, self._since = "", time.monotonic()

    def ended(self, deadline: float | None) -> Outcome | None:
        """How the task ended, by what the process has sent; None while it goes on."""
        try:
            while self.pipe.poll():
                told: Outcome | str = pickle.loads(self.pipe.recv_bytes())
                if not isinstance(told, str):
                    return told
                self._step, self._since = told, time.monotonic()
        except EOFError:
            self._process.join()
            return Lost(f"its end was {self._process.exitcode}{f', at {self._step}' if self._step else ''}")
        if deadline is not None and self._step and time.monotonic() - self._since > deadline:
            return Late(self._step)
        return None

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _run(work: Work[Any, T, Any], common: Any, task: T, pipe: Connection) -> None:
    gc.disable()  # the process ends with its task, so that looking for garbage only costs time
    pipe.send_bytes(packed(outcome(work, common, task, lambda step: pipe.send_bytes(pickle.dumps(step)))))
    pipe.close()
