"""Checking part by part: what changed is checked again, the rest is remembered, and several processes share the work.

A part is one article: its file and the registry file of the same name. Most rules need one article and what it refers
to in the shared files; they are applied to each part, with as much of the shared registry as it reaches. The rules that
shapes mark with ``t:acrossArticles`` join what several articles say; they are applied once, to the few statements of
all parts that they name. Parts that describe the same thing, or refer to each other's things, are checked together.
``kb.build.findings`` applies all rules to everything at once and is the reference: the findings are the same.

What a part was found to have is kept under a hash of its files, the shared files, the shapes and this code.
"""

import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from importlib.metadata import version
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

import kb
from kb import checks, evidence, style
from kb.checks import Rule
from kb.dataset import RDF_TYPE, Dataset, node, parse, text_of
from kb.derive import derive, handwritten
from kb.errors import TestimoniaError
from kb.model import Block, Finding, Place, Severity, Source
from kb.namespaces import BASE, DEFAULT_GRAPH, iri
from kb.sources import folder_of
from kb.style.names import Unknown
from kb.turtle import blocks

DEADLINE: Final = 60.0
"""Seconds for one rule on one batch; a rule that takes longer is reported as broken."""
BATCH: Final = 8
"""Parts that are checked together, so that what is the same for all is done once."""

Begin = Callable[[str], None]
"""Hears the name of each rule before it is applied, and "" when all are."""


@dataclass(frozen=True)
class Part:
    """One article as files: its own, and its registry file where it has one."""

    slug: str
    files: tuple[Source, ...]


@dataclass(frozen=True)
class Scan:
    """What is known of a part by itself: its layout, and what others need to know of it."""

    layout: tuple[Finding, ...]
    described: tuple[str, ...]
    """What it describes outside of the graphs of claims, and nodes: what may be referred to."""
    registry: tuple[str, ...]
    """What of this its registry file describes."""
    graphs: tuple[str, ...]
    """The graphs in which it has statements."""
    refers: tuple[str, ...]
    """What it refers to that neither it nor a shared file describes."""
    strange: tuple[Unknown, ...]
    """Names that neither it nor the ontology describes, with their places."""
    across: Mapping[str, str]
    """For each class of ``t:acrossArticles``, the statements that the rules on it name, as N-Quads."""


@dataclass(frozen=True)
class _Shared:
    """What all parts see: the ontology, the shared files, the shapes."""

    ontology: Dataset
    data: Dataset
    shapes: tuple[Source, ...]
    rules: tuple[Rule, ...]
    described: frozenset[str]
    """What the ontology and the shared files describe."""
    order: Mapping[str, int]
    """The place of each file among all, by its name: what stands in several files is told at the first."""

    def merged(self, *several: Mapping[str, tuple[Block, ...]]) -> dict[str, tuple[Block, ...]]:
        """Blocks of several datasets by subject, in the order of the files."""
        found: dict[str, tuple[Block, ...]] = {}
        for one in several:
            for name, blocks_ in one.items():
                together = (*found.get(name, ()), *blocks_)
                found[name] = tuple(sorted(together, key=lambda b: (self.order[b.place.file], b.place.line)))
        return found

    @property
    def across(self) -> dict[str, frozenset[str]]:
        """For each class of rules across articles, the IRIs that these rules name."""
        found: dict[str, frozenset[str]] = {}
        for rule in self.rules:
            for name in rule.across:
                found[name] = found.get(name, frozenset()) | rule.names
        return found


def split(files: Sequence[Source]) -> tuple[list[Source], list[Part]]:
    """The shared files, and the parts by slug; each file once, in the order given."""
    slugs = {Path(file.name).stem for file in files if file.trig}
    own: dict[str, list[Source]] = {slug: [] for slug in sorted(slugs)}
    shared = []
    for file in files:
        stem, folder = Path(file.name).stem, folder_of(file)
        if stem in own and (file.trig or folder == "registry"):
            own[stem].append(file)
        else:
            shared.append(file)
    return shared, [Part(slug, tuple(found)) for slug, found in own.items()]


def check(
    files: Sequence[Source],
    shapes: Sequence[Source],
    *,
    jobs: int = 1,
    memory: Path | None = None,
    deadline: float = DEADLINE,
) -> list[Finding]:
    """What ``kb.build.findings`` finds in ``files``, the ontology's among them, in the order of the files.

    ``memory`` is the folder where results are kept, None keeps none. SourceError for a file that no parser takes.
    """
    shared_files, parts = split(files)
    ontology = parse([file for file in shared_files if folder_of(file) == "ontology"])
    common = parse([file for file in shared_files if folder_of(file) != "ontology"])
    order = {file.name: number for number, file in enumerate(files)}
    described = style.described(ontology) | style.described(common)
    base = _Shared(ontology, common, tuple(shapes), tuple(checks.rules(shapes)), described, order)
    run = _Run(base, _Memory(memory, _key([*shared_files, *shapes], code())), jobs, deadline)
    everyone = [Part("", tuple(shared_files)), *parts]
    scans, found = _scan_all(run, everyone)
    found = _judge_all(run, everyone, scans, found)
    findings = [finding for own in found.values() for finding in own]
    findings += _across_all(run, parts, scans)
    findings += [*checks.faults(shapes), *run.broken, *_nothing(run, scans)]
    if run.memory.grown:
        run.memory.forget(days=30)
    return _finish(base, scans, findings)


@dataclass(frozen=True)
class _Run:
    """One check: what all see, where results are kept, how many processes, and which rules did not end."""

    base: _Shared
    memory: "_Memory"
    jobs: int
    deadline: float
    broken: list[Finding] = field(default_factory=list)


def _scan_all(run: _Run, everyone: Sequence[Part]) -> tuple[dict[str, Scan], dict[str, tuple[Finding, ...]]]:
    """The scan of each part, and the findings of those that were examined and need no other part."""
    known = {part.slug: run.memory.scan(part) for part in everyone}
    todo = [part for part in everyone if known[part.slug] is None]
    batches = [[part] for part in todo if not part.slug]
    batches += _batches([part for part in todo if part.slug], run.jobs)
    scans = {slug: scan for slug, scan in known.items() if scan is not None}
    found: dict[str, tuple[Finding, ...]] = {}
    for batch, results, complete in _work(run, [(batch, ()) for batch in batches], _examine):
        for part, (scan, own) in zip(batch, results, strict=True):
            scans[part.slug] = scan
            run.memory.save_scan(part, scan)
            if own is not None:
                found[part.slug] = own
                if complete:
                    run.memory.save(part, (), own)
    return scans, found


def _judge_all(
    run: _Run, everyone: Sequence[Part], scans: Mapping[str, Scan], found: Mapping[str, tuple[Finding, ...]]
) -> dict[str, tuple[Finding, ...]]:
    """The findings of each part; of parts that are checked together under the name of the first."""
    parts = everyone[1:]
    tangled, needs = _tangled(parts, scans), _needs(parts, scans)
    apart = {part.slug for group in tangled for part in group}
    judged = {slug: own for slug, own in found.items() if slug not in apart}
    todo: list[tuple[list[Part], tuple[Source, ...]]] = []
    for part in everyone:
        if part.slug in judged or part.slug in apart:
            continue
        own = run.memory.load(part, needs.get(part.slug, ()))
        if own is None:
            todo.append(([part], needs.get(part.slug, ())))
        else:
            judged[part.slug] = own
    for group in tangled:
        todo.append((group, tuple(dict.fromkeys(file for part in group for file in needs.get(part.slug, ())))))
    for batch, (own,), complete in _work(run, todo, _judged):
        judged[batch[0].slug] = own
        if complete and len(batch) == 1:
            run.memory.save(batch[0], needs.get(batch[0].slug, ()), own)
    return judged


def _nothing(run: _Run, scans: Mapping[str, Scan]) -> list[Finding]:
    """A violation where no part describes anything and the shared files have nothing to look at."""
    return (
        []
        if any(scan.described for slug, scan in scans.items() if slug)
        else checks.nothing(run.base.data, run.base.shapes)
    )


def _across_all(run: _Run, parts: Sequence[Part], scans: Mapping[str, Scan]) -> list[Finding]:
    """What the rules across articles find, class by class."""
    findings: list[Finding] = []
    for name in sorted(run.base.across):
        told = "".join(scans[part.slug].across[name] for part in parts)
        one = Part(name, (Source(name, told, False),))
        own = run.memory.load(one, ())
        if own is None:
            ((_, (own,), complete),) = list(_work(run, [(parts, ())], partial(_across, name=name, told=told)))
            if complete:
                run.memory.save(one, (), own)
        findings += _placed(run.base, parts, scans, own)
    return findings


# one part, or several at once


def _examine(
    base: _Shared, parts: Sequence[Part], needed: Sequence[Source], skipped: frozenset[str], begin: Begin
) -> list[tuple[Scan, tuple[Finding, ...] | None]]:
    """The scan of each part and, where none refers to what only others have, the findings of its own."""
    scans = [_scanned(base, part) for part in parts]
    if any(scan.refers for scan in scans):
        return [(scan, None) for scan in scans]
    raw = parse([file for part in parts for file in part.files])
    writer: dict[str, str] = {}
    for subject, written in raw.blocks.items():
        for block in written:
            writer.setdefault(subject, block.place.file)
            writer.setdefault(block.graph or subject, block.place.file)
    whose = {file.name: number for number, part in enumerate(parts) for file in part.files}
    mine: list[list[Finding]] = [[] for _ in parts]
    for finding in _own_findings(base, raw, needed, skipped, begin):
        file = finding.place.file if finding.place and finding.place.file in whose else writer.get(finding.focus, "")
        mine[whose.get(file, 0)].append(finding)
    return [(scan, tuple(own)) for scan, own in zip(scans, mine, strict=True)]


def _judged(
    base: _Shared, parts: Sequence[Part], needed: Sequence[Source], skipped: frozenset[str], begin: Begin
) -> list[tuple[Finding, ...]]:
    """The findings of some parts together, one tuple for all; ``needed`` are registry files that they refer to."""
    raw = parse([file for part in parts for file in part.files])
    return [tuple(_own_findings(base, raw, needed, skipped, begin))]


def _own_findings(
    base: _Shared, raw: Dataset, needed: Sequence[Source], skipped: frozenset[str], begin: Begin
) -> list[Finding]:
    """What is found in hand-written data by everything that needs no other part."""
    others = parse(needed)
    quads = [*base.ontology.quads, *_reached((base.data, others), raw), *raw.quads]
    known = base.merged(base.data.blocks, others.blocks)
    both = {name: known[name] for name in known.keys() & raw.blocks.keys()}
    written = base.merged(both, raw.blocks)
    whole = Dataset(tuple(dict.fromkeys(quads)), {**known, **written}, raw.sources)
    found = [*handwritten(replace(whole, blocks=raw.blocks)), *evidence.times(replace(whole, quads=raw.quads))]

    def wanted(rule: Rule) -> bool:
        return not rule.across and rule.name not in skipped

    own = {*raw.blocks, *raw.graphs, DEFAULT_GRAPH}
    found += [f for f in checks.apply(derive(whole), base.shapes, wanted=wanted, begin=begin) if f.focus in own]
    begin("")
    return found


def _reached(known: Sequence[Dataset], raw: Dataset) -> list[ox.Quad]:
    """What other files say in our own voice of all that ``raw`` writes or refers to, and of what that refers to."""
    names = {text_of(term) for quad in raw.quads for term in (quad.subject, quad.object)}
    seen: set[str] = set()
    found: list[ox.Quad] = []
    while names:
        name = names.pop()
        if name in seen:
            continue
        seen.add(name)
        for dataset in known:
            for quad in dataset.about(name):
                if isinstance(quad.graph_name, ox.DefaultGraph):
                    found.append(quad)
                    names.add(text_of(quad.object))
    return found


def _scanned(base: _Shared, part: Part) -> Scan:
    raw = parse(part.files)
    described = style.described(raw)
    files = {file.name for file in part.files if not file.trig}
    registry = [name for name in described if any(block.place.file in files for block in raw.blocks[name])]
    refers = {
        quad.object.value
        for quad in raw.quads
        if isinstance(quad.object, ox.NamedNode)
        and quad.object.value.startswith(BASE)
        and (part.slug or quad.predicate == node("oa:hasSource"))  # of the shared files, only anchors are looked into
    }
    strange, layout = style.scan(raw, described | base.described)
    return Scan(
        tuple(layout),
        tuple(sorted(described)),
        tuple(sorted(registry)) if part.slug else (),
        tuple(sorted(raw.graphs)),
        tuple(sorted(refers - described - base.described)),
        tuple(strange),
        {name: _selected(base, raw, names) for name, names in base.across.items()} if part.slug else {},
    )


def _selected(base: _Shared, raw: Dataset, names: frozenset[str]) -> str:
    """The statements with a property, or of a class, that is named; a class with its subclasses."""
    classes = _narrower(base, names)
    kept = [
        quad
        for quad in raw.quads
        if (text_of(quad.object) in classes if quad.predicate == RDF_TYPE else quad.predicate.value in names)
    ]
    return (ox.serialize(kept, format=ox.RdfFormat.N_QUADS) or b"").decode()


def _narrower(base: _Shared, names: frozenset[str]) -> set[str]:
    found, todo = set(names), list(names)
    while todo:
        for name in base.ontology.subjects("rdfs:subClassOf", todo.pop()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


# all parts


def _across(
    base: _Shared,
    parts: Sequence[Part],
    needed: Sequence[Source],
    skipped: frozenset[str],
    begin: Begin,
    *,
    name: str,
    told: str,
) -> list[tuple[Finding, ...]]:
    """What the rules across articles on one class find in the statements ``told`` of all parts; without places."""
    quads = list(ox.parse(told.encode(), format=ox.RdfFormat.N_QUADS))
    members = (*quads, *base.data.quads)
    if name != iri("rdfs:Resource") and not any(
        quad.predicate == RDF_TYPE and text_of(quad.object) == name for quad in members
    ):
        return [()]
    dataset = derive(Dataset(tuple(dict.fromkeys([*base.ontology.quads, *members])), {}))

    def wanted(rule: Rule) -> bool:
        return name in rule.across and rule.name not in skipped

    found = checks.apply(dataset, base.shapes, wanted=wanted, begin=begin)
    begin("")
    return [tuple(found)]


def _placed(
    base: _Shared, parts: Sequence[Part], scans: Mapping[str, Scan], found: Sequence[Finding]
) -> Iterator[Finding]:
    """Findings at their places in the files of the parts that write what they are on, or in the shared files."""
    foci = {finding.focus for finding in found}
    writers: dict[str, list[Part]] = {}
    for part in parts if foci else ():
        for name in foci.intersection((*scans[part.slug].described, *scans[part.slug].graphs)):
            writers.setdefault(name, []).append(part)
    reader = cache(_blocks)
    for finding in found:
        own = base.merged(base.data.blocks, *(reader(part) for part in writers.get(finding.focus, ())))
        place = checks.place_of(Dataset((), own), finding.focus, finding.path)
        yield replace(finding, place=place or finding.place)


def _blocks(part: Part) -> dict[str, tuple[Block, ...]]:
    found: dict[str, tuple[Block, ...]] = {}
    for file in part.files:
        for subject, block in blocks(file):
            found[subject] = (*found.get(subject, ()), block)
    return found


def _tangled(parts: Sequence[Part], scans: Mapping[str, Scan]) -> list[list[Part]]:
    """Groups of parts that write the same thing, or refer to what stands in each other's articles."""
    writer: dict[str, str] = {}
    joined: dict[str, str] = {}

    def root(slug: str) -> str:
        while slug in joined:
            slug = joined[slug]
        return slug

    def join(one: str, other: str) -> None:
        if root(one) != root(other):
            joined[root(one)] = root(other)

    for part in parts:
        for name in (*scans[part.slug].described, *scans[part.slug].graphs):
            join(writer.setdefault(name, part.slug), part.slug)
    listed = {name for part in parts for name in scans[part.slug].registry}
    for part in parts:
        for name in scans[part.slug].refers:
            if name in writer and name not in listed:
                join(writer[name], part.slug)
    groups: dict[str, list[Part]] = {}
    for part in parts:
        groups.setdefault(root(part.slug), []).append(part)
    return [group for group in groups.values() if len(group) > 1]


def _needs(parts: Sequence[Part], scans: Mapping[str, Scan]) -> dict[str, tuple[Source, ...]]:
    """The registry files of other parts that a part refers to, and those that these refer to."""
    owner = {name: part.slug for part in parts for name in scans[part.slug].registry}
    files = {part.slug: tuple(file for file in part.files if not file.trig) for part in parts}
    found: dict[str, tuple[Source, ...]] = {}
    for part in parts:
        reached: set[str] = set()
        todo = [part.slug]
        while todo:
            for name in scans[todo.pop()].refers:
                slug = owner.get(name)
                if slug is not None and slug not in reached and slug != part.slug:
                    reached.add(slug)
                    todo.append(slug)
        if reached:
            found[part.slug] = tuple(file for slug in sorted(reached) for file in files[slug])
    wanted = set(scans[""].refers)
    shared = [file for part in parts if wanted.intersection(scans[part.slug].described) for file in part.files]
    return {**found, "": tuple(shared)} if shared else found


def _finish(base: _Shared, scans: Mapping[str, Scan], findings: Sequence[Finding]) -> list[Finding]:
    """All findings with the names that nothing describes, in the order of the files, each once."""
    strange = [one for scan in scans.values() for one in scan.strange]
    wanted = {one.iri for one in strange}
    told = {name for scan in scans.values() for name in wanted.intersection(scan.described)}
    strange = [one for one in strange if one.iri not in told]
    known: frozenset[str] = frozenset()
    if strange:
        known = base.described.union(*(scan.described for scan in scans.values()))
    judged = style.judge(strange, sorted(set(findings), key=lambda f: f.sort_key), known)
    layout = [finding for scan in scans.values() for finding in scan.layout]
    return sorted({*judged, *layout}, key=lambda finding: finding.sort_key)


# processes


def _batches(parts: Sequence[Part], jobs: int) -> list[list[Part]]:
    """Parts in batches that keep all processes busy."""
    size = max(1, min(BATCH, -(-len(parts) // max(1, jobs))))
    return [list(parts[at : at + size]) for at in range(0, len(parts), size)]


def _work(
    run: _Run, batches: Sequence[tuple[Sequence[Part], Sequence[Source]]], job: Callable[..., list[Any]]
) -> Iterator[tuple[Sequence[Part], list[Any], bool]]:
    """What ``job`` gives for each batch, from several processes at once, and whether all rules were applied to it.

    A rule that does not end in time is told as broken, and its batch is done again without it.
    """
    waiting = [(parts, needed, frozenset[str]()) for parts, needed in reversed(batches)]
    running: list[_Task] = []
    try:
        while waiting or running:
            while waiting and len(running) < max(1, run.jobs):
                parts, needed, skipped = waiting.pop()
                running.append(_Task(partial(job, run.base, parts, needed, skipped), (parts, needed, skipped)))
            for task in _ready(running, run.deadline):
                running.remove(task)
                parts, needed, skipped = task.about
                if task.late is None:
                    yield parts, task.result(), not skipped
                    continue
                run.broken.extend(
                    checks.stopped(rule, run.deadline) for rule in run.base.rules if rule.name == task.late
                )
                waiting.append((parts, needed, skipped | {task.late}))
    finally:
        for task in running:
            task.stop()


class _Task:
    """A job in a process of its own, which can be stopped; where there is no fork, in this one."""

    def __init__(self, job: Callable[[Begin], Any], about: Any) -> None:
        self.about = about
        self.late: str | None = None
        self.rule = ""
        self.since = time.monotonic()
        self._answer: Any = None
        self.pipe: Connection | None = None
        if "fork" not in multiprocessing.get_all_start_methods():
            self._answer = ("done", job(lambda rule: None))
            return
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(job, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def listen(self) -> bool:
        """Takes what the process sent; whether it is done."""
        if self.pipe is None:
            return True
        try:
            while self.pipe.poll():
                kind, what = self.pipe.recv()
                if kind == "rule":
                    self.rule, self.since = what, time.monotonic()
                else:
                    self._answer = (kind, what)
                    self.stop()
                    return True
        except EOFError:
            self._answer = ("error", TestimoniaError(f"the check was stopped from outside, at the rule {self.rule}"))
            self.stop()
            return True
        return False

    def stop(self) -> None:
        if self.pipe is not None:
            self._process.kill()
            self._process.join()
            self.pipe.close()
            self.pipe = None

    def result(self) -> Any:
        kind, what = self._answer
        if kind == "error":
            raise what
        return what


def _run(job: Callable[[Begin], Any], pipe: Connection) -> None:
    try:
        pipe.send(("done", job(lambda rule: pipe.send(("rule", rule)))))
    except Exception as error:
        pipe.send(("error", error))
    pipe.close()


def _ready(tasks: Sequence[_Task], deadline: float) -> list[_Task]:
    """Waits until some tasks are done or over time; these."""
    while True:
        done = [task for task in tasks if task.listen()]
        now = time.monotonic()
        for task in tasks:
            if task not in done and task.rule and now - task.since > deadline:
                task.late = task.rule
                task.stop()
                done.append(task)
        if done:
            return done
        wait([task.pipe for task in tasks if task.pipe is not None], timeout=0.5)


# memory


@cache
def code() -> str:
    """A hash of the code that checks, so that results of another version are not believed."""
    digest = hashlib.sha256(kb.__version__.encode())
    for name in ("edtf", "pyoxigraph", "pyshacl", "rdflib"):
        digest.update(version(name).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _key(files: Iterable[Source], *more: str) -> str:
    digest = hashlib.sha256("\0".join(more).encode())
    for file in files:
        digest.update(f"\0{Path(file.name).name}\0{len(file.text)}\0".encode())
        digest.update(file.text.encode())
    return digest.hexdigest()


class _Memory:
    """Results on disk, one file each, named by what they depend on."""

    def __init__(self, folder: Path | None, common: str) -> None:
        self._folder = folder
        self._common = common
        self.grown = False
        """Whether something was written that was not there."""

    def scan(self, part: Part) -> Scan | None:
        """What was found out of a part, if its files are still the same."""
        found = self._load(_key(part.files, self._common, "scan"), part.files, _read_scan)
        return found if isinstance(found, Scan) else None

    def save_scan(self, part: Part, scan: Scan) -> None:
        """Remembers a scan."""
        self._save(_key(part.files, self._common, "scan"), part.files, scan.layout, partial(_scan_json, scan))

    def load(self, part: Part, needed: Sequence[Source]) -> tuple[Finding, ...] | None:
        """The findings of a part, if its files and the ``needed`` registry files are still the same."""
        found = self._load(_key((*part.files, *needed), self._common, "findings"), part.files, _read_findings)
        return found if isinstance(found, tuple) else None

    def save(self, part: Part, needed: Sequence[Source], found: tuple[Finding, ...]) -> None:
        """Remembers findings."""
        key = _key((*part.files, *needed), self._common, "findings")
        self._save(key, part.files, found, lambda names: [_finding_json(one, names) for one in found])

    def forget(self, *, days: int) -> None:
        """Removes what nobody asked for in so many days."""
        for path in self._folder.glob("*/*.json") if self._folder is not None else ():
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - days * 86_400:
                    path.unlink()

    def _load(self, key: str, files: Sequence[Source], read: Callable[[Any, Sequence[str]], object]) -> object:
        if self._folder is None:
            return None
        path = self._folder / key[:2] / f"{key[2:]}.json"
        try:
            found = read(json.loads(path.read_bytes()), [file.name for file in files])
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            return None  # not there, or not whole: then it is made again
        return found

    def _save(
        self,
        key: str,
        files: Sequence[Source],
        findings: Iterable[Finding],
        written: Callable[[Mapping[str, int]], object],
    ) -> None:
        names = {file.name: number for number, file in enumerate(files)}
        if self._folder is None or any(f.place is not None and f.place.file not in names for f in findings):
            return  # a finding on a rule does not belong to this part
        path = self._folder / key[:2] / f"{key[2:]}.json"
        aside = path.with_name(f".{path.name}-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps(written(names), ensure_ascii=False), encoding="utf-8")
            os.replace(aside, path)
            self.grown = True
        except OSError:
            return  # nothing is lost but time


def _place_json(found: Place | None, names: Mapping[str, int]) -> list[int] | None:
    return None if found is None else [names[found.file], found.line, found.end]


def _place(value: Sequence[int], names: Sequence[str]) -> Place:
    return Place(names[value[0]], value[1], value[2])


def _finding_json(found: Finding, names: Mapping[str, int]) -> dict[str, object]:
    return {**asdict(found), "severity": int(found.severity), "place": _place_json(found.place, names)}


def _read_findings(value: Sequence[Mapping[str, Any]], names: Sequence[str]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            **{
                **one,
                "severity": Severity(one["severity"]),
                "place": None if one["place"] is None else _place(one["place"], names),
            }
        )
        for one in value
    )


def _scan_json(scan: Scan, names: Mapping[str, int]) -> dict[str, object]:
    return {
        "layout": [_finding_json(one, names) for one in scan.layout],
        "described": scan.described,
        "registry": scan.registry,
        "graphs": scan.graphs,
        "refers": scan.refers,
        "strange": [[one.iri, one.term, _place_json(one.place, names), one.subjects] for one in scan.strange],
        "across": dict(scan.across),
    }


def _read_scan(value: Mapping[str, Any], names: Sequence[str]) -> Scan:
    return Scan(
        _read_findings(value["layout"], names),
        tuple(value["described"]),
        tuple(value["registry"]),
        tuple(value["graphs"]),
        tuple(value["refers"]),
        tuple(Unknown(name, term, _place(at, names), tuple(subjects)) for name, term, at, subjects in value["strange"]),
        value["across"],
    )
