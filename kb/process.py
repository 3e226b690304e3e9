"""An evaluator process as its parent sees it: questions in, whole answers out, and why it ended if it did."""

import contextlib
import logging
import math
import mmap
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import orjson

from kb import walls
from kb.errors import LimitError
from kb.evaluator import HEADER, PIPE, send

Body = bytes | mmap.mmap
"""A whole answer; a large one lies in a file without a name, which ends with it."""

Found = tuple[dict[str, Any], Body]
"""The end that an evaluator reported, which may be an error, and the body of the answer."""

Watch = Callable[[float], float]
"""Called with the seconds that a question has taken; gives the seconds until it wants to be called again, or raises."""

IN_MEMORY = 1 << 20
"""Bytes of the largest answer that is held in memory."""

IN_FILES = 1 << 30
"""Bytes of answers that may lie in files at once, waiting for their readers."""

_READ = 1 << 16
"""Bytes that are read at once: more would be fetched from the system, and given back, each time."""

_START_UP = 30.0
"""Seconds an evaluator may take to open its store."""


class Killed(Exception):
    """Somebody from outside ended the process while it was at work."""


class Unsorted(LimitError):
    """The process found, as it sorted, that what it sorts has no order."""

    def __init__(self) -> None:
        super().__init__(
            "The query sorts values of kinds that cannot be compared, such as numbers and texts, and was given up.",
            reason="crash",
            hint="Sort by their kind first, as in ORDER BY DATATYPE(?value) ?value.",
        )


class Evaluator:
    """A process that answers one question at a time; ``ready`` waits until it can.

    After any error but the one that the process itself reported, it is of no more use: ``kill`` it.
    """

    def __init__(self, store: str, *, timeout: float, memory_mb: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kb.evaluator", store, str(memory_mb), str(timeout)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,  # not a file: an evaluator may write none
            pipesize=PIPE,
            env=_environment(),
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._in, self._out, self._errors = self._process.stdin, self._process.stdout, self._process.stderr
        self._poll = select.poll()
        self._poll.register(self._out.fileno(), select.POLLIN)
        self._read = bytearray()
        self._begun, self._had, self._body = time.monotonic(), 0.0, _Growing()
        self.walls: dict[str, bool] = {}

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def ready(self) -> None:
        """Returns when the store is open; LimitError ``crash`` where that fails."""

        def in_time(seconds: float) -> float:
            if seconds > _START_UP:
                raise LimitError(f"An evaluator did not start within {_START_UP:g} seconds.", reason="crash")
            return _START_UP - seconds

        try:
            told, _ = self.finish(in_time)
        except Killed:
            raise LimitError("An evaluator ended as it started.", reason="crash") from None
        self.walls = told["walls"]

    def begin(self, question: bytes) -> None:
        """Hands over a question; LimitError or Killed where the process has ended."""
        self._begun, self._had = time.monotonic(), walls.time_at_work(self.pid)
        self._body = _Growing()
        try:
            send(self._in, b"Q", question)
        except BrokenPipeError:
            raise self._obituary() from None

    def worked(self) -> float:
        """Seconds of processor time that the question has had; infinite where that cannot be told."""
        now = walls.time_at_work(self.pid)
        return now - self._had if math.isfinite(now) else now

    def fileno(self) -> int:
        """Where there is something to read as soon as there is something to ``take``."""
        return self._out.fileno()

    @property
    def taken(self) -> int:
        """Bytes of the answer that are here."""
        return self._body.size

    def take(self) -> Found | None:
        """The answer, if it is whole with what the process has sent by now; to be called when there is something.

        EOFError where the process has ended; ``finish`` says why.
        """
        piece = os.read(self._out.fileno(), _READ)
        if not piece:
            raise EOFError
        self._read += piece
        return self._found()

    def finish(self, watch: Watch) -> Found:
        """The end that the process reported, which may be an error, and the body of the answer.

        LimitError where it ended by itself, Killed where it was ended, and whatever ``watch`` raises.
        """
        try:
            while True:
                seconds = watch(time.monotonic() - self._begun)
                if self._poll.poll(max(0.0, seconds) * 1000 + 1) and (found := self.take()) is not None:
                    return found
        except EOFError:
            raise self._obituary() from None

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends the process at once, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._body.close()
        for stream in (self._in, self._out, self._errors):
            with contextlib.suppress(OSError):
                stream.close()

    def _found(self) -> Found | None:
        """The answer, if its last frame is here."""
        while len(self._read) >= HEADER.size:
            letter, length = HEADER.unpack_from(self._read)
            end = HEADER.size + length
            if len(self._read) < end:
                break
            data = bytes(memoryview(self._read)[HEADER.size : end])
            del self._read[:end]
            if letter == b"E":
                return orjson.loads(data), self._body.finish()
            self._body.add(data)
        return None

    def _obituary(self) -> LimitError | Killed:
        """Why the process ended by itself, read off its signal and last words."""
        code = self._process.wait()
        last_words = self._errors.read().decode("utf-8", "replace")
        if code in (-signal.SIGKILL, -signal.SIGTERM):
            return Killed()
        if any(word in last_words for word in ("memory allocation", "bad_alloc", "MemoryError")):
            return LimitError(
                "The query needed more memory than one query may have and was stopped.",
                reason="memory",
                hint="Ask for less: avoid sorting or joining everything with everything.",
            )
        if "total order" in last_words:
            return Unsorted()
        logging.getLogger(__name__).warning("evaluator ended with %s: %s", code, last_words[-300:])
        return LimitError(
            "The query ended the process that evaluated it and was given up.",
            reason="crash",
            hint="It is probably too deeply nested; ask in several smaller queries.",
        )


class _Growing:
    """An answer that is not yet whole."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._file: IO[bytes] | None = None

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return len(self._held) + (self._file.tell() if self._file is not None else 0)

    def close(self) -> None:
        """Gives up what is kept in a file."""
        if self._file is not None:
            self._file.close()

    def add(self, data: bytes) -> None:
        """Takes a piece."""
        self._held += data
        if len(self._held) > IN_MEMORY:
            try:
                if self._file is None:
                    self._file = tempfile.TemporaryFile(prefix="testimonia-answer-")  # noqa: SIM115
                self._file.write(self._held)
            except OSError as error:
                raise _no_room(str(error)) from None
            self._held.clear()

    def finish(self) -> Body:
        """The whole; LimitError ``busy`` where too many large answers wait for their readers."""
        if self._file is None:
            return bytes(self._held)
        with _files_lock, self._file:
            try:
                self._file.write(self._held)
                self._file.flush()
                size = self._file.tell()
                body = mmap.mmap(self._file.fileno(), size, access=mmap.ACCESS_READ)
            except OSError as error:
                raise _no_room(str(error)) from None
            if sum(_files.values()) + size > IN_FILES:
                raise _no_room("their files are full")
            _files[id(body)] = size
            weakref.finalize(body, _files.pop, id(body))
        return body


def _no_room(reason: str) -> LimitError:
    return LimitError(
        f"There is no room for another large answer just now: {reason}.",
        reason="busy",
        hint="Try again later, or ask for less with LIMIT.",
        retry_after=30,
    )


_files: dict[int, int] = {}
_files_lock = threading.Lock()


_MALLOC = "glibc.malloc.tcache_count=100"
"""What a thread keeps of each small size at hand, 7 otherwise: a quarter of the time of a query goes into asking for
memory and giving it back."""


def _environment() -> dict[str, str]:
    """The evaluator's environment: where Python finds this package, and nothing else of ours."""
    here = str(Path(__file__).resolve().parent.parent)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")}
    return {**kept, "PYTHONPATH": here, "PYTHONUNBUFFERED": "1", "GLIBC_TUNABLES": _MALLOC}
