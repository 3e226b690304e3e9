"""Dates with their uncertainty."""

from datetime import date

import pytest

from kb.times import Bounds, bounds


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("2022-12-10", ("2022-12-10", "2022-12-10", "2022-12-10", "2022-12-10")),
        ("2020-12", ("2020-12-01", "2020-12-31", "2020-12-01", "2020-12-31")),
        ("[2022-11-10..2022-11-14]", ("2022-11-10", "2022-11-14", "2022-11-10", "2022-11-14")),
        ("2022-11-16/2022-11-18", ("2022-11-16", "2022-11-16", "2022-11-18", "2022-11-18")),
        ("2020-11/2025", ("2020-11-01", "2020-11-30", "2025-01-01", "2025-12-31")),
        ("2020-11/..", ("2020-11-01", "2020-11-30", None, None)),
        ("[..2022-12-12]", (None, "2022-12-12", None, "2022-12-12")),
        ("2022-12-10~", ("2022-12-10", "2022-12-10", "2022-12-10", "2022-12-10")),
    ],
)
def test_bounds_say_no_more_than_the_words(edtf: str, expected: tuple[str | None, ...]) -> None:
    """A time inside a set begins and ends on any of its days, an interval begins in its first and ends in its last."""
    assert bounds(edtf) == Bounds(*(day(text) for text in expected))


@pytest.mark.parametrize("edtf", ["tomorrow", "2022-13", "2023/2022", "2022-11-01..", ""])
def test_what_is_no_edtf_is_refused(edtf: str) -> None:
    """A date that is none, or that ends before it begins, is an error and not an open bound."""
    with pytest.raises(ValueError):
        bounds(edtf)
