"""Several servers of the same data behind nginx, one of which dies under load."""

import contextlib
import http.client
import os
import shutil
import subprocess
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from places import EXAMPLE, ROOT
from serving import Server, free_port, serve

from kb import build as builds

SECONDS = 8.0
CLIENTS = 6
COUNTED = "SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} }} # {}"


def nginx() -> str:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    if program is None:
        if os.environ.get("TESTIMONIA_STRICT") == "1":
            pytest.fail("nginx is not at hand")
        pytest.skip("nginx is not at hand")
    return program


@contextlib.contextmanager
def proxy(folder: Path, ports: list[int]) -> Iterator[int]:
    """The port of an nginx with the shipped configuration before servers on these ports."""
    port = free_port()
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").replace("/var/cache/nginx", str(folder))
    for shipped, own in zip(("8001", "8002", "8003"), ports, strict=True):
        site = site.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{own}")
    (folder / "site.conf").write_text(site.replace("listen 80;", f"listen 127.0.0.1:{port};"), encoding="utf-8")
    paths = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""  # whose folder it is
    whole = f"daemon off; {user} pid {folder}/pid; error_log {folder}/error.log; events {{}} "
    whole += f"http {{ access_log off; {paths} "
    (folder / "nginx.conf").write_text(f"{whole} include {folder}/site.conf; }}", encoding="utf-8")
    process = subprocess.Popen([nginx(), "-e", folder / "error.log", "-c", folder / "nginx.conf"])
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                ask(port, "/healthz")
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def ask(port: int, path: str, body: str | None = None) -> tuple[int, bytes, str]:
    """Status, body and build of an answer; OSError or HTTPException where it breaks off."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        kind = {"Content-Type": "application/sparql-query"} if body else {}
        connection.request("POST" if body else "GET", path, body, {"Accept": "application/json", **kind})
        response = connection.getresponse()
        return response.status, response.read(), response.headers.get("Testimonia-Build", "")
    finally:
        connection.close()


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Two servers over one folder of builds, and one over a folder of its own; ``data`` lies beside each."""
    nginx()
    shared, apart = tmp_path_factory.mktemp("shared"), tmp_path_factory.mktemp("apart")
    for folder in (shared, apart):
        shutil.copytree(EXAMPLE, folder / "data")
    second = shared / "second"
    second.mkdir()
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(serve(shared / "data", shared, "--proxies", "1"))
        other = stack.enter_context(serve(shared / "data", second, "--proxies", "1", "--out", str(shared / "builds")))
        yield [first, other, stack.enter_context(serve(apart / "data", apart, "--proxies", "1"))]


def test_a_replica_that_dies_costs_no_answer(replicas: list[Server], tmp_path: Path) -> None:
    """All replicas give the same bytes and ETags; while one is killed under load every answer is right, or is none."""
    paths = ["/claims", "/claim/2024-03-05-gazette-barrels.json", "/search?q=barrels&format=json", "/dump.nq"]
    for path in paths:
        assert len({(reply.body, reply.headers.get("etag")) for reply in (one.ask(path) for one in replicas)}) == 1, (
            path
        )
    right = {path: replicas[0].ask(path, headers={"Accept": "application/json"}).body for path in paths}
    counted = replicas[0].query(COUNTED.format("first")).body
    numbers, seen, over = count(), Counter[str](), threading.Event()
    with proxy(tmp_path, [one.port for one in replicas]) as port:

        def load() -> None:
            while not over.is_set():
                number = next(numbers)
                path = paths[number % len(paths)]
                try:
                    if number % 2:
                        status, body, _ = ask(port, "/sparql", COUNTED.format(number))
                        is_right = body == counted
                    else:
                        query = urllib.parse.quote(COUNTED.format(number))
                        path = path if number % 4 else f"/sparql?query={query}"
                        status, body, _ = ask(port, path)
                        is_right = body == (right[path] if number % 4 else counted)
                except (OSError, http.client.HTTPException) as error:
                    seen[f"broken: {type(error).__name__}"] += 1
                    continue
                seen[str(status) if status != 200 else "right" if is_right else "wrong"] += 1

        threads = [threading.Thread(target=load) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        time.sleep(SECONDS / 3)
        before = seen["right"]
        for process in replicas[1].family:
            process.kill()
        time.sleep(2 * SECONDS / 3)
        over.set()
        for thread in threads:
            thread.join()
        assert seen.keys() <= {"right", "502", "503", "broken: IncompleteRead"}, seen
        assert seen["right"] > before > 100
        assert seen.total() - seen["right"] <= CLIENTS, seen
        told = next((EXAMPLE / "registry").glob("*.ttl")).name
        newer = set()
        for server in (replicas[0], replicas[2]):
            folder = server.log.parent
            with (folder / "data" / "registry" / told).open("a", encoding="utf-8") as file:
                file.write('\nactor:newcomer\n    a foaf:Person ;\n    rdfs:label "Newcomer"@en ;\n    .\n')
            newer.add(builds.build(folder / "data", folder / "builds", check=False).name)
        (name,) = newer
        until = time.monotonic() + 20
        while time.monotonic() < until and {ask(port, "/healthz")[2] for _ in range(6)} != {name}:
            time.sleep(0.1)
        assert {ask(port, "/healthz")[2] for _ in range(6)} == {name}
