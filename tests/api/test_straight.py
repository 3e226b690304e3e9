"""Plain queries on the event loop: the same answers as through the application, or the application's."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from flask import Flask
from rsgi import Protocol, Scope

from api import create_app
from api.gateway import Gateway
from kb.engine import EmbeddedEngine
from kb.pool import QUICK_PLACES, WAITING

JSON = "application/sparql-results+json"
LABELS = "SELECT ?s ?l { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l } ORDER BY ?s ?l"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
NOBODY = "https://w3id.org/testimonia/actor/nobody"
PREFIXED = "PREFIX actor: <https://w3id.org/testimonia/actor/>"
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}


@pytest.fixture(scope="module")
def engine(example_build: Path) -> Iterator[EmbeddedEngine]:
    found = EmbeddedEngine(example_build, timeout=1, workers=2, patience=0.5)
    yield found
    found.close()


@pytest.fixture
def app(engine: EmbeddedEngine) -> Flask:
    return create_app(engine)


def door(app: Flask) -> Gateway:
    own = app.extensions["testimonia"]
    return Gateway(app.wsgi_app, own["cache"], own["metrics"], own["straight"], max_body=100_000, close=lambda: None)


def ask(app: Flask, *, query: str = "", method: str = "GET", body: bytes = b"", **headers: str) -> Protocol:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if body:
        given["content-length"] = str(len(body))
    found = Protocol(body)
    scope = Scope("/sparql", method, query, given)
    asyncio.run(door(app).__rsgi__(scope, found))  # type: ignore[arg-type]
    return found


def get(app: Flask, text: str, **more: str) -> Protocol:
    return ask(app, query=urlencode({"query": text}), **more)


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        (urlencode({"query": "ASK {}"}), {"accept": JSON}),
        (urlencode({"query": "ASK {}"}), {}),
        (urlencode({"query": LABELS}), {"accept": "text/csv"}),
        (urlencode({"query": LABELS}), {"accept": JSON, "accept-encoding": "gzip"}),
        (urlencode({"query": LABELS}), {"accept": "application/json, */*;q=0.1", "accept-encoding": "gzip;q=0"}),
        (urlencode({"query": LABELS, "format": "xml"}), {"accept": "text/html"}),
        (
            urlencode({"query": "DESCRIBE <https://w3id.org/testimonia/actor/northport-gazette>"}),
            {"accept": "text/turtle"},
        ),
        (urlencode({"query": "CONSTRUCT { ?s a ?o } { ?s a ?o }"}), {"accept": "application/rdf+xml"}),
        *(
            (urlencode({"query": f"{PREFIXED} DESCRIBE actor:northport-gazette <{NOBODY}> # a comment"}), given)
            for given in (
                *({"accept": f"application/{name}"} for name in ("n-triples", "trig", "n-quads", "ld+json", "rdf+xml")),
                {"accept": "text/turtle", "accept-encoding": "gzip"},
            )
        ),
    ],
)
def test_both_ways_give_the_same(app: Flask, threads: list[str], query: str, headers: dict[str, str]) -> None:
    """Status, every header and the body are those of the application, without its having been asked."""
    straight = ask(app, query=query, **headers)
    usual = app.test_client().get("/sparql", query_string=query, headers={**headers, "Cache-Control": "x"})
    assert not threads
    assert app.extensions["testimonia"]["cache"].hits == 1  # what came straight is kept for the application, too
    again = (
        create_app(app.extensions["testimonia"]["engine"])
        .test_client()
        .get("/sparql", query_string=query, headers=headers)
    )
    for found in (usual, again):
        assert (found.status_code, found.get_data()) == (straight.status, b"".join(straight.sent))
        theirs = {name.lower(): value for name, value in found.headers}
        assert theirs.keys() == straight.headers.keys()
        differing = {name for name in theirs if theirs[name] != straight.headers[name]}
        assert differing == {"x-request-id"}


@pytest.mark.parametrize(
    ("text", "evaluated"),
    [
        (f"{PREFIXED} DESCRIBE actor:northport-gazette", False),
        (f"{PREFIXED} DESCRIBE actor:northport-gazette actor:northport-herald", False),
        (f"{PREFIXED} DESCRIBE actor:northport-gazette LIMIT 1", True),
        (f"{PREFIXED} DESCRIBE ?one {{ ?one a ?kind }} LIMIT 1", True),
        (f"{PREFIXED} DESCRIBE actor:northport-gazette {{}}", True),
        (f"BASE <{NOBODY}> DESCRIBE <northport-gazette>", True),
        (f"DESCRIBE <{NOBODY}>", True),
        ("DESCRIBE <https://w3id.org/testimonia/ontology#inArticle>", True),  # has blank nodes
        (f"{PREFIXED} DESCRIBE {' '.join(f'actor:a{number}' for number in range(11))}", True),
    ],
)
def test_a_description_is_looked_up(app: Flask, engine: EmbeddedEngine, text: str, evaluated: bool) -> None:
    """No evaluator is asked what is said of a few things that are named; for anything else one is."""
    before = engine.state.ended.get("answered", 0)
    assert get(app, text, accept="text/turtle").status == 200
    assert (engine.state.ended.get("answered", 0) > before) == evaluated


@pytest.mark.parametrize(
    ("headers", "body"),
    [(FORM, urlencode({"query": LABELS}).encode()), (DIRECT, LABELS.encode())],
)
def test_what_is_posted_goes_straight(app: Flask, threads: list[str], headers: dict[str, str], body: bytes) -> None:
    """Both ways of posting a query are plain, and carry no validator."""
    found = ask(app, method="POST", body=body, accept="text/csv", **headers)
    assert (found.status, threads) == (200, [])
    assert "etag" not in found.headers and "cache-control" not in found.headers
    assert b"".join(found.sent) == b"".join(get(app, LABELS, accept="text/csv").sent)


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ({"query": LABELS}, {"accept": "text/html"}, 200),
        ({"query": "SELECT (NOW() AS ?now) {}"}, {}, 200),
        ({"query": "SELECT * FROM <https://w3id.org/testimonia/graph/default> { ?s ?p ?o } LIMIT 1"}, {}, 200),
        ({"query": "ASK {}", "default-graph-uri": "https://w3id.org/testimonia/graph/default"}, {}, 200),
        ({"query": "ASK {}"}, {"if-none-match": '"x"'}, 200),
        ({"query": "ASK {}" + " " * 5000}, {}, 200),
        ({"query": "ASK {"}, {}, 400),
        ({"query": "ASK {}", "format": "nonsense"}, {}, 400),
        ({"query": "ASK {}"}, {"accept": "image/png"}, 406),
        ({"query": "ASK { SERVICE <http://a.example/> {} }"}, {}, 403),
        ({}, {}, 400),
    ],
)
def test_what_is_not_plain_goes_the_usual_way(
    app: Flask, threads: list[str], query: dict[str, str], headers: dict[str, str], status: int
) -> None:
    """Pages, datasets, validators, long queries and errors are the application's."""
    assert ask(app, query=urlencode(query), **headers).status == status
    assert threads == ["/sparql"]


def test_an_empty_answer_has_its_hint(app: Flask, threads: list[str]) -> None:
    """A hint that has to be looked up comes from the application; the next time its names are known."""
    text = "ASK {{ <https://w3id.org/testimonia/actor/northport-gazette> a <http://xmlns.com/foaf/0.1/{}> }}"
    first = get(app, text.format("Person"))
    again = get(app, text.format("Person") + " # once more")
    assert (first.sent, first.headers.get("testimonia-hint")) == (again.sent, again.headers.get("testimonia-hint"))
    assert threads == ["/sparql"]
    unknown = get(app, text.format("Persn"))
    assert "occurs" in unknown.headers["testimonia-hint"] or "Nothing" in unknown.headers["testimonia-hint"]
    assert threads == ["/sparql"] * 2


def test_a_long_query_is_handed_over_and_not_asked_twice(
    app: Flask, engine: EmbeddedEngine, threads: list[str]
) -> None:
    """What is not answered at once is waited for in a thread, until its time is over; it is counted once."""
    before = engine.state.ended.get("time", 0)
    found = get(app, ENDLESS)
    assert (found.status, threads) == (503, ["/sparql"])
    assert engine.state.ended["time"] == before + 1
    assert engine.state.waiting == engine.state.long == engine.state.quick == 0


def test_a_large_answer_is_handed_over(app: Flask, threads: list[str]) -> None:
    """More than the event loop is to hold goes out through a thread, whole."""
    found = get(app, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 3000", accept="text/csv")
    assert (found.status, threads) == (200, ["/sparql"])
    assert b"".join(found.sent).count(b"\n") == 3001


def test_who_waits_too_long_for_a_turn_is_told(app: Flask, engine: EmbeddedEngine, threads: list[str]) -> None:
    """A query that is not let in is refused by the application, and counted once."""

    async def crowd() -> list[Protocol]:
        at = door(app)
        found = [Protocol() for _ in range(90)]
        scopes = [Scope("/sparql", query_string=urlencode({"query": f"{ENDLESS} # {n}"})) for n in range(90)]
        await asyncio.gather(*(at.__rsgi__(scope, one) for scope, one in zip(scopes, found, strict=True)))  # type: ignore[arg-type]
        return found

    before = dict(engine.state.ended)
    found = asyncio.run(crowd())
    assert {one.status for one in found} <= {429, 503}
    assert all("retry-after" in one.headers for one in found)
    counted = {how: number - before.get(how, 0) for how, number in engine.state.ended.items()}
    assert counted["busy"] >= 90 - WAITING - QUICK_PLACES - 1
    assert sum(counted.values()) == 90
    assert engine.state.waiting == engine.state.long == engine.state.quick == 0


def test_a_query_whose_evaluator_ends_is_asked_once_more(app: Flask, engine: EmbeddedEngine) -> None:
    """Who ends the process of an evaluator from outside takes nobody's answer away."""
    ended = [psutil.Process(evaluator.pid) for evaluator in list(engine._pool._free)]
    for process in ended:
        process.kill()
    while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in ended):
        time.sleep(0.01)
    found = get(app, LABELS + " # whose evaluator ended", accept="text/csv")
    assert found.status == 200
    assert found.sent == get(app, LABELS, accept="text/csv").sent
