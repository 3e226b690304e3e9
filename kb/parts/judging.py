"""The rules applied to parts; the validator is loaded only where a rule must be applied again."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kb import evidence, timechecks
from kb.dataset import RDF_TYPE, Dataset, statements, text_of
from kb.derive import derive, handwritten
from kb.model import Finding, Source
from kb.namespaces import DEFAULT_GRAPH, iri
from kb.parts.linking import around
from kb.parts.model import Judgement, Part, Seen, Shared
from kb.rules import Rule
from kb.work import Begin


def judge(
    shared: Shared,
    parts: Sequence[Part],
    needed: Sequence[Source],
    before: Mapping[str, Seen],
    *,
    skipped: frozenset[str],
    begin: Begin,
) -> list[Judgement]:
    """What all rules for one part find in each of some parts, without places.

    ``needed`` are registry files that they refer to; ``before`` is what the rules saw and found in a single part the
    last time: a rule that sees the same now is not applied.
    """
    whose: dict[str, int] = {}
    apart = []
    for number, part in enumerate(parts):
        quads = statements(part.files)
        apart.append(quads)
        for quad in quads:
            whose.setdefault(text_of(quad.subject), number)
            if isinstance(quad.graph_name, ox.NamedNode):
                whose.setdefault(quad.graph_name.value, number)
    mine: list[list[Finding]] = [[] for _ in parts]
    found, seen = _found(shared, [quad for quads in apart for quad in quads], needed, before, skipped, begin)
    for finding in found:
        mine[whose.get(finding.focus, 0)].append(finding)
    return [Judgement(tuple(own), seen if len(parts) == 1 else {}) for own in mine]


def across(shared: Shared, name: str, told: str, *, skipped: frozenset[str], begin: Begin) -> tuple[Finding, ...]:
    """What the rules across articles on one class find in the statements ``told`` of all parts, without places."""
    quads = list(ox.parse(told.encode(), format=ox.RdfFormat.N_QUADS))
    members = (*quads, *shared.data.quads)
    if name != iri("rdfs:Resource") and not any(
        quad.predicate == RDF_TYPE and text_of(quad.object) == name for quad in members
    ):
        return ()
    dataset = derive(Dataset(tuple(dict.fromkeys([*shared.ontology.quads, *members])), {}))
    wanted = [rule for rule in shared.rules if name in rule.across and rule.name not in skipped]
    found = _applied(dataset, shared, wanted, begin)
    return tuple(finding for findings in found.values() for finding in findings)


def _found(
    shared: Shared,
    raw: Sequence[ox.Quad],
    needed: Sequence[Source],
    before: Mapping[str, Seen],
    skipped: frozenset[str],
    begin: Begin,
) -> tuple[list[Finding], dict[str, Seen]]:
    """What is found in hand-written statements by everything that needs no other part, and what each rule saw."""
    others = Dataset(statements(needed), {})
    named = {text_of(term) for quad in raw for term in (quad.subject, quad.object)}
    quads = (*shared.ontology.quads, *around((shared.data, others), named), *raw)
    whole = Dataset(tuple(dict.fromkeys(quads)), {})
    own = {text_of(quad.subject) for quad in raw if isinstance(quad.subject, ox.NamedNode)}
    own |= {quad.graph_name.value for quad in raw if isinstance(quad.graph_name, ox.NamedNode)} | {DEFAULT_GRAPH}
    found = [finding for finding in handwritten(whole) if finding.focus in own]
    found += evidence.times(written := Dataset(tuple(raw), {}))
    found += timechecks.disagreements(written)
    derived = derive(whole)
    wanted = [rule for rule in shared.rules if not rule.across and rule.name not in skipped]
    ontology = frozenset(shared.ontology.quads)
    contents = _contents((quad for quad in derived.quads if quad not in ontology), wanted)
    kept = {
        rule.name: before[rule.name]
        for rule in wanted
        if rule.name in before and before[rule.name].content == contents[rule.name]
    }
    todo = [rule for rule in wanted if rule.name not in kept]
    told = _applied(derived, shared, todo, begin)
    seen = kept | {
        name: Seen(contents.get(name, ""), tuple(one for one in findings if one.focus in own))
        for name, findings in told.items()
    }
    return found + [finding for one in seen.values() for finding in one.findings], seen


def _applied(dataset: Dataset, shared: Shared, wanted: Sequence[Rule], begin: Begin) -> dict[str, list[Finding]]:
    if not wanted:
        return {}
    from kb import checks

    found = checks.apply(dataset, shared.shapes, wanted, begin=begin)
    begin("")
    return found


def _contents(quads: Iterable[ox.Quad], rules: Iterable[Rule]) -> dict[str, str]:
    """A hash of the statements that each rule can see, in whatever order they stand."""
    along: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        along.setdefault(quad.predicate.value, []).append(quad)
    hashes = {}
    for name, found in sorted(along.items()):
        lines = (ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b"").splitlines()
        hashes[name] = hashlib.sha256(b"\n".join(sorted(lines))).digest()
    return {
        rule.name: hashlib.sha256(
            b"".join(digest for name, digest in hashes.items() if rule.sees is None or name in rule.sees)
        ).hexdigest()
        for rule in rules
    }
