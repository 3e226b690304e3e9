"""What the tests share: the invented example data, its build, and the texts where they are at hand."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import EXAMPLE, ROOT

from kb import build as builds
from kb.dataset import Dataset
from kb.engine import EmbeddedEngine
from kb.paths import data_dir

# benchmarks/ is not installed; last, so that kb and api stay those that are under test
sys.path.append(str(ROOT))


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--write-answers`` writes tests/answers, docs/questions.md and tests/api/promised-keys.txt anew, to be read
    before they are committed."""
    parser.addoption("--write-answers", action="store_true")


def strict() -> bool:
    """Whether a test that lacks something must fail instead of being skipped."""
    return os.environ.get("TESTIMONIA_STRICT") == "1"


@pytest.fixture(scope="session")
def example() -> Dataset:
    """The invented harbour story with what is derived from it."""
    return builds.load(EXAMPLE)


@pytest.fixture(scope="session")
def shipped() -> Dataset:
    """The data that ships, with what is derived from it."""
    return builds.load(data_dir())


@pytest.fixture(scope="session")
def example_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the invented harbour story."""
    return builds.build(EXAMPLE, tmp_path_factory.mktemp("example-builds"))


@pytest.fixture(scope="session")
def shipped_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the data that ships."""
    return builds.build(data_dir(), tmp_path_factory.mktemp("builds"))


@pytest.fixture(scope="session")
def shipped_engine(shipped_build: Path) -> Iterator[EmbeddedEngine]:
    """An engine over the data that ships."""
    engine = EmbeddedEngine(shipped_build, timeout=10, workers=1)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """The texts of the shipped articles; without them the test is skipped, or fails where CI must have them."""
    from kb.sources import read_snapshots

    folder = Path(os.environ.get("TESTIMONIA_SOURCES", ROOT / "sources"))
    found = read_snapshots(folder)
    wanted = {path.stem for path in (data_dir() / "articles").glob("*.trig")}
    if missing := wanted - found.keys():
        reason = f"the texts of {', '.join(sorted(missing))} are not at hand (TESTIMONIA_SOURCES)"
        if strict():
            pytest.fail(reason)
        pytest.skip(reason)
    return found
