"""Answers kept in front of the application: which are, for whom, and for how long."""

import pytest
from fake_engine import FakeEngine, example
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from api.cache import AnswerCache, Entry


def cache_of(app: Flask) -> AnswerCache:
    found = app.extensions["testimonia"]["cache"]
    assert isinstance(found, AnswerCache)
    return found


def test_an_answer_is_kept_for_those_who_ask_the_same(client: FlaskClient, app: Flask, engine: FakeEngine) -> None:
    """The second of two equal queries is answered without the engine; GET, HEAD and POST alike."""
    for _ in range(2):
        assert client.get("/sparql?query=ASK{}").status_code == 200
        assert client.post("/sparql", data="ASK { }", content_type="application/sparql-query").status_code == 200
        assert client.post("/sparql", data={"query": "ASK {  }"}).status_code == 200
    assert len(engine.asked) == 3
    assert cache_of(app).hits == 3


def test_what_differs_is_kept_apart(client: FlaskClient, engine: FakeEngine) -> None:
    """Another format, another encoding, another query, another body: each has its own answer."""
    variants = [
        ("/sparql?query=ASK{}", {}),
        ("/sparql?query=ASK{}", {"Accept": "text/csv"}),
        ("/sparql?query=ASK{}", {"Accept": "text/csv", "Accept-Encoding": "gzip"}),
        ("/sparql?query=ASK{%20}", {}),
        ("/sparql?query=ASK{}&format=xml", {}),
    ]
    first = [client.get(path, headers=headers).data for path, headers in variants]
    again = [client.get(path, headers=headers).data for path, headers in reversed(variants)]
    assert first == again[::-1]
    assert len(engine.asked) == len(variants)


def test_a_new_build_forgets_old_answers(client: FlaskClient, engine: FakeEngine) -> None:
    """Once another build is served, nothing of the one before is."""
    old = client.get("/claims").headers["Testimonia-Build"]
    engine.build_id = "c" * 64
    assert client.get("/claims").headers["Testimonia-Build"] == "c" * 64 != old


def test_errors_and_moments_are_not_kept(client: FlaskClient, app: Flask) -> None:
    """What went wrong, or is true for a moment only, is asked anew each time."""
    for path in ("/nothing", "/claims?mode=x", "/sparql?query=x", "/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert cache_of(app).size == 0


def test_the_oldest_answers_make_room(engine: FakeEngine) -> None:
    """Kept answers never take more than their room; those asked for longest ago go first."""
    app = create_app(engine, cache_bytes=60_000)
    client = app.test_client()
    for number in range(50):
        client.get(f"/claims?limit=1&q={number}")
        client.get("/sparql?query=ASK{}")  # asked again and again, so it stays
    assert cache_of(app).size <= 60_000
    assert len(engine.asked) == 1


def test_what_nobody_repeats_has_a_quarter_of_the_room(engine: FakeEngine) -> None:
    """A crowd of new questions neither fills the room nor drives out what was asked again, even if not of late."""
    app = create_app(engine, cache_bytes=200_000)
    client = app.test_client()
    for _ in range(2):
        client.get("/sparql?query=ASK{}")
    for number in range(100):
        client.get(f"/claims?limit=1&q={number}")
    assert 20_000 < cache_of(app).size <= 60_000
    client.get("/sparql?query=ASK{}")
    assert len(engine.asked) == 1


def test_what_was_asked_again_makes_room_for_what_is(engine: FakeEngine) -> None:
    """The rest of the room is for questions that were asked again; those for which that is longest ago go first."""
    app = create_app(engine, cache_bytes=20_000)
    client, last = app.test_client(), "/sparql?query=ASK{}%2349"
    for number in range(50):
        for _ in range(2):
            client.get(f"/sparql?query=ASK{{}}%23{number}")
    assert 10_000 < cache_of(app).size <= 20_000
    asked = len(engine.asked)
    client.get(last)
    assert len(engine.asked) == asked
    client.get(last.replace("49", "0"))
    assert len(engine.asked) == asked + 1


def test_an_answer_larger_than_a_quarter_is_kept_too(engine: FakeEngine) -> None:
    """The one that was asked last stays, as long as it fits at all."""
    app = create_app(engine, cache_bytes=4_000)
    for _ in range(2):
        app.test_client().get("/sparql?query=ASK{}")
    assert len(engine.asked) == 1


def test_an_answer_of_an_old_build_is_not_kept(client: FlaskClient, app: Flask, engine: FakeEngine) -> None:
    """Nobody can ask for it any more, so that a change of build leaves room for answers of the new one."""
    cache, old = cache_of(app), engine.build_id
    client.get("/claims")
    key = cache.find("GET", "/claims", "", "", "")[0]
    assert key is not None and key.build == old
    size = cache.size
    engine.build_id = "c" * 64
    client.get("/actors")
    assert 0 < cache.size < size * 2 and cache.size != size
    before = cache.size
    cache.add(key, Entry((), "", b"x"))
    assert cache.size == before


def test_no_room_keeps_nothing(engine: FakeEngine) -> None:
    """With no room for answers, each question reaches the engine."""
    app = create_app(engine, cache_bytes=0)
    for _ in range(2):
        assert app.test_client().get("/sparql?query=ASK{}").json == {"head": {}, "boolean": True}
    assert len(engine.asked) == 2


def test_a_client_that_has_an_answer_costs_no_query(engine: FakeEngine) -> None:
    """A validator that fits is answered with 304 before anything is evaluated."""
    app = create_app(engine, cache_bytes=0)
    etag = app.test_client().get("/sparql?query=ASK{}").headers["ETag"]
    reply = app.test_client().get("/sparql?query=ASK{}", headers={"If-None-Match": etag})
    assert (reply.status_code, reply.data, len(engine.asked)) == (304, b"", 1)


def test_a_body_still_reaches_the_application(client: FlaskClient) -> None:
    """Looking at a POST to find its answer leaves its body to be read."""
    query = "SELECT ?claim { ?claim a <https://w3id.org/testimonia/ontology#Claim> }"
    reply = client.post("/sparql", data={"query": query})
    assert len(reply.get_json(force=True)["results"]["bindings"]) == len(example().instances("t:Claim"))


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "struuid()", "BNODE()"])
def test_what_is_another_each_time_is_not_kept(client: FlaskClient, app: Flask, engine: FakeEngine, call: str) -> None:
    """A query with a function that has another value each time is evaluated each time, and has no validator."""
    query = {"query": f"SELECT ({call} AS ?x) {{}}"}
    first = client.get("/sparql", query_string=query)
    assert "ETag" not in first.headers and first.headers["Cache-Control"] == "no-store"
    client.get("/sparql", query_string=query)
    assert (len(engine.asked), cache_of(app).size) == (2, 0)


def test_any_answer_will_do_for_a_client_with_a_star(client: FlaskClient) -> None:
    """``If-None-Match: *`` is met by whatever there is."""
    for _ in range(2):
        assert client.get("/claims", headers={"If-None-Match": "*"}).status_code == 304
        assert client.get("/claims").status_code == 200


@pytest.mark.parametrize(("query", "status"), [("ASK {}", 304), ("ASK {", 400)])
def test_a_star_is_looked_at_once_there_is_an_answer(client: FlaskClient, query: str, status: int) -> None:
    """A query that has no answer is told what is wrong with it, whatever the client has."""
    reply = client.get("/sparql", query_string={"query": query}, headers={"If-None-Match": "*"})
    assert reply.status_code == status


def test_a_star_does_not_stand_for_an_answer(engine: FakeEngine) -> None:
    """What ``*`` asks is whether there is one, so the query is evaluated."""
    create_app(engine, cache_bytes=0).test_client().get("/sparql?query=ASK{}", headers={"If-None-Match": "*"})
    assert len(engine.asked) == 1


def test_a_proxy_may_name_a_request(engine: FakeEngine) -> None:
    """Behind a proxy its request id is taken, if it is one."""
    client = create_app(engine, proxies=1).test_client()
    assert client.get("/healthz", headers={"X-Request-Id": "abcdef12-34"}).headers["X-Request-Id"] == "abcdef12-34"
    for odd in ("x", "a b c d e f g h", "<script>", "a" * 65):
        assert client.get("/healthz", headers={"X-Request-Id": odd}).headers["X-Request-Id"] != odd
