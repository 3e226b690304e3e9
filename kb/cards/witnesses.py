"""Letters for articles that are set side by side, as the witnesses of a text have them in its edition."""

from collections.abc import Iterable, Mapping
from string import ascii_uppercase
from typing import Final

from kb.cards.facts import Json
from kb.engine import Engine
from kb.namespaces import BASE

LETTERED: Final = len(ascii_uppercase)
"""Articles, as long as there are no more of which each keeps its letter on all pages."""


def witnesses(engine: Engine, articles: Iterable[Mapping[str, object]]) -> dict[str, Json]:
    """A letter for each article card or link, by IRI, in the order of their days (``published``), then of their IRIs.

    Each is ``{iri, label, siglum, number}``: A, B, … Z, then AA, AB, …; the number starts with 1. Where there are no
    more articles than letters, an article has the same on every page; else the letters are those of one page.
    """
    shown = {str(one["iri"]): one for one in articles}
    sql = "SELECT slug FROM rank WHERE list = 'articles' AND sort = 'published' ORDER BY key, slug LIMIT ?"
    order = [f"{BASE}article/{found}" for (found,) in engine.index.rows(sql, [LETTERED + 1])]
    if len(order) > LETTERED or not shown.keys() <= set(order):
        order = sorted(shown, key=lambda name: (_day(shown[name]), name))
    return {
        name: {"iri": name, "label": shown[name]["label"], "siglum": _letters(number), "number": number}
        for number, name in enumerate(order, start=1)
        if name in shown
    }


def _day(article: Mapping[str, object]) -> str:
    """The day of an article; one without a day comes last."""
    return str(article.get("published") or "9999")


def _letters(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA."""
    found = ""
    while number:
        number, rest = divmod(number - 1, len(ascii_uppercase))
        found = ascii_uppercase[rest] + found
    return found
