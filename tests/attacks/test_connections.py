"""Clients that behave badly: crowds, half-open connections, slow senders and readers, and those who leave."""

import socket
import threading
import time
from collections.abc import Callable

import pytest
from serving import SLOW, Server, sparql

pytestmark = pytest.mark.long

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 60000"
"""A query with an answer of some 20 megabytes."""


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Returns once something is true; it must be within ``seconds``."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def idle(server: Server) -> bool:
    """Whether no query is at work or waiting."""
    found = server.ask("/readyz").json
    return bool(found["waiting"] == 0 and found["evaluators"]["long"] == 0)


def test_a_crowd_gets_honest_errors(server: Server) -> None:
    """64 long queries at once are each stopped or refused, with the time after which to ask again."""
    replies = []
    crowd = [threading.Thread(target=lambda n=n: replies.append(server.query(f"{SLOW} # {n}"))) for n in range(64)]
    for member in crowd:
        member.start()
    for member in crowd:
        member.join()
    assert len(replies) == 64
    assert {reply.status for reply in replies} <= {429, 503}
    assert all(int(reply.headers["retry-after"]) >= 1 for reply in replies)


def test_who_leaves_frees_an_evaluator(server: Server) -> None:
    """A client that closes its connection is not computed for any longer."""
    wait_until(lambda: idle(server))
    connections = [server.connect() for _ in range(4)]
    for number, connection in enumerate(connections):
        request = f"GET {sparql(f'{SLOW} # left {number}')} HTTP/1.1\r\nHost: x\r\n\r\n"
        connection.sendall(request.encode())
    wait_until(lambda: not idle(server))
    for connection in connections:
        connection.close()
    wait_until(lambda: idle(server), 1.5)  # before the deadline of two seconds, let alone of those that wait


def test_half_open_connections_hold_nothing(server: Server) -> None:
    """Hundreds of connections that begin a request and do not end it keep nobody from asking."""
    connections = [server.connect() for _ in range(300)]
    for number, connection in enumerate(connections):
        part = (
            b"GET /sparql?query=ASK"
            if number % 2
            else b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nq"
        )
        connection.sendall(part)
    assert server.query("ASK {} # half open").status == 200
    assert server.ask("/claims").status == 200
    for connection in connections:
        connection.close()


def test_slow_readers_hold_no_evaluator(server: Server) -> None:
    """Clients that ask for a large answer and do not read it leave all evaluators free, and memory as it was."""
    wait_until(lambda: idle(server))
    before = sum(process.memory_info().rss for process in server.family)
    connections = []
    for number in range(12):
        connection = server.connect()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = f"GET {sparql(f'{LARGE} # unread {number}')} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n"
        connection.sendall(request.encode())
        connections.append(connection)
    assert all(connection.recv(20).startswith(b"HTTP/1.1 ") for connection in connections)
    wait_until(lambda: idle(server))
    assert sum(process.memory_info().rss for process in server.family) < before + 300_000_000
    for connection in connections:
        connection.close()


def test_a_large_answer_is_whole(server: Server) -> None:
    """An answer of many megabytes arrives whole, with its length said before."""
    reply = server.query(LARGE, accept="text/csv")
    assert reply.status == 200
    assert len(reply.body) == int(reply.headers["content-length"]) > 5_000_000
    assert reply.body.count(b"\r\n") == 60_001


def test_too_large_a_request_is_told_why(server: Server) -> None:
    """A body of five megabytes is refused with 413, and one whose length is not said with 411."""
    reply = server.query("ASK {} #" + "x" * 5_000_000)
    assert (reply.status, reply.json["status"]) == (413, 413)
    with server.connect() as connection:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 411")


@pytest.mark.parametrize("sent", [b"SELECT * { ?s ?p ?o } LIMIT 10", b""])
def test_half_a_query_is_not_answered(server: Server, sent: bytes) -> None:
    """A request that ends before as much was sent as it said gets no answer to the part that came."""
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 32\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(head + sent)
        connection.shutdown(socket.SHUT_WR)
        received = connection.recv(100)
    assert not received or received.startswith(b"HTTP/1.1 400")


def test_an_announced_flood_is_not_read(server: Server) -> None:
    """A request that says it will send gigabytes is refused before it does."""
    with server.connect() as connection:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\nquery=")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_requests_one_after_the_other_are_answered_in_order(server: Server) -> None:
    """Requests sent at once on one connection get their own answers, in their order."""
    requests = "".join(f"GET /claims?limit={n} HTTP/1.1\r\nHost: x\r\n\r\n" for n in (1, 2, 3))
    with server.connect() as connection:
        connection.sendall(requests.encode() + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b""
        while piece := connection.recv(65536):
            received += piece
    assert received.count(b"HTTP/1.1 200") == 4
    places = [received.find(f'"limit": {n},'.encode()) for n in (1, 2, 3)]
    assert places == sorted(places) and -1 not in places
