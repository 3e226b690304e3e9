"""The VoID description: its figures are those of queries on the data that ships."""

import pytest
from descriptions import ALL, RDF, count, fetch, one, table, values
from flask.testing import FlaskClient
from rdflib import Graph

from api import create_app
from api.describe import VOID
from kb.engine import EmbeddedEngine
from kb.namespaces import BASE, DATASET, DEFAULT_GRAPH, iri

PATTERNS = {
    DATASET: ALL,
    DEFAULT_GRAPH: "{ ?s ?p ?o }",
    f"{VOID}#claims": "{ ?g a t:Claim GRAPH ?g { ?s ?p ?o } }",
    f"{VOID}#gazetteers": "{ ?g a t:GazetteerGraph GRAPH ?g { ?s ?p ?o } }",
    f"{VOID}#inferred": "{ ?g a t:InferredGraph GRAPH ?g { ?s ?p ?o } }",
}
FIGURES = {
    "void:triples": ("COUNT(*)", "true"),
    "void:distinctSubjects": ("COUNT(DISTINCT ?s)", "true"),
    "void:distinctObjects": ("COUNT(DISTINCT ?o)", "true"),
    "void:properties": ("COUNT(DISTINCT ?p)", "true"),
    "void:classes": ("COUNT(DISTINCT ?o)", "?p = rdf:type"),
    "void:entities": ("COUNT(DISTINCT ?s)", f'STRSTARTS(STR(?s), "{BASE}")'),
}


@pytest.fixture(scope="module")
def client(shipped_engine: EmbeddedEngine) -> FlaskClient:
    return create_app(shipped_engine).test_client()


@pytest.fixture(scope="module")
def void(client: FlaskClient) -> Graph:
    return fetch(client, "/.well-known/void")


@pytest.mark.parametrize("media_type", list(RDF))
def test_every_format_says_the_same(client: FlaskClient, void: Graph, media_type: str) -> None:
    """The description parses to the same triples in each RDF format, by Accept header and by name."""
    assert set(fetch(client, "/.well-known/void", media_type)) == set(void)
    assert client.get("/.well-known/void").mimetype == "text/turtle"
    assert client.get("/.well-known/void?format=nt").mimetype == "application/n-triples"


@pytest.mark.parametrize("query", ["format=csv", "format=ttl&format=nt", "what=ever"])
def test_what_is_no_parameter_is_400(client: FlaskClient, query: str) -> None:
    """Unknown formats and parameters are told, with what there is."""
    assert client.get(f"/.well-known/void?{query}").status_code == 400


@pytest.mark.parametrize("subset", PATTERNS)
@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_is_that_of_a_query(void: Graph, shipped_engine: EmbeddedEngine, subset: str, name: str) -> None:
    """Statements, subjects, objects, properties, classes and entities, of the whole and of each kind of graph."""
    projection, condition = FIGURES[name]
    pattern = f"{{ {PATTERNS[subset]} FILTER({condition}) }}"
    assert one(void, subset, name) == str(count(shipped_engine, projection, pattern))


@pytest.mark.parametrize("subset", PATTERNS)
def test_each_partition_is_that_of_a_query(void: Graph, shipped_engine: EmbeddedEngine, subset: str) -> None:
    """For each property and class of each kind of graph the figures are those of a grouped query."""
    pattern = PATTERNS[subset]
    wanted = table(
        shipped_engine,
        "SELECT (?p AS ?key) (COUNT(*) AS ?a) (COUNT(DISTINCT ?s) AS ?b) (COUNT(DISTINCT ?o) AS ?c) "
        f"WHERE {pattern} GROUP BY ?p",
    )
    names = ("void:triples", "void:distinctSubjects", "void:distinctObjects")
    cells = values(void, subset, "void:propertyPartition")
    found = {one(void, str(c), "void:property"): tuple(int(one(void, str(c), name)) for name in names) for c in cells}
    assert found == wanted
    typed = pattern.replace("?p", "a")
    wanted = table(shipped_engine, f"SELECT (?o AS ?key) (COUNT(DISTINCT ?s) AS ?a) WHERE {typed} GROUP BY ?o")
    cells = values(void, subset, "void:classPartition")
    found = {one(void, str(c), "void:class"): (int(one(void, str(c), "void:entities")),) for c in cells}
    assert found == wanted


def test_the_kinds_of_graph_add_up(void: Graph) -> None:
    """The statements of the kinds of graph are together those of the whole."""
    subsets = values(void, DATASET, "void:subset")
    assert {str(found) for found in subsets} == set(PATTERNS) - {DATASET}
    parts = [int(one(void, str(found), "void:triples")) for found in subsets]
    assert sum(parts) == int(one(void, DATASET, "void:triples"))


def test_links_are_counted_by_where_they_lead(void: Graph, shipped_engine: EmbeddedEngine) -> None:
    """There is a linkset for Wikidata and one for GeoNames, with as many links as a query finds."""
    found = {}
    for links in values(void, DEFAULT_GRAPH, "void:subset"):
        assert one(void, str(links), "void:linkPredicate") == iri("schema:sameAs")
        space = one(void, one(void, str(links), "void:objectsTarget"), "void:uriSpace")
        found[space] = int(one(void, str(links), "void:triples"))
    wanted = {
        space: count(shipped_engine, "COUNT(*)", f'{{ ?s schema:sameAs ?o FILTER(STRSTARTS(STR(?o), "{space}")) }}')
        for space in ("http://www.wikidata.org/entity/", "https://sws.geonames.org/")
    }
    assert found == wanted
    assert sum(found.values()) == count(shipped_engine, "COUNT(*)", "{ ?s schema:sameAs ?o }")


def test_what_it_names_is_there(client: FlaskClient, void: Graph) -> None:
    """Dumps, examples, endpoint and front page are served at the path of their IRIs."""
    names = ("foaf:homepage", "void:dataDump", "void:exampleResource", "void:rootResource")
    named = [str(found) for name in names for found in values(void, DATASET, name)]
    assert len(named) == 8
    for name in named:
        assert client.head("/" + name.removeprefix(BASE)).status_code == 200
    assert client.get("/" + one(void, DATASET, "void:sparqlEndpoint").removeprefix(BASE) + "?query=ASK{}").json


def test_it_says_whose_it_is_and_which(void: Graph, shipped_engine: EmbeddedEngine) -> None:
    """Title, makers, licence, build, and days that are in the data and not on the clock."""
    assert one(void, DATASET, "dcterms:license") == "https://creativecommons.org/licenses/by/4.0/"
    assert one(void, one(void, DATASET, "dcterms:creator"), "foaf:name") == "The Testimonia contributors"
    assert one(void, DATASET, "dcat:version") == shipped_engine.build_id
    (row,) = shipped_engine.select(f"SELECT (MAX(?day) AS ?last) WHERE {{ ?claim <{iri('t:reviewed')}> ?day }}")
    assert one(void, DATASET, "dcterms:modified") == row["last"].value  # type: ignore[union-attr]
    assert one(void, one(void, DATASET, "dcterms:temporal"), "dcat:startDate") == "2022-12-12"


def test_vocabularies_are_those_of_the_properties_and_classes(void: Graph) -> None:
    """Each vocabulary that is named has a property or class in use, and each in use is named."""
    cells = values(void, DATASET, "void:propertyPartition") + values(void, DATASET, "void:classPartition")
    used = {
        str(found) for c in cells for name in ("void:property", "void:class") for found in values(void, str(c), name)
    }
    named = {str(found) for found in values(void, DATASET, "void:vocabulary")}
    assert {iri("t:"), iri("sem:"), iri("schema:")} <= named
    assert {next(space for space in named if name.startswith(space)) for name in used} == named
