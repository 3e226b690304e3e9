"""A process that a worker of a cluster keeps for its tasks, and what that worker sees of it.

    python -m kb.work.child PID-OF-THE-WORKER

A worker of a cluster has threads and connections, so it cannot be forked; and what runs in one of its threads cannot be
stopped. So each thread has a process, which is given what all tasks see once, and then task after task. A step that
takes longer than its deadline ends the process by an alarm, which holds whatever the process is busy with. It ends with
its worker too. Frames go both ways: a letter, the length of what follows in 8 bytes, and that.
"""

import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import kb
from kb.work.model import Late, Lost, outcome, packed

_HEAD = struct.Struct("<cQ")
COMMON, TASK, STEP, ENDED = b"C", b"T", b"S", b"E"
"""What a frame is: the work with what all tasks see and the deadline, a task; a step of it, how it ended."""

_idle: list["Child"] = []
_lock = threading.Lock()


def wrapped(what: object) -> bytes:
    """Something pickled and made smaller, as it travels to a process."""
    return zlib.compress(pickle.dumps(what, pickle.HIGHEST_PROTOCOL), level=1)


def unwrapped(data: bytes) -> Any:
    """What ``wrapped`` was given."""
    return pickle.loads(zlib.decompress(data))


class Child:
    """A process for one task at a time."""

    def __init__(self) -> None:
        root = str(Path(kb.__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kb.work.child", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # so that Ctrl-C reaches the worker alone, which then ends it
        )
        assert self._process.stdin and self._process.stdout
        self._in, self._out = self._process.stdin, self._process.stdout
        self._has = ""

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def stop(self) -> None:
        """Ends the process, which has no task."""
        self._in.close()
        self._process.wait()
        self._out.close()

    def perform(self, run: str, common: bytes, task: bytes) -> tuple[bytes, bool]:
        """How a task of a run ended, pickled, and whether the process can take another."""
        step = ""
        with suppress(BrokenPipeError):
            if self._has != run:
                _send(self._in, COMMON, common)
                self._has = run
            _send(self._in, TASK, task)
            while (frame := _receive(self._out)) is not None:
                kind, data = frame
                if kind == ENDED:
                    return data, True
                step = data.decode()
        code = self._process.wait()
        self._out.close()
        with suppress(BrokenPipeError):  # of a task that it did not take any more
            self._in.close()
        late = code == -signal.SIGALRM and step
        return packed(Late(step) if late else Lost(f"its end was {code}{f', at {step}' if step else ''}")), False


def perform(run: str, common: bytes, task: bytes) -> bytes:
    """How a task of a run ended, pickled, after a process of its own has worked on it; called in any thread.

    ``common`` is ``(work, common, deadline)`` wrapped, which a process is given with the first task of a run.
    """
    with _lock:
        child = _idle.pop() if _idle else None
    ended, lives = (child := child or Child()).perform(run, common, task)
    if lives:
        with _lock:
            _idle.append(child)
    return ended


def release() -> None:
    """Ends the processes that have no task, and with them what they hold of a collection."""
    with _lock:
        idle = [_idle.pop() for _ in range(len(_idle))]
    for child in idle:
        child.stop()


def main() -> None:
    """Takes tasks from standard input until it ends, and tells on standard output of steps and of how they end."""
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no frame
    given = b""
    loaded: Any = None

    def begin(step: str) -> None:
        _send(told, STEP, step.encode())
        signal.setitimer(signal.ITIMER_REAL, (loaded[2] or 0.0) if step else 0.0)

    def work(_: None, task: bytes, begin: Any) -> Any:
        nonlocal loaded
        loaded = unwrapped(given) if loaded is None else loaded
        return loaded[0](loaded[1], unwrapped(task), begin)

    while (frame := _receive(sys.stdin.buffer)) is not None:
        kind, data = frame
        if kind == COMMON:
            given, loaded = data, None
            continue
        ended = outcome(work, None, data, begin)
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        try:
            _send(told, ENDED, packed(ended))
        except BrokenPipeError:
            os._exit(0)  # the worker has gone, and with it whoever wants to know


def _end_with(worker: int) -> None:
    """Ends this process within a second of its worker."""
    while os.getppid() == worker:
        time.sleep(1)
    os._exit(1)


def _send(stream: IO[bytes], kind: bytes, data: bytes) -> None:
    stream.write(_HEAD.pack(kind, len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next frame; None where the other side has ended, also in the midst of one."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, size = _HEAD.unpack(head)
    data = stream.read(size)
    return None if len(data) < size else (kind, data)


if __name__ == "__main__":
    main()
