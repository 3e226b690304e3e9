"""Saved questions, asked of an engine or of a dataset."""

import csv
import io

import pyoxigraph as ox

from kb.dataset import Dataset
from kb.engine import EmbeddedEngine, QueryRequest, select_in
from kb.namespaces import shorten
from kb.paths import queries_dir
from kb.questions import bound, load, value


def answers(engine: EmbeddedEngine, name: str) -> list[dict[str, str]]:
    """The rows of a saved question, IRIs of ours as prefixed names; there must be some."""
    body = engine.answer(QueryRequest(load(queries_dir())[name].text, solutions="text/csv")).body.decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    assert rows
    return [
        {key: shorten(value) if value.startswith("https://w3id") else value for key, value in row.items()}
        for row in rows
    ]


def answers_over(dataset: Dataset, name: str, **given: str) -> list[dict[str, str]]:
    """The rows of a saved question over a dataset, without what all IRIs begin with; there may be none."""
    store = ox.Store()
    store.extend(dataset.quads)
    question = load(queries_dir())[name]
    values = {one.name: [value(one, given[one.name])] for one in question.parameters if one.name in given}
    rows = select_in(store, bound(question, values), None)
    return [{key: term.value.rpartition("testimonia/")[2] for key, term in row.items()} for row in rows]  # type: ignore[union-attr]
