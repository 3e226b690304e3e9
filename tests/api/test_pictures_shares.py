"""How a whole is divided."""

from api.pictures.shares import shares
from api.pictures.times import Span


def test_parts_follow_each_other_and_fill_the_whole() -> None:
    """Each part is as wide as its share and begins where the one before ends."""
    assert shares([1, 2, 1]) == [Span(0.0, 25.0), Span(25.0, 50.0), Span(75.0, 25.0)]
    assert shares([1, 1, 1])[-1].end == 100.0


def test_a_part_of_nothing_has_no_width() -> None:
    """A part with nothing in it, and the parts of nothing, are not to be seen."""
    assert shares([0, 3])[0].width == 0.0
    assert [part.width for part in shares([0, 0])] == [0.0, 0.0]
