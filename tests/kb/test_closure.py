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
PERSPECTIVE = iri(f"perspective:{A}")
BARRELS = iri(f"graph:inferred-{A}-barrels")


@pytest.fixture(scope="module")
def closed(example: Dataset) -> Dataset:
    return closure.close(example)


def extended(text: str) -> Dataset:
    return derive(parse([*builds.sources(EXAMPLE), Source("more.trig", turtle_prologue() + text, True)]))


def claim(name: str, *, inner: str, outer: str, article: str = "one", mode: str = "stated") -> str:
    """A claim that one event is part of another."""
    return (
        f"claim:{article}-{name} a t:Claim ; t:holder actor:port ; t:reportedIn article:{article} ;\n"
        f"t:mode mode:{mode} ; t:polarity polarity:positive .\n"
        f"claim:{article}-{name} {{ event:{inner} a sem:Event ; sem:subEventOf event:{outer} . }}\n"
    )


def article(name: str) -> str:
    """An article and the perspective of all that it tells."""
    return (
        f"article:{name} a schema:NewsArticle ; t:snapshot snapshot:{name} ; schema:publisher actor:port .\n"
        f"perspective:{name} a t:Perspective ; t:selectsArticle article:{name} .\n"
    )


def under(dataset: Dataset, perspective: str) -> set[str]:
    """The inferred graphs that a perspective reaches."""
    graphs = set(dataset.instances("t:InferredGraph"))
    return graphs.intersection(dataset.subjects("t:underPerspective", iri(f"perspective:{perspective}")))


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


def test_actors_and_wider_types_follow_from_one_claim(closed: Dataset) -> None:
    """Whoever takes part in an event has a part in it, and an event of a type is one of the wider type."""
    found = triples(closed, BARRELS)
    assert ("barrels-eastquay-westquay", "hasActor", "barrels") in found
    assert ("barrels-eastquay-westquay", "eventType", "movement") in found
    assert closed.texts(BARRELS, "prov:wasDerivedFrom") == (iri(f"claim:{A}-barrels"),)


def test_what_is_only_demanded_or_presumed_concludes_nothing(closed: Dataset) -> None:
    """No conclusion uses a claim that is not realis."""
    graphs = under(closed, A)
    used = {claim for graph in graphs for claim in closed.texts(graph, "prov:wasDerivedFrom")}
    assert used == {iri(f"claim:{A}-barrels")}
    assert not any("director-explanation" in subject for graph in graphs for subject, _, _ in triples(closed, graph))


def test_conclusions_never_enter_the_graph_of_a_claim(example: Dataset, closed: Dataset) -> None:
    """The content of every claim is what was encoded and derived, and nothing more."""
    for claim in example.instances("t:Claim"):
        assert set(closed.graphs[claim]) == set(example.graphs[claim])


def test_no_conclusion_joins_two_articles() -> None:
    """That a lies in b by one article and b in c by another concludes nothing about a and c; by one article it does."""
    two = article("one") + article("two") + claim("ab", inner="a", outer="b")
    closed = closure.close(extended(two + claim("bc", inner="b", outer="c", article="two")))
    assert not any(("a", "subEventOf", "c") in triples(closed, graph) for graph in closed.graphs)
    one = article("one") + claim("ab", inner="a", outer="b") + claim("bc", inner="b", outer="c")
    closed = closure.close(extended(one))
    (graph,) = under(closed, "one")
    assert triples(closed, graph) == {("a", "subEventOf", "c")}
    assert set(closed.texts(graph, "prov:wasDerivedFrom")) == {iri("claim:one-ab"), iri("claim:one-bc")}


def test_a_conclusion_stands_under_every_perspective_that_has_its_claims() -> None:
    """What follows from claims of both articles stands where both are selected, and nowhere else."""
    text = article("one") + article("two") + claim("ab", inner="a", outer="b")
    text += claim("bc", inner="b", outer="c", article="two")
    text += "perspective:both a t:Perspective ; t:selectsArticle article:one , article:two .\n"
    closed = closure.close(extended(text))
    (graph,) = under(closed, "both")
    assert triples(closed, graph) == {("a", "subEventOf", "c")}
    assert not under(closed, "one") and not under(closed, "two")


def test_the_default_graph_contradicting_the_vocabulary_is_an_error() -> None:
    """An entry that is both a place and a person stops a build: that is our own mistake, and it is told where."""
    with pytest.raises(SourceError, match=r"place:eastquay contradicts the vocabulary.*exclude each other") as caught:
        closure.close(extended("place:eastquay a foaf:Person ."))
    assert caught.value.file is not None


def test_an_axiom_of_another_kind_is_an_error() -> None:
    """An ontology that asks for rules which are not known builds nothing."""
    with pytest.raises(SourceError, match="owl:FunctionalProperty"):
        closure.close(extended("t:participant a owl:FunctionalProperty ."))


def test_claims_that_contradict_each_other_are_told_and_explained() -> None:
    """By one claim a is part of b, by another b of a: both are named with the axiom, and the rest is concluded."""
    text = article("one") + claim("ab", inner="a", outer="b") + claim("ba", inner="b", outer="a")
    text += claim("cd", inner="c", outer="d") + claim("de", inner="d", outer="e")
    closed = closure.close(extended(text))
    found = closed.instances("t:Contradiction")
    assert {closed.value(one, "t:contradictoryThing") for one in found} == {iri("event:a"), iri("event:b")}
    for one in found:
        assert set(closed.texts(one, "prov:wasDerivedFrom")) == {iri("claim:one-ab"), iri("claim:one-ba")}
        assert closed.texts(one, "t:axiomOn") == (iri("sem:subEventOf"),)
        assert closed.texts(one, "t:underPerspective") == (iri("perspective:one"),)
        assert "nothing is sem:subEventOf itself" in (closed.value(one, "dcterms:description") or "")
    (graph,) = under(closed, "one")
    assert triples(closed, graph) == {("c", "subEventOf", "e")}


def test_claims_of_two_perspectives_do_not_contradict_each_other() -> None:
    """What two articles say against each other is no contradiction inside either."""
    text = article("one") + article("two") + claim("ab", inner="a", outer="b")
    text += claim("ba", inner="b", outer="a", article="two")
    assert closure.close(extended(text)).instances("t:Contradiction") == ()


def test_a_claim_that_contradicts_the_registry_concludes_nothing() -> None:
    """A place told of as an event is a contradiction of that one claim, which then concludes nothing by itself."""
    text = article("one") + claim("ab", inner="a", outer="b") + claim("bc", inner="b", outer="c")
    text += "claim:one-ab { place:eastquay a sem:Event . }\n"
    closed = closure.close(extended(text))
    (found,) = closed.instances("t:Contradiction")
    assert closed.texts(found, "prov:wasDerivedFrom") == (iri("claim:one-ab"),)
    assert closed.value(found, "t:contradictoryThing") == iri("place:eastquay")
    assert under(closed, "one") == set()


def test_no_conclusion_uses_a_claim_outside_its_perspective_or_an_irrealis_one(shipped: Dataset) -> None:
    """Whatever stands under a perspective that ships rests on its claims, and on none that is not realis."""
    closed = closure.close(shipped)
    claims = set(closed.instances("t:Claim"))
    for perspective in closed.instances("t:Perspective"):
        reached = set(closed.subjects("t:underPerspective", perspective))
        for graph in reached - claims:
            used = set(closed.texts(graph, "prov:wasDerivedFrom"))
            assert used and used <= reached
            assert all(closed.value(claim, "t:realis") == "true" for claim in used)


def test_inferred_graphs_name_their_perspective_and_making(closed: Dataset) -> None:
    """An inferred graph says for which perspectives and how it was computed."""
    assert PERSPECTIVE in closed.texts(BARRELS, "t:underPerspective")
    assert "OWL 2 RL" in (closed.value(BARRELS, "dcterms:description") or "")


def test_closing_is_the_same_every_time(example: Dataset) -> None:
    """The conclusions come in the same order from run to run."""
    assert closure.close(example).quads == closure.close(example).quads


def test_only_one_module_imports_owlrl() -> None:
    """Reasoning by owlrl has one door, and builds do not go through it."""
    package = Path(closure.__file__).parent
    assert [p.name for p in sorted(package.rglob("*.py")) if "import owlrl" in p.read_text()] == ["reference.py"]
