"""What the two shipped articles have in common, and in what they differ, as comparisons and saved questions tell it."""

import csv
import io

import pytest

from kb import build as builds
from kb import cards
from kb.compare import compare, gather
from kb.compare.dependence import tie
from kb.compare.given import read
from kb.compare.statements import with_comparisons
from kb.dataset import Dataset, parse
from kb.engine import EmbeddedEngine, QueryRequest
from kb.namespaces import iri, shorten
from kb.paths import data_dir, queries_dir
from kb.questions import load

CALIBER, NEWSROOM = "2022-12-13-caliber", "2022-12-12-newsroom"


@pytest.fixture(scope="module")
def compared(shipped: Dataset) -> Dataset:
    """The shipped data with everything that is computed between its claims."""
    return with_comparisons(shipped)


def answers(engine: EmbeddedEngine, name: str) -> list[dict[str, str]]:
    body = engine.answer(QueryRequest(load(queries_dir())[name].text, solutions="text/csv")).body.decode()
    return [
        {key: shorten(value) if value.startswith("https://w3id") else value for key, value in row.items()}
        for row in csv.DictReader(io.StringIO(body))
    ]


def comparison(data: Dataset, one: str, other: str) -> tuple[str, set[str], str]:
    """Relation, details that differ, and independence of two claims, given without the names of their articles."""
    ends = {iri(f"claim:{NEWSROOM}-{one}"), iri(f"claim:{CALIBER}-{other}")}
    (name,) = [
        name
        for name in data.instances("t:Comparison")
        if {*data.texts(name, "t:left"), *data.texts(name, "t:right")} == ends
    ]
    short = [shorten(data.value(name, key) or "").partition(":")[2] for key in ("t:relation", "t:independence")]
    return short[0], {value.rpartition("/")[2] for value in data.texts(name, "t:differsIn")}, short[1]


def test_claims_on_reused_passages_share_their_text_and_support_nothing(compared: Dataset) -> None:
    """Claims on passages that are reused, each of those that is known, share their text."""
    seen = 0
    for reuse in compared.instances("t:TextReuse"):
        first, second = compared.texts(reuse, "t:passage")
        claims = [compared.subjects("t:evidence", anchor) for anchor in (first, second)]
        for name in compared.instances("t:Comparison"):
            ends = compared.value(name, "t:left"), compared.value(name, "t:right")
            if (ends[0] in claims[0] and ends[1] in claims[1]) or (ends[1] in claims[0] and ends[0] in claims[1]):
                assert compared.value(name, "t:independence") == iri("independence:shared-text"), shorten(name)
                seen += 1
        assert not any(compared.values(claim, "t:corroborates") for both in claims for claim in both)
    assert seen > 50


def test_no_claim_of_one_article_is_corroborated_by_the_other(shipped_engine: EmbeddedEngine) -> None:
    """What both articles tell rests on shared words, one origin, or sources that nobody can tell apart."""
    assert answers(shipped_engine, "which-claims-are-independently-corroborated") == []
    rows = answers(shipped_engine, "who-speaks-of-each-event")
    assert {row["independentVoices"] for row in rows if row["outletCount"] == "2"} == {"0", "1"}
    assert sum(row["outletCount"] == "2" for row in rows) > 40


@pytest.mark.parametrize(
    ("newsroom", "caliber", "relation", "differs"),
    [
        ("agreement-last-week", "agreement", "differs-in-detail", {"date", "participant"}),
        ("experts-not-allowed", "experts-not-allowed", "narrower", {"date-expression"}),
        ("metals-taken-now", "metals-taken-now", "same-content", {"date-expression"}),
        ("car-damage", "car-damage", "differs-in-certainty", {"certainty", "participant"}),
        ("intervention", "intervention-presumed", "differs-in-certainty", {"certainty", "wording"}),
        ("corridor-oversight", "corridor-control", "differs-in-detail", {"type"}),
        (
            "settlements-taken",
            "territories-taken",
            "differs-in-detail",
            {"certainty", "participant", "place", "wording"},
        ),
        ("war", "war", "same-content", set()),
        ("karabakh-location-p16", "karabakh-location-p41", "differs-in-wording", {"wording"}),
        ("peacekeepers-armed", "peacekeepers-armed", "same-content", set()),
        ("conduct", "no-prevention", "differs-in-wording", {"certainty", "wording"}),
        ("protest-cause", "protest-overnight", "compatible", set()),
        ("shipments-reported", "shipments-presumed", "same-content", set()),
        ("coverage-attempt", "coverage-blocked", "differs-in-detail", {"certainty", "type"}),
        ("quarrel", "treatment", "differs-in-detail", {"type"}),
        ("experts-blocked", "experts-blocked", "same-content", set()),
    ],
)
def test_differences_between_the_articles_are_found(
    newsroom: str, caliber: str, relation: str, differs: set[str], compared: Dataset
) -> None:
    """Date expressions, certainty, who was harmed, kind of event and loaded words differ where the texts differ."""
    assert comparison(compared, newsroom, caliber)[:2] == (relation, differs)


def test_the_damaged_car_and_the_blocked_coverage_lost_their_hearsay(shipped_engine: EmbeddedEngine) -> None:
    """Two things that one sentence has as “said to” are flat in the other article; nothing else was lost or gained."""
    rows = answers(shipped_engine, "which-attributions-were-lost")
    assert [(row["earlier"], row["later"]) for row in rows] == [
        (f"claim:{NEWSROOM}-car-damage", f"claim:{CALIBER}-car-damage"),
        (f"claim:{NEWSROOM}-coverage-attempt", f"claim:{CALIBER}-coverage-blocked"),
    ]
    changed = answers(shipped_engine, "which-claims-changed-in-certainty")
    assert [(row["changed"], row["rule"], row["later"]) for row in changed] == [
        ("Certainty gained", "Hedge dropped", f"claim:{CALIBER}-car-damage"),
        ("Certainty gained", "Hedge dropped", f"claim:{CALIBER}-coverage-blocked"),
    ]


def test_accounts_of_one_event_differ_and_never_contradict(shipped_engine: EmbeddedEngine) -> None:
    """Numbers, dates, participants and certainty differ somewhere; after judging, no pair of claims contradicts."""
    rows = answers(shipped_engine, "how-do-accounts-of-one-event-differ")
    kinds = {kind for row in rows for kind in row["differsIn"].split(", ")}
    assert {"Certainty", "Date", "Number", "Participant", "Place"} <= kinds
    assert "Contradicts" not in {row["relation"] for row in rows}
    judged = {row["left"] for row in rows if row["reason"]}
    assert f"claim:{CALIBER}-peacekeeping-headline" in judged


def test_the_ministry_speaks_for_one_side_alone(shipped_engine: EmbeddedEngine) -> None:
    """The landmine count has voices of one side only; no event has a side for and a side against."""
    rows = {row["frame"]: row for row in answers(shipped_engine, "which-events-are-told-from-one-side")}
    mines = rows["event:mine-laying-in-karabakh"]
    assert (mines["only"], mines["voices"], mines["outlets"]) == ("Azerbaijani side", "1", "1")
    assert {row["only"] for row in rows.values()} == {"Azerbaijani side", "Russian side"}
    assert len(rows) == 11


def test_the_report_on_trucks_leads_back_to_its_outlet(shipped_engine: EmbeddedEngine) -> None:
    """Caliber.Az cites a report of its own, which the other article relays as Caliber.Az's: one voice, not two."""
    rows = answers(shipped_engine, "which-outlets-cite-themselves")
    trucks = [row for row in rows if row["claim"] == f"claim:{CALIBER}-trucks"]
    assert [(row["holder"], row["elsewhere"], row["throughOutlet"]) for row in trucks] == [
        ("Caliber.Az", f"claim:{NEWSROOM}-trucks", "Newsroom")
    ]
    assert {row["holder"] for row in rows} == {"Caliber.Az"}


def test_the_share_of_unnamed_sources_is_told_per_article(shipped_engine: EmbeddedEngine) -> None:
    """Of the claims with a source, about four in ten rest on one without a name, in either article."""
    shares = {row["article"]: row for row in answers(shipped_engine, "how-much-rests-on-unnamed-sources")}
    figures = {name: (row["claims"], row["ownVoice"], row["unnamed"]) for name, row in shares.items()}
    assert figures == {
        f"article:{NEWSROOM}": ("132", "101", "12"),
        f"article:{CALIBER}": ("218", "166", "22"),
    }
    assert [shares[f"article:{slug}"]["shareOfSourced"] for slug in (NEWSROOM, CALIBER)] == ["0.387", "0.423"]
    listed = answers(shipped_engine, "which-claims-rest-on-unnamed-sources")
    assert len({row["claim"] for row in listed}) == 12 + 22


def test_every_pair_that_wanted_judging_was_judged(shipped: Dataset) -> None:
    """The check tells of no two certainties and no two numbers that nobody has compared."""
    raw = parse(builds.sources(data_dir()))
    found = builds.findings(raw, builds.shapes(data_dir()), derived=shipped)
    assert {f.rule for f in found} & {"certainty-compared", "number-compared"} == set()


def test_an_editors_comparison_is_as_strict_on_independence_as_the_computed_one(shipped: Dataset) -> None:
    """Where an editor judges the content, the tie of the two voices is still the one that is computed; only where
    none is known may an editor see one."""
    known = gather(read(shipped)).origins
    names = shipped.instances("t:Comparison")
    assert len(names) > 10
    for name in names:
        left, right = shipped.value(name, "t:left") or "", shipped.value(name, "t:right") or ""
        computed = tie(left, right, known)
        allowed = {computed.independence} | ({"shared-text"} if computed.independence == "unknown" else set())
        assert (shipped.value(name, "t:independence") or "").removeprefix(iri("independence:")) in allowed, shorten(
            name
        )
        assert shipped.value(name, "t:comparisonReason")


def test_each_pair_has_one_comparison(shipped: Dataset, compared: Dataset) -> None:
    """The computed comparisons and those by hand together name every compared pair once."""
    pairs = [
        frozenset((compared.value(name, "t:left"), compared.value(name, "t:right")))
        for name in compared.instances("t:Comparison")
    ]
    assert len(pairs) == len(set(pairs))
    computed = sum(len(frame.comparisons) for frame in compare(read(shipped)).frames)
    assert len(pairs) == computed + len(shipped.instances("t:Comparison"))
    assert len(pairs) > 200


def test_hearsay_stays_hearsay_in_our_own_sentences(shipped_engine: EmbeddedEngine) -> None:
    """What an article passes on without showing how firmly is not told as if it were stated flatly."""
    for name in ("car-damage", "coverage-attempt"):
        content = cards.card(shipped_engine, iri(f"claim:{NEWSROOM}-{name}"))["content"]
        assert content["lead"] == "According to Newsroom, as hearsay:"
