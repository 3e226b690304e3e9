"""The rules in ``shapes/``, each with small datasets of an invented story that keep it or break it.

A case is a whole dataset in one file; ontology and concepts are laid beside it. A bad case is a good one with one
thing changed, and its first lines name everything that this makes wrong: ``# expect: <rule> on <who>``.
"""

import difflib
import re
from pathlib import Path

import pytest
from places import CASES

from kb.checks import check
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.model import Severity
from kb.namespaces import shorten
from kb.paths import ontology_dir, shapes_dir
from kb.rules import rules
from kb.sources import read_folder, read_source

SHAPES = read_folder(shapes_dir(), "*.ttl")
GOOD = sorted(CASES.rglob("good-*.trig"))
BAD = sorted(CASES.rglob("bad-*.trig"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def expected(path: Path) -> set[tuple[str, str]]:
    """The pairs of rule and offender that the first lines of a case name."""
    found = re.findall(r"^# expect: (\S+) on (\S+)$", path.read_text(encoding="utf-8"), re.M)
    assert len(found) == len(set(found))
    return set(found)


def body(path: Path) -> list[str]:
    """The statements of a case, without what it expects and without prefixes."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#@"]


@pytest.fixture(scope="module")
def vocabulary() -> Dataset:
    return parse(read_folder(ontology_dir(), "*.ttl"))


@pytest.mark.parametrize("path", [*GOOD, *BAD], ids=name)
def test_a_case_breaks_the_rules_that_it_names_and_no_others(path: Path, vocabulary: Dataset) -> None:
    """All rules together find exactly what the first lines of a case expect, on whom they expect it."""
    case = parse([read_source(path)])
    together = Dataset((*vocabulary.quads, *case.quads), case.blocks)
    wanted = expected(path)
    notes = {rule for rule, _ in wanted}
    findings = check(derive(together), SHAPES)
    found = {(f.rule, shorten(f.focus)) for f in findings if f.severity > Severity.INFO or f.rule in notes}
    assert found == wanted, "\n".join(f"{f.rule} on {shorten(f.focus)}: {f.message}" for f in findings)


def test_good_cases_expect_nothing_and_bad_ones_something() -> None:
    """What a case is called says whether it is whole."""
    assert [name(path) for path in GOOD if expected(path)] == []
    assert [name(path) for path in BAD if not expected(path)] == []


def test_every_rule_has_a_case_that_breaks_it() -> None:
    """For each rule there is a bad case of its name, or with the name and a variant, which expects it."""
    covered = {rule for path in BAD for rule, _ in expected(path) if rule == path.stem[4:].partition("--")[0]}
    assert covered == {rule.name for rule in rules(SHAPES)}


def test_cases_stand_in_the_folder_of_their_shapes_file() -> None:
    """The folder of a bad case is the name of the file that has its rule."""
    files = {rule.name: Path(rule.place.file).stem for rule in rules(SHAPES) if rule.place}
    assert {name(path): path.parent.name for path in BAD} == {
        name(path): files[path.stem[4:].partition("--")[0]] for path in BAD
    }


def test_bad_cases_have_a_good_twin() -> None:
    """A bad case is a good one of its folder with one thing removed, added, changed or renamed."""
    twins = {folder: [body(path) for path in GOOD if path.parent == folder] for folder in {p.parent for p in BAD}}
    for path in BAD:
        lines = body(path)
        changes = [
            sum(line[0] in "+-" for line in difflib.unified_diff(twin, lines, "good", "bad", lineterm="", n=0)) - 2
            for twin in twins[path.parent]
        ]
        assert 0 < min(changes) <= 12, name(path)
