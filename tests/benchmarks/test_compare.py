"""The benchmark of comparisons: what it plants is found, and its bars mean something."""

import re
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("benchmarks.compare", reason="benchmarks/ is part of a checkout, not of the installed package")

from click.testing import CliRunner

from benchmarks import compare as measured
from benchmarks.corpus import Plan
from benchmarks.truth import days
from kb.namespaces import iri

A, B, C = (frozenset((f"claim:{one}", "claim:x")) for one in "abc")


def test_rates_are_of_the_pairs_that_both_judged() -> None:
    """Precision is the share of what was computed, recall of what was planted; direction counts."""
    wanted = {A: ("narrower", "claim:a"), B: ("narrower", "claim:b"), C: ("same-content", "")}
    got = {A: ("narrower", "claim:a"), B: ("narrower", "claim:x"), C: ("narrower", "claim:c")}
    assert list(measured.rates(wanted, got)) == [("narrower", 2, 1 / 3, 0.5), ("same-content", 1, 0.0, 0.0)]
    assert list(measured.rates(wanted, {A: got[A]})) == [("narrower", 1, 1.0, 1.0)]


def test_changes_are_judged_by_kind_and_rule() -> None:
    """A change that is found under another rule is one that was not planted, and the planted one is missed."""
    one, two, three = (("claim:a", f"claim:{name}", "attribution-lost", "source-dropped") for name in "bcd")
    other = ("claim:a", "claim:c", "attribution-lost", "source-unnamed")
    assert list(measured.drift_rates([one, two, three], [one, other])) == [
        ("attribution-lost by source-dropped", 3, 1.0, 1 / 3),
        ("attribution-lost by source-unnamed", 0, 0.0, 0.0),
    ]


def test_a_planted_change_leads_to_a_claim_or_an_article() -> None:
    """The truth names an article without its prefix, as everywhere else."""
    line = {"earlier": "claim:2024-03-01-a", "change": "certaintyLost", "rule": "relay-doubts"}
    for later, expected in (("claim:2024-03-01-b", "claim:2024-03-01-b"), ("2024-03-01", "article:2024-03-01")):
        assert measured.change(line | {"later": later})[1:] == (iri(expected), "certainty-lost", "relay-doubts")


def test_values_of_truth_are_named_as_in_the_ontology() -> None:
    """The truth writes sharedText where the ontology has shared-text."""
    assert [measured.slug(value) for value in ("sharedText", "narrower", "differsInDetail")] == [
        "shared-text",
        "narrower",
        "differs-in-detail",
    ]


@pytest.mark.parametrize(
    ("edtf", "first", "last"),
    [
        ("2024-03-01", date(2024, 3, 1), date(2024, 3, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("[2024-03-01..2024-03-03]", date(2024, 3, 1), date(2024, 3, 3)),
        ("2024-03-01/2024-03-03", date(2024, 3, 1), date(2024, 3, 3)),
        ("[..2024-03-03]", date.min, date(2024, 3, 3)),
        ("2024-03/..", date(2024, 3, 1), date.max),
    ],
)
def test_the_truth_reads_times_by_itself(edtf: str, first: date, last: date) -> None:
    """The days that a planted time leaves open are found without the code that is measured."""
    assert days(edtf) == (first, last)


@pytest.mark.long
def test_planted_relations_and_dependences_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a small corpus each relation and each independence reaches the bars, also where accounts stand for claims."""
    monkeypatch.setattr("kb.compare.EACH_WITH_EACH", 24)
    assert list(measured.judged(Plan(24, 1, 90, 0.5), tmp_path)) == []
    told = capsys.readouterr().out
    for value in (
        "contradicts",
        "differs-in-wording",
        "narrower",
        "opposes",
        "shared-text",
        "independent",
        "attribution-lost by",
    ):
        assert f"  {value}" in told
    stood_for = re.search(r"accounts stand for ([\d,]+) pairs", told)
    assert stood_for and int(stood_for[1].replace(",", "")) > 0


@pytest.mark.long
def test_the_command_tells_how_time_grows() -> None:
    """The command prints a table and the exponent, and ends with 0 or 1."""
    done = CliRunner().invoke(measured.main, ["--articles", "8", "--most", "80"])
    assert done.exit_code in (0, 1), done.output
    assert "to the power of" in done.output and "independence" in done.output


def test_sizes_grow_by_one_factor() -> None:
    """A hundred articles and two thousand are the ends of the default."""
    assert measured.sizes(2000) == (100, 447, 2000)
