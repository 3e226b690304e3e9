"""The timeline over HTTP: the times that claims tell of, and how much is told of each stretch of days."""

import csv
import io
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from places import ROOT

from api.timeline import COLUMNS
from kb import cards
from kb.namespaces import slug

BROWSER = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


def asked(client: FlaskClient, query: str = "") -> cards.Json:
    found: cards.Json = client.get(f"/timeline{query}", headers=JSON).get_json()
    return found


def test_a_time_is_told_with_its_claim_and_its_words(client: FlaskClient) -> None:
    """The one time of the invented story stands with its speaker, its words, its days and what it is reckoned from."""
    found = asked(client)
    assert (found["total"], found["claims"], found["undated"]) == (1, 1, 3)
    (item,) = found["items"]
    assert slug(item["iri"]) == "2024-03-05-gazette-barrels"
    assert item["speaker"] == "Harbour office, as relayed by Northport Herald and Northport Gazette"
    assert item["time"]["edtf"] == "[2024-03-01..2024-03-03]"
    assert item["time"]["verbatim"] == "between 1 and 3 March"
    assert item["time"]["relative_to"]["iri"].endswith("/article/2024-03-05-gazette")
    assert item["time"]["bounds"]["earliest_begin"] == "2024-03-01"
    assert item["when"] is None


def test_what_tells_of_no_time_is_counted_and_listed_elsewhere(client: FlaskClient, web: FlaskClient) -> None:
    """The claims without a time are those of the list that the timeline points to."""
    for some in (client, web):
        for query in ("", "?realis=true", "?from=2022-12-12&mode=stated"):
            found = asked(some, query)
            listed = some.get(found["undated_claims"], headers=JSON).get_json()
            assert listed["total"] == found["undated"]
            assert all(item["dates"] == [] for item in listed["items"])


def test_times_stand_in_the_order_of_their_first_days(web: FlaskClient) -> None:
    """What began first comes first; where the begin is open, the end counts."""
    items = asked(web, "?limit=200")["items"]
    bounds = [item["time"]["bounds"] for item in items]
    firsts = [found["earliest_begin"] or found["latest_end"] for found in bounds]
    assert firsts == sorted(firsts)
    assert items[0]["time"]["edtf"] == "198X/.."


@pytest.mark.parametrize("query", ["", "?from=2022&to=2022", "?from=2022-11-09&to=2022-12-20", "?from=2020-11-05"])
def test_a_stretch_holds_what_its_timeline_has(web: FlaskClient, query: str) -> None:
    """Each stretch counts the claims that the timeline of its days alone has, and those that surely are in it."""
    found = asked(web, query)
    assert found["stretches"]
    for one in found["stretches"]:
        days = f"?from={one['from']}&to={one['to']}"
        assert asked(web, days)["claims"] == one["claims"], days
        assert asked(web, f"{days}&when=certain")["claims"] == one["certain"], days
        assert one["certain"] <= one["claims"]


@pytest.mark.parametrize(
    ("query", "unit"),
    [("", "year"), ("?from=2022&to=2022", "month"), ("?from=2022-12&to=2022-12", "day"), ("?to=1994", "year")],
)
def test_the_unit_follows_from_the_days(web: FlaskClient, query: str, unit: str) -> None:
    """Decades are told by years, a year by months, a month by days."""
    assert asked(web, query)["unit"] == unit


def test_stretches_leave_no_day_out(web: FlaskClient) -> None:
    """Each stretch begins on the day after the one before, from the first day asked for to the last."""
    for query, first, last in (("?from=2022-11-09&to=2022-12-20", "2022-11-09", "2022-12-20"),):
        found = asked(web, query)["stretches"]
        assert (found[0]["first"], found[-1]["last"]) == (first, last)
        assert all(one["last"] < following["first"] for one, following in pairwise(found))
    years = asked(web)["stretches"]
    assert [one["from"] for one in years] == [str(year) for year in range(1980, 2026)]


def test_a_window_has_the_times_that_can_be_in_it(web: FlaskClient) -> None:
    """With days asked for, only times that can have one stand there, and each says whether it must."""
    found = asked(web, "?from=2022-12-12&to=2022-12-12")
    assert {item["when"] for item in found["items"]} == {"certain", "possible"}
    for item in found["items"]:
        bounds = item["time"]["bounds"]
        assert (bounds["earliest_begin"] or "0") <= "2022-12-12" <= (bounds["latest_end"] or "9")
    certain = asked(web, "?from=2022-12-12&to=2022-12-12&when=certain")
    assert {item["when"] for item in certain["items"]} == {"certain"}
    assert certain["total"] < found["total"]


@pytest.mark.parametrize(
    ("query", "key"), [("?holder=caliber-az", "holder"), ("?mode=denied", "mode"), ("?realis=false", "realis")]
)
def test_filters_are_those_of_the_claims(web: FlaskClient, query: str, key: str) -> None:
    """A timeline has the times of the claims that the list has under the same filters."""
    listed = web.get(f"/claims{query}&limit=500", headers=JSON).get_json()["items"]
    expected = {item["iri"] for item in listed if item["dates"]}
    assert {item["iri"] for item in asked(web, f"{query}&limit=200")["items"]} == expected


def test_pages_hold_all_times_once(web: FlaskClient) -> None:
    """The pages of a timeline, each from the link of the one before, have every time once."""
    found, to = [], "/timeline?limit=20"
    while to:
        page = web.get(to, headers=JSON).get_json()
        assert len(page["items"]) <= 20
        found += [(item["iri"], item["time"]["edtf"]) for item in page["items"]]
        to = page["next"]
    assert len(found) == len(set(found)) == page["total"] == 50


def test_a_page_draws_and_tells_every_time(web: FlaskClient) -> None:
    """On the page each time has a bar, its words and its speaker; nothing has a style of its own."""
    page = web.get("/timeline", headers=BROWSER)
    assert page.status_code == 200
    assert page.text.count('class="time-bar') == 50
    assert page.text.count('class="who"') == 50
    assert "style=" not in page.text and "<script" not in page.text
    assert "cannot be placed" in page.text
    assert "reckoned from the day of" in page.text


def test_a_page_without_times_says_so(client: FlaskClient) -> None:
    """Where no time fits, nothing is drawn and the page says so."""
    page = client.get("/timeline?from=1999&to=1999", headers=BROWSER)
    assert page.status_code == 200
    assert "No claim that fits tells of a time." in page.text


def test_a_timeline_in_csv_has_days_and_speakers(web: FlaskClient) -> None:
    """A line for each time with its speaker, its expression and the four days."""
    rows = list(csv.DictReader(io.StringIO(web.get("/timeline?format=csv&from=2022-12-10&to=2022-12-10").text)))
    assert all(row["speaker"] and row["edtf"] for row in rows)
    day = next(row for row in rows if row["edtf"] == "2022-12-10")
    assert day["earliest_begin"] == day["latest_end"] == "2022-12-10"
    assert day["when"] == "certain"


def test_the_columns_are_documented() -> None:
    """docs/rest.md has the columns of the CSV form of a timeline."""
    text = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
    assert f"CSV: `{' '.join(COLUMNS)}`" in text.partition("\n## Timeline\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    "query", ["?limit=201", "?after=x", "?from=2022-13", "?from=2023&to=2022", "?holder=nobody-here", "?sort=date"]
)
def test_what_is_no_value_is_refused(client: FlaskClient, query: str) -> None:
    """A parameter or value that a timeline does not take is an error that names it."""
    assert client.get(f"/timeline{query}", headers=JSON).status_code == 400
