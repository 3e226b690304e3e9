"""Texts and their parts."""

import pytest

from kb import passages


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


def test_passages_are_short_and_inside_the_text() -> None:
    """A passage is cut at its limit, and a range outside the text gives none."""
    assert passages.passage("abcdef", 1, 3) == "bc"
    assert passages.passage("abcdef", 0, 6, limit=4) == "abcd"
    assert passages.passage("abcdef", 4, 9) is None
    assert passages.passage("abcdef", 3, 3) is None
