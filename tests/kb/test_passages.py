"""Texts and their parts."""

import pytest

from kb import passages
from kb.passages import Excerpt, Showing

BOUNDS = {
    "2022-12-12-newsroom": "f9494bd879411b23",
    "2022-12-13-caliber": "cc1d549bd3465e12",
}
"""The bounds of all sentences of the shipped texts, hashed, since the texts are not in the project."""


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Harbour.Net wrote it. Then 1.5 km.", ["Harbour.Net wrote it.", "Then 1.5 km."]),
        ("He said “so.” She left.", ["He said “so.”", "She left."]),
        ("Gen. Smith and Mr. Jones came. J. K. Row went.", ["Gen. Smith and Mr. Jones came.", "J. K. Row went."]),
        ("Plate 731 - AB - 61 ER. Next.", ["Plate 731 - AB - 61 ER.", "Next."]),
        ("A heading without a stop", ["A heading without a stop"]),
        ("It ended (in 2020.) Then peace.", ["It ended (in 2020.)", "Then peace."]),
        ("Wait… what? no.", ["Wait… what? no."]),
    ],
)
def test_sentences_end_at_stops_before_a_new_beginning(paragraph: str, expected: list[str]) -> None:
    """Stops inside names, numbers and abbreviations, or before a small letter, end no sentence."""
    assert [paragraph[s.start : s.end] for s in passages.sentences(paragraph)] == expected


def test_paragraphs_are_the_non_empty_lines() -> None:
    """Lines of blanks, no-break spaces among them, are no paragraphs, and offsets count code points."""
    text = "é one.\n\n\u00a0\n  Two. Three.\n"
    found = passages.sentences(text)
    assert [(s.name, text[s.start : s.end]) for s in found] == [
        ("p1-s1", "é one."),
        ("p2-s1", "Two."),
        ("p2-s2", "Three."),
    ]
    assert passages.paragraph_at(text, text.index("Three")) == 2


def test_words_are_found_whatever_their_blanks_and_quotes() -> None:
    """A straight quote finds a curly one, and a blank finds a line break."""
    assert passages.find("the mission’s\nnew “plan”", 'mission\'s new "plan"') == [(4, 24)]
    assert passages.find("nothing", "") == []


TEXT = "The first line.\nAda said that it rained on Monday. It did not, said the office. So it went on.\nThe last."
RAIN = (TEXT.index("Ada"), TEXT.index(" It did"))


def test_a_passage_is_shown_with_a_little_of_its_paragraph() -> None:
    """What is around a passage are whole sentences, as far as there is room, and never leaves the paragraph."""
    start, stop = TEXT.index("It did"), TEXT.index(" So")
    found = passages.excerpt(TEXT, start, stop, Showing(100, 40))
    assert found == Excerpt(
        "Ada said that it rained on Monday. ", "It did not, said the office.", " So it went on.", True, ()
    )
    found = passages.excerpt(TEXT, start, stop, Showing(100, 20))
    assert found is not None and (found.before, found.after) == ("", " So it went on.")
    found = passages.excerpt(TEXT, *RAIN, Showing(100, 11))
    assert found is not None and (found.before, found.after) == ("", "")


def test_around_words_inside_a_sentence_stands_the_rest_of_it() -> None:
    """A sentence that is torn apart by a passage is shown whole, or with … where there is no room for its rest."""
    rained = (TEXT.index("it rained"), TEXT.index(" on Monday"))
    found = passages.excerpt(TEXT, *rained, Showing(100, 15))
    assert found is not None and (found.before, found.after) == ("Ada said that ", " on Monday.")
    found = passages.excerpt(TEXT, *rained, Showing(100, 13))
    assert found is not None and (found.before, found.after) == ("…", " on Monday.")
    found = passages.excerpt(TEXT, *rained, Showing(100, 5))
    assert found is not None and (found.before, found.after) == ("…", "…")


def test_a_passage_is_cut_at_its_limit() -> None:
    """More than the operator allows is not shown, not even around what is cut."""
    found = passages.excerpt(TEXT, *RAIN, Showing(8, 50))
    assert found == Excerpt("", "Ada said", "", False, ())
    assert passages.excerpt(TEXT, *RAIN, Showing(0, 50)) is None
    found = passages.excerpt(TEXT, *RAIN, Showing(100, 0))
    assert found is not None and (found.before, found.after) == ("", "")


def test_a_range_outside_the_text_shows_nothing() -> None:
    """A range that does not lie in the text, or is empty, has no excerpt."""
    for start, end in ((-1, 3), (3, 3), (5, 4), (4, len(TEXT) + 1)):
        assert passages.excerpt(TEXT, start, end, Showing()) is None


def test_marks_lie_inside_the_passage() -> None:
    """Cue words are marked where they stand in what is shown, each once."""
    cue = (TEXT.index("said"), TEXT.index("said") + 4)
    marks = [cue, cue, (cue[0] + 1, cue[1]), (0, 3), (RAIN[1] - 2, RAIN[1] + 4)]
    found = passages.excerpt(TEXT, *RAIN, Showing(), marks=marks)
    assert found is not None and found.marks == ((4, 8),)


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        (
            "Plate\u00a034-QA-444 was seen. On\u00a0Monday it left.",
            ["Plate\u00a034-QA-444 was seen.", "On\u00a0Monday it left."],
        ),
        ('They called it “aid." Then they left.', ['They called it “aid."', "Then they left."]),
        ("It is (a “plan”). He’d go. ‘So.’ Yes.", ["It is (a “plan”).", "He’d go.", "‘So.’", "Yes."]),
        (
            "On 16.11.2022 at 13:35 it began. At 5 p.m. it ended.",
            ["On 16.11.2022 at 13:35 it began.", "At 5 p.m. it ended."],
        ),
        ("13 December 2022 16:34", ["13 December 2022 16:34"]),
        ("A caption without stop, 12 May / Agency", ["A caption without stop, 12 May / Agency"]),
        ("Share it!Now. Paper.az © 2025. .", ["Share it!Now.", "Paper.az © 2025.", "."]),
        ("Two-year war, 44-day pause: 1,609 mines.", ["Two-year war, 44-day pause: 1,609 mines."]),
    ],
)
def test_oddities_of_web_pages_are_read_as_sentences(paragraph: str, expected: list[str]) -> None:
    """No-break spaces, mixed quotes, plates, dates, headings and captions neither split nor join sentences."""
    assert [paragraph[s.start : s.end] for s in passages.sentences(paragraph)] == expected


def test_the_sentences_of_the_shipped_texts_are_the_ones_that_were_encoded(texts: dict[str, str]) -> None:
    """Where sentences of the encoded texts begin and end never changes: anchors are named after them."""
    found = {slug: passages.sentences(text) for slug, text in texts.items()}
    bounds = {
        slug: passages.sha256(" ".join(f"{s.name}:{s.start}-{s.end}" for s in sentences))[:16]
        for slug, sentences in found.items()
    }
    assert bounds == BOUNDS
    assert {slug: len(sentences) for slug, sentences in found.items()} == {
        "2022-12-12-newsroom": 41,
        "2022-12-13-caliber": 99,
    }
