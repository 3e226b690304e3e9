"""The embedded engine: right answers, and nothing that brings it down."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pyoxigraph as ox
import pytest

from kb.engine import Answer, EmbeddedEngine, QueryRequest
from kb.errors import LimitError, QueryError
from kb.namespaces import DEFAULT_GRAPH, iri

DEMAND = iri("claim:2024-03-05-gazette-demand")
BARRELS = iri("claim:2024-03-05-gazette-barrels")
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def engine(example_build: Path) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine(example_build, timeout=1.0, memory_mb=200, workers=2, patience=0.5)
    yield engine
    engine.close()


def rows(answer: Answer) -> list[dict[str, str]]:
    body: dict[str, Any] = json.loads(answer.body)
    return [{name: term["value"] for name, term in row.items()} for row in body["results"]["bindings"]]


def count(engine: EmbeddedEngine, query: str, **dataset: list[str]) -> int:
    return int(rows(engine.answer(QueryRequest(query, **dataset)))[0]["n"])


def limit(engine: EmbeddedEngine, query: str) -> str:
    with pytest.raises(LimitError) as caught:
        engine.answer(QueryRequest(query))
    return caught.value.reason


def test_content_is_reached_only_through_its_graph(engine: EmbeddedEngine) -> None:
    """The default graph holds no event; the same pattern inside GRAPH finds it with its claim."""
    pattern = "?e a <http://semanticweb.cs.vu.nl/2009/11/sem/Event>"
    assert count(engine, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}") == 0
    assert count(engine, f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ {pattern} }} }}") == 3


@pytest.mark.parametrize(
    ("media_type", "start"),
    [
        ("application/sparql-results+json", b'{"head"'),
        ("application/sparql-results+xml", b"<?xml"),
        ("text/csv", b"c\r\n"),
        ("text/tab-separated-values", b"?c\n"),
    ],
)
def test_solutions_come_in_the_four_formats(engine: EmbeddedEngine, media_type: str, start: bytes) -> None:
    """The answer is in the format that was asked for, and says so."""
    query = "SELECT ?c { ?c a <https://w3id.org/testimonia/ontology#Claim> }"
    answer = engine.answer(QueryRequest(query, solutions=media_type))
    assert (answer.kind, answer.media_type) == ("solutions", media_type)
    assert answer.body.startswith(start)


def test_graphs_and_truth_are_told_apart(engine: EmbeddedEngine) -> None:
    """ASK gives a boolean, CONSTRUCT and DESCRIBE give a graph with the prefixes it needs."""
    assert engine.answer(QueryRequest("ASK { ?s ?p ?o }")).kind == "boolean"
    answer = engine.answer(QueryRequest(f"DESCRIBE <{DEMAND}>"))
    assert answer.kind == "graph"
    assert b"@prefix mode:" in answer.body and b"@prefix foaf:" not in answer.body


def test_a_syntax_error_has_line_and_column(engine: EmbeddedEngine) -> None:
    """What the parser did not expect is named in readable words, with its place."""
    with pytest.raises(QueryError) as caught:
        engine.answer(QueryRequest("SELECT *\n{ ?s ?p }"))
    assert (caught.value.reason, caught.value.line) == ("syntax", 2)
    assert "\\u{" not in str(caught.value) and "\n" not in str(caught.value)


def test_default_graphs_are_merged(engine: EmbeddedEngine) -> None:
    """Several default graphs are an RDF merge: what stands in two of them is there once."""
    count_all = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    graphs = [DEMAND, BARRELS]
    single = [count(engine, count_all, default_graphs=[graph]) for graph in graphs]
    assert count(engine, count_all, default_graphs=graphs) == sum(single)
    assert count(engine, count_all, default_graphs=[*graphs, DEMAND]) == sum(single)
    from_clauses = " ".join(f"FROM <{graph}>" for graph in graphs)
    assert count(engine, f"SELECT (COUNT(*) AS ?n) {from_clauses} {{ ?s ?p ?o }}") == sum(single)


def test_the_protocol_overrides_from(engine: EmbeddedEngine) -> None:
    """A dataset given with the request replaces the one in the query."""
    query = f"SELECT (COUNT(*) AS ?n) FROM <{DEMAND}> {{ ?s ?p ?o }}"
    own = count(engine, f"SELECT (COUNT(*) AS ?n) FROM <{BARRELS}> {{ ?s ?p ?o }}")
    assert count(engine, query, default_graphs=[BARRELS]) == own != count(engine, query)


def test_the_default_graph_has_a_name(engine: EmbeddedEngine) -> None:
    """FROM can name the default graph; then there are no named graphs, and nothing was merged."""
    answer = engine.answer(QueryRequest(f"SELECT (COUNT(*) AS ?n) FROM <{DEFAULT_GRAPH}> {{ ?s ?p ?o }}"))
    assert int(rows(answer)[0]["n"]) == count(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert not answer.merged
    assert count(engine, f"SELECT (COUNT(*) AS ?n) FROM <{DEFAULT_GRAPH}> {{ GRAPH ?g {{ ?s ?p ?o }} }}") == 0


def test_merging_claims_is_marked(engine: EmbeddedEngine) -> None:
    """An answer over claims merged into the default graph says so, whoever asked for it."""
    assert engine.answer(QueryRequest("ASK {}", default_graphs=[DEMAND])).merged
    assert engine.answer(QueryRequest(f"ASK FROM <{DEMAND}> {{}}")).merged
    assert not engine.answer(QueryRequest("ASK {}", named_graphs=[DEMAND])).merged


def test_named_graphs_are_narrowed(engine: EmbeddedEngine) -> None:
    """With named graphs given, GRAPH reaches these and no others."""
    query = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(engine, query, named_graphs=[DEMAND, BARRELS]) == 2


def test_a_slow_query_is_stopped_in_time(engine: EmbeddedEngine) -> None:
    """The deadline holds by the wall clock, and the next query is answered as if nothing had been."""
    start = time.monotonic()
    assert limit(engine, SLOW) == "time"
    assert time.monotonic() - start < 3
    assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"


def test_a_greedy_query_is_stopped_at_its_memory(example_build: Path) -> None:
    """A query that asks for more memory than one may have ends its evaluator and nothing else."""
    greedy = EmbeddedEngine(example_build, timeout=60, memory_mb=80, workers=1, patience=10)
    try:
        query = "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i ?a"
        assert limit(greedy, query) == "memory"
        assert greedy.answer(QueryRequest("ASK {}")).kind == "boolean"
    finally:
        greedy.close()


def test_a_huge_answer_is_an_error_and_not_a_part(example_build: Path) -> None:
    """An answer over the size limit is refused whole."""
    engine = EmbeddedEngine(example_build, timeout=60, workers=1)
    try:
        assert limit(engine, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }") == "size"
    finally:
        engine.close()


def test_a_query_that_ends_its_evaluator_is_an_error(example_build: Path) -> None:
    """Should an evaluator die, its query gets an error, and another evaluator takes its place."""
    before = set(psutil.Process().children())
    engine = EmbeddedEngine(example_build, timeout=20, workers=1, patience=10)
    (evaluator,) = set(psutil.Process().children()) - before
    try:
        killer = threading.Timer(0.5, evaluator.kill)
        killer.start()
        assert limit(engine, SLOW) == "crash"
        assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"
    finally:
        engine.close()


def test_an_evaluator_that_dies_while_it_waits_costs_no_query(example_build: Path) -> None:
    """A dead evaluator is noticed before a query is given to it."""
    before = set(psutil.Process().children())
    engine = EmbeddedEngine(example_build, workers=1, patience=10)
    (evaluator,) = set(psutil.Process().children()) - before
    try:
        evaluator.kill()
        evaluator.wait(5)
        assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"
    finally:
        engine.close()


def test_one_more_query_than_evaluators_waits_and_is_told(engine: EmbeddedEngine) -> None:
    """While all evaluators are at work a further query is refused after a short wait, not queued for ever."""
    reasons: list[str] = []
    threads = [threading.Thread(target=lambda: reasons.append(limit(engine, SLOW))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(reasons)) == ["busy", "time"]


def test_a_crowd_is_turned_away_at_once(example_build: Path) -> None:
    """Only a few queries wait for each evaluator; the rest is refused without waiting, so that threads stay free."""
    engine = EmbeddedEngine(example_build, timeout=1.5, workers=1, patience=10)
    try:
        took: list[float] = []

        def ask() -> None:
            start = time.monotonic()
            with pytest.raises(LimitError):
                engine.answer(QueryRequest(SLOW))
            took.append(time.monotonic() - start)

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len([seconds for seconds in took if seconds < 1.0]) == 8
    finally:
        engine.close()


def test_no_query_reaches_out_of_its_evaluator(engine: EmbeddedEngine) -> None:
    """SERVICE is refused before it is evaluated; where the platform has it, evaluators have no network besides."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.3)
        address = f"http://127.0.0.1:{canary.getsockname()[1]}/"
        with pytest.raises(QueryError) as caught:
            engine.answer(QueryRequest(f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}"))
        assert caught.value.reason == "forbidden"
        with pytest.raises(QueryError):
            engine.answer(QueryRequest(f"LOAD <{address}>"))
        answer = engine.answer(QueryRequest(f"SELECT * FROM <{address}> FROM <file:///etc/passwd> {{ ?s ?p ?o }}"))
        assert rows(answer) == []
        with pytest.raises(TimeoutError):
            canary.accept()
    assert set(engine.walls) == {"process", "deadline", "memory", "network"}


def test_no_process_is_left_behind(example_build: Path) -> None:
    """A closed engine has ended all it started."""
    before = set(psutil.Process().children())
    engine = EmbeddedEngine(example_build, workers=3)
    started = set(psutil.Process().children()) - before
    assert len(started) == 3
    engine.close()
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in started)


def test_own_queries_take_bound_terms(engine: EmbeddedEngine) -> None:
    """A term given to one of our queries stays a term, whatever characters are in it."""
    query = "SELECT ?claim ?about { ?claim <https://w3id.org/testimonia/ontology#about> ?about }"
    (row,) = engine.select(query, {"claim": ox.NamedNode(DEMAND)})
    assert row["about"] == ox.NamedNode(iri("event:director-explanation"))
    assert engine.select(query, {"claim": ox.Literal('" } DROP ALL #')}) == []


def test_dumps_hold_the_same_quads(engine: EmbeddedEngine) -> None:
    """The two dumps are one dataset."""
    nq = set(ox.parse(b"".join(engine.dump("nq")), format=ox.RdfFormat.N_QUADS))
    trig = ox.Dataset(ox.parse(b"".join(engine.dump("trig")), format=ox.RdfFormat.TRIG))
    both = [ox.Dataset(nq), trig]
    for dataset in both:
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(both[0]) == set(both[1])
