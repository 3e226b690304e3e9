"""The answers of queries as tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kb.engine import Row
from kb.namespaces import iri

RESULTS_JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Table:
    """Columns in the order of the query, and rows with unbound cells left out."""

    columns: Sequence[str]
    rows: Sequence[Row]


def read(body: bytes) -> Table:
    """The table in SPARQL 1.1 Query Results JSON; an ASK's answer is a table with one cell."""
    results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        word = ox.Literal("true" if results else "false", datatype=ox.NamedNode(iri("xsd:boolean")))
        return Table(["answer"], [{"answer": word}])
    names = [variable.value for variable in results.variables]
    return Table(names, [{name: row[name] for name in names if row[name] is not None} for row in results])


def read_triples(body: bytes) -> Table:
    """N-Triples as a table of subjects, predicates and objects."""
    names = ("subject", "predicate", "object")
    found = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
    return Table(names, [dict(zip(names, (q.subject, q.predicate, q.object), strict=True)) for q in found])
