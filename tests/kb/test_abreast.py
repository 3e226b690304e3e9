"""Work in several processes at once: what fails stops all of it."""

import os
import signal
from pathlib import Path

import pytest

from kb import abreast


def test_every_piece_is_done(tmp_path: Path) -> None:
    """Pieces are done in processes of their own, and the one here in this one."""
    pids = [tmp_path / name for name in ("a", "b", "c")]

    def tell(path: Path) -> None:
        path.write_text(str(os.getpid()))

    abreast.run([lambda: tell(pids[0]), lambda: tell(pids[1])], lambda: tell(pids[2]))
    found = [int(path.read_text()) for path in pids]
    assert found[2] == os.getpid()
    assert len(set(found)) == 3


def test_small_work_stays_here(tmp_path: Path) -> None:
    """Where it is not worth the trouble, all is done in this process."""
    found: list[int] = []
    abreast.run([lambda: found.append(1)], lambda: found.append(0), apart=False)
    assert found == [0, 1]


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
