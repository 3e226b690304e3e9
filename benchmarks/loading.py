"""Many clients at once: how many questions a second an engine answers, and an attack on its evaluators.

``wrk`` makes the load where it is installed. Else processes of Python do, one for each client; from some thousands of
requests a second on these are what limits, so a report says which it was and what processor time each side took.
"""

import json
import multiprocessing
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from benchmarks.asking import EITHER, Connection, Endpoint, milliseconds, percentile
from benchmarks.engines import Server
from benchmarks.filling import numbered
from kb.errors import SetupError
from kb.store import make_current

ATTACKERS: Final = 64
"""Clients of an attack."""

_PAUSE: Final = 0.1
"""Seconds that an attacker waits when it was refused: what is attacked are the evaluators and not the door."""

_TAKEN, _SETTLES = 30.0, 2.0
"""Seconds in which a build has to be served once it is there, and for which answers are watched after that."""

_USUAL: Final = 3
"""How often each question is asked before a reload, to know what it takes by itself."""

_ATTACKS: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c",
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:none>)* ?b . ?b (!<x:none>)* ?c }",
    'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a|b)*c.*d.*e")) }',
)
"""A cartesian product, a sort of one, paths of any length, and a regular expression on a product."""


@dataclass(frozen=True)
class Load:
    """What an engine did under load: good answers a second, milliseconds at the median and the 99th percentile of all.

    ``failed`` are answers that refuse or report an error, and broken connections. ``generator`` and ``server`` are the
    processor seconds of either side for each second, of which there are as many as cores.
    """

    per_second: float
    p50: float
    p99: float
    failed: int
    generator: float
    server: float


def generator() -> str:
    """Which program makes the load here."""
    return "wrk" if shutil.which("wrk") else "Python"


def load(server: Server, queries: Sequence[str], *, clients: int, seconds: float, salt: str | None = None) -> Load:
    """What a server does when clients ask some questions in turn; with a salt, each in a text never asked before.

    SetupError where nothing was answered.
    """
    targets = [server.endpoint.target(query) for query in queries]
    mine, theirs, begun = _spent(), server.cpu(), time.perf_counter()
    if generator() == "wrk":
        answered, spent, failed, p50, p99 = by_wrk(server.endpoint, targets, clients, seconds, salt)
    else:
        answered, spent, failed, p50, p99 = by_python(server.endpoint, targets, clients, seconds, salt)
    elapsed = time.perf_counter() - begun
    if not answered:
        raise SetupError(f"{server.name} answered nothing under load")
    return Load(answered / spent, p50, p99, failed, (_spent() - mine) / elapsed, (server.cpu() - theirs) / elapsed)


def _spent() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


def by_wrk(
    endpoint: Endpoint, targets: Sequence[str], clients: int, seconds: float, salt: str | None
) -> tuple[int, float, int, float, float]:
    """Good answers, seconds, failures, and milliseconds at the median and the 99th percentile, by ``wrk``."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="ascii") as file:
        file.write("".join(f"{target}\n" for target in targets))
        file.flush()
        script = str(Path(__file__).with_name("load.lua"))
        done = subprocess.run(
            ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "-s", script]
            + ["-H", f"Accept: {EITHER}", f"http://{endpoint.host}:{endpoint.port}", "--", file.name]
            + ([salt] if salt else []),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SetupError(f"wrk failed: {(done.stderr or done.stdout).strip()[-300:]}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return found["answered"], found["microseconds"] / 1e6, found["failed"], found["p50"] / 1e3, found["p99"] / 1e3


def by_python(
    endpoint: Endpoint, targets: Sequence[str], clients: int, seconds: float, salt: str | None
) -> tuple[int, float, int, float, float]:
    """The same, by a process for each client."""
    begin_at = time.time() + 0.5 + 0.1 * clients  # by then all processes are there
    with ProcessPoolExecutor(clients, multiprocessing.get_context("spawn")) as pool:
        waiting = [
            pool.submit(_client, endpoint, targets, begin_at, seconds, salt and f"{salt}-{number}", number)
            for number in range(clients)
        ]
        found = [one.result() for one in waiting]
    times = [1000 * one for _, spent in found for one in spent]
    failed = sum(one for one, _ in found)
    return len(times) - failed, seconds, failed, percentile(times, 0.5), percentile(times, 0.99)


def _client(
    endpoint: Endpoint, targets: Sequence[str], begin_at: float, seconds: float, salt: str | None, number: int
) -> tuple[int, list[float]]:
    """How many of a client's questions failed, and the seconds that each took."""
    time.sleep(max(0.0, begin_at - time.time()))
    failed, spent, until, at = 0, [], time.monotonic() + seconds, number * 11
    with Connection(endpoint) as connection:
        while time.monotonic() < until:
            target = targets[at % len(targets)]
            reply = connection.get(target if salt is None else f"{target}%20%23%20{salt}-{at}")
            failed += reply.status != 200
            spent.append(reply.seconds)
            at += 1
    return failed, spent


class Around(NamedTuple):
    """An answer around a reload: milliseconds that it took, infinite where it was refused, and how many more than the
    same question took before the first reload."""

    spent: float
    delay: float


def reloaded(endpoint: Endpoint, builds: Sequence[Path], queries: Sequence[str]) -> list[Around]:
    """The answers to a client that keeps asking in new words, while the server is given one build after another.

    SetupError where a build is not taken.
    """
    spent: list[Around] = []
    number = 0
    with Connection(endpoint) as connection:
        usual = [
            median(milliseconds(connection.ask(numbered(query, f"before-{at}-{time}"))) for time in range(_USUAL))
            for at, query in enumerate(queries)
        ]
        for build in builds:
            make_current(build)
            until, settled = time.monotonic() + _TAKEN, 0.0
            while not settled or time.monotonic() < settled:
                number += 1
                reply = connection.ask(numbered(queries[number % len(queries)], f"reload-{number}"))
                taken = milliseconds(reply)
                spent.append(Around(taken, taken - usual[number % len(queries)]))
                if not settled and reply.build == build.name:
                    settled = time.monotonic() + _SETTLES
                elif not settled and time.monotonic() > until:
                    raise SetupError(f"the build {build.name[:12]} is not served {_TAKEN:g} seconds after it was given")
    return spent


def under_attack(server: Server, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of ``ASK {}`` during an attack of that many seconds, infinite where it was not answered.

    ``repeated`` is the same text each time, ``first asked`` a new one each time; they take turns.
    """
    attack = multiprocessing.get_context("spawn").Process(target=_attack, args=(server.endpoint, seconds + 3))
    attack.start()
    try:
        time.sleep(2)  # until every evaluator has its attacker
        found: dict[str, list[float]] = {"repeated": [], "first asked": []}
        until, number = time.monotonic() + seconds, 0
        with Connection(server.endpoint) as connection:
            while time.monotonic() < until:
                number += 1
                for kind, text in (("repeated", "ASK {}"), ("first asked", numbered("ASK {}", number))):
                    reply = connection.ask(text)
                    found[kind].append(1000 * reply.seconds if reply.status == 200 else float("inf"))
                time.sleep(0.02)
        return found
    finally:
        attack.kill()
        attack.join()


def _attack(endpoint: Endpoint, seconds: float) -> None:
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_attacker, args=(endpoint, until, at), daemon=True) for at in range(ATTACKERS)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)


def _attacker(endpoint: Endpoint, until: float, number: int) -> None:
    with Connection(endpoint) as connection:
        for at in range(number, 1 << 30, ATTACKERS):
            if time.monotonic() > until:
                return
            try:
                status = connection.ask(numbered(_ATTACKS[number % len(_ATTACKS)], at)).status
            except (OSError, SetupError):
                status = 0
            if status != 200:
                time.sleep(_PAUSE)
