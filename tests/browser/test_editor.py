"""The editor of queries in a browser: completion, errors at their place, answers as pictures, and hostile answers."""

import os
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect
from serving import Server

from api.represent import BUILT

Open = Callable[..., Page]

PATIENCE = 30_000
"""Milliseconds in which a machine with much else to do answers."""

PREFIXES = """\
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/>
PREFIX t: <https://w3id.org/testimonia/ontology#>
"""
COUNTS = "SELECT ?who (COUNT(?claim) AS ?claims) { ?claim t:holder/rdfs:label ?who } GROUP BY ?who ORDER BY ?who"
DAYS = "SELECT ?what ?when { ?claim t:about/rdfs:label ?what GRAPH ?claim { ?e sem:hasTime/t:edtf ?when } }"
POINTS = """SELECT ?name ?point {
  VALUES (?name ?point) { ("One" "POINT(46 40)"^^geo:wktLiteral) ("Two" "POINT(47 39)"^^geo:wktLiteral) }
}"""
TIES = "CONSTRUCT { ?claim t:holder ?who } WHERE { ?claim t:holder ?who ; t:mode ?mode } LIMIT 12"
HOSTILE = """SELECT (IRI("javascript:alert(1)") AS ?onerror) (IRI("https://example.org/?b") AS ?link)
  ("<img src=x onerror=alert(1)>" AS ?__proto__)
  (STRDT("<script>alert(1)</script>", IRI("data:text/html,x")) AS ?constructor)
  ("\\u202Etxt.exe"@en AS ?toString) {}"""


@pytest.fixture(autouse=True)
def made() -> None:
    """The editor was made; where this runs from a checkout without it, there is nothing to try."""
    if not (BUILT / "editor.js").is_file():
        reason = "what browsers load was not made (pip install --editable .)"
        pytest.fail(reason) if os.environ.get("TESTIMONIA_STRICT") == "1" else pytest.skip(reason)


def edited(page: Page, query: str) -> Page:
    """The page with another query in its editor, put there as a person would."""
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(query)
    return page


def written(page: Page) -> str:
    """What the form would send."""
    return page.locator("#query").input_value()


def asked(site: Server, look: Open, query: str, **options: object) -> Page:
    """The page of a query with its answer, as the script shows it."""
    page = look(site, f"/sparql?{urlencode({'query': PREFIXES + query})}", **options)
    expect(page.locator(".views")).to_be_visible(timeout=PATIENCE)
    return page


def test_a_term_is_proposed_with_its_meaning_and_brings_its_prefix(site: Server, look: Open) -> None:
    """What is proposed says what it means; taking it declares the prefix that the query lacks."""
    page = look(site, "/sparql")
    with page.expect_response("**/sparql/terms"):
        page.reload()
    edited(page, "SELECT * { ?claim ")
    page.keyboard.type("t:hold")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("t:holder")
    expect(page.locator(".cm-completionInfo")).to_contain_text("ascribes")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text("PREFIX t: <https://w3id.org/testimonia/ontology#>")
    assert written(page).startswith("PREFIX t: <https://w3id.org/testimonia/ontology#>\nSELECT * { ?claim t:holder")


def test_a_term_is_found_by_its_label(site: Server, look: Open) -> None:
    """Who does not know a name finds it by a word of its label."""
    page = look(site, "/sparql")
    edited(page, PREFIXES + "SELECT * { ?claim ")
    page.keyboard.type("relayed")
    page.locator(".cm-tooltip-autocomplete li", has_text="t:relayedBy").first.click()
    expect(page.locator(".cm-content")).to_contain_text("?claim t:relayedBy")


def test_a_thing_is_found_by_any_of_its_names(site: Server, look: Open) -> None:
    """After the prefix of a kind of our own, letters of a name find the thing."""
    page = look(site, "/sparql")
    with page.expect_response("**/sparql/terms"):
        page.reload()
    edited(page, "SELECT * { ?claim ?p ")
    page.keyboard.type("place:kara")
    page.locator(".cm-tooltip-autocomplete li", has_text="place:").first.click()
    expect(page.locator(".cm-content")).to_contain_text("PREFIX place:")


def test_variables_of_the_query_are_proposed(site: Server, look: Open) -> None:
    """A question mark proposes the variables that are there already."""
    page = look(site, "/sparql")
    edited(page, "SELECT ?somebody { ?somebody ?does ")
    page.keyboard.type("?some")
    expect(page.locator(".cm-tooltip-autocomplete li")).to_have_text(["?somebody"])


def test_keys_ask_and_the_address_is_a_link_to_the_answer(site: Server, look: Open) -> None:
    """Ctrl+Enter asks; then the address holds the query, back leads to the one before, and both work in a new page."""
    page = asked(site, look, COUNTS)
    first = page.url
    edited(page, PREFIXES + DAYS)
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator("#answer thead")).to_contain_text("when")
    assert parse_qs(urlsplit(page.url).query)["query"] == [PREFIXES + DAYS]
    page.go_back()
    expect(page.locator("#answer thead")).to_contain_text("claims")
    assert page.url == first and COUNTS in written(page)


def test_tab_leaves_the_editor(site: Server, look: Open) -> None:
    """The editor is no trap: Tab and Shift+Tab lead out of it."""
    page = look(site, "/sparql")
    edited(page, "ASK {}")
    page.keyboard.press("Tab")
    expect(page.locator("#submit")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#perspective")).to_be_focused()


def test_an_error_is_shown_at_its_place(site: Server, look: Open) -> None:
    """A query that is not valid is marked where it goes wrong, and told in words with what to do."""
    page = look(site, "/sparql")
    edited(page, "SELECT * {\n  ?s ?? ?o\n}")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator("#problem")).to_contain_text("Line 2, column 6")
    expect(page.locator(".cm-line .cm-lintRange-error, .cm-line .cm-lintPoint")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("There is no answer.")


def test_a_query_can_be_cancelled(site: Server, look: Open) -> None:
    """While a query runs there is a button that ends it, and the page says so."""
    page = look(site, "/sparql")
    page.route("**/sparql?*", lambda route: None)  # it never answers
    page.locator("#submit").click()
    page.locator("#cancel").click()
    expect(page.locator("#status")).to_have_text("Cancelled.")
    expect(page.locator("#submit")).to_be_enabled()
    page.unroute_all(behavior="ignoreErrors")


def test_the_wait_that_a_busy_server_asks_for_is_told(site: Server, look: Open) -> None:
    """Where the server says when to ask again, the page does."""
    page = look(site, "/sparql")
    page.route(
        "**/sparql?*",
        lambda route: route.fulfill(
            status=429,
            headers={"Content-Type": "application/problem+json", "Retry-After": "7"},
            body='{"title": "Too many queries", "detail": "All are taken.", "hint": "", "status": 429}',
        ),
    )
    page.locator("#submit").click()
    expect(page.locator("#problem")).to_contain_text("Ask again in 7 seconds")


def test_a_saved_question_is_a_start(site: Server, look: Open) -> None:
    """Choosing a saved question puts its query into the editor, and it can be asked as it stands."""
    page = look(site, "/sparql")
    with page.expect_response("**/sparql/terms"):
        page.reload()
    page.locator("#example").select_option("what-is-said-of-a-day")
    expect(page.locator(".cm-content")).to_contain_text("?possibility")
    page.locator("#submit").click()
    expect(page.locator("#answer thead")).to_contain_text("possibility")


@pytest.mark.parametrize(
    ("query", "view", "marks"),
    [(COUNTS, "Chart", ".bar"), (DAYS, "Timeline", ".dot, .span"), (POINTS, "Map", ".dot"), (TIES, "Graph", ".dot")],
)
@pytest.mark.parametrize("width", [360, 1300])
def test_an_answer_is_drawn_where_it_fits(
    site: Server, look: Open, query: str, view: str, marks: str, width: int
) -> None:
    """Each view draws what it can, names itself, says what it leaves out, and does not widen the page."""
    page = asked(site, look, query, viewport={"width": width, "height": 800})
    expect(page.locator("#answer tbody tr").first).to_be_visible()
    page.get_by_role("button", name=view, exact=True).click()
    picture = page.locator("#answer svg[role=img]")
    expect(picture).to_be_visible()
    assert picture.get_attribute("aria-label") and page.locator("#answer .view > div > p").count()
    assert picture.locator(marks).count() >= 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_only_fitting_views_are_offered(site: Server, look: Open) -> None:
    """An answer of one text column can be a table and nothing else but what was sent."""
    page = asked(site, look, "SELECT ?word { VALUES ?word { 'a' 'b' } }")
    expect(page.locator(".views button")).to_have_text(["Table", "As sent"])


def test_hostile_answers_stay_text(site: Server, look: Open) -> None:
    """No value, IRI or name of a variable becomes markup or a script, in any view; only http and https are links."""
    page = asked(site, look, HOSTILE)
    cells = page.locator("#answer tbody td")
    expect(cells.nth(0)).to_have_text("javascript:alert(1)")
    expect(cells.nth(2)).to_have_text("<img src=x onerror=alert(1)>")
    hrefs = page.locator("#answer td a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert hrefs == ["https://example.org/?b"]
    for button in page.locator(".views button").all():
        button.click()
    assert page.locator("#answer img, #answer script, #answer b").count() == 0


def test_a_long_answer_says_that_it_goes_on(site: Server, look: Open) -> None:
    """The table stops at a thousand rows and says so; the downloads have all."""
    page = asked(site, look, "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1500")
    expect(page.locator("#answer tbody tr")).to_have_count(1000)
    expect(page.locator("#answer")).to_contain_text("first 1,000 of 1,500 rows")
    with page.expect_download() as download:
        page.locator("#answer .twins a", has_text="CSV").evaluate("link => link.setAttribute('download', '')")
        page.locator("#answer .twins a", has_text="CSV").click()
    assert download.value.path().read_text(encoding="utf-8").count("\n") >= 1501


def test_an_answer_of_ask_is_told_in_a_word(site: Server, look: Open) -> None:
    """ASK is answered with Yes or No."""
    page = look(site, "/sparql")
    edited(page, "ASK { ?s ?p ?o }")
    page.locator("#submit").click()
    expect(page.locator(".truth")).to_have_text("Yes")


def test_a_query_is_copied_for_others(site: Server, look: Open) -> None:
    """The query is copied as a link, as a command, and as Python that asks the client of this project."""
    page = look(site, "/sparql", permissions=["clipboard-read", "clipboard-write"])
    edited(page, "ASK { 'it''s' ?p ?o }")
    copied: Mapping[str, str] = {
        name: (page.locator(f"#copy-{name}").click(), page.evaluate("navigator.clipboard.readText()"))[1]
        for name in ("link", "curl", "python")
    }
    assert copied["link"].startswith(f"{site.address}/sparql?query=ASK")
    assert copied["curl"].startswith("curl ") and f"'{site.address}/sparql'" in copied["curl"]
    names: dict[str, object] = {}
    compile(copied["python"], "copied", "exec")
    exec(copied["python"].partition("\nwith ")[0], names)
    assert names["QUERY"] == "ASK { 'it''s' ?p ?o }\n"


def test_dark_pages_have_a_dark_editor(site: Server, look: Open) -> None:
    """The editor has the colours of the page, light or dark."""
    colours = set()
    for scheme in ("light", "dark"):
        page = look(site, "/sparql", color_scheme=scheme)
        editor = page.locator(".cm-editor")
        expect(editor).to_be_visible()
        colours.add(editor.evaluate("one => getComputedStyle(one).backgroundColor"))
    assert len(colours) == 2
