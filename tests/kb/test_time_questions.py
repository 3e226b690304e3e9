"""Saved questions on times and quantities: what the shipped data answers, and that SPARQL agrees with the reasoning."""

import doctest
import re
from collections.abc import Iterator
from datetime import date
from itertools import product

import pyoxigraph as ox
import pytest
from asking import answers
from places import ROOT

from kb import timechecks
from kb.allen import SHARING_A_DAY, holds
from kb.engine import EmbeddedEngine
from kb.model import Truth
from kb.namespaces import iri
from kb.paths import queries_dir, shapes_dir
from kb.questions import bound, load
from kb.rules import rules
from kb.sources import read_folder
from kb.times import Bounds, bounds

CALIBER, NEWSROOM = "2022-12-13-caliber", "2022-12-12-newsroom"
Row = dict[str, str]


def claims(rows: list[Row], **wanted: str) -> list[str]:
    """The claims of the rows with some values, each once, without "claim:"."""
    found = [row["claim"].removeprefix("claim:") for row in rows if wanted.items() <= row.items()]
    return list(dict.fromkeys(found))


def test_what_is_said_of_12_december_2022(shipped_engine: EmbeddedEngine) -> None:
    """Five claims certainly have the day of the protest, eight may have it, and each row has its speaker."""
    rows = answers(shipped_engine, "what-is-said-of-a-day")
    assert claims(rows, possibility="certain") == [
        f"{NEWSROOM}-metals-taken-now",
        f"{NEWSROOM}-protest",
        f"{NEWSROOM}-protest-caption",
        f"{CALIBER}-gathering",
        f"{CALIBER}-protest-overnight",
    ]
    assert claims(rows, possibility="possible") == [
        f"{NEWSROOM}-dispute",
        f"{NEWSROOM}-stationing",
        f"{CALIBER}-calls-momentum",
        f"{CALIBER}-deployment",
        f"{CALIBER}-more-arrivals",
        f"{CALIBER}-qafqazinfo-data",
        f"{CALIBER}-shelling",
        f"{CALIBER}-stationing",
    ]
    assert len(rows) == 13
    assert all(row["holder"] and row["passage"] and row["mode"] for row in rows)


def test_the_timeline_from_2020_to_2022(shipped_engine: EmbeddedEngine) -> None:
    """Of 47 claims with a time that may lie in these years, three have no end or beginning that keeps them there."""
    rows = answers(shipped_engine, "what-is-said-to-have-happened-when")
    assert len(rows) == len(claims(rows)) == 47
    assert claims(rows, possibility="possible") == [
        f"{NEWSROOM}-dispute",
        f"{CALIBER}-calls-momentum",
        f"{CALIBER}-deployment",
    ]
    stamps = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")
    by_claim = {row["claim"].removeprefix("claim:"): tuple(row[name] for name in stamps) for row in rows}
    assert by_claim[f"{NEWSROOM}-dispute"] == ("1980-01-01", "1989-12-31", "", "")
    assert by_claim[f"{NEWSROOM}-talks"] == ("", "", "2022-12-04", "2022-12-04")
    assert by_claim[f"{CALIBER}-trucks"] == ("2022-11-10", "2022-11-14", "2022-11-10", "2022-11-14")
    assert by_claim[f"{CALIBER}-protest-overnight"] == ("2022-12-12", "2022-12-12", "2022-12-13", "2022-12-13")
    assert f"{NEWSROOM}-ceasefire" not in by_claim and f"{NEWSROOM}-war-until-1994" not in by_claim


def test_what_passed_the_lachin_road_in_november_and_december_2022(shipped_engine: EmbeddedEngine) -> None:
    """Only the journey of 16 to 18 November is dated; thirteen further claims of a passage give no time."""
    rows = answers(shipped_engine, "what-passed-over-a-road")
    dated = [f"{NEWSROOM}-vehicles-to-khankendi", f"{CALIBER}-vehicles-to-khankendi"]
    assert claims(rows, possibility="certain") == dated
    assert claims(rows, possibility="possible") == []
    undated = claims(rows, possibility="undated")
    assert len(undated) == 13
    assert {f"{CALIBER}-delivery", f"{CALIBER}-road-used", f"{NEWSROOM}-visitors-reported"} <= set(undated)
    assert {row["moved"] for row in rows if row["claim"] == f"claim:{CALIBER}-delivery"} == {
        "ammunition said to have been delivered (Caliber.Az, 13 December 2022)",
        "weapons (Caliber.Az, 13 December 2022)",
    }
    assert f"{NEWSROOM}-trucks" not in claims(rows), "no road is named for the journey of the trucks"


def test_times_that_are_told_from_another_day(shipped_engine: EmbeddedEngine) -> None:
    """Thirty-five times have words without a year; two of them are resolved from the text and not from publication."""
    rows = answers(shipped_engine, "which-times-are-relative")
    assert len(rows) == 35
    assert claims(rows, published="") == [f"{CALIBER}-hindering", f"{CALIBER}-signing"]
    read = {(row["claim"].removeprefix("claim:"), row["of"]): (row["words"], row["edtf"]) for row in rows}
    assert read[f"{NEWSROOM}-protest", "the event"] == ("on Monday", "2022-12-12")
    assert read[f"{NEWSROOM}-experts-not-allowed", "the event"] == ("last week", "[2022-12-05..2022-12-11]")
    assert read[f"{NEWSROOM}-trucks", "the statement"] == ("recently", "[..2022-12-12]")
    assert read[f"{CALIBER}-hindering", "the event"] == ("just two days before", "2022-12-10")
    assert {row["published"][:10] for row in rows} == {"", "2022-12-12", "2022-12-13"}


def test_quantities_with_their_qualifiers(shipped_engine: EmbeddedEngine) -> None:
    """Fifty-seven quantities are stated; a number stands as a value, a minimum or not at all, as its words say."""
    rows = answers(shipped_engine, "which-quantities-are-stated")
    assert len(rows) == 57
    stated = {(row["claim"].removeprefix("claim:"), row["words"]): row for row in rows}
    told = {
        key: (row["qualifier"], row["value"], row["minimum"], row["maximum"], row["outOf"])
        for key, row in stated.items()
    }
    assert told[f"{CALIBER}-mercedes", "about 14 people"] == ("About", "14", "", "", "")
    assert told[f"{CALIBER}-mercedes", "12 of which"] == ("Exact", "12", "", "", "about 14 people")
    assert told[f"{CALIBER}-discovery", "more than 60"] == ("More than", "", "60", "", "")
    assert told[f"{CALIBER}-injuries", "At least three"] == ("At least", "", "3", "", "")
    assert told[f"{NEWSROOM}-settlements-held", "nearly 30-year-long"] == ("Nearly", "30", "", "", "")
    assert told[f"{NEWSROOM}-talks", "Hours-long"] == ("Unstated", "", "", "", "")
    landmines = stated[f"{CALIBER}-landmines-laid", "A total of 1,609"]
    assert (landmines["holder"], landmines["relayedBy"]) == ("Defence Ministry of Azerbaijan", "Caliber.Az")


def test_vehicles_with_plates_ways_and_times(shipped_engine: EmbeddedEngine) -> None:
    """Two vehicles have a plate, which other claims give; ways and times are as far as each claim tells them."""
    rows = answers(shipped_engine, "which-vehicles-and-plates")
    assert {(row["plate"], row["plateClaim"], row["plateHolder"]) for row in rows if row["plate"]} == {
        ("number plate 34-QA-444", f"claim:{CALIBER}-mercedes-plate", "Caliber.Az"),
        ("number plate 731 - AB - 61 ER", f"claim:{CALIBER}-escort-plate", "Caliber.Az"),
        ("number plate 731 - AB - 61 ER", f"claim:{NEWSROOM}-escort-plate", "Caliber.Az"),
    }
    (mercedes,) = (row for row in rows if row["claim"] == f"claim:{CALIBER}-mercedes")
    assert (mercedes["origin"], mercedes["road"], mercedes["destination"], mercedes["edtf"]) == (
        "Iran",
        "",
        "Karabakh / Artsakh",
        "",
    )
    back = [row for row in rows if row["claim"].endswith("-vehicles-to-khankendi")]
    assert {(row["origin"], row["road"], row["edtf"]) for row in back} == {
        ("Armenia", "Lachin / Berdzor road", "[2022-11-16..2022-11-18]")
    }
    assert {row["number"] for row in rows if row["claim"] == f"claim:{CALIBER}-personnel-transport"} == {
        "",
        "more than 20 trucks",
    }


STAMPS = ("EarliestBegin", "LatestBegin", "EarliestEnd", "LatestEnd")


def every_bounds(days: tuple[str, ...]) -> Iterator[Bounds]:
    """All bounds at some days or open that admit a time."""
    for limits in product((None, *map(date.fromisoformat, days)), repeat=4):
        begin, end = (limits[0], limits[1]), (limits[2], limits[3])
        pairs = (begin, end, (limits[0], limits[3]))
        if all(low is None or high is None or low <= high for low, high in pairs):
            yield Bounds(*limits)


def story(times: list[Bounds]) -> ox.Store:
    """A store with one claim for each time, of a movement over a road, numbered."""
    prefixes = "\n".join(
        f"@prefix {name}: <{iri(name + ':')}> ."
        for name in ("claim", "event", "node", "place", "rdfs", "role", "sem", "skos", "t", "xsd")
    )
    blocks = [
        't:it rdfs:label "it" ; skos:prefLabel "it" . event:it rdfs:label "it" .',
        *(f'place:{name} rdfs:label "a road" .' for name in ("lachin-road", "new-highway")),
    ]
    for number, time in enumerate(times):
        stamps = "".join(
            f'; sem:has{name}TimeStamp "{day}"^^xsd:date '
            for name, day in zip(STAMPS, vars(time).values(), strict=True)
            if day is not None
        )
        blocks.append(f"""
            claim:{number} a t:Claim ; t:about event:it ; t:certainty t:it ; t:evidence t:it ; t:holder t:it ;
                t:inArticle t:it ; t:mode t:it ; t:polarity t:it .
            claim:{number} {{
                event:it a sem:Event ; sem:eventType t:it ; sem:hasTime node:{number}-when ;
                    t:participation node:{number}-way .
                node:{number}-way sem:roleType role:path ; t:participant place:lachin-road .
                node:{number}-when t:edtf "a reading" ; t:verbatim "some words" {stamps}.
            }}""")
    store = ox.Store()
    store.load(f"{prefixes}\n{chr(10).join(blocks)}".encode(), format=ox.RdfFormat.TRIG)
    return store


@pytest.mark.parametrize(
    ("name", "asked", "days"),
    [
        ("what-is-said-of-a-day", "2022-12-12", ("2022-12-11", "2022-12-12", "2022-12-13")),
        (
            "what-is-said-to-have-happened-when",
            "2020-01-01/2022-12-31",
            ("2019-12-31", "2020-01-01", "2022-12-31", "2023-01-01"),
        ),
        (
            "what-passed-over-a-road",
            "2022-11-01/2022-12-31",
            ("2022-10-31", "2022-11-01", "2022-12-31", "2023-01-01"),
        ),
    ],
)
def test_questions_call_certain_and_possible_what_the_reasoning_does(
    name: str, asked: str, days: tuple[str, ...]
) -> None:
    """For all bounds around the days asked for, open ones too, a question finds what may share a day with them."""
    times = list(every_bounds(days))
    solutions = story(times).query(load(queries_dir())[name].text)
    assert isinstance(solutions, ox.QuerySolutions)
    found = [(int(row["claim"].value.rpartition("/")[2]), row["possibility"].value) for row in solutions]  # type: ignore[union-attr]
    wanted = {number: holds(SHARING_A_DAY, time, bounds(asked)) for number, time in enumerate(times)}
    assert len(found) == len(dict(found))
    assert dict(found) == {number: truth.value for number, truth in wanted.items() if truth is not Truth.IMPOSSIBLE}
    assert {*wanted.values()} == {*Truth}


@pytest.mark.parametrize(
    ("edtf", "precision"),
    [
        ("2022-12-12", "1"),
        ("2022-12-12/2022-12-13", "1"),
        ("[2022-11-28..2022-12-04]", "2"),
        ("[2022-11-28..2022-12-05]", "3"),
        ("2022-12", "3"),
        ("[2022-12-01..2023-01-01]", None),
        ("[..2022-12-12]", None),
        ("2022-12/..", None),
        ("2022", None),
    ],
)
def test_a_time_has_the_precision_that_acled_codes(edtf: str, precision: str | None) -> None:
    """Days that are given are 1, some day of seven is 2, of a month 3; what is wider or open has no code and a note."""
    event = {"event": [ox.NamedNode(iri("event:it"))]}
    query = bound(load(queries_dir())["which-row-would-an-event-dataset-have"], event)
    solutions = story([bounds(edtf)]).query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    ((found, notes),) = [(row["time_precision"], row["notes"]) for row in solutions]
    assert (found and found.value) == precision  # type: ignore[union-attr]
    assert ("open or wider than a month" in notes.value) == (precision is None)  # type: ignore[union-attr]


def test_the_page_on_time_and_quantity_says_what_the_code_answers() -> None:
    """Each example of docs/time-and-quantity.md gives the answer that stands there."""
    found = doctest.testfile(str(ROOT / "docs" / "time-and-quantity.md"), module_relative=False)
    assert found.attempted > 10 and found.failed == 0


def test_the_page_on_time_and_quantity_names_rules_and_questions_that_there_are() -> None:
    """The rules and the saved questions that the page names exist."""
    page = (ROOT / "docs" / "time-and-quantity.md").read_text(encoding="utf-8")
    told = page[page.index("## What `check`") :]
    named = set(re.findall(r"`(?:testimonia ask )?([a-z]+(?:-[a-z]+)+)`", told))
    shapes = {rule.name for rule in rules(read_folder(shapes_dir(), "*.ttl"))}
    assert named == named & (shapes | {*timechecks.RULES} | load(queries_dir()).keys())
    assert len(named) > 10
