"""Pages in a real browser: where Chromium is, what a visit records, and one example of every kind of page."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pytest
from fake_engine import FakeEngine
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from serving import Server
from werkzeug.routing import Rule

from api import create_app, rest
from api.negotiate import HTML
from api.operations import OPERATIONS
from kb.cards import LISTS
from kb.namespaces import BASE, OWN

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SWITCHES = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
NARROW, MIDDLE, WIDE, WIDEST = 360, 800, 1300, 1600
"""Pixels across: a small telephone, a tablet, a laptop, and the widest that pages are made for."""

_ARGUMENT = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
_STATUS = re.compile(r"^Failed to load resource: the server responded with a status of \d+")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, without a window; skipped where there is none, or failing where there must be."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        if os.environ.get("TESTIMONIA_STRICT") == "1":
            pytest.fail("no Chromium is at hand (Debian: apt-get install chromium)")
        pytest.skip("no Chromium is at hand (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        # as root, Chromium has no sandbox to offer
        switches = [*SWITCHES, "--no-sandbox"] if os.geteuid() == 0 else [*SWITCHES]
        browser = playwright.chromium.launch(executable_path=program, args=switches)
        yield browser
        browser.close()


@dataclass
class Visit:
    """What a browser did while it had pages of one site open: what it asked for, and what went wrong."""

    site: str
    asked: list[Request] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> list[str]:
        """The addresses outside the site that were asked for."""
        return [request.url for request in self.asked if not request.url.startswith((f"{self.site}/", "data:"))]

    def watch(self, context: BrowserContext) -> None:
        """Records what all pages of a context do; nothing outside the site is let through."""
        context.on("request", lambda request: self.asked.append(request))
        context.on("console", self._said)
        context.on("weberror", lambda error: self.wrong.append(f"error: {error.error}"))
        context.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        context.route(lambda url: not url.startswith(f"{self.site}/"), lambda route: route.abort())

    def _said(self, message: ConsoleMessage) -> None:
        # that an address answers with 404 is told by its page, and no fault of it
        own = message.page is not None and message.location.get("url") == message.page.url
        if message.type in ("error", "warning") and not (own and _STATUS.match(message.text)):
            self.wrong.append(f"{message.type}: {message.text}")


@contextmanager
def visit(browser: Browser, site: str, **options: object) -> Iterator[tuple[Page, Visit]]:
    """A page in a context of its own, and what it does; ``options`` are those of a context of Playwright."""
    context = browser.new_context(base_url=site, **options)  # type: ignore[arg-type]
    try:
        seen = Visit(site)
        seen.watch(context)
        yield context.new_page(), seen
    finally:
        context.close()


KINDS = f"""\
PREFIX t: <https://w3id.org/testimonia/ontology#>

SELECT ?kind (MIN(?slug) AS ?first) {{
  ?thing ?property ?value .
  FILTER(STRSTARTS(STR(?thing), "{BASE}"))
  BIND(STRAFTER(STR(?thing), "{BASE}") AS ?local)
  BIND(STRBEFORE(?local, "/") AS ?kind)
  BIND(STRAFTER(?local, "/") AS ?slug)
  FILTER(?kind != "")
}}
GROUP BY ?kind
"""
"""One thing of each kind that is served."""

WORDS = ("comparison", "mode", "reuse", "rule", "scheme", "type")
"""Kinds of thing that share one page with all that have none of their own."""

ARGUMENTS = {"pages.problem": "syntax", "questions.question": "what-is-told-of-a-place"}
"""A value for the argument of routes that are no things."""

QUERIES = {"search.lookup": "iri=negative"}
"""What routes are asked that answer nothing else."""

MORE = {
    "claims, filtered": "/claims?certainty=certain&realis=true&q=road",
    "claims, none": "/claims?q=zzzz",
    "claims, the next": "/claims?limit=10&sort=date",
    "lookup, none": "/lookup?iri=nothing-of-this-name",
    "not there": "/claim/nothing-of-this-name",
    "search, some": "/search?q=road",
    "search, none": "/search?q=zzzz",
    "sparql, a table": f"/sparql?{urlencode({'query': 'SELECT * { ?s ?p ?o } LIMIT 40'})}",
    "sparql, an error": f"/sparql?{urlencode({'query': 'SELECT * { ?s ?p'})}",
}
"""Pages that look different by what is asked of a route."""


def page_routes(rules: Iterable[Rule]) -> dict[str, list[str]]:
    """The routes that answer a browser with a page, by endpoint: their paths, those of lists and kinds spelt out."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        operation = OPERATIONS[rule.endpoint]
        formats = {*operation.formats, *(form for forms in operation.other_formats.values() for form in forms)}
        if HTML not in formats or "GET" not in (rule.methods or ()):
            continue
        choices = [part.strip() for _, given, _ in _ARGUMENT.findall(rule.rule) if given for part in given.split(",")]
        paths = [re.sub(r"<any\(.*?\):\w+>", choice, rule.rule) for choice in choices] or [rule.rule]
        found.setdefault(rule.endpoint, []).extend(paths)
    return found


def kinds_of_page(rules: Iterable[Rule], things: Mapping[str, str]) -> dict[str, str]:
    """An address for each kind of page, by name: one of every route, and one for each kind of thing that has a page of
    its own.

    ``things`` has a slug by kind. ValueError for a route of which no example is known.
    """
    found = {}
    for endpoint, paths in page_routes(rules).items():
        given = {}
        for path in paths:
            kind = path.split("/")[1]
            name = _ARGUMENT.sub("…", path).strip("/") or "front page"
            if "<" not in path:
                asked = QUERIES.get(endpoint)
                given[name] = f"{path}?{asked}" if asked else path
            elif endpoint in ARGUMENTS or (kind in things and kind in {*rest._TEMPLATES, *WORDS}):
                given[name] = _ARGUMENT.sub(quote(ARGUMENTS.get(endpoint) or things[kind]), path)
        if not given:
            raise ValueError(f"no example of a page of {endpoint}: give it one in {__name__}.ARGUMENTS")
        found |= given
    return found


RULES = tuple(create_app(FakeEngine([])).url_map.iter_rules())
"""The routes of the application, whatever it serves."""

PAGES = sorted({*kinds_of_page(RULES, dict.fromkeys(OWN, "some")), *MORE})
"""The names of the kinds of page."""


def things_of(site: Server) -> dict[str, str]:
    """A slug for each kind of thing that a site serves: of those that have lists, that with the most claims."""
    rows = site.query(KINDS).json["results"]["bindings"]
    found = {row["kind"]["value"]: row["first"]["value"] for row in rows}
    for name, kind in LISTS.items():
        items = site.ask(f"/{name}?format=json&limit=200").json["items"]
        if name != "claims" and items:
            found[kind] = max(items, key=lambda item: item["claims"])["iri"].rpartition("/")[2]
    return found


def pages_of(site: Server) -> dict[str, str]:
    """An address of every kind of page that a site has, by name."""
    return {**kinds_of_page(RULES, things_of(site)), **MORE}
