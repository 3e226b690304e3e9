"""Letters for articles side by side."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

from kb.cards.witnesses import witnesses
from kb.engine import Engine
from kb.namespaces import BASE


def engine(slugs: Sequence[str]) -> Engine:
    """An engine of which nothing is known but its articles, in their order."""

    def rows(_sql: str, most: Sequence[int]) -> list[tuple[str]]:
        return [(found,) for found in slugs[: most[0]]]

    return cast(Engine, SimpleNamespace(index=SimpleNamespace(rows=rows)))


def article(slug: str, published: str | None = None) -> dict[str, object]:
    return {"iri": f"{BASE}article/{slug}", "label": slug, "published": published}


def test_an_article_keeps_its_letter_where_others_are_not_shown() -> None:
    """Of a few articles each has the same letter on every page, whichever are shown."""
    few = engine(["a", "b", "c"])
    assert [one["siglum"] for one in witnesses(few, [article("c"), article("a")]).values()] == ["A", "C"]
    assert [one["siglum"] for one in witnesses(few, [article("b")]).values()] == ["B"]


def test_of_many_articles_the_older_one_on_a_page_has_the_first_letter() -> None:
    """Where there are more articles than letters, letters follow the days of those that a page shows; an article
    without a day comes last."""
    many = engine([f"{number:02}" for number in range(27)])
    shown = [article("03"), article("02", "2022-12-12"), article("01", "2022-12-13"), article("02", "2022-12-12")]
    assert [(one["label"], one["siglum"], one["number"]) for one in witnesses(many, shown).values()] == [
        ("02", "A", 1),
        ("01", "B", 2),
        ("03", "C", 3),
    ]


def test_letters_go_on_after_z() -> None:
    """The twenty-seventh article of a page is AA and the fifty-third BA."""
    many = [f"{number:03}" for number in range(1, 54)]
    found = list(witnesses(engine(many), map(article, many)).values())
    assert [found[number - 1]["siglum"] for number in (26, 27, 52, 53)] == ["Z", "AA", "AZ", "BA"]
