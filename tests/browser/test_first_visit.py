"""Somebody who comes for the first time: from the front page to the words of a passage."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from serving import Server

Open = Callable[..., Page]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_three_clicks_lead_from_the_front_page_to_a_passage(
    site: Server, texts: dict[str, str], look: Open, script: bool
) -> None:
    """Front page, event, claim: the page of the claim shows its speaker and the words of the text."""
    page = look(site, "/", java_script_enabled=script)
    page.locator("main a[href^='/event/']:visible").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.locator("main a[href^='/claim/']:visible").first.click()
    expect(page.locator("main blockquote").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("what is claimed")


def test_without_texts_a_passage_is_told_by_its_place(bare_site: Server, look: Open) -> None:
    """Where the article texts are not at hand, a claim's page says where the passage stands, and quotes nothing."""
    page = look(bare_site, "/")
    page.locator("main a[href^='/event/']:visible").first.click()
    page.locator("main a[href^='/claim/']:visible").first.click()
    expect(page.locator("main")).to_contain_text("paragraph")
    expect(page.locator("main blockquote")).to_have_count(0)


def test_what_an_article_tells_is_found_by_search_and_set_against_the_other(site: Server, look: Open) -> None:
    """By search and links alone: who tells of the convoy, how it is put, and what the other article says of it."""
    page = look(site, "/")
    page.locator("main input[name=q]").fill("convoy")
    page.locator("main input[name=q]").press("Enter")
    page.locator("main a[href^='/event/']").first.click()
    expect(page.locator("main")).to_contain_text("Side by side")
    for outlet in ("Newsroom", "Caliber.Az"):
        expect(page.locator("main .hit, main article, main li, main td", has_text=outlet).first).to_be_visible()
    expect(page.locator("main")).to_contain_text("put as")


def test_two_speakers_are_compared_by_their_names(site: Server, look: Open) -> None:
    """The form of the comparison takes names as they are shown, and sets the two against each other."""
    page = look(site, "/compare")
    page.locator("#left").fill("Caliber.Az")
    page.locator("#right").fill("Newsroom")
    page.locator("main form button").first.click()
    expect(page.locator("main h2").first).to_be_visible()
    assert "left=Caliber.Az" in page.url
    expect(page.locator("main")).to_contain_text("both tell of")
