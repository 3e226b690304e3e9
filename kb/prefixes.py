"""Which prefixes some statements make use of, so that a short answer does not begin with forty lines."""

from collections.abc import Iterable

import pyoxigraph as ox

from kb.namespaces import PREFIXES, namespace

_WITH_PREFIXES = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)


def prefixes_of(statements: Iterable[ox.Triple | ox.Quad], form: ox.RdfFormat) -> dict[str, str]:
    """The part of the prefix table that statements make use of in a format, none where it knows no prefixes.

    Names of graphs and datatypes are included.
    """
    if form not in _WITH_PREFIXES:
        return {}
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
