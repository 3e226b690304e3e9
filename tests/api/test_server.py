"""The shipped server as a whole: one command, real sockets, new builds while it runs, and nothing left behind."""

import gzip
import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from places import EXAMPLE, ROOT
from serving import SLOW, Reply, Server, serve, sparql

from kb import build as builds

CLAIM = "/claim/2024-03-05-gazette-barrels"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(EXAMPLE, tmp_path_factory.mktemp("served"), "--query-timeout", "1.5", "--access-log") as running:
        yield running


def test_one_command_serves_page_query_and_claim(server: Server) -> None:
    """The landing page, the endpoint and a claim answer, each in its own format."""
    reply = server.ask("/", headers={"Accept": "text/html"})
    assert reply.status == 200 and b"stated as fact" in reply.body
    assert server.ask(sparql("ASK{}")).json["boolean"] is True
    assert server.ask(CLAIM, headers={"Accept": "application/json"}).json["speaker"].startswith("Harbour office")


def test_a_slow_query_costs_its_sender_an_error(server: Server) -> None:
    """A query over the deadline gets 503 with Retry-After, as problem+json."""
    reply = server.query(SLOW, accept="*/*")
    assert (reply.status, reply.headers["content-type"]) == (503, "application/problem+json")
    assert "1.5 seconds" in reply.json["detail"] and reply.headers["retry-after"]


def test_the_server_is_named_in_no_traceback(server: Server) -> None:
    """An address that is not there is a 404 that tells nothing of the inside."""
    reply = server.ask("/no/such/page", headers={"Accept": "application/json"})
    assert reply.status == 404
    assert str(ROOT).encode() not in reply.body and b"Traceback" not in reply.body


def test_readyz_tells_which_walls_stand(server: Server) -> None:
    """A server that can answer queries says so, and what protects it."""
    reply = server.ask("/readyz")
    assert reply.status == 200 and reply.json["ready"] is True
    assert set(reply.json["walls"]) == {"deadline", "files", "memory", "network", "process"}
    assert reply.headers["cache-control"] == "no-store"


def test_metrics_count_answers_and_queries(server: Server) -> None:
    """What was answered, from where and how fast, is there for Prometheus to read."""

    def counted() -> dict[str, float]:
        lines = server.ask("/metrics").body.decode().splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}

    before = counted()
    for _ in range(3):
        assert server.ask(sparql("ASK { } # counted")).status == 200
    server.query(SLOW)
    after = counted()
    fresh, kept = (f'testimonia_answers_total{{kept="{kept}",place="sparql",status="200"}}' for kept in ("no", "yes"))
    assert after[fresh] == before[fresh] + 1
    assert after[kept] == before.get(kept, 0) + 2
    assert after['testimonia_queries_total{how="time"}'] == before.get('testimonia_queries_total{how="time"}', 0) + 1
    assert after['testimonia_evaluators{doing="free"}'] >= 1


def test_an_answer_that_is_kept_is_the_same(server: Server) -> None:
    """Asked twice, in whatever format and encoding, the answer is the same but for its request id."""
    for headers in ({"Accept": "text/csv"}, {"Accept": "text/html"}, {"Accept": "*/*", "Accept-Encoding": "gzip"}):
        first, second = (server.ask("/claims", headers=headers) for _ in range(2))
        assert first.body == second.body
        ids = first.headers.pop("x-request-id"), second.headers.pop("x-request-id")
        assert ids[0] != ids[1]
        assert {**first.headers, "date": ""} == {**second.headers, "date": ""}
        again = server.ask("/claims", headers={**headers, "If-None-Match": first.headers["etag"]})
        assert (again.status, again.body) == (304, b"")
    head = server.ask("/claims", method="HEAD", headers={"Accept": "text/csv"})
    assert (head.status, head.body) == (200, b"")


def test_every_answer_can_be_logged(server: Server) -> None:
    """With ``--access-log`` each answer is a line of JSON with its request id; errors tell theirs too."""
    name = server.ask("/claims?q=logged").headers["x-request-id"]
    for _ in range(50):
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        if found := [line for line in lines if line.get("request_id") == name]:
            break
        time.sleep(0.05)
    assert (found[0]["path"], found[0]["query"], found[0]["status"]) == ("/claims", "q=logged", 200)


def test_a_large_answer_is_compressed_whole(server: Server) -> None:
    """An answer of many megabytes comes as gzip to who takes it, and unpacks to the same."""
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 30000"
    plain = server.ask(sparql(text), headers={"Accept": "text/csv"})
    packed = server.ask(sparql(text), headers={"Accept": "text/csv", "Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 3


def test_a_new_build_is_picked_up_without_losing_a_request(tmp_path: Path) -> None:
    """While clients ask, a claim is added and built: each answer is of one build or the other, and none fails."""
    data = tmp_path / "data"
    shutil.copytree(EXAMPLE, data)
    with serve(data, tmp_path) as server:
        old = server.ask("/healthz").json["build"]
        replies: list[Reply] = []
        stop = threading.Event()

        def ask() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                replies.append(
                    server.query(f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} # {number} {threading.get_ident()}")
                )

        clients = [threading.Thread(target=ask) for _ in range(3)]
        for client in clients:
            client.start()
        registry = sorted((data / "registry").glob("*.ttl"))[0]
        text = registry.read_text()
        labels = [line for line in text.splitlines() if line.strip().startswith("rdfs:label")]
        registry.write_text(text.replace(labels[0], labels[0].replace('"@en', ' of old"@en'), 1))
        new = builds.build(data, tmp_path / "builds", check=False).name
        assert new != old
        for _ in range(200):
            if server.ask("/healthz").json["build"] == new:
                break
            time.sleep(0.05)
        time.sleep(1)
        stop.set()
        for client in clients:
            client.join()
        assert {reply.status for reply in replies} == {200}
        assert {reply.headers["testimonia-build"] for reply in replies} == {old, new}
        assert {reply.headers["testimonia-build"] for reply in replies[-3:]} == {new}
        builds.build(EXAMPLE, tmp_path / "builds", check=False)  # what was, is again
        for _ in range(200):
            if server.ask("/healthz").json["build"] == old:
                break
            time.sleep(0.05)
        assert server.ask("/healthz").json["build"] == old
        for _ in range(100):
            stores = {word for process in server.evaluators for word in process.cmdline() if word.endswith("/store")}
            if len(stores) == 1:
                break
            time.sleep(0.1)
        assert stores == {str(tmp_path / "builds" / old / "store")}  # evaluators of builds of the past have ended


def test_a_broken_build_leaves_the_one_before(tmp_path: Path) -> None:
    """A build that cannot be opened is told of in the log, and the server goes on with the one that it has."""
    with serve(EXAMPLE, tmp_path) as server:
        build = server.ask("/healthz").json["build"]
        (tmp_path / "builds" / "broken").mkdir()
        aside = tmp_path / "builds" / "aside"
        aside.symlink_to("broken", target_is_directory=True)
        aside.replace(tmp_path / "builds" / "current")
        for _ in range(100):
            if "cannot be served" in server.log.read_text():
                break
            time.sleep(0.1)
        assert "cannot be served" in server.log.read_text()
        assert server.ask("/healthz").json["build"] == build
        assert server.query("ASK {}").status == 200


def test_a_server_that_is_told_to_stop_answers_what_it_was_asked(tmp_path: Path) -> None:
    """Between the order to stop and the end, a query at work gets its answer, here that it took too long."""
    replies: list[Reply] = []
    with serve(EXAMPLE, tmp_path, "--query-timeout", "3") as server:
        client = threading.Thread(target=lambda: replies.append(server.query(SLOW)))
        client.start()
        for _ in range(200):
            if server.ask("/readyz").json["evaluators"]["long"]:
                break
            time.sleep(0.01)
    client.join()
    assert replies[0].status == 503
    assert "3 seconds" in replies[0].json["detail"]


def test_dumps_are_the_whole_build(server: Server) -> None:
    """The dump over HTTP has as many quads as the build says."""
    reply = server.ask("/dump.nq")
    assert reply.status == 200
    count = server.query("SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
    number = int(count.json["results"]["bindings"][0]["n"]["value"])
    assert len(list(ox.parse(reply.body, format=ox.RdfFormat.N_QUADS))) == number
