"""A Dask cluster of processes on this machine, for tests, and functions for its workers.

Workers import this module, so what they are to do stands here.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kb

PATHS = (str(Path(kb.__file__).resolve().parents[1]), str(Path(__file__).resolve().parent))
"""Where workers find what is under test, and this module."""
Process = subprocess.Popen[bytes]
SECONDS = 60.0
"""How long processes may take to be there."""


@dataclass
class Processes:
    """A scheduler and its workers, each in a process of its own, in a folder for what they write."""

    folder: Path
    options: tuple[str, ...] = ()
    """Options that scheduler and workers share, such as those of TLS."""
    running: list[Process] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """Where the scheduler writes its address."""
        return self.folder / "scheduler.json"

    @property
    def address(self) -> str:
        """The scheduler's address, with a port that was free."""
        return str(json.loads(self.file.read_text())["address"])

    def begin(self, *scheduler: str) -> "Processes":
        """Starts the scheduler and waits until it is there."""
        place = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self.file))
        self._start("dask_scheduler", "--no-dashboard", *place, *scheduler)
        until(self.file.is_file)
        return self

    def worker(self, *options: str, environment: Mapping[str, str] | None = None) -> Process:
        """Starts a worker of one thread."""
        place = ("--host", "127.0.0.1", "--scheduler-file", str(self.file), "--local-directory", str(self.folder))
        return self._start(
            "dask_worker", "--no-dashboard", "--nthreads", "1", *place, *options, environment=environment
        )

    def end(self) -> None:
        """Ends all that was started."""
        for process in reversed(self.running):
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, what: str, *options: str, environment: Mapping[str, str] | None = None) -> Process:
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{what}", *self.options, *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(PATHS), **(environment or {})},
            )
        self.running.append(process)
        return process


def until(there: Callable[[], object]) -> None:
    """Returns as soon as something is there."""
    begun = time.monotonic()
    while not there():
        assert time.monotonic() - begun < SECONDS, "it did not come"
        time.sleep(0.05)


def doubled(common: int, task: int) -> int:
    """Twice the task, and what is common."""
    if task < 0:
        raise ValueError(f"{task} is less than nothing")
    return 2 * task + common


def ends_itself(common: str, task: str, begin: Any) -> str:
    """The task, unless it is the one in common: that ends its process."""
    if task == common:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def ends_its_worker(common: str, task: str, begin: Any) -> str:
    """The task, unless it is the one in common: that ends the worker that its process belongs to."""
    if task == common:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(SECONDS)
    return task


def takes_steps(common: str, task: str, begin: Any) -> str:
    """The task after its step, which never ends if the task is the one in common."""
    begin(f"step of {task}")
    while task == common:
        time.sleep(1)
    begin("")
    return task


def waits(common: Path, task: int, begin: Any) -> int:
    """The task, as soon as there is a file; says by another that it waits."""
    (common / f"waits-{task}").touch()
    until((common / "go on").exists)
    return task


@contextmanager
def unused() -> Iterator[str]:
    """An address at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"tcp://127.0.0.1:{taken.getsockname()[1]}"
