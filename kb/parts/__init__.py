"""Checking part by part: what changed is checked again, the rest is remembered, and several processes share the work.

A part is one article: its file and the registry file of the same name. Most rules need one article and what it refers
to in the shared files; they are applied to each part, with as much of the shared registry as it reaches. The rules that
shapes mark with ``t:acrossArticles`` join what several articles say; they are applied once, to the few statements of
all parts that they name. Parts that describe the same thing, or refer to each other's things, are checked together.
``kb.build.findings`` applies all rules to everything at once and is the reference: the findings are the same.

What was found is kept under hashes of what it depends on: what others need to know of a part and what its layout shows
under that of its text, what the rules find under that of its statements, and rule by rule under that of the statements
that the rule can see. Lines are put to findings at the end.

model       the nouns
linking     what parts tell of each other
looking     what the text of a part shows
judging     the rules applied, with the validator
memory      what is kept
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from kb import rules, style
from kb.dataset import Dataset
from kb.model import Block, Finding, Source
from kb.parts.linking import links, needs, tangled
from kb.parts.looking import looks
from kb.parts.memory import Memory, hash_of
from kb.parts.model import Blocks, Job, Judgement, Links, Look, Part, Seen, Shared, blocks_of
from kb.rules import Places, Rule
from kb.sources import folder_of
from kb.work import ONE, Begin, Late, Workers
from kb.work.versions import code

DEADLINE: Final = 60.0
"""Seconds for one rule on one batch; a rule that takes longer is reported as broken."""
BATCH: Final = 8
"""Parts that are checked together, so that what is the same for all is done once."""


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


def known_rules(shapes: Sequence[Source], memory: Path | None = None) -> tuple[Rule, ...]:
    """Every rule in the shapes files, by name; from ``memory`` where they have not changed.

    SourceError where a file is not valid Turtle.
    """
    return _rules(shapes, Memory(memory, code()))[0]


def check(
    files: Sequence[Source],
    shapes: Sequence[Source],
    *,
    hands: Workers = ONE,
    memory: Path | None = None,
    deadline: float = DEADLINE,
) -> list[Finding]:
    """What ``kb.build.findings`` finds in ``files``, the ontology's among them, in the order of the files.

    ``hands`` do the work; ``memory`` is the folder where results are kept, None keeps none. SourceError for a file that
    no parser takes.
    """
    shared_files, parts = split(files)
    found, faults = _rules(shapes, Memory(memory, code()))
    shared = Shared(tuple(shared_files), tuple(shapes), found)
    order = {file.name: number for number, file in enumerate(files)}
    kept = Memory(memory, f"{code()} {hash_of((*shared_files, *shapes))}")
    run = _Run(shared, {part.slug: part for part in (Part("", shared.files), *parts)}, kept, hands, deadline, order)
    _link(run)
    _examine(run)
    findings = [*_placed(run), *faults, *run.broken, *_nothing(run)]
    if run.memory.grown:
        run.memory.forget(days=30)
    return _finish(run, findings)


@dataclass(frozen=True)
class _Run:
    """One check: what all see, the parts, where results are kept, and what is found out as it goes on."""

    shared: Shared
    parts: Mapping[str, Part]
    memory: Memory
    hands: Workers
    deadline: float
    order: Mapping[str, int]
    """The place of each file among all, by its name: what stands in several files is told at the first."""
    links: dict[str, Links] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    judged: list[tuple[tuple[Part, ...], tuple[Finding, ...]]] = field(default_factory=list)
    """Findings without places, with the parts that they were found in; without parts those across articles."""
    broken: list[Finding] = field(default_factory=list)
    """Rules that did not end."""

    def work(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        """What each job gives, in the order in which they end.

        A rule that does not end in time is told in ``broken``, and its job is done again without it.
        """
        waiting = list(jobs)
        while waiting:
            again = []
            for job, told in self.hands.each(
                _done, waiting, common=self.shared, name=Job.names, deadline=self.deadline
            ):
                if isinstance(told, Late):
                    self.broken.extend(
                        rules.stopped(rule, self.deadline) for rule in self.shared.rules if rule.name == told.step
                    )
                    again.append(replace(job, skipped=job.skipped | {told.step}))
                else:
                    yield job, told
            waiting = again

    def batches(self, parts: Sequence[Part]) -> list[list[Part]]:
        """Parts in batches that keep all processes busy; the shared files by themselves."""
        apart = [[part] for part in parts if not part.slug]
        rest = [part for part in parts if part.slug]
        size = max(1, min(BATCH, -(-len(rest) // self.hands.size)))
        return apart + [rest[at : at + size] for at in range(0, len(rest), size)]


def _rules(shapes: Sequence[Source], memory: Memory) -> tuple[tuple[Rule, ...], tuple[Finding, ...]]:
    """The rules in the shapes files, and what is wrong with these."""
    found = memory.rules(shapes)
    if found is None:
        from kb import checks

        found = tuple(rules.rules(shapes)), checks.faults(shapes)
        memory.save_rules(shapes, *found)
    return found


def _link(run: _Run) -> None:
    """Finds out what parts tell of each other; a few at once in this process."""
    todo = []
    for slug, part in run.parts.items():
        known = run.memory.links(part)
        if known is None:
            todo.append(part)
        else:
            run.links[slug] = known
    if len(todo) <= 2 * run.hands.size:
        found = {part.slug: links(run.shared, part) for part in todo}
    else:
        found = {}
        for job, told in run.work([Job(partial(_links, parts=batch), batch, "links") for batch in run.batches(todo)]):
            found |= {part.slug: one for part, one in zip(job.parts, told, strict=True)}
    for part in todo:
        run.memory.save_links(part, found[part.slug])
    run.links.update(found)


def _examine(run: _Run) -> None:
    """Looks at each part and applies all rules, as far as what they find is not remembered."""
    jobs = [*_judging(run), *_looking(run), *_joining(run)]
    if len(jobs) > 2 * run.hands.size:
        from kb import checks  # noqa: F401  loaded here once, and not in each process
    for job, told in run.work(jobs):
        keys = [] if job.skipped else job.keys
        if job.kind == "looks":
            for part, look in zip(job.parts, told, strict=True):
                run.looks[part.slug] = look
                run.memory.save_look(part, look)
        elif job.kind == "across":
            run.judged.append(((), told))
            for key in keys:
                run.memory.save_findings(key, told)
        elif job.kind == "group":
            run.judged.append((tuple(job.parts), tuple(finding for one in told for finding in one.findings)))
        else:
            run.judged.extend(((part,), one.findings) for part, one in zip(job.parts, told, strict=True))
            for part, one, key in zip(job.parts, told, keys, strict=False):
                run.memory.save_findings(key, one.findings)
                if one.rules:
                    run.memory.save_seen(part, one)


def _judging(run: _Run) -> list[Job]:
    """What is to be applied of the rules for one part; what is remembered goes to the run."""
    parts = [part for part in run.parts.values() if part.slug]
    groups, wants = tangled(parts, run.links), needs(parts, run.links)
    apart = {part.slug for group in groups for part in group}
    contents = {
        file.name: content
        for part in run.parts.values()
        for file, content in zip(part.files, run.links[part.slug].contents, strict=True)
    }
    todo: list[Part] = []
    jobs: list[Job] = []
    keys: dict[str, tuple[str, ...]] = {}
    for slug, part in run.parts.items():
        if slug in apart:
            continue
        needed = wants.get(slug, ())
        keys[slug] = (slug, *(contents[file.name] for file in (*part.files, *needed)))
        known = run.memory.findings(keys[slug])
        if known is not None:
            run.judged.append(((part,), known))
        elif needed or not slug:
            jobs.append(_judging_of(run, [part], needed, [keys[slug]]))
        else:
            todo.append(part)
    for group in groups:
        needed = tuple(dict.fromkeys(file for part in group for file in wants.get(part.slug, ())))
        jobs.append(_judging_of(run, group, needed, [], kind="group"))
    batches = [_judging_of(run, batch, (), [keys[part.slug] for part in batch]) for batch in run.batches(todo)]
    return sorted([*batches, *jobs], key=lambda job: not any(part.slug for part in job.parts))


def _judging_of(
    run: _Run, parts: Sequence[Part], needed: Sequence[Source], keys: Sequence[Sequence[str]], *, kind: str = "parts"
) -> Job:
    before = run.memory.seen(parts[0]) if len(parts) == 1 else {}
    return Job(partial(_judged, parts=parts, needed=needed, before=before), parts, kind, keys)


def _looking(run: _Run) -> list[Job]:
    """What of the layout is to be looked at; what is remembered goes to the run."""
    todo = []
    for slug, part in run.parts.items():
        known = run.memory.look(part)
        if known is None:
            todo.append(part)
        else:
            run.looks[slug] = known
    batches = run.batches(todo)
    return [
        Job(partial(_looked, parts=batch, described=[run.links[part.slug].described for part in batch]), batch, "looks")
        for batch in batches
    ]


def _joining(run: _Run) -> list[Job]:
    """What is to be applied of the rules across articles, class by class; what is remembered goes to the run."""
    jobs = []
    for name in sorted(run.shared.across):
        told = "".join(run.links[slug].across[name] for slug in run.parts if slug)
        key = (name, hashlib.sha256(told.encode()).hexdigest())
        known = run.memory.findings(key)
        if known is None:
            jobs.append(Job(partial(_joined, name=name, told=told), (), "across", [key]))
        else:
            run.judged.append(((), known))
    return jobs


def _done(shared: Shared, job: Job, begin: Begin) -> Any:
    return job.work(shared, job.skipped, begin)


def _links(shared: Shared, skipped: frozenset[str], begin: Begin, *, parts: Sequence[Part]) -> list[Links]:
    return [links(shared, part) for part in parts]


def _looked(
    shared: Shared, skipped: frozenset[str], begin: Begin, *, parts: Sequence[Part], described: Sequence[Sequence[str]]
) -> list[Look]:
    return looks(shared, parts, described)


def _judged(
    shared: Shared,
    skipped: frozenset[str],
    begin: Begin,
    *,
    parts: Sequence[Part],
    needed: Sequence[Source],
    before: Mapping[str, Seen],
) -> list[Judgement]:
    from kb.parts import judging

    return judging.judge(shared, parts, needed, before, skipped=skipped, begin=begin)


def _joined(shared: Shared, skipped: frozenset[str], begin: Begin, *, name: str, told: str) -> tuple[Finding, ...]:
    from kb.parts import judging

    return judging.across(shared, name, told, skipped=skipped, begin=begin)


def _nothing(run: _Run) -> list[Finding]:
    """A violation where no part describes anything and the shared files have nothing to look at."""
    if any(links.described for slug, links in run.links.items() if slug):
        return []
    return rules.nothing(run.shared.data, run.shared.rules)


def _placed(run: _Run) -> Iterator[Finding]:
    """All findings at their places: in the shared files, the parts they were found in, and those that tell of them."""
    foci = {finding.focus for _, findings in run.judged for finding in findings}
    names = frozenset(name for focus in foci for name in (focus, focus.partition("#")[0]))
    writers: dict[str, list[Part]] = {}
    for slug, part in run.parts.items() if names else ():
        for name in names.intersection((*run.links[slug].described, *run.links[slug].graphs)):
            writers.setdefault(name, []).append(part)
    blocks = cache(lambda part: _blocks(run, part, names))
    for parts, findings in run.judged:
        for finding in findings:
            own = dict.fromkeys((run.parts[""], *parts, *writers.get(finding.focus, ())))
            yield finding if finding.place else _at_its_place(run, finding, [blocks(part) for part in own])


def _at_its_place(run: _Run, finding: Finding, several: Sequence[Blocks]) -> Finding:
    """A finding with its place in the blocks of several parts, as if these were one dataset."""
    found: dict[str, list[Block]] = {}
    for blocks in several:
        for name in dict.fromkeys((finding.focus, finding.focus.partition("#")[0])):
            for subject, block in blocks.get(name, ()):
                if block not in (known := found.setdefault(subject, [])):
                    known.append(block)
    for known in found.values():
        known.sort(key=lambda block: (run.order[block.place.file], block.place.line))
    dataset = Dataset((), {subject: tuple(known) for subject, known in found.items()})
    if finding.component is None:
        return replace(finding, place=dataset.place(finding.focus, finding.path))
    inside = any(rule.inside for rule in run.shared.rules if rule.name == finding.rule)
    return replace(finding, place=Places(dataset).find(finding.focus, finding.path, inside=inside))


def _blocks(run: _Run, part: Part, names: frozenset[str]) -> Blocks:
    """The blocks of some names in a part, which is looked at again where that is not remembered."""
    lines = run.looks[part.slug].lines
    if not lines and (known := run.memory.blocks(part, names)) is not None:
        return known
    if not lines:
        (lines,) = (look.lines for look in looks(run.shared, [part], [run.links[part.slug].described]))
    return blocks_of(part, json.loads(lines), names)


def _finish(run: _Run, findings: Sequence[Finding]) -> list[Finding]:
    """All findings with the names that nothing describes, in the order of the files, each once."""
    strange = [one for look in run.looks.values() for one in look.strange]
    wanted = {one.iri for one in strange}
    told = {name for links in run.links.values() for name in wanted.intersection(links.described)}
    strange = [one for one in strange if one.iri not in told]
    known: frozenset[str] = frozenset()
    if strange:
        known = run.shared.described.union(*(links.described for links in run.links.values()))
    judged = style.judge(strange, sorted(set(findings), key=lambda f: f.sort_key), known)
    layout = [finding for look in run.looks.values() for finding in look.layout]
    return sorted({*judged, *layout}, key=lambda finding: finding.sort_key)
