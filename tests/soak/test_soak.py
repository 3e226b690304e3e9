"""A server that is asked, killed in parts and given new builds for a long time: no wrong answer, no lost request."""

import json
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pyoxigraph as ox
import pytest
from places import EXAMPLE
from serving import SLOW, Reply, Server, serve, sparql

from kb import build as builds
from kb import store
from kb.namespaces import BASE

pytestmark = pytest.mark.soak

QUERIES = (
    "ASK {}",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?s ?l { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l } ORDER BY ?s ?l LIMIT 200",
    "SELECT ?c ?h { ?c <https://w3id.org/testimonia/ontology#holder> ?h } ORDER BY ?c ?h",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d }",
    "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 5000",
)
PAGES = ("/claims", "/events?limit=3", "/claim/2024-03-05-gazette-barrels", "/actors?format=csv", "/", "/ontology.ttl")
HONEST = {429, 503}


@dataclass
class Tally:
    """What came of the requests, and what was wrong with them."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def bindings(body: bytes) -> object:
    found = json.loads(body)
    return found.get("boolean", found.get("results", {}).get("bindings"))


def expected(build: Path) -> dict[str, object]:
    """The right answers over a build, computed here."""
    data = ox.Store.read_only(str(build / "store"))
    results = {text: data.query(text, base_iri=BASE) for text in QUERIES}
    form = ox.QueryResultsFormat.JSON
    return {text: bindings(found.serialize(format=form) or b"") for text, found in results.items()}  # type: ignore[union-attr]


def test_nothing_is_lost_and_nothing_is_wrong(tmp_path: Path, seconds: float, seed: int) -> None:
    """Evaluators are killed and builds are changed while clients ask: each answer is right, or an honest error."""
    data, chance = tmp_path / "data", random.Random(seed)
    shutil.copytree(EXAMPLE, data)
    with serve(data, tmp_path, "--query-timeout", "2", "--query-memory", "200") as server:
        first = tmp_path / "builds" / server.ask("/healthz").json["build"]
        registry = sorted((data / "registry").glob("*.ttl"))[0]
        registry.write_text(registry.read_text().replace('"@en', ', later"@en', 1))
        both = [first, builds.build(data, tmp_path / "builds", check=False)]
        right = {build.name: expected(build) for build in both}
        tally, until = Tally(), time.monotonic() + seconds
        memory: list[int] = []

        def client(number: int) -> None:
            own = random.Random(seed * 1000 + number)
            while time.monotonic() < until:
                one_request(server, own, right, tally)

        clients = [threading.Thread(target=client, args=(number,)) for number in range(8)]
        for thread in clients:
            thread.start()
        changes = 0
        while time.monotonic() < until:
            time.sleep(chance.uniform(0.5, 2.0))
            if evaluators := server.evaluators:
                victim = chance.choice(evaluators)
                if victim.is_running():
                    victim.kill()
            if chance.random() < 0.3:
                changes += 1
                store.make_current(both[changes % 2])
            memory.append(sum(memory_of(process) for process in server.family if "evaluator" not in name_of(process)))
        for thread in clients:
            thread.join()
        assert server.query("ASK {}").status == 200
        assert tally.wrong == [], f"seed {seed}"
        assert tally.statuses["200"] > 20 * seconds / 10
        quarter = len(memory) // 4
        assert max(memory[-quarter:]) < max(memory[:quarter]) * 1.2 + 20_000_000, memory
        print(f"\n{dict(tally.statuses)}, {changes} changes of build, {memory[quarter]:,} to {memory[-1]:,} bytes")


def one_request(server: Server, chance: random.Random, right: dict[str, dict[str, object]], tally: Tally) -> None:
    """Asks something, and notes what was wrong with the answer."""
    ways: list[Callable[[], tuple[Reply, str]]] = [
        lambda: ask(server, chance, text),
        lambda: (server.ask(chance.choice(PAGES), headers={"Accept": "*/*"}), ""),
        lambda: (server.query(f"{SLOW} # {chance.random()}"), ""),
        lambda: (leave(server, chance), ""),
    ]
    text = chance.choice(QUERIES)
    try:
        reply, asked = chance.choices(ways, weights=(70, 20, 3, 3))[0]()
    except OSError as error:
        tally.wrong.append(f"no answer: {error!r}")
        return
    tally.statuses[str(reply.status)] += 1
    if reply.status == 200 and asked:
        build = reply.headers["testimonia-build"]
        if bindings(reply.body) != right[build][asked]:
            tally.wrong.append(f"wrong answer to {asked} of {build[:8]}: {reply.body[:200]!r}")
    elif reply.status not in {200, 0} and not (reply.status in HONEST and "retry-after" in reply.headers):
        tally.wrong.append(f"{reply.status}: {reply.body[:200]!r}")


def ask(server: Server, chance: random.Random, text: str) -> tuple[Reply, str]:
    """A query with a known answer, half the time one that was never asked before."""
    return server.query(text if chance.random() < 0.5 else f"{text} # {chance.random()}"), text


def leave(server: Server, chance: random.Random) -> Reply:
    """A client that does not wait for its answer."""
    with server.connect() as connection:
        path = sparql(f"{SLOW} # {chance.random()}")
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(chance.uniform(0, 0.5))
    return Reply(0, {}, b"")


def memory_of(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0  # it ended while we looked


def name_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return "evaluator"
