"""From the HTTP server to the application and back, with a server that is played here."""

import asyncio
import logging
from typing import Any

import pytest
from fake_engine import FakeEngine
from flask import Flask
from rsgi import Protocol, Scope

from api import create_app, gateway
from api.gateway import Gateway
from api.represent import client_of

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 30000"


@pytest.fixture
def door(app: Flask) -> Gateway:
    own = app.extensions["testimonia"]
    return Gateway(app.wsgi_app, own["cache"], own["metrics"], own["straight"], max_body=1000, close=lambda: None)


def ask(door: Gateway, path: str, protocol: Protocol | None = None, **more: Any) -> Protocol:
    found = protocol or Protocol()
    asyncio.run(door.__rsgi__(Scope(path, **more), found))  # type: ignore[arg-type]
    return found


def test_an_answer_goes_out_whole(door: Gateway) -> None:
    """Status, headers and body are those of the application; the second time they come from those kept."""
    first = ask(door, "/claims", query_string="limit=1", headers={"accept": "application/json"})
    again = ask(door, "/claims", query_string="limit=1", headers={"accept": "application/json"})
    assert first.status == 200 and int(first.headers["content-length"]) == len(b"".join(first.sent))
    assert again.sent == first.sent
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    head = ask(door, "/claims", method="HEAD", query_string="limit=1", headers={"accept": "application/json"})
    assert (head.status, head.sent) == (200, [])


def test_a_query_comes_in_a_body(door: Gateway) -> None:
    """What is posted reaches the application, with its length."""
    headers = {"content-type": "application/sparql-query", "content-length": "6"}
    assert b"true" in ask(door, "/sparql", Protocol(b"ASK {}"), method="POST", headers=headers).sent[0]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (None, {"content-length": "6"}, 400),
        (b"x" * 2000, {"content-length": "2000"}, 413),
        (b"", {"content-length": "99999999999"}, 413),
        (b"", {"content-length": "-5"}, 413),
        (b"ASK {}", {"transfer-encoding": "chunked"}, 411),
    ],
)
def test_what_is_wrong_with_a_body_is_a_problem(
    door: Gateway, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    """A body that is short, too large, or of unknown length is refused as a problem like any other."""
    found = ask(door, "/sparql", Protocol(body), method="POST", headers=headers)
    assert (found.status, found.headers["content-type"]) == (status, "application/problem+json")


def test_a_slow_sender_is_told(door: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not send in time gets 408."""

    class Slow(Protocol):
        async def __call__(self) -> bytes:
            await asyncio.sleep(60)
            return b""

    monkeypatch.setattr(gateway, "SLOW", 0.05)
    assert ask(door, "/sparql", Slow(), method="POST", headers={"content-length": "6"}).status == 408


def test_a_large_answer_goes_out_in_pieces(door: Gateway) -> None:
    """The dump is streamed, with its length said before."""
    found = ask(door, "/dump.nq")
    assert found.status == 200
    assert int(found.headers["content-length"]) == len(b"".join(found.sent))
    packed = ask(door, "/dump.nq", headers={"accept-encoding": "gzip"})
    assert len(packed.sent) > 1 and packed.headers["content-encoding"] == "gzip"


def test_a_reader_that_takes_nothing_is_given_up(door: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that nobody takes ends, and what it held is released."""
    monkeypatch.setattr(gateway, "SLOW", 0.05)
    found = ask(door, "/dump.nq", Protocol(reads=60), headers={"accept-encoding": "gzip"})
    assert found.sent == []


def test_a_client_that_left_is_noticed(app: Flask, engine: FakeEngine) -> None:
    """The application can tell whether the client still waits."""
    seen: list[bool] = []

    def wsgi(environ: Any, start_response: Any) -> list[bytes]:
        import time

        there = environ["testimonia.there"]
        seen.append(there())
        time.sleep(0.2)
        seen.append(there())
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    own = app.extensions["testimonia"]
    door = Gateway(wsgi, own["cache"], own["metrics"], own["straight"], max_body=1000, close=lambda: None)
    ask(door, "/x", Protocol(leaves=True))
    ask(door, "/x", Protocol())
    assert seen[1:] == [False, True, True]  # the first look only begins to look


def test_headers_and_paths_are_as_wsgi_has_them(door: Gateway) -> None:
    """Doubtful header names are left out, paths keep their bytes, and the address is that of the client."""
    headers = {"x_forwarded_for": "1.2.3.4", "accept": "text/html", "x-odd": "é"}
    environ = gateway._environ(Scope("/é", headers=headers, authority="host"), "/Ã©", headers, b"ab")  # type: ignore[arg-type]
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert (environ["PATH_INFO"], environ["REMOTE_ADDR"], environ["HTTP_HOST"]) == ("/Ã©", "127.0.0.9", "host")
    assert (environ["CONTENT_LENGTH"], environ["HTTP_ACCEPT"]) == ("2", "text/html")
    assert ask(door, "/claim/é").status == 404


def test_answers_are_logged_where_somebody_wants_it(door: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    """Each answer is a record with its fields, if the log takes it."""
    with caplog.at_level(logging.INFO, logger="testimonia.access"):
        ask(door, "/healthz")
    (record,) = [found for found in caplog.records if found.name == "testimonia.access"]
    assert (record.fields["path"], record.fields["status"]) == ("/healthz", 200)  # type: ignore[attr-defined]


def test_the_end_of_the_server_is_passed_on(app: Flask, engine: FakeEngine) -> None:
    """What belongs to the application is closed with the server."""
    closed: list[bool] = []
    own = create_app(engine).extensions["testimonia"]
    door = Gateway(
        app.wsgi_app, own["cache"], own["metrics"], own["straight"], max_body=10, close=lambda: closed.append(True)
    )
    loop = asyncio.new_event_loop()
    door.__rsgi_del__(loop)
    loop.close()
    assert closed == [True]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "10.0.0.1", "127.0.0.9"),
        (1, "", "127.0.0.9"),
        (1, "10.0.0.1", "10.0.0.1"),
        (1, "9.9.9.9, 10.0.0.1", "10.0.0.1"),
        (2, "9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (2, "10.0.0.1", "127.0.0.9"),
        (1, "2001:db8::1", "2001:db8::/64"),
        (1, "unknown", ""),
    ],
)
def test_shares_are_those_of_clients_behind_proxies(proxies: int, forwarded: str, client: str) -> None:
    """The address behind as many proxies as there are is the client's."""
    assert client_of("127.0.0.9", forwarded, proxies=proxies) == client


@pytest.mark.parametrize(("proxies", "taken"), [(0, False), (1, True)])
def test_a_request_keeps_the_id_of_its_proxy(engine: FakeEngine, proxies: int, taken: bool) -> None:
    """An id that a proxy gives is taken where there is a proxy and nowhere else, for kept answers as for new ones."""
    app = create_app(engine, proxies=proxies)
    own = app.extensions["testimonia"]
    door = Gateway(
        app.wsgi_app, own["cache"], own["metrics"], own["straight"], max_body=10, proxies=proxies, close=lambda: None
    )
    given = {"x-request-id": "0123456789abcdef"}
    for path in ("/claims", "/claims", "/sparql"):
        found = ask(door, path, query_string="query=ASK+%7B%7D" if path == "/sparql" else "", headers=given)
        assert (found.status, found.headers["x-request-id"] == given["x-request-id"]) == (200, taken)
    assert own["cache"].hits == 1
