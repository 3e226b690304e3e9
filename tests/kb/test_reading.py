"""An article as it is read: places, what rests on them, and how much of the text is shown."""

from typing import Any

import pytest
from fake_engine import EXAMPLE, FakeEngine, example

from kb import cards
from kb.dataset import Dataset
from kb.engine import EmbeddedEngine
from kb.evidence import verify
from kb.model import Source
from kb.namespaces import iri, turtle_prologue
from kb.passages import Showing
from kb.sources import read_snapshots

GAZETTE = "2024-03-05-gazette"
TEXTS = read_snapshots(EXAMPLE / "sources")
LOADED = f"""
anchor:{GAZETTE}-loaded a oa:SpecificResource ; oa:hasSource snapshot:{GAZETTE} ;
    t:start 120 ; t:end 131 ; t:paragraph 5 ;
    t:exactWords "ld reported"@en .
node:{GAZETTE}-loaded a oa:Annotation ; oa:hasBody node:{GAZETTE}-wording ; oa:hasTarget anchor:{GAZETTE}-loaded .
node:{GAZETTE}-wording a t:LoadedWording ; t:neutralEquivalent "said"@en ; t:sentiment sentiment:negative ;
    t:target actor:port .
"""


def reading(texts: dict[str, str] | None = None, *extra: Source, after: int = 0, **shown: int) -> Any:
    card = cards.card(
        FakeEngine(example(*extra).quads),
        iri(f"article:{GAZETTE}"),
        snapshots=TEXTS if texts is None else texts,
        showing=Showing(**shown),
        section="reading",
        after=after,
    )
    assert card is not None
    return card["reading"]


def places(found: Any) -> list[Any]:
    return [place for paragraph in found["items"] for place in paragraph["passages"]]


def test_every_sentence_stands_in_its_order_with_what_accounts_for_it() -> None:
    """Headline and byline are metadata, the excused sentence has its reason, and furniture is not there."""
    found = reading()
    assert [(one["paragraph"], one["section"]) for one in found["items"]] == [
        (2, "headline"),
        (3, "byline"),
        (4, "body"),
        (5, "body"),
        (6, "body"),
    ]
    assert [place["state"] for place in places(found)] == ["metadata", "metadata", "excused", "claims", "claims"]
    assert places(found)[2]["excuses"][0]["reason"]["code"] == "rhetoric-without-content"
    assert found["coverage"] == {
        "counted": "sentences",
        "total": 5,
        "with_claims": 2,
        "excused": 1,
        "metadata": 2,
        "open": 0,
    }


def test_a_sentence_has_the_claims_that_rest_on_it_outer_voices_first() -> None:
    """Who passes on a claim comes before the claim that is passed on, each with its chain."""
    claims = places(reading())[3]["claims"]
    assert [one["speaker"] for one in claims] == [
        "Northport Herald, as relayed by Northport Gazette",
        "Harbour office, as relayed by Northport Herald and Northport Gazette",
    ]


def test_cue_words_are_marked_in_the_words_of_a_sentence() -> None:
    """A mark gives the range in the words that are shown."""
    place = places(reading())[3]
    assert [place["passage"][mark["start"] : mark["end"]] for mark in place["marks"]] == [
        "The Northport Herald reported",
        "according to the harbour office",
    ]


def test_loaded_words_have_target_direction_and_a_neutral_equivalent() -> None:
    """What an editor marked as judging stands with the sentence, and its mark may lie inside that of a cue."""
    place = places(reading(None, Source("loaded.ttl", turtle_prologue() + LOADED, False)))[3]
    (loaded,) = place["loaded"]
    assert (loaded["words"], loaded["neutral"]) == ("ld reported", "said")
    assert loaded["target"]["iri"] == iri("actor:port")
    assert loaded["sentiment"]["code"] == "negative"
    assert {"start": 18, "end": 29, "what": "loaded"} in place["marks"]


def test_without_the_text_places_are_the_passages_of_the_data() -> None:
    """No words are shown, the locators are those of the anchors, and how much is open is not known."""
    found = reading({})
    assert not found["text_is_at_hand"]
    assert [(place["start"], place["end"], place["passage"]) for place in places(found)] == [
        (68, 100, None),
        (102, 268, None),
        (270, 362, None),
    ]
    assert found["coverage"]["open"] is None
    assert places(found)[1]["cues"][0]["words"] == "The Northport Herald reported"


def test_another_version_of_the_text_is_not_taken_for_the_one_that_was_read() -> None:
    """A text with another hash gives no words and no sentences."""
    assert not reading({GAZETTE: TEXTS[GAZETTE] + "More."})["text_is_at_hand"]


@pytest.mark.parametrize(("passage", "page", "words"), [(0, 2000, 0), (500, 0, 0), (10, 2000, 10), (500, 25, 25)])
def test_no_more_of_the_text_is_shown_than_is_allowed(passage: int, page: int, words: int) -> None:
    """The limit of a passage holds for each sentence, that of a page for all of them; a cut sentence says so."""
    shown = places(reading(passage=passage, page=page))
    lengths = [len(place["passage"] or "") for place in shown]
    assert max(lengths, default=0) <= words
    assert sum(lengths) <= page
    assert all(place["passage_is_whole"] in (None, True, False) for place in shown)
    assert all(place["passage"] is None for place in shown) == (words == 0)


def test_one_reads_on_behind_a_paragraph() -> None:
    """The parts follow each other, and their addresses lead to the first paragraph of each."""
    first = reading(page=60)
    assert first["more"] == f"/article/{GAZETTE}?section=reading&after={first['items'][-1]['paragraph']}"
    assert [(page["first"], page["last"]) for page in first["pages"]] == [(2, 3), (4, 4), (5, 5), (6, 6)]
    assert [one["paragraph"] for one in reading(after=4, page=60)["items"]] == [5]
    assert reading(after=6)["items"] == []


def test_places_are_those_that_are_verified(
    shipped: Dataset, shipped_engine: EmbeddedEngine, texts: dict[str, str]
) -> None:
    """Of the shipped articles, each sentence has the state and the number of claims that verification finds."""
    for found in verify(shipped, texts):
        card = cards.card(shipped_engine, found.article, snapshots=texts)
        assert card is not None
        expected = [
            (
                one.sentence.paragraph,
                "claims" if one.claims else "excused" if one.excuse else "metadata" if one.metadata else "open",
                len(one.claims),
            )
            for one in found.coverage
        ]
        outline = [(one["paragraph"], one["state"], one["total"]) for one in card["reading"]["outline"]]
        assert outline == expected


def test_shared_sentences_have_their_twins(shipped_engine: EmbeddedEngine, texts: dict[str, str]) -> None:
    """As many pairs are told sentence by sentence as the card counts of both articles, from either side."""
    for slug in texts:
        twins, after = set(), 0
        while True:
            card = cards.card(shipped_engine, iri(f"article:{slug}"), snapshots=texts, section="reading", after=after)
            assert card is not None
            twins |= {one["iri"] for place in places(card["reading"]) for one in place["shared_with"]}
            if card["reading"]["more"] is None:
                break
            after = card["reading"]["items"][-1]["paragraph"]
        assert len(twins) == sum(other["total"] for other in card["shares_words_with"])
