"""Which format a request gets."""

import pytest
from flask.testing import FlaskClient

from api import negotiate
from api.negotiate import ENTITY, GRAPH, HTML, LISTING, SOLUTIONS, choose, named

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        (BROWSER, "text/html"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/csv, text/tab-separated-values", "text/csv"),
        ("text/tab-separated-values, text/csv;q=0.9", "text/tab-separated-values"),
        ("text/*", "text/csv"),
        ("application/json", "application/json"),
        ("application/json, application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        ("*/*;q=0.1, text/csv;q=0.05", "application/sparql-results+json"),
        ("TEXT/CSV", "text/csv"),
    ],
)
def test_tables_go_to_the_format_liked_best(accept: str | None, wanted: str) -> None:
    """The most specific range gives a format's quality, and equal qualities go to the first of the table."""
    found = choose(accept, SOLUTIONS)
    assert found is not None
    assert found.media_type == wanted


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("*/*", "text/turtle"),
        (BROWSER, "text/html"),
        ("application/n-triples;q=0.2, application/ld+json;q=0.3", "application/ld+json"),
        ("application/rdf+xml, text/turtle;q=0.9", "application/rdf+xml"),
        ("text/turtle;q=0.2, text/*;q=0.9", "text/html"),
    ],
)
def test_graphs_go_to_the_format_liked_best(accept: str, wanted: str) -> None:
    """A wildcard gets Turtle, a browser a page, everybody else what they like best."""
    found = choose(accept, GRAPH)
    assert found is not None
    assert found.media_type == wanted


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "text/csv;q=0", "application/*;q=0"])
def test_nothing_fits_where_no_range_fits(accept: str) -> None:
    """A header whose ranges all miss, or whose quality is zero, leaves no format."""
    assert choose(accept, (negotiate.CSV,)) is None


def test_a_wildcard_names_no_format() -> None:
    """``*/*`` accepts everything and names nothing."""
    assert named("*/*", negotiate.DESCRIPTION) is None
    assert named(BROWSER, negotiate.DESCRIPTION) is HTML
    assert named(None, negotiate.DESCRIPTION) is None


@pytest.mark.parametrize("table", [SOLUTIONS, GRAPH, ENTITY, LISTING])
def test_a_media_type_stands_once_in_a_table(table: tuple[negotiate.Format, ...]) -> None:
    """No table has one media type twice, so that a type means one format."""
    types = [found.media_type for found in table]
    assert len(types) == len(set(types))


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/claim/2024-03-05-gazette-demand", "image/png"),
        ("/claims", "image/png"),
        ("/sparql?query=ASK{}", "text/turtle"),
        ("/sparql?query=CONSTRUCT+WHERE+{?s+?p+?o}", "text/csv"),
        ("/questions/first", "text/turtle"),
        ("/ontology", "image/png"),
    ],
)
def test_an_answer_that_cannot_be_had_is_406(client: FlaskClient, path: str, accept: str) -> None:
    """Where no format fits, the answer is 406 and lists what there is."""
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 406
    assert response.content_type == "application/problem+json"
    assert "text/html" in response.get_json()["hint"]


@pytest.mark.parametrize(
    "accept", ["text/csv; charset=utf-8", 'text/csv;charset="UTF-8"', "text/csv ; Charset=utf-8;q=0.9"]
)
def test_a_character_set_in_an_accept_header_changes_nothing(accept: str) -> None:
    """A media type with a character set beside it asks for that media type."""
    found = negotiate.choose(accept, negotiate.SOLUTIONS)
    assert found is not None and found.name == "csv"
