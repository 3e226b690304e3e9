"""What is shown of conclusions: what follows by rule from a claim, alone or with others, apart from what it says."""

from collections.abc import Sequence

import pyoxigraph as ox

from kb.cards.content import content_iris
from kb.cards.facts import Facts, Json, as_iri, by_label, linked
from kb.cards.sections import Part, Window, part
from kb.engine import Engine
from kb.namespaces import iri

SHOWN = 20
"""Graphs of conclusions that are listed at once."""

_FROM = "prov:wasDerivedFrom"


def graphs_from(engine: Engine, claim: str, window: Window) -> Part[str]:
    """The graphs of what follows from a claim."""
    graphs = linked(engine, "linked", "graph", link=iri(_FROM), thing=claim)
    return part(window, "follows", graphs, SHOWN)


def graphs_from_event(engine: Engine, event: str, window: Window, size: int) -> Part[str]:
    """The graphs of what follows from the claims about an event."""
    return part(window, "follows", linked(engine, "event-follows", "graph", event=event), size)


def load(engine: Engine, facts: Facts, graphs: Sequence[str]) -> tuple[list[ox.Quad], set[str]]:
    """What graphs of conclusions hold, with labels loaded, and the claims that they rest on."""
    facts.load(graphs)
    held = engine.quads(graphs=graphs) if graphs else []
    facts.load(content_iris(held) | {name for graph in graphs for name in facts.iris(graph, "t:underPerspective")})
    return held, {claim for graph in graphs for claim in facts.iris(graph, _FROM)}


def conclusion(facts: Facts, graph: str, held: Sequence[ox.Quad], claims: Sequence[Json]) -> Json:
    """One loaded graph of conclusions; ``claims`` are those that it rests on, in short."""
    told = " and by ".join(dict.fromkeys(str(claim["speaker"]) for claim in claims))
    together = ", taken together" if len(claims) > 1 else ""
    lead = f"Follows by rule from what is claimed by {told}{together}:"
    return {
        "iri": graph,
        "lead": lead,
        "how": facts.text(graph, "dcterms:description"),
        "rests_on": claims,
        "perspectives": sorted((facts.link(name) for name in facts.iris(graph, "t:underPerspective")), key=by_label),
        "statements": [
            f"{lead} {_label(facts, q.subject)} — {_label(facts, q.predicate)} — {_label(facts, q.object)}."
            for q in held
            if q.graph_name == ox.NamedNode(graph)
        ],
    }


def _label(facts: Facts, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(facts.link(term.value)["label"]) if isinstance(term, ox.NamedNode) else f"“{as_iri(term)}”"
