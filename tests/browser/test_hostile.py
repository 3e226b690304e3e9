"""Data that attacks whoever reads it: markup in all that is told in words, and addresses that are scripts."""

import json
import threading
from collections.abc import Callable, Iterator
from urllib.parse import quote

import psutil
import pyoxigraph as ox
import pytest
from browsing import pages_of
from fake_engine import EXAMPLE, FakeEngine, example
from playwright.sync_api import Page
from serving import Server
from werkzeug.serving import make_server

from api import create_app
from kb import questions
from kb.namespaces import iri
from kb.paths import queries_dir
from kb.sources import read_snapshots

Open = Callable[..., Page]

ATTACK = (
    """<script>window.hit=1</script>"'><img src=x onerror=window.hit=2><svg onload=window.hit=3>"""
    """</textarea></title><style>*{display:none}</style>{{7*7}}${7*7}<!--"""
)
SCRIPT = ox.NamedNode("javascript:window.hit=4")
TOLD = {
    ox.NamedNode(iri(name))
    for name in (
        *("rdfs:label", "rdfs:comment", "skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "skos:definition"),
        *("skos:example", "skos:scopeNote", "schema:headline", "schema:author", "dcterms:rights", "dcterms:title"),
        *("dcterms:description", "t:note", "t:paraphrase", "t:exactWords", "t:verbatim", "t:comparisonReason"),
    )
}
"""What is told in words: all of it is hostile here."""

MARKUP = """() => {
  const all = [...document.querySelectorAll("*")]
  const inline = "script:not([src]):not([type='application/ld+json']), img, svg[onload], main style"
  const own = /^(\\/(?!\\/)|#|\\?|https:\\/\\/|$)/
  return {
    hit: window.hit ?? null,
    made: document.querySelectorAll(inline).length,
    handlers: all.filter(one => [...one.attributes].some(given => given.name.startsWith("on"))).length,
    links: all.flatMap(one => ["href", "src", "action"].map(name => one.getAttribute(name) || ""))
      .filter(to => !own.test(to)),
  }
}"""
"""What would be there if an attack had become markup."""

HARMLESS = {"hit": None, "made": 0, "handlers": 0, "links": []}


def hostile(quad: ox.Quad) -> ox.Quad:
    """A statement with the attack at the end of what it says in words."""
    told = quad.object
    if quad.predicate not in TOLD or not isinstance(told, ox.Literal):
        return quad
    said = ox.Literal(f"{told.value} {ATTACK}", language=told.language)
    return ox.Quad(quad.subject, quad.predicate, said, quad.graph_name)


def attacked() -> list[ox.Quad]:
    """The invented story, told by somebody who attacks its readers."""
    quads = [hostile(quad) for quad in example().quads]
    things = {quad.subject for quad in quads if quad.predicate == ox.NamedNode(iri("rdfs:label"))}
    links = [ox.NamedNode(iri(name)) for name in ("schema:sameAs", "schema:url", "owl:sameAs", "dcterms:license")]
    return quads + [ox.Quad(thing, link, SCRIPT) for thing in sorted(things, key=str) for link in links]


@pytest.fixture(scope="module")
def hostile_site() -> Iterator[Server]:
    app = create_app(
        FakeEngine(attacked()), questions=questions.load(queries_dir()), snapshots=read_snapshots(EXAMPLE / "sources")
    )
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Server("127.0.0.1", server.server_port, psutil.Process(), EXAMPLE)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def hostile_pages(hostile_site: Server) -> dict[str, str]:
    return pages_of(hostile_site)


def test_hostile_data_stays_text(hostile_site: Server, hostile_pages: dict[str, str], look: Open) -> None:
    """On no kind of page does an attack in labels, notes, names or addresses become markup, a script or a link."""
    page = look(hostile_site, "/")
    shown = 0
    for name, path in hostile_pages.items():
        page.goto(path)
        assert page.evaluate(MARKUP) == HARMLESS, name
        shown += "onerror=window.hit=2" in page.locator("body").inner_text()
    assert shown > len(hostile_pages) / 2


@pytest.mark.parametrize(
    "path",
    [
        f"/search?q={quote(ATTACK)}",
        f"/lookup?iri={quote(ATTACK)}",
        f"/claims?q={quote(ATTACK)}",
        f"/claims?mode={quote(ATTACK)}",
        f"/actors?{quote(ATTACK)}=1",
        f"/claim/{quote(ATTACK)}",
        f"/questions/{quote(ATTACK)}",
        f"/problem/{quote(ATTACK)}",
        f"/sparql?query={quote(ATTACK)}",
        f"/sparql?query={quote('SELECT * { ?s ?p ?o } # ' + ATTACK)}",
        f"/sparql?query={quote(f'SELECT ({json.dumps(ATTACK)} AS ?x) (<javascript:alert(1)> AS ?onload) {{}}')}",
        f"/sparql?query={quote(f'CONSTRUCT {{ <javascript:a> <javascript:b> {json.dumps(ATTACK)} }} {{}}')}",
        f"/{quote(ATTACK)}",
    ],
)
def test_what_is_asked_stays_text(hostile_site: Server, look: Open, path: str) -> None:
    """What an address brings is shown as text, in answers and in errors."""
    page = look(hostile_site, path)
    assert page.locator("h1").count() == 1
    assert page.evaluate(MARKUP) == HARMLESS
