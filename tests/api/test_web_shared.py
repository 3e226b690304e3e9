"""Passages and shared words as they are served: enough to check a claim, never the text."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fake_engine import EXAMPLE, FakeEngine, example

from api import create_app
from kb.engine import EmbeddedEngine
from kb.model import Source
from kb.namespaces import turtle_prologue
from kb.passages import Showing
from kb.sources import read_snapshots

GAZETTE = "2024-03-05-gazette"
COURIER = f"""
snapshot:2024-03-06-courier a t:TextSnapshot ; t:length 99 ; schema:sha256 "{"0" * 64}" .
article:2024-03-06-courier a schema:NewsArticle ; schema:publisher actor:northport-herald ;
    schema:datePublished "2024-03-06"^^xsd:date ; t:snapshot snapshot:2024-03-06-courier .
anchor:2024-03-06-courier-p1-s1 a oa:SpecificResource ; oa:hasSource snapshot:2024-03-06-courier ;
    t:start 0 ; t:end 90 ; t:paragraph 1 ; schema:sha256 "{"1" * 64}" .
claim:2024-03-06-courier-demand a t:Claim ; t:evidence anchor:2024-03-06-courier-p1-s1 ;
    t:holder actor:northport-herald ; t:reportedIn article:2024-03-06-courier ;
    t:paraphrase "As the Herald says, …"@en .
reuse:{GAZETTE}-p6-s1-2024-03-06-courier-p1-s1 a t:TextReuse ; t:ratio 0.951 ; t:containment 1.0 ;
    t:sharing sharing:near-verbatim ; t:direction direction:unknown ; t:method method:text-reuse ;
    t:passage anchor:{GAZETTE}-p6-s1 , anchor:2024-03-06-courier-p1-s1 .
snapshot:{GAZETTE}-earlier-0 a t:TextSnapshot ; t:supersededBy snapshot:{GAZETTE} ; t:length 400 .
article:{GAZETTE} t:snapshot snapshot:{GAZETTE}-earlier-0 .
"""


@pytest.fixture
def shared() -> FakeEngine:
    return FakeEngine(example(Source("courier.trig", turtle_prologue() + COURIER, True)).quads)


def get(engine: FakeEngine, path: str, **options: Any) -> str:
    client = create_app(engine, snapshots=read_snapshots(EXAMPLE / "sources"), **options).test_client()
    return client.get(path).text


def test_a_claim_tells_where_its_words_stand_again(shared: FakeEngine) -> None:
    """Beside the passage stand the other one, how alike they are, that the direction is open, and its claims."""
    card = json.loads(get(shared, f"/claim/{GAZETTE}-demand.json"))
    (other,) = card["evidence"][0]["shared_with"]
    assert (other["ratio"], other["sharing"]["code"], other["direction"]["code"]) == (0.951, "near-verbatim", "unknown")
    assert other["article"]["label"] == "Northport Herald, 2024-03-06"
    assert [hit["speaker"] for hit in card["same_words_elsewhere"]["items"]] == ["Northport Herald"]
    page = get(shared, f"/claim/{GAZETTE}-demand.html")
    assert "who was first is not known" in page and "Two outlets with one text are one voice" in page


def test_a_claim_whose_words_stand_nowhere_else_says_nothing_of_it(shared: FakeEngine) -> None:
    """Where no words are shared the page is silent and the card has empty lists."""
    card = json.loads(get(shared, f"/claim/{GAZETTE}-barrels.json"))
    assert [anchor["shared_with"] for anchor in card["evidence"]] == [[]]
    assert card["same_words_elsewhere"] == {"total": 0, "items": [], "more": None}
    assert "one voice" not in get(shared, f"/claim/{GAZETTE}-barrels.html")


def test_an_article_lists_what_it_shares_with_each_other(shared: FakeEngine) -> None:
    """The article's card has the other article with each pair of passages, and its earlier version."""
    card = json.loads(get(shared, f"/article/{GAZETTE}.json"))
    (other,) = card["shares_words_with"]
    assert (other["total"], other["passages"][0]["here"]["paragraph"]) == (1, 6)
    assert [version["length"] for version in card["earlier_versions"]] == [400]
    assert card["snapshot"]["iri"].endswith(f"/{GAZETTE}")
    page = get(shared, f"/article/{GAZETTE}.html")
    assert "Words shared with" in page and "95 %" in page and "Earlier version" in page


def test_shared_words_have_an_address(shared: FakeEngine) -> None:
    """An entry of shared words can be cited, as page and as data, and is not for search engines."""
    client = create_app(shared).test_client()
    path = f"/reuse/{GAZETTE}-p6-s1-2024-03-06-courier-p1-s1"
    answer = client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    assert "t:ratio 0.951" in client.get(f"{path}.ttl").text


@pytest.mark.parametrize(("limit", "shown"), [(0, None), (13, "The fishermen")])
def test_the_operator_says_how_much_is_shown(shared: FakeEngine, limit: int, shown: str | None) -> None:
    """A passage is cut at the limit, and with 0 no words are shown anywhere."""
    card = json.loads(get(shared, f"/claim/{GAZETTE}-demand.json", showing=Showing(limit, 0)))
    anchor = card["evidence"][0]
    assert (anchor["passage"], anchor["passage_is_whole"]) == (shown, None if shown is None else False)
    assert anchor["outlet"]["label"] == "Northport Gazette"
    page = get(shared, f"/claim/{GAZETTE}-demand.html", showing=Showing(limit, 0))
    assert ("The words are not shown" in page) is (shown is None)


def test_cue_words_are_marked_in_the_passage(shared: FakeEngine) -> None:
    """The words that bind a claim to its speaker are marked where they stand."""
    anchor = json.loads(get(shared, f"/claim/{GAZETTE}-demand.json"))["evidence"][0]
    (mark,) = anchor["marks"]
    assert anchor["passage"][mark["start"] : mark["end"]] == "demanded"
    assert '<em class="cue">demanded</em>' in get(shared, f"/claim/{GAZETTE}-demand.html")


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for found in value.values():
            yield from strings(found)
    elif isinstance(value, list):
        for found in value:
            yield from strings(found)


def test_no_answer_holds_more_than_short_passages(shipped_engine: EmbeddedEngine, texts: dict[str, str]) -> None:
    """No card, list, dump or query answer has a long stretch of an article, or a fifth of it in pieces."""
    showing = Showing()
    client = create_app(shipped_engine, snapshots=texts, showing=showing).test_client()
    claims = client.get("/claims?limit=500&format=json").get_json()["items"]
    paths = [f"/claim/{hit['iri'].rpartition('/')[2]}.json" for hit in claims[::7]]
    bodies = ["\n".join(strings(client.get(path).get_json())) for path in paths]
    bodies += [client.get(path).text for path in ("/claims?limit=500&format=csv", "/dump.trig", "/", "/articles")]
    longest = showing.passage + 2 * showing.around + 1
    for slug, text in texts.items():
        own = [text[at : at + 60] for at in range(0, len(text) - 60, 30)]
        for body in bodies:
            assert not any(text[at : at + longest] in body for at in range(0, len(text) - longest, 25)), slug
            assert sum(piece in body for piece in own) < len(own) / 5, slug
    assert sum(any(text[at : at + 60] in body for at in range(0, len(text), 30)) for body in bodies) > 20


def test_an_article_is_shown_in_parts(shipped_engine: EmbeddedEngine, texts: dict[str, str]) -> None:
    """One answer holds no more of an article than is allowed, and all parts together each of its sentences once."""
    client = create_app(shipped_engine, snapshots=texts, showing=Showing(page=700)).test_client()
    for slug, text in texts.items():
        path, seen = f"/article/{slug}.json", []
        while path:
            reading = client.get(path).get_json()["reading"]
            shown = [place for item in reading["items"] for place in item["passages"] if place["passage"]]
            assert sum(len(place["passage"]) for place in shown) <= 700
            assert all(text[place["start"] : place["end"]].startswith(place["passage"]) for place in shown)
            seen += [place["start"] for item in reading["items"] for place in item["passages"]]
            path = (reading["more"] or "").replace("?", ".json?")
        assert seen == sorted(set(seen))
        assert len(seen) == reading["coverage"]["total"]
