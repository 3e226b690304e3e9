"""The web side over a build that was published to another store: the tests of the web side, asked of that."""

import contextlib
import inspect
from collections.abc import Iterator

import pytest
import test_web_cards
import test_web_entities
import test_web_lists
from fake_engine import EXAMPLE, example
from flask.testing import FlaskClient
from serving import empty_oxigraph, empty_virtuoso

from api import create_app
from kb import store
from kb.publish import Credentials, publish
from kb.remote import RemoteEngine
from kb.sources import read_snapshots

SAME = (test_web_cards, test_web_entities, test_web_lists)
"""Whose tests are asked again: those that need no more than a client over the example."""

LEFT_OUT = {"test_every_thing_of_the_example_answers_in_every_format", "test_no_value_breaks_a_list"}
"""What asks hundreds of addresses for what the others ask too."""

for module in SAME:
    for name, found in vars(module).items():
        asks = inspect.signature(found).parameters if name.startswith("test_") and inspect.isfunction(found) else {}
        if "client" in asks and "engine" not in asks and name not in LEFT_OUT:
            globals()[name] = found


@pytest.fixture(scope="module", params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.long)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteEngine]:
    """An engine over a server in a process of its own, to which the example was published; the client asks it."""
    folder = tmp_path_factory.mktemp(request.param)
    build = store.write(folder / "builds", list(example().quads), inputs="0", version="0", counts={})
    with contextlib.ExitStack() as stack:
        if request.param == "oxigraph":
            url, credentials = stack.enter_context(empty_oxigraph(folder)), None
        else:
            url, credentials = stack.enter_context(empty_virtuoso(folder)), Credentials("dba", "dba")
        assert not publish(url, build, credentials=credentials).differing
        engine = RemoteEngine(url, builds=build.parent)
        stack.callback(engine.close)
        yield engine


@pytest.fixture(scope="module")
def client(engine: RemoteEngine) -> FlaskClient:
    """A client of the web side over that engine."""
    return create_app(engine, snapshots=read_snapshots(EXAMPLE / "sources")).test_client()
