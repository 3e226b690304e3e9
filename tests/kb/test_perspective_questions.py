"""Saved questions about perspectives, contradictions and conclusions, each with its expected answer."""

import pyoxigraph as ox
import pytest
from places import EXAMPLE

from kb import build as builds
from kb import closure, perspectives, reference
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.engine import select_in
from kb.model import Source
from kb.namespaces import BASE, iri, turtle_prologue
from kb.paths import queries_dir
from kb.questions import bound, load

NEWSROOM, CALIBER = "2022-12-12-newsroom", "2022-12-13-caliber"


def answers(dataset: Dataset, name: str, **given: str) -> list[dict[str, str]]:
    """The rows of a saved question over a closed dataset; IRIs without what all begin with."""
    store = ox.Store()
    store.extend(dataset.quads)
    values = {key: [ox.NamedNode(iri(value))] for key, value in given.items()}
    rows = select_in(store, bound(load(queries_dir())[name], values), None)
    return [{key: term.value.rpartition("testimonia/")[2] for key, term in row.items()} for row in rows]  # type: ignore[union-attr]


def told(*claims: tuple[str, str, str, str], more: str = "") -> Dataset:
    """Two articles, each with its perspective, and claims by article and name that one event is part of another."""
    lines = [
        f"article:{name} a schema:NewsArticle ; t:snapshot snapshot:{name} ; schema:publisher actor:port .\n"
        f"perspective:{name} a t:Perspective ; t:selectsArticle article:{name} .\n"
        for name in ("one", "two")
    ]
    lines += [
        f"claim:{article}-{name} a t:Claim ; t:holder actor:port ; t:reportedIn article:{article} ;\n"
        f"t:about event:{inner} ; t:certainty certainty:certain ; t:evidence anchor:{article} ;\n"
        f"t:mode mode:stated ; t:polarity polarity:positive . event:{inner} rdfs:label 'an event'@en .\n"
        f"claim:{article}-{name} {{ event:{inner} a sem:Event ; sem:subEventOf event:{outer} . }}\n"
        for article, name, inner, outer in claims
    ]
    text = turtle_prologue() + "".join(lines) + more
    return closure.close(derive(parse([*builds.sources(EXAMPLE), Source("more.trig", text, True)])))


@pytest.fixture(scope="module")
def closed(shipped: Dataset) -> Dataset:
    return closure.close(shipped)


def test_without_an_outlet_the_other_article_by_itself_remains(closed: Dataset, shipped: Dataset) -> None:
    """Without Caliber.Az 128 claims of the other article remain, without Newsroom all 218 of Caliber.Az's."""
    for voice, count, article in (("caliber-az", 128, NEWSROOM), ("newsroom", 218, CALIBER)):
        rows = answers(closed, "what-remains-without-a-voice", voice=f"actor:{voice}")
        left = {f"{BASE}{row['claim']}" for row in rows}
        assert len(left) == count
        assert left == set(perspectives.members(shipped)[iri(f"perspective:without-{voice}")])
        assert {row["article"] for row in rows} == {f"article/{article}"}
    withdrawn = answers(closed, "what-remains-without-a-voice", voice="actor:iran", withdrawn=f"article:{CALIBER}")
    assert {f"{BASE}{row['claim']}" for row in withdrawn} == set(
        perspectives.members(shipped)[iri(f"perspective:{NEWSROOM}")]
    )


def test_explicit_cues_leave_one_claim_in_nine(closed: Dataset, shipped: Dataset) -> None:
    """Of 350 claims 38 are bound to their holder by words all the way, and those words are told."""
    rows = answers(closed, "what-remains-of-explicit-cues")
    assert len({row["claim"] for row in rows}) == 38
    assert {f"https://w3id.org/testimonia/{row['claim']}" for row in rows} == set(
        perspectives.members(shipped)[iri("perspective:explicit-cues")]
    )
    assert all(row.get("cue") for row in rows)


def test_what_contradicts_itself_is_told_with_its_reason() -> None:
    """Two claims of one article by which each event is part of the other are found, those of two articles are not."""
    inside = told(("one", "ab", "a", "b"), ("one", "ba", "b", "a"), ("two", "cd", "c", "d"))
    rows = answers(inside, "what-contradicts-itself-in-a-perspective")
    assert {(row["perspective"], row["claim"]) for row in rows} == {
        ("perspective/one", "claim/one-ab"),
        ("perspective/one", "claim/one-ba"),
    }
    assert all("nothing is sem:subEventOf itself" in row["why"] for row in rows)
    apart = told(("one", "ab", "a", "b"), ("two", "ba", "b", "a"))
    assert answers(apart, "what-contradicts-itself-in-a-perspective") == []


COMPARED = """
comparison:x a t:Comparison ; t:left claim:one-ab ; t:right claim:{} ; t:relation relation:contradicts .
"""


def test_compared_claims_contradict_inside_or_across_perspectives() -> None:
    """A comparison inside one article is a contradiction in its perspective; between two articles, one across them."""
    claims = (("one", "ab", "a", "b"), ("one", "ac", "a", "c"), ("two", "ad", "a", "d"))
    inside = told(*claims, more=COMPARED.format("one-ac"))
    found = answers(inside, "what-contradicts-itself-in-a-perspective")
    assert {row["claim"] for row in found} == {"claim/one-ab", "claim/one-ac"}
    assert answers(inside, "what-contradicts-across-perspectives") == []
    across = told(*claims, more=COMPARED.format("two-ad"))
    assert answers(across, "what-contradicts-itself-in-a-perspective") == []
    (row,) = answers(across, "what-contradicts-across-perspectives")
    assert (row["left"], row["right"]) == ("claim/one-ab", "claim/two-ad")
    assert (row["leftArticle"], row["rightArticle"]) == ("article/one", "article/two")


def test_the_vocabulary_excludes_nothing_that_the_encoded_articles_say(closed: Dataset) -> None:
    """In the data that ships no claims of one perspective are excluded together by the vocabulary."""
    assert closed.instances("t:Contradiction") == ()


def test_conclusions_are_told_with_the_claims_that_they_rest_on(closed: Dataset, shipped: Dataset) -> None:
    """Each conclusion that no claim states follows, by owlrl, from the claims beside it alone."""
    rows = answers(closed, "what-is-only-concluded")
    assert rows
    rules, axioms = closure.rules_of(shipped), closure.axioms_of(shipped)
    wider = [triple for triple in closure.asserted(shipped, rules) if triple[1] == iri("skos:broader")]
    said = closure.said(shipped, rules, perspectives.members(shipped))
    graph = rows[0]["conclusions"]
    first = [row for row in rows if row["conclusions"] == graph]
    claims = {f"https://w3id.org/testimonia/{row['claim']}" for row in first}
    expected, _ = reference.conclusions([*wider, *(triple for claim in claims for triple in said[claim])], axioms)
    for row in first:
        assert any(s.endswith(row["subject"]) and o.endswith(row["object"]) for s, _, o in expected)
    both = told(("one", "ab", "a", "b"), ("one", "bc", "b", "c"))
    found = [row for row in answers(both, "what-is-only-concluded") if row["property"].endswith("subEventOf")]
    assert {(row["subject"], row["object"], row["claim"]) for row in found} == {
        ("event/a", "event/c", "claim/one-ab"),
        ("event/a", "event/c", "claim/one-bc"),
    }
