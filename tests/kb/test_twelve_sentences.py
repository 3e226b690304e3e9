"""What the shipped data answers on the twelve sentences: speaker, chain, hedge, direction, number, passage."""

import csv
from collections import defaultdict

import pytest
from asking import answers
from places import ROOT

from kb.dataset import Dataset
from kb.engine import EmbeddedEngine
from kb.namespaces import iri
from kb.paths import data_dir

CALIBER, NEWSROOM = "2022-12-13-caliber", "2022-12-12-newsroom"


def test_the_landmine_total_is_the_ministrys_through_the_outlet(shipped_engine: EmbeddedEngine) -> None:
    """The total of 1,609 is the ministry's, relayed by Caliber.Az, and rests on one sentence."""
    (row,) = answers(shipped_engine, "who-is-behind-a-number")
    assert (row["holder"], row["relayedBy"], row["number"]) == ("Defence Ministry of Azerbaijan", "Caliber.Az", "1609")
    assert row["article"] == f"article:{CALIBER}"
    assert row["passage"] == f"anchor:{CALIBER}-p40-s2"


def test_the_hedge_covers_the_war_and_not_the_grenade(shipped_engine: EmbeddedEngine) -> None:
    """“Reportedly” covers the part in the war alone; throwing, citizenship and post stay flat statements."""
    passage = f"anchor:{CALIBER}-p29-s1"
    rows = {row["claim"]: row for row in answers(shipped_engine, "what-the-hedge-covers") if row["passage"] == passage}
    hedged = rows.pop(f"claim:{CALIBER}-war-participation")
    assert "reportedly" in hedged["cue"] and hedged["mode"] == "Alleged" and hedged["certainty"] == "Underspecified"
    assert {row["claim"] for row in rows.values() if row["hedged"] == "true"} == set()
    assert hedged["holder"].startswith("unnamed reports")
    presumed = rows.pop(f"claim:{CALIBER}-peacekeepers-at-corridor")
    assert (presumed["holder"], presumed["mode"]) == ("Caliber.Az", "Presumed")
    assert set(rows) == {f"claim:{CALIBER}-{n}" for n in ("grenade", "person-citizenship", "soldiers-stationed")}
    assert all((row["holder"], row["certainty"], row["cue"]) == ("Caliber.Az", "Certain", "") for row in rows.values())


def test_the_demand_its_addressee_and_what_it_takes_for_granted(shipped_engine: EmbeddedEngine) -> None:
    """Volkov is to come out and to explain; that harm was done and not prevented is taken for granted."""
    rows = [
        row
        for row in answers(shipped_engine, "what-is-demanded-of-whom")
        if row["passage"] == f"anchor:{NEWSROOM}-p8-s2"
    ]
    assert {row["addressee"] for row in rows} == {"Andrei Volkov"}
    assert {row["demand"] for row in rows} == {
        f"claim:{NEWSROOM}-demand-appearance",
        f"claim:{NEWSROOM}-demand-explanation",
    }
    assert {(row["takenForGranted"], row["polarity"]) for row in rows if row["takenForGranted"]} == {
        (f"claim:{NEWSROOM}-environmental-harm", "Positive"),
        (f"claim:{NEWSROOM}-harm-not-prevented", "Negative"),
    }


def test_the_trucks_went_from_khankendi_to_armenia(shipped_engine: EmbeddedEngine) -> None:
    """The trucks are Caliber.Az's, went from Khankendi to Armenia, some time from 10 to 14 November 2022."""
    row, escort = [
        row for row in answers(shipped_engine, "which-way-and-when") if row["claim"] == f"claim:{NEWSROOM}-trucks"
    ]
    assert (row["number"], escort["number"], row["relayedBy"]) == ("8", "1", "Newsroom")
    assert (row["holder"], row["from"], row["to"]) == ("Caliber.Az", "Khankendi / Stepanakert", "Armenia")
    assert (row["earliest"], row["latest"]) == ("2022-11-10", "2022-11-14")
    assert row["words"] == "between November 10 and November 14"


def test_about_fourteen_passengers_twelve_of_them_from_izeh(shipped_engine: EmbeddedEngine) -> None:
    """About 14 people were carried; 12 of these are said to be from Izeh."""
    rows = answers(shipped_engine, "how-many-took-part-and-from-where")
    assert [(r["number"], r["approximation"], r["outOf"], r["home"]) for r in rows] == [
        ("14", "About", "", ""),
        ("12", "Exact", "14", "Izeh"),
    ]


def test_the_arms_list_counts_two_missile_types_and_no_launchers(shipped_engine: EmbeddedEngine) -> None:
    """Ten units each of two types are counted; launchers, mines, rifles and mortars are not, and 122 is no number."""
    answered = answers(shipped_engine, "what-a-shipment-is-made-up-of")
    rows = {row["part"].removesuffix(" (Caliber.Az, 13 December 2022)"): row["number"] for row in answered}
    counted = {part: number for part, number in rows.items() if number}
    assert counted == {"anti-tank guided missile “Cornet”": "10", "anti-tank guided missile “Fagot”": "10"}
    assert rows["grenade launchers"] == rows["122 mm mortars"] == ""
    assert len(rows) == 11


def test_printed_permission_stays_as_printed(shipped: Dataset) -> None:
    """“Now allowed” is encoded as printed, positive, with a note that the next sentence suggests otherwise."""
    claim = iri(f"claim:{CALIBER}-now-allowed")
    assert shipped.value(claim, "t:polarity") == iri("polarity:positive")
    assert "However" in (shipped.value(claim, "t:note") or "")


def test_passives_have_no_agent(shipped: Dataset) -> None:
    """Nobody is made the one who planted, extracted, transported, allowed or held."""
    forbidden = {iri(f"role:{name}") for name in ("agent", "authority", "holder-of-control")}
    passives = ("landmines-laid", "landmines-production", "now-allowed", "experts-not-allowed")
    claims = [f"claim:{CALIBER}-{name}" for name in passives]
    claims += [f"claim:{NEWSROOM}-{name}" for name in ("materials-transport", "materials-extraction", "lands-held")]
    for claim in claims:
        roles = {q.object.value for q in shipped.graphs[iri(claim)] if q.predicate.value == iri("sem:roleType")}
        assert roles and not roles & forbidden


def test_the_date_of_the_signing_is_not_spread_to_the_end_of_the_war(shipped: Dataset) -> None:
    """The signing has its day; the end of the war, the shelling, the blocking and the detention have none."""
    dated = {
        name: any(q.predicate.value == iri("t:edtf") for q in shipped.graphs[iri(f"claim:{name}")])
        for name in (
            f"{NEWSROOM}-statement-signing",
            f"{NEWSROOM}-war-end",
            f"{NEWSROOM}-shelling-2020",
            f"{CALIBER}-experts-not-allowed",
            f"{CALIBER}-experts-blocked",
            f"{CALIBER}-group-detained",
        )
    }
    assert [name for name, has in dated.items() if has] == [
        f"{NEWSROOM}-statement-signing",
        f"{CALIBER}-experts-not-allowed",
    ]


def test_the_unnamed_source_hangs_from_the_article(shipped: Dataset) -> None:
    """The operational data are an anonymous source of the article, not of the outlet credited before them."""
    claim = iri(f"claim:{NEWSROOM}-materials-transport")
    assert shipped.value(claim, "t:reportedIn") == iri(f"article:{NEWSROOM}")
    assert shipped.value(claim, "t:holder") in shipped.instances("t:AnonymousSource")


def test_every_chain_ends_at_an_article(shipped_engine: EmbeddedEngine, shipped: Dataset) -> None:
    """Each claim has one holder and is in exactly one article."""
    query = (
        "PREFIX t: <https://w3id.org/testimonia/ontology#> SELECT ?claim (COUNT(DISTINCT ?article) AS ?n) "
        "{ ?claim a t:Claim ; t:holder ?holder ; t:inArticle ?article } GROUP BY ?claim"
    )
    rows = shipped_engine.select(query)
    assert {row["claim"].value for row in rows} == set(shipped.instances("t:Claim"))  # type: ignore[union-attr]
    assert {row["n"].value for row in rows} == {"1"}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def compared() -> list[dict[str, str]]:
    with (data_dir() / "audit" / "twelve-sentences.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_two_encodings_agree_as_far_as_the_page_says(compared: list[dict[str, str]]) -> None:
    """Every figure of docs/encoding-agreement.md follows from the table of compared values, and nine in ten agree."""
    agreed: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for row in compared:
        if row["first"] or row["second"]:
            total[row["field"]] += 1
            agreed[row["field"]] += row["first"] == row["second"]
    named = {"focus": "focus (event or state, and type)", "roles": "roles and places", "naming": "source naming"}
    named |= {"claim": "claim (made by one coder only)"}
    page = (ROOT / "docs" / "encoding-agreement.md").read_text(encoding="utf-8")
    for field, count in total.items():
        assert f"| {named.get(field, field)} | {agreed[field]} | {count} |" in page
    core = ("claim", "holder", "chain", "mode", "polarity", "focus", "roles", "quantities", "dates")
    same, compared_values = (sum(figures[field] for field in core) for figures in (agreed, total))
    share = f"{same / compared_values:.1%}".replace("%", " %")
    assert same / compared_values >= 0.9
    assert f"| **all of these** | **{same}** | **{compared_values}** | **{share}** |" in page
    assert f"| **{sum(agreed.values())}** | **{sum(total.values())}** |" in page


def test_the_settled_values_are_those_of_the_data(compared: list[dict[str, str]], shipped: Dataset) -> None:
    """What was settled is what is encoded: holder, mode, polarity, certainty, basis, naming and type of each claim."""
    fields = {
        "mode": "t:mode",
        "polarity": "t:polarity",
        "certainty": "t:certainty",
        "basis": "t:attributionBasis",
        "naming": "t:sourceNaming",
        "holder": "t:holder",
    }
    seen = 0
    for row in compared:
        if row["field"] in fields and row["settled"]:
            value = shipped.value(iri(f"claim:{row['article']}-{row['claim']}"), fields[row["field"]]) or ""
            assert value.rpartition("/")[2].removeprefix(f"{row['article']}-") == row["settled"], row
            seen += 1
    assert seen > 250


@pytest.mark.parametrize("slug", [CALIBER, NEWSROOM])
def test_every_claim_was_audited(slug: str, shipped: Dataset) -> None:
    """The audit of an article names each of its claims, and each difference of the two readings has a resolution."""
    with (data_dir() / "audit" / f"{slug}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    prefix = iri(f"claim:{slug}-")
    claims = {claim.removeprefix(prefix) for claim in shipped.instances("t:Claim") if claim.startswith(prefix)}
    assert {row["claim"] for row in rows if row["claim"]} == claims
    assert [row for row in rows if row["difference"] and not row["resolution"]] == []
    assert [row for row in rows if row["resolution"].startswith("open") and "settled" not in row["resolution"]] == []
    passages = {row["sentence"] for row in rows if row["claim"]}
    anchors = {str(getattr(a, "value", "")) for c in claims for a in shipped.values(prefix + c, "t:evidence")}
    assert passages <= {anchor.removeprefix(iri(f"anchor:{slug}-")) for anchor in anchors}


def test_living_persons_are_accused_only_after_a_second_reading(shipped: Dataset) -> None:
    """Every claim that names a person as agent or as held was compared with its passage by a second reader."""
    persons = set(shipped.instances("foaf:Person"))
    roles = {iri(f"role:{name}") for name in ("affected-party", "agent", "passenger", "participant")}
    for claim in shipped.instances("t:Claim"):
        quads = shipped.graphs[claim]
        parts = {q.subject for q in quads if getattr(q.object, "value", "") in persons}
        named = any(q.subject in parts and getattr(q.object, "value", "") in roles for q in quads)
        if named and shipped.value(claim, "t:mode") not in (iri("mode:demanded"), iri("mode:presumed")):
            assert shipped.value(claim, "t:reviewed"), claim
