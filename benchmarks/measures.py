"""What is measured of a service, each with the bar that it is held to (P1 to P11)."""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import pyoxigraph as ox

from benchmarks.asking import Answer, Connection, Reply, answer, milliseconds, percentile
from benchmarks.doors import at_door
from benchmarks.engines import Server, disk
from benchmarks.figures import AGAINST, OURS, Figure
from benchmarks.filling import SEARCH, Chosen, fill, fourteen, mix, numbered
from benchmarks.loading import Load, generator, load, reloaded, under_attack
from kb.errors import SetupError
from kb.namespaces import PREFIXES

FACTOR, ALLOWANCE = 1.15, 1.0
TIMES_REPEATED, TIMES_FRESH = 5.0, 0.5
START, RELOAD, MEMORY, UNDER_ATTACK, MERGED = 1000.0, 200.0, 3.0, 200.0, 20.0
"""The bars: times as long and milliseconds more than the peer for a question; times its answers a second for a mix that
is repeated and for one that is not; milliseconds to the first answer, and of any around a reload; times its memory;
milliseconds of ``ASK {}`` under attack, at the 99th percentile, and of a question to 45 merged graphs."""

CLIENTS: Final = 16
GRAPHS: Final = 45
LEAST, MOST = 5, 25
"""Rounds in which a question is asked of every engine, at least and at most."""


@dataclass(frozen=True)
class Bench:
    """What a measure has at hand: the servers by name, ours first, and what of the corpus is asked about.

    ``built`` is the build that all serve, ``other`` another one beside it, and ``start`` starts our server anew. A load
    lasts some ``seconds``, from each number of ``clients``.
    """

    servers: Mapping[str, Server]
    chosen: Chosen
    built: Path
    other: Path
    start: Callable[[], AbstractContextManager[Server]]
    seconds: float
    clients: Sequence[int] = (CLIENTS,)

    @property
    def quick(self) -> dict[str, Server]:
        """The servers that can be asked often."""
        return {name: server for name, server in self.servers.items() if not server.slow}


def questions(bench: Bench) -> Iterator[Figure]:
    """P1: each of the fourteen questions, asked of every engine in turn, first in new words and then in the same."""
    for name, text in fourteen(bench.chosen).items():
        # a connection each: while a slow engine is at it, the others end those that nobody uses
        with ExitStack() as stack:
            lines = {
                engine: stack.enter_context(Connection(server.endpoint)) for engine, server in bench.servers.items()
            }
            yield _question(name, text, bench.servers, lines, bench.seconds)


def _question(
    name: str, text: str, servers: Mapping[str, Server], lines: Mapping[str, Connection], seconds: float
) -> Figure:
    """One question: all engines are asked once for comparison, then in turn until the seconds are spent.

    A slow engine is asked by itself afterwards, as often as the seconds allow; the comparison counts for it too.
    """
    salt = secrets.token_hex(4)
    answers: dict[str, Answer] = {}
    faults: dict[str, str] = {}
    first: dict[str, list[float]] = {engine: [] for engine in lines}
    limits: dict[str, float] = {}
    quick = [engine for engine in lines if not servers[engine].slow]
    for engine in quick:
        try:
            answers[engine] = answer(lines[engine].ask(numbered(text, f"{salt}-0")))
        except SetupError as error:
            faults[engine] = str(error)
    asked = [engine for engine in quick if engine in answers]
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
    for engine in (engine for engine in lines if servers[engine].slow):
        try:
            for reply in _patiently(lines[engine], text, salt, seconds):
                first[engine].append(milliseconds(reply))
                answers.setdefault(engine, answer(reply))
        except SetupError as error:
            faults[engine] = str(error)
            if not first[engine]:
                limits[engine] = lines[engine].endpoint.patience
            servers[engine].renew()
    asked = [engine for engine in lines if engine in answers]
    values = {engine: median(first[engine]) for engine in asked} | dict.fromkeys(limits, float("inf"))
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
                "same": float(answers[engine] == expected),
                "p95": percentile(first[engine], 0.95),
                **({"warm": median(warm[engine]), "warmP95": percentile(warm[engine], 0.95)} if engine in warm else {}),
            }
            for engine in asked
        }
        | {engine: {"limit": limit} for engine, limit in limits.items()},
        runs={engine: first[engine] for engine in asked},
    )


def _patiently(line: Connection, text: str, salt: str, seconds: float) -> Iterator[Reply]:
    """The answers of a slow engine: one at least, and more as long as another is likely to come within the seconds.

    SetupError where its patience ends.
    """
    spent = longest = 0.0
    number = 0
    while not number or (number < LEAST and spent + longest < seconds):
        reply = line.ask(numbered(text, f"{salt}-{number}"))
        spent, longest, number = spent + reply.seconds, max(longest, reply.seconds), number + 1
        yield reply


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
        lines = {name: stack.enter_context(Connection(server.endpoint)) for name, server in bench.quick.items()}
        for name, text in fourteen(bench.chosen).items():
            yield at_door(name, text, bench.chosen, lines, bench.seconds)


def repeated(bench: Bench) -> Iterator[Figure]:
    """P3: a mix of cheap questions, asked before."""
    yield from _mixed(bench, "P3", "mix, repeated", TIMES_REPEATED, fresh=False)


def fresh(bench: Bench) -> Iterator[Figure]:
    """P4: the same mix, each question in a text that was never asked."""
    yield from _mixed(bench, "P4", "mix, never asked before", TIMES_FRESH, fresh=True)


def _mixed(bench: Bench, measure: str, what: str, times: float, *, fresh: bool) -> Iterator[Figure]:
    """Three runs against each engine in turn, for each number of clients; the middle one by answers a second counts."""
    asked = mix(bench.chosen)
    faults: dict[str, str] = {}
    reference: list[Answer] = []
    for name, server in bench.quick.items():
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
    able = {name: server for name, server in bench.quick.items() if name not in faults or "answers" in faults[name]}
    for clients in bench.clients:
        if clients > CLIENTS and generator() != "wrk":
            note = "left out: so many clients need wrk (apt-get install wrk)"
            yield Figure(measure, f"{what}, {clients} clients", "/s", {}, at_least=True, note=note, barred=False)
            continue
        runs: dict[str, list[Load]] = {name: [] for name in able}
        unfit = dict(faults)
        for _ in range(3):
            for name, server in able.items():
                salt = secrets.token_hex(4) if fresh else None
                try:
                    runs[name].append(load(server, asked, clients=clients, seconds=bench.seconds, salt=salt))
                except SetupError as error:
                    unfit[name] = str(error)
        yield _loaded(measure, f"{what}, {clients} client{'s' if clients > 1 else ''}", clients, times, runs, unfit)


def _loaded(
    measure: str, what: str, clients: int, times: float, runs: Mapping[str, list[Load]], faults: Mapping[str, str]
) -> Figure:
    """What the engines did under load; the bar is for sixteen clients."""
    middle = {
        name: sorted(found, key=lambda one: one.per_second)[len(found) // 2] for name, found in runs.items() if found
    }
    values = {name: one.per_second for name, one in middle.items()}
    failed = {name: one.failed for name, one in middle.items() if one.failed}
    notes = [f"load by {generator()}", *(f"{name}: {fault}" for name, fault in faults.items())]
    notes += [f"{name}: {count} failed" for name, count in failed.items()]
    return Figure(
        measure,
        what,
        "/s",
        values,
        bar=times * values[AGAINST] if AGAINST in values and clients == CLIENTS else None,
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
        barred=clients == CLIENTS,
        runs={name: [one.per_second for one in found] for name, found in runs.items()},
    )


def searched(bench: Bench) -> Iterator[Figure]:
    """A name looked for: at /search by us, and by the peers with a filter on labels, a regular expression."""
    words, text = _words(bench.chosen), SEARCH.read_text(encoding="utf-8")
    with ExitStack() as stack:
        lines = {name: stack.enter_context(Connection(server.endpoint)) for name, server in bench.servers.items()}
        spent: dict[str, list[float]] = {name: [] for name in lines}
        fault = ""
        for number, word in enumerate(words):
            query = fill(text, {"word": str(ox.Literal(rf"(^|\W){word}(\W|$)"))})
            for name, line in lines.items():
                if name == OURS:
                    found = line.get(f"/search?kind=actor&limit=100&q={word}", "application/json")
                    spent[name].append(milliseconds(found))
                elif not bench.servers[name].slow or number < LEAST:
                    spent[name].append(milliseconds(line.ask(query)))
            fault = fault or _unfound(found, answer(lines[OURS].ask(query)), word)
    yield Figure(
        "search",
        "a name by a word of it",
        "ms",
        {name: median(times) for name, times in spent.items()},
        right=not fault,
        note=fault or f"{len(words)} words, each asked once",
        details={name: {"p95": percentile(times, 0.95)} for name, times in spent.items()},
        barred=False,
        runs=spent,
    )


def _words(chosen: Chosen) -> list[str]:
    """The last words of names of actors, from the most to the least popular."""
    last = (iri.rpartition("/")[2].rpartition("-")[2] for iri in chosen.actors)
    words = list(dict.fromkeys(word for word in last if word.isalpha() and len(word) > 3))
    return words[:: max(1, len(words) // MOST)][:MOST]


def _unfound(reply: Reply, wanted: Answer, word: str) -> str:
    """What a search has not found that has the word in a label; empty where it has all."""
    if reply.status != 200:
        return f"status {reply.status}"
    page = json.loads(reply.body)
    found = {item["iri"] for item in page["items"]}
    missing = {row[0].split("\0")[1] for row in wanted} - found
    return f"“{word}” misses {len(missing)}" if missing and page["total"] <= len(found) else ""


def starting(bench: Bench) -> Iterator[Figure]:
    """P5: from the command to the first answer, with the store built, the middle one of three starts; and what a reload
    with another build, and back, does to the answers of one who keeps asking: how much longer one takes than before."""
    spent = []
    for _ in range(3):
        with bench.start() as server:
            spent.append(1000 * server.started)
    values = {OURS: median(spent)} | {name: 1000 * s.started for name, s in bench.servers.items() if name != OURS}
    yield Figure(
        "P5",
        "start to first answer",
        "ms",
        values,
        bar=START,
        details={OURS: {"slowest": max(spent)}},
        runs={OURS: spent},
    )
    with bench.start() as server:
        found = reloaded(server.endpoint, [bench.other, bench.built], mix(bench.chosen))
    answered = [one for one in found if one.spent < float("inf")]
    times = [one.spent for one in found]
    refused = len(found) - len(answered)
    yield Figure(
        "P5",
        "longest delay around two reloads",
        "ms",
        {OURS: max((one.delay for one in answered), default=float("inf"))},
        bar=RELOAD,
        right=not refused,
        note=f"{refused} of {len(found)} refused",
        details={
            OURS: {
                "longest answer": max((one.spent for one in answered), default=float("inf")),
                "median": median(times),
                "p99": percentile(times, 0.99),
                "refused": refused,
            }
        },
    )


def memory(bench: Bench) -> Iterator[Figure]:
    """P9: the memory of all processes, once each of the fourteen questions has been asked."""
    for server in bench.quick.values():
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


def stored(bench: Bench) -> Iterator[Figure]:
    """What it takes on disk to serve the corpus, and what else a build has."""
    parts = {one.name: disk(one) / 1e6 for one in sorted(bench.built.iterdir())}
    served = sum(parts[name] for name in ("store", "index.sqlite"))
    kept = {name: server.store for name, server in bench.servers.items() if server.store is not None}
    yield Figure(
        "disk",
        "store, with our index",
        "MB",
        {OURS: served} | {name: disk(store) / 1e6 for name, store in kept.items()},
        details={OURS: parts},
        barred=False,
    )


def filled(bench: Bench) -> Iterator[Figure]:
    """How fast peers load the dump of our build."""
    quads = json.loads((bench.built / "manifest.json").read_text(encoding="utf-8"))["counts"]["quads"]
    spent = {name: server.loaded for name, server in bench.servers.items() if server.loaded}
    yield Figure(
        "load",
        "dump.nq into an empty store",
        "quads/s",
        {name: quads / seconds for name, seconds in spent.items()},
        note="ours is built from articles, as P6 has it",
        details={name: {"seconds": seconds} for name, seconds in spent.items()},
        barred=False,
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
    expected = _merged_rows(bench.built / "dump.nq", graphs, plain)
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
                runs={OURS: times},
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
    "search": searched,
    "P3": repeated,
    "P4": fresh,
    "P5": starting,
    "P9": memory,
    "disk": stored,
    "load": filled,
    "P11": merged,
    "P10": attacked,
}
"""In this order, which leaves the attack to the end."""
