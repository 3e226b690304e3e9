"""Lists, their filters and their pages."""

import csv
import io

import pytest
from fake_engine import FakeEngine, example
from flask.testing import FlaskClient

from api import create_app
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
    assert (held["total"], len(held["items"]), held["more"]) == (103, 100, "/claims?holder=port")
    assert client.get(held["more"]).get_json()["total"] == 103
    assert 'href="/claims?holder=port"' in client.get("/actor/port.html").text
