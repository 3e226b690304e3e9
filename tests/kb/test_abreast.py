"""Work in several processes at once: what fails stops all of it."""

import os
import signal

import pytest

from kb import abreast


def test_every_piece_is_done() -> None:
    """Pieces are done in processes of their own, and the one here in this one; what they give is given in order."""
    found = abreast.run([os.getpid, lambda: "two"], os.getpid)
    assert found[1:] == ["two", os.getpid()]
    assert found[0] != os.getpid()


def test_small_work_stays_here() -> None:
    """Where it is not worth the trouble, all is done in this process."""
    assert abreast.run([os.getpid], os.getpid, apart=False) == [os.getpid(), os.getpid()]


def test_an_error_elsewhere_is_an_error_here() -> None:
    """What a piece raises is raised where all of it was asked for."""

    def fail() -> None:
        raise OSError(28, "no space")

    with pytest.raises(OSError, match="no space"):
        abreast.run([fail], lambda: None)


def test_a_process_that_is_ended_is_told() -> None:
    """A piece whose process somebody else ends is not taken as done."""
    with pytest.raises(ChildProcessError, match="ended from outside"):
        abreast.run([lambda: os.kill(os.getpid(), signal.SIGKILL)], lambda: None)
