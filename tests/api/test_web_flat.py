"""The flat tables over HTTP: who takes part in what, numbers, months, as JSON, CSV and pages."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from places import ROOT

from api.flat import COLUMNS
from kb import cards

BROWSER = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
TABLES = tuple(COLUMNS)
CELLS = {"None": "", "True": "true", "False": "false"}


def asked(client: FlaskClient, address: str) -> cards.Json:
    found: cards.Json = client.get(address, headers=JSON).get_json()
    return found


def test_a_row_is_what_one_claim_says(client: FlaskClient) -> None:
    """A part of the invented story stands with the claim, its speaker and how it is put."""
    rows = asked(client, "/participations")["items"]
    row = next(row for row in rows if row["claim"].endswith("/2024-03-05-gazette-barrels"))
    assert row["speaker"] == "Harbour office, as relayed by Northport Herald and Northport Gazette"
    assert row["polarity"] == "positive"
    assert row["article"].endswith("/article/2024-03-05-gazette")
    assert row["participant"].startswith("https://w3id.org/testimonia/")
    assert row["label"]


@pytest.mark.parametrize("name", TABLES)
def test_json_and_csv_have_the_same(web: FlaskClient, name: str) -> None:
    """The columns of CSV are the keys of JSON, with the same rows in the same order."""
    items = asked(web, f"/{name}?article=2022-12-12-newsroom")["items"]
    answer = web.get(f"/{name}?article=2022-12-12-newsroom&format=csv")
    assert answer.mimetype == "text/csv"
    header, *rows = csv.reader(io.StringIO(answer.get_data(as_text=True)))
    assert header == list(COLUMNS[name])
    assert rows
    for item, row in zip(items, rows, strict=True):
        assert list(item) == header
        assert row == [CELLS.get(str(value), str(value)) for value in item.values()]


@pytest.mark.parametrize("name", ["participations", "quantities"])
def test_pages_lead_on(web: FlaskClient, name: str) -> None:
    """Following next gives every row once, and the total says how many there are."""
    following: str | None = f"/{name}?article=2022-12-12-newsroom&limit=7"
    found: list[cards.Json] = []
    while following:
        answer = web.get(following, headers=JSON)
        page = answer.get_json()
        assert answer.headers["Testimonia-Total"] == str(page["total"])
        assert any('rel="next"' in one for one in answer.headers.getlist("Link")) == (page["next"] is not None)
        found += page["items"]
        following = page["next"]
    assert found == asked(web, f"/{name}?article=2022-12-12-newsroom&limit=1000")["items"]
    assert len(found) == page["total"] > 7


@pytest.mark.parametrize("name", TABLES)
def test_a_page_shows_the_rows_and_where_they_come_from(web: FlaskClient, name: str) -> None:
    """The page has a row for each row, links to the claims that fit and to the same as data."""
    total = asked(web, f"/{name}?article=2022-12-13-caliber&mode=stated")["total"]
    page = web.get(f"/{name}?article=2022-12-13-caliber&mode=stated", headers=BROWSER).get_data(as_text=True)
    assert total
    assert page.count("<tr>") == min(total, 100) + 1
    assert 'href="/claims?article=2022-12-13-caliber&amp;mode=stated"' in page
    assert f'href="/{name}?article=2022-12-13-caliber&amp;mode=stated&amp;format=csv"' in page
    assert "Nothing here is stated as fact" in page


def test_a_bound_is_shown_as_one(web: FlaskClient) -> None:
    """Where the words set no number, the page shows what they set."""
    page = web.get("/quantities?limit=1000", headers=BROWSER).get_data(as_text=True)
    assert re.search(r"(≥|≤|&gt;) \d", page)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/participations?holder=nobody", "nobody"),
        ("/participations?after=x", "no row of a table"),
        ("/participations?limit=1001", "limit"),
        ("/participations?unit=person", "unit"),
        ("/months?limit=10", "limit"),
        ("/quantities?format=ttl", "format"),
        ("/quantities?unit=a&unit=b", "unit"),
    ],
)
def test_what_does_not_fit_is_refused(web: FlaskClient, address: str, words: str) -> None:
    """A parameter or a value that a table does not take is a problem that names it."""
    answer = web.get(address, headers=JSON)
    assert answer.status_code == 400
    assert words in answer.get_json()["detail"]


def test_nothing_that_fits_is_an_empty_table(web: FlaskClient) -> None:
    """No row is an answer, in every format."""
    for form in ("json", "csv", "html"):
        answer = web.get(f"/quantities?unit=zeppelin&format={form}")
        assert answer.status_code == 200
        assert answer.headers["Testimonia-Total"] == "0"


def test_the_documentation_has_the_columns() -> None:
    """docs/rest.md has the columns of each table as the code has them."""
    text = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
    assert f"CSV of `/participations`: `{' '.join(COLUMNS['participations'])}`" in text
    more = COLUMNS["quantities"][len(COLUMNS["participations"]) :]
    assert COLUMNS["quantities"] == (*COLUMNS["participations"], *more)
    assert f"CSV of `/quantities`: the same, and `{' '.join(more)}`" in text
    assert f"CSV of `/months`: `{' '.join(COLUMNS['months'])}`" in text
