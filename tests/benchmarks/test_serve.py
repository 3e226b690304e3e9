"""The benchmark of the service: its questions have answers, its report its shape, and its bars their meaning."""

import contextlib
import json
import socket
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("benchmarks.serve", reason="benchmarks/ is part of a checkout, not of the installed package")

import psutil
import pyoxigraph as ox
from click.testing import CliRunner

from benchmarks import filling, loading, measures, serve
from benchmarks.asking import Answer, Connection, Endpoint, Reply, answer, percentile
from benchmarks.corpus import Plan, write
from benchmarks.engines import Server
from benchmarks.figures import AGAINST, OURS, Figure
from benchmarks.measures import MEASURES
from kb import build as builds
from kb import questions
from kb.dataset import node
from kb.errors import SetupError

JSON, N_TRIPLES = "application/sparql-results+json", "application/n-triples"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of a short run of everything on the smallest corpus, without a peer."""
    cache = tmp_path_factory.mktemp("cache")
    options = ["--size", "S", "--peers", "", "--seconds", "0.2", "--cache", str(cache), "--json", str(cache / "report")]
    done = CliRunner().invoke(serve.main, options)
    assert done.exit_code in (0, 1), done.output
    return [json.loads(line) for line in (cache / "report").read_text(encoding="utf-8").splitlines()]


@pytest.mark.long
def test_a_report_tells_the_machine_and_every_measure(report: list[dict[str, Any]]) -> None:
    """The first line describes the run, and each measure has a figure of ours with its verdict."""
    assert report[0]["kind"] == "run"
    assert {"at", "size", "quads", "build", "revision", "python", "processor", "cores", "generator"} <= report[0].keys()
    figures = report[1:]
    assert {figure["measure"] for figure in figures} == set(MEASURES)
    for figure in figures:
        assert OURS in figure["values"] or figure["measure"] == "load", figure
        assert figure["unit"] in ("ms", "/s", "MB", "quads/s")
        assert figure["verdict"] in ("met", "missed", "no peer", "no bar")


@pytest.mark.long
def test_each_of_the_fourteen_questions_has_rows_even_on_the_smallest_corpus(report: list[dict[str, Any]]) -> None:
    """Every question is asked, answered, and has an answer that is not empty."""
    rows = {figure["what"]: figure["details"][OURS]["rows"] for figure in report[1:] if figure["measure"] == "P1"}
    assert len(rows) == 14
    assert {name: count for name, count in rows.items() if not count} == {}


@pytest.mark.long
def test_merged_graphs_give_the_rows_of_one_graph(report: list[dict[str, Any]]) -> None:
    """Our server answers a list of default graphs as a store does that holds their union."""
    merged = [figure for figure in report[1:] if figure["measure"] == "P11"]
    assert [figure["right"] for figure in merged] == [True, True]
    assert all(figure["details"][OURS]["rows"] for figure in merged)


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> list[ox.Quad]:
    """A corpus of two articles, as derived, with the articles of claims."""
    folder = tmp_path_factory.mktemp("corpus")
    write(Plan(articles=2, claims=60), folder)
    found = builds.load(folder).quads
    reported = [quad for quad in found if quad.predicate == node("t:reportedIn")]
    return [*found, *(ox.Quad(quad.subject, node("t:inArticle"), quad.object) for quad in reported)]


def test_constants_do_not_depend_on_the_order_of_the_dump(quads: list[ox.Quad]) -> None:
    """The same corpus has the same actor, source, place, article and word, however its quads are sorted."""
    assert filling.choose(quads) == filling.choose(reversed(quads))


@pytest.mark.parametrize("folder", [filling.QUESTIONS, filling.MIX], ids=lambda folder: folder.name)
def test_questions_use_only_constants_that_are_chosen(folder: Path) -> None:
    """Each question of the benchmark is SPARQL once its constants are put in."""
    constants = {name: f"<x:{name}>" for name in ("actor", "article", "place", "source")} | {"word": '"w"'}
    for question in questions.load(folder).values():
        text = filling.numbered(filling.fill(question.text, constants), 17)
        assert "$" not in text
        ox.Store().query(text)


def test_answers_are_equal_whatever_the_order_and_the_dialect() -> None:
    """Rows count with how often they occur, not where; plain strings and typed literals have several spellings."""

    def rows(*terms: dict[str, str]) -> Answer:
        body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": term} for term in terms]}}).encode()
        return answer(Reply(200, JSON, body, 0.0))

    one, two = {"type": "literal", "value": "1", "datatype": "x:n"}, {"type": "literal", "value": "b"}
    assert rows(one, two) == rows(two, {**one, "type": "typed-literal"})
    assert rows(one, two, two) != rows(one, one, two)
    assert rows(two) == rows({**two, "datatype": "http://www.w3.org/2001/XMLSchema#string"})
    assert answer(Reply(200, N_TRIPLES, b"<x:a> <x:b> <x:c> .\n" * 2, 0.0)).total() == 1


def test_an_error_is_no_answer() -> None:
    """A reply other than 200, or one that cannot be read, stops the comparison with its text."""
    with pytest.raises(SetupError, match="503: over the limit"):
        answer(Reply(503, JSON, b"over the limit", 0.0))
    with pytest.raises(SetupError, match="cannot be read"):
        answer(Reply(200, JSON, b"{", 0.0))


def test_replies_are_read_whole_in_either_framing() -> None:
    """A chunked reply is put together, and the next on the same connection is read by its length."""
    replies = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n"
        b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy",
    ]
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve_both() -> None:
            client, _ = listening.accept()
            with client:
                for reply in replies:
                    client.recv(1 << 16)
                    client.sendall(reply[:40])
                    client.sendall(reply[40:])

        thread = threading.Thread(target=serve_both)
        thread.start()
        with Connection(Endpoint("127.0.0.1", listening.getsockname()[1], "/sparql")) as line:
            first, second = line.ask("ASK {}"), line.ask("ASK {}")
        thread.join()
    assert (first.status, first.body, first.media_type) == (200, b"abcde", "text/plain")
    assert (second.status, second.body) == (503, b"busy")


def test_clients_in_python_ask_each_question_in_new_words() -> None:
    """Without wrk two clients keep asking; with a salt no text comes twice, and refusals are counted apart."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(503 if "refuse" in self.path else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        endpoint = Endpoint("127.0.0.1", server.server_port, "/sparql")
        targets = [endpoint.target(query) for query in ("ASK {}", "ASK { <x:refuse> ?a ?b }")]
        answered, seconds, failed, p50, p99 = loading.by_python(endpoint, targets, 2, 0.3, "salt")
        server.shutdown()
        thread.join()
    assert answered + failed == len(seen) == len(set(seen)) > 4
    assert abs(answered - failed) <= 2
    assert seconds == 0.3 and 0 < p50 <= p99


def test_percentiles_are_values_that_occurred() -> None:
    """The 95th percentile of twenty values is the nineteenth, and of one value that value."""
    assert percentile([float(n) for n in range(20, 0, -1)], 0.95) == 19
    assert percentile([7.0], 0.99) == 7


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure("P1", "q", "ms", {OURS: 2.0, AGAINST: 1.0}, bar=2.15), "met"),
        (Figure("P1", "q", "ms", {OURS: 2.2, AGAINST: 1.0}, bar=2.15), "missed"),
        (Figure("P3", "mix", "/s", {OURS: 5.0, AGAINST: 1.0}, bar=5.0, at_least=True), "met"),
        (Figure("P3", "mix", "/s", {OURS: 4.9, AGAINST: 1.0}, bar=5.0, at_least=True), "missed"),
        (Figure("P1", "q", "ms", {OURS: 1.0, AGAINST: 1.0}, bar=2.15, right=False), "missed"),
        (Figure("P1", "q", "ms", {AGAINST: 1.0}, bar=2.15), "missed"),
        (Figure("P1", "q", "ms", {OURS: 1.0}), "no peer"),
    ],
)
def test_a_bar_is_met_or_missed(figure: Figure, verdict: str) -> None:
    """A wrong answer and none at all miss every bar; without the peer that makes the bar nothing is said."""
    assert figure.verdict == verdict


def test_an_unknown_measure_is_told_from_the_known() -> None:
    """A name that is no measure or no peer is refused before anything is built."""
    for option in ("--only", "--peers"):
        done = CliRunner().invoke(serve.main, [option, "P77"])
        assert done.exit_code == 2 and "P77" in done.output


def test_a_measure_that_fails_does_not_end_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What failed is kept with its reason, the next measure is made, and the run is not taken for one that met all."""

    def fails(bench: Any) -> Any:
        raise SetupError("the engine is gone")

    figure = Figure("P2", "q", "ms", {OURS: 1.0}, bar=2.0)
    monkeypatch.setattr(serve, "MEASURES", {"P1": fails, "P2": lambda bench: [figure]})
    for name in ("build", "cached", "choose", "_about", "_quads"):
        monkeypatch.setattr(serve, name, lambda *arguments, name=name: {} if name == "_about" else tmp_path)
    engine = Server(OURS, "1", Endpoint("", 0, ""), psutil.Process(), 0.0)
    monkeypatch.setattr(serve, "ours", lambda data, cache: contextlib.nullcontext(engine))
    kept = tmp_path / "report"
    assert serve.run("S", [], ["P1", "P2"], 1.0, tmp_path, kept) is False
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["run", "part", "figure"]
    assert (lines[1]["name"], lines[1]["fault"]) == ("serve P1", "the engine is gone")
    assert "P1 failed: the engine is gone" in capsys.readouterr().out


def test_a_question_over_the_limit_of_a_slow_engine_ends_and_the_next_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow engine is asked last and has no value but its limit; the quick one and the bar are as without it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            if "/slow" in self.path and "%23" in self.path:
                time.sleep(0.6)
            body = b'{"head": {}, "boolean": true}'
            self.send_response(200)
            self.send_header("Content-Type", JSON)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    process = SimpleNamespace(children=list, poll=lambda: None)
    monkeypatch.setattr(measures, "fourteen", lambda chosen: {"one": "ASK {}", "two": "ASK { }"})
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        engines: dict[str, Any] = {
            name: Server(
                name,
                "1",
                Endpoint("127.0.0.1", server.server_port, f"/{path}", patience=patience),
                process,
                0.0,
                slow=slow,
            )
            for name, path, patience, slow in ((AGAINST, "a", 9.0, False), ("rdflib", "slow", 0.2, True))
        }
        engines = {OURS: replace(engines[AGAINST], name=OURS), **engines}
        bench = measures.Bench(engines, None, Path(), Path(), None, 0.01)  # type: ignore[arg-type]
        found = list(measures.questions(bench))
        server.shutdown()
        thread.join()
    assert [figure.what for figure in found] == ["one", "two"]
    for figure in found:
        assert figure.right and figure.values["rdflib"] == float("inf")
        assert figure.details["rdflib"] == {"limit": 0.2} and figure.details[OURS]["same"] == 1
        assert "rdflib: no answer in 0.2 seconds" in figure.note
    assert sum("/slow" in path and "%23" in path for path in asked) == 2
