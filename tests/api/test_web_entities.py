"""Things by their addresses, in every format."""

import json

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine, example
from flask.testing import FlaskClient

from api import create_app
from api.negotiate import ENTITY
from kb.model import Source
from kb.namespaces import BASE, iri

QUADS = ("trig", "nq", "jsonld")
"""Formats that can carry named graphs."""

GAZETTE = "2024-03-05-gazette"
ENTITIES = sorted(
    quad.subject.value.removeprefix(BASE)
    for quad in example().default
    if isinstance(quad.subject, ox.NamedNode)
    and quad.predicate.value == iri("rdf:type")
    and quad.object != ox.NamedNode(iri("t:Tombstone"))
    and quad.subject.value.removeprefix(BASE).split("/")[0]
    in ("actor", "article", "claim", "event", "object", "perspective", "place", "polarity", "mode", "scheme")
)
ENTITIES = sorted(set(ENTITIES))


@pytest.mark.parametrize("form", ENTITY, ids=lambda form: form.name)
@pytest.mark.parametrize("path", ENTITIES)
def test_every_thing_of_the_example_answers_in_every_format(client: FlaskClient, path: str, form: object) -> None:
    """Each entity and concept answers under its IRI's path, by Accept header and by suffix, with the same body."""
    by_suffix = client.get(f"/{path}.{form.name}")  # type: ignore[attr-defined]
    by_accept = client.get(f"/{path}", headers={"Accept": form.media_type})  # type: ignore[attr-defined]
    assert by_suffix.status_code == by_accept.status_code == 200
    assert by_suffix.content_type == by_accept.content_type == form.content_type  # type: ignore[attr-defined]
    assert by_suffix.data == by_accept.data
    assert by_suffix.data


@pytest.mark.parametrize("path", [*ENTITIES, "ontology"])
def test_the_twins_agree_quad_for_quad(client: FlaskClient, path: str) -> None:
    """TriG, N-Quads and JSON-LD hold the same quads; Turtle, N-Triples and RDF/XML those of the default graph."""
    read = {}
    for form in ENTITY:
        kind = ox.RdfFormat.from_media_type(form.media_type)
        if kind is not None and form.name not in ("html", "json"):
            quads = ox.Dataset(ox.parse(client.get(f"/{path}.{form.name}").data, format=kind))
            quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
            read[form.name] = set(quads)
    whole = read["nq"]
    default = {quad for quad in whole if quad.graph_name == ox.DefaultGraph()}
    assert set(read) == {*QUADS, "ttl", "nt", "rdf"}
    assert all(read[name] == whole for name in QUADS)
    assert all(read[name] == default for name in ("ttl", "nt", "rdf"))
    assert default


def quads(client: FlaskClient, path: str) -> set[ox.Quad]:
    return set(ox.parse(client.get(f"/{path}.nq").data, format=ox.RdfFormat.N_QUADS))


def test_a_claim_brings_its_evidence_and_its_content(client: FlaskClient, engine: FakeEngine) -> None:
    """A claim's data holds its attribution, anchors, selectors and its whole own graph."""
    name = iri(f"claim:{GAZETTE}-barrels")
    found = quads(client, f"claim/{GAZETTE}-barrels")
    own = set(engine.quads(graphs=[name]))
    assert own
    assert {quad for quad in found if quad.graph_name != ox.DefaultGraph()} == own
    subjects = {quad.subject for quad in found - own}
    anchor = iri(f"anchor:{GAZETTE}-p5-s1")
    assert {ox.NamedNode(anchor), ox.NamedNode(f"{anchor}#selector"), ox.NamedNode(name)} <= subjects


def test_turtle_of_a_claim_holds_no_content(client: FlaskClient) -> None:
    """What a claim says never travels as plain triples, where its speaker would be lost."""
    text = client.get(f"/claim/{GAZETTE}-barrels.ttl").text
    assert "t:holder" in text
    assert "sem:Event" not in text and "role:cargo" not in text


def test_an_event_brings_the_claims_about_it_with_their_speakers(client: FlaskClient, engine: FakeEngine) -> None:
    """An event's data holds the graph of each claim about it, and who holds each of them."""
    found = quads(client, "event/barrels-eastquay-westquay")
    claims = [iri(f"claim:{GAZETTE}-{name}") for name in ("barrels", "herald")]
    inside = {quad for quad in found if quad.graph_name != ox.DefaultGraph()}
    assert inside == set(engine.quads(graphs=claims))
    holders = {quad.subject.value for quad in found if quad.predicate.value == iri("t:holder")}
    assert holders == set(claims)


def test_an_article_brings_its_snapshot_and_sections(client: FlaskClient) -> None:
    """An article's data holds the snapshot's hash and all its sections."""
    found = quads(client, f"article/{GAZETTE}")
    types = [quad.object.value for quad in found if quad.predicate.value == iri("rdf:type")]
    assert types.count(iri("t:Section")) == 7
    assert types.count(iri("t:TextSnapshot")) == 1


def test_an_inferred_graph_serves_its_quads() -> None:
    """A graph of conclusions answers under its own address."""
    text = (
        "@prefix t: <https://w3id.org/testimonia/ontology#> . @prefix graph: <https://w3id.org/testimonia/graph/> .\n"
        "graph:inferred-x a t:InferredGraph . graph:inferred-x { <http://x/a> <http://x/b> <http://x/c> . }"
    )
    client = create_app(FakeEngine(example(Source("x.trig", text, True)).quads)).test_client()
    assert "<http://x/c>" in client.get("/graph/inferred-x.nq").text
    assert client.get("/graph/inferred-x").status_code == 200
    assert client.get("/graph/inferred-x.html").status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        (f"/node/{GAZETTE}-barrels-40", f"/claim/{GAZETTE}-barrels"),
        (f"/node/{GAZETTE}-barrels-when.trig", f"/claim/{GAZETTE}-barrels.trig"),
        (f"/node/{GAZETTE}-section-3", f"/article/{GAZETTE}"),
        (f"/node/{GAZETTE}-excused-p4-s1", f"/article/{GAZETTE}"),
        (f"/anchor/{GAZETTE}-p5-s1", f"/claim/{GAZETTE}-barrels#{GAZETTE}-p5-s1"),
        (f"/anchor/{GAZETTE}-p5-s1-cue", f"/claim/{GAZETTE}-herald#{GAZETTE}-p5-s1-cue"),
        (f"/anchor/{GAZETTE}-p4-s1", f"/article/{GAZETTE}?section=reading&after=3#{GAZETTE}-p4-s1"),
        (f"/anchor/{GAZETTE}-p4-s1.json", f"/article/{GAZETTE}.json"),
        (f"/snapshot/{GAZETTE}", f"/article/{GAZETTE}"),
    ],
)
def test_parts_lead_to_what_they_belong_to(client: FlaskClient, path: str, location: str) -> None:
    """Nodes, anchors and snapshots have no page of their own: 303 to their claim or article, format kept; a passage to
    the place where it stands there."""
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (303, location)
    _, marked, fragment = location.partition("#")
    followed = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
    assert followed.status_code == 200
    assert not marked or f'id="{fragment}"' in followed.text


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/claim/2024-03-05-gazete-barels", f"/claim/{GAZETTE}-barrels"),
        ("/actor/harbor-office.ttl", "/actor/harbour-office"),
        ("/mode/denyed", "/mode/denied"),
        ("/place/east", "/place/eastquay"),
        ("/anchor/2024-03-05-gazette-p5-s2", f"/anchor/{GAZETTE}-p5-s1"),
    ],
)
def test_an_unknown_slug_is_404_with_the_nearest(client: FlaskClient, path: str, near: str) -> None:
    """A slug that is not there is 404, and the hint names what is most like it."""
    response = client.get(path)
    assert response.status_code == 404
    assert near in response.get_json()["hint"]


@pytest.mark.parametrize(
    "path",
    [
        "/claim/",
        "/claim/%00",
        "/claim/a%0d%0ab",
        "/claim/..%2f..%2fetc%2fpasswd",
        "/claim/%3Cscript%3E",
        "/claim/" + "x" * 3000,
        "/actor/näme",
        "/nothing",
        "/node/x%20y",
        "/ontology.pdf",
    ],
)
def test_odd_addresses_are_404(client: FlaskClient, path: str) -> None:
    """Control characters, traversal and markup in an address are simply not there."""
    response = client.get(path)
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"


def test_a_thing_links_to_its_twins(client: FlaskClient) -> None:
    """The Link header names the address of record and each twin with its media type."""
    links = client.get("/place/eastquay").headers.getlist("Link")
    assert '<https://w3id.org/testimonia/place/eastquay>; rel="canonical"' in links
    for form in ENTITY:
        assert f'</place/eastquay.{form.name}>; rel="alternate"; type="{form.media_type}"' in links


def test_the_ontology_answers_as_a_whole(client: FlaskClient) -> None:
    """The ontology holds its terms, its concepts and the lists in its axioms."""
    text = client.get("/ontology", headers={"Accept": "application/n-triples"}).text
    assert f"<{iri('t:Claim')}>" in text
    assert f"<{iri('mode:denied')}>" in text
    assert f"<{iri('rdf:first')}>" in text
    page = client.get("/ontology.html").text
    assert 'id="holder"' in page


def test_passages_are_shown_only_with_texts(client: FlaskClient, engine: FakeEngine) -> None:
    """Who has the text sees the passage; who has not sees paragraph, positions and hash, and that it is missing."""
    path = f"/claim/{GAZETTE}-demand"
    words = "The fishermen demanded that the director explain"
    without = create_app(engine).test_client()
    assert words in client.get(f"{path}.html").text.replace('<em class="cue">', "").replace("</em>", "")
    assert words not in without.get(f"{path}.html").text
    assert "not at hand" in without.get(f"{path}.html").text
    anchor = without.get(f"{path}.json").get_json()["evidence"][0]
    assert (anchor["passage"], anchor["paragraph"], anchor["start"], anchor["end"]) == (None, 6, 270, 362)
    assert len(anchor["sha256"]) == 64


def test_a_passage_of_another_text_is_not_shown(engine: FakeEngine) -> None:
    """A text whose passage has not the recorded hash is not the text that was read, and is not shown."""
    client = create_app(engine, snapshots={GAZETTE: "Another text altogether. " * 40}).test_client()
    response = client.get(f"/claim/{GAZETTE}-demand.json")
    assert response.get_json()["evidence"][0]["passage"] is None


def test_the_json_card_is_stable(client: FlaskClient) -> None:
    """A card's keys are all there whether or not they have a value, and two requests give the same bytes."""
    first, second = (client.get(f"/claim/{GAZETTE}-demand.json").data for _ in range(2))
    assert first == second
    cards = [client.get(f"/claim/{GAZETTE}-{name}.json").get_json() for name in ("barrels", "demand", "herald")]
    assert cards[0].keys() == cards[1].keys() == cards[2].keys()
    assert json.loads(first)["statement_time"] is None
