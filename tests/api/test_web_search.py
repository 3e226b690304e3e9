"""Search and look-up over HTTP."""

import csv
import io
import random
import re
import unicodedata

import pytest
from fake_engine import FakeEngine, example
from flask.testing import FlaskClient

from api import create_app
from kb.model import Source
from kb.namespaces import iri, turtle_prologue

GAZETTE = "2024-03-05-gazette"
BROWSER = {"Accept": "text/html"}
ELSEWHERE = """
place:eastquay schema:sameAs <http://www.wikidata.org/entity/Q42> .
place:westquay schema:sameAs <http://www.wikidata.org/entity/Q43> , <https://gazetteer.example/q/42> .
place:script a geo:Feature ; rdfs:label "<script>alert(1)</script> & quay"@en ; skos:altLabel "رصيف الميناء"@ar .
"""


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    source = Source("elsewhere.trig", turtle_prologue() + ELSEWHERE, True)
    return create_app(FakeEngine(example(source).quads)).test_client()


def test_search_comes_as_json_page_and_csv(client: FlaskClient) -> None:
    """The three forms hold the same hits, and say how many there are."""
    body = client.get("/search?q=barrels").get_json()
    rows = list(csv.DictReader(io.StringIO(client.get("/search?q=barrels&format=csv").text)))
    page = client.get("/search?q=barrels", headers=BROWSER)
    assert [item["iri"] for item in body["items"]] == [row["iri"] for row in rows]
    assert body["total"] == len(body["items"]) == sum(body["counts"].values()) > 3
    assert all(item["iri"].removeprefix("https://w3id.org/testimonia") in page.text for item in body["items"])
    assert page.headers["Testimonia-Total"] == str(body["total"])
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_a_claim_is_found_with_its_speaker(client: FlaskClient) -> None:
    """In every form whose words they are stands beside what is claimed."""
    claims = client.get("/search?q=barrels&kind=claim").get_json()["items"]
    assert claims and all(item["speaker"] and item["chain"] and item["mode"] for item in claims)
    rows = list(csv.DictReader(io.StringIO(client.get("/search?q=barrels&kind=claim&format=csv").text)))
    assert [row["speaker"] for row in rows] == [item["speaker"] for item in claims]
    page = client.get("/search?q=barrels&kind=claim", headers=BROWSER).text
    assert page.count('<p class="who">') == len(claims)


def test_what_was_found_is_marked(client: FlaskClient) -> None:
    """JSON has places in the text, the page marks; no markup of the data is taken for ours."""
    (item,) = client.get("/search?q=script+quay").get_json()["items"]
    assert item["matches"] == [
        {
            "what": "label",
            "text": "<script>alert(1)</script> & quay",
            "lang": "en",
            "highlights": [[1, 7], [18, 24], [28, 32]],
        }
    ]
    page = client.get("/search?q=script+quay", headers=BROWSER).text
    assert "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt; &amp; <mark>quay</mark>" in page
    assert "<script>" not in page


def test_a_name_of_another_script_says_its_language(client: FlaskClient) -> None:
    """A name from right to left is marked as it is written."""
    page = client.get("/search?q=الميناء", headers=BROWSER).text
    assert '<span lang="ar" dir="auto">رصيف <mark>الميناء</mark></span>' in page


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_walking_all_pages_loses_and_doubles_nothing(client: FlaskClient, limit: int) -> None:
    """Following ``next`` from page to page gives each hit once, in order."""
    whole = [item["iri"] for item in client.get("/search?q=barrels&limit=100").get_json()["items"]]
    seen: list[str] = []
    address: str | None = f"/search?q=barrels&limit={limit}"
    while address is not None:
        response = client.get(address)
        body = response.get_json()
        seen += [item["iri"] for item in body["items"]]
        address = body["next"]
        links = [link for link in response.headers.getlist("Link") if 'rel="next"' in link]
        assert links == ([] if address is None else [f'<{address}>; rel="next"'])
    assert seen == whole


def test_kinds_lead_to_their_hits(client: FlaskClient) -> None:
    """The page links each kind with its count, and the link has as many."""
    page = client.get("/search?q=barrels", headers=BROWSER).text
    links = re.findall(r'href="(/search\?q=barrels&amp;kind=\w+)"[^>]*><strong>(\d+)</strong>', page)
    assert len(links) >= 2
    for to, count in links:
        assert client.get(to.replace("&amp;", "&")).get_json()["total"] == int(count)


def test_nothing_found_shows_a_way_on(client: FlaskClient) -> None:
    """The page says so, proposes the nearest words as links, and offers to look up what may be an address."""
    page = client.get("/search?q=harbourmasters", headers=BROWSER).text
    assert "Nothing has this." in page
    assert '<a href="/search?q=harbour">harbour</a>' in page
    assert 'href="/lookup?iri=harbourmasters"' in page


def test_a_mistyped_word_is_said(client: FlaskClient) -> None:
    """Who mistypes is told what was looked for instead."""
    assert client.get("/search?q=barels").get_json()["read_as"] == {"barels": ["barrels"]}
    assert "“barels” is read as “barrels”." in client.get("/search?q=barels", headers=BROWSER).text


def test_without_words_there_is_a_form(client: FlaskClient) -> None:
    """The search page can be opened, and every page has its box."""
    assert client.get("/search", headers=BROWSER).status_code == 200
    assert client.get("/search").get_json()["total"] == 0
    for path in ("/", "/claims", "/search", "/nothing"):
        page = client.get(path, headers=BROWSER).text
        assert '<form class="find" method="get" action="/search" role="search" aria-label="Site">' in page, path


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 201,
        "q=" + "x" * 10_000,
        "q=!!!",
        "q=%F0%9F%98%80",
        "q=a%00b",
        "q=a%0Ab",
        "q=%FF",
        "q=a&q=b",
        "q=a&kind=thing",
        "q=a&limit=0",
        "q=a&limit=101",
        "q=a&limit=%D9%A3",
        "q=a&after=-1",
        "q=a&after=x",
        "q=a&after=99999999999999999999",
        "q=a&format=xml",
        "q=a&words=b",
        "q=" + "+".join(f"w{number}" for number in range(40)),
    ],
)
def test_what_is_no_search_is_400(client: FlaskClient, query: str) -> None:
    """A parameter that does not fit is refused by its name."""
    response = client.get(f"/search?{query}")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"


ODD = [
    '"',
    '""',
    '"""',
    "'",
    "a'b",
    "NEAR(a b, 2)",
    "NOT",
    "AND OR NOT",
    "a AND",
    "name:a",
    "{name}:a",
    "-a",
    "a*",
    "*",
    "^a",
    "a + b",
    "(a",
    "a)",
    "a OR",
    "'; DROP TABLE thing; --",
    "%",
    "_",
    "\\",
    "|",
    "a|b",
    "~",
    "a\u0301\u0301\u0301",
    "\u0301a",
    "\u202eabc",
    "\ufeffa",
    "a\u200db",
    "שלום",
    "مرحبا",
    "中文",
    "ไทย",
    "हिन्दी",
    "𝔘𝔫𝔦",
    "ǅ",
    "ﷺ",
    "\U000e0041a",
    "½",
    "Ⅷ",
    "٣٤",
    "{{7*7}}",
    "<b>",
    "&amp;",
    "a" * 200,
    "a " * 100,
    "é" * 100,
    "0",
    "-1",
    "1e999",
    "null",
    "\x7fa",
    "\x85a",
    "\xa0a",
]


@pytest.mark.parametrize(
    ("spellings", "slug"),
    [
        (("Kəlbəcər", "Kelbecer", "Кельбаджар", "Карвачар", "Քարվաճառ"), "kalbajar"),
        (("Ağdərə", "Агдере", "Мартакерт", "Մարտակերտ"), "aghdara-region"),
        (("Tərtər", "Тертер", "Terter"), "tartar-region"),
    ],
)
def test_places_are_found_as_either_side_spells_them(web: FlaskClient, spellings: tuple[str, ...], slug: str) -> None:
    """In the official spellings of both sides and in Russian, also where only English forms are written down."""
    for spelling in spellings:
        found = web.get("/search", query_string={"q": spelling, "kind": "place"}).get_json()["items"]
        assert iri(f"place:{slug}") in [item["iri"] for item in found], spelling


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("accept", ["application/json", "text/html", "text/csv"])
def test_odd_words_are_answered_or_refused(client: FlaskClient, text: str, accept: str) -> None:
    """Nothing that anybody writes is an operator, breaks the page or the server."""
    response = client.get("/search", query_string={"q": text}, headers={"Accept": accept})
    assert response.status_code in (200, 400)


def test_random_words_are_answered_or_refused(client: FlaskClient) -> None:
    """Whatever characters come together, there is an answer, and its marks are stretches of its texts."""
    chance = random.Random(20221213)
    known = ["barrels", "harbour", '"', " ", "quay", "*", "-", "(", "مرحبا", "\u0301", "Gazette’s", "12", "ə"]
    anything = [chr(code) for code in range(32, 0x1_1000) if unicodedata.category(chr(code)) != "Cs"]
    for _ in range(400):
        text = "".join(
            chance.choice(known if chance.random() < 0.5 else anything) for _ in range(chance.randrange(1, 12))
        )
        response = client.get("/search", query_string={"q": text})
        assert response.status_code in (200, 400), repr(text)
        for item in response.get_json().get("items", ()):
            assert item["matches"], repr(text)
            for match in item["matches"]:
                assert all(0 <= start < end <= len(match["text"]) for start, end in match["highlights"]), repr(text)


@pytest.mark.parametrize(
    ("text", "location"),
    [
        (iri("place:eastquay"), "/place/eastquay"),
        ("http://w3id.org/testimonia/place/eastquay", "/place/eastquay"),
        ("http://localhost/place/eastquay", "/place/eastquay"),
        ("http://localhost/place/eastquay.trig", "/place/eastquay.trig"),
        ("place:eastquay", "/place/eastquay"),
        ("/place/eastquay", "/place/eastquay"),
        ("place/eastquay.ttl", "/place/eastquay.ttl"),
        ("eastquay", "/place/eastquay"),
        (GAZETTE, f"/article/{GAZETTE}"),
        (f"anchor:{GAZETTE}-p6-s1", f"/claim/{GAZETTE}-demand"),
        ("t:holder", "/ontology#holder"),
        ("https://w3id.org/testimonia/ontology", "/ontology"),
        ("http://www.wikidata.org/entity/Q42", "/place/eastquay"),
        ("https://www.wikidata.org/wiki/Q42", "/place/eastquay"),
        ("q43", "/place/westquay"),
        ("wikidata:Q43", "/place/westquay"),
    ],
)
def test_whatever_names_a_thing_leads_to_it(client: FlaskClient, text: str, location: str) -> None:
    """IRIs, paths, prefixed names, slugs and identifiers elsewhere lead to the page here, in the format asked for."""
    response = client.get("/lookup", query_string={"iri": text})
    assert (response.status_code, response.headers["Location"]) == (303, location)
    assert client.get(location).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "https://w3id.org/testimonia/graph/default",
        "http://w3id.org/testimonia/graph/default",
        "http://localhost/graph/default",
        "graph:default",
        "graph/default",
    ],
)
def test_the_default_graph_is_led_to(client: FlaskClient, text: str) -> None:
    """It has an address like other graphs, though nothing is said of it; a suffix or ``format=`` goes along."""
    led = client.get("/lookup", query_string={"iri": text})
    assert (led.status_code, led.headers["Location"]) == (303, "/graph/default")
    assert client.get("/lookup", query_string={"iri": f"{text}.nt"}).headers["Location"] == "/graph/default.nt"
    as_ttl = client.get("/lookup", query_string={"iri": text, "format": "ttl"})
    assert as_ttl.headers["Location"] == "/graph/default.ttl"
    assert client.get("/graph/default.ttl", follow_redirects=True).status_code == 200


def test_a_format_goes_along(client: FlaskClient) -> None:
    """``format=`` names the suffix to which the look-up leads."""
    assert client.get("/lookup?iri=eastquay&format=nq").headers["Location"] == "/place/eastquay.nq"
    assert client.get("/lookup?iri=t:holder&format=ttl").headers["Location"] == "/ontology.ttl#holder"
    assert client.get("/lookup?iri=eastquay&format=pdf").status_code == 400


def test_what_means_several_things_is_a_list(client: FlaskClient) -> None:
    """A slug or an identifier of several things lists them all, as JSON or as a page."""
    body = client.get("/lookup?iri=negative").get_json()
    assert [item["iri"] for item in body["items"]] == [iri("polarity:negative"), iri("sentiment:negative")]
    assert body["total"] == 2
    page = client.get("/lookup?iri=negative", headers=BROWSER).text
    assert 'href="/polarity/negative"' in page and 'href="/sentiment/negative"' in page


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("estquay", "/place/eastquay"),
        ("actor:harbor-office", "/actor/harbour-office"),
        (f"https://w3id.org/testimonia/claim/{GAZETTE}-demnd", f"/claim/{GAZETTE}-demand"),
        ("https://elsewhere.example/thing", "/search"),
        ("zzzz", "/search"),
        ("<scrpt>", "/place/script"),
    ],
)
def test_what_names_nothing_is_404_with_the_nearest(client: FlaskClient, text: str, near: str) -> None:
    """An address that means nothing is 404, and the hint has what is most like it, or another way."""
    response = client.get("/lookup", query_string={"iri": text})
    assert response.status_code == 404
    assert near in response.get_json()["hint"]


@pytest.mark.parametrize("query", ["", "iri=", "iri=a%00", "iri=" + "a" * 2001, "iri=a&iri=b", "uri=a"])
def test_what_is_no_look_up_is_400(client: FlaskClient, query: str) -> None:
    """Without an address, or with one that cannot be any, there is nothing to look up."""
    assert client.get(f"/lookup?{query}").status_code == 400
