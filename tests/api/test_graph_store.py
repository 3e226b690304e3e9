"""The SPARQL 1.1 Graph Store HTTP Protocol, read only."""

from urllib.parse import quote

import pytest
from descriptions import RDF, count, fetch, triples
from flask.testing import FlaskClient
from rdflib import URIRef, compare

from api import create_app
from kb.engine import EmbeddedEngine
from kb.namespaces import BASE, DEFAULT_GRAPH, iri

CLAIM = iri("claim:2022-12-12-newsroom-activists-origin")
INFERRED = f"{BASE}graph/inferred-default"
TRIPLES = [media_type for media_type, name in RDF.items() if name not in ("trig", "nquads")]


@pytest.fixture(scope="module")
def client(shipped_engine: EmbeddedEngine) -> FlaskClient:
    return create_app(shipped_engine).test_client()


@pytest.mark.parametrize("media_type", TRIPLES)
@pytest.mark.parametrize("graph", [CLAIM, INFERRED])
def test_a_named_graph_in_every_format(
    client: FlaskClient, shipped_engine: EmbeddedEngine, graph: str, media_type: str
) -> None:
    """The graph of a claim and an inferred one have as many triples as a query counts, in each format the same."""
    found = fetch(client, f"/data?graph={quote(graph)}", media_type)
    assert len(found) == count(shipped_engine, "COUNT(*)", f"{{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    assert set(found) == set(fetch(client, f"/data?graph={quote(graph)}"))


@pytest.mark.parametrize("media_type", TRIPLES)
def test_the_default_graph_in_every_format(
    client: FlaskClient, shipped_engine: EmbeddedEngine, media_type: str
) -> None:
    """The default graph has as many triples as a query counts, in each format, and no event."""
    response = client.get("/data?default", headers={"Accept": media_type})
    found = triples(response.data, media_type)
    assert response.mimetype == media_type
    assert len(found) == count(shipped_engine, "COUNT(*)", "{ ?s ?p ?o }")
    assert iri("sem:Event") not in {str(kind) for kind in found.objects(None, URIRef(iri("rdf:type")))}
    if media_type == "application/rdf+xml":
        assert compare.isomorphic(found, triples(client.get("/data?default&format=nt").data, "application/n-triples"))


@pytest.mark.parametrize("query", ["default=", f"graph={quote(DEFAULT_GRAPH)}", "graph=graph/default"])
def test_names_of_the_default_graph(client: FlaskClient, query: str) -> None:
    """The default graph is had by parameter, by its IRI, and by its IRI relative to ours."""
    assert client.get(f"/data?{query}").data == client.get("/data?default").data


def test_a_relative_name_is_resolved_against_our_addresses(client: FlaskClient) -> None:
    """``graph=claim/x`` is the graph of that claim."""
    relative = client.get(f"/data?graph={CLAIM.removeprefix(BASE)}")
    assert relative.status_code == 200
    assert relative.data == client.get(f"/data?graph={quote(CLAIM)}").data


def test_the_graph_of_the_default_graphs_iri(client: FlaskClient) -> None:
    """The address of the default graph's IRI leads to it, with a suffix in that format."""
    assert client.get("/graph/default").headers["Location"] == "/data?default"
    assert client.get("/graph/default.nt").headers["Location"] == "/data?default&format=nt"
    assert client.get("/graph/default.trig").status_code == 404


def test_the_format_can_be_named(client: FlaskClient) -> None:
    """``format=`` overrides the Accept header; one that holds no single graph is refused with those that do."""
    address = f"/data?graph={quote(CLAIM)}&format="
    assert client.get(address + "rdf", headers={"Accept": "image/png"}).mimetype == "application/rdf+xml"
    refused = client.get(address + "trig")
    assert refused.status_code == 400 and "ttl, nt, rdf, jsonld" in refused.get_json()["hint"]
    assert client.get(f"/data?graph={quote(CLAIM)}", headers={"Accept": "text/csv"}).status_code == 406


@pytest.mark.parametrize("graph", ["default", f"graph={quote(CLAIM)}"])
def test_head_is_get_without_body(client: FlaskClient, graph: str) -> None:
    """HEAD gives the headers of the graph and nothing else."""
    get, head = client.get(f"/data?{graph}"), client.head(f"/data?{graph}")
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Link"):
        assert head.headers[name] == get.headers[name]


def test_a_claims_graph_says_where_its_speaker_is(client: FlaskClient) -> None:
    """The graph of a claim has no speaker in it, and links to the claim that has."""
    link = f'</{CLAIM.removeprefix(BASE)}>; rel="describedby"'
    assert link in client.get(f"/data?graph={quote(CLAIM)}").headers.getlist("Link")


def test_a_graph_that_is_not_there_is_404_with_near_ones(client: FlaskClient) -> None:
    """A misspelt claim is not found, and the near ones are named; of other people's graphs nothing is known."""
    near = client.get(f"/data?graph={quote(CLAIM[:-1])}")
    assert near.status_code == 404
    assert CLAIM.rpartition("/")[2] in near.get_json()["hint"]
    assert client.get("/data?graph=https://example.org/x").status_code == 404
    assert client.head("/data?graph=https://example.org/x").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"default&graph={quote(CLAIM)}",
        "default=yes",
        "default&default",
        "graph=",
        "graph=%3Chttp://x%3E",
        "graph=http://x%20y",
        "graph=claim/%00",
        "graph=%FF",
        "default&perspective=x",
        f"graph={quote(CLAIM)}&graph={quote(INFERRED)}",
    ],
)
def test_a_request_that_names_not_one_graph_is_400(client: FlaskClient, query: str) -> None:
    """Neither parameter, both, either twice, and what is no IRI."""
    response = client.get(f"/data?{query}")
    assert (response.status_code, response.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("query", ["?default", f"?graph={quote(CLAIM)}", "?graph=https://example.org/new", ""])
def test_nothing_is_written(client: FlaskClient, method: str, query: str) -> None:
    """Whatever would change a graph is refused as an update of any other form is, and nothing changes."""
    before = client.get(f"/data?graph={quote(CLAIM)}").data
    response = client.open(f"/data{query}", method=method, data="<a:a> <a:b> <a:c> .", content_type="text/turtle")
    assert response.status_code == 403
    assert response.get_json()["type"] == f"{BASE}problem/update"
    assert client.get(f"/data?graph={quote(CLAIM)}").data == before


def test_options_tells_what_can_be_done(client: FlaskClient) -> None:
    """OPTIONS lists reading only."""
    assert client.options("/data").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_graph_can_be_compressed(client: FlaskClient) -> None:
    """A large graph comes compressed for those who ask, and is the same."""
    import gzip

    packed = client.get("/data?default", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == client.get("/data?default").data


@pytest.mark.parametrize("media_type", ["text/turtle", "application/n-triples"])
def test_a_graph_on_its_own_names_the_speaker(client: FlaskClient, media_type: str) -> None:
    """Where a format has comments, a claim's graph begins with its speaker, an inferred one with those it rests on."""
    claim = iri("claim:2022-12-13-caliber-landmines-laid")
    text = client.get(f"/data?graph={quote(claim)}", headers={"Accept": media_type}).text
    assert text.startswith(
        "# What is claimed, not what is so. Defence Ministry of Azerbaijan, as relayed by Caliber.Az: "
    )
    assert f"<{claim}>" in text.splitlines()[0]
    inferred = f"{BASE}graph/inferred-2022-12-13-caliber-landmines-laid"
    first, second, *_ = client.get(f"/data?graph={quote(inferred)}", headers={"Accept": media_type}).text.splitlines()
    assert first == "# Computed: what follows if these claims hold."
    assert second.startswith("# Defence Ministry of Azerbaijan, as relayed by Caliber.Az: ")
    assert not client.get("/data?default", headers={"Accept": media_type}).text.startswith("#")
