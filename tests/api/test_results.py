"""What stands in an answer is what stands in the data, in every format."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine
from flask.testing import FlaskClient

from api import create_app
from kb.engine import EmbeddedEngine
from kb.store import write

XSD = "http://www.w3.org/2001/XMLSchema#"
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
SUBJECT, PROPERTY = ox.NamedNode("http://x/s"), ox.NamedNode("http://x/p")
TEXTS = (
    "",
    " ",
    "plain",
    "\"quoted\" 'and' \\escaped\\",
    "a\rb",
    "a\r\nb\n",
    "\ttab",
    "<&>]]>",
    "a,b;c",
    "?x <http://x>",
    "é漢\U0001f600\u200f",
    "\x7f\x85\u2028",
    "true",
    "7",
    "_:b",
)
TERMS: tuple[Any, ...] = (
    *(ox.Literal(text) for text in TEXTS),
    ox.Literal("word", language="en-gb"),
    ox.Literal("7", datatype=ox.NamedNode(f"{XSD}integer")),
    ox.Literal("1.5", datatype=ox.NamedNode(f"{XSD}decimal")),
    ox.Literal("false", datatype=ox.NamedNode(f"{XSD}boolean")),
    ox.Literal("0", datatype=ox.NamedNode(f"{XSD}integer")),
    ox.Literal("not a date", datatype=ox.NamedNode(f"{XSD}date")),
    ox.Literal("x\ny", datatype=ox.NamedNode("http://x/type")),
    ox.NamedNode("http://x/é?a=b&c='d'#e"),
)
CONTROLS = ox.Literal("".join(chr(code) for code in range(1, 32) if chr(code) not in "\t\n\r") + "\ufffe")
SELECT = "SELECT ?o { <http://x/s> <http://x/p> ?o }"
CONSTRUCT = "CONSTRUCT WHERE { <http://x/s> <http://x/p> ?o }"


def serving(terms: tuple[Any, ...]) -> FlaskClient:
    return create_app(FakeEngine(ox.Quad(SUBJECT, PROPERTY, term) for term in terms)).test_client()


@pytest.fixture(scope="module")
def of_texts() -> FlaskClient:
    return serving(TERMS)


def body(client: FlaskClient, query: str, form: str) -> bytes:
    response = client.get("/sparql", query_string={"query": query, "format": form})
    assert response.status_code == 200, response.text
    return response.data


def from_json(cell: dict[str, str]) -> Any:
    if cell["type"] == "uri":
        return ox.NamedNode(cell["value"])
    if language := cell.get("xml:lang"):
        return ox.Literal(cell["value"], language=language)
    return ox.Literal(cell["value"], datatype=ox.NamedNode(cell.get("datatype", f"{XSD}string")))


def from_xml(element: ElementTree.Element) -> Any:
    cell = {"type": element.tag.removeprefix(RESULTS), "value": element.text or ""}
    if language := element.get("{http://www.w3.org/XML/1998/namespace}lang"):
        cell["xml:lang"] = language
    if datatype := element.get("datatype"):
        cell["datatype"] = datatype
    return from_json(cell)


def test_json_is_whole(of_texts: FlaskClient) -> None:
    """JSON results hold each term to the character, read by another parser than the engine's."""
    rows = json.loads(body(of_texts, SELECT, "json"))["results"]["bindings"]
    assert {from_json(row["o"]) for row in rows} == set(TERMS)


def test_xml_is_whole(of_texts: FlaskClient) -> None:
    """XML results hold each term to the character, read by another parser than the engine's."""
    root = ElementTree.fromstring(body(of_texts, SELECT, "xml"))
    assert {from_xml(binding[0]) for binding in root.iter(f"{RESULTS}binding")} == set(TERMS)


def test_tsv_is_whole(of_texts: FlaskClient) -> None:
    """TSV results hold each term in the syntax of Turtle, one a line."""
    first, *lines = body(of_texts, SELECT, "tsv").decode().removesuffix("\n").split("\n")
    document = "".join(f"<http://x/s> <http://x/p> {line} .\n" for line in lines)
    assert first == "?o" and len(lines) == len(TERMS)
    assert {quad.object for quad in ox.parse(document.encode(), format=ox.RdfFormat.TURTLE)} == set(TERMS)


def test_csv_has_every_text(of_texts: FlaskClient) -> None:
    """CSV results hold the value of each term, without its kind, and quoted where it must be (RFC 4180)."""
    text = body(of_texts, SELECT, "csv").decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["o"]
    assert sorted(row[0] if row else "" for row in rows[1:]) == sorted(term.value for term in TERMS)


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_a_graph_is_whole_in_every_format(of_texts: FlaskClient, name: str) -> None:
    """Graphs hold each term to the character, in the default graph."""
    form = ox.RdfFormat.from_extension(name)
    found = set(ox.parse(body(of_texts, CONSTRUCT, name), format=form))
    assert {quad.object for quad in found} == set(TERMS)
    assert {quad.graph_name for quad in found} == {ox.DefaultGraph()}


def test_rdf_xml_is_whole_for_every_parser(of_texts: FlaskClient) -> None:
    """RDF/XML keeps carriage returns through a parser that normalises lines."""
    root = ElementTree.fromstring(body(of_texts, CONSTRUCT, "rdf"))
    found = {element.text or "" for element in root.iter("{http://x/}p")}
    assert set(TEXTS) <= found


@pytest.mark.parametrize("name", ["json", "tsv", "csv"])
def test_control_characters_are_kept_where_they_can_be(name: str) -> None:
    """JSON, TSV and CSV have control characters; XML says that it cannot."""
    client = serving((CONTROLS,))
    text = body(client, SELECT, name).decode()
    if name == "json":
        assert from_json(json.loads(text)["results"]["bindings"][0]["o"]) == CONTROLS
    else:
        assert CONTROLS.value in text.encode().decode("unicode_escape", "replace") or CONTROLS.value in text
    assert client.get("/sparql", query_string={"query": SELECT, "format": "xml"}).status_code == 406


@pytest.mark.parametrize("name", ["ttl", "nt", "jsonld", "trig", "nq"])
def test_graphs_keep_control_characters(name: str) -> None:
    """All formats of graphs but RDF/XML have control characters."""
    client = serving((CONTROLS,))
    (quad,) = ox.parse(body(client, CONSTRUCT, name), format=ox.RdfFormat.from_extension(name))
    assert quad.object == CONTROLS
    assert client.get("/sparql", query_string={"query": CONSTRUCT, "format": "rdf"}).status_code == 406


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_blank_nodes_and_unbound_variables_are_told_apart(name: str) -> None:
    """The same blank node has the same label in a row, and an unbound variable has no cell."""
    client = serving((ox.BlankNode("one"),))
    query = "SELECT ?a ?b ?c { ?s ?p ?a . ?s ?q ?c }"
    form = {"json": "JSON", "xml": "XML", "tsv": "TSV"}[name]
    results = ox.parse_query_results(body(client, query, name), format=getattr(ox.QueryResultsFormat, form))
    assert isinstance(results, ox.QuerySolutions)
    (row,) = results
    assert isinstance(row["a"], ox.BlankNode)
    assert row["a"] == row["c"] and row["b"] is None


@pytest.mark.parametrize(
    ("entered", "kind", "answered"),
    [
        ("007", "integer", "7"),
        ("+7", "integer", "7"),
        ("1.50", "decimal", "1.5"),
        ("1", "boolean", "true"),
        ("2024-03-05T10:00:00+00:00", "dateTime", "2024-03-05T10:00:00Z"),
    ],
)
def test_what_the_engine_makes_canonical_is_documented(entered: str, kind: str, answered: str) -> None:
    """Values are answered in their canonical form, as docs/limits.md says."""
    page = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
    client = serving((ox.Literal(entered, datatype=ox.NamedNode(XSD + kind)),))
    rows = json.loads(body(client, SELECT, "json"))["results"]["bindings"]
    assert rows[0]["o"]["value"] == answered
    assert f'`"{entered}"^^xsd:{kind}`' in page and f'`"{answered}"^^xsd:{kind}`' in page


def test_a_build_answers_as_the_store_in_memory(tmp_path: Path) -> None:
    """A store on disk, asked through its evaluators, has the same terms, carriage returns in XML too."""
    quads = [ox.Quad(SUBJECT, PROPERTY, term) for term in TERMS]
    engine = EmbeddedEngine(write(tmp_path, quads, inputs="x", version="0", counts={}), workers=1)
    try:
        client = create_app(engine).test_client()
        root = ElementTree.fromstring(body(client, SELECT, "xml"))
        assert {from_xml(binding[0]) for binding in root.iter(f"{RESULTS}binding")} == set(TERMS)
        found = ox.parse(body(client, CONSTRUCT, "trig"), format=ox.RdfFormat.TRIG)
        assert {quad.object for quad in found} == set(TERMS)
    finally:
        engine.close()
