"""Perspectives over HTTP: their list, each of them, and lists and queries looked at through one."""

from flask.testing import FlaskClient

from kb import perspectives
from kb.cards.perspectives import WORDS
from kb.dataset import Dataset
from kb.namespaces import iri

BROWSER = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


def test_the_list_tells_rules_in_words_and_counts(web: FlaskClient, shipped: Dataset) -> None:
    """Each perspective is listed with its label, its rule as a sentence, and how many claims it selects."""
    found = {item["iri"]: item for item in web.get("/perspectives", headers=JSON).get_json()["items"]}
    selected = perspectives.members(shipped)
    assert {name: item["claims"] for name, item in found.items()} == {
        name: len(claims) for name, claims in selected.items()
    }
    assert found[iri("perspective:without-newsroom")]["rule"] == "Claims that do not reach us through Newsroom."
    assert found[iri("perspective:voice-of-newsroom")]["rule"] == (
        "Claims in articles published by Newsroom; ascribed to Newsroom."
    )
    assert found[iri("perspective:realis")]["rule"] == "Claims told as having happened: yes."
    page = web.get("/perspectives", headers=BROWSER).text
    assert "that do not reach us through Newsroom" in page


def test_every_condition_has_its_words() -> None:
    """What a rule can ask can be told."""
    assert set(WORDS) == set(perspectives.CONDITIONS)


def test_a_perspective_is_served_as_other_things_are(web: FlaskClient) -> None:
    """As JSON, as a page and as Turtle, with its rule, its claims with their speakers, and what follows inside it."""
    card = web.get("/perspective/explicit-cues", headers=JSON).get_json()
    assert card["rule_in_words"] == "Claims bound to their holder, at every link of the chain, by: Explicit cue."
    assert card["claims"]["total"] == 38
    assert all(hit["speaker"] for hit in card["claims"]["items"])
    assert card["conclusions"] == 47
    assert card["contradictions"] == []
    assert card["claims"]["total"] == len(card["claims"]["items"])
    page = web.get("/perspective/explicit-cues", headers=BROWSER)
    assert page.status_code == 200 and "Explicit cue" in page.text and "47 statements" in page.text
    turtle = web.get("/perspective/explicit-cues.ttl").text
    assert "t:selectsBasisThroughout" in turtle


def test_a_perspective_without_claims_says_so(web: FlaskClient) -> None:
    """Nothing is listed where nothing is selected, and that is an answer."""
    page = web.get("/perspective/holders-of-side-armenia", headers=BROWSER)
    assert page.status_code == 200 and "No claim that is recorded here is selected" in page.text


def test_lists_of_claims_and_events_can_be_narrowed_to_a_perspective(web: FlaskClient) -> None:
    """The filter leaves what the perspective selects, and the events that this is about; it goes with other filters."""
    all_of_them = web.get("/claims?perspective=explicit-cues&limit=500", headers=JSON).get_json()
    assert all_of_them["total"] == 38
    fewer = web.get("/claims?perspective=explicit-cues&realis=true&limit=500", headers=JSON).get_json()
    assert 0 < fewer["total"] < 38
    events = web.get("/events?perspective=explicit-cues&limit=500", headers=JSON).get_json()
    about = {hit["about"]["iri"] for hit in all_of_them["items"]}
    assert {event["iri"] for event in events["items"]} == about
    wrong = web.get("/events?perspective=explicit-cue", headers=JSON)
    assert wrong.status_code == 400 and "explicit-cues" in wrong.get_json()["hint"]
    assert web.get("/perspectives?perspective=explicit-cues", headers=JSON).status_code == 400


def test_a_graph_inside_a_graph_is_narrowed_by_listing(web: FlaskClient) -> None:
    """Where the query cannot say what a perspective reaches, the graphs are listed, and the answer is the same."""
    name = "explicit-cues"
    nested = "SELECT DISTINCT ?g { GRAPH ?h { GRAPH ?g { ?s ?p ?o } } }"
    plain = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"

    def ask(query: str) -> set[str]:
        reply = web.post("/sparql", data={"query": query, "perspective": name}, headers={"Accept": "text/csv"})
        assert reply.status_code == 200
        return set(reply.text.split()[1:])

    assert ask(nested) == ask(plain) != set()


def test_an_inferred_graph_tells_what_it_rests_on(web: FlaskClient) -> None:
    """Its page leads to the claims that it was concluded from, and to the perspectives that it stands under."""
    graph = "/graph/inferred-2022-12-13-caliber-two-years"
    card = web.get(graph, headers=JSON).get_json()
    assert card["rests_on"] == [iri("claim:2022-12-13-caliber-two-years")]
    assert iri("perspective:realis") in {found["iri"] for found in card["perspectives"]}
    assert 'href="/claim/2022-12-13-caliber-two-years"' in web.get(graph, headers=BROWSER).text
