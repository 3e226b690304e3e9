"""The index beside the store: tables that follow from the quads, written once and read by many."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine, example
from places import EXAMPLE

from kb import build as builds
from kb import index, store
from kb.engine import EmbeddedEngine
from kb.errors import SetupError
from kb.index.said import Stored
from kb.live import LiveEngine, linked

TABLES = "SELECT sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"


def test_the_same_build_has_the_same_index(example_build: Path, tmp_path: Path) -> None:
    """Whoever builds the same data gets the same file, byte for byte."""
    again = builds.build(EXAMPLE, tmp_path, check=False)
    assert (again / index.FILE).read_bytes() == (example_build / index.FILE).read_bytes()


def test_a_store_in_memory_has_the_same_tables(example_build: Path) -> None:
    """What tests ask in memory is what a build has in its file."""
    found = index.in_memory(ox.Store.read_only(str(example_build / "store")))
    written = store.open_index(example_build)
    assert written.rows(TABLES) == found.rows(TABLES) != []
    assert written.rows("SELECT * FROM name") == found.rows("SELECT * FROM name") != []
    written.close()


def test_many_threads_read_at_once(example_build: Path) -> None:
    """Threads that ask at the same time get the same rows."""
    found = store.open_index(example_build)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: found.rows("SELECT count(*) FROM name"), range(64)))
    assert answers == [answers[0]] * 64
    found.close()


def test_nobody_can_write(example_build: Path) -> None:
    """The file of a build is not changed by whoever reads it."""
    found = store.open_index(example_build)
    with pytest.raises(Exception, match="readonly"):
        found.rows("DELETE FROM name")
    found.close()


def test_a_build_of_an_earlier_version_gets_its_index(tmp_path: Path) -> None:
    """A build without the tables of this version is not served, and gets them when it is built again."""
    first = builds.build(EXAMPLE, tmp_path, check=False)
    text = (first / index.FILE).read_bytes()
    (first / index.FILE).write_bytes(b"")
    with pytest.raises(SetupError, match="testimonia build"):
        EmbeddedEngine(first)
    assert builds.build(EXAMPLE, tmp_path, check=False) == first
    assert (first / index.FILE).read_bytes() == text


def test_an_index_that_cannot_be_written_stops_the_build(tmp_path: Path) -> None:
    """Where the file cannot be made, that is said like any other file that cannot be written."""
    with pytest.raises(OSError, match="unable to open"):
        index.write(tmp_path / "no" / "such" / "folder" / index.FILE, Stored(ox.Store()))


def test_an_engine_that_follows_its_builds_has_the_index_of_the_newest(shipped_build: Path) -> None:
    """The index that a live engine gives is that of the build that it serves."""
    engine = LiveEngine(linked(shipped_build.parent / "current"), lambda build: EmbeddedEngine(build, workers=1))
    assert engine.index.rows("SELECT count(*) > 0 FROM thing") == [(1,)]
    engine.close()


def test_engines_reach_their_index(shipped_engine: EmbeddedEngine) -> None:
    """An engine over a build and one over quads in memory both have it."""
    for engine in (shipped_engine, FakeEngine(example().quads)):
        assert engine.index.rows("SELECT count(*) > 0 FROM name") == [(1,)]
