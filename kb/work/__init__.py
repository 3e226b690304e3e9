"""Bulk work: the same pure functions on many tasks, in processes of this machine or on a cluster.

A task is whatever a function takes: ``function(common, task)``, with ``common`` what all of them see. Both are pickled
where they travel, so the function stands at the top of a module, and nothing that matters is left behind in a process.
What is worked out is the same bytes wherever that is: results come in the order of the tasks, and of several errors
that of the first task is raised.

    with workers(scheduler="tcp://10.0.0.1:8786") as hands:
        found = run(hands, function, tasks, count=len(tasks), common=registry, name=lambda task: task.slug)

A process or a worker that is lost costs that its task is done again. A task that loses one after the other is named in
an error; there is no result without it.

model       the nouns, and what a place to work at must do
driving     feeding tasks, doing again, order: the same for all places
processes   a process of this machine for each task
cluster     a Dask cluster; the only module that knows Dask
child       a process that a worker of a cluster keeps for its tasks
versions    which code runs here
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count as count_from
from itertools import islice
from typing import Final, TypeVar

from kb.work.driving import LOSSES
from kb.work.model import Begin, Late, Name, Workers
from kb.work.processes import Processes

__all__ = ["CORES", "LOSSES", "ONE", "Begin", "Late", "Name", "Processes", "Workers", "run", "workers"]

C = TypeVar("C")
R = TypeVar("R")
T = TypeVar("T")

ONE: Final = Processes(1)
"""One process of this machine at a time."""
CORES: Final = Processes(os.cpu_count() or 1)
"""A process of this machine for each of its cores."""
ROUNDS, MOST = 4, 8
"""Into how many rounds of all hands tasks are dealt, so that none waits long for the last; the most in one batch."""


@contextmanager
def workers(*, scheduler: str | None = None, jobs: int | None = None) -> Iterator[Workers]:
    """So many processes of this machine, one a core if not told; or the cluster of a Dask scheduler, by its address.

    SetupError where the cluster cannot be reached, its workers are of another version, or Dask is not installed.
    """
    if scheduler is None:
        yield CORES if jobs is None else Processes(jobs)
        return
    from kb.work import cluster  # brings Dask, which nothing else needs

    with cluster.connected(scheduler) as found:
        yield found


def run(
    hands: Workers,
    function: Callable[[C, T], R],
    tasks: Iterable[T],
    *,
    count: int,
    common: C,
    name: Name[T] = str,
) -> Iterator[R]:
    """What ``function(common, task)`` gives for each task, in the order of the tasks; several travel together.

    ``count`` is how many tasks there are, which are taken as there is room for them; ``name`` is what a task is called
    in errors. An exception of the function is raised, that of the first task of several. SetupError where a task is
    lost again and again, or all workers are.
    """
    size = max(1, min(MOST, -(-count // (ROUNDS * hands.size))))
    done: dict[int, list[R]] = {}
    following = 0
    for (number, _), results in hands.each(
        partial(_all, function), _batches(tasks, size), common=common, name=lambda several: _names(several[1], name)
    ):
        assert not isinstance(results, Late)  # no step is told of, so none is late
        done[number] = results
        while following in done:
            yield from done.pop(following)
            following += 1


def _batches(tasks: Iterable[T], size: int) -> Iterator[tuple[int, Sequence[T]]]:
    waiting = iter(tasks)
    for number in count_from(0):
        batch = list(islice(waiting, size))
        if not batch:
            return
        yield number, batch


def _all(function: Callable[[C, T], R], common: C, batch: tuple[int, Sequence[T]], begin: Begin) -> list[R]:
    return [function(common, task) for task in batch[1]]


def _names(tasks: Sequence[T], name: Name[T]) -> str:
    first = name(tasks[0])
    return first if len(tasks) == 1 else f"{first} to {name(tasks[-1])}"
