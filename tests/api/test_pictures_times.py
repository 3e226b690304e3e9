"""Where times stand on an axis: ticks, and what is certain, possible and open of each."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask, render_template_string

from api.pictures.times import Bar, Span, axis, bar, bounds, spanning
from kb import times

DECEMBER = axis(date(2022, 12, 1), date(2022, 12, 20))
"""Twenty days, of which each is 5 wide."""


def drawn(edtf: str) -> Bar:
    found = bar(DECEMBER, times.bounds(edtf), about="~" in edtf)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "last", "labels", "groups"),
    [
        (date(2022, 12, 12), date(2022, 12, 14), ["12", "13", "14"], ["Dec 2022"]),
        (
            date(2022, 10, 28),
            date(2022, 12, 20),
            ["1", "6", "11", "16", "21", "26", "1", "6", "11", "16"],
            ["Nov 2022", "Dec 2022"],
        ),
        (
            date(2022, 1, 1),
            date(2022, 12, 31),
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
            ["2022"],
        ),
        (date(2020, 1, 1), date(2022, 12, 31), ["Jan", "Apr", "Jul", "Oct"] * 3, ["2020", "2021", "2022"]),
        (
            date(1978, 1, 1),
            date(2024, 6, 30),
            ["1980", "1985", "1990", "1995", "2000", "2005", "2010", "2015", "2020"],
            [],
        ),
    ],
)
def test_the_unit_of_an_axis_follows_from_its_days(
    first: date, last: date, labels: list[str], groups: list[str]
) -> None:
    """Three days have a tick each, two months one for some days, a year one for each month, decades one for years."""
    found = axis(first, last)
    assert [tick.label for tick in found.ticks] == labels
    assert [name for _, name in found.groups] == groups


@pytest.mark.parametrize("days", [0, 2, 11, 12, 30, 61, 92, 365, 1096, 5000, 40_000, 3_652_058])
def test_an_axis_has_few_ticks_in_order_however_long_it_is(days: int) -> None:
    """From one day to ten thousand years there are one to fourteen ticks, each behind the one before."""
    first = date.min if days > 1_000_000 else date(1900, 2, 27)
    places = [tick.x for tick in axis(first, first + timedelta(days)).ticks]
    assert places == sorted(set(places))
    assert 1 <= len(places) <= 14
    assert all(0 <= x <= 100 for x in places)


def test_an_axis_can_have_fewer_ticks() -> None:
    """Where there is less room, an axis of a year has a tick for each second month."""
    assert [tick.label for tick in axis(date(2022, 1, 1), date(2022, 12, 31), most=6).ticks] == [
        *("Jan", "Mar", "May", "Jul", "Sep", "Nov")
    ]


def test_an_axis_without_a_day_is_refused() -> None:
    """The last day is not before the first."""
    with pytest.raises(ValueError, match="no day"):
        axis(date(2022, 12, 2), date(2022, 12, 1))


def test_a_day_is_certain() -> None:
    """A time that is one day fills that day."""
    assert drawn("2022-12-05") == Bar(Span(20.0, 5.0), Span(20.0, 5.0), None, None, None, False, False, False)


def test_of_a_time_within_a_stretch_no_day_is_certain() -> None:
    """“Between the 2nd and the 5th” is four days that are possible, and none that is certain."""
    assert drawn("[2022-12-02..2022-12-05]") == Bar(Span(5.0, 20.0), None, None, None, None, False, False, False)


def test_an_interval_is_certain_between_its_ends() -> None:
    """From the 2nd to the 5th is certain on all four days; about the middle of a vague one so are the days between."""
    assert drawn("2022-12-02/2022-12-05").core == Span(5.0, 20.0)
    vague = bar(axis(date(2022, 1, 1), date(2022, 12, 31)), times.bounds("2022-03/2022-05"))
    assert vague is not None and vague.box is not None and vague.core is not None
    assert vague.box.x < vague.core.x < vague.core.end < vague.box.end


def test_an_open_end_is_a_tail() -> None:
    """Of what began on the 5th and has no end that is told, the 5th is certain and all that follows is open."""
    assert drawn("2022-12-05/..") == Bar(
        Span(20.0, 5.0), Span(20.0, 5.0), None, Span(25.0, 75.0), None, False, False, False
    )


def test_an_open_begin_is_a_lead() -> None:
    """Of what ended on the 5th the days before are open; “up to the 5th” has that limit and no box."""
    ended = drawn("../2022-12-05")
    assert (ended.lead, ended.core) == (Span(0.0, 20.0), Span(20.0, 5.0))
    assert drawn("[..2022-12-05]") == Bar(None, None, Span(0.0, 25.0), None, None, False, False, False)


def test_a_time_beyond_the_axis_is_cut_or_left_out() -> None:
    """A month that begins before the axis is cut there; a time that shares no day with it has no bar."""
    assert drawn("2022-11/2022-12").before
    assert drawn("2022-12").after
    assert bar(DECEMBER, times.bounds("2021")) is None
    assert bar(DECEMBER, times.bounds("2023-01/..")) is None


def test_what_is_too_narrow_is_marked() -> None:
    """A day on an axis of three years is a mark in its middle."""
    found = bar(axis(date(2020, 1, 1), date(2022, 12, 31)), times.bounds("2022-12-05"))
    assert found is not None and found.box is not None
    assert found.mark == found.box.middle


def test_the_words_about_are_kept() -> None:
    """That a text says “about” widens nothing and is said of the bar."""
    assert drawn("2022-12-05~").about
    assert drawn("2022-12-05~").box == drawn("2022-12-05").box


def test_an_axis_spans_the_days_that_are_named() -> None:
    """An axis for several times has all their days with a little room, and there is none where no day is named."""
    found = spanning([times.bounds("2022-08"), times.bounds("2022-12-12/..")])
    assert found is not None
    assert (found.first, found.last) == (date(2022, 7, 28), date(2022, 12, 16))
    one = spanning([times.bounds("2022-12-12")])
    assert one is not None and (one.first, one.last) == (date(2022, 12, 11), date(2022, 12, 13))
    assert spanning([]) is None


def test_bounds_are_read_as_cards_have_them() -> None:
    """Days are texts in a card, and null where open."""
    assert bounds({"earliest_begin": "2022-12-01", "latest_begin": "2022-12-05"}) == times.Bounds(
        date(2022, 12, 1), date(2022, 12, 5), None, None
    )
    assert bounds(None) == times.Bounds(None, None, None, None)


@pytest.mark.parametrize("edtf", ["2022-12-05", "[2022-12-02..2022-12-05]", "2022-12-05/..", "[..2022-12-05]", "2022"])
def test_a_bar_is_drawn_without_style_and_with_its_words(app: Flask, edtf: str) -> None:
    """The picture of a time is well-formed, has no style of its own, and says in words what it shows if asked to."""
    source = (
        '{% import "_pictures_times.html" as times %}<div>{{ times.patterns() }}{{ times.head(axis) }}'
        "{{ times.bar(axis, bar, words) }}{{ times.key() }}</div>"
    )
    with app.test_request_context("/"):
        page = render_template_string(source, axis=DECEMBER, bar=drawn(edtf), words="<words>")
    found = ElementTree.fromstring(page)
    assert "style=" not in page
    assert [title.text for title in found.iter("title")] == ["<words>"]
