"""The map of places that claims name, and who relays whom."""

import re

import pytest
from fake_engine import FakeEngine, example
from flask.testing import FlaskClient

from api import create_app
from kb import cards
from kb.engine import EmbeddedEngine
from kb.model import Source
from kb.namespaces import iri, turtle_prologue

BROWSER = {"Accept": "text/html"}
BARRELS = iri("claim:2024-03-05-gazette-barrels")
QUAYS = """
graph:harbours a t:GazetteerGraph ; dcterms:issued "2024-01-01"^^xsd:date ; dcterms:source "Harbour lists" ;
    dcterms:license <https://example.org/free> ; schema:box "50 0 60 10" .
graph:harbours {
    place:eastquay rdfs:label "Ostkai"@und ; wgs84:lat 54.10 ; wgs84:long 7.5 .
    place:westquay wgs84:lat 54.4512 ; wgs84:long 7.0123 .
}
"""


@pytest.fixture(scope="module")
def located() -> FlaskClient:
    """The invented story, with a gazetteer that has both of its places."""
    source = Source("gazetteer.trig", turtle_prologue() + QUAYS, True)
    return create_app(FakeEngine(example(source).quads)).test_client()


def test_the_map_has_places_with_their_claims_and_whose_points_they_are(located: FlaskClient) -> None:
    """Each place has its claims, the list of these, and where which gazetteer of which day has it."""
    card = located.get("/map?format=json").get_json()
    assert (card["total"], card["naming"]) == (4, 1)
    east, west = card["places"]["items"]
    assert (east["label"], east["claims"], east["more"]) == ("Eastquay", 1, "/claims?names=place/eastquay")
    spot = east["gazetteers"][0]
    assert (spot["lat"], spot["long"], spot["precision"]) == (54.1, 7.5, 0.1)
    assert (spot["source"], spot["issued"], spot["license"]) == (
        "Harbour lists",
        "2024-01-01",
        "https://example.org/free",
    )
    assert spot["names"] == [{"text": "Ostkai", "lang": "und"}]
    assert west["gazetteers"][0]["precision"] == 0.0001
    assert [one["source"] for one in card["gazetteers"]] == ["Harbour lists"]


def test_a_way_is_that_of_a_claim_with_its_speaker(located: FlaskClient) -> None:
    """What goes from where to where has the claim that says so, and through whom that reaches us."""
    ways = located.get("/map?format=json").get_json()["ways"]
    assert ways["total"] == 1
    (way,) = ways["items"]
    assert way["claim"]["iri"] == BARRELS
    assert way["claim"]["speaker"] == "Harbour office, as relayed by Northport Herald and Northport Gazette"
    assert [one["label"] for one in way["origins"] + way["destinations"]] == ["Eastquay", "Westquay"]
    page = located.get("/map", headers=BROWSER).text
    assert len(re.findall(r'<path class="way put-certain"', page)) == 1
    assert "1. Harbour office, as relayed by Northport Herald and Northport Gazette: Eastquay → Westquay" in page


def test_geojson_has_points_and_lines(located: FlaskClient) -> None:
    """Places are points, and a way with two points is a line that names its claim's speaker."""
    response = located.get("/map", headers={"Accept": "application/geo+json"})
    assert response.mimetype == "application/geo+json"
    east, west, way = response.get_json()["features"]
    assert east["geometry"] == {"type": "Point", "coordinates": [7.5, 54.1]}
    assert way["geometry"]["coordinates"] == [east["geometry"]["coordinates"], west["geometry"]["coordinates"]]
    assert way["properties"]["speaker"].startswith("Harbour office")


def test_without_a_gazetteer_places_are_listed_and_not_placed(client: FlaskClient) -> None:
    """Where no gazetteer has the places, the page says so, lists them, and draws nothing."""
    page = client.get("/map", headers=BROWSER).text
    assert "there is nothing to draw" in page
    assert "<svg" not in page
    assert 'href="/claims?names=place/eastquay"' in page
    body = client.get("/map?format=geojson").get_json()
    assert {feature["geometry"] for feature in body["features"]} == {None}


def test_claims_of_a_map_can_be_chosen(web: FlaskClient, shipped_engine: EmbeddedEngine) -> None:
    """The places of an article are those that its claims name, as many as the list of claims finds."""
    card = web.get("/map?article=2022-12-12-newsroom&format=json").get_json()
    assert card["total"] == cards.listing(shipped_engine, "claims", filters={"article": ["2022-12-12-newsroom"]}).total
    for one in [*card["places"]["items"], *card["without_point"]["items"]]:
        found = web.get(f"{one['more']}&limit=1&format=json").get_json()
        assert found["total"] == one["claims"], one["label"]


def test_both_names_stand_on_the_map_and_no_border(web: FlaskClient) -> None:
    """A contested place has its two-sided name; the page says that it draws no borders, and whose points it shows."""
    page = web.get("/map", headers=BROWSER).text
    assert ">Khankendi / Stepanakert</text>" in page
    assert "No borders are drawn" in page
    assert "GeoNames (www.geonames.org)" in page
    assert "2026-07-28" in page


def test_what_has_no_point_is_not_on_the_map(web: FlaskClient) -> None:
    """Countries, regions and roads are listed beside the map with their claims, and no point is made up for them."""
    card = web.get("/map?format=json").get_json()
    beside = {one["iri"] for one in card["without_point"]["items"]}
    assert {iri("place:armenia"), iri("place:lachin-road"), iri("place:karabakh")} <= beside
    assert all(one["gazetteers"] == [] for one in card["without_point"]["items"])
    assert all(one["gazetteers"] for one in card["places"]["items"])


def test_parts_of_the_map_are_chosen_by_address(web: FlaskClient) -> None:
    """All places are drawn with view=all; around one of them others are beyond the edge; unknown places are refused."""
    every = web.get("/map?view=all", headers=BROWSER).text
    assert "beyond the edge" not in every
    around = web.get("/map?view=baku", headers=BROWSER).text
    assert 'aria-label="Gyumri, beyond the edge: 2 claims name it"' in around
    assert 'aria-current="true">around Baku</a>' in around
    response = web.get("/map?view=atlantis")
    assert response.status_code == 400
    assert "baku" in response.get_json()["hint"]


@pytest.mark.parametrize("path", ["/map", "/voices"])
def test_what_claims_are_chosen_by_must_be_there(client: FlaskClient, path: str) -> None:
    """A holder that nobody knows and a parameter that is none are refused."""
    assert client.get(f"{path}?holder=nobody-at-all").status_code == 400
    assert client.get(f"{path}?colour=red").status_code == 400
    assert client.get(f"{path}?holder=&format=json").get_json()["total"] == 4


def test_much_rests_on_the_outer_voice(client: FlaskClient) -> None:
    """All claims of an article reach us through its outlet; what it relays and what it holds are counted apart."""
    card = client.get("/voices?format=json").get_json()
    by_name = {one["voice"]["label"]: one for one in card["voices"]["items"]}
    gazette, herald = by_name["Northport Gazette"], by_name["Northport Herald"]
    assert (gazette["through"], gazette["share"], gazette["held"], gazette["relayed"]) == (4, 1.0, 0, 4)
    assert (herald["through"], herald["held"], herald["relayed"]) == (2, 1, 1)
    assert (gazette["events"], gazette["events_through_it_alone"]) == (3, 3)
    assert (by_name["Harbour office"]["events"], by_name["Harbour office"]["events_through_it_alone"]) == (1, 0)


def test_who_relays_whom_is_told_link_by_link(client: FlaskClient) -> None:
    """The Gazette passes on what the Herald says, and the Herald what the harbour office says."""
    card = client.get("/voices?format=json").get_json()
    pairs = {(one["by"]["label"], one["of"]["label"]): one["claims"] for one in card["relays"]["items"]}
    assert pairs["Northport Gazette", "Northport Herald"] == 2
    assert pairs["Northport Herald", "Harbour office"] == 1
    article = iri("article:2024-03-05-gazette")
    relayed = {"article": article, "through": ["actor/northport-herald"], "holder": "actor/harbour-office", "claims": 1}
    assert relayed in card["flows"]


def test_counts_of_voices_are_those_of_the_lists(web: FlaskClient) -> None:
    """What a voice holds and relays is what the lists of claims that are linked have."""
    card = web.get("/voices?about=2022-12-13-caliber-arms&format=json")
    assert card.status_code == 400  # no such event
    card = web.get("/voices?format=json").get_json()
    assert sum(one["held"] for one in card["voices"]["items"]) == card["total"]
    for one in card["voices"]["items"]:
        for what in ("held", "relayed"):
            if one[f"{what}_more"]:
                found = web.get(f"{one[f'{what}_more']}&limit=1&format=json").get_json()["total"]
                assert found == one[what], one["voice"]["label"]
    assert sum(one["claims"] for one in card["flows"]) == card["total"]


def test_the_page_of_voices_has_its_picture_twice(client: FlaskClient) -> None:
    """Each voice of the picture stands in the table too, and articles have their letters."""
    page = client.get("/voices", headers=BROWSER).text
    assert 'class="siglum siglum-1"' in page
    for name in ("Northport Herald", "Harbour office", "Northport Gazette"):
        assert re.search(rf'<th scope="row"><a href="[^"]+">{name}</a></th>', page)
    assert len(re.findall(r'<path class="band siglum-1"', page)) == 4


def test_a_place_tells_where_gazetteers_have_it(located: FlaskClient) -> None:
    """The card and page of a place have its point with source and day, apart from what claims say."""
    card = located.get("/place/eastquay.json").get_json()
    assert [(one["lat"], one["source"]) for one in card["gazetteers"]] == [(54.1, "Harbour lists")]
    page = located.get("/place/eastquay", headers=BROWSER).text
    assert "54.1° N, 7.5° E" in page
    assert "Harbour lists" in page
