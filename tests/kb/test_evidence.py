"""Passages, anchors, sentences, and what of a text is accounted for."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from places import EXAMPLE, ROOT

from kb import evidence
from kb.dataset import Dataset, node, parse
from kb.model import Severity, Source
from kb.namespaces import iri, turtle_prologue
from kb.sources import read_snapshots

ARTICLE = "2024-03-05-gazette"


@pytest.fixture
def text() -> str:
    return read_snapshots(EXAMPLE / "sources")[ARTICLE]


def rules(dataset: Dataset, text: str) -> set[tuple[str, str]]:
    (result,) = evidence.verify(dataset, {ARTICLE: text})
    return {(f.rule, f.value or f.focus.rpartition("/")[2]) for f in result.findings}


def test_the_example_matches_its_text(example: Dataset, text: str) -> None:
    """Every anchor of the shipped example holds, and every sentence is accounted for."""
    (result,) = evidence.verify(example, {ARTICLE: text})
    assert result.checked
    assert result.findings == ()
    assert [(c.sentence.name, bool(c.claims), bool(c.excuse), c.metadata) for c in result.coverage] == [
        ("p2-s1", False, False, True),
        ("p3-s1", False, False, True),
        ("p4-s1", False, True, False),
        ("p5-s1", True, False, False),
        ("p6-s1", True, False, False),
    ]


def test_without_the_text_nothing_is_claimed_to_be_checked(example: Dataset) -> None:
    """An article whose text is not at hand is reported as not checked, which is no fault."""
    (result,) = evidence.verify(example, {})
    assert not result.checked
    assert result.findings == ()


def test_one_changed_letter_is_found_where_it_stands(example: Dataset, text: str) -> None:
    """A text of the same length with one other letter changes its own anchors and the snapshot, and no others."""
    assert rules(example, text.replace("demanded", "Demanded")) == {
        ("snapshot-hash", ARTICLE),
        ("anchor-changed", f"{ARTICLE}-p6-s1"),
        ("anchor-changed", f"{ARTICLE}-p6-s1-cue"),
    }


def with_value(dataset: Dataset, subject: str, predicate: str, value: ox.Literal) -> Dataset:
    """The dataset with one value of a subject replaced."""
    return Dataset(
        tuple(
            ox.Quad(q.subject, q.predicate, value, q.graph_name)
            if q.predicate == node(predicate) and q.subject == node(subject)
            else q
            for q in dataset.quads
        ),
        dataset.blocks,
    )


WHOLE = node("xsd:integer")


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "expected"),
    [
        (
            "p5-s1",
            "t:end",
            ox.Literal("900", datatype=WHOLE),
            {("anchor-bounds", "p5-s1"), ("verbatim-in-passage", "")},
        ),
        ("p6-s1", "schema:sha256", ox.Literal("0" * 64), {("anchor-hash", "p6-s1")}),
        ("p6-s1", "t:paragraph", ox.Literal("7", datatype=WHOLE), {("anchor-paragraph", "p6-s1")}),
        ("p6-s1-cue", "t:exactWords", ox.Literal("asked", language="en"), {("anchor-exact-words", "p6-s1-cue")}),
    ],
)
def test_one_wrong_value_of_an_anchor_is_found(
    example: Dataset, text: str, subject: str, predicate: str, value: ox.Literal, expected: set[tuple[str, str]]
) -> None:
    """Bounds, hash, paragraph and exact words of an anchor are each compared with the text."""
    wrong = with_value(example, f"anchor:{ARTICLE}-{subject}", predicate, value)
    (result,) = evidence.verify(wrong, {ARTICLE: text})
    found = {(f.rule, f.focus.rpartition(f"{ARTICLE}-")[2]) for f in result.findings if "anchor" in f.rule}
    assert found == {pair for pair in expected if "anchor" in pair[0]}


def test_a_range_in_furniture_is_found(example: Dataset, text: str) -> None:
    """An anchor in what belongs to the page and not to the article is no evidence."""
    wrong = with_value(example, f"node:{ARTICLE}-section-6", "t:sectionType", node("section:furniture"))  # type: ignore[arg-type]
    assert ("anchor-section", f"{ARTICLE}-p6-s1") in rules(wrong, text)


def test_words_kept_of_a_quantity_must_stand_in_the_passage(example: Dataset, text: str) -> None:
    """A verbatim that is not in the claim's own passage is found."""
    target = node(f"node:{ARTICLE}-barrels-40")
    wrong = [
        ox.Quad(q.subject, q.predicate, ox.Literal("about 50 barrels", language="en"), q.graph_name)
        if q.predicate == node("t:verbatim") and q.subject == target
        else q
        for q in example.quads
    ]
    assert rules(Dataset(tuple(wrong), example.blocks), text) == {
        ("verbatim-in-passage", f"{ARTICLE}-barrels-40"),
        ("unused-content", "p5-s1:177–179"),
    }


@pytest.mark.parametrize("kept", ["said", "name"])
def test_words_kept_outside_of_a_claim_s_graph_must_stand_in_the_passage(
    example: Dataset, text: str, kept: str
) -> None:
    """The words of a statement time and a printed name form are compared with the passage too."""
    lines = {
        "said": f'claim:{ARTICLE}-demand t:statementTime node:x . node:x t:verbatim "at dawn"@en .',
        "name": f'node:x a t:NameUse ; t:evidence anchor:{ARTICLE}-p6-s1 ; t:nameForm "Eest Quay"@en .',
    }
    more = parse([Source("x.ttl", turtle_prologue() + lines[kept], False)])
    wrong = Dataset((*example.quads, *more.quads), example.blocks)
    assert ("verbatim-in-passage", "x") in rules(wrong, text)


def test_words_left_over_weigh_more_once_an_article_is_finished(example: Dataset, text: str) -> None:
    """What no claim uses is a violation where all counts as encoded, and information until then."""
    for finished, expected in (("true", Severity.VIOLATION), ("false", Severity.INFO)):
        flag = ox.Literal(finished, datatype=node("xsd:boolean"))
        wrong = with_value(without(example, f"node:{ARTICLE}-barrels-12"), f"article:{ARTICLE}", "t:fullyEncoded", flag)
        (result,) = evidence.verify(wrong, {ARTICLE: text})
        assert {f.severity for f in result.findings if f.rule == "unused-content"} == {expected}


def test_a_wrong_word_count_is_found(example: Dataset, text: str) -> None:
    """Words are counted outside the furniture, and a count that is given must be right."""
    for count, expected in (("60", set()), ("61", {("word-count", ARTICLE)})):
        given = ox.Quad(
            node(f"article:{ARTICLE}"), node("schema:wordCount"), ox.Literal(count, datatype=node("xsd:integer"))
        )
        assert rules(example.with_quads([given]), text) == expected


def test_a_sentence_without_claim_or_excuse_is_missing(example: Dataset, text: str) -> None:
    """In a fully encoded article a sentence that is not accounted for is a warning, before that information."""
    kept = tuple(q for q in example.quads if q.subject != node(f"node:{ARTICLE}-excused-p4-s1"))
    (result,) = evidence.verify(Dataset(kept, example.blocks), {ARTICLE: text})
    assert [(f.rule, f.value, f.severity) for f in result.findings] == [
        ("sentence-not-accounted-for", "p4-s1", Severity.WARNING)
    ]
    unfinished = tuple(q for q in kept if q.predicate != node("t:fullyEncoded"))
    (result,) = evidence.verify(Dataset(unfinished, example.blocks), {ARTICLE: text})
    assert [f.severity for f in result.findings] == [Severity.INFO]


def test_a_date_that_is_none_is_found(example: Dataset) -> None:
    """An EDTF text that no reader takes is a violation on its node."""
    target = node(f"node:{ARTICLE}-barrels-when")
    wrong = tuple(
        ox.Quad(q.subject, q.predicate, ox.Literal("March", datatype=node("edtf:EDTF")), q.graph_name)
        if q.predicate == node("t:edtf")
        else q
        for q in example.quads
    )
    (finding,) = evidence.times(dataclasses.replace(example, quads=wrong))
    assert (finding.rule, finding.focus) == ("edtf-valid", target.value)


def test_the_shipped_anchors_match_the_texts(shipped: Dataset, texts: dict[str, str]) -> None:
    """Every anchor, hash and kept word of the shipped articles agrees with the texts."""
    results = evidence.verify(shipped, texts)
    assert len(results) == len(list((Path(__file__).parents[2] / "kb" / "articles").glob("*.trig")))
    for result in results:
        assert result.checked
        assert [f for f in result.findings if f.severity > Severity.INFO] == []


def test_every_shipped_claim_has_evidence_in_its_own_article(shipped: Dataset) -> None:
    """The passage of a claim belongs to the article in which its slug says it was found."""
    for claim in shipped.instances("t:Claim"):
        anchors = shipped.values(claim, "t:evidence")
        assert anchors
        slug = claim.removeprefix(iri("claim:"))
        for anchor in anchors:
            assert isinstance(anchor, ox.NamedNode)
            article = (shipped.value(anchor.value, "oa:hasSource") or "").rpartition("/")[2]
            assert slug.startswith(f"{article}-")


def without(dataset: Dataset, subject: str) -> Dataset:
    """The dataset without what is said of a subject."""
    return Dataset(tuple(q for q in dataset.quads if q.subject != node(subject)), dataset.blocks)


COUNT = ox.Quad(node(f"article:{ARTICLE}"), node("schema:wordCount"), ox.Literal("61", datatype=WHOLE))
BREAKS: dict[str, Callable[[Dataset, str], tuple[Dataset, str]]] = {
    "anchor-bounds": lambda d, t: (
        with_value(d, f"anchor:{ARTICLE}-p6-s1", "t:end", ox.Literal("900", datatype=WHOLE)),
        t,
    ),
    "anchor-changed": lambda d, t: (d, t.replace("could not", "did not")),
    "anchor-exact-words": lambda d, t: (
        with_value(d, f"anchor:{ARTICLE}-p6-s1-cue", "t:exactWords", ox.Literal("asked", language="en")),
        t,
    ),
    "anchor-hash": lambda d, t: (
        with_value(d, f"anchor:{ARTICLE}-p6-s1", "schema:sha256", ox.Literal("0" * 64)),
        t,
    ),
    "anchor-moved": lambda d, t: (d, t.replace("It was a grey", "It was a very grey")),
    "anchor-paragraph": lambda d, t: (
        with_value(d, f"anchor:{ARTICLE}-p6-s1", "t:paragraph", ox.Literal("7", datatype=WHOLE)),
        t,
    ),
    "anchor-section": lambda d, t: (
        with_value(d, f"node:{ARTICLE}-section-6", "t:sectionType", node("section:furniture")),  # type: ignore[arg-type]
        t,
    ),
    "anchor-vanished": lambda d, t: (d, t[: t.index("The fishermen")]),
    "edtf-valid": lambda d, t: (
        with_value(d, f"node:{ARTICLE}-barrels-when", "t:edtf", ox.Literal("March", datatype=node("edtf:EDTF"))),
        t,
    ),
    "sentence-not-accounted-for": lambda d, t: (without(d, f"node:{ARTICLE}-excused-p4-s1"), t),
    "snapshot-hash": lambda d, t: (d, t + "\n"),
    "snapshot-length": lambda d, t: (
        with_value(d, f"snapshot:{ARTICLE}", "t:length", ox.Literal("9", datatype=WHOLE)),
        t,
    ),
    "unused-content": lambda d, t: (without(d, f"node:{ARTICLE}-barrels-12"), t),
    "verbatim-in-passage": lambda d, t: (
        with_value(d, f"node:{ARTICLE}-barrels-40", "t:verbatim", ox.Literal("about 50 barrels", language="en")),
        t,
    ),
    "word-count": lambda d, t: (d.with_quads([COUNT]), t),
}


@pytest.mark.parametrize("rule", evidence.RULES)
def test_every_rule_has_a_case_that_breaks_it(example: Dataset, text: str, rule: str) -> None:
    """One thing wrong in the data, or another text, is found by the rule that is meant for it."""
    assert rule in {found for found, _ in rules(*BREAKS[rule](example, text))}


def test_the_page_on_evidence_names_every_rule() -> None:
    """docs/evidence.md tells of each finding that comparing with the texts can have."""
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", page)) | {
        f"anchor-{fate}" for fate in re.findall(r"\*\*(\w+)\*\*", page)
    }
    assert set(evidence.RULES) | {"reuse-outdated"} <= named
