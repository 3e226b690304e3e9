"""The remote engine: the same answers as the embedded one, whatever service holds the build, or an error."""

import contextlib
import io
import itertools
import json
import re
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from fake_engine import FakeEngine, example
from fake_service import FakeService, Written, serving
from places import ROOT
from serving import free_port, own_server, oxigraph_server

from kb import cards, cli, store
from kb.binding import bind
from kb.cards.facts import as_iri
from kb.engine import EmbeddedEngine, Engine, QueryRequest, Row, Term
from kb.errors import LimitError, QueryError, SetupError
from kb.namespaces import DEFAULT_GRAPH, iri
from kb.paths import queries_dir
from kb.remote import DEVIATIONS, RemoteEngine

DEMAND = iri("claim:2024-03-05-gazette-demand")
BARRELS = iri("claim:2024-03-05-gazette-barrels")
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
Asked = tuple[str, Mapping[str, Term]]


class Recorder(FakeEngine):
    """A fake engine that notes which of our own queries were asked, with what they were bound to."""

    def __init__(self, quads: list[ox.Quad]) -> None:
        super().__init__(quads)
        self.selected: list[Asked] = []

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> list[Row]:
        self.selected.append((query, dict(bindings or {})))
        return super().select(query, bindings)


def own_queries(build: Path) -> list[Asked]:
    """What lists, cards, parts and saved questions ask, with bindings as they occur."""
    recorder = Recorder(list(ox.Store.read_only(str(build / "store"))))
    for name in cards.LISTS:
        for item in cards.listing(recorder, name, limit=120).items[::5]:
            cards.card(recorder, item["iri"])
            cards.description(recorder, item["iri"])
        cards.nearest(recorder, cards.LISTS[name], "a")
    with contextlib.suppress(cards.BadFilter):
        cards.listing(recorder, "claims", filters={"mode": ["shouted"]})
    cards.ontology_card(recorder)
    cards.ontology(recorder)
    cards.overview(recorder)
    for kind in cards.PARTS:
        subject = re.compile(re.escape(iri(f"{kind}:")))
        found = sorted({q.subject.value for q in recorder.store if subject.match(getattr(q.subject, "value", ""))})
        for name in found[::40]:
            cards.owner(recorder, name)
    asked = {query for query, _ in recorder.selected}
    texts = [path.read_text(encoding="utf-8") for path in sorted(queries_dir().rglob("*.rq"))]
    recorder.selected += [(text, {}) for text in texts if text not in asked]
    return list({(query, str(sorted(bound.items()))): (query, bound) for query, bound in recorder.selected}.values())


@pytest.fixture(scope="module", params=["testimonia", "oxigraph"])
def remote(
    request: pytest.FixtureRequest, shipped_build: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RemoteEngine]:
    """An engine over the shipped build, held by a server in a process of its own."""
    folder = tmp_path_factory.mktemp("remote")
    with contextlib.ExitStack() as stack:
        if request.param == "oxigraph":
            url = stack.enter_context(oxigraph_server(shipped_build, folder))
        else:
            url = stack.enter_context(own_server(folder, "--out", str(shipped_build.parent))) + "/sparql"
        engine = RemoteEngine(url)
        yield engine
        engine.close()


@pytest.fixture
def service() -> Iterator[FakeService]:
    """A well-behaved service over the invented example."""
    with serving(example().quads) as service:
        yield service


@pytest.fixture
def engine(service: FakeService) -> Iterator[RemoteEngine]:
    """An engine over the well-behaved service, with a short deadline."""
    engine = RemoteEngine(service.url, timeout=1.0)
    yield engine
    engine.close()


def canonical(quads: Any) -> set[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def number(engine: Engine, query: str, **dataset: list[str]) -> int:
    body = json.loads(engine.answer(QueryRequest(query, **dataset)).body)
    return int(body["results"]["bindings"][0]["n"]["value"])


def replaced(part: str, answer: Written):  # type: ignore[no-untyped-def]
    """A twist that gives ``answer`` to queries with ``part`` in them."""
    return lambda query, right: answer if part in query else right


def cut(status: int, body: bytes = b'{"head":{"vars":["s"]},"results":{"bindings":[{}]}}', **headers: str) -> Written:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/sparql-results+json", **fields}, body


def problem(status: int, **fields: object) -> Written:
    return status, {"Content-Type": "application/problem+json"}, json.dumps(fields).encode()


def test_our_own_queries_have_the_same_answers(remote: RemoteEngine, shipped_build: Path) -> None:
    """Queries of cards, parts and saved questions give the same rows, in the same order where they say one."""
    here = ox.Store.read_only(str(shipped_build / "store"))
    local = FakeEngine(list(here))
    asked = own_queries(shipped_build)
    texts = {query for query, _ in asked}
    assert {path.read_text(encoding="utf-8") for path in queries_dir().rglob("*.rq")} <= texts
    assert sum(1 for _, bound in asked if bound) > 50
    blank = re.compile(r"_:\w+")
    for query, bound in asked:
        if "owl:propertyChainAxiom" in query:  # its rows have blank nodes, whose labels are the store's own
            ours, theirs = ([blank.sub("_:", str(row)) for row in e.select(query, bound)] for e in (local, remote))
            assert sorted(ours) == sorted(theirs)
        elif " AS ?all)" in query:  # one cell with all, in no order
            ours, theirs = (
                [sorted(as_iri(row["all"]).split()) for row in e.select(query, bound)] for e in (local, remote)
            )
            assert ours == theirs
        elif bound and "ORDER BY" in query:
            assert remote.select(query, bound) == local.select(query, bound), (query, bound)
        else:  # what its ORDER BY leaves open may differ
            ours, theirs = (Counter(map(str, e.select(query, bound))) for e in (local, remote))
            assert ours == theirs, (query, bound)


def test_cards_and_quads_are_the_same(remote: RemoteEngine, shipped_engine: EmbeddedEngine) -> None:
    """A claim, an article and an event read over HTTP are what is read from the build."""
    for name in ("claims", "articles", "events"):
        first = cards.listing(shipped_engine, name, limit=1).items[0]["iri"]
        assert cards.card(remote, first) == cards.card(shipped_engine, first)
        assert cards.description(remote, first) == cards.description(shipped_engine, first)


def test_the_ontology_keeps_its_lists(remote: RemoteEngine, shipped_engine: EmbeddedEngine) -> None:
    """Lists in the axioms of the ontology are read whole: their labels agree from one answer to the next."""
    assert canonical(cards.ontology(remote)) == canonical(cards.ontology(shipped_engine))


@pytest.mark.parametrize(("suffix", "form"), [("nq", ox.RdfFormat.N_QUADS), ("trig", ox.RdfFormat.TRIG)])
def test_dumps_have_the_quads_of_the_build(
    remote: RemoteEngine, shipped_build: Path, suffix: str, form: ox.RdfFormat
) -> None:
    """A dump read through the protocol is the dataset of the store, lists of blank nodes included."""
    with remote.dump(suffix) as file:
        dumped = ox.parse(file.read(), format=form)
    assert canonical(dumped) == canonical(ox.Store.read_only(str(shipped_build / "store")))


def test_foreign_queries_have_the_same_answers(remote: RemoteEngine, shipped_engine: EmbeddedEngine) -> None:
    """SELECT, ASK, CONSTRUCT and DESCRIBE give the same bytes in each format."""
    queries = [
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
        "ASK { GRAPH ?g { ?s ?p ?o } }",
        f"CONSTRUCT WHERE {{ ?c <{iri('t:holder')}> ?h }}",
        'SELECT ?x { VALUES ?x { 1 1.50 true "a\\u00e9\\n\\"b" \'x\'@en <claim/relative> UNDEF } }',
    ]
    for query in queries:
        for solutions in ("application/sparql-results+json", "text/csv", "application/sparql-results+xml"):
            request = QueryRequest(query, solutions=solutions)
            assert remote.answer(request) == shipped_engine.answer(request)


def test_a_syntax_error_has_its_place(remote: RemoteEngine, shipped_engine: EmbeddedEngine) -> None:
    """What does not parse is a query error in the words of the service, with its place where the service gives one."""
    places = []
    for engine in (remote, shipped_engine):
        with pytest.raises(QueryError) as caught:
            engine.answer(QueryRequest("SELECT * { ?s ?p }"))
        assert caught.value.reason == "syntax"
        places.append((caught.value.line, caught.value.column))
    assert places[0] in (places[1], (None, None))


def test_one_graph_as_default_graph(remote: RemoteEngine, shipped_engine: EmbeddedEngine) -> None:
    """A dataset of one default graph or of named graphs is kept to; a graph that is not there is empty."""
    found = shipped_engine.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } LIMIT 3")
    graphs = [str(row["g"])[1:-1] for row in found]
    per_graph = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    for engine in (remote, shipped_engine):
        assert number(engine, per_graph, named_graphs=graphs) == 3
        assert number(engine, COUNT, default_graphs=["http://127.0.0.1:9/x", "file:///etc/passwd"]) == 0
    assert number(remote, COUNT, default_graphs=graphs[:1]) == number(shipped_engine, COUNT, default_graphs=graphs[:1])
    from_clause = f"SELECT (COUNT(*) AS ?n) FROM <{graphs[0]}> {{ ?s ?p ?o }}"
    assert number(remote, from_clause) == number(shipped_engine, from_clause)
    assert remote.answer(QueryRequest(from_clause)).merged


def test_several_default_graphs_are_merged_or_refused(remote: RemoteEngine, shipped_engine: EmbeddedEngine) -> None:
    """A service that merges as the standard says is asked; where rows would be doubled, the query is refused."""
    found = shipped_engine.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    graphs = [str(row["g"])[1:-1] for row in found]
    dataset = {"default_graphs": [*graphs, DEFAULT_GRAPH]}
    try:
        total = number(remote, COUNT, **dataset)
    except QueryError as error:
        assert error.reason == "forbidden" and "default graph by name" in str(error)
        with pytest.raises(QueryError, match="count twice"):
            number(remote, COUNT, default_graphs=graphs)
    else:
        assert total == number(shipped_engine, COUNT, **dataset)


def test_the_id_is_that_of_the_data(service: FakeService) -> None:
    """A service that says nothing of its build has the id that its quads have; one that says it is believed."""
    service.build_id = ""
    few = [quad for quad in example().quads if DEMAND in str(quad) or str(quad.graph_name) == f"<{DEMAND}>"]
    service.store.clear()
    service.store.extend(few)
    silent = RemoteEngine(service.url)
    assert silent.build_id == store.build_id(few)[0]
    service.build_id = "c" * 64
    told = RemoteEngine(service.url)
    assert told.build_id == "c" * 64
    service.build_id = "d" * 64
    told.quads(subjects=[DEMAND])
    assert told.build_id == "d" * 64
    silent.close()
    told.close()


def test_a_dump_across_two_builds_is_an_error(
    engine: RemoteEngine, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the service turns to another build while it is copied, there is no dump; the next is of the new build."""
    builds = itertools.chain(["c" * 64] * 3, itertools.repeat("d" * 64))
    monkeypatch.setattr(FakeService, "build_id", property(lambda self: next(builds)), raising=False)
    with pytest.raises(LimitError, match="another build"):
        engine.dump("nq")
    with engine.dump("nq") as file:
        assert file.read()


def test_a_copy_is_described_and_its_graphs_are_written(
    remote: RemoteEngine, shipped_engine: EmbeddedEngine, shipped_build: Path
) -> None:
    """Statistics, index and graphs of a service are those of the build that it holds."""
    assert remote.statistics.parts == shipped_engine.statistics.parts
    assert remote.index.rows("SELECT * FROM thing") == shipped_engine.index.rows("SELECT * FROM thing")
    claims = cards.listing(shipped_engine, "claims", limit=1).items
    for name in (None, claims[0]["iri"], iri("graph:none")):
        theirs, ours = io.BytesIO(), io.BytesIO()
        form = ox.RdfFormat.N_TRIPLES
        assert remote.write_graph(name, form, theirs) == shipped_engine.write_graph(name, form, ours)
        stores = [ox.Store(), ox.Store()]  # a store, since one of the services may keep 1.000 as 1
        for loaded, text in zip(stores, (theirs, ours), strict=True):
            loaded.load(text.getvalue(), form)
        assert canonical(stores[0]) == canonical(stores[1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda service: setattr(service, "union", True), "union of all graphs"),
        (lambda service: service.store.clear(), "has no claims"),
        (
            lambda service: [service.store.clear_graph(g) for g in list(service.store.named_graphs())],
            "no graphs of claims",
        ),
        (
            lambda service: setattr(service, "twist", replaced("ASK", (200, {"Content-Type": "text/html"}, b"<p>"))),
            "text/html",
        ),
        (
            lambda service: setattr(service, "twist", replaced("ASK", (301, {"Location": "http://x/"}, b""))),
            "http://x/",
        ),
        (lambda service: setattr(service, "twist", replaced("ASK", (401, {}, b"who are you"))), "401: who are you"),
        (lambda service: setattr(service, "url", "http://127.0.0.1:9/sparql"), "refused"),
        (lambda service: setattr(service, "url", "file:///etc/passwd"), "no address"),
        (lambda service: setattr(service, "url", "http://user:word@127.0.0.1/"), "no address"),
    ],
)
def test_what_is_no_build_is_refused_when_opened(service: FakeService, change, words: str) -> None:  # type: ignore[no-untyped-def]
    """A service that is away, holds something else, or shows claims as fact, is a fault of the set-up."""
    change(service)
    with pytest.raises(SetupError, match=re.escape(words)):
        RemoteEngine(service.url)


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (problem(400, detail="No.", type="https://w3id.org/testimonia/problem/too-complex"), QueryError, "too-complex"),
        ((400, {}, b"\nParse error\nmore"), QueryError, "syntax"),
        ((403, {}, b""), QueryError, "forbidden"),
        ((413, {}, b""), QueryError, "too-long"),
        (problem(503, detail="Slow.", type="https://w3id.org/testimonia/problem/time"), LimitError, "time"),
        ((503, {"Retry-After": "7"}, b""), LimitError, "busy"),
        ((500, {}, b"Virtuoso S1T00 Error SR171: Transaction timed out"), LimitError, "time"),
        ((504, {}, b""), LimitError, "time"),
        ((500, {}, b"java.lang.Oops"), LimitError, "away"),
        ((302, {"Location": "http://elsewhere.example/"}, b""), LimitError, "away"),
        (cut(206), LimitError, "away"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), LimitError, "away"),
        (cut(200, b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"ty'), LimitError, "away"),
        (cut(200, X_SQL_State="S1TAT"), LimitError, "size"),
        (cut(200, X_SPARQL_MaxRows="1"), LimitError, "size"),
    ],
)
def test_whatever_is_no_whole_answer_is_an_error(
    engine: RemoteEngine, service: FakeService, answer: Written, error: type[Exception], reason: str
) -> None:
    """Refusals, limits, breakdowns, redirections and cut answers are told apart, and none is taken for an answer."""
    service.twist = replaced("?mark", answer)
    with pytest.raises(error) as caught:
        engine.answer(QueryRequest("SELECT ?s { ?s ?p ?mark }"))
    assert caught.value.reason == reason  # type: ignore[attr-defined]
    with pytest.raises(LimitError):
        engine.select("SELECT ?s { ?s ?p ?mark }")
    assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"


def trickle(service: FakeService, first: bytes, drop: bytes):  # type: ignore[no-untyped-def]
    """An answer that never ends: a beginning, and then a little now and then."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.wfile.write(first)
            while not service.over.wait(0.1):
                handler.wfile.write(drop)

    return answer


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nX: ", b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"head":'],
)
def test_the_deadline_holds_by_the_wall_clock(engine: RemoteEngine, service: FakeService, first: bytes) -> None:
    """However slowly a service sends its head or its body, a query ends at its deadline."""
    service.raw = trickle(service, first, b" " if first else b"")
    start = time.monotonic()
    with pytest.raises(LimitError) as caught:
        engine.answer(QueryRequest("SELECT * { ?s ?p ?o }"))
    assert caught.value.reason == "time"
    assert time.monotonic() - start < 3
    service.raw = None
    assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"


def test_a_broken_transfer_is_no_answer(engine: RemoteEngine, service: FakeService) -> None:
    """A body shorter than was announced is an error."""

    def short(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 99\r\n\r\ns\r\n1\r\n")

    service.raw = short
    with pytest.raises(LimitError) as caught:
        engine.answer(QueryRequest("SELECT * { ?s ?p ?o }"))
    assert caught.value.reason == "away"


def test_a_kept_connection_that_was_closed_costs_no_query(engine: RemoteEngine, service: FakeService) -> None:
    """Where the service closed a connection meanwhile, the query goes over another."""
    closed: list[bool] = []

    def close_once(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        service.raw = None
        closed.append(True)

    service.raw = close_once
    assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"
    assert closed == [True]


def test_a_huge_answer_is_an_error(engine: RemoteEngine, service: FakeService) -> None:
    """An answer over the limit is refused before it fills the memory."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n")
            while not service.over.is_set():
                handler.wfile.write(b"x" * 1_000_000)

    service.raw = endless
    patient = RemoteEngine.__new__(RemoteEngine)
    patient.__dict__.update({**engine.__dict__, "_timeout": 30.0})
    with pytest.raises(LimitError) as caught:
        patient.answer(QueryRequest("SELECT * { ?s ?p ?o }"))
    assert caught.value.reason == "size"


def test_one_query_too_many_is_turned_away(service: FakeService) -> None:
    """While all places are taken, a further foreign query is refused at once, and pages are still read."""
    engine = RemoteEngine(service.url, timeout=5, at_once=1)
    started, go_on = threading.Event(), threading.Event()

    def wait(query: str, right: Written) -> Written:
        if "?slow" in query:
            started.set()
            go_on.wait(5)
        return right

    service.twist = wait
    thread = threading.Thread(target=lambda: engine.answer(QueryRequest("SELECT ?slow { ?slow ?p ?o } LIMIT 1")))
    thread.start()
    assert started.wait(5)
    with pytest.raises(LimitError) as caught:
        engine.answer(QueryRequest("ASK {}"))
    assert caught.value.reason == "busy"
    assert engine.quads(subjects=[DEMAND])
    go_on.set()
    thread.join()
    engine.close()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        'SELECT * { ?s ?p "\\u0022 } #" . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }',
        'ASK { ?s ?p "\\u0022 . SERVICE <http://127.0.0.1:9/> {} } #" }',
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "INSERT DATA { <a> <b> <c> }",
        "LOAD <http://127.0.0.1:9/>",
        "DEFINE input:inference 'x' ASK {}",
    ],
)
def test_what_we_refuse_never_reaches_the_service(engine: RemoteEngine, service: FakeService, query: str) -> None:
    """Queries are checked here, in both readings of their escapes, before they are passed on."""
    before = len(service.asked)
    with pytest.raises(QueryError):
        engine.answer(QueryRequest(query))
    assert len(service.asked) == before


def test_escapes_that_change_nothing_are_passed_on(engine: RemoteEngine) -> None:
    """An escape inside a string is an ordinary letter."""
    answer = engine.answer(QueryRequest('SELECT ?x { BIND ("caf\\u00e9" AS ?x) }'))
    assert "café" in answer.body.decode()


def test_only_graphs_that_are_there_are_named_to_the_service(engine: RemoteEngine, service: FakeService) -> None:
    """An address that a client gives as a graph is not handed on, so that no service fetches it."""
    engine.answer(QueryRequest("ASK {}", default_graphs=["http://127.0.0.1:9/x", DEMAND], named_graphs=["file:///x"]))
    assert service.asked[-1]["default-graph-uri"] == [DEMAND]
    assert "named-graph-uri" not in service.asked[-1]


def test_a_service_that_ignores_datasets_is_given_none(service: FakeService) -> None:
    """Where the dataset of a request is not obeyed, a query with one is refused, and others are answered."""
    service.ignores_dataset = True
    engine = RemoteEngine(service.url)
    with pytest.raises(QueryError, match="does not take a dataset"):
        engine.answer(QueryRequest("ASK {}", default_graphs=[DEMAND]))
    assert engine.answer(QueryRequest("ASK {}")).kind == "boolean"
    engine.close()


def test_bound_terms_stay_terms(engine: RemoteEngine) -> None:
    """A term given to one of our queries stays a term, whatever characters are in it."""
    query = "SELECT ?claim ?about { ?claim <https://w3id.org/testimonia/ontology#about> ?about }"
    (row,) = engine.select(query, {"claim": ox.NamedNode(DEMAND)})
    assert row["about"] == ox.NamedNode(iri("event:director-explanation"))
    assert engine.select(query, {"claim": ox.Literal('" } DROP ALL #\n\\')}) == []


def test_a_term_is_bound_in_each_group_that_speaks_of_it() -> None:
    """VALUES blocks stand in the outer group and in inner ones with the variable, and not among the rows of another."""
    query = "SELECT ?a ?b { VALUES (?c) { (1) } { ?a ?p 1 } UNION { ?a ?p ?b FILTER(?b > 1) } GRAPH ?a { ?s ?p ?o } }"
    block = "VALUES ( ?b ) { ( <http://x/> ) }"
    assert bind(query, {"b": ox.NamedNode("http://x/")}) == (
        f"SELECT ?a ?b {{ {block} VALUES (?c) {{ (1) }} {{ ?a ?p 1 }} "
        f"UNION {{ {block} ?a ?p ?b FILTER(?b > 1) }} GRAPH ?a {{ ?s ?p ?o }} }}"
    )


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("SELECT ?a { { SELECT ?b { ?a ?p ?b } } }", ox.Literal("x")),
        ("SELECT ?a { ?a ?p ?b MINUS { ?a ?q ?b } }", ox.Literal("x")),
        ("SELECT ?a { ?a ?p ?b }", ox.BlankNode()),
    ],
)
def test_what_cannot_be_bound_faithfully_is_refused(query: str, term: Term) -> None:
    """Where a VALUES block would mean something else than the term in the place of the variable, nothing is asked."""
    with pytest.raises(ValueError, match=r"bound"):
        bind(query, {"a": term})


def test_the_walls_are_those_of_this_side(engine: RemoteEngine) -> None:
    """Of memory and network of the service nothing is claimed."""
    standing = {wall for wall, stands in engine.state.walls.items() if stands}
    assert standing == {"process", "deadline"} < set(engine.state.walls)


def test_the_page_has_the_table_of_deviations() -> None:
    """docs/operation.md shows the deviations as the code has them."""
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    rows = [f"| {one.name} | {one.standard} | {one.seen} | {one.done} |" for one in DEVIATIONS]
    assert [row for row in rows if row.replace("\\", "\\\\") not in page and row not in page] == []


def test_a_server_can_stand_before_another_store(example_build: Path, tmp_path: Path) -> None:
    """``serve --engine`` gives pages and answers out of a service, and names its build."""
    with oxigraph_server(example_build, tmp_path) as store_url, own_server(tmp_path, "--engine", store_url) as url:
        with urllib.request.urlopen(f"{url}/claim/2024-03-05-gazette-barrels.json", timeout=30) as response:
            assert json.load(response)["speaker"].startswith("Harbour office")
            assert re.fullmatch("[0-9a-f]{64}", response.headers["Testimonia-Build"])
        ask = f"{url}/sparql?query=ASK%20%7B%20GRAPH%20%3Fg%20%7B%7D%20%7D"
        with urllib.request.urlopen(ask, timeout=30) as response:
            assert json.load(response)["boolean"] is True


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--engine", "http://127.0.0.1:9/sparql"], "does not serve as an engine"),
        (["--engine", "http://127.0.0.1:9/sparql", "--query-memory", "128"], "--query-memory has no meaning"),
        (["--engine", "localhost"], "is no address of a service"),
    ],
)
def test_a_service_that_is_not_there_stops_the_command(options: list[str], words: str) -> None:
    """Before anything is served, the service is asked; an option that is its own matter is refused."""
    done = CliRunner().invoke(cli.main, ["serve", "--port", str(free_port()), *options])
    assert done.exit_code == 2
    assert words in done.stderr
