"""Several processes that share the work; what does not end in time is stopped."""

import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from kb import rules
from kb.errors import TestimoniaError
from kb.model import Finding
from kb.parts.model import Part, Shared

Begin = Callable[[str], None]
"""Hears the name of each rule before it is applied, and "" when all are."""


@dataclass(frozen=True)
class Job:
    """Work on some parts: called with what all see, the rules to leave out, and who hears of each rule."""

    work: Callable[[Shared, frozenset[str], Begin], Any]
    parts: Sequence[Part]
    kind: str
    """What it finds out, for whoever takes the result."""
    keys: Sequence[Sequence[str]] = ()
    """Under what its results are remembered, one for each."""
    skipped: frozenset[str] = frozenset()


def work(
    shared: Shared, jobs: Sequence[Job], *, processes: int, deadline: float, broken: list[Finding]
) -> Iterator[tuple[Job, Any]]:
    """What each job gives, from several processes at once, in the order in which they end.

    A rule that does not end in ``deadline`` seconds is told in ``broken``, and its job is done again without it.
    """
    waiting = list(reversed(jobs))
    running: list[_Task] = []
    try:
        while waiting or running:
            while waiting and len(running) < max(1, processes):
                running.append(_Task(shared, waiting.pop()))
            for task in _ready(running, deadline):
                running.remove(task)
                if task.late is None:
                    yield task.job, task.result()
                    continue
                broken.extend(rules.stopped(rule, deadline) for rule in shared.rules if rule.name == task.late)
                waiting.append(replace(task.job, skipped=task.job.skipped | {task.late}))
    finally:
        for task in running:
            task.stop()


class _Task:
    """A job in a process of its own, which can be stopped; where there is no fork, in this one."""

    def __init__(self, shared: Shared, job: Job) -> None:
        self.job = job
        self.late: str | None = None
        self.rule = ""
        self.since = time.monotonic()
        self._answer: Any = None
        self.pipe: Connection | None = None
        if "fork" not in multiprocessing.get_all_start_methods():
            self._answer = ("done", job.work(shared, job.skipped, lambda rule: None))
            return
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(shared, job, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def listen(self) -> bool:
        """Takes what the process sent; whether it is done."""
        if self.pipe is None:
            return True
        try:
            while self.pipe.poll():
                kind, what = self.pipe.recv()
                if kind == "rule":
                    self.rule, self.since = what, time.monotonic()
                else:
                    self._answer = (kind, what)
                    self.stop()
                    return True
        except EOFError:
            self._answer = ("error", TestimoniaError(f"the check was stopped from outside, at the rule {self.rule}"))
            self.stop()
            return True
        return False

    def stop(self) -> None:
        if self.pipe is not None:
            self._process.kill()
            self._process.join()
            self.pipe.close()
            self.pipe = None

    def result(self) -> Any:
        kind, what = self._answer
        if kind == "error":
            raise what
        return what


def _run(shared: Shared, job: Job, pipe: Connection) -> None:
    gc.disable()  # the process ends with its job, so that looking for garbage only costs time
    try:
        pipe.send(("done", job.work(shared, job.skipped, lambda rule: pipe.send(("rule", rule)))))
    except Exception as error:
        pipe.send(("error", error))
    pipe.close()


def _ready(tasks: Sequence[_Task], deadline: float) -> list[_Task]:
    """Waits until some tasks are done or over time; these."""
    while True:
        done = [task for task in tasks if task.listen()]
        now = time.monotonic()
        for task in tasks:
            if task not in done and task.rule and now - task.since > deadline:
                task.late = task.rule
                task.stop()
                done.append(task)
        if done:
            return done
        wait([task.pipe for task in tasks if task.pipe is not None], timeout=0.5)
