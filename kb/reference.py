"""Conclusions by owlrl, against which ``kb.forward`` is held. The only module that imports owlrl.

It is slow, and it knows one graph: what it is given is taken together, whoever says it, and nothing tells what a
conclusion rests on. So builds use ``kb.forward``, and tests and a benchmark compare the two.
"""

from collections.abc import Iterable

import owlrl
from rdflib import Graph, URIRef

from kb.forward import Triple

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
