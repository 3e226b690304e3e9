"""Every kind of page, as the routes have them: quiet, light, still, as wide as the screen, and for everybody."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from browsing import (
    ARGUMENTS,
    MIDDLE,
    NARROW,
    PAGES,
    QUERIES,
    RULES,
    WIDE,
    WIDEST,
    kinds_of_page,
    page_routes,
)
from playwright.sync_api import Page, Response
from serving import Server

Open = Callable[..., Page]

MOST_BYTES = 150_000
"""Bytes of a page with all that it loads, as they are sent."""

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES_OF_AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

SHIFTS = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value }))
    .observe({type: "layout-shift", buffered: true})
  setTimeout(() => done(sum), 200)
})"""
"""How far things moved after they were shown, as Cumulative Layout Shift counts it."""

SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  return [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > width + 0.5 && !one.closest(".scroll"))
    .slice(0, 5).map(one => one.outerHTML.slice(0, 120))
}"""
"""What makes the page wider than the screen."""


def test_every_route_with_a_page_has_an_example() -> None:
    """A route that answers browsers is looked at, and no example is left of one that is gone."""
    assert {*ARGUMENTS, *QUERIES} <= page_routes(RULES).keys()
    assert {"actors", "claim/…", "docs/api", "front page", "questions/…"} <= set(PAGES)
    with pytest.raises(ValueError, match=r"rest\.entity"):
        kinds_of_page(RULES, {})


def test_no_page_complains(site: Server, pages: dict[str, str], look: Open) -> None:
    """No page has anything that the browser complains of, or that it would ask of somebody else."""
    page = look(site, "/")
    statuses = {name: found.status for name, path in pages.items() if (found := page.goto(path))}
    wanted = {"lookup, none": 404, "not there": 404, "sparql, an error": 400}
    assert {name: status for name, status in statuses.items() if status != 200} == wanted


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_still(site: Server, pages: dict[str, str], look: Open, name: str) -> None:
    """A page with all that it loads is sent in 150 kB, has one main heading, and nothing in it moves once shown."""
    page = look(site, "/corrections")
    sent: list[Response] = []
    page.on("response", lambda response: sent.append(response))
    page.goto(pages[name])
    assert page.locator("h1").count() == 1
    assert page.evaluate(SHIFTS) < 0.01
    sizes = {response.url: response.request.sizes()["responseBodySize"] for response in sent}
    assert sum(sizes.values()) < MOST_BYTES, sizes


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_wide_as_the_screen(site: Server, pages: dict[str, str], look: Open, name: str) -> None:
    """From a small telephone to a large screen, nobody has to scroll a page sideways."""
    page = look(site, pages[name])
    for width in (NARROW, MIDDLE, WIDEST):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SIDEWAYS) == [], width


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(site: Server, pages: dict[str, str], look: Open, name: str) -> None:
    """axe finds nothing against WCAG 2.2 AA and good practice, be the page light or dark, narrow or wide."""
    page = look(site, pages[name])
    page.evaluate(AXE)
    found: list[str] = []
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{width} {scheme}: {line}" for line in violations(page)]
    assert found == []


def test_axe_finds_what_is_wrong(site: Server, look: Open) -> None:
    """A page with a field that has no name, pale words and headings out of order is not called accessible."""
    page = look(site, "/corrections")
    page.evaluate(AXE)
    page.evaluate("""() => {
      const main = document.querySelector("main")
      main.append(document.createElement("input"), document.createElement("h5"))
      main.querySelector("h5").textContent = "Too deep"
      main.querySelector("p").style.color = "#bbb"
    }""")
    assert {line.partition(",")[0] for line in violations(page)} == {"color-contrast", "heading-order", "label"}


def violations(page: Page) -> list[str]:
    """What axe, which the page must have, finds: the rule, and the first place against it."""
    options = {"runOnly": {"type": "tag", "values": RULES_OF_AXE}, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']}, {len(nodes)} places: {nodes[0]['html'][:200]} {nodes[0]['failureSummary']}"
        for one in found["violations"]
        if (nodes := one["nodes"])
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_printed(site: Server, pages: dict[str, str], look: Open, name: str) -> None:
    """On paper a page has its heading and its words, and neither menus nor forms."""
    page = look(site, pages[name])
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    for selector in ("header nav", "header form", ".skip"):
        assert not page.locator(selector).first.is_visible(), selector
