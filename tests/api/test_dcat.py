"""The front page for machines: DCAT by negotiation, schema.org in the page."""

import hashlib
import json
import re

import pytest
from descriptions import RDF, fetch, one, values
from fake_engine import FakeEngine
from flask.testing import FlaskClient

from api import create_app
from kb.engine import EmbeddedEngine
from kb.namespaces import BASE, DATASET, iri

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def shipped(shipped_engine: EmbeddedEngine) -> FlaskClient:
    return create_app(shipped_engine).test_client()


def data_block(client: FlaskClient) -> dict[str, object]:
    """The JSON-LD in the front page."""
    page = client.get("/", headers=BROWSER).text
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    block: dict[str, object] = json.loads(found)
    return block


@pytest.mark.parametrize("media_type", list(RDF))
def test_every_format_says_the_same(shipped: FlaskClient, media_type: str) -> None:
    """The front page in each RDF format is the same description of the dataset."""
    assert set(fetch(shipped, "/", media_type)) == set(fetch(shipped, "/"))


def test_people_and_programs_get_what_they_got_before(shipped: FlaskClient) -> None:
    """A browser gets the page, whoever asks for JSON the overview."""
    assert shipped.get("/", headers=BROWSER).mimetype == "text/html"
    assert "articles" in shipped.get("/", headers={"Accept": "application/json"}).get_json()
    assert shipped.get("/").mimetype == "text/html"


def test_distributions_tell_size_and_hash_of_what_is_served(shipped: FlaskClient) -> None:
    """Each dump has its address, media type, size and SHA-256, and they are true."""
    found = fetch(shipped, "/")
    distributions = values(found, DATASET, "dcat:distribution")
    assert len(distributions) == 3
    for node in map(str, distributions):
        response = shipped.get("/" + one(found, node, "dcat:downloadURL").removeprefix(BASE))
        assert one(found, node, "dcat:mediaType").endswith(f"/media-types/{response.mimetype}")
        assert int(one(found, node, "dcat:byteSize")) == len(response.data)
        checksum = one(found, node, "spdx:checksum")
        assert one(found, checksum, "spdx:algorithm") == iri("spdx:checksumAlgorithm_sha256")
        assert one(found, checksum, "spdx:checksumValue") == hashlib.sha256(response.data).hexdigest()


def test_services_serve_the_dataset(shipped: FlaskClient) -> None:
    """The endpoint, the graph store and the rest are data services of the dataset, at addresses that answer."""
    found = fetch(shipped, "/")
    for path in ("", "sparql?query=ASK{}", "data?default"):
        service = BASE + path.partition("?")[0]
        assert one(found, service, "dcat:servesDataset") == DATASET
        assert one(found, service, "dcat:endpointURL") == service
        assert shipped.get(f"/{path}").status_code == 200
        described = one(found, service, "dcat:endpointDescription")
        assert described == f"{BASE}{'sparql' if 'sparql' in path else 'openapi.json'}"


def test_the_page_carries_the_dataset_for_search_engines(shipped: FlaskClient, shipped_engine: EmbeddedEngine) -> None:
    """The data block in the page says the same as DCAT: title, licence, build, dumps with hashes."""
    block, found = data_block(shipped), fetch(shipped, "/")
    assert (block["@type"], block["@id"], block["version"]) == ("Dataset", DATASET, shipped_engine.build_id)
    assert block["name"] == one(found, DATASET, "dcterms:title")
    assert block["license"] == one(found, DATASET, "dcterms:license")
    hashes = {str(value) for value in found.objects(predicate=None) if re.fullmatch("[0-9a-f]{64}", str(value))}
    assert {file["sha256"] for file in block["distribution"]} <= hashes  # type: ignore[attr-defined]


def test_data_without_words_of_its_own_claims_no_licence(client: FlaskClient, engine: FakeEngine) -> None:
    """Data that does not say whose it is gets a title, and neither maker nor licence."""
    found = fetch(client, "/")
    assert one(found, DATASET, "dcterms:title") == "A knowledge base of attributed claims"
    assert values(found, DATASET, "dcterms:license") == values(found, DATASET, "dcterms:creator") == []
    assert {"license", "creator"}.isdisjoint(data_block(client))


def test_the_data_block_cannot_be_left(engine: FakeEngine) -> None:
    """A title that ends the block, as HTML reads it, is escaped."""
    import pyoxigraph as ox

    title = ox.Literal("</script><script>alert(1)</script>", language="en")
    engine.store.add(ox.Quad(ox.NamedNode(DATASET), ox.NamedNode(iri("dcterms:title")), title))
    client = create_app(engine).test_client()
    assert data_block(client)["name"] == title.value
    assert "<script>alert" not in client.get("/", headers=BROWSER).text


def test_crawlers_and_browsers_find_what_they_always_ask_for(client: FlaskClient) -> None:
    """There are a robots.txt, which keeps crawlers off queries and dumps only, and an icon in the old place."""
    from urllib.robotparser import RobotFileParser

    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    allowed = {path: robots.can_fetch("*", path) for path in ("/", "/claim/x", "/sparql", "/data", "/dump.nq")}
    assert allowed == {"/": True, "/claim/x": True, "/sparql": False, "/data": False, "/dump.nq": False}
    assert client.get("/favicon.ico").mimetype == "image/svg+xml"
