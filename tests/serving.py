"""Real servers for tests, ours and that of Oxigraph, in processes of their own; and what to ask ours with."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
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
    with _testimonia(folder, "--data", str(data), "--out", str(folder / "builds"), *options) as server:
        yield server


@contextmanager
def own_server(folder: Path, *options: str) -> Iterator[str]:
    """The address of a server that has no article texts; ``folder`` takes its log and cache."""
    texts = folder / "no-texts"
    texts.mkdir(exist_ok=True)
    with _testimonia(folder, "--sources", str(texts), *options) as server:
        yield server.address


@contextmanager
def oxigraph_server(build: Path, folder: Path) -> Iterator[str]:
    """The SPARQL endpoint of an Oxigraph server over a build, opened read-only; skipped where there is none."""
    with _oxigraph(folder, "serve-read-only", "--location", str(build / "store")) as url:
        yield url


@contextmanager
def empty_oxigraph(folder: Path) -> Iterator[str]:
    """The SPARQL endpoint of an Oxigraph server that holds nothing and can be written; skipped where there is none."""
    with _oxigraph(folder, "serve", "--location", str(folder / "oxigraph")) as url:
        yield url


@contextmanager
def _oxigraph(folder: Path, *arguments: str) -> Iterator[str]:
    port = free_port()
    with _running([_program("oxigraph"), *arguments, "--bind", f"127.0.0.1:{port}"], port, folder / "oxigraph.log"):
        yield f"http://127.0.0.1:{port}/query"


@contextmanager
def empty_virtuoso(folder: Path) -> Iterator[str]:
    """The SPARQL endpoint of a Virtuoso 7 that holds nothing of ours, whose user is dba; skipped if not at hand."""
    program = _program("virtuoso-t")
    http, sql = free_port(), free_port()
    settings = {
        "Database": {"DatabaseFile": "v.db", "ErrorLogFile": "v.log", "TransactionFile": "v.trx", "LockFile": "v.lck"},
        "TempDatabase": {"DatabaseFile": "t.db", "TransactionFile": "t.trx"},
        "Parameters": {"ServerPort": f"127.0.0.1:{sql}", "NumberOfBuffers": "10000", "MaxDirtyBuffers": "6000"},
        "HTTPServer": {"ServerPort": f"127.0.0.1:{http}", "ServerThreads": "20"},
        "SPARQL": {"ResultSetMaxRows": "1000000", "MaxQueryExecutionTime": "60"},
    }
    lines = (
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in of.items()) for name, of in settings.items()
    )
    home = folder / "virtuoso"
    home.mkdir()
    (home / "virtuoso.ini").write_text("".join(lines), encoding="utf-8")
    command = [program, "+foreground", "+configfile", str(home / "virtuoso.ini")]
    with _running(command, http, folder / "virtuoso.log", cwd=home):
        yield f"http://127.0.0.1:{http}/sparql"


def _program(name: str) -> str:
    """A server's program; the test is skipped where there is none, or fails where it must be there."""
    program = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        if os.environ.get("TESTIMONIA_STRICT") == "1":
            pytest.fail(f"{name} is not at hand")
        pytest.skip(f"{name} is not at hand")
    return program


@contextmanager
def _testimonia(folder: Path, *options: str) -> Iterator[Server]:
    port, log = free_port(), folder / "server.log"
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", "--port", str(port), *options]
    with _running(command, port, log, XDG_CACHE_HOME=str(folder / "cache")) as process:
        server = Server("127.0.0.1", port, process, log)
        yield server
        family = server.family
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == [], [member.cmdline() for member in alive]


@contextmanager
def _running(
    command: Sequence[str], port: int, log: Path, *, cwd: Path = ROOT, **environment: str
) -> Iterator[psutil.Process]:
    """Runs a server until the block ends; the block begins when something answers at the port."""
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=cwd, stdout=stream, stderr=stream, env={**os.environ, **environment})
    try:
        for _ in range(600):
            try:
                Server("127.0.0.1", port, psutil.Process(process.pid), log).ask("/healthz", timeout=5)
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def sparql(text: str) -> str:
    """The path of a query by GET."""
    return f"/sparql?query={urllib.parse.quote(text, safe='')}"


@dataclass
class Bystander:
    """Somebody else, who asks a small question again and again: what was answered, and the seconds it took."""

    server: Server
    statuses: set[int] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Asks until told to stop, never the same text twice."""
        number = 0
        while not self.stop.wait(0.02):
            number += 1
            begun = time.monotonic()
            self.statuses.add(self.server.query(f"ASK {{}} # {number}").status)
            self.seconds.append(time.monotonic() - begun)
