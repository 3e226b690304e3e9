"""The query operation of the SPARQL 1.1 Protocol."""

import json
import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine
from flask.testing import FlaskClient

from api import create_app
from kb.engine import EmbeddedEngine
from kb.errors import LimitError
from kb.namespaces import DEFAULT_GRAPH, iri

FORM = "application/x-www-form-urlencoded"
SELECT = "SELECT ?claim WHERE { ?claim a <https://w3id.org/testimonia/ontology#Claim> } ORDER BY ?claim"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s a <https://w3id.org/testimonia/ontology#Claim> ; ?p ?o }"
CLAIMS = 4
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def ask(client: FlaskClient, query: str, **more: str) -> object:
    return client.get(
        "/sparql", query_string={"query": query, **more}, headers={"Accept": "application/json"}
    ).get_json()


def test_the_three_ways_of_asking_agree(client: FlaskClient) -> None:
    """GET, POST of a form and POST of the query itself give the same answer."""
    get = client.get("/sparql", query_string={"query": SELECT})
    form = client.post("/sparql", data={"query": SELECT})
    direct = client.post("/sparql", data=SELECT, content_type="application/sparql-query")
    assert get.status_code == form.status_code == direct.status_code == 200
    assert get.data == form.data == direct.data
    assert len(json.loads(get.data)["results"]["bindings"]) == CLAIMS


@pytest.mark.parametrize(
    ("accept", "start"),
    [
        ("application/sparql-results+json", b'{"head"'),
        ("application/sparql-results+xml", b"<?xml"),
        ("text/csv", b"claim\r\n"),
        ("text/tab-separated-values", b"?claim\n"),
        ("application/json", b'{"head"'),
    ],
)
def test_a_table_comes_in_every_result_format(client: FlaskClient, accept: str, start: bytes) -> None:
    """SELECT answers come in each SPARQL 1.1 result format, under its media type."""
    response = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.mimetype == accept
    assert response.data.startswith(start)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_a_graph_is_the_same_in_every_format(client: FlaskClient, accept: str, form: ox.RdfFormat) -> None:
    """CONSTRUCT answers parse to the same triples in each RDF format."""
    response = client.get("/sparql", query_string={"query": CONSTRUCT}, headers={"Accept": accept})
    plain = client.get("/sparql", query_string={"query": CONSTRUCT, "format": "nt"})
    assert response.mimetype == accept
    assert set(ox.parse(response.data, format=form)) == set(ox.parse(plain.data, format=ox.RdfFormat.N_TRIPLES))


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv", "html"])
def test_a_format_can_be_named_in_the_address(client: FlaskClient, name: str) -> None:
    """``format=`` overrides the Accept header, so that a link can name a format."""
    response = client.get("/sparql", query_string={"query": SELECT, "format": name}, headers={"Accept": "image/png"})
    assert response.status_code == 200
    assert name in (response.mimetype or "") or name == "tsv"


def test_an_unknown_format_is_refused_with_the_known_ones(client: FlaskClient) -> None:
    """A format that nobody knows is 400, one that does not fit the query form 406."""
    unknown = client.get("/sparql", query_string={"query": SELECT, "format": "pdf"})
    unfit = client.get("/sparql", query_string={"query": SELECT, "format": "ttl"})
    assert (unknown.status_code, unfit.status_code) == (400, 406)
    assert "csv" in unknown.get_json()["hint"]


def test_ask_gives_a_truth_value(client: FlaskClient) -> None:
    """ASK answers with a boolean, on a page as one cell."""
    assert ask(client, "ASK { ?s ?p ?o }") == {"head": {}, "boolean": True}
    page = client.get("/sparql", query_string={"query": "ASK { ?s ?p 1 , 2 , 3 }"}, headers=BROWSER)
    assert "<td>false</td>" in page.text


def test_describe_gives_a_graph(client: FlaskClient) -> None:
    """DESCRIBE answers with triples about the thing."""
    response = client.get("/sparql", query_string={"query": f"DESCRIBE <{iri('actor:port')}>"})
    assert response.mimetype == "text/turtle"
    assert "Port of Northport" in response.text


@pytest.mark.parametrize("method", ["get", "form", "direct"])
def test_the_dataset_of_the_protocol_reaches_the_engine(client: FlaskClient, engine: FakeEngine, method: str) -> None:
    """Repeated default-graph-uri and named-graph-uri arrive in order, whichever way the query comes."""
    graphs = [
        ("default-graph-uri", DEFAULT_GRAPH),
        ("default-graph-uri", iri("claim:2024-03-05-gazette-demand")),
        ("named-graph-uri", iri("claim:2024-03-05-gazette-herald")),
    ]
    if method == "get":
        response = client.get("/sparql?" + urlencode([("query", SELECT), *graphs]))
    elif method == "form":
        response = client.post("/sparql", data=urlencode([("query", SELECT), *graphs]), content_type=FORM)
    else:
        address = "/sparql?" + urlencode(graphs)
        response = client.post(address, data=SELECT, content_type="application/sparql-query; charset=utf-8")
    assert response.status_code == 200
    assert list(engine.asked[-1].default_graphs) == [DEFAULT_GRAPH, iri("claim:2024-03-05-gazette-demand")]
    assert list(engine.asked[-1].named_graphs) == [iri("claim:2024-03-05-gazette-herald")]
    assert response.headers["Testimonia-Attribution"] == "merged"


def test_an_answer_without_merging_does_not_say_merged(client: FlaskClient) -> None:
    """The default graph by its name is no merging, and the header is left out."""
    response = client.get("/sparql", query_string={"query": SELECT, "default-graph-uri": DEFAULT_GRAPH})
    assert response.status_code == 200
    assert "Testimonia-Attribution" not in response.headers


@pytest.mark.parametrize("graph", ["claim/x", "http://x y", " ", "<http://x>", "http://x\x00"])
def test_a_graph_must_be_an_absolute_iri(client: FlaskClient, graph: str) -> None:
    """Whatever is no absolute IRI is 400 and never reaches the engine."""
    response = client.get("/sparql", query_string={"query": SELECT, "named-graph-uri": graph})
    assert response.status_code == 400
    assert "named-graph-uri" in response.text


def test_an_empty_field_of_a_form_is_as_none(client: FlaskClient, engine: FakeEngine) -> None:
    """What a form sends empty says nothing of the dataset or the format, and an empty query is none."""
    empty = {"default-graph-uri": "", "named-graph-uri": "", "perspective": "", "format": ""}
    response = client.get("/sparql", query_string={"query": SELECT, **empty})
    assert (response.status_code, response.mimetype) == (200, "application/sparql-results+json")
    assert (engine.asked[-1].default_graphs, engine.asked[-1].named_graphs) == ((), ())
    assert "brings no query" in client.get("/sparql", query_string={"query": "", **empty}).text


@pytest.mark.parametrize(
    "query_string",
    [
        {"query": [SELECT, SELECT]},
        {"query": ""},
        {"default-graph-uri": DEFAULT_GRAPH},
        {},
        {"query": "SELECT"},
        {"query": "SELEC * WHERE {}"},
        {"query": "SELECT * WHERE { ?s ?p }"},
        {"query": "SELECT * WHERE { \x00 }"},
        {"query": SELECT, "perspective": "x"},
        {"query": SELECT, "format": ["csv", "json"]},
    ],
)
def test_a_request_that_is_not_one_good_query_is_400(client: FlaskClient, query_string: dict[str, object]) -> None:
    """Missing, doubled, empty and malformed queries are 400 with a problem."""
    response = client.get("/sparql", query_string=query_string)
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"


def test_a_query_in_the_address_and_in_the_body_is_one_too_many(client: FlaskClient) -> None:
    """A query given twice is 400, whichever way the second comes."""
    direct = client.post("/sparql?query=ASK{}", data="ASK {}", content_type="application/sparql-query")
    form = client.post("/sparql?query=ASK{}", data={"query": "ASK {}"})
    assert (direct.status_code, form.status_code) == (400, 400)


@pytest.mark.parametrize(
    ("method", "address", "body", "content_type"),
    [
        ("GET", "/sparql?update=CLEAR+ALL", None, None),
        ("GET", "/sparql?query=ASK{}&update=CLEAR+ALL", None, None),
        ("GET", "/sparql?query=CLEAR+ALL", None, None),
        ("POST", "/sparql", "update=CLEAR+ALL", FORM),
        ("POST", "/sparql?update=CLEAR+ALL", "query=ASK{}", FORM),
        ("POST", "/sparql", "CLEAR ALL", "application/sparql-update"),
        ("POST", "/sparql?using-graph-uri=http://x/", "CLEAR ALL", "application/sparql-update; charset=utf-8"),
        ("POST", "/sparql", "INSERT DATA { <a:a> <a:a> <a:a> }", "application/sparql-query"),
        ("POST", "/sparql", "query=LOAD+<file:///etc/passwd>", FORM),
        ("POST", "/sparql", "query=PREFIX+a:<a:>DELETE+WHERE+{?s+?p+?o}", FORM),
    ],
)
def test_updates_are_refused_in_every_form(
    client: FlaskClient, engine: FakeEngine, method: str, address: str, body: str | None, content_type: str | None
) -> None:
    """An update is 403 however it comes, with a word on pull requests, and nothing changes."""
    before = len(engine.store)
    response = client.open(address, method=method, data=body, content_type=content_type)
    assert response.status_code == 403
    assert "pull request" in response.get_json()["detail"]
    assert len(engine.store) == before
    assert engine.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * WHERE { SERVICE SILENT ?where { ?s ?p ?o } }",
        "ASK { service <file:///etc/passwd> {} }",
    ],
)
def test_service_is_refused_before_evaluation(client: FlaskClient, engine: FakeEngine, query: str) -> None:
    """SERVICE is 403, with line and column, and is never evaluated."""
    response = client.post("/sparql", data={"query": query})
    assert response.status_code == 403
    assert response.get_json()["type"].endswith("/problem/forbidden")
    assert response.get_json()["line"] == 1
    assert engine.asked == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_405(client: FlaskClient, method: str) -> None:
    """A method that the protocol does not know is 405, and Allow lists those it does."""
    response = client.open("/sparql?query=ASK{}", method=method)
    assert response.status_code == 405
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        "application/sparql-query; charset=utf-16",
        f"{FORM}; charset=iso-8859-1",
    ],
)
def test_other_content_types_are_415(client: FlaskClient, content_type: str | None) -> None:
    """A body of another type or character set is 415."""
    response = client.post("/sparql", data=b"query=ASK{}", content_type=content_type)
    assert response.status_code == 415


def test_a_body_over_a_megabyte_is_413(client: FlaskClient) -> None:
    """A body over 1 MB is not read, and a query over the guard's limit is not evaluated."""
    large = client.post("/sparql", data=b"#" * 1_000_001, content_type="application/sparql-query")
    long = client.post("/sparql", data=b"#" * 200_000 + b"\nASK {}", content_type="application/sparql-query")
    assert (large.status_code, long.status_code) == (413, 413)


def test_an_address_that_is_too_long_is_414(client: FlaskClient) -> None:
    """An address over 100 kB is 414, with the advice to POST."""
    response = client.get("/sparql?query=" + "a" * 100_001)
    assert response.status_code == 414
    assert "POST" in response.get_json()["hint"]


def test_a_query_that_nests_too_deep_is_400(client: FlaskClient, engine: FakeEngine) -> None:
    """Six hundred braces are refused before anything parses them."""
    response = client.post("/sparql", data={"query": "ASK " + "{" * 600 + "}" * 600})
    assert response.status_code == 400
    assert response.get_json()["type"].endswith("/problem/too-complex")
    assert engine.asked == []


def test_percent_signs_are_decoded_once(client: FlaskClient, engine: FakeEngine) -> None:
    """What is percent-encoded twice stays encoded once, in addresses and in forms; a plus is a space."""
    query = 'SELECT ("100%25 + %2B" AS ?x) {}'
    for send in (
        lambda: client.get("/sparql?query=" + quote(query)),
        lambda: client.post("/sparql", data="query=" + quote(query).replace("%20", "+"), content_type=FORM),
        lambda: client.post("/sparql", data=query, content_type="application/sparql-query"),
    ):
        answer = send().get_json(force=True)
        assert answer["results"]["bindings"][0]["x"]["value"] == "100%25 + %2B"
        assert engine.asked[-1].text == query


@pytest.mark.parametrize(
    ("address", "body", "content_type"),
    [
        ("/sparql?query=%FF%FE", None, None),
        ("/sparql", b"query=%C3%28", FORM),
        ("/sparql", b"query=\xff", FORM),
        ("/sparql", b"ASK {} #\xc3\x28", "application/sparql-query"),
        ("/sparql?query=ASK%7B%7D%00", None, None),
        ("/sparql", b"&" * 2000 + b"a=1&" * 2000, FORM),
    ],
)
def test_bytes_that_are_no_text_are_400(
    client: FlaskClient, address: str, body: bytes | None, content_type: str | None
) -> None:
    """Broken UTF-8, NUL characters and a flood of fields are the client's fault, not ours."""
    response = client.open(address, method="GET" if body is None else "POST", data=body, content_type=content_type)
    assert response.status_code == 400


def test_without_a_query_a_browser_gets_a_form(client: FlaskClient) -> None:
    """People who come without a query get a form that posts one."""
    response = client.get("/sparql", headers=BROWSER)
    assert response.mimetype == "text/html"
    (form,) = re.findall(r'<form id="ask"[^>]*>', response.text)
    assert 'method="post" action="/sparql"' in form
    assert 'name="query"' in response.text


def test_the_page_runs_our_script_where_it_was_made(client: FlaskClient, tmp_path: Path) -> None:
    """The editor is one module from here; where it was not made the page is the same form without it."""
    page = client.get("/sparql?query=ASK{}", headers=BROWSER)
    assert re.findall(r"<script[^>]*>", page.text) == ['<script type="module" src="/static/built/sparql.js">']
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    client.application.static_folder = str(tmp_path)
    without = client.get("/sparql?query=ASK{?s%20?p%20?o}", headers=BROWSER)
    assert "<script" not in without.text and 'id="ask"' in without.text


def test_a_query_through_a_perspective_is_shown_with_it(client: FlaskClient) -> None:
    """The form and the links to other formats keep the perspective that was asked through."""
    listed = client.get("/perspectives", headers={"Accept": "application/json"}).get_json()
    name = listed["items"][0]["iri"].rpartition("/")[2]
    page = client.get("/sparql", query_string={"query": SELECT, "perspective": name}, headers=BROWSER).text
    assert f'<option value="{name}" selected>' in page
    assert f"perspective={name}&amp;format=csv" in page


def test_what_an_editor_proposes_is_told(client: FlaskClient) -> None:
    """Terms come with prefix, meaning and use, standard ones too; saved questions can be asked as they stand."""
    told = client.get("/sparql/terms").get_json()
    terms = {term["name"]: term for term in told["terms"]}
    assert [terms[name]["kind"] for name in ("t:Claim", "t:holder", "mode:denied", "scheme:mode")] == [
        "class",
        "property",
        "concept",
        "scheme",
    ]
    assert terms["t:Claim"]["uses"] == CLAIMS and terms["mode:denied"]["uses"] is None
    assert terms["sem:hasTime"]["definition"] and terms["sem:hasTime"]["uses"]
    assert all(name.partition(":")[0] in told["prefixes"] for name in terms)
    for question in told["questions"]:
        assert client.get("/sparql", query_string={"query": question["query"]}).status_code == 200


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"]
)
def test_without_a_query_a_machine_gets_the_description(client: FlaskClient, accept: str) -> None:
    """Who asks for RDF without a query gets the service description, with the address of record."""
    response = client.get("/sparql", headers={"Accept": accept})
    assert response.mimetype == accept
    triples = set(ox.parse(response.data, format=ox.RdfFormat.from_media_type(accept)))
    service = "http://www.w3.org/ns/sparql-service-description#"
    assert ox.NamedNode(f"{service}SPARQL11Query") in {t.object for t in triples}
    assert ox.NamedNode("https://w3id.org/testimonia/sparql") in {t.subject for t in triples}


def test_a_syntax_error_tells_where(client: FlaskClient) -> None:
    """A malformed query is answered with line and column."""
    body = client.get("/sparql", query_string={"query": "SELECT * WHERE { ?s ?p }"}).get_json()
    assert (body["status"], body["line"], body["column"]) == (400, 1, 24)
    assert body["title"] == "The query is not valid"


@pytest.mark.parametrize("reason", ["busy", "time", "memory", "size", "crash"])
def test_a_query_that_was_stopped_is_503(client: FlaskClient, engine: FakeEngine, reason: str) -> None:
    """A limit is 503 with Retry-After, and the problem names which limit."""
    engine.trouble = LimitError("Stopped.", reason=reason, hint="Ask for less.", retry_after=7)
    response = client.get("/sparql", query_string={"query": SELECT})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "7"
    assert response.get_json()["type"] == f"https://w3id.org/testimonia/problem/{reason}"
    assert response.get_json()["hint"] == "Ask for less."


def test_a_browser_gets_a_table_with_links(client: FlaskClient) -> None:
    """The result page shows prefixed names that lead to the pages of our things, and the same as data."""
    page = client.post("/sparql", data={"query": SELECT}, headers=BROWSER)
    assert page.mimetype == "text/html"
    link = '<a href="/claim/2024-03-05-gazette-demand">claim:2024-03-05-gazette-demand</a>'
    assert link in page.text
    assert f"{CLAIMS} rows" in page.text
    assert "format=csv" in page.text


def test_a_browser_gets_a_graph_as_a_table(client: FlaskClient) -> None:
    """A graph is shown as subjects, predicates and objects."""
    page = client.get("/sparql", query_string={"query": CONSTRUCT}, headers=BROWSER)
    assert '<th scope="col">predicate</th>' in page.text
    assert '<a href="/ontology#holder">t:holder</a>' in page.text


def test_a_merged_answer_is_marked_on_its_page(client: FlaskClient) -> None:
    """A page whose answer merges claims into the default graph says so."""
    graph = iri("claim:2024-03-05-gazette-demand")
    page = client.get("/sparql", query_string={"query": SELECT, "default-graph-uri": graph}, headers=BROWSER)
    assert "without its speaker" in page.text


def test_a_long_answer_is_whole_as_data_and_says_so_on_its_page(client: FlaskClient) -> None:
    """A page shows the first rows of a long answer and says how many there are; the data has them all."""
    query = "SELECT ?a WHERE { ?a ?b ?c . ?d a <https://w3id.org/testimonia/ontology#Claim> }"
    rows = len(json.loads(client.get("/sparql", query_string={"query": query}).data)["results"]["bindings"])
    page = client.get("/sparql", query_string={"query": query}, headers=BROWSER)
    assert rows > 2000
    assert f"{rows} rows; this page shows the first 2000" in page.text


def test_a_perspective_narrows_the_graphs_and_nothing_else(shipped_engine: EmbeddedEngine) -> None:
    """Through a perspective, GRAPH reaches its own claims and conclusions; the default graph is all there."""
    client = create_app(shipped_engine).test_client()

    def ask(pattern: str, **fields: str) -> list[str]:
        query = f"PREFIX t: <https://w3id.org/testimonia/ontology#> SELECT DISTINCT ?x {{ {pattern} }}"
        found = client.post("/sparql", data={"query": query, **fields}).get_json(force=True)["results"]["bindings"]
        return sorted(row["x"]["value"] for row in found)

    newsroom, caliber = "2022-12-12-newsroom", "2022-12-13-caliber"
    graphs = {name: ask("GRAPH ?x { ?s ?p ?o }", perspective=name) for name in (newsroom, caliber)}
    claims = {name: [graph for graph in graphs[name] if "/claim/" in graph] for name in graphs}
    for name in graphs:
        assert claims[name] == ask(f"?x t:inArticle <{iri(f'article:{name}')}> GRAPH ?x {{ ?s ?p ?o }}")
        assert ask("?x a t:Claim", perspective=name) == ask("?x a t:Claim")
        inferred = [graph for graph in graphs[name] if graph not in claims[name]]
        assert inferred == ask(f"?x a t:InferredGraph ; t:underPerspective <{iri(f'perspective:{name}')}>")
    assert not set(graphs[newsroom]) & set(graphs[caliber])
    assert graphs[newsroom] == ask("GRAPH ?x { ?s ?p ?o }", perspective=iri(f"perspective:{newsroom}"))


@pytest.mark.parametrize("other", ["default-graph-uri", "named-graph-uri"])
def test_a_perspective_is_a_dataset_of_its_own(client: FlaskClient, other: str) -> None:
    """Together with graphs by name a perspective is refused, and so are two, and one that is not there."""
    name = "2024-03-05-gazette"
    fields = {"query": "ASK {}", "perspective": name}
    assert client.post("/sparql", data=fields).status_code == 200
    for wrong in (
        {**fields, other: "https://example.org/g"},
        {**fields, "query": "ASK FROM <https://example.org/g> {}"},
        {**fields, "perspective": [name, name]},
        {**fields, "perspective": "nobody"},
    ):
        reply = client.post("/sparql", data=wrong)
        assert (reply.status_code, reply.get_json()["title"]) == (400, "A parameter does not fit")
    assert name in client.post("/sparql", data=wrong).get_json()["hint"]
