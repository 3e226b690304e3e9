"""Every kind of page, as the routes have them: nothing goes wrong in a browser, nothing is asked of anybody else."""

from collections import Counter
from collections.abc import Callable

import pytest
from browsing import ARGUMENTS, QUERIES, kinds_of_page, page_routes
from fake_engine import FakeEngine
from playwright.sync_api import Page
from serving import Server

from api import create_app
from kb.cards import LISTS

Open = Callable[..., Page]
RULES = list(create_app(FakeEngine([])).url_map.iter_rules())


def test_every_route_with_a_page_has_an_example() -> None:
    """A route that answers browsers is looked at, and no example is left of one that is gone."""
    things = dict.fromkeys(LISTS.values(), "some")
    routes = page_routes(RULES)
    assert {*ARGUMENTS, *QUERIES} <= routes.keys()
    assert {"actors", "claim/…", "docs/api", "front page", "questions/…"} <= kinds_of_page(RULES, things).keys()
    with pytest.raises(ValueError, match=r"rest\.entity"):
        kinds_of_page(RULES, {})


def test_every_kind_of_page_is_quiet(site: Server, pages: dict[str, str], look: Open) -> None:
    """In no page does the browser complain of anything, and no request leaves the host; each has one main heading."""
    page = look(site, "/")
    found = Counter()
    for name, path in pages.items():
        page.goto(path)
        found[name] = page.locator("h1").count()
    assert {name for name, count in found.items() if count != 1} == set()
