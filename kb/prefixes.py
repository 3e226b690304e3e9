"""Which prefixes some statements make use of, so that a short answer does not begin with forty lines."""

from collections.abc import Iterable

import pyoxigraph as ox

from kb.namespaces import PREFIXES, namespace


def prefixes_of(statements: Iterable[ox.Triple | ox.Quad]) -> dict[str, str]:
    """The part of the prefix table that statements make use of, names of graphs and datatypes included."""
    iris: set[str] = set()
    for statement in statements:
        terms: list[object] = [statement.subject, statement.predicate, statement.object]
        if isinstance(statement, ox.Quad):
            terms.append(statement.graph_name)
        for term in terms:
            if isinstance(term, ox.NamedNode):
                iris.add(term.value)
            elif isinstance(term, ox.Literal):
                iris.add(term.datatype.value)
    spaces = set(map(namespace, iris))
    return {name: space for name, space in PREFIXES.items() if space in spaces}
