"""Letters for articles side by side."""

from kb.cards.witnesses import witnesses


def test_the_older_article_has_the_first_letter() -> None:
    """Letters follow the days of publication, and an article without a day comes last."""
    found = witnesses(
        [
            {"iri": "c", "label": "Undated", "published": None},
            {"iri": "b", "label": "Old", "published": "2022-12-12"},
            {"iri": "a", "label": "New", "published": "2022-12-13"},
            {"iri": "b", "label": "Old", "published": "2022-12-12"},
        ]
    )
    assert [(name, one["siglum"], one["number"]) for name, one in found.items()] == [
        ("b", "A", 1),
        ("a", "B", 2),
        ("c", "C", 3),
    ]


def test_letters_go_on_after_z() -> None:
    """The twenty-seventh article is AA and the fifty-third BA."""
    found = witnesses({"iri": f"{number:03}", "label": ""} for number in range(1, 54))
    assert [found[f"{number:03}"]["siglum"] for number in (26, 27, 52, 53)] == ["Z", "AA", "AZ", "BA"]
