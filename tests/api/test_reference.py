"""The page to try the API out on: made of the document, of use without its script, and of nothing from elsewhere."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from fake_engine import FakeEngine, example
from flask.testing import FlaskClient
from places import ROOT

from api import create_app
from kb.model import Source
from kb.namespaces import turtle_prologue

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SCRIPT = (ROOT / "api" / "static" / "reference.js").read_text(encoding="utf-8")


class Page(HTMLParser):
    """Elements of a page, and the forms with the fields that a browser without a script sends."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.attributes: set[str] = set()
        self.forms: list[tuple[str, str, list[tuple[str, str]]]] = []
        self._is_sent = False
        self._written: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.attributes |= found.keys()
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if tag == "a" else []
        if tag == "script":
            self.scripts.append(found)
        if tag == "form":
            self.forms.append((found["method"] or "", found["action"] or "", []))
        if tag in ("input", "select", "textarea"):
            self._is_sent = "name" in found and found.get("type") != "checkbox"
        if self._is_sent and tag in ("input", "select", "textarea"):
            self.forms[-1][2].append((found["name"] or "", found.get("value") or ""))
        chosen = tag == "option" and "selected" in found and "value" not in found
        if self._is_sent and (tag == "textarea" or chosen):
            self._written = self.forms[-1][2][-1][0]

    def handle_data(self, data: str) -> None:
        if self._written is not None:
            name, before = self.forms[-1][2][-1]
            if before:
                self.forms[-1][2].append((name, data))
            else:
                self.forms[-1][2][-1] = (name, data)

    def handle_endtag(self, tag: str) -> None:
        self._written = None


@pytest.fixture
def page(client: FlaskClient) -> Page:
    return Page(client.get("/docs/api", headers=BROWSER).text)


def operations(client: FlaskClient) -> list[tuple[str, dict[str, Any]]]:
    """Method and operation of everything in the document."""
    paths = client.get("/openapi.json").get_json()["paths"]
    return [(method, operation) for item in paths.values() for method, operation in item.items()]


def test_the_page_has_every_operation_and_every_object(client: FlaskClient, page: Page) -> None:
    """Whatever the document tells of has its place on the page, once, and whatever can be asked a form."""
    document = client.get("/openapi.json").get_json()
    wanted = {operation["operationId"] for _, operation in operations(client)}
    wanted |= {f"object-{name}" for name in document["components"]["schemas"]}
    assert wanted <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    asking = [method for method, operation in operations(client) if method == "get" or "requestBody" in operation]
    assert len(page.forms) == len(asking) + 1  # the search that every page has


def test_every_form_works_without_a_script(client: FlaskClient, page: Page) -> None:
    """Sent as it stands, each form has an answer; but for a graph, of which one has to be named."""
    for method, action, fields in page.forms:
        if method == "post":
            response = client.post(action, data=urlencode(fields), content_type="application/x-www-form-urlencoded")
        else:
            response = client.get(f"{action}?{urlencode(fields)}" if fields else action, headers=BROWSER)
        assert response.status_code in ((400,) if action == "/data" else (200, 303)), (action, response.text)
    assert client.get("/data?graph=&default=&format=ttl").status_code == 200


def test_links_inside_the_page_lead_somewhere(page: Page) -> None:
    """Each link to a place of the page has its place."""
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside and inside <= set(page.ids)


def test_the_page_runs_one_script_and_it_is_ours(client: FlaskClient, page: Page) -> None:
    """The page has one script, from here, and nothing inline; a page without scripts may run none."""
    assert [(script["src"], "defer" in script) for script in page.scripts] == [("/static/reference.js", True)]
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}
    policy = client.get("/docs/api").headers.getlist("Content-Security-Policy")
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0] and "script-src 'self'" in policy[0] and "unsafe" not in policy[0]
    for path in ("/", "/claims", "/nothing", "/openapi.json"):
        assert "script-src" not in client.get(path, headers=BROWSER).headers["Content-Security-Policy"]
    assert client.get("/static/reference.js").mimetype == "text/javascript"


def test_the_script_inserts_text_only_and_asks_nobody_else() -> None:
    """What comes from a server cannot become markup, and the script names no address."""
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|https?:", SCRIPT)


def test_every_page_leads_to_it(client: FlaskClient) -> None:
    """The page of the API is one click away from everywhere, and the dataset's description names the document."""
    for path in ("/", "/claims", "/sparql", "/nothing"):
        assert 'href="/docs/api"' in client.get(path, headers=BROWSER).text
    assert "testimonia/openapi.json" in client.get("/", headers={"Accept": "text/turtle"}).text


def test_a_text_of_the_data_is_no_markup_on_the_page() -> None:
    """The examples of the page are text: what looks like a tag in them is escaped."""
    text = turtle_prologue() + 'place:a a geo:Feature ; rdfs:label "<script>alert(1)</script>"@en .'
    client = create_app(FakeEngine(example(Source("x.trig", text, True)).quads)).test_client()
    page = client.get("/docs/api").text
    assert "&lt;script&gt;alert" in page
    assert "<script>" not in page
