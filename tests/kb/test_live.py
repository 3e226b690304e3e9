"""An engine that follows its builds."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from kb import live
from kb.errors import SetupError
from kb.live import LiveEngine, linked
from kb.store import make_current


class Noted(FakeEngine):
    """An engine that keeps the name of the thread that closes it."""

    closer: str | None = None

    def close(self) -> None:
        self.closer = threading.current_thread().name


class Opened:
    """Opens a build of any name, except “broken”, and keeps the engine."""

    def __init__(self) -> None:
        self.engines: dict[str, Noted] = {}

    def __call__(self, build: Path) -> Noted:
        if build.name == "broken":
            raise SetupError("it is no build")
        self.engines[build.name] = Noted((), build_id=build.name)
        return self.engines[build.name]


@contextmanager
def serving(folder: Path, opened: Opened) -> Iterator[LiveEngine[Path]]:
    make_current(folder / "old")
    engine = LiveEngine(linked(folder / "current"), opened)
    yield engine
    engine.close()


def wait_for(happened: Callable[[], bool]) -> None:
    for _ in range(1000):
        if happened():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen within ten seconds")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.setattr(live, "LOOK", 0.01)
    return Opened()


def test_only_the_thread_that_looks_for_builds_closes_an_engine(tmp_path: Path, opened: Opened) -> None:
    """A request keeps its engine after a newer build has come, and does not close it itself when it ends."""
    with serving(tmp_path, opened) as engine:
        with engine.pinned() as held:
            make_current(tmp_path / "new")
            wait_for(lambda: engine.build_id == "new")
            assert (held.build_id, opened.engines["old"].closer) == ("old", None)
        wait_for(lambda: opened.engines["old"].closer is not None)
        assert opened.engines["old"].closer == "builds"
        assert opened.engines["new"].closer is None


def test_a_build_that_cannot_be_opened_leaves_the_one_before(
    tmp_path: Path, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    """The log tells of a build that is none, and the earlier engine goes on."""
    with caplog.at_level(logging.ERROR, logger="kb.live"), serving(tmp_path, opened) as engine:
        make_current(tmp_path / "broken")
        wait_for(lambda: "it is no build" in caplog.text)
        assert (engine.build_id, opened.engines["old"].closer) == ("old", None)
        make_current(tmp_path / "new")
        wait_for(lambda: engine.build_id == "new")


def test_the_end_closes_every_engine(tmp_path: Path, opened: Opened) -> None:
    """Engines that a request still holds are closed too when the server stops, and the request can end after that."""
    with ExitStack() as request:
        with serving(tmp_path, opened) as engine:
            request.enter_context(engine.pinned())
            make_current(tmp_path / "new")
            wait_for(lambda: engine.build_id == "new")
        assert {name for name, found in opened.engines.items() if found.closer} == {"new", "old"}
