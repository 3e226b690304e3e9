"""What is the same wherever work is done: tasks are fed as there is room, what was lost is done again."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

from kb.errors import SetupError
from kb.work.model import Done, Failed, Hands, Late, Lost, Name

T = TypeVar("T")

LOSSES: Final = 3
"""How many processes or workers may be lost over one task before it is given up."""


def drive(hands: Hands[T], tasks: Iterable[T], name: Name[T]) -> Iterator[tuple[T, Any]]:
    """Each task with what it gives, or that it is late, in the order in which they end.

    Of several errors that of the first task is raised. SetupError for a task that is lost again and again.
    """
    waiting = enumerate(tasks)
    running: dict[int, T] = {}
    losses: dict[int, int] = {}
    failed: dict[int, Exception] = {}
    try:
        while True:
            while not failed and len(running) < max(1, hands.room()):
                following = next(waiting, None)
                if following is None:
                    break
                number, task = following
                running[number] = task
                hands.begin(number, task)
            if not any(number < min(failed, default=number + 1) for number in running):
                break
            for number, outcome in hands.ended():
                if isinstance(outcome, Lost):
                    losses[number] = losses.get(number, 0) + outcome.times
                    if losses[number] < LOSSES:
                        hands.begin(number, running[number])
                        continue
                    outcome = Failed(_given_up(name(running[number]), losses[number], outcome.how))
                task = running.pop(number)
                if isinstance(outcome, Failed):
                    failed[number] = outcome.error
                elif not failed:
                    yield task, outcome if isinstance(outcome, Late) else _result(outcome)
        if failed:
            raise failed[min(failed)]
    finally:
        hands.stop()


def _result(outcome: Done) -> Any:
    return outcome.result


def _given_up(name: str, times: int, how: str) -> SetupError:
    return SetupError(
        f"{name}: {times} processes ended one after the other while they worked on it ({how}). "
        "Nothing is told without it: give the processes more memory, or look at what is special about it"
    )
