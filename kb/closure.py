"""Conclusions from what claims say, each kept inside the voices that it rests on, and contradictions among them.

Conclusions are drawn from realis claims, by each alone and by those of a perspective together, never across
perspectives. Only statements of properties marked ``t:keptConclusion`` are kept. An inferred graph holds what follows
from exactly one set of claims, and stands under every perspective that has them all; so each conclusion can be traced.

Claims that contradict the vocabulary together conclude nothing together, and one that contradicts it by itself
concludes nothing at all; both are told as a ``t:Contradiction``, and the build goes on.
"""

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyoxigraph as ox

from kb import forward, perspectives
from kb.dataset import RDF_TYPE, Dataset, node
from kb.errors import SourceError
from kb.forward import Alone, Contradiction, Rules, Support, Triple, alone, axioms, compile_rules, meeting
from kb.model import Place
from kb.namespaces import BASE, iri, shorten

_HOW = ox.Literal("Computed at build by OWL 2 RL rules from realis claims only; asserted by nobody.", language="en")


def close(dataset: Dataset) -> Dataset:
    """The dataset with what perspectives select, what follows inside them, and what contradicts itself there.

    What follows from the default graph alone stands in an inferred graph and in the default graph too.
    SourceError where the default graph contradicts the vocabulary, or where the ontology has an axiom that no rule is
    known for; what claims say against each other never stops a build.
    """
    with uncollected():
        return _closed(dataset)


def _closed(dataset: Dataset) -> Dataset:
    rules = rules_of(dataset)
    return dataset.with_quads(conclude(rules, kept_of(dataset), read(dataset, rules, dataset), dataset.place))


@dataclass(frozen=True)
class Stated:
    """What conclusions are drawn from: tables, which those of several articles can be put together from."""

    own: tuple[Triple, ...]
    """The statements of the default graph from which anything can follow."""
    said: Mapping[str, tuple[Triple, ...]]
    """The same of the content of each realis claim."""
    traits: Mapping[str, perspectives.Traits]
    """What perspectives can ask of each claim."""
    conditions: Mapping[str, perspectives.Traits]
    """What each perspective asks for."""


def read(dataset: Dataset, rules: Rules, part: Dataset) -> Stated:
    """What a part of a dataset, or all of it, gives to conclusions."""
    claims = part.instances("t:Claim")
    realis = [claim for claim in claims if dataset.value(claim, "t:realis") == "true"]
    return Stated(
        tuple(_used(part.default, rules)),
        {claim: tuple(_used(dataset.graphs.get(claim, ()), rules)) for claim in realis},
        perspectives.traits(dataset, claims),
        perspectives.conditions(part),
    )


def together(several: Iterable[Stated]) -> Stated:
    """What several parts of a dataset give that describe different things."""
    parts = tuple(several)
    return Stated(
        tuple(triple for part in parts for triple in part.own),
        {claim: said for part in parts for claim, said in part.said.items()},
        {claim: traits for part in parts for claim, traits in part.traits.items()},
        {name: conditions for part in parts for name, conditions in part.conditions.items()},
    )


def conclude(
    rules: Rules,
    kept: Iterable[str],
    stated: Stated,
    place: Callable[[str], Place | None],
) -> list[ox.Quad]:
    """What perspectives select, what follows inside them and from the default graph, and what contradicts itself.

    ``place`` tells where something is written, for the SourceError where the default graph contradicts the vocabulary.
    """
    background = alone(rules, {"": stated.own})
    if background.contradictions:
        found = background.contradictions[0]
        where = place(found.thing)
        raise SourceError(
            f"{shorten(found.thing)} contradicts the vocabulary: {found.words}",
            file=where.file if where else None,
            line=where.line if where else None,
        )
    conclusions = _own_conclusions(stated, background, kept)
    added = _graph(ox.NamedNode(f"{BASE}graph/inferred-default"), conclusions, (), ())
    added += [ox.Quad(*_terms(triple)) for triple in conclusions]
    selected = perspectives.select(stated.conditions, stated.traits)
    added += perspectives.quads(selected)
    chosen = {claim for claims in selected.values() for claim in claims}
    content = {claim: stated.said[claim] for claim in sorted(chosen) if claim in stated.said}
    return added + _inside(rules, kept, background, content, selected)


@contextmanager
def uncollected() -> Iterator[None]:
    """Lets Python look for no circles of garbage: what is made here has none, and is looked through again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def rules_of(dataset: Dataset) -> Rules:
    """The rules that the ontology in a dataset asks for; SourceError as for ``compile_rules``."""
    return compile_rules(axioms_of(dataset))


def axioms_of(dataset: Dataset) -> list[Triple]:
    """The few statements of the ontology that rules are made of."""
    return axioms(
        (q.subject.value, q.predicate.value, q.object.value)
        for q in dataset.default
        if not isinstance(q.object, ox.Literal | ox.Triple) and not isinstance(q.subject, ox.Triple)
    )


def kept_of(dataset: Dataset) -> frozenset[str]:
    """The properties whose conclusions are kept."""
    return frozenset(
        q.subject.value
        for q in dataset.default
        if q.predicate == node("t:keptConclusion") and isinstance(q.subject, ox.NamedNode)
    )


def asserted(dataset: Dataset, rules: Rules) -> list[Triple]:
    """The statements of the default graph from which anything can follow."""
    return _used(dataset.default, rules)


def said(dataset: Dataset, rules: Rules, selected: Mapping[str, Sequence[str]]) -> dict[str, list[Triple]]:
    """What the realis claims of perspectives say from which anything can follow."""
    claims = sorted({claim for chosen in selected.values() for claim in chosen})
    return {
        claim: _used(dataset.graphs.get(claim, ()), rules)
        for claim in claims
        if dataset.value(claim, "t:realis") == "true"
    }


def _used(quads: Iterable[ox.Quad], rules: Rules) -> list[Triple]:
    found, same = [], {name: name for name in (*rules.relations, RDF_TYPE.value)}
    for quad in quads:
        predicate, term = quad.predicate.value, quad.object
        if not isinstance(term, ox.NamedNode):
            continue
        name = f"a {term.value}" if predicate == RDF_TYPE.value else predicate
        if name in rules.relations and isinstance(quad.subject, ox.NamedNode):
            found.append((quad.subject.value, same[predicate], term.value))  # one string for each property
    return found


def _own_conclusions(stated: Stated, background: Alone, kept: Iterable[str]) -> list[Triple]:
    """What follows from the default graph; nobody relays a claim of their own."""
    relayed = iri("t:relayedBy")
    return sorted(
        (s, name, o)
        for name in kept
        for s, o, _ in background.concluded(name)
        if name != relayed or o not in stated.traits.get(s, {}).get("t:selectsHolder", ())
    )


def _inside(
    rules: Rules,
    kept: Iterable[str],
    background: Alone,
    content: Mapping[str, Sequence[Triple]],
    selected: Mapping[str, Sequence[str]],
) -> list[ox.Quad]:
    """The inferred graphs of perspectives, and the contradictions in them."""
    by_itself = alone(rules, content, background)
    against_itself = {contradiction.support[0] for contradiction in by_itself.contradictions}
    found: dict[Support, set[Triple]] = {}
    for name in kept:
        for s, o, claim in by_itself.concluded(name):
            if claim not in against_itself:
                found.setdefault((claim,), set()).add((s, name, o))
    sound = {
        perspective: [claim for claim in claims if claim in content and claim not in against_itself]
        for perspective, claims in selected.items()
    }
    under: dict[Support, list[str]] = {}
    told: dict[Contradiction, list[str]] = {clash: [] for clash in by_itself.contradictions}
    for perspective, claims in selected.items():
        for claim in sound[perspective]:
            if (claim,) in found:
                under.setdefault((claim,), []).append(perspective)
        for clash in told:
            if clash.support[0] in claims:
                told[clash].append(perspective)
    met = meeting(rules, by_itself, background)
    if met.by_claim:
        together_in: dict[str, frozenset[str]] = {}
        for perspective, claims in sound.items():
            conclusions, clashes, left = forward.together(rules, met, claims)
            together_in[perspective] = frozenset(left)
            for triple, support in conclusions.items():
                if triple[1] in kept:
                    found.setdefault(support, set()).add(triple)
            for clash in clashes:
                told.setdefault(clash, []).append(perspective)
        for support in found:
            if len(support) > 1:
                under[support] = [name for name, claims in together_in.items() if claims.issuperset(support)]
    added = [
        quad for support in sorted(found) for quad in _graph(_name(support), found[support], support, under[support])
    ]
    return added + [quad for clash, names in told.items() for quad in _contradiction(clash, names)]


def _name(support: Support) -> ox.NamedNode:
    """The name of the graph of what follows from some claims: after the claim where it is one."""
    if len(support) == 1:
        return ox.NamedNode(f"{BASE}graph/inferred-{support[0].rpartition('/')[2]}")
    return ox.NamedNode(f"{BASE}graph/inferred-{_hash(*support)}")


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _graph(
    graph: ox.NamedNode, conclusions: Iterable[Triple], sources: Iterable[str], under: Iterable[str]
) -> list[ox.Quad]:
    """The quads of one inferred graph, and what the default graph says of it."""
    about = [ox.Quad(graph, RDF_TYPE, node("t:InferredGraph")), ox.Quad(graph, node("dcterms:description"), _HOW)]
    about += [ox.Quad(graph, node("prov:wasDerivedFrom"), ox.NamedNode(source)) for source in sources]
    about += [ox.Quad(graph, node("t:underPerspective"), ox.NamedNode(name)) for name in under]
    return about + [ox.Quad(*_terms(triple), graph) for triple in sorted(conclusions)]


def _contradiction(clash: Contradiction, under: Iterable[str]) -> list[ox.Quad]:
    """What the default graph says of a contradiction: of whom it speaks are claims, and of no event."""
    name = ox.NamedNode(f"{BASE}contradiction/{_hash(clash.words, clash.thing, *clash.support)}")
    many = "These claims cannot all hold" if len(clash.support) > 1 else "This claim cannot hold"
    words = ox.Literal(f"{many}: they speak of {shorten(clash.thing)}, and {clash.words}.", language="en")
    if len(clash.support) == 1:
        words = ox.Literal(f"{many}: it speaks of {shorten(clash.thing)}, and {clash.words}.", language="en")
    return [
        ox.Quad(name, RDF_TYPE, node("t:Contradiction")),
        ox.Quad(name, node("dcterms:description"), words),
        *(ox.Quad(name, node("prov:wasDerivedFrom"), ox.NamedNode(claim)) for claim in clash.support),
        *(ox.Quad(name, node("t:axiomOn"), ox.NamedNode(term)) for term in clash.terms),
        ox.Quad(name, node("t:contradictoryThing"), ox.NamedNode(clash.thing)),
        *(ox.Quad(name, node("t:underPerspective"), ox.NamedNode(perspective)) for perspective in under),
    ]


def _terms(triple: Triple) -> tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode]:
    subject, predicate, value = triple
    return ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value)
