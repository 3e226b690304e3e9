"""The nouns of bulk work, and what a place to work at must do."""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

C = TypeVar("C")
R = TypeVar("R")
T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

Begin = Callable[[str], None]
"""Hears the name of each step of a task before it is taken, and "" when all are."""

Work = Callable[[C, T, Begin], R]
"""What is done with a task: called with what all tasks see, the task, and who hears of its steps."""

Name = Callable[[T], str]
"""What a task is called in errors."""


@dataclass(frozen=True)
class Done:
    """A task that was done, and what it gives."""

    result: Any


@dataclass(frozen=True)
class Late:
    """A task that was stopped, because a step of it did not end within its deadline."""

    step: str


@dataclass(frozen=True)
class Lost:
    """A task whose process ended before it was done; ``how`` tells how it ended, and ``times`` how many did so."""

    how: str
    times: int = 1


@dataclass(frozen=True)
class Failed:
    """A task that raised an error."""

    error: Exception


Outcome = Done | Late | Lost | Failed


def outcome(work: Work[C, T, R], common: C, task: T, begin: Begin) -> Done | Failed:
    """How a task ends that is done here and now."""
    try:
        return Done(work(common, task, begin))
    except Exception as error:
        return Failed(error)


def packed(ended: Outcome) -> bytes:
    """How a task ended, pickled; where that cannot be done, an error that says so."""
    try:
        data = pickle.dumps(ended, pickle.HIGHEST_PROTOCOL)
        if isinstance(ended, Failed):
            pickle.loads(data)  # an error with an initialiser of its own can be written, and then not read
        return data
    except Exception as error:
        what = ended.error if isinstance(ended, Failed) else error
        return pickle.dumps(Failed(RuntimeError(f"{type(what).__name__}: {what}")))


class Workers(Protocol):
    """A place to work at."""

    @property
    def size(self) -> int:
        """How many tasks are worked on at once."""

    def each(
        self, work: Work[C, T, R], tasks: Iterable[T], *, common: C, name: Name[T], deadline: float | None = None
    ) -> Iterator[tuple[T, R | Late]]:
        """Each task with what it gives, in the order in which they end.

        A task whose step takes longer than ``deadline`` seconds is stopped and gives ``Late``. Tasks are taken as there
        is room for them. An exception of the work is raised, that of the first task of several; SetupError where a task
        is lost again and again.
        """


class Hands(Protocol[T_contra]):
    """A place to work at during one run, as ``driving`` uses it."""

    def room(self) -> int:
        """How many tasks it should have in hand."""

    def begin(self, number: int, task: T_contra) -> None:
        """Takes a task."""

    def ended(self) -> Sequence[tuple[int, Outcome]]:
        """Waits until some tasks in hand have ended; these, by their numbers."""

    def stop(self) -> None:
        """Gives up all tasks in hand."""
