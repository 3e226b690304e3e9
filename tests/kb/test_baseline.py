"""Baselines as files: sorted, readable, the same after reading, and with a place for what is wrong in them."""

import random

import pytest

from kb import baseline as baselines
from kb.errors import SourceError
from kb.model import Finding, Place, Severity
from kb.namespaces import DEFAULT_GRAPH, iri

FINDINGS = (
    Finding(Severity.VIOLATION, "claim-mode", iri("claim:b"), "A. B.", Place("x.trig", 3, 4)),
    Finding(Severity.WARNING, "value-in-scheme", iri("claim:a"), "A. B.", value='“two” \\ "words"\n\x85 \u2028 𝔘'),
    Finding(Severity.WARNING, "value-in-scheme", iri("claim:a"), "A. B.", value="https://example.org/ä b"),
    Finding(Severity.WARNING, "<https://example.org/shapes#mine>", "https://example.org/x", "A. B."),
    Finding(Severity.WARNING, "blank", "f0xabc", "A. B."),
    Finding(Severity.WARNING, "literal", 'a > "b"\nc', "A. B."),
    Finding(Severity.VIOLATION, "no-rules", DEFAULT_GRAPH, "A. B."),
    Finding(Severity.INFO, "one-sided-frame", iri("event:x"), "A. B."),
)


def test_a_baseline_reads_back_as_it_was_written() -> None:
    """Whatever a rule, a focus or a value looks like, the file gives the same entries again."""
    known = baselines.of(FINDINGS)
    assert baselines.read(baselines.write(known), name="known.txt") == known
    assert baselines.read(baselines.write(known).replace("\n", "\r\n"), name="known.txt") == known


def test_a_baseline_is_sorted_and_has_one_line_an_entry() -> None:
    """The order of the findings does not matter, so that two editors' files merge line by line."""
    mixed = list(FINDINGS)
    random.Random(1).shuffle(mixed)
    text = baselines.write(baselines.of(mixed))
    assert text == baselines.write(baselines.of(FINDINGS))
    header, *lines = text.rstrip("\n").split("\n")
    assert header.startswith("# ") and len(lines) == len(FINDINGS) - 1
    assert "violation claim-mode claim:b" in lines


def test_a_baseline_knows_no_lines_and_no_information() -> None:
    """A finding that moved is the same entry, and information is never kept."""
    (moved,) = baselines.of([Finding(Severity.VIOLATION, "claim-mode", iri("claim:b"), "C.", Place("y.trig", 99, 99))])
    assert moved in baselines.of(FINDINGS)
    assert baselines.of(FINDINGS[-1:]) == {}


def test_what_is_no_longer_found_is_told_as_it_is_written() -> None:
    """An entry that nothing answers to is given as its line."""
    known = baselines.of(FINDINGS)
    assert baselines.gone(known, FINDINGS) == ()
    assert baselines.gone(known, FINDINGS[1:]) == ("violation claim-mode claim:b",)


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "fatal claim-mode claim:b",
        "warning claim-mode",
        "warning x nowhere:b",
        'warning x claim:b "open',
    ],
)
def test_a_line_that_is_no_entry_is_an_error_with_its_place(line: str) -> None:
    """A conflict mark or a typing error is named with file and line."""
    with pytest.raises(SourceError, match=r"known\.txt:3: is no line of a baseline"):
        baselines.read(f"{baselines.HEADER}\n{line}\n", name="known.txt")
