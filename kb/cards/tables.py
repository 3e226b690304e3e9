"""The answers of saved questions as tables: our own queries, evaluated in this process."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kb import wellformed
from kb.engine import Engine, Row, Term

RESULTS_JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Table:
    """Columns in the order of the query, and rows with unbound cells left out."""

    columns: Sequence[str]
    rows: Sequence[Row]


def run(engine: Engine, text: str) -> Table:
    """The table that one of our own SELECT queries gives."""
    results = ox.Store().query(text)  # an empty store tells the columns, also of an answer without rows
    if not isinstance(results, ox.QuerySolutions):
        raise TypeError("a saved question is a SELECT query")
    return Table([variable.value for variable in results.variables], engine.select(text))


def read(body: bytes) -> Table:
    """The table in SPARQL 1.1 Query Results JSON; an ASK's answer is a table with one cell."""
    results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        word = ox.Literal("true" if results else "false", datatype=ox.NamedNode(f"{_XSD}boolean"))
        return Table(["answer"], [{"answer": word}])
    names = [variable.value for variable in results.variables]
    return Table(names, [{name: row[name] for name in names if row[name] is not None} for row in results])


def read_triples(body: bytes) -> Table:
    """N-Triples as a table of subjects, predicates and objects."""
    names = ("subject", "predicate", "object")
    found = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
    return Table(names, [dict(zip(names, (q.subject, q.predicate, q.object), strict=True)) for q in found])


def write(table: Table, media_type: str) -> bytes:
    """The table in one of the SPARQL 1.1 result formats; QueryError where XML cannot carry it."""
    bindings = [{name: _json(term) for name, term in row.items()} for row in table.rows]
    body = json.dumps({"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}}).encode()
    form = ox.QueryResultsFormat.from_media_type(media_type)
    if form is None:
        raise ValueError(f"{media_type} is no format of SPARQL results")
    results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(results, ox.QuerySolutions)
    written = results.serialize(format=form)
    assert written is not None
    return wellformed.xml(written) if form == ox.QueryResultsFormat.XML else written


_XSD = "http://www.w3.org/2001/XMLSchema#"


def _json(term: Term) -> dict[str, object]:
    """A term as SPARQL 1.1 Query Results JSON has it (W3C, 2013, section 3.2.2)."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": _json(term.subject), "predicate": _json(term.predicate), "object": _json(term.object)}
        return {"type": "triple", "value": parts}
    found: dict[str, object] = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != f"{_XSD}string":
        found["datatype"] = term.datatype.value
    return found
