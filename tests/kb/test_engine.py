"""The embedded engine: right answers, and nothing that brings it down."""

import ctypes
import io
import json
import mmap
import re
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pyoxigraph as ox
import pytest

from kb.engine import Answer, EmbeddedEngine, QueryRequest
from kb.errors import LimitError, QueryError
from kb.namespaces import DEFAULT_GRAPH, iri
from kb.pool import QUICK_PLACES, SHARE
from kb.process import Evaluator

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


def family(before: set[psutil.Process]) -> set[psutil.Process]:
    """The evaluators that were started since, once all are."""
    for _ in range(100):
        started = set(psutil.Process().children()) - before
        if len(started) == QUICK_PLACES + 1:
            break
        time.sleep(0.05)
    return started


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems give memory back as they do")
def test_memory_is_given_back_in_a_pause(example_build: Path) -> None:
    """What a large question took does not stay with its evaluator once nobody asks."""
    process = Evaluator(str(example_build / "store"), timeout=20, memory_mb=500)
    try:
        process.ready()
        one = psutil.Process(process.pid)
        large = "SELECT * { { SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 100000 } } ORDER BY ?a LIMIT 1"
        request = {"text": large, "default_graphs": [], "named_graphs": [], "max_bytes": 10**6}
        process.begin(json.dumps({**request, "solutions": ox.QueryResultsFormat.JSON.media_type}).encode())
        process.finish(lambda _: 20.0)
        held = one.memory_info().rss
        for _ in range(100):
            if one.memory_info().rss < held * 0.8:
                return
            time.sleep(0.1)
        pytest.fail(f"{held:,} to {one.memory_info().rss:,} bytes")
    finally:
        process.kill()


def test_a_query_whose_evaluator_is_ended_is_asked_once_more(example_build: Path) -> None:
    """Should somebody end an evaluator, its query begins again in another; ended twice, it gets an error."""
    before = set(psutil.Process().children())
    engine = EmbeddedEngine(example_build, timeout=20, workers=1, patience=10)
    try:
        done = threading.Event()

        def kill_the_busiest() -> None:
            while not done.wait(1.0):
                busiest = max(family(before), key=lambda process: sum(process.cpu_times()[:2]))
                busiest.kill()

        killer = threading.Thread(target=kill_the_busiest)
        killer.start()
        assert limit(engine, SLOW) == "crash"
        done.set()
        killer.join()
        assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"
    finally:
        engine.close()


def test_an_evaluator_that_dies_while_it_waits_costs_no_query(example_build: Path) -> None:
    """A dead evaluator is noticed before a query is given to it."""
    before = set(psutil.Process().children())
    engine = EmbeddedEngine(example_build, workers=1, patience=10)
    try:
        for evaluator in family(before):
            evaluator.kill()
            evaluator.wait(5)
        assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"
    finally:
        engine.close()


def test_a_long_query_waits_for_its_turn_and_is_told_when_it_waited_too_long(engine: EmbeddedEngine) -> None:
    """While all places for long queries are taken a further one is refused after a while, not queued for ever."""
    reasons: list[str] = []
    threads = [threading.Thread(target=lambda: reasons.append(limit(engine, SLOW))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(reasons)) == ["busy", "time"]


def test_a_client_has_its_share_and_no_more(example_build: Path) -> None:
    """Beyond its share a client's long queries are refused at once, while another client's is let in."""
    engine = EmbeddedEngine(example_build, timeout=3.0, workers=2, patience=4.0)
    try:
        reasons: list[str] = []

        def ask(text: str, client: str) -> None:
            with pytest.raises(LimitError) as caught:
                engine.answer(QueryRequest(text, client=client))
            reasons.append(caught.value.reason)

        threads = [threading.Thread(target=ask, args=(f"{SLOW} # {n}", "greedy")) for n in range(SHARE + 4)]
        for thread in threads:
            thread.start()
        while engine.state.long + engine.state.waiting < SHARE:
            time.sleep(0.01)
        ask(SLOW, "modest")
        assert reasons[-1] == "time"  # it ran: the greedy one never has both places
        assert engine.answer(QueryRequest("SELECT (COUNT(*) AS ?n) { ?s a ?o }", client="greedy")).body
        for thread in threads:
            thread.join()
        assert Counter(reasons)["share"] > 0
    finally:
        engine.close()


def test_short_queries_are_answered_while_long_ones_run(engine: EmbeddedEngine) -> None:
    """With every place for long queries taken, and others waiting, a short query is answered as ever."""
    threads = [threading.Thread(target=lambda n=n: limit(engine, f"{SLOW} # {n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    try:
        while not engine.state.long:
            time.sleep(0.01)
        for text in ("ASK {}", "SELECT (COUNT(*) AS ?n) { ?s a ?o }"):
            assert engine.answer(QueryRequest(text, client="other")).body
        assert engine.state.long
    finally:
        for thread in threads:
            thread.join()


def test_a_client_that_leaves_frees_its_evaluator(example_build: Path) -> None:
    """A query that nobody waits for any more is stopped, long before its deadline."""
    engine = EmbeddedEngine(example_build, timeout=60, workers=1)
    try:
        gone = threading.Event()
        threading.Timer(0.5, gone.set).start()
        begun = time.monotonic()
        with pytest.raises(LimitError) as caught:
            engine.answer(QueryRequest(SLOW, there=lambda: not gone.is_set()))
        assert caught.value.reason == "left"
        assert time.monotonic() - begun < 20
        assert engine.state.long == 0
    finally:
        engine.close()


def test_a_large_answer_lies_in_a_file(engine: EmbeddedEngine) -> None:
    """An answer of more than a megabyte is whole, and not held in the memory of the server."""
    answer = engine.answer(QueryRequest("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"))
    assert isinstance(answer.body, mmap.mmap)
    assert len(json.loads(bytes(answer.body))["results"]["bindings"]) == 20000


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
    assert set(engine.state.walls) == {"process", "deadline", "memory", "network", "files"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these walls are Linux's")
def test_all_walls_stand_where_the_kernel_knows_them(engine: EmbeddedEngine) -> None:
    """On Linux the memory of an evaluator is capped and the network is closed; with Landlock so is the file system."""
    landlock = ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) > 0
    assert engine.state.walls == {"process": True, "deadline": True, "memory": True, "network": True, "files": landlock}


def test_no_process_is_left_behind(example_build: Path) -> None:
    """A closed engine has ended all it started."""
    before = set(psutil.Process().children())
    engine = EmbeddedEngine(example_build, workers=3)
    started = family(before)
    assert len(started) == QUICK_PLACES + 1
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
    both = []
    for suffix in ("nq", "trig"):
        with engine.dump(suffix) as file:
            both.append(ox.Dataset(ox.parse(file, format=ox.RdfFormat.from_extension(suffix))))
    for dataset in both:
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(both[0]) == set(both[1])


def test_a_graph_is_written_whole_each_time(engine: EmbeddedEngine) -> None:
    """The default graph and a claim's come with all their triples, again and again; one that is not there with none."""
    for name, graph in ((None, ox.DefaultGraph()), (DEMAND, ox.NamedNode(DEMAND))):
        with engine.dump("nq") as file:
            wanted = {quad.triple for quad in ox.parse(file, format=ox.RdfFormat.N_QUADS) if quad.graph_name == graph}
        for form in (ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE):
            out = io.BytesIO()
            assert engine.write_graph(name, form, out)
            found = [quad.triple for quad in ox.parse(out.getvalue(), format=form)]
            assert len(found) == len(wanted)
            assert {str(t) for t in found if "_:" not in str(t)} == {str(t) for t in wanted if "_:" not in str(t)}
    out = io.BytesIO()
    assert not engine.write_graph(iri("claim:nobody"), ox.RdfFormat.TURTLE, out) and out.getvalue() == b""


def test_xml_that_cannot_be_written_is_an_error_however_late_it_shows(engine: EmbeddedEngine) -> None:
    """A control character far into a large answer, in pieces, is an error in XML and no other format."""
    rows = " ".join('"plain"' for _ in range(9_000))
    query = f'SELECT * {{ VALUES ?a {{ {rows} "late\\u0001" }} VALUES ?b {{ 1 2 3 4 5 6 7 8 9 }} }}'
    xml = "application/sparql-results+xml"
    with pytest.raises(QueryError) as caught:
        engine.answer(QueryRequest(query, solutions=xml))
    assert caught.value.reason == "not-in-xml"
    answer = engine.answer(QueryRequest(query.replace("\\u0001", ""), solutions=xml))
    assert bytes(answer.body).count(b"<result>") == 9 * 9_001
    assert engine.answer(QueryRequest(query)).body


def test_an_unknown_function_is_named(engine: EmbeddedEngine) -> None:
    """A function that is not there is a fault of the query, told in its own words, with its place."""
    with pytest.raises(QueryError, match=re.escape("no function <http://example.org/f> here")) as caught:
        engine.answer(QueryRequest("SELECT *\n{ BIND(<http://example.org/f>(1) AS ?x) }"))
    assert (caught.value.line, caught.value.column) == (2, 8)


def test_evaluators_that_a_crowd_left_behind_are_ended(example_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while without work there are no more evaluators than before the crowd came."""
    monkeypatch.setattr("kb.pool._TIDY", 0.3)
    engine = EmbeddedEngine(example_build, timeout=0.4, workers=3)
    try:
        crowd = [threading.Thread(target=lambda n=n: limit(engine, f"{SLOW} # {n}")) for n in range(4)]
        for member in crowd:
            member.start()
        for member in crowd:
            member.join()
        for _ in range(100):
            if engine.state.free == QUICK_PLACES + 1 and not engine.state.long:
                break
            time.sleep(0.1)
        time.sleep(1)
        assert engine.state.free == QUICK_PLACES + 1
        assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("query", "rows"), [("BIND(TRUE AS ?x)", ["true"]), ("VALUES ?x { False true }", ["false", "true"])]
)
def test_truth_values_are_words_in_any_case(engine: EmbeddedEngine, query: str, rows: list[str]) -> None:
    """As the grammar of SPARQL has it, and Oxigraph has not."""
    found = engine.answer(QueryRequest(f"SELECT ?x {{ {query} }}", solutions="text/csv"))
    assert bytes(found.body).decode().split()[1:] == rows


def test_the_default_graph_is_asked_by_its_name_too(engine: EmbeddedEngine) -> None:
    """``GRAPH`` with its name is what is asked without; inside another GRAPH, or another dataset, it is not there."""
    named = f"GRAPH <{DEFAULT_GRAPH}> {{ ?s ?p ?o }}"

    def count(text: str) -> int:
        found = engine.answer(QueryRequest(text, solutions="text/csv"))
        return int(bytes(found.body).decode().split()[1])

    whole = count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert whole == count(f"SELECT (COUNT(*) AS ?n) {{ {named} }}") > 0
    assert whole == count(f"SELECT (COUNT(*) AS ?n) FROM NAMED <{DEFAULT_GRAPH}> {{ {named} }}")
    assert count(f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ {named} }} }}") == 0
    assert count(f"SELECT (COUNT(*) AS ?n) FROM <{DEMAND}> {{ {named} }}") == 0
