"""What is computed from each entry by itself."""

import pytest
from places import EXAMPLE

from kb import build as builds
from kb.dataset import Dataset, parse
from kb.derive import derive, handwritten, is_realis
from kb.model import Source
from kb.namespaces import iri, turtle_prologue
from kb.paths import ontology_dir
from kb.sources import read_folder


def chain(*claims: tuple[str, str]) -> Dataset:
    """A chain of claims from the article inwards, each given by mode and polarity."""
    lines, outer = ["article:a a schema:NewsArticle ."], "article:a"
    for number, (mode, polarity) in enumerate(claims):
        lines.append(
            f"claim:{number} a t:Claim ; t:mode mode:{mode} ; t:polarity polarity:{polarity} ; t:reportedIn {outer} ."
        )
        outer = f"claim:{number}"
    text = turtle_prologue() + "\n".join(lines)
    return parse([*read_folder(ontology_dir(), "*.ttl"), Source("x.ttl", text, False)])


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([("stated", "positive")], True),
        ([("stated", "negative")], False),
        ([("demanded", "positive")], False),
        ([("reported", "positive"), ("stated", "positive")], True),
        ([("denied", "negative"), ("stated", "positive")], False),
        ([("stated", "positive"), ("presumed", "positive")], False),
        ([("predicted", "positive"), ("stated", "positive")], False),
        ([("alleged", "positive"), ("accused", "positive"), ("opined", "positive")], True),
    ],
)
def test_realis_needs_every_claim_above(claims: list[tuple[str, str]], expected: bool) -> None:
    """A claim speaks of something as having happened only if it does so itself and so does everything above it."""
    assert is_realis(chain(*claims), iri(f"claim:{len(claims) - 1}")) is expected


def test_a_circle_of_relays_is_never_realis() -> None:
    """A chain that ends at no article is not realis, and ends the computation."""
    text = "".join(
        f"claim:{a} a t:Claim ; t:mode mode:stated ; t:polarity polarity:positive ; t:reportedIn claim:{b} .\n"
        for a, b in (("a", "b"), ("b", "a"))
    )
    looped = parse([*read_folder(ontology_dir(), "*.ttl"), Source("x.ttl", turtle_prologue() + text, False)])
    assert is_realis(looped, iri("claim:a")) is False


def test_selectors_repeat_the_offsets_of_anchors(example: Dataset) -> None:
    """Each anchor has one Web Annotation selector with its own start and end."""
    for anchor in example.instances("oa:SpecificResource"):
        selector = example.value(anchor, "oa:hasSelector")
        assert selector is not None
        assert example.value(selector, "oa:start") == example.value(anchor, "t:start")
        assert example.value(selector, "oa:end") == example.value(anchor, "t:end")


def test_time_bounds_stand_in_the_graph_of_their_claim(example: Dataset) -> None:
    """The bounds of a time that a claim tells of are told by the same claim, as xsd:date."""
    graph = example.graphs[iri("claim:2024-03-05-gazette-barrels")]
    found = {q.predicate.value.rpartition("/")[2]: q.object for q in graph if "TimeStamp" in q.predicate.value}
    assert {name: str(value) for name, value in found.items()} == {
        "hasEarliestBeginTimeStamp": '"2024-03-01"^^<http://www.w3.org/2001/XMLSchema#date>',
        "hasLatestBeginTimeStamp": '"2024-03-03"^^<http://www.w3.org/2001/XMLSchema#date>',
        "hasEarliestEndTimeStamp": '"2024-03-01"^^<http://www.w3.org/2001/XMLSchema#date>',
        "hasLatestEndTimeStamp": '"2024-03-03"^^<http://www.w3.org/2001/XMLSchema#date>',
    }


def test_computed_terms_written_by_hand_are_found_at_their_line() -> None:
    """Whoever types a computed term is told the line."""
    files = builds.sources(EXAMPLE)
    assert handwritten(parse(files)) == []
    text = turtle_prologue() + "claim:x\n    a t:Claim ;\n    t:realis true ;\n    .\n"
    (finding,) = handwritten(parse([*files, Source("typed.ttl", text, False)]))
    assert finding.rule == "hand-written-computed-term"
    assert finding.focus == iri("claim:x")
    assert str(finding.place) == f"typed.ttl:{turtle_prologue().count(chr(10)) + 3}"


def test_conclusions_written_by_hand_are_found() -> None:
    """Nobody may type a graph of conclusions, which may say what else only claims may."""
    text = turtle_prologue() + "graph:free\n    a t:InferredGraph ;\n    .\n"
    (finding,) = handwritten(parse([*builds.sources(EXAMPLE), Source("typed.ttl", text, False)]))
    assert (finding.rule, finding.focus) == ("hand-written-computed-term", iri("graph:free"))
    assert finding.place is not None and finding.place.file == "typed.ttl"


def test_derivation_is_repeatable(example: Dataset) -> None:
    """Deriving twice adds nothing."""
    assert derive(example).quads == example.quads
