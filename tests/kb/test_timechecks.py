"""Whether the words for times agree with their readings, on small datasets of the invented story."""

from pathlib import Path

import pytest
from places import CASES, story

from kb import build, parts, timechecks
from kb.dataset import parse
from kb.model import Finding, Severity, Source
from kb.namespaces import shorten
from kb.paths import data_dir, shapes_dir
from kb.sources import read_folder

SLUG = "2024-03-05-gazette"
CLAIM, WHEN = f"claim:{SLUG}-barrels", f"node:{SLUG}-barrels-when"


def found(case: str, *changes: tuple[str, str]) -> list[Finding]:
    """What is told of a case with some of its text changed."""
    text = (CASES / "content" / f"good-{case}.trig").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return list(timechecks.disagreements(parse([Source("case.trig", text, True)])))


@pytest.mark.parametrize("case", ["duration", "weekday"])
def test_what_agrees_is_not_told(case: str) -> None:
    """A weekday that is right and a length that fits its dates are no findings."""
    assert found(case) == []


@pytest.mark.parametrize(
    ("edtf", "wrong"),
    [
        ("2024-03-01", True),
        ("[2024-03-01..2024-03-05]", True),
        ("[2024-03-01..2024-03-07]", False),
        ("2024-02", False),
        ("[..2024-03-01]", False),
        ("2024-02-28/2024-03-02", False),
        ("2024-03-01/2024-03-02", True),
        ("no date", False),
    ],
)
def test_a_weekday_that_none_of_the_days_has_is_told(edtf: str, wrong: bool) -> None:
    """A time is told where none of its days is a Thursday, as its words say; one that may have a Thursday is not."""
    told = found("weekday", ('"2024-02-29"', f'"{edtf}"'))
    assert [(f.rule, shorten(f.focus), f.severity) for f in told] == [
        ("weekday-agrees", WHEN, Severity.WARNING) for _ in range(wrong)
    ]


@pytest.mark.parametrize(
    ("approximation", "number", "unit", "wrong"),
    [
        ("exact", "value 2", "day", False),
        ("exact", "value 4", "day", True),
        ("exact", "value 1", "Days ", True),
        ("about", "value 40", "day", False),
        ("nearly", "value 4", "day", False),
        ("up-to", "maxValue 4", "day", False),
        ("up-to", "maxValue 1", "day", True),
        ("at-least", "minValue 2", "day", False),
        ("at-least", "minValue 4", "day", True),
        ("more-than", "minValue 4", "day", True),
        ("exact", "value 1", "week", False),
        ("exact", "value 2", "weeks", True),
        ("exact", "value 2", "year", True),
        ("exact", "value 90", "minute", False),
        ("some", "value 40", "day", False),
        ("exact", "value -4", "day", False),
    ],
)
def test_a_length_that_its_dates_exclude_is_told(approximation: str, number: str, unit: str, wrong: bool) -> None:
    """A claim is told where three dates cannot be what it says they last; a length that nobody can tell is not."""
    told = found(
        "duration",
        ("schema:value 3 ;", f"schema:{number} ;"),
        ('schema:unitText "day"', f'schema:unitText "{unit}"'),
        ("approximation:exact", f"approximation:{approximation}"),
    )
    assert [(f.rule, shorten(f.focus), shorten(f.value or "")) for f in told] == [
        ("duration-agrees", CLAIM, f"{WHEN.removesuffix('when')}days") for _ in range(wrong)
    ]


@pytest.mark.parametrize("edtf", ["2024-02", "2024-02-28", "2024-02-28/..", "../2024-03-01", "no/date"])
def test_lengths_are_not_told_where_beginning_or_end_is_missing(edtf: str) -> None:
    """A length is compared with a beginning and an end; one time inside a month, or an open one, excludes none."""
    assert found("duration", ('"2024-02-28/2024-03-01"', f'"{edtf}"'), ("schema:value 3 ;", "schema:value 400 ;")) == []


@pytest.mark.parametrize("place", ["    t:paraphrase ", "        t:edtf "], ids=["on the claim", "on the time"])
def test_a_note_excuses_a_weekday(place: str) -> None:
    """Where a note says that the text errs, a weekday is not told again."""
    note = place[: len(place) - len(place.lstrip())] + 't:note "The text errs."@en ;\n'
    assert found("weekday", ('"2024-02-29"', '"2024-03-01"'), (place, note + place)) == []


def test_a_note_excuses_a_length() -> None:
    """Where a note of the claim says why dates and length differ, they are not told again."""
    assert (
        found(
            "duration",
            ("schema:value 3 ;", "schema:value 4 ;"),
            ("    t:holder", '    t:note "It errs."@en ;\n    t:holder'),
        )
        == []
    )


def test_the_weekday_of_a_statement_is_compared_too() -> None:
    """The time of a statement stands with its claim, and a note on the claim goes for it."""
    wrong = """
        claim:{0} t:statementTime node:{0}-said .
        node:{0}-said t:edtf "2024-03-01"^^edtf:EDTF ; t:verbatim "on Monday"@en .
        """.format(f"{SLUG}-barrels")
    said = ("claim:2024-03-05-gazette-barrels {", f"{wrong}\nclaim:2024-03-05-gazette-barrels {{")
    assert [shorten(f.focus) for f in found("weekday", said)] == [f"node:{SLUG}-barrels-said"]
    assert found("weekday", said, ("    t:holder", '    t:note "The text errs."@en ;\n    t:holder')) == []


def test_both_ways_of_checking_tell_of_it(tmp_path: Path) -> None:
    """Checked as a whole and part by part, a wrong weekday is told once, at its line."""
    folder = story(tmp_path / "story")
    article = folder / "articles" / f"{SLUG}.trig"
    text = article.read_text(encoding="utf-8")
    changed = text.replace('"between 1 and 3 March"@en', '"on Monday"@en')
    assert changed != text
    article.write_text(changed, encoding="utf-8")
    files, shapes = build.sources(folder), read_folder(shapes_dir(), "*.ttl")
    line = next(n for n, row in enumerate(changed.splitlines(), 1) if "2024-03-01..2024-03-03" in row)
    for findings in (build.findings(parse(files), shapes), parts.check(files, shapes)):
        (told,) = (finding for finding in findings if finding.rule in timechecks.RULES)
        assert told.place is not None
        assert (told.rule, shorten(told.focus), told.place.line) == ("weekday-agrees", WHEN, line)


def test_the_words_of_the_shipped_times_agree_with_their_readings() -> None:
    """Weekdays and lengths of time in the shipped articles are those of their dates."""
    assert list(timechecks.disagreements(parse(build.sources(data_dir())))) == []
