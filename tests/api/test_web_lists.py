"""Lists, their filters and their pages."""

import csv
import io
import re
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine, example
from flask.testing import FlaskClient
from places import ROOT

from api import create_app
from api.lists import COLUMNS
from api.negotiate import LISTED, LISTED_PLACES
from kb import cards
from kb.model import Source
from kb.namespaces import iri, turtle_prologue

GAZETTE = "2024-03-05-gazette"
PLACES = 137


@pytest.fixture(scope="module")
def many() -> FlaskClient:
    """A client of an application with many places."""
    blocks = [f'place:p-{n:03} a geo:Feature ; rdfs:label "Quay {n}"@en .' for n in range(PLACES - 2)]
    source = Source("many.trig", turtle_prologue() + "\n".join(blocks), True)
    return create_app(FakeEngine(example(source).quads)).test_client()


@pytest.mark.parametrize("name", sorted(cards.LISTS))
def test_each_list_comes_as_json_page_and_csv(client: FlaskClient, name: str) -> None:
    """A list's three forms hold the same things, and say how many there are."""
    body = client.get(f"/{name}", headers={"Accept": "application/json"}).get_json()
    rows = list(csv.DictReader(io.StringIO(client.get(f"/{name}?format=csv").text)))
    page = client.get(f"/{name}", headers={"Accept": "text/html"})
    assert [item["iri"] for item in body["items"]] == [row["iri"] for row in rows]
    assert body["total"] == len(body["items"]) > 0
    assert body["next"] is None
    assert all(item["iri"].removeprefix("https://w3id.org/testimonia") in page.text for item in body["items"])
    assert page.headers["Testimonia-Total"] == str(body["total"])


@pytest.mark.parametrize("limit", [1, 7, 50, 136, 137, 500])
def test_walking_all_pages_loses_and_doubles_nothing(many: FlaskClient, limit: int) -> None:
    """Following ``next`` from page to page gives each thing once, in order."""
    seen: list[str] = []
    address: str | None = f"/places?limit={limit}"
    while address is not None:
        response = many.get(address)
        body = response.get_json()
        assert body["total"] == PLACES
        assert len(body["items"]) <= limit
        seen += [item["iri"] for item in body["items"]]
        address = body["next"]
        links = [link for link in response.headers.getlist("Link") if 'rel="next"' in link]
        assert links == ([] if address is None else [f'<{address}>; rel="next"'])
    assert len(seen) == len(set(seen)) == PLACES
    assert seen == sorted(seen)


def test_a_page_begins_after_a_thing_that_is_gone(many: FlaskClient) -> None:
    """Paging goes by name and not by number: a slug that is no longer there still marks its place."""
    body = many.get("/places?after=p-0035&limit=1").get_json()
    assert body["items"][0]["iri"] == iri("place:p-004")


def test_filters_stay_on_the_next_page(client: FlaskClient) -> None:
    """The link to the next page carries the words and filters of this one."""
    body = client.get("/claims?certainty=certain&q=gazette&limit=1").get_json()
    assert body["total"] == 3
    assert "certainty=certain" in body["next"] and "q=gazette" in body["next"]


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/claims?mode=demanded", ["demand"]),
        ("/claims?certainty=underspecified", ["not-prevented"]),
        ("/claims?polarity=negative", ["not-prevented"]),
        ("/claims?realis=true", ["barrels", "herald"]),
        ("/claims?realis=false", ["demand", "not-prevented"]),
        ("/claims?holder=harbour-office", ["barrels"]),
        ("/claims?about=barrels-eastquay-westquay", ["barrels", "herald"]),
        (f"/claims?article={GAZETTE}", ["barrels", "demand", "herald", "not-prevented"]),
        (f"/claims?article={GAZETTE}&mode=stated&realis=true", ["barrels"]),
        ("/claims?addressee=port-director", ["demand"]),
        ("/claims?names=place/eastquay", ["barrels"]),
        ("/claims?names=event/dumping&mode=demanded", []),
        ("/claims?q=LEAKING", ["barrels"]),
        ("/claims?q=take+it+as+given", ["not-prevented"]),
        ("/claims?q=.*", []),
        ("/claims?mode=&q=&holder=", ["barrels", "demand", "herald", "not-prevented"]),
        ("/claims?" + "mode=demanded&" * 20, ["demand"]),
    ],
)
def test_claims_are_filtered(client: FlaskClient, address: str, wanted: list[str]) -> None:
    """Each filter narrows by its value, several narrow together, empty ones do nothing."""
    found = [item["iri"].removeprefix(iri(f"claim:{GAZETTE}-")) for item in client.get(address).get_json()["items"]]
    assert found == wanted


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/actors?q=HARBOUR", ["actor:harbour-office"]),
        ("/places?q=west", ["place:westquay"]),
        ("/objects?q=leaking", ["object:leaking-barrels"]),
        ("/articles?q=barrels+on", [f"article:{GAZETTE}"]),
        ("/articles?q=quill", [f"article:{GAZETTE}"]),
        ("/events?q=%22)+}+UNION+{+?item+?p+?o", []),
    ],
)
def test_words_are_looked_for_in_names(client: FlaskClient, address: str, wanted: list[str]) -> None:
    """``q`` finds labels, name forms, headlines and bylines in any case, and is never read as a query."""
    assert [item["iri"] for item in client.get(address).get_json()["items"]] == [iri(name) for name in wanted]


def test_name_forms_and_misspellings_are_found() -> None:
    """A place is found under every form of its name that was recorded."""
    text = turtle_prologue() + (
        'place:port a geo:Feature ; rdfs:label "Port"@en ; skos:altLabel "Liman"@az ; skos:hiddenLabel "Prot"@en .'
    )
    client = create_app(FakeEngine(example(Source("x.trig", text, True)).quads)).test_client()
    assert client.get("/places?q=liman").get_json()["total"] == 1
    assert client.get("/places?q=prot").get_json()["total"] == 1


@pytest.mark.parametrize(
    ("address", "named", "choice"),
    [
        ("/claims?mode=shouted", "mode", "demanded"),
        ("/claims?realis=perhaps", "realis", "true"),
        ("/claims?holder=harbor-office", "holder", "harbour-office"),
        ("/claims?article=2024-03-05-gazete", "article", GAZETTE),
        ("/claims?names=place/eastkuay", "names", "place/eastquay"),
        ("/claims?limit=0", "limit", "1 to 500"),
        ("/claims?limit=501", "limit", "1 to 500"),
        ("/claims?limit=ten", "limit", "1 to 500"),
        ("/claims?limit=%C2%B2", "limit", "1 to 500"),
        ("/places?format=pdf", "format", "csv"),
        ("/places?mode=stated", "mode", "limit"),
        ("/places?colour=red", "colour", "q"),
        ("/places?q=a&q=b", "q", ""),
        ("/places?q=a%00b", "q", "200"),
        ("/places?q=%FF", "UTF-8", ""),
        ("/places?" + "q=&" * 2000, "1000 fields", ""),
        ("/places?q=" + "a" * 201, "q", "200"),
        ("/claims?" + "mode=stated&" * 21, "mode", "at most 20"),
        ("/claims?" + "holder=&" * 21, "holder", "at most 20"),
        ("/remaining?" + "without=&" * 21, "without", "at most 20"),
    ],
)
def test_a_bad_parameter_is_named_with_its_choices(client: FlaskClient, address: str, named: str, choice: str) -> None:
    """A parameter that does not fit is 400; the problem names it and what it takes."""
    response = client.get(address)
    assert response.status_code == 400
    assert named in response.text
    assert choice in response.text


def test_every_listed_claim_carries_its_speaker(client: FlaskClient) -> None:
    """JSON, CSV and page of the claims name the holder and who relays each claim."""
    items = client.get("/claims").get_json()["items"]
    assert all(item["speaker"] and item["holder"] and item["chain"] for item in items)
    rows = list(csv.DictReader(io.StringIO(client.get("/claims?format=csv").text)))
    assert rows[0]["speaker"] == "Harbour office, as relayed by Northport Herald and Northport Gazette"
    assert (rows[0]["mode"], rows[0]["realis"]) == ("stated", "true")
    assert client.get("/claims", headers={"Accept": "text/html"}).text.count('class="who"') == len(items)


def test_long_sections_say_that_they_go_on() -> None:
    """A card that lists only the first claims says how many there are and where the others are."""
    blocks = [
        f"""claim:many-{n:03} a t:Claim ; t:about event:dumping ; t:certainty certainty:certain ;
        t:holder actor:port ; t:mode mode:stated ; t:paraphrase "The port said {n}."@en ;
        t:polarity polarity:positive ; t:reportedIn article:{GAZETTE} ."""
        for n in range(103)
    ]
    source = Source("many.trig", turtle_prologue() + "\n".join(blocks), True)
    client = create_app(FakeEngine(example(source).quads)).test_client()
    held = client.get("/actor/port.json").get_json()["claims_as_holder"]
    assert (held["total"], len(held["items"]), held["more"]) == (103, 20, "/claims?holder=port")
    assert client.get(held["more"]).get_json()["total"] == 103
    assert 'href="/claims?holder=port"' in client.get("/actor/port.html").text


def test_values_are_slugs_paths_prefixed_names_or_iris(client: FlaskClient) -> None:
    """One thing can be named in four ways, and different kinds of it in one filter give each claim once."""
    for value in ("harbour-office", "actor/harbour-office", "actor:harbour-office", iri("actor:harbour-office")):
        assert client.get(f"/claims?holder={quote(value)}").get_json()["total"] == 1
    body = client.get("/claims?holder=harbour-office&holder=northport-herald&holder=actor/harbour-office").get_json()
    assert [item["holder"]["label"] for item in body["items"]] == ["Harbour office", "Northport Herald"]
    assert client.get("/claims?names=eastquay&role=origin").get_json()["total"] == 1
    assert client.get("/claims?names=eastquay&role=destination").get_json()["total"] == 0
    assert client.get("/claims?role=sem:hasTime").status_code == 400
    assert (
        client.get("/claims?type=movement").get_json()["total"]
        == client.get("/claims?type=transport").get_json()["total"]
        == 1
    )


@pytest.mark.parametrize(
    ("address", "named", "choice"),
    [
        ("/claims?" + "&".join(f"mode=m{n}" for n in range(21)), "mode", "20 values"),
        ("/claims?when=certain", "when", "“from” or “to”"),
        ("/claims?when=perhaps&from=2024", "when", "certain"),
        ("/claims?place_of=port", "place_of", "“place”"),
        ("/claims?from=2024-03-02&to=2024-03-01", "from", "later"),
        ("/claims?from=2024-02-30", "from", "2022-12-12"),
        ("/claims?from=2024-13", "from", "2022-12-12"),
        ("/claims?to=yesterday", "to", "2022-12-12"),
        ("/claims?from=0000", "from", "2022-12-12"),
        ("/claims?from=%D9%A2%D9%A0%D9%A2%D9%A4", "from", "2022-12-12"),
        ("/claims?loaded=dumpin", "loaded", "true"),
        ("/claims?role=sem:type", "role", "sem:eventType"),
        ("/claims?role=orgin", "role", "origin"),
        ("/claims?type=transpot", "type", "transport"),
        ("/claims?names=barrels-eastquay", "names", "event/barrels-eastquay-westquay"),
        ("/claims?holder=place/eastquay", "holder", ""),
        ("/claims?holder=%3E%20%7D%20UNION", "holder", ""),
        ("/claims?sort=colour", "sort", "certainty"),
        ("/claims?sort=date&after=x", "after", "next page"),
        ("/claims?sort=date&after=WyJzbHVnIiwgIiIsICJ4Il0=", "after", "next page"),
        ("/claims?sort=date&after=bnVsbA==", "after", "next page"),
        ("/claims?sort=date&after=%F0%9F%98%80", "after", "next page"),
        ("/claims?limit=1&limit=2", "limit", "more than once"),
        ("/actors?kind=vehicle", "kind", "person"),
        ("/actors?side=nowhere", "side", "azerbaijan"),
        ("/objects?format=geojson", "format", "ttl"),
        ("/perspectives?holder=port", "holder", "sort"),
    ],
)
def test_a_value_that_fits_nothing_is_told(client: FlaskClient, address: str, named: str, choice: str) -> None:
    """A value that names nothing, or goes with nothing, is 400 with what would do."""
    response = client.get(address)
    assert response.status_code == 400
    problem = response.get_json()
    assert named in problem["detail"]
    assert choice in problem["detail"] + problem["hint"]


@pytest.mark.parametrize("sort", ["slug", "article", "date", "certainty"])
def test_links_lead_from_page_to_page(client: FlaskClient, sort: str) -> None:
    """In every order ``next`` walks through all claims, and ``first`` leads back to the first page."""
    whole = [item["iri"] for item in client.get(f"/claims?sort={sort}").get_json()["items"]]
    address: str | None = f"/claims?sort={sort}&limit=1&polarity=positive&polarity=negative"
    seen = []
    while address is not None:
        response = client.get(address)
        body = response.get_json()
        seen += [item["iri"] for item in body["items"]]
        first = next(link for link in response.headers.getlist("Link") if 'rel="first"' in link)
        assert first == f'</claims?polarity=positive&polarity=negative&sort={sort}&limit=1>; rel="first"'
        address = body["next"]
    assert seen == whole and len(seen) == 4


ORDERS = [(name, sort) for name in cards.LISTS for sort in cards.parameter(name, "sort").choices]


@pytest.mark.parametrize(("name", "sort"), ORDERS)
def test_every_order_of_every_list_is_walked_to_its_end(web: FlaskClient, name: str, sort: str) -> None:
    """Over the shipped data, whose names are long and in three scripts, page by page as the links lead."""
    address: str | None = f"/{name}?sort={sort}&limit=7"
    seen, total = [], None
    while address is not None:
        body = web.get(address).get_json()
        seen += [item["iri"] for item in body["items"]]
        total, address = body["total"], body["next"]
    assert len(seen) == len(set(seen)) == total


@pytest.mark.parametrize(
    ("days", "when"), [("to=2022", "certain"), ("from=2000&to=2022", "possible"), ("from=2022-12-01", "possible")]
)
def test_a_side_of_which_nothing_is_asked_leaves_nothing_open(web: FlaskClient, days: str, when: str) -> None:
    """A time up to a day, with a beginning that is not told, is certainly not after it; whether it is after some other
    day is open."""
    items = web.get(f"/claims?{days}&limit=500").get_json()["items"]
    assert {item["when"] for item in items if item["dates"] == ["[..2022-12-13]"]} == {when}


def test_turtle_has_what_we_say_of_the_entries_and_no_content(client: FlaskClient) -> None:
    """The Turtle of a page has the statements about its entries, and nothing of what claims say of the world."""
    response = client.get("/claims?holder=harbour-office&format=ttl")
    assert response.mimetype == "text/turtle"
    triples = list(ox.parse(response.data, format=ox.RdfFormat.TURTLE))
    assert {triple.subject.value for triple in triples} == {iri(f"claim:{GAZETTE}-barrels")}
    assert iri("t:holder") in {triple.predicate.value for triple in triples}
    assert client.get("/places", headers={"Accept": "text/turtle"}).text.count("a geo:Feature") == 2


GAZETTEER = """
graph:harbours a t:GazetteerGraph ; dcterms:issued "2024-01-01"^^xsd:date ; dcterms:source "Harbour lists" ;
    schema:box "50 0 60 10" .
graph:pilots a t:GazetteerGraph ; dcterms:source <https://example.org/pilots> .
graph:harbours {
    place:eastquay wgs84:lat 54.10 ; wgs84:long 7.5 .
    place:westquay wgs84:lat 540 ; wgs84:long 7.5 .
}
graph:pilots { place:eastquay wgs84:lat 54.1234 ; wgs84:long 7.4999 . }
"""


def test_places_are_where_a_gazetteer_has_them_and_else_nowhere(client: FlaskClient) -> None:
    """GeoJSON has the points of gazetteers with their source, day and last digit; no other place has a geometry."""
    response = client.get("/places?format=geojson")
    assert response.mimetype == "application/geo+json"
    body = response.get_json()
    assert body["type"] == "FeatureCollection"
    assert [(one["type"], one["geometry"]) for one in body["features"]] == [("Feature", None)] * 2
    assert body["features"][0]["properties"]["label"] == "Eastquay"
    source = Source("gazetteer.trig", turtle_prologue() + GAZETTEER, True)
    known = create_app(FakeEngine(example(source).quads)).test_client()
    east, west = known.get("/places", headers={"Accept": "application/geo+json"}).get_json()["features"]
    assert east["geometry"] == {"type": "MultiPoint", "coordinates": [[7.5, 54.1], [7.4999, 54.1234]]}
    assert [one["precision"] for one in east["properties"]["gazetteers"]] == [0.1, 0.0001]
    assert east["properties"]["gazetteers"][0]["source"] == "Harbour lists"
    assert east["properties"]["gazetteers"][0]["issued"] == "2024-01-01"
    assert (west["geometry"], west["properties"]["gazetteers"]) == (None, [])
    assert east["id"] == iri("place:eastquay")


def test_the_page_has_a_form_with_counts_and_filters_that_can_be_removed(client: FlaskClient) -> None:
    """Coded filters have their numbers, things are proposed, and each applied filter has a link without it."""
    page = client.get("/claims?mode=stated&mode=demanded&holder=harbour-office", headers={"Accept": "text/html"}).text
    assert '<option value="stated" selected>stated (1)</option>' in page
    assert '<input type="hidden" name="mode" value="demanded">' in page
    assert '<option value="northport-herald">' in page
    assert 'href="/claims?mode=stated&amp;mode=demanded"' in page
    assert 'href="/claims?holder=harbour-office&amp;mode=demanded"' in page
    assert page.count("<label for=") == len(cards.PARAMETERS["claims"]) - 3  # but after, limit and format
    for name in cards.LISTS:
        text = client.get(f"/{name}", headers={"Accept": "text/html"}).text
        assert set(re.findall(r'<label for="(\w+)"', text)) >= {one.name for one in cards.PARAMETERS[name]} - {
            *("after", "limit", "format")
        }


def test_the_page_says_through_whose_claim_a_place_lies_in_another() -> None:
    """Beside what is found through a claim of containment stands who claims it, in page, JSON and CSV."""
    text = (
        turtle_prologue()
        + f"""
    place:bay a geo:Feature ; rdfs:label "Bay"@en .
    claim:lies a t:Claim ; t:about event:lies ; t:holder actor:port ; t:mode mode:presumed ;
        t:paraphrase "The port takes it as given that Eastquay lies in the bay."@en ;
        t:polarity polarity:positive ; t:reportedIn article:{GAZETTE} .
    claim:lies {{ event:lies a t:State ; sem:eventType type:location ; sem:hasPlace place:bay ; t:participation node:l .
        node:l sem:roleType role:located-thing ; t:participant place:eastquay . }}
    claim:there a t:Claim ; t:about event:there ; t:holder actor:harbour-office ; t:mode mode:stated ;
        t:paraphrase "The office says that barrels were counted."@en ; t:polarity polarity:positive ;
        t:reportedIn article:{GAZETTE} .
    claim:there {{ event:there a sem:Event ; sem:hasPlace place:eastquay . }}
    """
    )
    client = create_app(FakeEngine(example(Source("lies.trig", text, True)).quads)).test_client()
    lies, there = client.get("/claims?place=bay").get_json()["items"]
    assert (lies["via"], lies["ways"], there["ways"]) == ([], 0, 1)
    assert there["via"][0]["claims"] == [
        {"iri": iri("claim:lies"), "speaker": "Port of Northport, as relayed by Northport Gazette"}
    ]
    page = client.get("/claims?place=bay", headers={"Accept": "text/html"}).text
    assert 'according to <a href="/claim/lies">Port of Northport, as relayed by Northport Gazette</a>' in page
    assert "according to <a" in client.get("/places?place=bay", headers={"Accept": "text/html"}).text
    rows = list(csv.DictReader(io.StringIO(client.get("/claims?place=bay&format=csv").text)))
    assert (rows[1]["via"], rows[1]["via_speakers"]) == (
        iri("claim:lies"),
        "Port of Northport, as relayed by Northport Gazette",
    )


def test_every_list_gives_the_formats_it_says(client: FlaskClient) -> None:
    """The formats in the table of parameters are those that are negotiated, and an empty one is none."""
    for name in cards.LISTS:
        names = cards.parameter(name, "format").choices
        assert [form.name for form in (LISTED_PLACES if name == "places" else LISTED)] == list(names)
        for form in names:
            assert client.get(f"/{name}?format={form}").status_code == 200
        assert client.get(f"/{name}?format=").get_json()["total"] > 0
    for other in ("/data?default&format=", "/.well-known/void?format="):
        assert client.get(other).mimetype == "text/turtle"


HOSTILE = (
    *("'", '"', "%", "*", "_", "--", "\\", "<script>", "' OR 1=1 --", "../..", "actor/", "/", ":", "a:b:c", "#", "?"),
    *("\u202e", "\U0001f600", "e\u0301", "\ud7ff", "９９９９", "null", "[]", "-1", "1e9", "9" * 200, "a" * 200, "\x7f"),
)


@pytest.mark.parametrize("name", sorted(cards.LISTS))
def test_no_value_breaks_a_list(client: FlaskClient, name: str) -> None:
    """Whatever stands in a parameter, the answer is a list or says what is wrong; pages show it as text only."""
    for one in cards.PARAMETERS[name]:
        for value in HOSTILE:
            response = client.get(f"/{name}?{one.name}={quote(value)}", headers={"Accept": "text/html"})
            assert response.status_code in (200, 400), (one.name, value)
            assert "<script>" not in response.text


def documented(one: cards.Parameter) -> str:
    """A parameter as its line in docs/rest.md."""
    values = {
        "text": "words",
        "flag": "`true` `false`",
        "date": "day, month or year",
        "number": f"1 to {one.most}",
        "choice": " ".join(f"`{choice}`" for choice in one.choices),
        "concept": "concept" if len(one.of) != 1 else f"`{one.of[0]}/…`",
        "thing": "anything here" if len(one.of) != 1 else f"`{one.of[0]}/…`",
        "word": "`true` `false` or a word",
        "cursor": "from the page before",
    }[one.type]
    given = " ".join(mark for mark, there in (("×", one.many), ("#", one.facet)) if there)
    default = f" (else `{one.default}`)" if one.default else ""
    return f"| `{one.name}` | {values}{default} | {given} | {one.description} |"


def test_the_documentation_has_every_parameter_and_column() -> None:
    """docs/rest.md has the parameters of each list in the order of the code, and the columns of its CSV form."""
    text = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
    lines = {name: [documented(one) for one in parameters] for name, parameters in cards.PARAMETERS.items()}
    everywhere = [line for line in lines["claims"] if all(line in some for some in lines.values())]

    def rows(title: str) -> list[str]:
        section = text.partition(f"\n### {title}\n")[2].partition("\n##")[0]
        return [line for line in section.splitlines() if line.startswith("| `")]

    assert rows("Every list") == everywhere
    for name, some in lines.items():
        assert rows(f"`/{name}`") == [line for line in some if line not in everywhere]
        assert f"CSV: `{' '.join(COLUMNS[name])}`" in " ".join(text.split())
    assert text.count("\n### `/") == len(lines)


def test_what_is_called_otherwise_is_proposed_by_its_names(client: FlaskClient) -> None:
    """A name form in place of a slug is answered with the slug of what is so called; no hit leads to the search."""
    problem = client.get("/claims?holder=Northport%20Heralds").get_json()
    assert "northport-herald" in problem["hint"]
    assert client.get("/actors?q=Xyzzy", headers={"Accept": "text/html"}).text.count('href="/search?q=Xyzzy"') == 1


def test_events_are_never_listed_as_facts(client: FlaskClient) -> None:
    """The list of events says in each form that they are what texts mention."""
    rows = csv.DictReader(io.StringIO(client.get("/events?format=csv").text))
    assert {row["kinds"] for row in rows} == {"event or state that a text mentions"}
    assert "None is said to have happened." in client.get("/events", headers={"Accept": "text/html"}).text


def test_a_misspelt_parameter_is_answered_with_the_right_one(client: FlaskClient) -> None:
    """The hint begins with what was probably meant."""
    assert client.get("/claims?holdr=x").get_json()["hint"].startswith("Did you mean “holder”? ")
