"""Reads what the server says of its data with a parser of its own, and asks the engine for the same figures."""

import warnings

from flask.testing import FlaskClient
from rdflib import Dataset, Graph, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.term import Node

from kb.engine import Engine
from kb.namespaces import PREFIXES, iri

RDF = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}
"""Media types with rdflib's names for them."""

ALL = "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
"""Every statement of the dataset, once for each graph that it stands in."""

_PROLOGUE = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())


def read(data: bytes, media_type: str) -> Dataset:
    """A dataset as rdflib reads it."""
    found = Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's parsers call what rdflib deprecates
        found.parse(data=data, format=RDF[media_type])
    return found


def fetch(client: FlaskClient, path: str, media_type: str = "text/turtle") -> Graph:
    """The triples that an address gives under a media type, none of them in a named graph."""
    response = client.get(path, headers={"Accept": media_type})
    assert (response.status_code, response.mimetype) == (200, media_type), response.text[:300]
    return triples(response.data, media_type)


def triples(data: bytes, media_type: str) -> Graph:
    """Triples as rdflib reads them, none of them in a named graph."""
    found = Graph()
    for subject, predicate, value, graph in read(data, media_type).quads():
        assert graph == DATASET_DEFAULT_GRAPH_ID
        found.add((subject, predicate, value))
    return found


def one(graph: Graph, subject: str, name: str) -> str:
    """The one value of a property."""
    (found,) = values(graph, subject, name)
    return str(found)


def values(graph: Graph, subject: str, name: str) -> list[Node]:
    """All values of a property, sorted."""
    return sorted(graph.objects(URIRef(subject), URIRef(iri(name))))  # type: ignore[type-var]


def count(engine: Engine, projection: str, pattern: str) -> int:
    """The one number of a SELECT query."""
    (row,) = engine.select(f"{_PROLOGUE}SELECT ({projection} AS ?n) WHERE {pattern}")
    return int(row["n"].value)  # type: ignore[union-attr]


def table(engine: Engine, query: str) -> dict[str, tuple[int, ...]]:
    """The numbers of each row of a SELECT query, by the IRI in its column ``?key``."""
    rows = engine.select(_PROLOGUE + query)
    return {
        row["key"].value: tuple(int(row[name].value) for name in sorted(row) if name != "key")  # type: ignore[union-attr]
        for row in rows
    }
