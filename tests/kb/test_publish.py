"""Builds that are brought into SPARQL services: whole, compared, and never half for the whole."""

import contextlib
import json
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from fake_engine import example
from serving import empty_oxigraph, empty_virtuoso, own_server

from kb import cli, store
from kb.errors import LimitError, SetupError
from kb.fetch import Client, Reply
from kb.namespaces import DEFAULT_GRAPH, iri
from kb.publish import Credentials, Outcome, publish
from kb.publish.access import Session
from kb.publish.dump import graph_of, in_pieces, opened
from kb.remote import RemoteEngine, editions
from kb.remote.record import PARTS, RECORD, UNFINISHED, WHOLE, Record, find_record
from kb.remote.service import Service

BARRELS = iri("claim:2024-03-05-gazette-barrels")
DEMAND = iri("claim:2024-03-05-gazette-demand")
WAYS = ("oxigraph", "graph-store", "update")
Call = tuple[str, str]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of part of the invented example."""
    return built(tmp_path_factory.mktemp("first"), some())


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build without one claim's content, and with another statement in that of another and in the default graph."""
    label = ox.NamedNode(iri("rdfs:label"))
    quads = [quad for quad in some() if quad.graph_name != ox.NamedNode(DEMAND)]
    quads += [
        ox.Quad(ox.NamedNode(iri("event:other")), label, ox.Literal("new"), ox.NamedNode(BARRELS)),
        ox.Quad(ox.NamedNode(iri("actor:other")), label, ox.Literal("new")),
    ]
    return built(tmp_path_factory.mktemp("second"), quads)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Oxigraph server, shared."""
    with empty_oxigraph(tmp_path_factory.mktemp("oxigraph")) as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    """The shared server, emptied."""
    told(server, "DROP ALL")
    return server


def some() -> list[ox.Quad]:
    """What is said in and of the example's articles, and whatever has blank nodes: enough for a build, and quick."""
    return [
        quad
        for quad in example().quads
        if "2024-03-05" in str(quad) or "_:" in str(quad) or isinstance(quad.graph_name, ox.NamedNode)
    ]


def built(folder: Path, quads: list[ox.Quad]) -> Path:
    return store.write(folder, quads, inputs="0", version="0", counts={})


def told(url: str, update: str) -> None:
    client = Client()
    Session(client, None, timeout=30).send(
        "POST", url.replace("/query", "/update"), update.encode(), "application/sparql-update"
    )
    client.close()


def brought(url: str, build: Path, way: str = "oxigraph", **options: Any) -> Outcome:
    door = {"oxigraph": "/store", "graph-store": "/store", "update": "/update"}[way]
    return publish(url, build, protocol=way, write_url=url.replace("/query", door), **options)


@contextlib.contextmanager
def service(url: str) -> Iterator[Service]:
    client = Client()
    yield Service(client, url, 30)
    client.close()


def contents(url: str) -> set[str]:
    """All that the service holds, but what tells of the publication; blank nodes by their graph."""
    with service(url) as asked:
        rows = asked.rows("SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
    hidden = {f"<{RECORD}>", f"<{PARTS}>"}
    found = [
        " ".join(str(row[name]) for name in "spog" if name in row) for row in rows if str(row.get("g")) not in hidden
    ]
    return {re.sub(r"_:\w+", "_:", line) for line in found}


def expected(build: Path) -> set[str]:
    found = set()
    for quad in ox.Store.read_only(str(build / "store")):
        graph = [] if quad.graph_name == ox.DefaultGraph() else [quad.graph_name]
        found.add(re.sub(r"_:\w+", "_:", " ".join(map(str, [*quad.triple, *graph]))))
    return found


def record(url: str) -> Record | None:
    with service(url) as asked:
        return find_record(asked.rows)


class Stopped(Exception):
    """What a test raises in the place of a process that is killed."""


def stop_after(monkeypatch: pytest.MonkeyPatch, requests: int) -> None:
    """Lets the publishing process end after some requests that change the service."""
    send, done = Session.send, [0]

    def counted(self: Session, *arguments: Any) -> Reply:
        if done[0] == requests:
            raise Stopped
        done[0] += 1
        return send(self, *arguments)

    monkeypatch.setattr(Session, "send", counted)


@pytest.mark.parametrize("way", WAYS)
def test_a_build_is_there_as_a_whole_and_then_the_next(url: str, first: Path, second: Path, way: str) -> None:
    """Whichever way it is written, the service holds one build, then the next, of which only what differs was sent."""
    done = brought(url, first, way)
    assert not done.differing and contents(url) == expected(first)
    assert done.record == record(url) == Record(first.name, WHOLE, 1, len(expected_quads(first)))
    done = brought(url, second, way)
    assert (set(done.sent), list(done.dropped), done.differing) == ({BARRELS, DEFAULT_GRAPH}, [DEMAND], ())
    assert contents(url) == expected(second)
    assert done.record.edition == 2
    again = brought(url, second, way)
    assert (again.sent, again.dropped, again.record) == ([], [], done.record)


def swap_a_triple(url: str, first: Path) -> None:
    """Puts a triple in the place of another, in a graph of the service."""
    old = next(line for line in expected_quads(first) if graph_of(line) == BARRELS).decode().rpartition(" <")[0]
    told(
        url,
        f"DELETE DATA {{ GRAPH <{BARRELS}> {{ {old} }} }} ; INSERT DATA {{ GRAPH <{BARRELS}> {{ <x:a> <x:b> 1 }} }}",
    )


def expected_quads(build: Path) -> list[bytes]:
    return (build / "dump.nq").read_bytes().splitlines()


@pytest.mark.parametrize("way", ["graph-store", "update"])
@pytest.mark.parametrize("requests", [1, 2, 4, 6])
def test_what_was_stopped_goes_on_and_is_not_served_meanwhile(
    url: str, first: Path, second: Path, monkeypatch: pytest.MonkeyPatch, way: str, requests: int
) -> None:
    """Wherever a publication is stopped, its record says so, nothing is opened over it, and the next call ends it."""
    brought(url, first)
    opened_before = RemoteEngine(url)
    with monkeypatch.context() as patched:
        stop_after(patched, requests)
        with pytest.raises(Stopped):
            brought(url, second, way)
    now = record(url)
    assert now is not None and now.state == UNFINISHED
    with pytest.raises(LimitError, match="another build"):
        opened_before.quads(graphs=[BARRELS])
    opened_before.close()
    with pytest.raises(SetupError, match="unfinished"):
        RemoteEngine(url)
    assert not brought(url, second, way).differing
    assert contents(url) == expected(second)


@pytest.mark.parametrize("way", ["graph-store", "update"])
def test_an_unfinished_publication_gives_way_to_another_build(
    url: str, first: Path, second: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Graphs that an unfinished publication brought and the next build does not have are gone afterwards."""
    brought(url, second)
    with monkeypatch.context() as patched:
        stop_after(patched, 5)
        with pytest.raises(Stopped):
            brought(url, first, way)
    told(url, f"INSERT DATA {{ GRAPH <{iri('claim:left-over')}> {{ <{BARRELS}> <{BARRELS}> 1 }} }}")
    assert not brought(url, second, way).differing
    assert contents(url) == expected(second)


def test_an_update_is_seen_whole_or_not_at_all(url: str, first: Path, second: Path) -> None:
    """While one build follows the other on Oxigraph, whoever asks it directly sees the one or the other."""
    brought(url, first)
    seen: set[tuple[int, int]] = set()
    over = threading.Event()

    def look() -> None:
        with service(url) as asked:
            while not over.is_set():
                query = f"""SELECT ?a ?b {{
                  {{ SELECT (COUNT(*) AS ?a) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER ( ?g = <{DEMAND}> ) }} }}
                  {{ SELECT (COUNT(*) AS ?b) {{ <{iri("actor:other")}> ?p ?o }} }} }}"""
                (row,) = asked.rows(query)
                seen.add((int(row["a"].value) > 0, int(row["b"].value)))  # type: ignore[union-attr]

    reader = threading.Thread(target=look)
    reader.start()
    for build in (second, first, second):
        brought(url, build)
    over.set()
    reader.join()
    assert seen <= {(True, 0), (False, 1)}


def test_of_the_default_graph_only_what_differs_is_sent_where_the_build_before_is_at_hand(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With both builds in one folder an update has the triples that differ; with blank nodes among them it has all."""
    sent: list[bytes] = []
    send = Session.send

    def noted(self: Session, method: str, url: str, body: bytes = b"", media_type: str = "") -> Reply:
        sent.append(body)
        return send(self, method, url, body, media_type)

    monkeypatch.setattr(Session, "send", noted)
    label = ox.NamedNode(iri("rdfs:label"))
    lost = next(quad for quad in sorted(some(), key=str) if quad.predicate == label)
    new = ox.Quad(ox.NamedNode(iri("actor:other")), label, ox.Literal("new"))
    quads = [quad for quad in some() if quad != lost]
    brought(url, built(tmp_path, some()))
    for build in (
        built(tmp_path, [*quads, new]),
        built(tmp_path, [*quads, ox.Quad(ox.BlankNode(), label, new.object)]),
    ):
        assert not brought(url, build).differing
        assert contents(url) == expected(build)
    assert [body.count(b"actor/other") + body.count(str(lost.triple).encode()) for body in sent[2:]] == [2, 0]
    assert [b"DROP SILENT DEFAULT" in body for body in sent[2:]] == [False, True]


def test_what_is_not_as_it_was_sent_is_told(url: str, first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that lost a triple is named, and sent again by the next call."""
    brought(url, first)
    lost = next(line for line in expected_quads(first) if graph_of(line) == BARRELS)
    told(url, f"DELETE DATA {{ GRAPH <{BARRELS}> {{ {lost.decode().rpartition(' <')[0]} }} }}")
    found = CliRunner().invoke(cli.main, ["publish", url, *published_from(first, monkeypatch)])
    assert found.exit_code == 1, found.output
    assert f"{BARRELS}: 1 triples are missing" in found.stdout
    with pytest.raises(SetupError, match="unfinished"):
        RemoteEngine(url)
    found = CliRunner().invoke(cli.main, ["publish", url])
    assert found.exit_code == 0, found.output
    assert contents(url) == expected(first)


def test_a_change_that_keeps_all_counts_is_found_when_looked_for(url: str, first: Path) -> None:
    """A triple in the place of another is seen where every graph is read back."""
    brought(url, first)
    swap_a_triple(url, first)
    assert not brought(url, first).differing
    (found,) = brought(url, first, thorough=True).differing
    assert (found.graph, found.missing, found.surplus) == (BARRELS, 1, 1)


def test_what_an_unfinished_publication_sent_is_compared_by_the_next(
    url: str, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a publication was stopped before it had compared, all that is there is read back."""

    def stop(*arguments: object) -> list[object]:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr("kb.publish.differences", stop)
        with pytest.raises(Stopped):
            brought(url, first, "graph-store")
    swap_a_triple(url, first)
    (found,) = brought(url, first, "graph-store").differing
    assert (found.graph, found.missing, found.surplus) == (BARRELS, 1, 1)


def test_data_of_others_are_left_alone(url: str, first: Path) -> None:
    """A service that holds something without a record is refused, and stays as it is."""
    told(url, "INSERT DATA { <x:a> <x:b> 1 }")
    with pytest.raises(SetupError, match="did not bring there"):
        brought(url, first)
    assert len(contents(url)) == 1


def test_a_front_follows_what_is_published(url: str, first: Path, second: Path) -> None:
    """An engine serves its edition alone; what tells of editions names the next when it is whole."""
    brought(url, first)
    newest = editions(url, timeout=10)
    assert newest() == Record(first.name, WHOLE, 1, len(expected_quads(first)))
    engine = RemoteEngine(url, builds=first.parent)
    assert engine.build_id == first.name
    assert engine.index.rows("SELECT count(*) > 0 FROM name") == [(1,)]
    brought(url, second)
    with pytest.raises(LimitError, match="given another build meanwhile"):
        engine.select("SELECT ?s { ?s ?p ?o } LIMIT 1")
    engine.close()
    now = newest()
    assert now is not None and now.build_id == second.name


def test_a_server_takes_up_what_is_published(url: str, first: Path, second: Path, tmp_path: Path) -> None:
    """``serve --engine`` goes over to the next edition by itself, and takes its lists from a build at hand."""
    brought(url, first)
    with own_server(tmp_path, "--engine", url, "--out", str(first.parent)) as address:

        def health() -> str:
            with urllib.request.urlopen(f"{address}/healthz", timeout=10) as response:
                return str(json.load(response)["build"])

        assert health() == first.name
        brought(url, second)
        until = time.monotonic() + 10
        while health() != second.name and time.monotonic() < until:
            time.sleep(0.05)
        assert health() == second.name
        with urllib.request.urlopen(f"{address}/claims", timeout=30) as response:
            assert response.headers["Testimonia-Build"] == second.name
    assert "copying all" in (tmp_path / "server.log").read_text(encoding="utf-8")  # the second stands elsewhere


def test_what_tells_of_a_publication_is_no_part_of_what_is_served(url: str, first: Path) -> None:
    """The graphs of the record are hidden from every query that ranges over graphs, and are not given as graphs."""
    brought(url, first)
    engine = RemoteEngine(url)
    count = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } OPTIONAL { GRAPH ?h { ?s ?p ?o } } }"
    (row,) = engine.select(count)
    assert int(row["n"].value) == len({graph_of(line) for line in expected_quads(first)} - {DEFAULT_GRAPH})  # type: ignore[union-attr]
    assert engine.quads(graphs=[RECORD, PARTS]) == []
    engine.close()


def test_a_dump_is_read_by_graph(first: Path) -> None:
    """Lines go to the graph that they name, whatever their literals look like, and stay what they were."""
    assert graph_of(b'<x:a> <x:b> "c <x:d> ." .\n') == DEFAULT_GRAPH
    assert graph_of(b'<x:a> <x:b> "c\\"" <x:d> .\n') == "x:d"
    assert graph_of(b'<x:a> <x:b> "c"^^<x:t> .\n') == DEFAULT_GRAPH
    assert graph_of(b"<x:a> <x:b> _:c <x:d> .\n") == "x:d"
    assert graph_of(b"<x:a> <x:b> <x:c> .\n") == DEFAULT_GRAPH
    with pytest.raises(SetupError, match="no quad"):
        graph_of(b"<x:a> <x:b>\n")
    with opened(first) as dump:
        assert dump.quads == len(expected_quads(first))
        parsed = {quad for name in dump.places for quad in ox.parse(dump.triples(name), format=ox.RdfFormat.N_TRIPLES)}
    assert {str(quad.triple) for quad in parsed} == {
        str(quad.triple) for quad in ox.parse((first / "dump.nq").read_bytes(), format=ox.RdfFormat.N_QUADS)
    }


def test_what_has_blank_nodes_is_sent_in_one_piece() -> None:
    """However small the pieces, labels that belong together travel together."""
    lines = [b"_:a <x:b> <x:c> .\n", b"<x:1> <x:b> <x:c> .\n", b"<x:2> <x:b> <x:c> .\n", b"<x:d> <x:b> _:a .\n"]
    pieces = list(in_pieces(iter(lines), 1))
    assert pieces == [lines[0] + lines[3], lines[1], lines[2]]


def published_from(build: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(cli, "_build", lambda *arguments, **options: build)
    return []


@contextlib.contextmanager
def guarded(challenge: str, accept: str, calls: list[Call], status: int = 401) -> Iterator[str]:
    """A server that wants to know who writes: who says ``accept`` is let in."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            said = self.headers.get("Authorization", "")
            calls.append((self.path, said))
            self.send_response(201 if re.match(accept, said) else status)
            if not re.match(accept, said):
                self.send_header("WWW-Authenticate", challenge)
                self.send_header("Location", "http://elsewhere.example/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/store"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("challenge", "accept"),
    [
        ('Basic realm="x"', "Basic YTpi$"),
        (
            'Digest realm="x", nonce="n", qop="auth", opaque="o"',
            r'Digest username="a", realm="x", nonce="n", uri="/store\?default", cnonce="\w+", response="\w{32}", '
            r'opaque="o", algorithm=MD5, qop=auth, nc=0000000\d$',
        ),
        ('Digest realm="x", nonce="n", algorithm=SHA-256', r'Digest .*response="\w{64}"'),
    ],
)
def test_credentials_are_given_where_they_are_asked_for(challenge: str, accept: str) -> None:
    """The first request goes without; after the challenge, this and later ones go with what it asks for."""
    calls: list[Call] = []
    client = Client()
    with guarded(challenge, accept, calls) as url:
        session = Session(client, Credentials("a", "b"), timeout=10)
        session.send("PUT", f"{url}?default")
        session.send("PUT", f"{url}?default")
        client.close()
    assert [bool(said) for _, said in calls] == [False, True, True]


@pytest.mark.parametrize(
    ("challenge", "credentials", "status", "words"),
    [
        ('Basic realm="x"', None, 401, "with --user"),
        ('Basic realm="x"', Credentials("a", "wrong"), 401, "with --user"),
        ("Negotiate", Credentials("a", "b"), 401, "neither Basic nor Digest"),
        ('Digest realm="x", nonce="n", algorithm=SHA-512', Credentials("a", "b"), 401, "digest that is not known"),
        ('Basic realm="x"', Credentials("a", "b"), 302, "sends elsewhere"),
    ],
)
def test_who_may_not_write_is_told_so(challenge: str, credentials: Credentials | None, status: int, words: str) -> None:
    """A refusal, another kind of authentication and a redirection end the command, and no message has a password."""
    client = Client()
    with guarded(challenge, "never", [], status) as url:
        with pytest.raises(SetupError, match=words) as caught:
            Session(client, credentials, timeout=10).send("PUT", f"{url}?default")
        client.close()
    assert "wrong" not in str(caught.value)
    assert repr(credentials) in ("None", "Credentials('a')")


def test_a_password_does_not_travel_in_plain_text() -> None:
    """Basic authentication is refused over http to another machine."""
    session = Session(Client(), Credentials("a", "b"), timeout=1)
    with pytest.raises(SetupError, match="https"):
        session._take('Basic realm="x"', "http://store.example/")
    assert session._take('Basic realm="x"', "https://store.example/")


def test_the_kind_of_a_service_must_be_known(monkeypatch: pytest.MonkeyPatch, first: Path) -> None:
    """A service of a kind that is not known is not written to before it is said how."""
    monkeypatch.setattr(Service, "server", lambda self: "Other/1")
    with pytest.raises(SetupError, match="--protocol"):
        publish("http://127.0.0.1:9/sparql", first)
    with pytest.raises(SetupError, match="--write-url"):
        publish("http://127.0.0.1:9/sparql", first, protocol="update")


@pytest.mark.long
def test_virtuoso_holds_a_build_and_then_the_next(tmp_path: Path, first: Path, second: Path) -> None:
    """Over digest authentication Virtuoso gets one build, then the next, and gives back what was sent."""
    with empty_virtuoso(tmp_path) as url:
        with pytest.raises(SetupError, match="--user"):
            publish(url, first)
        dba = Credentials("dba", "dba")
        assert not publish(url, first, credentials=dba).differing
        done = publish(url, second, credentials=dba)
        assert (set(done.sent), list(done.dropped), done.differing) == ({BARRELS, DEFAULT_GRAPH}, [DEMAND], ())
        assert not publish(url, second, credentials=dba, thorough=True).differing
        assert done.record.edition == 2
