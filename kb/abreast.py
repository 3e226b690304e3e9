"""Work that is done at the same time, each piece in a process of its own."""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any


def run(aside: Sequence[Callable[[], Any]], here: Callable[[], Any], *, apart: bool = True) -> list[Any]:
    """What each piece gives, last that ``here``, which is done in this process and the rest in others.

    One after the other where there is no fork; so too where it is not worth the trouble, which the caller knows
    (``apart``). Threads of a library do not go along into other processes: what may have some, such as a store, is used
    ``here`` only. What a piece raises is raised here, and stops the rest. A process that somebody else ended is an
    OSError.
    """
    if not apart or "fork" not in multiprocessing.get_all_start_methods():
        return [piece() for piece in (*aside, here)]
    context = multiprocessing.get_context("fork")
    begun = []
    try:
        for piece in aside:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(piece, theirs))
            process.start()
            theirs.close()
            begun.append((process, ours))
        found = here()
        return [*(_result(ours) for _, ours in begun), found]
    finally:
        for process, ours in begun:
            process.kill()
            process.join()
            ours.close()


def _run(piece: Callable[[], Any], pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits hears it, and ends this
    gc.disable()  # the process ends with its work, so that looking for garbage only costs time
    try:
        pipe.send((None, piece()))
    except Exception as error:
        pipe.send((error, None))


def _result(pipe: Connection) -> Any:
    """What a process gives; waits for its end, and raises what it raised."""
    try:
        fault, found = pipe.recv()
    except EOFError:
        raise ChildProcessError("a process that did a part of the work was ended from outside") from None
    if fault is not None:
        raise fault
    return found
