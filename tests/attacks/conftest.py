"""A server under attack, a listener that must hear nothing, and a client who asks ``ASK {}`` all the while."""

import os
import socket
import threading
from collections.abc import Iterator

import pytest
from places import EXAMPLE
from serving import Bystander, Server, serve

PLACES = max(2, os.cpu_count() or 2) + 1
"""Evaluators that a server keeps beyond those it began with, at most: one for each place of a long query."""


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = ("--query-timeout", "2", "--query-memory", "200")
    with serve(EXAMPLE, tmp_path_factory.mktemp("attacked"), *options) as running:
        yield running


@pytest.fixture(scope="package", autouse=True)
def bystander(server: Server) -> Iterator[Bystander]:
    """Asks through all attacks; at the end, each answer was right and all but one in a hundred came in 0.2 seconds."""
    found = Bystander(server)
    thread = threading.Thread(target=found.run)
    thread.start()
    before = len(server.family)
    yield found
    found.stop.set()
    thread.join()
    assert found.statuses == {200}
    assert sorted(found.seconds)[int(len(found.seconds) * 0.99)] < 0.2
    assert len(server.family) <= before + PLACES
    assert sum(process.memory_info().rss for process in server.family) < 1_500_000_000


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listener; nothing may contact it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        yield listener
        with pytest.raises(TimeoutError):
            listener.accept()
