"""Things in RDF on the event loop: the same answers as through the application, or the application's."""

import asyncio
from typing import Any

import pytest
from fake_engine import FakeEngine
from flask import Flask
from rsgi import Protocol, Scope

from api import create_app
from api.gateway import Gateway

GAZETTE = "/actor/northport-gazette"


def ask(app: Flask, path: str, *, query: str = "", method: str = "GET", **headers: str) -> Protocol:
    own = app.extensions["testimonia"]
    door = Gateway(app.wsgi_app, own["cache"], own["metrics"], own["straight"], max_body=1000, close=lambda: None)
    found = Protocol()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    asyncio.run(door.__rsgi__(Scope(path, method, query, given), found))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"{GAZETTE}.nt", {}),
        (f"{GAZETTE}.nt", {"accept": "application/n-triples, x/y;q=0.1"}),
        (f"{GAZETTE}.ttl", {"accept": "text/html", "accept-encoding": "gzip"}),
        (f"{GAZETTE}.trig", {}),
        (f"{GAZETTE}.nq", {}),
        (f"{GAZETTE}.rdf", {"accept-encoding": "gzip"}),
        (f"{GAZETTE}.jsonld", {}),
        (GAZETTE, {}),
        (GAZETTE, {"accept": "application/ld+json"}),
        (GAZETTE, {"accept": "text/turtle;q=0.9, text/html;q=0.5"}),
        ("/place/eastquay.ttl", {}),
        ("/object/barrels.nt", {}),
        ("/mode/denied.ttl", {"accept-encoding": "gzip"}),
        ("/type/attack", {"accept": "application/rdf+xml"}),
    ],
)
def test_both_ways_give_the_same(app: Flask, threads: list[str], path: str, headers: dict[str, str]) -> None:
    """Status, every header and the body are those of the application, without its having been asked."""
    straight = ask(app, path, **{name.replace("-", "_"): value for name, value in headers.items()})
    assert not threads
    kept = app.test_client().get(path, headers=headers)
    assert app.extensions["testimonia"]["cache"].hits == 1  # what came straight is kept for the application, too
    app.extensions["testimonia"]["cache"].clear()
    usual = app.test_client().get(path, headers=headers)
    for found in (kept, usual):
        assert (found.status_code, found.get_data()) == (straight.status, b"".join(straight.sent)) != (200, b"")
        theirs = sorted((name.lower(), value) for name, value in found.headers if name != "X-Request-Id")
        assert theirs == sorted(pair for pair in straight.pairs if pair[0] != "x-request-id")
        assert len({name for name, _ in theirs}) < len(theirs)  # there are links


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        (f"{GAZETTE}.json", {}, 200),
        (GAZETTE, {"accept": "text/html"}, 200),
        (f"{GAZETTE}.ttl", {"query": "x=1"}, 400),
        (f"{GAZETTE}.ttl", {"method": "HEAD"}, 200),
        (f"{GAZETTE}.ttl", {"if_none_match": '"x"'}, 200),
        (f"{GAZETTE}.ttl", {"range": "bytes=0-1"}, 200),
        (GAZETTE, {"accept": "image/png"}, 406),
        ("/actor/nobody.ttl", {}, 404),
        ("/actor/2024-03-05-gazette-bystander.ttl", {}, 410),
        ("/claim/2024-03-05-gazette-barrels.ttl", {}, 200),
        ("/event/barrels-eastquay-westquay.ttl", {}, 200),
        ("/article/2024-03-05-gazette.ttl", {}, 200),
        ("/scheme/mode.ttl", {}, 200),
        ("/actor/-.ttl", {}, 404),
    ],
)
def test_what_is_not_plain_goes_the_usual_way(
    app: Flask, threads: list[str], path: str, more: dict[str, Any], status: int
) -> None:
    """Pages, cards, validators, what is not here any more, and whatever brings more than itself."""
    assert ask(app, path, **more).status == status
    assert threads == [path]


def test_what_is_elsewhere_is_asked_for_in_a_thread(engine: FakeEngine, threads: list[str]) -> None:
    """An engine that asks over a network keeps nobody else waiting."""
    engine.is_here = False
    assert ask(create_app(engine), f"{GAZETTE}.ttl").status == 200
    assert threads == [f"{GAZETTE}.ttl"]


def test_another_build_is_not_mixed_in(app: Flask, engine: FakeEngine, threads: list[str]) -> None:
    """Where the build is exchanged on the way, the application answers."""
    cache = app.extensions["testimonia"]["cache"]
    key, _ = cache.find("GET", f"{GAZETTE}.ttl", "", "", "")
    engine.build_id = "c" * 64
    assert app.extensions["testimonia"]["straight"].twins.answer(key, "GET", {}) is None
