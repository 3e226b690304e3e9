"""What of a sentence no claim uses."""

import pytest

from kb import build as builds
from kb.dataset import Dataset, parse
from kb.model import Severity, Source
from kb.namespaces import turtle_prologue
from kb.passages import anchor_block, sentences
from kb.paths import ontology_dir
from kb.sources import read_folder
from kb.unused import unused

BASIS = """
snapshot:2024-03-06-courier a t:TextSnapshot .
claim:2024-03-06-courier-x a t:Claim ; t:evidence anchor:2024-03-06-courier-p1-s1 .
place:eastquay a geo:Feature ; rdfs:label "Eastquay"@en .
place:quay a geo:Feature ; rdfs:label "Quay"@en .
actor:ada-quill a foaf:Person ; rdfs:label "Ada Quill"@en ; skos:altLabel "Quill"@en .
"""


def left(text: str, more: str = "") -> set[str]:
    """The words that are left over in the one encoded sentence of ``text``."""
    (sentence, *_) = sentences(text)
    block = anchor_block("2024-03-06-courier", "p1-s1", text, sentence.start, sentence.end, words=False)
    source = Source("x.trig", turtle_prologue() + BASIS + block + "\n" + more, True)
    dataset = parse([*read_folder(ontology_dir(), "*.ttl"), source])
    anchors = dataset.instances("oa:SpecificResource")
    found = unused(dataset, anchors, text, Severity.WARNING)
    return {text[slice(*map(int, (f.value or "").partition(":")[2].split("–")))] for f in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The crew of 14 left.", {"14"}),
        ("Over 30,000 barrels, 1.5 metres wide, stood there.", {"30,000", "1.5"}),
        ("It took two dozen boats.", {"two", "dozen"}),
        ("They came in March and left on Monday.", {"March", "Monday"}),
        ("They came last week.", {"last week"}),
        ("He was reportedly in the harbour.", {"reportedly"}),
        ("According to somebody it rained.", {"According to"}),
        ("Eastquay lay in the rain, and Ada Quill with it.", {"Eastquay", "Ada Quill"}),
        ("The sea was grey; quays and eastquayers were wet.", set()),
    ],
)
def test_numbers_dates_names_and_cues_are_looked_for(text: str, expected: set[str]) -> None:
    """Each number, date, registered name and cue word that no claim uses is found, whole and once."""
    assert left(text) == expected


def test_sentences_without_a_claim_are_left_to_coverage() -> None:
    """Only encoded sentences are looked at."""
    assert left("It rained. Eastquay had 14 boats in March.") == set()


@pytest.mark.parametrize(
    ("more", "used"),
    [
        ('claim:2024-03-06-courier-x { node:q t:verbatim "14 boats"@en . }', "14"),
        ("claim:2024-03-06-courier-x { node:p t:participant place:eastquay . }", "Eastquay"),
        ("claim:2024-03-06-courier-x { event:e sem:hasPlace place:eastquay . }", "Eastquay"),
        ("claim:2024-03-06-courier-x t:holder actor:ada-quill .", "Quill"),
        (
            'claim:2024-03-06-courier-x t:statementTime node:s . node:s t:verbatim "In March"@en .',
            "March",
        ),
        ('claim:2024-03-06-courier-x t:cue anchor:c . anchor:c t:exactWords "reportedly"@en .', "reportedly"),
    ],
)
def test_what_a_claim_keeps_or_names_is_used(more: str, used: str) -> None:
    """Kept words of numbers, times and cues, and name forms of whoever takes part or speaks, count as used."""
    text = "In March Eastquay reportedly had 14 boats, wrote Quill."
    everything = {"March", "Eastquay", "reportedly", "14", "Quill"}
    assert left(text) == everything
    assert left(text, more) == everything - {used}


def test_annotated_and_excused_words_are_accounted_for() -> None:
    """Loaded wordings, name uses and excuses on their own words leave nothing over."""
    text = "Eastquay is known for two boats."
    words = [("a", "Eastquay"), ("b", "known for"), ("c", "two boats")]
    anchors = [
        anchor_block("2024-03-06-courier", f"p1-s1-{name}", text, text.index(w), text.index(w) + len(w), words=True)
        for name, w in words
    ]
    kinds = [
        "node:a a t:NameUse ; t:evidence anchor:2024-03-06-courier-p1-s1-a .",
        "node:b a t:Excused ; t:evidence anchor:2024-03-06-courier-p1-s1-b ; t:reason excuse:no-attribution .",
        "node:c a oa:Annotation ; oa:hasTarget anchor:2024-03-06-courier-p1-s1-c .",
    ]
    assert left(text, "\n".join(anchors)) == {"Eastquay", "known for", "two"}
    assert left(text, "\n".join([*anchors, *kinds])) == set()


def test_unfinished_articles_are_only_informed(shipped: Dataset, texts: dict[str, str]) -> None:
    """Nothing is left over in the shipped articles."""
    for slug, text in texts.items():
        anchors = [a for a in shipped.instances("oa:SpecificResource") if f"/{slug}-" in a]
        assert [f.message for f in unused(shipped, anchors, text, Severity.INFO)] == []


def test_the_example_leaves_nothing_over(example: Dataset) -> None:
    """The invented story uses all that its sentences tell."""
    from places import EXAMPLE

    from kb.sources import read_snapshots

    (text,) = read_snapshots(EXAMPLE / "sources").values()
    anchors = example.instances("oa:SpecificResource")
    assert [f.message for f in unused(example, anchors, text, Severity.WARNING)] == []
    assert builds.sources(EXAMPLE)
