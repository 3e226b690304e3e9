"""An application over the invented example, served by the fake engine, and a client that asks it."""

from typing import Any

import pytest
from fake_engine import EXAMPLE, FakeEngine, example
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from api.gateway import Gateway
from kb.engine import EmbeddedEngine
from kb.questions import Question
from kb.sources import read_snapshots

HOLDERS = """\
# title: Who holds what
# description: Every claim with its holder.
PREFIX t: <https://w3id.org/testimonia/ontology#>

SELECT ?claim ?holder ?nothing WHERE {
  ?claim t:holder ?holder .
}
ORDER BY ?claim
"""
QUESTIONS = {
    name: Question(name, title, f"About {name}.", HOLDERS)
    for name, title in (("first", "First?"), ("second", "Second?"), ("third", "Third?"), ("fourth", "Fourth?"))
}


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(example().quads)


@pytest.fixture
def app(engine: FakeEngine) -> Flask:
    return create_app(engine, questions=QUESTIONS, snapshots=read_snapshots(EXAMPLE / "sources"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were answered in a thread, through the application."""
    asked: list[str] = []
    usual = Gateway._ask

    async def noted(self: Gateway, scope: Any, *rest: Any) -> None:
        asked.append(scope.path)
        await usual(self, scope, *rest)

    monkeypatch.setattr(Gateway, "_ask", noted)
    return asked


@pytest.fixture(scope="module")
def web(shipped_engine: EmbeddedEngine) -> FlaskClient:
    """A client of the data that ships."""
    return create_app(shipped_engine).test_client()
