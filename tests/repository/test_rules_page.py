"""docs/rules.md against the rules that there are."""

import re

import pytest
from places import ROOT

from kb import evidence, style, timechecks
from kb.model import Severity
from kb.paths import shapes_dir
from kb.rules import rules
from kb.sources import read_folder

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
ASKED, _, TAUGHT = PAGE.partition("## Rules that the encoding taught")
ROWS = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", ASKED, re.M)
SHAPES = {rule.name: rule for rule in rules(read_folder(shapes_dir(), "*.ttl"))}
CODE = {*timechecks.RULES, *evidence.RULES, *style.RULES, "hand-written-computed-term"}
WORDS = {Severity.INFO: "information", Severity.WARNING: "warning", Severity.VIOLATION: "violation"}


def names(text: str) -> list[str]:
    return re.findall(r"`([a-z]+(?:-[a-z]+)*)`", text)


def test_the_page_answers_each_thing_that_is_asked() -> None:
    """The 76 things that are asked stand there in order, each with a rule."""
    assert [int(number) for number, *_ in ROWS] == list(range(1, 77))
    assert [number for number, _, kept, *_ in ROWS if not names(kept)] == []


def test_each_rule_of_the_page_is_there() -> None:
    """Whatever the page says keeps something is a rule of the shapes or of the code."""
    named = {name for _, _, kept, *_ in ROWS for name in names(kept)}
    assert sorted(named - SHAPES.keys() - CODE) == []


def test_no_shape_is_without_its_line() -> None:
    """A rule of the shapes keeps something that is asked, or is one that the encoding taught, and not both."""
    asked = {name for _, _, kept, *_ in ROWS for name in names(kept)}
    taught = re.findall(r"^\| `([a-z-]+)` \|", TAUGHT, re.M)
    assert taught == sorted(set(taught))
    assert asked.isdisjoint(taught)
    assert (asked & SHAPES.keys()) | set(taught) == SHAPES.keys()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_page_gives_the_severities_that_rules_have(row: tuple[str, ...]) -> None:
    """A rule weighs what the page says: the one severity of its line, or the one before whose colon it stands."""
    _, _, kept, severity, _ = row
    told = {}
    for part in severity.split(";"):
        word, _, some = part.partition(":")
        told |= {name: word.strip() for name in names(some) or names(kept)}
    weights = {name: WORDS[SHAPES[name].severity] for name in names(kept) if name in SHAPES}
    assert {name: told[name] for name in weights} == weights


@pytest.mark.parametrize(("name", "weight"), re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (\w+) \|", TAUGHT, re.M))
def test_the_page_gives_the_severities_that_taught_rules_have(name: str, weight: str) -> None:
    """A rule that the encoding taught weighs what its line says."""
    assert WORDS[SHAPES[name].severity] == weight
