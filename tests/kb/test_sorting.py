"""Queries that sort values of kinds that cannot be compared."""

import json
import subprocess
import sys
from collections import Counter
from itertools import groupby, pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest

from kb.engine import EmbeddedEngine, QueryRequest
from kb.errors import LimitError
from kb.sorting import sorted_by_kind

CONTENT = "SELECT ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o"
"""What all claims say, sorted: texts, numbers, times and things."""


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("SELECT ?o {} ORDER BY ?o", "SELECT ?o {} ORDER BY ASC({?o}) ?o"),
        ("SELECT ?o {} ORDER BY DESC(?o) LIMIT 5", "SELECT ?o {} ORDER BY DESC({(?o)}) DESC(?o) LIMIT 5"),
        ("SELECT ?o {} ORDER BY (?o) # by )\n ?p", "SELECT ?o {} ORDER BY ASC({(?o)}) (?o) # by )\n ASC({?p}) ?p"),
        ("SELECT ?o {} ORDER BY STR(?o) OFFSET 1", "SELECT ?o {} ORDER BY ASC({STR(?o)}) STR(?o) OFFSET 1"),
        ("SELECT ?o {} ORDER BY <http://x/f>(?o)", "SELECT ?o {} ORDER BY ASC({<http://x/f>(?o)}) <http://x/f>(?o)"),
        (
            "SELECT ?o {} ORDER BY NOT EXISTS { ?o ?p ')' } VALUES ?o { 1 }",
            "SELECT ?o {} ORDER BY ASC({NOT EXISTS { ?o ?p ')' }}) NOT EXISTS { ?o ?p ')' } VALUES ?o { 1 }",
        ),
        (
            "SELECT ?o { { SELECT ?o {} ORDER BY ?o } } order by asc(?o)",
            "SELECT ?o { { SELECT ?o {} ORDER BY ASC({?o}) ?o } } order by ASC({(?o)}) asc(?o)",
        ),
    ],
)
def test_each_key_has_its_kind_before_it(query: str, wanted: str) -> None:
    """In the direction of the key; nothing else changes."""
    found = sorted_by_kind(query)
    assert found is not None
    begin, middle = "IF(ISNUMERIC(", "), 0, DATATYPE("
    for value in {part.partition(middle)[0] for part in found.split(begin)[1:]}:
        found = found.replace(f"{begin}{value}{middle}{value}))", f"{{{value}}}")
    assert found == wanted


def test_a_key_with_keys_in_it_is_one() -> None:
    """An order inside a key is given its kinds too, at its place."""
    query = "SELECT * { ?s ?p ?o } ORDER BY EXISTS { { SELECT ?o { ?o ?q ?r } ORDER BY ?r } } ?o"
    found = sorted_by_kind(query)
    assert found is not None
    assert found.endswith(
        " ORDER BY ASC(IF(ISNUMERIC(?r), 0, DATATYPE(?r))) ?r } } ASC(IF(ISNUMERIC(?o), 0, DATATYPE(?o))) ?o"
    )
    ox.Store().query(found)


def test_a_query_without_order_stays() -> None:
    """There is nothing to add."""
    assert sorted_by_kind("SELECT ?o { ?s ?p ?o } LIMIT 3") is None
    assert sorted_by_kind(f"SELECT ?o {{}} ORDER BY {'?o ' * 8000}") is None


def test_the_engine_alone_breaks_down(shipped_build: Path) -> None:
    """Should it no longer do so, all this can go."""
    code = "import sys, pyoxigraph as ox; list(ox.Store.read_only(sys.argv[1]).query(sys.argv[2]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(shipped_build / "store"), CONTENT], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0 and "total order" in done.stderr


def test_values_of_all_kinds_are_sorted(shipped_build: Path, shipped_engine: EmbeddedEngine) -> None:
    """No row is missing, each kind stands together, and within it values are in order."""
    answer = shipped_engine.answer(QueryRequest(CONTENT))
    terms = [row["o"] for row in json.loads(answer.body)["results"]["bindings"]]
    store = ox.Store.read_only(str(shipped_build / "store"))
    all_of_them = store.query(CONTENT.partition(" ORDER")[0])
    assert isinstance(all_of_them, ox.QuerySolutions)
    assert Counter(term["value"] for term in terms) == Counter(row["o"].value for row in all_of_them)  # type: ignore[union-attr]
    kinds = [(kind, [term["value"] for term in group]) for kind, group in groupby(terms, key=kind_of)]
    assert len(kinds) == len({kind for kind, _ in kinds}) > 4
    numbers = [float(value) for value in dict(kinds)["number"]]
    assert len(numbers) > 50 and all(one <= other for one, other in pairwise(numbers))
    assert all(one <= other for kind, values in kinds if kind != "number" for one, other in pairwise(values))


def kind_of(term: dict[str, str]) -> str:
    datatype = term.get("datatype", "language" if "xml:lang" in term else term["type"])
    return "number" if datatype.rpartition("#")[2] in ("integer", "decimal", "nonNegativeInteger") else datatype


def test_what_has_no_order_even_so_is_told(shipped_engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to write, and the next query is answered."""
    monkeypatch.setattr("kb.engine.sorted_by_kind", lambda _: None)
    with pytest.raises(LimitError, match="cannot be compared") as caught:
        shipped_engine.answer(QueryRequest(CONTENT))
    assert (caught.value.reason, "DATATYPE" in caught.value.hint) == ("crash", True)
    assert shipped_engine.answer(QueryRequest("ASK {}")).kind == "boolean"
