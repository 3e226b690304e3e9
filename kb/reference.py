"""Conclusions by owlrl, against which ``kb.forward`` is held. The only module that imports owlrl.

It is slow, and it knows one graph: what it is given is taken together, whoever says it, and nothing tells what a
conclusion rests on. So builds use ``kb.forward``; ``testimonia build --reference``, tests and a benchmark compare both.
"""

from collections.abc import Iterable, Iterator

import owlrl
import pyoxigraph as ox
from rdflib import Graph, URIRef

from kb import closure, perspectives
from kb.dataset import RDF_TYPE, Dataset
from kb.forward import Triple
from kb.namespaces import iri, shorten

_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
"""Under this owlrl reports a contradiction, as a triple: it does not raise."""


def conclusions(given: Iterable[Triple], axioms: Iterable[Triple]) -> tuple[set[Triple], list[str]]:
    """What owlrl adds to ``given`` by the OWL 2 RL rules, axioms left out, and the contradictions that it reports."""
    graph = Graph()
    for triple in (*axioms, *given):
        graph.add(tuple(map(URIRef, triple)))  # type: ignore[arg-type]
    before = set(graph)
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    ).expand(graph)
    added = {
        (str(s), str(p), str(o)) for s, p, o in set(graph) - before if isinstance(s, URIRef) and isinstance(o, URIRef)
    }
    return added, sorted(str(error) for error in graph.objects(None, _ERROR))


def differences(dataset: Dataset, closed: Dataset) -> Iterator[str]:
    """What stands in the inferred graphs of ``closed`` and does not follow from ``dataset`` by owlrl, or the other way
    round: a line for each, by perspective. Linear in perspectives, about half a second each.

    Where owlrl reports a contradiction it concludes all sorts of things, so that nothing is compared there.
    """
    rules, kept, axioms = closure.rules_of(dataset), closure.kept_of(dataset), closure.axioms_of(dataset)
    own = closure.asserted(dataset, rules)
    graphs = {name: _triples(closed, name) for name in closed.instances("t:InferredGraph")}
    inferred, relayed = graphs.pop(iri("graph:inferred-default")), iri("t:relayedBy")
    expected = {
        (s, p, o)
        for s, p, o in conclusions(own, axioms)[0]
        if p in kept and not (p == relayed and o in dataset.texts(s, "t:holder"))  # nobody relays a claim of their own
    }
    yield from _told("the default graph", inferred, expected)
    beside = [triple for triple in own if triple[1] in (RDF_TYPE.value, iri("skos:broader"))]
    selected = perspectives.members(dataset)
    said = closure.said(dataset, rules, selected)
    for perspective, claims in selected.items():
        given = [triple for claim in claims for triple in said.get(claim, ())]
        found, errors = conclusions([*beside, *given], axioms)
        if not errors:
            under = [name for name in closed.subjects("t:underPerspective", perspective) if name in graphs]
            ours = {triple for name in under for triple in graphs[name]} - set(given)
            yield from _told(shorten(perspective), ours, {triple for triple in found if triple[1] in kept})


def _triples(closed: Dataset, graph: str) -> set[Triple]:
    return {
        (quad.subject.value, quad.predicate.value, quad.object.value)
        for quad in closed.graphs.get(graph, ())
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
    }


def _told(where: str, ours: set[Triple], theirs: set[Triple]) -> Iterator[str]:
    for triples, how in ((ours - theirs, "only by our rules"), (theirs - ours, "only by owlrl")):
        for triple in sorted(triples):
            yield f"{where}: {' '.join(map(shorten, triple))} follows {how}"
