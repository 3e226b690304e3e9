"""Pages where scripts are switched off: what can be asked can be asked."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect
from serving import Server

Open = Callable[..., Page]


@pytest.fixture
def plain(site: Server, look: Open) -> Iterator[Open]:
    yield partial(look, site, java_script_enabled=False)


def test_words_are_found_without_a_script(plain: Open) -> None:
    """The field in the head of every page searches."""
    page = plain("/corrections")
    page.locator("header input[name=q]").fill("road")
    page.locator("header input[name=q]").press("Enter")
    expect(page.locator("main h1")).to_have_text("Search")
    expect(page.locator("main .hit").first).to_be_visible()


def test_a_list_is_narrowed_without_a_script(plain: Open) -> None:
    """A filter of a list is chosen and sent, told above the list, and taken away again."""
    page = plain("/claims")
    page.locator("main select[name=mode]").select_option("alleged")
    page.locator("main form.filters button[type=submit]").first.click()
    expect(page.locator(".applied a")).to_have_count(1)
    narrowed = page.locator("main .hit").count()
    page.locator(".applied a").click()
    expect(page.locator(".applied a")).to_have_count(0)
    assert 0 < narrowed <= page.locator("main .hit").count()


def test_a_question_is_asked_of_something_else_without_a_script(plain: Open) -> None:
    """The form of a saved question asks it of another thing."""
    page = plain("/questions/what-is-told-of-a-place")
    field = page.locator("main select").first
    other = field.locator("option:not([selected])").nth(3)
    field.select_option(other.get_attribute("value"))
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main .results")).to_be_visible()
    assert "place=" in page.url


def test_a_query_is_asked_without_a_script(plain: Open) -> None:
    """The query field sends what stands in it; the answer is a table, and a mistake is told with its line."""
    page = plain("/sparql")
    page.locator("main textarea[name=query]").fill("SELECT ?s { ?s ?p ?o } LIMIT 3")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main tbody tr")).to_have_count(3)
    page.locator("main textarea[name=query]").fill("SELECT ?s {\n ?s ?p")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Line 2")


def test_the_reference_is_of_use_without_a_script(plain: Open) -> None:
    """The forms of the reference of the API open and ask without a script, and hide what needs one."""
    page = plain("/docs/api")
    operation = page.locator("details#search")
    operation.locator("summary").first.click()
    expect(operation.locator(".accept")).to_be_hidden()
    operation.locator("input[name=q]").fill("road")
    operation.locator("select[name=format]").select_option("html")
    operation.locator("button[type=submit]").click()
    expect(page.locator("main .hit").first).to_be_visible()
