"""A real server for tests: ``testimonia serve`` in a process of its own, and what to ask it with."""

import http.client
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from places import ROOT

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query that no deadline of a test is long enough for."""


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and its first process."""

    host: str
    port: int
    process: psutil.Process
    log: Path

    @property
    def address(self) -> str:
        """The root of what it serves."""
        return f"http://{self.host}:{self.port}"

    @property
    def family(self) -> list[psutil.Process]:
        """Its processes, evaluators among them."""
        return [self.process, *self.process.children(recursive=True)]

    @property
    def evaluators(self) -> list[psutil.Process]:
        """The evaluators that are alive."""
        found = []
        for process in self.family:
            try:
                if "kb.evaluator" in process.cmdline():
                    found.append(process)
            except psutil.Error:
                continue  # it ended while we looked
        return found

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> Reply:
        """The answer to one request over a connection of its own; redirections are not followed."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, named, response.read())
        finally:
            connection.close()

    def query(self, text: str, *, accept: str = "application/sparql-results+json", timeout: float = 60) -> Reply:
        """The answer to a query, sent by POST."""
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self.ask("/sparql", method="POST", body=text.encode(), headers=headers, timeout=timeout)

    def connect(self, timeout: float = 10) -> socket.socket:
        """A bare connection."""
        return socket.create_connection((self.host, self.port), timeout=timeout)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serve(data: Path, folder: Path, *options: str) -> Iterator[Server]:
    """A server over a data folder, its builds and its log in ``folder``; it must end, with all it started."""
    port, log = free_port(), folder / "server.log"
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", "--port", str(port)]
    command += ["--data", str(data), "--out", str(folder / "builds"), *options]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream)
    server = Server("127.0.0.1", port, psutil.Process(process.pid), log)
    try:
        for _ in range(600):
            try:
                server.ask("/healthz", timeout=5)
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield server
        family = server.family
    finally:
        process.terminate()
        process.wait(60)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == [], [member.cmdline() for member in alive]


def sparql(text: str) -> str:
    """The path of a query by GET."""
    return f"/sparql?query={urllib.parse.quote(text, safe='')}"
