"""The shipped server as a whole: one command, real sockets, and nothing left behind."""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from places import EXAMPLE, ROOT

CLAIM = "/claim/2024-03-05-gazette-barrels"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def get(url: str, accept: str = "*/*") -> tuple[int, str, bytes]:
    request = urllib.request.Request(url, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers["Content-Type"], response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``testimonia serve`` over the invented example, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", "--port", str(port)]
    command += ["--data", str(EXAMPLE), "--out", str(tmp_path_factory.mktemp("builds")), "--query-timeout", "1.5"]
    log = tmp_path_factory.mktemp("log") / "server.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream)
    address = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            get(f"{address}/healthz")
            break
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    yield address
    process.terminate()
    process.wait(20)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == [], [member.cmdline() for member in alive]


def test_one_command_serves_page_query_and_claim(server: str) -> None:
    """The landing page, the endpoint and a claim answer, each in its own format."""
    status, media_type, body = get(f"{server}/", "text/html")
    assert status == 200 and media_type.startswith("text/html") and b"stated as fact" in body
    status, media_type, body = get(f"{server}/sparql?query=ASK%7B%7D")
    assert (status, json.loads(body)["boolean"]) == (200, True)
    status, media_type, body = get(f"{server}{CLAIM}", "application/json")
    assert status == 200 and json.loads(body)["speaker"].startswith("Harbour office")


def test_a_slow_query_costs_its_sender_an_error(server: str) -> None:
    """A query over the deadline gets 503 with Retry-After, as problem+json."""
    status, media_type, body = get(f"{server}/sparql?query={urllib.parse.quote(SLOW)}")
    assert (status, media_type) == (503, "application/problem+json")
    assert "1.5 seconds" in json.loads(body)["detail"]


def test_pages_stay_quick_while_every_evaluator_is_busy(server: str) -> None:
    """While a crowd of slow queries is at work, a claim is still read at once, and each query is answered honestly."""
    statuses: list[int] = []
    url = f"{server}/sparql?query={urllib.parse.quote(SLOW)}"
    crowd = [threading.Thread(target=lambda: statuses.append(get(url)[0])) for _ in range(40)]
    for thread in crowd:
        thread.start()
    time.sleep(0.3)
    start = time.monotonic()
    assert get(f"{server}{CLAIM}", "application/json")[0] == 200
    seconds = time.monotonic() - start
    for thread in crowd:
        thread.join()
    assert set(statuses) <= {429, 503} and len(statuses) == 40
    assert seconds < 1.5
    assert get(f"{server}/sparql?query=ASK%7B%7D")[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b"GET /%00%0d%0aX: y HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /claim/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\nquery=",
    ],
)
def test_odd_requests_do_not_end_the_server(server: str, sent: bytes) -> None:
    """Requests that are none, or not for us, get an error or a closed connection, and the next one is answered."""
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(sent)
        connection.settimeout(2)
        try:
            answer = connection.recv(4096)
        except (TimeoutError, ConnectionError):
            answer = b""
    assert b"root:" not in answer
    assert not answer.startswith(b"HTTP/1.1 500")
    assert get(f"{server}/healthz")[0] == 200


def test_the_server_is_named_in_no_traceback(server: str) -> None:
    """An address that is not there is a 404 that tells nothing of the inside."""
    status, _, body = get(f"{server}/no/such/page", "application/json")
    assert status == 404
    assert str(Path(__file__).parents[2]).encode() not in body and b"Traceback" not in body
