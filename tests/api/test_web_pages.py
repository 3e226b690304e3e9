"""Pages to read, errors, headers, and that nothing from the data is taken for markup."""

import gzip
import json
import re
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine, example
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from kb.errors import LimitError
from kb.model import Source
from kb.namespaces import turtle_prologue

GAZETTE = "2024-03-05-gazette"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SOME = [
    "/",
    "/questions",
    "/questions/first",
    "/corrections",
    "/healthz",
    "/metrics",
    "/readyz",
    "/problem/time",
    "/claims",
    "/actors?format=csv",
    f"/claim/{GAZETTE}-demand",
    f"/claim/{GAZETTE}-demand.html",
    f"/article/{GAZETTE}.json",
    f"/node/{GAZETTE}-barrels-40",
    "/mode/denied",
    "/ontology",
    "/dump.nq",
    "/dump.trig",
    "/sparql?query=ASK{}",
    "/sparql",
    "/nothing",
    "/claims?mode=x",
    "/static/style.css",
]
MOMENTARY = ("/healthz", "/metrics", "/readyz")
"""What is true for a moment only, and never kept."""


@pytest.mark.parametrize("path", SOME)
def test_every_answer_carries_its_headers(client: FlaskClient, path: str) -> None:
    """Answers of every kind, errors too, carry request and build id, CORS, Vary and the security headers."""
    response = client.get(path)
    headers = response.headers
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
    assert headers["Testimonia-Build"] == "b" * 64
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Vary"] == "Accept, Accept-Encoding"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert ("ETag" in headers) == (response.status_code == 200 and path not in MOMENTARY)


@pytest.mark.parametrize("path", [path for path in SOME if path not in ("/sparql", "/nothing", "/claims?mode=x")])
def test_an_unchanged_answer_is_304(client: FlaskClient, path: str) -> None:
    """Who has an answer already gets 304 without a body, and the same validator."""
    first = client.get(path)
    if first.status_code == 303 or path in MOMENTARY:
        assert "ETag" not in first.headers
        return
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(path, headers={"If-None-Match": '"something-else"'})
    assert other.status_code == 200


def test_a_validator_tells_builds_queries_and_formats_apart(engine: FakeEngine) -> None:
    """The validator changes with the build, the path, the query, the format and the texts at hand."""

    def tag(path: str, build: str = "b" * 64, snapshots: dict[str, str] | None = None, accept: str = "*/*") -> str:
        engine.build_id = build
        return (
            create_app(engine, snapshots=snapshots).test_client().get(path, headers={"Accept": accept}).headers["ETag"]
        )

    tags = [
        tag("/claims"),
        tag("/claims", build="c" * 64),
        tag("/claims?limit=2"),
        tag("/actors"),
        tag("/claims", accept="text/html"),
        tag("/claims", snapshots={"x": "y"}),
    ]
    assert len(set(tags)) == len(tags)
    assert tag("/claims") == tags[0]


@pytest.mark.parametrize("path", ["/", "/claims", "/dump.nq", "/ontology.ttl", "/static/style.css"])
def test_long_answers_are_compressed(client: FlaskClient, path: str) -> None:
    """A client that takes gzip gets it, with the same content; one that does not, or refuses it, does not."""
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert "Content-Encoding" not in plain.headers and "Content-Encoding" not in refused.headers


def test_short_answers_are_left_as_they_are(client: FlaskClient) -> None:
    """Under a kilobyte compression is not worth it."""
    assert "Content-Encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("path", [path for path in SOME if path != "/sparql"])
def test_head_is_get_without_a_body(client: FlaskClient, path: str) -> None:
    """HEAD has the status and headers of GET, and no body."""
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code
    assert head.data == b""
    assert head.content_type == get.content_type
    assert head.headers.get("ETag") == get.headers.get("ETag")


@pytest.mark.parametrize("path", ["/", "/sparql", "/claims", f"/claim/{GAZETTE}-demand"])
def test_a_browser_may_ask_beforehand(client: FlaskClient, path: str) -> None:
    """A preflight request from any origin is allowed, without credentials."""
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = client.options(path, headers=headers)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    ("path", "indexed"),
    [
        ("/", True),
        ("/corrections", True),
        ("/ontology", True),
        ("/mode/denied", True),
        ("/actor/port-director", False),
        ("/actors", False),
        (f"/claim/{GAZETTE}-demand", False),
        ("/claims", False),
        ("/event/dumping", False),
        ("/questions/first", False),
        ("/sparql?query=ASK{}", False),
        ("/dump.nq", False),
        ("/nothing", False),
    ],
)
def test_claims_and_persons_stay_out_of_search_engines(client: FlaskClient, path: str, indexed: bool) -> None:
    """What is about persons or claims asks not to be indexed; what explains the project may be."""
    assert (client.get(path).headers.get("X-Robots-Tag") is None) == indexed


def test_the_front_page_says_what_this_is(client: FlaskClient) -> None:
    """The front page has one sentence, the caution, the articles with counts, and three questions that work."""
    page = client.get("/", headers=BROWSER).text
    assert "who said what about contested events" in page
    assert "Nothing here is stated as fact" in page
    assert f'href="/article/{GAZETTE}"' in page
    assert "4 claims by 3 speakers" in page
    links = re.findall(r'href="(/questions/[a-z]+)"', page)
    assert links == ["/questions/first", "/questions/second", "/questions/third"]
    assert all(client.get(link, headers=BROWSER).status_code == 200 for link in links)
    body = client.get("/", headers={"Accept": "application/json"}).get_json()
    totals = {"actors": 6, "articles": 1, "claims": 4, "events": 4, "objects": 2, "perspectives": 1, "places": 2}
    assert body["totals"] == totals
    assert body["articles"][0]["claims"] == 4 and body["articles"][0]["siglum"] == "A"
    assert body["agreement"]["events_of_several"] == 0 and [one["holders"] for one in body["contested"]] == [2]


ASKING = ("/data", "/lookup")
"""Where forms lead that have to be filled in."""


def test_every_link_of_the_pages_leads_somewhere(client: FlaskClient) -> None:
    """Following all own links from the front page reaches every entity and no error."""
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        response = client.get(path, headers=BROWSER)
        assert response.status_code in (200, 303), path
        if response.mimetype == "text/html":
            found = re.findall(r'(?:href|src|action)="(/[^"#]*)', response.text)
            waiting += [link.replace("&amp;", "&") for link in found if link not in ASKING]
    assert {f"/claim/{GAZETTE}-demand", "/actor/port-director", "/place/eastquay", "/mode/denied"} <= seen


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_a_question_answers_as_data(client: FlaskClient, name: str) -> None:
    """A saved question's answer parses in each SPARQL result format, with all its columns."""
    response = client.get(f"/questions/first?format={name}")
    form = ox.QueryResultsFormat.from_media_type(response.mimetype or "")
    assert form is not None
    if name != "csv":
        results = ox.parse_query_results(response.data, format=form)
        assert isinstance(results, ox.QuerySolutions)
        assert [v.value for v in results.variables] == ["claim", "holder", "nothing"]
        assert len(list(results)) == 4
    else:
        assert response.text.splitlines()[0] == "claim,holder,nothing"


def test_a_question_is_a_page(client: FlaskClient) -> None:
    """A saved question's page has its title, its description, its table and its query."""
    page = client.get("/questions/first", headers=BROWSER).text
    assert "<h1>First?</h1>" in page
    assert "About first." in page
    assert f'<a href="/claim/{GAZETTE}-demand">' in page
    assert "SELECT ?claim ?holder ?nothing" in page
    assert client.get("/questions/nope").status_code == 404
    assert client.get("/questions/first?format=ttl").status_code == 400


def test_health_needs_no_evaluator(client: FlaskClient, engine: FakeEngine) -> None:
    """``/healthz`` tells build and version while foreign queries fail."""
    engine.trouble = LimitError("busy", reason="busy")
    body = client.get("/healthz").get_json()
    assert (body["ok"], body["build"]) == (True, "b" * 64)
    assert engine.asked == []


def test_the_dump_is_the_whole_dataset(client: FlaskClient, engine: FakeEngine) -> None:
    """Both dumps hold every quad that is served."""
    quads = ox.Store()
    quads.load(client.get("/dump.nq").data, format=ox.RdfFormat.N_QUADS)
    named = {quad for quad in quads if not isinstance(quad.subject, ox.BlankNode)}
    assert len(quads) == len(engine.store)
    trig = set(ox.parse(client.get("/dump.trig").data, format=ox.RdfFormat.TRIG))
    assert len(trig) == len(engine.store)
    assert {q for q in named if not isinstance(q.object, ox.BlankNode)} <= trig


def test_the_corrections_page_says_what_to_send(client: FlaskClient) -> None:
    """Who is wronged finds out what to send, where, and what becomes of it."""
    page = client.get("/corrections").text
    for word in ("address of the claim", "passage", "issue", "pull request", "tombstone", "named"):
        assert word in page


def test_the_title_of_a_claim_carries_its_speaker(client: FlaskClient) -> None:
    """Whoever sees only the title of a claim's page sees whose it is; the page says it is not our own word."""
    page = client.get(f"/claim/{GAZETTE}-barrels.html").text
    title = re.search(r"<title>(.*?)</title>", page, re.S)
    assert title is not None
    assert title[1].startswith("Harbour office, as relayed by Northport Herald and Northport Gazette: According to")
    assert "This is what is claimed, not what we say" in page
    assert page.index("Northport Gazette, 2024-03-05") < page.index(">Northport Herald</a>") < page.index("<h1>")


def test_a_problem_has_one_shape(client: FlaskClient) -> None:
    """Every problem has type, title, status, detail, hint and request id, and the id is that of the header."""
    for path in ("/nothing", "/claim/x", "/claims?mode=x", "/sparql", "/sparql?query=INSERT", "/problem/none"):
        response = client.get(path)
        body = json.loads(response.data)
        assert response.content_type == "application/problem+json"
        assert {"type", "title", "status", "detail", "hint", "request_id"} <= body.keys()
        assert body["status"] == response.status_code
        assert body["request_id"] == response.headers["X-Request-Id"]
        assert body["detail"]


def test_a_problem_type_leads_to_its_meaning(client: FlaskClient) -> None:
    """The type of a problem is an address under which it is explained."""
    kind = client.get("/claim/x").get_json()["type"]
    page = client.get(kind.removeprefix("https://w3id.org/testimonia"))
    assert page.status_code == 200
    assert "There is no such thing here" in page.text


def test_a_browser_gets_errors_as_pages(client: FlaskClient) -> None:
    """A browser gets the same problem as a page."""
    page = client.get("/claim/2024-03-05-gazete-demand", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Did you mean" in page.text
    assert page.headers["X-Request-Id"] in page.text


def test_an_unexpected_error_tells_nothing_of_our_insides(
    client: FlaskClient, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever breaks is 500 with a request id; what broke stands in the log only."""
    engine.trouble = RuntimeError("secret path /srv/data")
    response = client.get("/sparql?query=ASK{}")
    assert response.status_code == 500
    assert "secret" not in response.text and "Traceback" not in response.text
    assert "secret path" in caplog.text
    assert response.headers["X-Request-Id"] in caplog.text


HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>"""
ATTACK = (
    turtle_prologue()
    + f"""
actor:mallory a foaf:Person ; rdfs:label {json.dumps(HOSTILE)}@en , {json.dumps(HOSTILE)}@az ;
    skos:altLabel {json.dumps(HOSTILE)}@ru ;
    schema:sameAs <javascript:alert(3)> , <http://plain.example/> , <https://example.org/a?b=c&d=e> ;
    t:note {json.dumps(HOSTILE)}@en .
event:attack a t:EventFrame ; rdfs:label {json.dumps(HOSTILE)}@en .
claim:attack a t:Claim ; t:about event:attack ; t:holder actor:mallory ; t:mode mode:stated ;
    t:certainty certainty:certain ; t:polarity polarity:positive ; t:reportedIn article:attack ;
    t:evidence anchor:attack ; t:paraphrase {json.dumps(HOSTILE)}@en ; t:note {json.dumps(HOSTILE)}@en .
anchor:attack a oa:SpecificResource ; t:exactWords {json.dumps(HOSTILE)}@en .
article:attack a schema:NewsArticle ; schema:author {json.dumps(HOSTILE)} ; schema:headline {json.dumps(HOSTILE)}@en ;
    schema:url <javascript:alert(4)> , "javascript:alert(5)" ; dcterms:rights {json.dumps(HOSTILE)}@en .
claim:attack {{
    event:attack a sem:Event ; sem:eventType <javascript:alert(6)> ; t:note {json.dumps(HOSTILE)} ;
        sem:hasPlace <https://w3id.org/testimonia//evil.example/x> .
}}
"""
)


@pytest.fixture
def hostile() -> Flask:
    return create_app(FakeEngine(example(Source("attack.trig", ATTACK, True)).quads))


def attributes(page: str) -> set[str]:
    """The names of all attributes of a page, as a parser of HTML sees them."""
    found: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.update(name for name, _ in attrs)  # type: ignore[method-assign]
    parser.feed(page)
    assert "href" in found
    return found


OWN_SCRIPT = re.compile(r'<script type="module" src="/static/[a-z/]+\.js"></script>')


def check(page: str) -> None:
    """Nothing of the attack has become markup: no tags, attributes or links of its making."""
    assert "alert(" in page or "evil" in page
    assert "<script" not in OWN_SCRIPT.sub("", page) and "<img" not in page
    assert not [name for name in attributes(page) if name.startswith("on") or name == "style"]
    assert not re.search(r"""(?:href|src|action)=["']?\s*(?:javascript|data|http:|//)""", page, re.I)


@pytest.mark.parametrize(
    "path",
    [
        "/actor/mallory.html",
        "/claim/attack.html",
        "/event/attack.html",
        "/article/attack.html",
        "/actors?format=html&q=script",
        "/claims?format=html",
        "/articles?format=html",
        "/events?format=html&q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
def test_hostile_data_stays_text_on_pages(hostile: Flask, path: str) -> None:
    """Markup in labels, notes and paraphrases is shown as text, and hostile IRIs are not links."""
    response = hostile.test_client().get(path)
    assert response.status_code == 200
    check(response.text)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label FILTER(CONTAINS(?label, 'alert')) }",
        "SELECT ('<script>alert(1)</script>' AS ?x) (<javascript:alert(2)> AS ?y) {}",
        "CONSTRUCT { <javascript:alert(1)> <javascript:alert(2)> '<script>alert(3)</script>' } {}",
        "SELECT ?x { } # </textarea><script>alert(1)</script>",
        "SELECT (STRLANG('alert(1)', 'en-x') AS ?x) {} # alert(",
    ],
)
def test_hostile_results_stay_text_on_pages(hostile: Flask, query: str) -> None:
    """Markup in literals, IRIs and in the query itself is shown as text."""
    response = hostile.test_client().post("/sparql", data={"query": query}, headers=BROWSER)
    assert response.status_code == 200
    check(response.text)


@pytest.mark.parametrize(
    "path",
    [
        "/sparql?query=<script>alert(1)</script>",
        "/claim/<script>alert(1)</script>",
        "/claims?mode=<script>alert(1)</script>",
        "/claims?<script>alert(1)</script>=1",
        "/questions/<script>alert(1)</script>",
        "/sparql?query=ASK{}&default-graph-uri=<script>alert(1)</script>",
        "/sparql?query=ASK{}&format=<script>alert(1)</script>",
    ],
)
def test_what_an_error_echoes_stays_text(client: FlaskClient, path: str) -> None:
    """An error page repeats what was sent as text."""
    page = client.get(path, headers=BROWSER)
    assert page.status_code in (400, 404)
    assert "<script" not in page.text


def test_pages_hold_no_inline_style_or_script(client: FlaskClient) -> None:
    """The content security policy forbids inline style and script, and no page has any; data in a page is no script."""
    for path in ("/", "/claims", f"/claim/{GAZETTE}-demand", "/sparql", "/ontology", "/questions/first", "/nothing"):
        page = OWN_SCRIPT.sub("", client.get(path, headers=BROWSER).text)
        page = page.replace('<script type="application/ld+json">', "")
        assert "<style" not in page and "<script" not in page and "style=" not in page
        assert page.count("<h1>") == 1
        assert '<html lang="en">' in page
        assert 'class="skip" href="#main"' in page


def test_words_of_other_languages_are_marked() -> None:
    """A label in another language carries its language."""
    text = turtle_prologue() + 'place:liman a geo:Feature ; rdfs:label "Port"@en ; skos:altLabel "Liman"@az .'
    client = create_app(FakeEngine(example(Source("x.trig", text, True)).quads)).test_client()
    assert '<span lang="az" dir="auto">Liman</span>' in client.get("/place/liman.html").text


def test_no_answer_repeats_the_host(client: FlaskClient) -> None:
    """A forged Host header appears nowhere in an answer."""
    for path in ("/", "/claims?limit=1", f"/node/{GAZETTE}-barrels-40", f"/claim/{GAZETTE}-demand.html"):
        response = client.get(path, headers={**BROWSER, "Host": "evil.example"})
        assert "evil.example" not in response.text + str(response.headers)
