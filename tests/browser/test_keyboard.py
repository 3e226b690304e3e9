"""Pages without a mouse: everything is reached by Tab, and one sees where one is."""

from collections.abc import Callable

import pytest
from browsing import PAGES
from playwright.sync_api import Page, expect
from serving import Server

Open = Callable[..., Page]

STOPS = 40
"""How often Tab is pressed on a page."""

FOCUSED = """() => {
  const one = document.activeElement
  if (!one || one === document.body) return null
  const box = one.getBoundingClientRect()
  const outlined = node => {
    if (!node) return false
    const style = getComputedStyle(node)
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || outlined(node.parentElement)
  }
  const drawn = part => {
    const style = getComputedStyle(part)
    return parseFloat(style.strokeWidth) >= 3 || style.textDecorationLine.includes("underline")
  }
  return {
    what: one.outerHTML.slice(0, 160),
    href: one.getAttribute("href") || "",
    marked: outlined(one) || !!one.ownerSVGElement && [...one.querySelectorAll("*")].some(drawn),
    shown: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0 &&
      box.left < innerWidth && box.top < innerHeight,
  }
}"""
"""What has the focus: where it leads, whether it is marked (in a picture, by its lines), and whether it is in sight."""


def tab_to(page: Page, start: str) -> str:
    """Presses Tab until a link that begins so has the focus; its address."""
    for _ in range(400):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused and focused["href"].startswith(start):
            assert focused["marked"] and focused["shown"], focused
            return str(focused["href"])
    raise AssertionError(f"no link to {start} is reached by Tab at {page.url}")


def test_keys_alone_lead_from_the_front_page_to_a_passage(site: Server, texts: dict[str, str], look: Open) -> None:
    """With Tab and Enter one comes from the front page by an event to a claim and its passage."""
    page = look(site, "/")
    for start in ("/event/", "/claim/"):
        to = tab_to(page, start)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{to}")
    expect(page.locator("main blockquote").first).to_be_visible()


def test_the_first_key_leads_past_the_menu(site: Server, look: Open) -> None:
    """The first stop of a page is a link to its content, in sight when it has the focus; the next is in the content."""
    page = look(site, "/claims")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_menu_opens_by_key_on_a_telephone(site: Server, look: Open) -> None:
    """On a small screen the menu is closed, and opens and leads on without a mouse and without a script."""
    page = look(site, "/", viewport={"width": 360, "height": 700}, java_script_enabled=False)
    link = page.locator("header nav a[href='/claims']")
    assert not link.is_visible()
    page.locator("header nav summary").focus()
    page.keyboard.press("Enter")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims")


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_one_sees_where_one_is(site: Server, pages: dict[str, str], look: Open, name: str) -> None:
    """Whatever Tab reaches is in sight and has an outline, and Tab goes on from it."""
    page = look(site, pages[name])
    stops = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if (focused := page.evaluate(FOCUSED)) is None:
            break
        stops.append(focused)
    assert len(stops) > 10
    assert [stop["what"] for stop in stops if not (stop["marked"] and stop["shown"])] == []
