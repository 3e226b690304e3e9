"""A build brought into a SPARQL service, so that nobody takes half of it for the whole.

    access  who we are to the service
    dump    the quads of a build by graph
    places  where a service is written to
    proof   what the service gives back, compared with the build

The service holds one build at a time, since a claim is the name of its graph. Only graphs that differ from what is
there are sent. Where the service does an update in one step (Oxigraph), readers see the one build or the other. Where
it does not, its record (``kb.remote.record``) says “unfinished” from before the first change until everything was
compared, and ``serve --engine`` answers nothing meanwhile. What was sent is noted as it goes, so that a second call
goes on where the first was stopped.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb import store
from kb.errors import SetupError
from kb.fetch import Client, check_address
from kb.namespaces import DEFAULT_GRAPH
from kb.publish.access import Credentials, Session
from kb.publish.dump import Dump, changes, opened
from kb.publish.places import LARGEST_UPDATE, PROTOCOLS, Place, deleted, dropped, inserted, place, protocol_of
from kb.publish.proof import Difference, differences, graphs_of
from kb.remote.record import HIDDEN, PARTS, RECORD, UNFINISHED, WHOLE, Record, find_parts, find_record, parts_triples
from kb.remote.service import Service

__all__ = ["PROTOCOLS", "Credentials", "Difference", "Outcome", "publish"]

_BATCH_GRAPHS = 100
_BATCH_BYTES = 4_000_000
_LARGEST_LOAD = 1_000_000_000
_QUIET = 5.0
"""Seconds between two lines about how far it is."""


@dataclass(frozen=True)
class Outcome:
    """What was done: the record that the service has now, names of graphs, and what is not as in the build."""

    record: Record
    sent: Sequence[str]
    dropped: Sequence[str]
    differing: Sequence[Difference]


def publish(
    url: str,
    build: Path,
    *,
    protocol: str | None = None,
    write_url: str | None = None,
    credentials: Credentials | None = None,
    timeout: float = 600.0,
    thorough: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> Outcome:
    """Lets the service whose queries go to ``url`` hold a build, and compares what it gives back.

    All graphs are counted; those that were sent whole, all where ``thorough``, are read back and compared.
    Where something differs, the record stays unfinished, and those graphs are sent again by the next call.
    SetupError for a service that cannot be written, or holds data without a record; LimitError where it does not
    answer.
    """
    client = Client()
    try:
        service = Service(client, check_address(url), timeout)
        where = _place(service, protocol, write_url, Session(client, credentials, timeout=timeout))
        with opened(build) as dump:
            return _publish(service, where, build, dump, thorough=thorough, say=say)
    finally:
        client.close()


def _place(service: Service, protocol: str | None, write_url: str | None, session: Session) -> Place:
    known = protocol or protocol_of(service.server())
    if not known:
        raise SetupError(
            f"{service.url}: how it is written to is not known; say so with --protocol graph-store or update, "
            "and where with --write-url"
        )
    return place(known, service.url, None if write_url is None else check_address(write_url), session)


def _publish(
    service: Service, where: Place, build: Path, dump: Dump, *, thorough: bool, say: Callable[[str], None]
) -> Outcome:
    build_id = store.manifest(build).build_id
    before = find_record(service.rows)
    there = find_parts(service.rows) if before else {}
    if before is None:
        _refuse_strangers(service)
    hashes = dump.hashes()
    sent = sorted(name for name, digest in hashes.items() if there.get(name) != digest)
    gone = sorted(there.keys() - hashes.keys())
    read = sent if before is None or before.is_whole else sorted(hashes)  # nobody has compared what was sent before
    edition = before.edition if before else 0
    record = Record(build_id, UNFINISHED, edition, dump.quads)
    if before is not None and before.is_whole and before.build_id == build_id and not sent and not gone:
        say(f"build {build_id[:12]} is there already")
        record = before
    else:
        if before is not None and not before.is_whole:
            gone = sorted({*gone, *(graphs_of(service).keys() - hashes.keys() - {*HIDDEN})})
            say(f"going on with an unfinished publication: {len(hashes) - len(sent)} of {len(hashes)} graphs are there")
        say(f"sending {len(sent)} graphs, dropping {len(gone)}; {len(hashes) - len(sent)} are there as they should be")
        if before is None and where.at_once and len(dump.text) <= _LARGEST_LOAD:
            where.load(bytes(dump.text) + b"".join(_as_quads(record, hashes)))
        else:
            delta = _delta(build, before, dump) if DEFAULT_GRAPH in sent and where.at_once else None
            if (
                before is None
                or not before.is_whole
                or not _in_one_step(where, record, dump, sent, gone, hashes, delta)
            ):
                _step_by_step(where, record, dump, sent, gone, there, hashes, say)
            elif delta is not None:
                read = [name for name in sent if name != DEFAULT_GRAPH]
    say("comparing what is there with the build")
    found = differences(service, dump, hashes if thorough else read)
    if found:
        where.put(RECORD, _lines(replace(record, state=UNFINISHED).triples()))
        wrong = {difference.graph for difference in found}
        where.put(PARTS, _lines(parts_triples({name: hashes[name] for name in hashes.keys() - wrong})))
        return Outcome(replace(record, state=UNFINISHED), sent, gone, found)
    now = find_record(service.rows)
    if now is None or not now.is_whole:
        now = replace(record, state=WHOLE, edition=edition + 1)
        where.put(RECORD, _lines(now.triples()))
    say(f"build {build_id[:12]} is published, edition {now.edition}")
    return Outcome(now, sent, gone, ())


def _refuse_strangers(service: Service) -> None:
    """SetupError where a service without a record holds something that would be taken for part of the build."""
    if graphs_of(service) or service.rows("SELECT ?s { ?s ?p ?o } LIMIT 1"):
        raise SetupError(
            f"{service.url}: holds data that testimonia publish did not bring there; empty it, or give another service"
        )


def _as_quads(record: Record, hashes: Mapping[str, str]) -> Iterator[bytes]:
    """The statements of the record and about parts, as N-Quads."""
    for name, triples in ((RECORD, record.triples()), (PARTS, parts_triples(hashes))):
        for line in triples.splitlines():
            yield line.removesuffix(b".") + f"<{name}> .\n".encode()


def _in_one_step(
    where: Place,
    record: Record,
    dump: Dump,
    sent: Sequence[str],
    gone: Sequence[str],
    hashes: Mapping[str, str],
    delta: tuple[bytes, bytes] | None,
) -> bool:
    """Turns a whole publication into the next by one update; False where the service cannot, or that is too large."""
    if not where.at_once:
        return False
    whole = replace(record, state=WHOLE, edition=record.edition + 1)
    parts: list[bytes] = []
    size = 0
    if delta is not None:
        removed, added = delta
        parts += [*([deleted(removed)] if removed else []), *([inserted(DEFAULT_GRAPH, added)] if added else [])]
        size += len(removed) + len(added)
        sent = [name for name in sent if name != DEFAULT_GRAPH]
    for name, triples in _contents(dump, sent, gone, whole, hashes):
        parts += [dropped(name), *([inserted(name, triples)] if triples else [])]
        size += len(triples)
        if size > LARGEST_UPDATE:
            return False
    where.update(b" ;\n".join(parts))
    return True


def _delta(build: Path, before: Record | None, dump: Dump) -> tuple[bytes, bytes] | None:
    """What differs in the default graph, where the build before stands beside this one; else None.

    It is most of a build, and one article changes little of it.
    """
    if before is None or not before.is_whole or not (build.parent / before.build_id / "dump.nq").is_file():
        return None
    with opened(build.parent / before.build_id) as old:
        return changes(old, dump)


def _contents(
    dump: Dump, sent: Iterable[str], gone: Iterable[str], record: Record, hashes: Mapping[str, str]
) -> Iterator[tuple[str, bytes]]:
    for name in sent:
        yield name, dump.triples(name)
    for name in gone:
        yield name, b""
    yield PARTS, parts_triples(hashes)
    yield RECORD, record.triples()


def _step_by_step(
    where: Place,
    record: Record,
    dump: Dump,
    sent: Sequence[str],
    gone: Sequence[str],
    there: Mapping[str, str],
    hashes: Mapping[str, str],
    say: Callable[[str], None],
) -> None:
    """Changes graph after graph, under a record that says so, and notes what is done."""
    where.put(RECORD, _lines(record.triples()))
    where.put(
        PARTS, _lines(parts_triples({name: digest for name, digest in there.items() if hashes.get(name) == digest}))
    )
    for name in gone:
        where.drop(name)
    told, done = time.monotonic(), 0
    for batch in _batches(dump, sent):
        for name in batch:
            where.put(name, dump.lines(name))
        where.add(PARTS, parts_triples({name: hashes[name] for name in batch}))
        done += len(batch)
        if time.monotonic() - told > _QUIET:
            told = time.monotonic()
            say(f"{done} of {len(sent)} graphs are sent")


def _batches(dump: Dump, names: Sequence[str]) -> Iterator[list[str]]:
    """Some graphs at a time, after which it is noted that they are there; the default graph by itself."""
    batch: list[str] = []
    quads = 0
    for name in names:
        if name == DEFAULT_GRAPH:
            yield [name]
            continue
        batch.append(name)
        quads += len(dump.places[name])
        if len(batch) == _BATCH_GRAPHS or quads * 150 > _BATCH_BYTES:
            yield batch
            batch, quads = [], 0
    if batch:
        yield batch


def _lines(triples: bytes) -> list[bytes]:
    return triples.splitlines(keepends=True)
