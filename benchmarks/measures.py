"""What is measured of a service, each with the bar that it is held to (P1 to P11)."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import pyoxigraph as ox

from benchmarks.asking import Answer, Connection, Reply, answer, milliseconds, percentile
from benchmarks.doors import at_door
from benchmarks.engines import Server
from benchmarks.figures import AGAINST, OURS, Figure
from benchmarks.filling import Chosen, fourteen, mix, numbered
from benchmarks.loading import Load, generator, load, under_attack
from kb.errors import SetupError
from kb.namespaces import PREFIXES

FACTOR, ALLOWANCE = 1.15, 1.0
TIMES_REPEATED, TIMES_FRESH = 5.0, 0.5
START, MEMORY, UNDER_ATTACK, MERGED = 1000.0, 3.0, 200.0, 20.0
"""The bars: times as long and milliseconds more than the peer for a question; times its answers a second for a mix that
is repeated and for one that is not; milliseconds to the first answer; times its memory; milliseconds of ``ASK {}``
under attack, at the 99th percentile, and of a question to 45 merged graphs."""

CLIENTS: Final = 16
GRAPHS: Final = 45
LEAST, MOST = 5, 25
"""Rounds in which a question is asked of every engine, at least and at most."""


@dataclass(frozen=True)
class Bench:
    """What a measure has at hand: the servers by name, ours first, the corpus and how long a load lasts (seconds)."""

    servers: Mapping[str, Server]
    chosen: Chosen
    dump: Path
    start: Callable[[], float]
    seconds: float


def questions(bench: Bench) -> Iterator[Figure]:
    """P1: each of the fourteen questions, asked of every engine in turn, first in new words and then in the same."""
    with ExitStack() as stack:
        lines = {name: stack.enter_context(Connection(server.endpoint)) for name, server in bench.servers.items()}
        for name, text in fourteen(bench.chosen).items():
            yield _question(name, text, lines, bench.seconds)


def _question(name: str, text: str, lines: Mapping[str, Connection], seconds: float) -> Figure:
    """One question: all engines are asked once for comparison, then in turn until the seconds are spent."""
    salt = secrets.token_hex(4)
    answers: dict[str, Answer] = {}
    faults: dict[str, str] = {}
    for engine, line in lines.items():
        try:
            answers[engine] = answer(line.ask(numbered(text, f"{salt}-0")))
        except SetupError as error:
            faults[engine] = str(error)
    asked = [engine for engine in lines if engine in answers]
    first: dict[str, list[float]] = {engine: [] for engine in asked}
    warm: dict[str, list[float]] = {engine: [] for engine in asked}
    begun, number = time.monotonic(), 0
    while asked and (number < LEAST or (number < MOST and time.monotonic() - begun < seconds)):
        number += 1
        for spent, wording in ((first, numbered(text, f"{salt}-{number}")), (warm, numbered(text, f"{salt}-0"))):
            for engine in asked[number % len(asked) :] + asked[: number % len(asked)]:
                reply = lines[engine].ask(wording)
                spent[engine].append(milliseconds(reply))
                if reply.status != 200:
                    faults[engine] = _fault(reply)
    values = {engine: median(first[engine]) for engine in asked}
    expected = answers.get(OURS)
    others = [engine for engine in asked if answers[engine] != expected]
    notes = [f"{engine}: other answer, {answers[engine].total()} rows" for engine in others]
    notes += [f"{engine}: {fault}" for engine, fault in faults.items()]
    return Figure(
        "P1",
        name,
        "ms",
        values,
        bar=FACTOR * values[AGAINST] + ALLOWANCE if AGAINST in values else None,
        right=expected is not None and OURS not in faults and AGAINST not in others,
        note="; ".join(notes),
        details={
            engine: {
                "rows": answers[engine].total(),
                "p95": percentile(first[engine], 0.95),
                "warm": median(warm[engine]),
                "warmP95": percentile(warm[engine], 0.95),
            }
            for engine in asked
        },
    )


def _fault(reply: Reply) -> str:
    """What a reply says that is an error."""
    try:
        answer(reply)
    except SetupError as error:
        return str(error)
    raise AssertionError


def asked_at_doors(bench: Bench) -> Iterator[Figure]:
    """P2: each of the fourteen questions as saved question or over REST, beside the peers' answers to the question."""
    with ExitStack() as stack:
        lines = {name: stack.enter_context(Connection(server.endpoint)) for name, server in bench.servers.items()}
        for name, text in fourteen(bench.chosen).items():
            yield at_door(name, text, bench.chosen, lines, bench.seconds)


def repeated(bench: Bench) -> Iterator[Figure]:
    """P3: a mix of cheap questions, asked before."""
    yield _mixed(bench, "P3", "mix, repeated", TIMES_REPEATED, fresh=False)


def fresh(bench: Bench) -> Iterator[Figure]:
    """P4: the same mix, each question in a text that was never asked."""
    yield _mixed(bench, "P4", "mix, never asked before", TIMES_FRESH, fresh=True)


def _mixed(bench: Bench, measure: str, what: str, times: float, *, fresh: bool) -> Figure:
    """Three runs against each engine in turn; the middle one by answers a second counts."""
    asked = mix(bench.chosen)
    runs: dict[str, list[Load]] = {name: [] for name in bench.servers}
    faults: dict[str, str] = {}
    reference: list[Answer] = []
    for name, server in bench.servers.items():
        try:
            with Connection(server.endpoint) as line:
                found = [answer(line.ask(query)) for query in asked]
        except SetupError as error:
            faults[name] = str(error)
            continue
        reference = reference or found
        if found != reference:
            differing = sum(one != other for one, other in zip(found, reference, strict=True))
            faults[name] = f"{differing} other answers"
    for _ in range(3):
        for name, server in bench.servers.items():
            if name not in faults or "answers" in faults[name]:
                salt = secrets.token_hex(4) if fresh else None
                runs[name].append(load(server, asked, clients=CLIENTS, seconds=bench.seconds, salt=salt))
    middle = {name: sorted(found, key=lambda one: one.per_second)[1] for name, found in runs.items() if found}
    values = {name: one.per_second for name, one in middle.items()}
    failed = {name: one.failed for name, one in middle.items() if one.failed}
    notes = [f"load by {generator()}", *(f"{name}: {fault}" for name, fault in faults.items())]
    notes += [f"{name}: {count} failed" for name, count in failed.items()]
    return Figure(
        measure,
        what,
        "/s",
        values,
        bar=times * values[AGAINST] if AGAINST in values else None,
        at_least=True,
        right=OURS not in failed and OURS not in faults and AGAINST not in faults,
        note="; ".join(notes),
        details={
            name: {
                "p50": one.p50,
                "p99": one.p99,
                "failed": one.failed,
                "generatorCores": one.generator,
                "serverCores": one.server,
            }
            for name, one in middle.items()
        },
    )


def starting(bench: Bench) -> Iterator[Figure]:
    """P5: from the command to the first answer, with the store built; the middle one of three starts."""
    spent = sorted(1000 * bench.start() for _ in range(3))
    values = {OURS: spent[1]} | {name: 1000 * s.started for name, s in bench.servers.items() if name != OURS}
    yield Figure("P5", "start to first answer", "ms", values, bar=START, details={OURS: {"slowest": spent[-1]}})


def memory(bench: Bench) -> Iterator[Figure]:
    """P9: the memory of all processes, once each of the fourteen questions has been asked."""
    for server in bench.servers.values():
        with Connection(server.endpoint) as line:
            for text in fourteen(bench.chosen).values():
                line.ask(numbered(text, secrets.token_hex(4)))
    found = {name: server.memory() for name, server in bench.servers.items()}
    values = {name: shared for name, (shared, _) in found.items()}
    yield Figure(
        "P9",
        "memory, shared pages once",
        "MB",
        values,
        bar=MEMORY * values[AGAINST] if AGAINST in values else None,
        details={name: {"resident": resident} for name, (_, resident) in found.items()},
    )


def attacked(bench: Bench) -> Iterator[Figure]:
    """P10: ``ASK {}`` while 64 clients send questions that take as long as they may; ours alone, a peer might die."""
    for kind, times in under_attack(bench.servers[OURS], 2 * bench.seconds).items():
        refused = sum(one == float("inf") for one in times)
        yield Figure(
            "P10",
            f"ASK under attack, {kind}",
            "ms",
            {OURS: percentile(times, 0.99)},
            bar=UNDER_ATTACK,
            note=f"p99 of {len(times)}, {refused} refused",
            details={OURS: {"median": median(times), "refused": refused, "asked": len(times)}},
        )


def merged(bench: Bench) -> Iterator[Figure]:
    """P11: a question to 45 claims merged, named in the query and in the request; ours alone, peers do not merge."""
    graphs = bench.chosen.shared[:GRAPHS]
    prologue = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("sem", "t"))
    pattern = "WHERE { ?event sem:eventType ?type ; t:participation ?part . ?part t:participant ?who }"
    plain = f"{prologue}SELECT ?event ?type ?part ?who {pattern}"
    listed = f"{prologue}SELECT ?event ?type ?part ?who {''.join(f'FROM <{one}> ' for one in graphs)}{pattern}"
    parameters = tuple(("default-graph-uri", one) for one in graphs)
    expected = _merged_rows(bench.dump, graphs, plain)
    ways: Sequence[tuple[str, str, tuple[tuple[str, str], ...]]] = (
        (f"{len(graphs)} graphs by FROM", listed, ()),
        (f"{len(graphs)} graphs by default-graph-uri", plain, parameters),
    )
    with Connection(bench.servers[OURS].endpoint) as line:
        for what, text, more in ways:
            salt = secrets.token_hex(4)
            replies = [line.ask(numbered(text, f"{salt}-{number}"), more) for number in range(MOST)]
            wrong = sum(reply.status == 200 and answer(reply) != expected for reply in replies)
            refused = sum(reply.status != 200 for reply in replies)
            times = [milliseconds(reply) for reply in replies]
            yield Figure(
                "P11",
                what,
                "ms",
                {OURS: median(times)},
                bar=MERGED,
                right=not wrong and not refused,
                note=f"{wrong} of {len(replies)} answers wrong, {refused} refused" if wrong or refused else "",
                details={OURS: {"rows": expected.total(), "p95": percentile(times, 0.95)}},
            )


def _merged_rows(dump: Path, graphs: Sequence[str], query: str) -> Answer:
    """What a query gives over some graphs of a dump put into one."""
    wanted = set(graphs)
    store = ox.Store()
    store.extend(
        ox.Quad(*quad.triple)
        for quad in ox.parse(path=str(dump), format=ox.RdfFormat.N_QUADS)
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in wanted
    )
    rows = store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    body = rows.serialize(format=ox.QueryResultsFormat.JSON)
    assert body is not None
    return answer(Reply(200, "application/sparql-results+json", body, 0.0))


MEASURES: Final[Mapping[str, Callable[[Bench], Iterator[Figure]]]] = {
    "P1": questions,
    "P2": asked_at_doors,
    "P3": repeated,
    "P4": fresh,
    "P5": starting,
    "P9": memory,
    "P11": merged,
    "P10": attacked,
}
"""In this order, which leaves the attack to the end."""
