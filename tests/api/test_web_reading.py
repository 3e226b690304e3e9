"""The pages of articles, claims and of those who are named: what stands where, and what is said of silence."""

import re

import pytest
from fake_engine import EXAMPLE, FakeEngine, example
from flask.testing import FlaskClient

from api import create_app
from kb import cards
from kb.cards.indexed import claims_with
from kb.engine import EmbeddedEngine
from kb.model import Source
from kb.namespaces import BASE, iri, turtle_prologue
from kb.paths import queries_dir
from kb.sources import read_snapshots

GAZETTE = "2024-03-05-gazette"
BLAMED = f"""
claim:{GAZETTE}-leak a t:Claim ; t:about event:dumping ; t:attributionBasis basis:author-voice ;
    t:certainty certainty:probable ; t:evidence anchor:{GAZETTE}-p6-s1 ; t:holder actor:northport-gazette ;
    t:mode mode:alleged ; t:paraphrase "The Gazette holds it to be likely that the port dumped barrels."@en ;
    t:polarity polarity:positive ; t:reportedIn article:{GAZETTE} ; t:sourceNaming naming:none .
claim:{GAZETTE}-leak {{
    event:dumping a sem:Event ; sem:eventType type:damage ; sem:hasPlace place:eastquay ;
        t:participation node:{GAZETTE}-leak-who .
    node:{GAZETTE}-leak-who a t:Participation ; sem:roleType role:agent ; t:participant actor:port .
}}
claim:{GAZETTE}-quay a t:Claim ; t:about event:lying ; t:certainty certainty:certain ;
    t:evidence anchor:{GAZETTE}-p6-s1 ; t:holder actor:harbour-office ; t:mode mode:stated ;
    t:polarity polarity:positive ; t:reportedIn article:{GAZETTE} .
claim:{GAZETTE}-quay {{
    event:lying a t:State ; sem:eventType type:location ; sem:hasPlace place:westquay ;
        t:participation node:{GAZETTE}-quay-what .
    node:{GAZETTE}-quay-what a t:Participation ; sem:roleType role:located-thing ; t:participant place:eastquay .
}}
"""


@pytest.fixture
def blaming() -> FakeEngine:
    return FakeEngine(example(Source("blamed.trig", turtle_prologue() + BLAMED, True)).quads)


def text(page: str) -> str:
    """What stands on a page, without its markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())


def test_an_article_shows_sentences_beside_the_claims_that_rest_on_them(client: FlaskClient) -> None:
    """A paragraph has its address, its words with cues marked, and its claims under their speakers."""
    page = client.get(f"/article/{GAZETTE}.html").text
    paragraph = page[page.index('id="p5"') : page.index('id="p6"')]
    assert '<em class="cue">according to the harbour office</em>' in paragraph
    assert paragraph.index("Northport Herald</a>") < paragraph.index(f'href="/claim/{GAZETTE}-barrels"')
    assert f'id="{GAZETTE}-p5-s1"' in paragraph
    assert "2 of 5 sentences carry claims" in text(page)
    assert "0 not encoded" in text(page)


def test_an_article_without_its_text_says_so(engine: FakeEngine) -> None:
    """Then places are told by their characters, and that the rest is not known."""
    page = create_app(engine).test_client().get(f"/article/{GAZETTE}.html").text
    assert "The text is not at hand here" in text(page)
    assert "characters 102 to 268" in text(page)
    assert "how many are not encoded is not known here" in text(page)
    assert "fishermen demanded that" not in page


def test_the_page_of_a_claim_begins_with_what_is_asked_most(client: FlaskClient) -> None:
    """Whose it is, what it is, in which words, on whose word, what is said, who else says so, how it is put."""
    page = client.get(f"/claim/{GAZETTE}-barrels.html").text
    order = ["<h1>", "In which words", "On whose word", "What is said", "Who else speaks of this", "How it is put"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert page.count('<li class="rung') == 3


def test_that_nobody_else_says_so_is_said(client: FlaskClient) -> None:
    """Where nothing could be compared the page of the claim does not leave it out."""
    assert "nobody else says so or says otherwise" in text(client.get(f"/claim/{GAZETTE}-demand.html").text)


def test_a_passage_leads_to_its_place_in_the_article(client: FlaskClient) -> None:
    """The locator of a claim's passage leads to the paragraph, at which the article's page then begins."""
    page = client.get(f"/claim/{GAZETTE}-demand.html").text
    found = re.search(rf'href="(/article/{GAZETTE}\?section=reading[^"#]*)#([^"]*)"', page)
    assert found is not None
    part = client.get(found[1].replace("&amp;", "&"), headers={"Accept": "text/html"}).text
    assert f'id="{found[2]}"' in part
    assert 'id="p6"' in part and 'id="p5"' not in part


def test_what_others_blame_somebody_for_stands_apart(blaming: FakeEngine) -> None:
    """An allegation is among the accusations with its role and manner, and not among the other mentions."""
    card = cards.card(blaming, iri("actor:port"))
    assert card is not None
    blamed, unkept = card["accusations"]["items"]
    assert blamed["claim"]["iri"] == iri(f"claim:{GAZETTE}-leak")
    assert unkept["claim"]["iri"] == iri(f"claim:{GAZETTE}-not-prevented")
    assert [role["label"] for role in blamed["roles"]] == ["Agent"]
    modes = [(mode["code"], mode["total"]) for mode in card["modes_of_accusations"]]
    assert modes == [("alleged", 1), ("presumed", 1)]
    named = [item["claim"]["iri"] for item in card["named_otherwise"]["items"]]
    assert iri(f"claim:{GAZETTE}-leak") not in named
    assert len(named) + 2 == card["claims_naming_it"]["total"]


def test_an_actor_who_is_blamed_and_never_heard_is_said_to_be_so(blaming: FakeEngine) -> None:
    """The page says that no claim under the name is recorded, and that what it lists are claims."""
    page = text(create_app(blaming).test_client().get("/actor/port.html").text)
    assert "Harm or failure, as others claim it (2)" in page
    assert "No claim under this name is recorded here, and so no reply." in page
    assert "whether it is so is not said here" in page


def test_accusations_are_those_of_the_saved_question(shipped_engine: EmbeddedEngine) -> None:
    """In the data that ships, the filter finds for everybody as many claims as do-the-accused-answer counts."""
    query = (queries_dir() / "do-the-accused-answer.rq").read_text(encoding="utf-8")
    counted = {row["accused"].value: row["accusations"].value for row in shipped_engine.select(query)}  # type: ignore[union-attr]
    sql = "SELECT value FROM member WHERE list = 'claims' AND filter = 'accused'"
    found = {value: claims_with(shipped_engine, "accused", value).total for (value,) in shipped_engine.index.rows(sql)}
    assert {f"{BASE}{name}": str(count) for name, count in found.items()} == counted
    assert counted


def test_where_a_place_lies_is_told_with_who_says_so(blaming: FakeEngine) -> None:
    """The inner place and the outer both have the claim, with its speaker."""
    inner, outer = (cards.card(blaming, iri(f"place:{name}")) for name in ("eastquay", "westquay"))
    assert inner is not None and outer is not None
    (way,) = inner["lies_in"]
    assert outer["contains"] == [way]
    assert (way["in"]["label"], way["total"], way["more"]) == ("Westquay", 1, None)
    assert way["claims"][0]["speaker"] == "Harbour office, as relayed by Northport Gazette"
    assert [hit["iri"] for hit in inner["claims_there"]["items"]] == [iri(f"claim:{GAZETTE}-leak")]


def test_that_nobody_says_where_a_place_lies_is_said(client: FlaskClient) -> None:
    """Nothing here says on its own that a place lies in another."""
    assert "No claim that is recorded here says in what it lies" in text(client.get("/place/eastquay.html").text)


@pytest.mark.parametrize(
    ("path", "total"),
    [("mode/demanded", 1), ("role/cargo", 1), ("type/movement", 1), ("basis/explicit-cue", 3), ("mode/denied", 0)],
)
def test_a_concept_has_the_claims_that_use_it(client: FlaskClient, path: str, total: int) -> None:
    """They are those of the list with this filter, narrower types among them."""
    card = client.get(f"/{path}.json").get_json()
    kind, _, code = path.partition("/")
    listed = client.get(f"/claims?{kind}={code}&format=json").get_json()
    assert card["in_use"]["total"] == listed["total"] == total
    assert ("As a list, with filters" in client.get(f"/{path}.html").text) == bool(total)


def test_a_concept_by_which_no_claims_are_found_says_nothing_of_use(client: FlaskClient) -> None:
    """Null is not the same as none."""
    assert client.get("/approximation/about.json").get_json()["in_use"] is None


def test_names_stand_with_who_writes_them() -> None:
    """The uses of one form are told together, a form nobody is noted to write is told too."""
    uses = f"""node:use a t:NameUse ; t:nameOf place:eastquay ; t:nameForm "East Quay"@en ; t:usedBy article:{GAZETTE} .
    place:eastquay skos:altLabel "Old Eastquay"@en ."""
    engine = FakeEngine(example(Source("uses.ttl", turtle_prologue() + uses, False)).quads)
    page = text(
        create_app(engine, snapshots=read_snapshots(EXAMPLE / "sources")).test_client().get("/place/eastquay.html").text
    )
    assert "East Quay Northport Gazette" in page
    assert "with no use noted in the texts that were read:" in page
