"""Letters for articles that are set side by side, as the witnesses of a text have them in its edition."""

from collections.abc import Iterable, Mapping
from string import ascii_uppercase

from kb.cards.facts import Json


def witnesses(articles: Iterable[Mapping[str, object]]) -> dict[str, Json]:
    """A letter for each article card or link, by IRI, in the order of their days (``published``), then of their IRIs.

    Each is ``{iri, label, siglum, number}``: A, B, … Z, then AA, AB, …; the number starts with 1. The letters are those
    of one page; another page may give others.
    """
    order = sorted({str(one["iri"]): one for one in articles}.items(), key=lambda item: (_day(item[1]), item[0]))
    return {
        name: {"iri": name, "label": one["label"], "siglum": _letters(number), "number": number}
        for number, (name, one) in enumerate(order, start=1)
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
