"""The SPARQL 1.1 Protocol (W3C, 2013) case by case: what it asks of the query operation, and updates as refusals."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from fake_engine import FakeEngine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.namespaces import iri

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
DEMAND = iri("claim:2024-03-05-gazette-demand")
HERALD = iri("claim:2024-03-05-gazette-herald")
BARRELS = iri("claim:2024-03-05-gazette-barrels")
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NAMES = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
INSERT = "INSERT DATA { <http://x/a> <http://x/b> 1 }"
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Call:
    """A request: method, fields of the address, body (fields, text or bytes) and its type, Accept header."""

    method: str = "GET"
    address: Fields = field(default_factory=list)
    body: Fields | str | bytes | None = None
    kind: str | None = None
    accept: str | None = None

    def send(self, client: FlaskClient) -> TestResponse:
        """The response."""
        body = urlencode(self.body) if isinstance(self.body, list) else self.body
        headers = {"Accept": self.accept} if self.accept else {}
        path = "/sparql" + (f"?{urlencode(self.address)}" if self.address else "")
        return client.open(path, method=self.method, data=body, content_type=self.kind, headers=headers)


def three_ways(query: str, dataset: Fields) -> dict[str, Call]:
    """The same operation by GET, by POST of a form, and by POST of the query itself."""
    return {
        "get": Call(address=[("query", query), *dataset]),
        "form": Call("POST", body=[("query", query), *dataset], kind=FORM),
        "direct": Call("POST", address=dataset, body=query, kind=DIRECT),
    }


def one(response: TestResponse) -> str:
    """The only cell of a table."""
    (row,) = json.loads(response.data)["results"]["bindings"]
    (cell,) = row.values()
    return str(cell["value"])


def size(engine: FakeEngine, *graphs: str) -> str:
    return str(sum(len(engine.quads(graphs=[graph])) for graph in graphs))


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_a_query_comes_in_three_ways(client: FlaskClient, way: str) -> None:
    """GET, POST of a form, and POST of the query itself are one operation."""
    response = three_ways("ASK { ?s ?p ?o }", [])[way].send(client)
    assert response.status_code == 200
    assert json.loads(response.data) == {"head": {}, "boolean": True}


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_a_default_graph_is_asked_by_its_name(client: FlaskClient, engine: FakeEngine, way: str) -> None:
    """default-graph-uri makes a graph the default graph, and nothing else is left in it."""
    response = three_ways(COUNT, [("default-graph-uri", DEMAND)])[way].send(client)
    assert one(response) == size(engine, DEMAND) != "0"


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_several_default_graphs_are_merged(client: FlaskClient, engine: FakeEngine, way: str) -> None:
    """Several default-graph-uri are one default graph."""
    response = three_ways(COUNT, [("default-graph-uri", DEMAND), ("default-graph-uri", BARRELS)])[way].send(client)
    assert one(response) == size(engine, DEMAND, BARRELS)


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_named_graphs_are_those_that_are_named(client: FlaskClient, way: str) -> None:
    """With named-graph-uri, GRAPH reaches these graphs, and the default graph is empty."""
    calls = three_ways(NAMES, [("named-graph-uri", DEMAND), ("named-graph-uri", HERALD)])
    rows = json.loads(calls[way].send(client).data)["results"]["bindings"]
    assert [row["g"]["value"] for row in rows] == sorted([DEMAND, HERALD])
    assert one(three_ways(COUNT, [("named-graph-uri", DEMAND)])[way].send(client)) == "0"


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_a_whole_dataset_can_be_given(client: FlaskClient, engine: FakeEngine, way: str) -> None:
    """default-graph-uri and named-graph-uri stand side by side."""
    query = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    dataset = [("default-graph-uri", DEMAND), ("named-graph-uri", HERALD), ("named-graph-uri", BARRELS)]
    assert one(three_ways(query, dataset)[way].send(client)) == size(engine, DEMAND, HERALD, BARRELS)


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_the_dataset_of_the_protocol_wins_over_that_of_the_query(
    client: FlaskClient, engine: FakeEngine, way: str
) -> None:
    """FROM counts where the request names no dataset, and not where it does."""
    query = f"SELECT (COUNT(*) AS ?n) FROM <{HERALD}> {{ ?s ?p ?o }}"
    assert one(three_ways(query, [])[way].send(client)) == size(engine, HERALD)
    assert one(three_ways(query, [("default-graph-uri", BARRELS)])[way].send(client)) == size(engine, BARRELS)
    assert size(engine, HERALD) != size(engine, BARRELS)


def test_relative_iris_are_read_against_the_address_of_record(client: FlaskClient) -> None:
    """Without BASE, a relative IRI begins with ours; with it, as it says."""
    assert one(Call(address=[("query", "SELECT (STR(<claim/x>) AS ?x) {}")]).send(client)) == iri("claim:x")
    based = "BASE <http://b/a/> SELECT (STR(<../c>) AS ?x) {}"
    assert one(Call(address=[("query", based)]).send(client)) == "http://b/c"


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("SELECT * {}", None, "application/sparql-results+json"),
        ("SELECT * {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("SELECT * {}", "text/csv;q=0.4, text/tab-separated-values;q=0.5", "text/tab-separated-values; charset=utf-8"),
        ("SELECT * {}", "text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8"),
        ("SELECT * {}", "application/json, */*;q=0.1", "application/json"),
        ("ASK {}", None, "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("CONSTRUCT {} {}", None, "text/turtle; charset=utf-8"),
        ("CONSTRUCT {} {}", "text/turtle;version=1.2;q=0.4, application/trig;q=0.3", "text/turtle; charset=utf-8"),
        (
            "CONSTRUCT {} {}",
            'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"',
            "application/ld+json",
        ),
        ("CONSTRUCT {} {}", "application/rdf+xml", "application/rdf+xml"),
        ("CONSTRUCT {} {}", "application/trig;q=0.9, application/n-quads", "application/n-quads"),
        ("CONSTRUCT {} {}", "application/trig", "application/trig"),
        ("DESCRIBE <http://x/>", "application/ld+json", "application/ld+json"),
        ("DESCRIBE <http://x/>", "application/n-triples", "application/n-triples"),
    ],
)
def test_an_answer_has_the_type_of_its_form(client: FlaskClient, query: str, accept: str | None, kind: str) -> None:
    """Tables and truth values come as results, graphs as RDF, by the Accept header with its qualities."""
    response = Call(address=[("query", query)], accept=accept).send(client)
    assert (response.status_code, response.content_type) == (200, kind)


BAD = {
    "two queries in the address": (Call(address=[("query", "ASK {}"), ("query", "ASK {}")]), 400),
    "two queries in the form": (Call("POST", body=[("query", "ASK {}"), ("query", "ASK {}")], kind=FORM), 400),
    "a query on each side": (Call("POST", [("query", "ASK {}")], [("query", "ASK {}")], FORM), 400),
    "a query on each side, sent directly": (Call("POST", [("query", "ASK {}")], "ASK {}", DIRECT), 400),
    "no query in the address": (Call(address=[("default-graph-uri", DEMAND)]), 400),
    "no query in the form": (Call("POST", body=[("default-graph-uri", DEMAND)], kind=FORM), 400),
    "nothing sent directly": (Call("POST", body="", kind=DIRECT), 400),
    "another method": (Call("PUT", body=[("query", "ASK {}")], kind=FORM), 405),
    "a type nobody knows": (Call("POST", body="ASK {}", kind="text/plain"), 415),
    "a form in parts": (Call("POST", body="query=ASK{}", kind="multipart/form-data; boundary=x"), 415),
    "a form without its type": (Call("POST", body=[("query", "ASK {}")]), 415),
    "a query without its type": (Call("POST", body="ASK {}"), 415),
    "another charset": (Call("POST", body="ASK {}".encode("utf-16"), kind=f"{DIRECT}; charset=utf-16"), 415),
    "a form in another charset": (Call("POST", body=[("query", "ASK {}")], kind=f"{FORM}; charset=latin-1"), 415),
    "bytes that are not UTF-8": (Call("POST", body="ASK { ?s ?p '\xe9' }".encode("latin-1"), kind=DIRECT), 400),
    "escapes that are not UTF-8": (Call("POST", body="query=ASK%20%7B%7D%20%23%E9", kind=FORM), 400),
    "UTF-16 that says it is UTF-8": (Call("POST", body="ASK {}".encode("utf-16"), kind=DIRECT), 400),
    "no SPARQL": (Call(address=[("query", "ASK { ?s ?p }")]), 400),
    "a relative graph": (Call(address=[("query", "ASK {}"), ("default-graph-uri", "x")]), 400),
    "a line break in a graph": (Call(address=[("query", "ASK {}"), ("named-graph-uri", "http://x/\r\nA: b")]), 400),
    "a NUL in the query": (Call(address=[("query", "ASK {}\x00")]), 400),
    "a NUL in a graph": (Call(address=[("query", "ASK {}"), ("default-graph-uri", "http://x/\x00")]), 400),
    "a format nobody knows": (Call(address=[("query", "ASK {}"), ("format", "pdf")]), 400),
    "a line break in the format": (Call(address=[("query", "ASK {}"), ("format", "json\r\nA: b")]), 400),
    "a format for graphs only": (Call(address=[("query", "ASK {}"), ("format", "trig")]), 406),
    "a type that does not fit": (Call(address=[("query", "ASK {}")], accept="application/n-quads"), 406),
    "types that are all refused": (Call(address=[("query", "ASK {}")], accept="*/*;q=0"), 406),
    "too much": (Call("POST", body=b"#" * 1_000_001, kind=DIRECT), 413),
    "an address without end": (Call(address=[("query", "a" * 100_001)]), 414),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_gets_its_status(client: FlaskClient, engine: FakeEngine, name: str) -> None:
    """What is no operation of the protocol is told by its status, with a problem that says why, and not evaluated."""
    call, status = BAD[name]
    response = call.send(client)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.get_json()["status"] == status
    assert "A" not in response.headers and engine.asked == []


UPDATES = {
    "an update in a form": Call("POST", body=[("update", INSERT)], kind=FORM),
    "an update sent directly": Call("POST", body=INSERT, kind=UPDATE),
    "an update with a charset": Call("POST", body=INSERT, kind=f"{UPDATE}; charset=utf-8"),
    "an update over one graph": Call("POST", [("using-graph-uri", DEMAND)], INSERT, UPDATE),
    "an update over graphs in a form": Call("POST", body=[("update", INSERT), ("using-graph-uri", DEMAND)], kind=FORM),
    "an update over named graphs": Call("POST", [("using-named-graph-uri", DEMAND)], INSERT, UPDATE),
    "an update over a whole dataset": Call(
        "POST", [("using-graph-uri", DEMAND), ("using-named-graph-uri", HERALD)], INSERT, UPDATE
    ),
    "an update with a base": Call("POST", body=f"BASE <http://x/> {INSERT}", kind=UPDATE),
    "several updates": Call("POST", body=f"{INSERT} ; {INSERT}", kind=UPDATE),
    "an update by GET": Call(address=[("update", INSERT)]),
    "two updates": Call("POST", body=[("update", INSERT), ("update", INSERT)], kind=FORM),
    "an update that is not UTF-8": Call("POST", body=INSERT.encode() + b" # \xe9", kind=UPDATE),
    "an update that is none": Call("POST", body="INSERT NONSENSE", kind=UPDATE),
    "an update that says WITH and names graphs": Call(
        "POST", [("using-graph-uri", DEMAND)], f"WITH <{HERALD}> DELETE {{}} WHERE {{}}", UPDATE
    ),
    "an update as a query": Call(address=[("query", INSERT)]),
    "an update as a query in a form": Call("POST", body=[("query", f"PREFIX x: <y> # ASK\n{INSERT}")], kind=FORM),
    "an update sent as a query": Call("POST", body=INSERT, kind=DIRECT),
    "a query and an update": Call("POST", body=[("query", "ASK {}"), ("update", INSERT)], kind=FORM),
}
UNTYPED = {
    "an update of a type nobody knows": Call("POST", body=INSERT, kind="text/plain"),
    "an update in a form without its type": Call("POST", body=[("update", INSERT)]),
    "an update without its type": Call("POST", body=INSERT),
}


@pytest.mark.parametrize("name", [*UPDATES, *UNTYPED])
def test_an_update_is_refused(client: FlaskClient, engine: FakeEngine, name: str) -> None:
    """However an update comes, it is refused, says where changes are proposed, and changes nothing."""
    before = set(engine.store)
    response = {**UPDATES, **UNTYPED}[name].send(client)
    assert response.status_code == (403 if name in UPDATES else 415)
    assert ("pull request" in response.get_json()["detail"]) is (name in UPDATES)
    assert set(engine.store) == before and engine.asked == []


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    """HEAD answers with the headers of GET, and with the same errors."""
    address = [("query", COUNT)]
    head, get = Call("HEAD", address).send(client), Call("GET", address).send(client)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
        assert head.headers[name] == get.headers[name]
    assert Call("HEAD", [("query", "ASK {")]).send(client).status_code == 400
    assert Call("HEAD", [("update", INSERT)]).send(client).status_code == 403


def test_options_tell_what_there_is(client: FlaskClient) -> None:
    """OPTIONS lists the methods, with and without a query, and evaluates nothing."""
    for address in ([], [("query", "ASK {}")]):
        response = Call("OPTIONS", address).send(client)
        assert response.status_code in (200, 204)
        assert {*response.headers["Allow"].split(", ")} == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_page_elsewhere_may_ask(client: FlaskClient) -> None:
    """A preflight allows what a query needs, for every origin and without credentials, and answers may be read."""
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, accept",
    }
    preflight = client.options("/sparql", headers=asked)
    assert preflight.status_code in (200, 204)
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    allowed = preflight.headers["Access-Control-Allow-Headers"].lower()
    assert "content-type" in allowed and "accept" in allowed
    answer = client.get("/sparql?query=ASK{}", headers={"Origin": "https://elsewhere.example"})
    for response in (preflight, answer):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert "Testimonia-Hint" in exposed and "Retry-After" in exposed


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_told_which_there_are(client: FlaskClient, method: str) -> None:
    """405 lists the methods."""
    response = Call(method, [("query", "ASK {}")]).send(client)
    assert response.status_code == 405
    assert {*response.headers["Allow"].split(", ")} == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    ("sent", "read"),
    [("%2541", "%41"), ("%2B", "+"), ("+", " "), ("%C3%A9", "é"), ("%26query%3D", "&query="), ("%F0%9F%98%80", "😀")],
)
@pytest.mark.parametrize("way", ["address", "form"])
def test_escapes_are_read_once(client: FlaskClient, way: str, sent: str, read: str) -> None:
    """A text in a query is what was escaped, in addresses and forms alike."""
    query = f"query=SELECT+('{sent}'+AS+?x)+%7B%7D"
    response = (
        client.get(f"/sparql?{query}") if way == "address" else client.post("/sparql", data=query, content_type=FORM)
    )
    assert one(response) == read


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf_8_may_be_said(client: FlaskClient, charset: str) -> None:
    """A charset parameter that says UTF-8 is taken, in any case and in quotes."""
    response = Call("POST", body="SELECT ('é' AS ?x) {}", kind=f"{DIRECT}; charset={charset}").send(client)
    assert one(response) == "é"


def test_a_syntax_error_shows_its_place(client: FlaskClient) -> None:
    """Line, column, token, excerpt and hint are members of the problem, and stand on its page."""
    query = "SELECT *\nWHERE { ?c a <b> FILTR(1) }"
    problem = Call(address=[("query", query)]).send(client).get_json()
    assert (problem["line"], problem["column"], problem["token"]) == (2, 18, "FILTR")
    assert problem["excerpt"] == "WHERE { ?c a <b> FILTR(1) }\n                 ^^^^^"
    assert problem["hint"] == "Did you mean FILTER?"
    page = Call(address=[("query", query)], accept="text/html").send(client)
    assert page.status_code == 400 and '<pre class="excerpt">WHERE { ?c a &lt;b&gt; FILTR(1) }' in page.text


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_an_empty_answer_hints_at_its_reason(client: FlaskClient, name: str) -> None:
    """Content asked outside of GRAPH is empty, and a header says why; a full answer has no such header."""
    query = "PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/> SELECT * { %s { ?e sem:eventType ?type } }"
    empty = Call(address=[("query", query % ""), ("format", name)]).send(client)
    full = Call(address=[("query", query % "GRAPH ?claim"), ("format", name)]).send(client)
    assert "GRAPH ?claim" in empty.headers["Testimonia-Hint"] and b"GRAPH" not in empty.data
    assert "Testimonia-Hint" not in full.headers


def test_a_page_shows_the_hint(client: FlaskClient) -> None:
    """People read the hint above the empty table."""
    query = "SELECT * { ?c <http://x/nothing> ?y }"
    page = Call(address=[("query", query)], accept="text/html").send(client)
    assert "Nothing in the data has the property &lt;http://x/nothing&gt;." in page.text


def test_what_xml_cannot_write_is_406(client: FlaskClient) -> None:
    """A control character in the answer is an error in XML, and comes whole in JSON."""
    address = [("query", "SELECT ('\\u0001' AS ?x) {}")]
    refused = Call(address=[*address, ("format", "xml")]).send(client)
    assert refused.status_code == 406 and "JSON" in refused.get_json()["hint"]
    assert one(Call(address=address).send(client)) == "\x01"
