"""Saved questions, asked of an engine."""

import csv
import io

from kb.engine import EmbeddedEngine, QueryRequest
from kb.namespaces import shorten
from kb.paths import queries_dir
from kb.questions import load


def answers(engine: EmbeddedEngine, name: str) -> list[dict[str, str]]:
    """The rows of a saved question, IRIs of ours as prefixed names; there must be some."""
    body = engine.answer(QueryRequest(load(queries_dir())[name].text, solutions="text/csv")).body.decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    assert rows
    return [
        {key: shorten(value) if value.startswith("https://w3id") else value for key, value in row.items()}
        for row in rows
    ]
