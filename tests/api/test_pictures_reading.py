"""Pictures of articles and claims: bars for sentences, rungs for voices."""

from typing import Any

from fake_engine import EXAMPLE, FakeEngine, example

from api.pictures import chain, coverage
from api.represent import pieces
from kb import cards
from kb.namespaces import iri
from kb.sources import read_snapshots

GAZETTE = "2024-03-05-gazette"


def card(kind: str, slug: str) -> Any:
    return cards.card(FakeEngine(example().quads), iri(f"{kind}:{slug}"), snapshots=read_snapshots(EXAMPLE / "sources"))


def outlined(*totals: int, shown: tuple[int, ...] = ()) -> dict[str, Any]:
    outline = [
        {"paragraph": number, "state": "claims" if total else "open", "total": total}
        for number, total in enumerate(totals, start=1)
    ]
    return {"reading": {"outline": outline, "items": [{"paragraph": one} for one in shown]}}


def test_a_bar_is_as_high_as_claims_rest_on_its_sentence() -> None:
    """The bars of the example stand in the order of the text, on one ground, and only claims make them high."""
    found = coverage.skyline(card("article", GAZETTE))
    assert [bar.state for bar in found.bars] == ["metadata", "metadata", "excused", "claims", "claims"]
    assert all(bar.y + bar.height == found.ground for bar in found.bars)
    assert found.bars[3].height == found.ground and found.bars[0].height < found.bars[3].height
    assert found.most == 2


def test_what_the_page_shows_is_marked() -> None:
    """The mark reaches from the first to the last bar of the paragraphs that are shown."""
    found = coverage.skyline(outlined(1, 2, 3, 4, shown=(2, 3)))
    assert found.shown_from == found.bars[1].x
    assert found.shown_to == found.bars[2].x + found.bars[2].width
    nothing = coverage.skyline(outlined(1, shown=()))
    assert nothing.shown_from == nothing.shown_to


def test_a_long_text_has_no_more_bars_than_there_is_room_for() -> None:
    """Sentences share a bar then, which is as high as the highest and shows what is not encoded."""
    found = coverage.skyline(outlined(*([5, 0, 3] * 2000)))
    assert len(found.bars) <= coverage.WIDTH / 2
    assert all(bar.width > 0 and bar.x + bar.width <= coverage.WIDTH for bar in found.bars)
    assert {bar.state for bar in found.bars} == {"open"}
    assert {bar.height for bar in found.bars} == {found.ground}


def test_an_article_without_places_has_no_bars() -> None:
    """Where nothing is recorded nothing is drawn."""
    assert coverage.skyline(outlined()).bars == ()


def test_the_ladder_has_a_rung_for_each_voice() -> None:
    """From the outlet down to the one to whom the claim is ascribed, with how each puts it."""
    rungs = chain.ladder(card("claim", f"{GAZETTE}-barrels"))
    assert [rung.voice["label"] for rung in rungs if rung.voice] == [
        "Northport Gazette",
        "Northport Herald",
        "Harbour office",
    ]
    assert [rung.mode["code"] if rung.mode else None for rung in rungs] == [None, "reported", "stated"]
    assert [rung.publishes for rung in rungs] == [True, False, False]
    assert [rung.last for rung in rungs] == [False, False, True]
    assert {rung.line for rung in rungs} == {"certain"}


def test_a_source_that_is_not_named_is_hollow_and_an_own_voice_is_one_rung() -> None:
    """Collective, anonymous and hearsay sources are drawn hollow; what an outlet says itself adds no rung."""
    fishermen = chain.ladder(card("claim", f"{GAZETTE}-not-prevented"))
    assert [rung.hollow for rung in fishermen] == [False, True]
    assert fishermen[-1].line == "underspecified"
    outlet = {"iri": "x", "label": "Gazette", "lang": None}
    links = [
        {"kind": "article", "voice": outlet},
        {
            **{"kind": "claim", "voice": outlet, "iri": "c", "label": "", "lang": None, "mode": None},
            **{"certainty": {"code": "probable"}, "source_naming": {"code": "none"}},
        },
    ]
    (own,) = chain.ladder({"chain": links})
    assert own.publishes and own.last and not own.hollow
    assert own.line == "probable"


def test_words_are_cut_where_marks_begin_and_end() -> None:
    """A mark inside another gives a piece with both, and all pieces together are the words."""
    marks = [{"start": 0, "end": 7, "what": "cue"}, {"start": 3, "end": 5, "what": "loaded"}]
    found = pieces("abcdefghij", marks)
    assert found == [("abc", ["cue"]), ("de", ["cue", "loaded"]), ("fg", ["cue"]), ("hij", [])]
    assert pieces("abc", []) == [("abc", [])]
