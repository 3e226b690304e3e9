"""How claims stand to each other, on cards and pages of the shipped data."""

import pytest
from flask.testing import FlaskClient

from api import create_app
from kb.cards.compared import SHOWN
from kb.engine import EmbeddedEngine
from kb.namespaces import iri

CAR = "2022-12-12-newsroom-car-damage"


@pytest.fixture(scope="module")
def shipped(shipped_engine: EmbeddedEngine) -> FlaskClient:
    return create_app(shipped_engine).test_client()


def test_a_claim_shows_what_others_say_of_the_same(shipped: FlaskClient) -> None:
    """Each comparison has the other claim with its speaker, how they relate, and how that was found."""
    card = shipped.get(f"/claim/{CAR}.json").get_json()
    (found,) = [one for one in card["comparisons"]["items"] if one["claim"]["holder"]["label"] == "Caliber.Az"]
    assert found["claim"]["iri"].endswith("/2022-12-13-caliber-car-damage")
    assert found["relation"]["code"] == "differs-in-certainty" and found["only_possibly"]
    assert "Certainty" in [detail["label"] for detail in found["differs_in"]]
    assert found["independence"]["code"] == "unknown"
    assert found["reason"] and found["rules"] == []


def test_a_computed_comparison_names_its_rules(shipped: FlaskClient) -> None:
    """What nobody judged by hand names two rules: one for the relation and one for independence."""
    card = shipped.get("/claim/2022-12-12-newsroom-karabakh-location-p5.json").get_json()
    assert card["comparisons"]["total"] == len(card["comparisons"]["items"]) <= SHOWN
    computed = [one for one in card["comparisons"]["items"] if one["reason"] is None]
    assert computed and all(len(one["rules"]) == 2 for one in computed)


def test_both_ends_of_a_narrower_claim_say_which_says_more(
    shipped: FlaskClient, shipped_engine: EmbeddedEngine
) -> None:
    """Seen from the claim with more details it is this one, seen from the other it is the other."""
    query = f"""SELECT ?l ?r {{
        ?c <{iri("t:relation")}> <{iri("relation:narrower")}> ; <{iri("t:left")}> ?l ; <{iri("t:right")}> ?r .
    }} ORDER BY ?c LIMIT 1"""
    (row,) = shipped_engine.select(query)
    for end, word in (("l", "this"), ("r", "other")):
        card = shipped.get(row[end].value.partition("testimonia")[2] + ".json").get_json()  # type: ignore[union-attr]
        other = row["r" if end == "l" else "l"].value  # type: ignore[union-attr]
        (found,) = [one for one in card["comparisons"]["items"] if one["claim"]["iri"] == other]
        assert (found["relation"]["code"], found["says_more"]) == ("narrower", word)


def test_a_claim_shows_what_was_lost_on_the_way(shipped: FlaskClient) -> None:
    """The hedge and the source that a later article drops are told on both claims."""
    changes = shipped.get(f"/claim/{CAR}.json").get_json()["changes"]
    assert {"certainty-gained", "attribution-lost"} <= {change["change"]["code"] for change in changes}
    later = shipped.get("/claim/2022-12-13-caliber-car-damage.json").get_json()["changes"]
    assert {change["iri"] for change in later} == {change["iri"] for change in changes}
    page = shipped.get(f"/claim/{CAR}.html").get_data(as_text=True)
    assert "What changed on the way" in page and "Attribution lost" in page
    assert "Judged by an editor" in page


def test_an_event_says_how_many_tell_of_it(shipped: FlaskClient) -> None:
    """Voices and outlets are counted; an event of which nobody commits to anything has no count."""
    card = shipped.get("/event/location-of-karabakh.json").get_json()
    assert card["counts"]["outlets"] == 2 and card["counts"]["voices"] >= 2
    assert "a count of voices is no proof" in shipped.get("/event/location-of-karabakh.html").get_data(as_text=True)
