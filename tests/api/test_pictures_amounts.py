"""Numbers on a scale: where they stand, and what is drawn of what they leave open."""

import pytest

from api.pictures.amounts import MARGIN, TICKS, Mark, scale


def told(approximation: str, value: float | None = None, **ends: float) -> dict[str, object]:
    return {"approximation": approximation, "value": value, "minimum": None, "maximum": None, **ends}


def marks(*quantities: dict[str, object]) -> list[Mark]:
    found = scale(quantities)
    assert found is not None
    return list(found.marks)


def test_an_exact_number_is_a_dot() -> None:
    """Nothing is left open by it, and it stands where its tick stands."""
    found = scale([told("exact", 4)])
    assert found is not None
    (mark,) = found.marks
    assert (mark.start, mark.end, mark.hollow, mark.open) == (*mark.dots, *mark.dots, False, False)
    assert mark.dots[0] == dict((text, x) for x, text in found.ticks)["4"]


@pytest.mark.parametrize(
    ("approximation", "hollow", "opens", "reaches_zero"),
    [
        ("at-least", False, True, False),
        ("more-than", True, True, False),
        ("up-to", False, False, True),
        ("nearly", True, False, True),
    ],
)
def test_a_bound_is_a_line_from_its_number(approximation: str, hollow: bool, opens: bool, reaches_zero: bool) -> None:
    """Minima go on without an end, maxima begin with 0; the number itself is hollow where it is left out."""
    (mark,) = marks(told(approximation, 60))
    assert (mark.hollow, mark.open) == (hollow, opens)
    assert mark.start == (MARGIN if reaches_zero else mark.dots[0])
    assert mark.end == (100 if opens else mark.dots[0])


def test_about_has_no_width_that_is_stated() -> None:
    """Its line is rough, around a hollow dot, and as long for one number as for another."""
    one, other = marks(told("about", 40), told("about", 14))
    assert one.rough and one.hollow and not one.open
    assert one.end - one.start == pytest.approx(other.end - other.start)


def test_what_has_no_number_has_no_place() -> None:
    """“Several” is not drawn, and alone makes no scale."""
    assert marks(told("unstated"), told("exact", 3))[0] == Mark()
    assert scale([told("unstated")]) is None


def test_a_minimum_without_a_value_is_placed() -> None:
    """“Over 300” is coded as a minimum, and stands where it is."""
    assert marks(told("more-than", minimum=300), told("exact", 300))[0].dots == marks(told("exact", 300))[0].dots


@pytest.mark.parametrize("most", [1, 2, 9, 14, 44, 300, 1609, 30_000, 1_000_000, 0.5])
def test_ticks_are_few_and_round(most: float) -> None:
    """A scale begins with 0, ends above its largest number, and has few ticks, all on the picture."""
    found = scale([told("exact", most)])
    assert found is not None
    assert found.ticks[0][1] == "0" and 2 <= len(found.ticks) <= TICKS + 2
    assert all(MARGIN <= x <= 100 - MARGIN for x, _ in found.ticks)
    assert found.marks[0].dots[0] < found.ticks[-1][0]
