"""Computed quads as a file in the house style: a block for each subject, sorted, so that a change changes few lines."""

from collections.abc import Iterable, Sequence
from textwrap import indent

import pyoxigraph as ox

from kb.dataset import RDF_TYPE, Node
from kb.namespaces import PREFIXES, iri, shorten, turtle_prologue


def turtle(found: Iterable[ox.Quad], *, head: str) -> str:
    """Quads as Turtle, or as TriG where some stand in named graphs; ``head`` is the comment on top, without its #."""
    by_graph: dict[str, dict[str, list[ox.Quad]]] = {}
    for quad in sorted(set(found), key=str):
        graph = shorten(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else ""
        assert isinstance(quad.subject, ox.NamedNode)
        by_graph.setdefault(graph, {}).setdefault(shorten(quad.subject.value), []).append(quad)
    parts = []
    for graph, subjects in sorted(by_graph.items()):  # the default graph first
        blocks = [_block(subject, quads) for subject, quads in sorted(subjects.items())]
        inside = "\n\n".join(blocks)
        parts.append(f"{graph} {{\n{indent(inside, '    ')}\n}}" if graph else inside)
    used = {word.rpartition("^")[2].partition(":")[0] for part in parts for word in part.split() if ":" in word}
    return f"# {head}\n\n{turtle_prologue(sorted(used & PREFIXES.keys()))}\n" + "\n\n".join(parts) + "\n"


def _block(subject: str, found: Sequence[ox.Quad]) -> str:
    properties: dict[str, list[str]] = {}
    for quad in found:
        name = "a" if quad.predicate == RDF_TYPE else shorten(quad.predicate.value)
        properties.setdefault(name, []).append(_term(quad.object))
    lines = [subject]
    for name in sorted(properties, key=lambda name: (name != "a", name)):
        values = sorted(properties[name])
        several = "".join(f"\n        {value} ," for value in values)[:-2]
        lines.append(f"    {name} {values[0]} ;" if len(values) == 1 else f"    {name}{several} ;")
    return "\n".join([*lines, "    ."])


def _term(term: Node) -> str:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    assert isinstance(term, ox.Literal)
    if term.datatype.value in _BARE:
        return term.value
    if term.language or term.datatype.value == iri("xsd:string"):
        return str(term)
    return f"{ox.Literal(term.value)}^^{shorten(term.datatype.value)}"


_BARE = {iri(f"xsd:{name}") for name in ("boolean", "decimal", "integer")}
"""Datatypes whose values Turtle writes without quotation marks."""
