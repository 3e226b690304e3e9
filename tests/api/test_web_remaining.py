"""What remains without some voices, over HTTP."""

import pytest
from flask.testing import FlaskClient

from kb import cards, perspectives
from kb.dataset import Dataset
from kb.namespaces import iri, slug

BROWSER = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


def asked(client: FlaskClient, query: str = "") -> cards.Json:
    found: cards.Json = client.get(f"/remaining{query}", headers=JSON).get_json()
    return found


@pytest.mark.parametrize("outlet", ["caliber-az", "newsroom"])
def test_leaving_a_voice_out_is_its_perspective(web: FlaskClient, shipped: Dataset, outlet: str) -> None:
    """What remains without an outlet are the claims that the perspective without it selects, and it is named."""
    selected = perspectives.members(shipped)[iri(f"perspective:without-{outlet}")]
    found = asked(web, f"?without={outlet}")
    assert found["left"] == len(selected)
    assert found["same_as"]["iri"] == iri(f"perspective:without-{outlet}")
    listed = web.get(f"/claims?without={outlet}&limit=500", headers=JSON).get_json()["items"]
    assert {item["iri"] for item in listed} == set(selected)


def test_looking_through_a_perspective_leaves_what_it_selects(web: FlaskClient, shipped: Dataset) -> None:
    """Through any perspective there remain as many claims as it selects, of each article and in all."""
    for name, selected in perspectives.members(shipped).items():
        found = asked(web, f"?perspective={slug(name)}")
        assert found["left"] == len(selected), name
        assert sum(one["left"] for one in found["articles"]["items"]) == len(selected)


def test_each_relay_takes_its_claims_with_it(client: FlaskClient) -> None:
    """Without the Herald the claim that it relays is gone; without the outlet all are."""
    herald = asked(client, "?without=northport-herald")
    assert (herald["claims"], herald["left"]) == (4, 2)
    gazette = asked(client, "?without=northport-gazette")
    assert gazette["left"] == 0
    assert gazette["silent"]["total"] == gazette["events"]["told"]
    assert gazette["events"]["kept"] == 0


def test_nothing_is_gone_where_nothing_is_left_out(web: FlaskClient) -> None:
    """Without a choice all claims remain, and the voices are offered with how many claims depend on each."""
    found = asked(web)
    assert found["left"] == found["claims"] == 350
    assert found["without"] == [] and found["same_as"] is None
    assert found["silent"]["total"] == found["single"]["total"] == found["dependent"]["total"] == 0
    for voice in found["voices"][:5]:
        rest = asked(web, f"?without={slug(voice['iri'])}")
        assert rest["left"] == found["claims"] - voice["claims"]
        assert rest["voices"][0]["left_out"] == (voice == found["voices"][0])


def test_several_voices_are_all_left_out(web: FlaskClient) -> None:
    """Two voices that are left out leave what neither alone takes away."""
    both = asked(web, "?without=caliber-az&without=newsroom")
    assert both["left"] == 0
    assert [one["left"] for one in both["articles"]["items"]] == [0, 0]


def test_events_are_counted_as_they_fall_silent(web: FlaskClient) -> None:
    """Events without a claim left are silent, and the others kept; one of several speakers may be the only one left."""
    found = asked(web, "?without=caliber-az")
    listed = web.get("/claims?without=caliber-az&limit=500", headers=JSON).get_json()["items"]
    about = {item["about"]["iri"] for item in listed}
    assert found["events"]["kept"] == len(about)
    assert found["events"]["told"] == found["events"]["kept"] + found["silent"]["total"]
    section, silent = found["silent"], []
    while True:
        silent += [one["iri"] for one in section["items"]]
        if section["more"] is None:
            break
        section = web.get(section["more"], headers=JSON).get_json()["silent"]
    assert len(silent) == len(set(silent)) == found["silent"]["total"]
    assert not about & set(silent)
    for one in found["single"]["items"]:
        holders = {item["holder"]["iri"] for item in listed if item["about"]["iri"] == one["iri"]}
        assert len(holders) == 1 and 0 < one["left"] < one["claims"]


def test_a_page_has_a_box_for_each_voice_and_what_remains(web: FlaskClient) -> None:
    """The page has a checked box for each voice that is left out, the numbers, and links to what remains."""
    page = web.get("/remaining?without=caliber-az", headers=BROWSER)
    assert page.status_code == 200
    assert page.text.count(" checked") == 1
    assert "128 of 350 claims remain." in page.text
    assert 'href="/claims?without=caliber-az"' in page.text
    assert 'href="/perspective/without-caliber-az"' in page.text
    assert "style=" not in page.text and "<script" not in page.text
    assert "Nothing is left out" in web.get("/remaining", headers=BROWSER).text


def test_the_page_of_a_perspective_tells_what_it_leaves(web: FlaskClient) -> None:
    """A perspective shows of how many claims, events and articles how much it selects, and leads on."""
    page = web.get("/perspective/without-caliber-az", headers=BROWSER).text
    assert "It selects 128 of 350 claims." in page
    assert 'href="/remaining?perspective=without-caliber-az"' in page
    assert 'href="/timeline?perspective=without-caliber-az"' in page


@pytest.mark.parametrize(
    "query",
    ["?without=nobody-here", "?perspective=none", "?section=claims", "?after=3", "?" + "without=newsroom&" * 21],
)
def test_what_is_no_voice_is_refused(web: FlaskClient, query: str) -> None:
    """Unknown voices, perspectives and sections are errors, and so are more voices than can be left out at once."""
    assert web.get(f"/remaining{query}", headers=JSON).status_code == 400
