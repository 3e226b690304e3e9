"""Dates with their uncertainty."""

from datetime import date

import pytest
from edtf import parse_edtf

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
        ("2020-11/", ("2020-11-01", "2020-11-30", None, None)),
        ("/2022-12-04", (None, None, "2022-12-04", "2022-12-04")),
        ("198X/..", ("1980-01-01", "1989-12-31", None, None)),
        ("2022-12-XX", ("2022-12-01", "2022-12-31", "2022-12-01", "2022-12-31")),
        ("[..2022-12-12]", (None, "2022-12-12", None, "2022-12-12")),
        ("2022-12-10~", ("2022-12-10", "2022-12-10", "2022-12-10", "2022-12-10")),
    ],
)
def test_bounds_say_no_more_than_the_words(edtf: str, expected: tuple[str | None, ...]) -> None:
    """A time inside a set begins and ends on any of its days, an interval begins in its first and ends in its last."""
    assert bounds(edtf) == Bounds(*(day(text) for text in expected))


@pytest.mark.parametrize("sign", ["", "~", "?", "%"])
@pytest.mark.parametrize(
    "edtf", ["0001", "1900", "2024", "9999", "1900-02", "2000-02", "2023-02", "2024-12", "2024-02-29", "1999-12-31"]
)
def test_plain_dates_are_read_as_the_grammar_reads_them(edtf: str, sign: str) -> None:
    """Years, months and days have the bounds that the whole grammar of EDTF gives them."""
    parsed = parse_edtf(f"{edtf}{sign}")
    low, high = (date(*found[:3]) for found in (parsed.lower_strict(), parsed.upper_strict()))
    assert bounds(f"{edtf}{sign}") == Bounds(low, high, low, high)


@pytest.mark.parametrize("edtf", ["[2022-11-10..2022-11-14]", "[2024-02-29..2024-02-29]", "[1999-12-31..2001-01-01]"])
def test_plain_sets_are_read_as_the_grammar_reads_them(edtf: str) -> None:
    """One day of several has the bounds that the whole grammar of EDTF gives it."""
    parsed = parse_edtf(edtf)
    low, high = (date(*found[:3]) for found in (parsed.lower_strict(), parsed.upper_strict()))
    assert bounds(edtf) == Bounds(low, high, low, high)


@pytest.mark.parametrize(
    "edtf",
    [
        *("tomorrow", "2022-13", "2022-11-01..", "", "2022-13-XX", "2022-24-01"),
        *("2023-02-29", "2022-00", "2022-12-32", "2022-42", "2022-12-1", "22-12-01", "٢٠٢٢"),
        *("/", "../..", "../", "[2022-11-01..2022-11-02]/..", "2022/2023/2024"),
    ],
)
def test_what_is_no_edtf_is_refused(edtf: str) -> None:
    """What is no date, or one that says nothing, is an error and not an open bound."""
    with pytest.raises(ValueError, match="is no EDTF expression"):
        bounds(edtf)


@pytest.mark.parametrize(
    "edtf", ["Y12345", "-0044", "-0044-03-15", "0000", "XXXX-12-25", "2022-1X", "2022-12-1X", "2022/Y12345", "-0044/.."]
)
def test_edtf_that_has_no_bounds_here_is_not_called_something_else(edtf: str) -> None:
    """Years before 0001 or after 9999, and unknown digits in the middle, are refused as what is not supported."""
    with pytest.raises(ValueError, match="is EDTF that is not supported here"):
        bounds(edtf)


@pytest.mark.parametrize(
    ("edtf", "first", "last"),
    [
        ("2022-24", "2021-12-01", "2023-03-31"),
        ("2022-28", "2021-12-01", "2023-03-31"),
        ("2022-30", "2021-12-01", "2023-03-31"),
        ("2022-22", "2021-12-01", "2023-03-31"),
        ("2022-32", "2022-06-01", "2022-09-30"),
        ("2022-26~", "2022-06-01", "2022-09-30"),
        ("2022-25", "2022-03-01", "2022-06-30"),
        ("2022-31", "2022-03-01", "2022-06-30"),
        ("2022-27", "2022-09-01", "2022-12-31"),
        ("2022-29", "2022-09-01", "2022-12-31"),
        ("2022-21", "2022-03-01", "2022-12-31"),
        ("2022-23?", "2022-03-01", "2022-12-31"),
        ("2022-33", "2022-01-01", "2022-03-31"),
        ("0001-28", "0001-01-01", "0002-03-31"),
        ("9999-28", "9998-12-01", "9999-12-31"),
    ],
)
def test_a_season_leaves_out_no_day_that_it_can_mean(edtf: str, first: str, last: str) -> None:
    """A season has all months that it can have by the calendar or by the sun, in its hemisphere or in either."""
    low, high = date.fromisoformat(first), date.fromisoformat(last)
    assert bounds(edtf) == Bounds(low, high, low, high)


def test_an_interval_can_end_in_a_winter() -> None:
    """A side of an interval that is a season has all its days too."""
    assert bounds("2022-12-20/2022-28") == Bounds(
        date(2022, 12, 20), date(2022, 12, 20), date(2021, 12, 1), date(2023, 3, 31)
    )


def test_a_time_does_not_end_before_it_begins() -> None:
    """An interval that runs backwards is an error."""
    with pytest.raises(ValueError, match="ends before it begins"):
        bounds("2023/2022")


def test_reading_a_time_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed of EDTF at which its reader fails: standard output can be that of a report."""
    with pytest.raises(ValueError, match="not supported here"):
        bounds("2022-1X")
    assert capsys.readouterr() == ("", "")
