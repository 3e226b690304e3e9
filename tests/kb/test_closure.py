"""Conclusions, each kept inside the voices that it rests on."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from places import EXAMPLE

from kb import build as builds
from kb import closure
from kb.dataset import Dataset, node, parse
from kb.derive import derive
from kb.errors import SourceError
from kb.model import Source
from kb.namespaces import iri, turtle_prologue

A = "2024-03-05-gazette"
PERSPECTIVE = iri(f"graph:inferred-{A}")


@pytest.fixture(scope="module")
def closed(example: Dataset) -> Dataset:
    return closure.close(example)


def extended(text: str) -> Dataset:
    return derive(parse([*builds.sources(EXAMPLE), Source("more.trig", turtle_prologue() + text, True)]))


def triples(dataset: Dataset, graph: str) -> set[tuple[str, str, str]]:
    return {
        tuple(term.value.rpartition("/")[2].rpartition("#")[2] for term in (q.subject, q.predicate, q.object))
        for q in dataset.graphs.get(graph, ())
    }  # type: ignore[misc]


def test_the_chain_of_a_claim_is_followed_to_its_article(closed: Dataset) -> None:
    """A claim inside a relay is in the article, and both the relaying voice and the outlet relay it."""
    claim = iri(f"claim:{A}-barrels")
    found = {
        q.object.value.rpartition("/")[2]
        for q in closed.default
        if q.subject.value == claim and q.predicate == node("t:relayedBy")
    }
    assert found == {"northport-gazette", "northport-herald"}
    assert closed.value(claim, "t:inArticle") == iri(f"article:{A}")


def test_conclusions_about_chains_stand_in_both_graphs(closed: Dataset) -> None:
    """What follows from the default graph stands in it, and in an inferred graph that tells it was computed."""
    graph = iri("graph:inferred-default")
    assert graph in closed.instances("t:InferredGraph")
    for quad in closed.graphs[graph]:
        assert ox.Quad(quad.subject, quad.predicate, quad.object) in closed.quads


def test_actors_and_wider_types_follow_inside_a_perspective(closed: Dataset) -> None:
    """Whoever takes part in an event has a part in it, and an event of a type is one of the wider type."""
    found = triples(closed, PERSPECTIVE)
    assert ("barrels-eastquay-westquay", "hasActor", "barrels") in found
    assert ("barrels-eastquay-westquay", "eventType", "movement") in found


def test_what_is_only_demanded_or_presumed_concludes_nothing(closed: Dataset) -> None:
    """No conclusion uses a claim that is not realis."""
    used = {str(getattr(term, "value", "")) for term in closed.values(PERSPECTIVE, "prov:wasDerivedFrom")}
    assert used == {iri(f"claim:{A}-barrels")}
    assert not any("director-explanation" in subject for subject, _, _ in triples(closed, PERSPECTIVE))


def test_conclusions_never_enter_the_graph_of_a_claim(example: Dataset, closed: Dataset) -> None:
    """The content of every claim is what was encoded and derived, and nothing more."""
    for claim in example.instances("t:Claim"):
        assert set(closed.graphs[claim]) == set(example.graphs[claim])


def test_no_conclusion_joins_two_articles() -> None:
    """That a lies in b by one article and b in c by another concludes nothing about a and c; by one article it does."""

    def claim(article: str, name: str, inner: str, outer: str) -> str:
        return (
            f"claim:{article}-{name} a t:Claim ; t:holder actor:port ; t:reportedIn article:{article} ;\n"
            "t:mode mode:stated ; t:polarity polarity:positive .\n"
            f"claim:{article}-{name} {{ event:{inner} a sem:Event ; sem:subEventOf event:{outer} . }}\n"
        )

    def article(name: str) -> str:
        return (
            f"article:{name} a schema:NewsArticle ; t:snapshot snapshot:{name} ; schema:publisher actor:port .\n"
            f"perspective:{name} a t:Perspective ; t:selectsArticle article:{name} .\n"
        )

    two = article("one") + article("two") + claim("one", "ab", "a", "b") + claim("two", "bc", "b", "c")
    closed = closure.close(extended(two))
    assert not any(("a", "subEventOf", "c") in triples(closed, graph) for graph in closed.graphs)
    one = article("one") + claim("one", "ab", "a", "b") + claim("one", "bc", "b", "c")
    closed = closure.close(extended(one))
    assert ("a", "subEventOf", "c") in triples(closed, iri("graph:inferred-one"))


def test_a_contradiction_is_an_error() -> None:
    """An entry that is both a place and a person contradicts the vocabulary, and owlrl's word for it is not lost."""
    with pytest.raises(SourceError, match="contradict the vocabulary"):
        closure.close(extended("place:eastquay a foaf:Person ."))


def test_inferred_graphs_name_their_perspective_and_making(closed: Dataset) -> None:
    """An inferred graph says for which perspective and how it was computed."""
    assert closed.value(PERSPECTIVE, "t:underPerspective") == iri(f"perspective:{A}")
    assert "owlrl" in (closed.value(PERSPECTIVE, "dcterms:description") or "")


def test_only_one_module_imports_owlrl() -> None:
    """Reasoning has one door."""
    package = Path(closure.__file__).parent
    assert [p.name for p in sorted(package.rglob("*.py")) if "import owlrl" in p.read_text()] == ["closure.py"]
