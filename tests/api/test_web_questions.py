"""Saved questions over HTTP: the list, the page with its form, the answer in every format."""

import csv
import io
import json
import re
from html import unescape

import pytest
from fake_engine import FakeEngine, example
from flask.testing import FlaskClient

from api import create_app
from kb.engine import EmbeddedEngine
from kb.namespaces import iri
from kb.paths import queries_dir
from kb.questions import load, read

SAYS = """\
# title: Who says “what”?
# description: Claims of some speakers <b>and</b> others.
# param who (actor, several): Whoever speaks
# param mode (mode): How it is put
# param word (text): A word of it
# param realis (truth): Told as having happened
PREFIX actor: <https://w3id.org/testimonia/actor/>
PREFIX t: <https://w3id.org/testimonia/ontology#>

SELECT ?claim ?who ?mode ?saidInWords
WHERE {
  VALUES ?who { actor:harbour-office }
  VALUES ?mode { UNDEF }
  VALUES ?word { UNDEF }
  VALUES ?realis { UNDEF }
  ?claim t:holder ?who ; t:mode ?mode ; t:paraphrase ?said ; t:realis ?realis .
  FILTER(!BOUND(?word) || CONTAINS(LCASE(STR(?said)), LCASE(?word)))
}
ORDER BY ?claim
"""
GRAPH = """\
# title: As a graph?
# description: Who holds what, as triples.
PREFIX t: <https://w3id.org/testimonia/ontology#>

CONSTRUCT { ?claim t:holder ?who }
WHERE { ?claim t:holder ?who }
"""
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    questions = {name: read(name, text, name) for name, text in (("says", SAYS), ("graph", GRAPH))}
    return create_app(FakeEngine(example().quads), questions=questions).test_client()


def rows(client: FlaskClient, query: str) -> list[str]:
    """The speakers that a question is answered with, row by row."""
    response = client.get(f"/questions/says?{query}", headers={"Accept": "text/csv"})
    assert response.status_code == 200, response.text
    return [row["who"].rpartition("/")[2] for row in csv.DictReader(io.StringIO(response.text))]


def test_the_list_tells_parameters_with_their_choices(client: FlaskClient) -> None:
    """For programs, each question has its parameters with type, default and, where they are few, choices."""
    says, graph = client.get("/questions", headers={"Accept": "application/json"}).get_json()
    assert (says["name"], says["href"], graph["parameters"]) == ("says", "/questions/says", [])
    who, mode, word, realis = says["parameters"]
    assert (who["type"], who["several"], who["default"]) == ("actor", True, ["harbour-office"])
    assert {"value": "harbour-office", "label": "Harbour office"} in who["choices"]
    assert "denied" in {choice["value"] for choice in mode["choices"]}
    assert (word["default"], word["choices"]) == ([], [])
    assert [choice["value"] for choice in realis["choices"]] == ["true", "false"]


def test_parameters_narrow_the_answer(client: FlaskClient) -> None:
    """Without a value the default holds; several values are alternatives; an empty one asks nothing."""
    default = rows(client, "")
    assert set(default) == {"harbour-office"}
    assert rows(client, "who=harbour-office") == rows(client, "who=/actor/harbour-office") == default
    both = rows(client, "who=harbour-office&who=northport-herald")
    everybody = rows(client, "who=")
    assert set(both) == {"harbour-office", "northport-herald"} < set(everybody)
    assert 0 < len(rows(client, "who=&mode=demanded")) < len(everybody)
    assert 0 < len(rows(client, "who=&realis=false")) < len(everybody)
    assert rows(client, "who=&word=%22%20%7D") == []


@pytest.mark.parametrize(
    ("query", "told", "hint"),
    [
        ("who=harbor-office", "no actor “actor/harbor-office”", "actor/harbour-office"),
        ("mode=denid", "no mode “mode/denid”", "mode/denied"),
        ("realis=maybe", "“maybe” is no value", "true, false"),
        ("mode=denied&mode=stated", "one value", ""),
        ("nobody=x", "There is no parameter “nobody”", "format, mode, realis, who, word"),
        ("format=ttl", "“ttl” is no format", "json, xml, csv, tsv"),
        ("format=csv&format=json", "more than once", ""),
        ("word=" + "x" * 201, "at most 200 characters", ""),
        ("word=%00", "no control characters", ""),
        ("word=%ff", "not percent-encoded UTF-8", ""),
    ],
)
def test_what_is_asked_wrongly_is_told(client: FlaskClient, query: str, told: str, hint: str) -> None:
    """A value that does not fit is a problem that names it, with what would fit."""
    response = client.get(f"/questions/says?{query}", headers={"Accept": "application/json"})
    assert response.status_code == 400
    problem = json.loads(response.data)
    assert told in problem["detail"] and hint in problem.get("hint", "")


def test_the_page_has_a_form_that_shows_what_is_asked(client: FlaskClient) -> None:
    """The form has the values of this answer, links to it in other formats, and the very query."""
    page = client.get(
        "/questions/says?who=northport-herald&who=harbour-office&word=b%22%3Cq&mode=", headers=BROWSER
    ).text
    chosen = set(re.findall(r'<option value="([^"]*)" selected>', page))
    assert chosen == {"northport-herald", "harbour-office", ""}
    assert re.search(r'<select id="p-who" name="who" multiple', page)
    assert 'name="word" value="b&#34;&lt;q"' in page
    assert re.findall(r'<th scope="col">([^<]*)', page) == ["claim", "who", "mode", "said in words"]
    assert "Claims of some speakers &lt;b&gt;and&lt;/b&gt; others." in page
    assert (
        "/questions/says?who=northport-herald&amp;who=harbour-office&amp;word=b%22%3Cq&amp;mode=&amp;format=csv" in page
    )
    query = unescape(re.findall(r"<pre><code>(.*?)</code></pre>", page, re.S)[0])
    assert query.startswith("PREFIX actor:") and r'VALUES ?word { "b\"<q" }' in query and "VALUES ?mode" not in query
    for name in re.findall(r'<label for="([^"]+)"', page):
        assert f'id="{name}"' in page


def test_the_query_of_the_page_gives_the_same_rows(client: FlaskClient) -> None:
    """What the page shows as its query is answered by /sparql with the rows of the page."""
    page = client.get("/questions/says?who=&mode=demanded", headers=BROWSER).text
    query = unescape(re.findall(r"<pre><code>(.*?)</code></pre>", page, re.S)[0])
    asked = client.post("/sparql", data=query, content_type="application/sparql-query", headers={"Accept": "text/csv"})
    saved = client.get("/questions/says?who=&mode=demanded&format=csv")
    assert asked.text == saved.text and asked.text.count("\n") > 1


def test_a_question_can_ask_for_a_graph(client: FlaskClient) -> None:
    """A CONSTRUCT is answered in RDF, and as a page with its triples."""
    turtle = client.get("/questions/graph", headers={"Accept": "text/turtle"})
    assert turtle.mimetype == "text/turtle" and "t:holder" in turtle.text
    assert client.get("/questions/graph?format=nt").text.count("\n") == len(example().instances("t:Claim"))
    assert iri("t:holder").rpartition("#")[2] in client.get("/questions/graph", headers=BROWSER).text
    assert client.get("/questions/graph?format=csv").status_code == 400


def test_a_question_that_is_not_there_is_answered_with_near_ones(client: FlaskClient) -> None:
    """A misspelt name leads to what it is most like."""
    problem = client.get("/questions/say", headers={"Accept": "application/json"}).get_json()
    assert problem["status"] == 404 and "/questions/says" in problem["hint"]


def test_an_answer_that_still_holds_is_not_evaluated_again() -> None:
    """With the validator of the answer a question is answered 304, and the engine is not asked."""
    engine = FakeEngine(example().quads)
    client = create_app(engine, questions={"says": read("says", SAYS, "says")}, cache_bytes=0).test_client()
    first = client.get("/questions/says?format=csv")
    asked = len(engine.asked)
    again = client.get("/questions/says?format=csv", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, len(engine.asked)) == (304, b"", asked)
    assert (
        client.get("/questions/says?format=json", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    )


def test_pictures_lead_to_the_questions_behind_them(shipped_engine: EmbeddedEngine) -> None:
    """Timeline, map, comparison, voices and what remains name the saved questions that ask the same."""
    asked = load(queries_dir())
    client = create_app(shipped_engine, questions=asked).test_client()
    behind = {one.page for one in asked.values() if one.page}
    assert behind == {"/compare", "/map", "/remaining", "/timeline", "/voices"}
    for page in sorted(behind):
        shown = client.get(page, headers={"Accept": "text/html"})
        assert shown.status_code == 200
        for one in asked.values():
            assert (f'href="/questions/{one.name}"' in shown.text) == (one.page == page)
