"""A Dask cluster of processes on this machine, for tests, and functions for its workers.

Workers import this module, so what they are to do stands here.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 60.0
"""How long processes may take to be there."""


@dataclass
class Processes:
    """A scheduler and its workers, each in a process of its own, in a folder for what they write."""

    folder: Path
    options: tuple[str, ...] = ()
    """Options that scheduler and workers share, such as those of TLS."""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

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
        self._start("dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file), *scheduler)
        until(self.file.is_file)
        return self

    def worker(self, *options: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Starts a worker of one thread."""
        place = ("--scheduler-file", str(self.file), "--local-directory", str(self.folder))
        return self._start(
            "dask_worker", *place, "--nthreads", "1", "--no-dashboard", *options, environment=environment
        )

    def end(self) -> None:
        """Ends all that was started."""
        for process in reversed(self.running):
            process.terminate()
        for process in reversed(self.running):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, what: str, *options: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{what}", *self.options, *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": path, **(environment or {})},
            )
        self.running.append(process)
        return process


def until(there: Callable[[], object]) -> None:
    """Returns as soon as something is there."""
    begun = time.monotonic()
    while not there():
        assert time.monotonic() - begun < SECONDS, "it did not come"
        time.sleep(0.05)
