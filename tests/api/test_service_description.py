"""The SPARQL 1.1 Service Description: complete, and nothing in it that is not so."""

import json

import pytest
from descriptions import RDF, count, fetch, one, values
from flask.testing import FlaskClient

from api import create_app, describe
from kb.engine import EmbeddedEngine, QueryRequest
from kb.errors import QueryError
from kb.namespaces import BASE, DATASET, DEFAULT_GRAPH, iri

SERVICE = f"{BASE}sparql"
SQUARE, SHIFTED, POINT, LINE = (
    f'"{text}"^^geo:wktLiteral'
    for text in (
        "POLYGON((0 0,0 2,2 2,2 0,0 0))",
        "POLYGON((1 1,1 3,3 3,3 1,1 1))",
        "POINT(1 1)",
        "LINESTRING(0 0,0 1)",
    )
)
METRE = "<http://www.opengis.net/def/uom/OGC/1.0/metre>"
ARGUMENTS = {
    "distance": f'{POINT}, "POINT(1 1)"^^geo:wktLiteral, {METRE}',
    "length": f"{LINE}, {METRE}",
    "perimeter": f"{SQUARE}, {METRE}",
    "relate": f'{SQUARE}, {SHIFTED}, "T*T***T**"',
    **dict.fromkeys(("asGeoJSON", "centroid", "convexHull", "coordinateDimension", "dimension"), SQUARE),
    **dict.fromkeys(("envelope", "getSRID", "isEmpty", "isSimple", "spatialDimension"), SQUARE),
    "date": '"2022-12-12"',
    "dayTimeDuration": '"P1D"',
    "duration": '"P1D"',
    "gDay": '"---12"',
    "gMonth": '"--12"',
    "gMonthDay": '"--12-12"',
    "gYear": '"2022"',
    "gYearMonth": '"2022-12"',
    "time": '"10:00:00"',
    "yearMonthDuration": '"P1Y"',
}
TRUTHS = {
    f"geof:sfContains({SQUARE}, {POINT})": "true",
    f"geof:sfDisjoint({SQUARE}, {SHIFTED})": "false",
    f"geof:sfOverlaps({SQUARE}, {SHIFTED})": "true",
    f"geof:ehMeet({SQUARE}, {SHIFTED})": "false",
    f"geof:rcc8po({SQUARE}, {SHIFTED})": "true",
    f'geof:relate({SQUARE}, {SHIFTED}, "T*T***T**")': "true",
    f"geof:dimension({SQUARE})": "2",
    f"geof:isEmpty({SQUARE})": "false",
    f"ROUND(geof:length({LINE}, {METRE}) / 1000)": "111",
    'xsd:date("2022-12-12") < xsd:date("2022-12-13")': "true",
}


@pytest.fixture(scope="module")
def client(shipped_engine: EmbeddedEngine) -> FlaskClient:
    return create_app(shipped_engine).test_client()


def value_of(engine: EmbeddedEngine, expression: str) -> str | None:
    """The value that an expression has at the endpoint; None where it has none."""
    prologue = "".join(
        f"PREFIX {name}: <{space}>\n"
        for name, space in (
            ("geo", iri("geo:")),
            ("geof", "http://www.opengis.net/def/function/geosparql/"),
            ("xsd", iri("xsd:")),
        )
    )
    answer = json.loads(engine.answer(QueryRequest(f"{prologue}SELECT ({expression} AS ?x) {{}}")).body)
    (row,) = answer["results"]["bindings"]
    return str(row["x"]["value"]) if row else None


@pytest.mark.parametrize("media_type", list(RDF))
def test_every_format_says_the_same(client: FlaskClient, media_type: str) -> None:
    """The description parses to the same triples in each RDF format."""
    assert set(fetch(client, "/sparql", media_type)) == set(fetch(client, "/sparql"))


def test_head_is_get_without_body(client: FlaskClient) -> None:
    """HEAD gives the headers of the description and nothing else."""
    get, head = (call("/sparql", headers={"Accept": "text/turtle"}) for call in (client.get, client.head))
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert head.headers[name] == get.headers[name]


def test_it_names_endpoint_language_and_formats(client: FlaskClient) -> None:
    """Endpoint, language and each of the ten formats that an answer can take are named."""
    found = fetch(client, "/sparql")
    assert one(found, SERVICE, "sd:endpoint") == SERVICE
    assert one(found, SERVICE, "sd:supportedLanguage") == iri("sd:SPARQL11Query")
    names = {str(value).rpartition("/")[2] for value in values(found, SERVICE, "sd:resultFormat")}
    results = {f"SPARQL_Results_{name}" for name in ("CSV", "JSON", "TSV", "XML")}
    assert names == results | {"JSON-LD", "N-Quads", "N-Triples", "RDF_XML", "TriG", "Turtle"}


def test_the_figures_are_those_of_queries(client: FlaskClient, shipped_engine: EmbeddedEngine) -> None:
    """The default graph and each kind of named graph have as many statements and graphs as queries count."""
    found = fetch(client, "/sparql")
    assert one(found, SERVICE, "sd:defaultDataset") == DATASET
    assert one(found, DATASET, "sd:defaultGraph") == DEFAULT_GRAPH
    assert one(found, DEFAULT_GRAPH, "void:triples") == str(count(shipped_engine, "COUNT(*)", "{ ?s ?p ?o }"))
    for kind, name in (("claims", "t:Claim"), ("inferred", "t:InferredGraph")):
        subset = f"{describe.VOID}#{kind}"
        assert one(found, subset, "dcterms:type") == iri(name)
        pattern = f"{{ ?g a {name} GRAPH ?g {{ ?s ?p ?o }} }}"
        assert one(found, subset, "void:triples") == str(count(shipped_engine, "COUNT(*)", pattern))
        graphs = count(shipped_engine, "COUNT(DISTINCT ?g)", pattern)
        assert one(found, one(found, subset, "dcterms:extent"), "rdf:value") == str(graphs)


def test_it_does_not_grow_with_the_claims(client: FlaskClient) -> None:
    """No graph of a claim is listed: the whole description stays under two hundred triples."""
    found = fetch(client, "/sparql")
    assert len(found) < 200
    assert not [triple for triple in found if iri("claim:") in str(triple)]


def test_no_feature_is_claimed(client: FlaskClient, shipped_engine: EmbeddedEngine) -> None:
    """Of the five features of the standard none is named, because none is there."""
    assert iri("sd:feature") not in {str(predicate) for predicate in fetch(client, "/sparql").predicates()}

    def truth(query: str) -> bool:
        return bool(json.loads(shipped_engine.answer(QueryRequest(query)).body)["boolean"])

    assert not truth(f"ASK {{ ?event a <{iri('sem:Event')}> }}")  # UnionDefaultGraph
    assert not truth(f"ASK FROM <{BASE}> {{ ?s ?p ?o }}")  # DereferencesURIs
    assert not truth("ASK { GRAPH ?g {} FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }")  # EmptyGraphs
    assert truth("ASK { ?s ?p ?o }")  # RequiresDataset
    with pytest.raises(QueryError):  # BasicFederatedQuery
        shipped_engine.answer(QueryRequest("ASK { SERVICE <https://example.org/> { ?s ?p ?o } }"))


@pytest.mark.parametrize("function", describe.EXTENSIONS)
def test_each_extension_function_works(shipped_engine: EmbeddedEngine, function: str) -> None:
    """Each function that is named has a value at the endpoint."""
    name = function.rpartition("/")[2].rpartition("#")[2]
    arguments = ARGUMENTS.get(name, f"{SQUARE}, {SHIFTED}")
    assert value_of(shipped_engine, f"<{function}>({arguments})") is not None


@pytest.mark.parametrize(("expression", "value"), TRUTHS.items())
def test_extension_functions_tell_the_truth(shipped_engine: EmbeddedEngine, expression: str, value: str) -> None:
    """What can be worked out by hand comes out the same."""
    found = value_of(shipped_engine, expression)
    assert found == value or float(found or "nan") == float(value)


def test_each_extension_function_is_named(client: FlaskClient) -> None:
    """The description lists the functions that the tests try, and no other."""
    named = {str(value) for value in values(fetch(client, "/sparql"), SERVICE, "sd:extensionFunction")}
    assert named == set(describe.EXTENSIONS)
