"""Queries narrowed to a perspective, against the same queries over nothing but its graphs."""

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kb.guard import guard
from kb.namespaces import BASE, iri
from kb.narrowing import narrowed

PROLOGUE = """
PREFIX claim: <https://w3id.org/testimonia/claim/>
PREFIX mode: <https://w3id.org/testimonia/mode/>
PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/>
PREFIX t: <https://w3id.org/testimonia/ontology#>
"""
QUERIES = (
    "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?c ?h { ?c t:holder ?h . GRAPH ?c { ?e a sem:Event } }",
    "SELECT ?c ?h { ?c t:holder ?h } ",
    "SELECT ?c ?e { ?c t:mode mode:stated OPTIONAL { GRAPH ?c { ?e sem:hasPlace ?p } } }",
    "SELECT ?c { ?c a t:Claim MINUS { GRAPH ?c { ?e sem:hasPlace ?p } } }",
    "SELECT ?c { ?c a t:Claim FILTER NOT EXISTS { GRAPH ?c { ?s ?p ?o } } }",
    "SELECT ?a ?b { GRAPH ?g { ?a t:participation ?n } GRAPH ?h { ?a sem:eventType ?b } FILTER(?g != ?h) }",
    "SELECT ?e (COUNT(DISTINCT ?c) AS ?n) { ?c t:holder ?h GRAPH ?c { ?e a ?kind } } GROUP BY ?e HAVING(?n > 1)",
    "SELECT ?c ?n { { SELECT ?c (COUNT(*) AS ?n) { GRAPH ?c { ?s ?p ?o } } GROUP BY ?c } ?c t:holder ?h }",
    "SELECT * { { GRAPH ?g { ?e sem:hasPlace ?x } } UNION { GRAPH ?i { ?e sem:hasActor ?x } } }",
    "SELECT ?x { GRAPH claim:2022-12-13-caliber-two-years { ?x ?p ?o } }",
    "SELECT ?x { GRAPH claim:2022-12-12-newsroom-conduct { ?x ?p ?o } }",
    "SELECT ?g ?a ?b { GRAPH ?g { ?a (t:participation/t:participant)* ?b . ?a a sem:Event } }",
    "SELECT ?g { GRAPH ?g { } }",
    "ASK { GRAPH ?g { ?s sem:hasActor ?o } }",
    "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o . FILTER(isIRI(?o)) } }",
    "CONSTRUCT { ?c t:about ?e } WHERE { ?c a t:Claim . { GRAPH ?c { ?e sem:eventType ?k } } UNION { ?c t:about ?e } }",
    "SELECT ?c ?w { BIND('}' AS ?w) GRAPH ?c { ?e a sem:Event } # } GRAPH {\n }",
    "SELECT ?g ?i { GRAPH ?g { ?e a t:State FILTER EXISTS { ?e sem:hasPlace ?p } } OPTIONAL { ?g t:about ?i } }",
)
VIEWS = ("2022-12-12-newsroom", "explicit-cues", "holders-of-side-armenia", "without-caliber-az")


@pytest.fixture(scope="module")
def merged(shipped_build: Path) -> dict[str, ox.Store]:
    """For each perspective a dataset put together by hand: the default graph, and those graphs that it reaches."""
    store = ox.Store.read_only(str(shipped_build / "store"))
    found = {}
    for view in VIEWS:
        perspective = ox.NamedNode(iri(f"perspective:{view}"))
        reached = {
            quad.subject for quad in store.quads_for_pattern(None, ox.NamedNode(iri("t:underPerspective")), perspective)
        }
        found[view] = ox.Store()
        found[view].extend(q for q in store if isinstance(q.graph_name, ox.DefaultGraph) or q.graph_name in reached)
    return found


def rows(store: ox.Store, text: str) -> object:
    """The answer, in no order."""
    found = store.query(PROLOGUE + text, base_iri=BASE)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    if isinstance(found, ox.QueryTriples):
        return set(found)
    names = [variable.value for variable in found.variables]
    return Counter(tuple(str(row[name]) for name in names) for row in found)


@pytest.mark.parametrize("text", QUERIES)
def test_a_narrowed_query_gives_what_the_graphs_of_the_perspective_give(
    text: str, merged: dict[str, ox.Store], shipped_build: Path
) -> None:
    """Over the whole dataset it answers as the query does over the default graph and the perspective's graphs alone."""
    whole = ox.Store.read_only(str(shipped_build / "store"))
    for view, alone in merged.items():
        said = narrowed(PROLOGUE + text, iri(f"perspective:{view}"))
        assert said is not None
        assert rows(whole, said.removeprefix(PROLOGUE)) == rows(alone, text)


def test_some_of_these_answers_differ_from_those_of_the_whole(merged: dict[str, ox.Store], shipped_build: Path) -> None:
    """A perspective makes a difference, so that the comparison shows something."""
    whole = ox.Store.read_only(str(shipped_build / "store"))
    differing = [text for text in QUERIES if rows(whole, text) != rows(merged["explicit-cues"], text)]
    assert len(differing) > len(QUERIES) / 2


def test_a_graph_inside_another_is_not_narrowed_by_words() -> None:
    """There the default graph is out of reach, and the graphs must be listed."""
    assert narrowed("SELECT * { GRAPH ?g { ?s ?p ?o . GRAPH ?h { ?o ?q ?r } } }", iri("perspective:x")) is None


@pytest.mark.parametrize("select", ["SELECT ?g ?s { ?s ?p ?o }", "SELECT ?g ?s { { SELECT ?g ?s { ?s ?p ?o } } }"])
def test_a_sub_select_inside_a_graph_is_not_narrowed_by_words(select: str) -> None:
    """What is said of the graph outside does not reach into it, and would be joined with the rows of all graphs."""
    assert narrowed(f"SELECT * {{ GRAPH ?g {{ {{ {select} }} }} }}", iri("perspective:x")) is None
    assert narrowed(f"SELECT * {{ GRAPH <x:g> {{ ?a ?b ?c {{ {select} }} }} }}", iri("perspective:x")) is None


def test_a_query_at_the_limit_is_not_narrowed_by_words() -> None:
    """What would become too large keeps its text, and the graphs are listed."""
    text = "SELECT * { GRAPH ?g { " + "?a ?b ?c . " * 80 + "} }"
    assert guard(text).form == "SELECT"
    assert narrowed(text, iri("perspective:x")) is None


def test_a_query_without_graphs_stays_as_it_is() -> None:
    """Nothing is added where no graph is asked for."""
    text = "SELECT ?s { ?s ?p ?o }"
    assert narrowed(text, iri("perspective:x")) == text
