"""Two articles or two speakers against each other, over HTTP."""

import re

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kb import cards
from kb.cards.versus import UNLIKE
from kb.engine import EmbeddedEngine
from kb.namespaces import iri, slug

BROWSER = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
PAIR = "left=2022-12-12-newsroom&right=2022-12-13-caliber"


def asked(client: FlaskClient, query: str) -> cards.Json:
    found: cards.Json = client.get(f"/compare?{query}", headers=JSON).get_json()
    return found


def test_all_comparisons_between_two_articles_are_counted(web: FlaskClient, shipped_engine: EmbeddedEngine) -> None:
    """The numbers by relation are those that SPARQL counts between claims of the two."""
    query = """
    PREFIX t: <https://w3id.org/testimonia/ontology#>
    SELECT ?comparison ?relation WHERE {
      ?comparison t:left ?one ; t:right ?other ; t:relation ?relation .
      ?one t:inArticle ?first . ?other t:inArticle ?second .
      FILTER ( ?first != ?second )
    }
    """
    codes = [slug(row["relation"].value) for row in shipped_engine.select(query, {})]  # type: ignore[union-attr]
    found = asked(web, PAIR)
    assert found["comparisons"] == len(codes) > 100
    assert {one["code"]: one["pairs"] for one in found["relations"]} == {code: codes.count(code) for code in codes}
    assert sum(one["pairs"] for one in found["independence"]) == len(codes)


def test_every_relation_has_its_place(shipped_engine: EmbeddedEngine) -> None:
    """The order in which relations are shown has each of the vocabulary once."""
    scheme = ox.NamedNode(iri("scheme:relation"))
    found = shipped_engine.select(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?one ?scheme WHERE { ?one skos:inScheme ?scheme }",
        {"scheme": scheme},
    )
    assert sorted(UNLIKE) == sorted(slug(row["one"].value) for row in found)  # type: ignore[union-attr]


def test_every_event_is_told_by_both_or_by_one(web: FlaskClient) -> None:
    """What both tell of and what only one tells of are all the events of both, none of them twice."""
    found = asked(web, PAIR)
    events = {}
    for name in ("both", "only_left", "only_right"):
        section, listed = found[name], []
        while True:
            listed += [event["iri"] for item in section["items"] for event in item["events"]]
            if section["more"] is None:
                break
            section = web.get(section["more"], headers=JSON).get_json()[name]
        events[name] = listed
    everything = [event for listed in events.values() for event in listed]
    assert len(everything) == len(set(everything))
    for side, names in (("left", ("both", "only_left")), ("right", ("both", "only_right"))):
        listed = web.get(f"{found[side]['claims_list']}&limit=500", headers=JSON).get_json()["items"]
        about = {item["about"]["iri"] for item in listed}
        assert len(about) == found[side]["events"]
        assert about <= {event for name in names for event in events[name]}


def test_claims_of_both_sides_share_a_row_where_they_are_compared(web: FlaskClient) -> None:
    """A row has the claims of each side on its side, and a comparison just where both tell."""
    found = asked(web, PAIR)
    rows = [row for item in found["both"]["items"] for row in item["rows"]]
    assert rows
    for row in rows:
        assert bool(row["comparison"]) == bool(row["left"] and row["right"])
        assert all("2022-12-12-newsroom" in hit["iri"] for hit in row["left"])
        assert all("2022-12-13-caliber" in hit["iri"] for hit in row["right"])
        assert all(hit["speaker"] for hit in (*row["left"], *row["right"]))


def test_events_that_are_possibly_the_same_stand_together(web: FlaskClient) -> None:
    """Where claims are compared across two events, these are told as one that is possibly the same."""
    both = asked(web, PAIR)["both"]["items"]
    together = {frozenset(slug(event["iri"]) for event in item["events"]) for item in both}
    assert frozenset({"attempt-to-obstruct-coverage", "obstruction-of-journalists"}) in together


def test_without_a_choice_the_two_that_share_most_are_compared(web: FlaskClient) -> None:
    """The address alone compares the two articles with most events in common; one side alone finds its other."""
    found = web.get("/compare", headers=JSON).get_json()
    assert [slug(found[side]["iri"]) for side in ("left", "right")] == ["2022-12-12-newsroom", "2022-12-13-caliber"]
    found = asked(web, "right=caliber-az")
    assert [slug(found[side]["iri"]) for side in ("left", "right")] == ["newsroom", "caliber-az"]


def test_speakers_are_compared_by_what_is_ascribed_to_them(web: FlaskClient) -> None:
    """The claims of a speaker are those that it holds, in whichever article; it has no words to share."""
    found = asked(web, "left=actor/caliber-az&right=defence-ministry-of-azerbaijan")
    listed = web.get("/claims?holder=caliber-az", headers=JSON).get_json()
    assert found["left"]["claims"] == listed["total"]
    assert found["left"]["kind"] == "actor"
    assert found["shared_words"] is None


def test_turning_the_sides_turns_the_answer(web: FlaskClient) -> None:
    """What is left of one is right of the other; the comparisons are the same, and who says more changes sides."""
    one, other = asked(web, PAIR), asked(web, "left=2022-12-13-caliber&right=2022-12-12-newsroom")
    assert one["relations"] == other["relations"]
    assert one["left"] == other["right"]
    assert one["only_left"]["total"] == other["only_right"]["total"]
    more = {
        row["comparison"]["iri"]: row["comparison"]["says_more"]
        for item in one["both"]["items"]
        for row in item["rows"]
        if row["comparison"]
    }
    turned = {"this": "other", "other": "this", None: None}
    for item in other["both"]["items"]:
        for row in item["rows"]:
            if row["comparison"] and row["comparison"]["iri"] in more:
                assert row["comparison"]["says_more"] == turned[more[row["comparison"]["iri"]]]


def test_a_page_shows_both_sides_with_their_letters(web: FlaskClient) -> None:
    """The page names both with their letters, shows silence as silence, and has no style of its own."""
    page = web.get("/compare", headers=BROWSER)
    assert page.status_code == 200
    assert "style=" not in page.text and "<script" not in page.text
    assert "only A tells of" in page.text and "only B tells of" in page.text
    assert "No claim of this is recorded here." in page.text
    assert 'class="siglum siglum-1"' in page.text
    speakers = web.get("/compare?left=caliber-az&right=newsroom", headers=BROWSER).text
    assert 'class="siglum' not in speakers


def test_a_page_leads_to_the_next_ones(web: FlaskClient) -> None:
    """The links to what a page does not show are pages that show it."""
    page = web.get("/compare", headers=BROWSER).text
    links = {found.replace("&amp;", "&") for found in re.findall(r'class="next" href="([^"#]+)', page)}
    assert {re.search(r"section=(\w+)", link)[1] for link in links} == {"both", "only_left", "only_right"}  # type: ignore[index]
    for link in links:
        assert web.get(link, headers=BROWSER).status_code == 200


def test_one_article_has_nothing_to_be_compared_with(client: FlaskClient) -> None:
    """Where no two articles tell of one event, the page says so, and in JSON neither side is there."""
    page = client.get("/compare", headers=BROWSER)
    assert page.status_code == 200
    assert "There are no two articles here" in page.text
    found = client.get("/compare", headers=JSON).get_json()
    assert found["left"] is None and found["right"] is None
    assert found["both"] == {"total": 0, "items": [], "more": None}
    assert client.get("/compare?left=2024-03-05-gazette", headers=JSON).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "left=nothing-here",
        "left=2022-12-12-newsroom&right=2022-12-12-newsroom",
        "left=2022-12-12-newsroom&right=caliber-az",
        "section=all",
        "after=8",
        "left=a&left=b",
    ],
)
def test_what_cannot_be_compared_is_refused(web: FlaskClient, query: str) -> None:
    """Unknown names, one thing with itself, and an article with a speaker are errors."""
    assert web.get(f"/compare?{query}", headers=JSON).status_code == 400
