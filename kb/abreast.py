"""Work that is done at the same time, each piece in a process of its own."""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection


def run(aside: Sequence[Callable[[], None]], here: Callable[[], None], *, apart: bool = True) -> None:
    """Does all of it, ``here`` in this process and the rest in others; one after the other where there is no fork.

    So too where it is not worth the trouble, which the caller knows (``apart``). Threads of a library do not go along
    into other processes: what may have some, such as a store, is used ``here`` only. What a piece raises is raised
    here, and stops the rest. A process that somebody else ended is an OSError.
    """
    if not apart or "fork" not in multiprocessing.get_all_start_methods():
        for piece in (here, *aside):
            piece()
        return
    context = multiprocessing.get_context("fork")
    begun = []
    try:
        for piece in aside:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(piece, theirs))
            process.start()
            theirs.close()
            begun.append((process, ours))
        here()
        for _, ours in begun:
            if (fault := _fault(ours)) is not None:
                raise fault
    finally:
        for process, ours in begun:
            process.kill()
            process.join()
            ours.close()


def _run(piece: Callable[[], None], pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits hears it, and ends this
    gc.disable()  # the process ends with its work, so that looking for garbage only costs time
    try:
        piece()
    except Exception as error:
        pipe.send(error)
    else:
        pipe.send(None)


def _fault(pipe: Connection) -> Exception | None:
    """What a process raised; waits for its end."""
    try:
        found = pipe.recv()
    except EOFError:
        return ChildProcessError("a process that wrote a part of the build was ended from outside")
    return found if isinstance(found, Exception) else None
