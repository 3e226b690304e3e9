"""Which claims perspectives select."""

import pytest
from places import EXAMPLE

from kb import build as builds
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.model import Source
from kb.namespaces import iri, turtle_prologue
from kb.perspectives import CONDITIONS, members, quads

STORY = """
actor:gazette a org:Organization .
actor:herald a org:Organization .
actor:office a org:Organization ; t:side side:east .
actor:union a org:Organization ; t:side side:west .
article:g a schema:NewsArticle ; schema:publisher actor:gazette .
article:h a schema:NewsArticle ; schema:publisher actor:herald .
claim:g-own a t:Claim ; t:holder actor:gazette ; t:reportedIn article:g ; t:mode mode:stated ;
    t:polarity polarity:positive ; t:attributionBasis basis:author-voice ; t:sourceNaming naming:none .
claim:g-relay a t:Claim ; t:holder actor:herald ; t:reportedIn article:g ; t:mode mode:reported ;
    t:polarity polarity:positive ; t:attributionBasis basis:scope-carried-over ; t:sourceNaming naming:medium .
claim:g-inner a t:Claim ; t:holder actor:office ; t:reportedIn claim:g-relay ; t:mode mode:denied ;
    t:polarity polarity:negative ; t:attributionBasis basis:explicit-cue ; t:sourceNaming naming:institution .
claim:g-union a t:Claim ; t:holder actor:union ; t:reportedIn article:g ; t:mode mode:stated ;
    t:polarity polarity:positive ; t:attributionBasis basis:explicit-cue ; t:sourceNaming naming:institution .
claim:h-office a t:Claim ; t:holder actor:office ; t:reportedIn article:h ; t:mode mode:stated ;
    t:polarity polarity:positive ; t:attributionBasis basis:explicit-cue ; t:sourceNaming naming:institution .
"""


def selected(rule: str, story: str = STORY) -> set[str]:
    """The claims of the story that a rule selects."""
    text = turtle_prologue() + story + f"perspective:p a t:Perspective {rule} ."
    files = [file for file in builds.sources(EXAMPLE) if "ontology" in file.name]
    found = members(derive(parse([*files, Source("story.ttl", text, False)])))
    return {claim.rpartition("/")[2] for claim in found[iri("perspective:p")]}


ALL = {"g-own", "g-relay", "g-inner", "g-union", "h-office"}


@pytest.mark.parametrize(
    ("rule", "claims"),
    [
        ("", set()),
        ("; t:selectsArticle article:g", {"g-own", "g-relay", "g-inner", "g-union"}),
        ("; t:selectsArticle article:g , article:h", ALL),
        ("; t:selectsOutlet actor:herald", {"h-office"}),
        ("; t:selectsHolder actor:office", {"g-inner", "h-office"}),
        ("; t:selectsHolder actor:office , actor:union", {"g-inner", "h-office", "g-union"}),
        ("; t:selectsSide side:west", {"g-union"}),
        ("; t:selectsBasis basis:explicit-cue", {"g-inner", "g-union", "h-office"}),
        ("; t:selectsBasisThroughout basis:explicit-cue", {"g-union", "h-office"}),
        (
            "; t:selectsBasisThroughout basis:explicit-cue , basis:scope-carried-over",
            {"g-relay", "g-inner", "g-union", "h-office"},
        ),
        ("; t:selectsNaming naming:medium", {"g-relay"}),
        ("; t:selectsMode mode:denied", {"g-inner"}),
        ("; t:selectsRealis true", {"g-own", "g-relay", "g-union", "h-office"}),
        ("; t:selectsRealis false", {"g-inner"}),
        ("; t:withoutVoice actor:herald", {"g-own", "g-union"}),
        ("; t:withoutVoice actor:gazette", {"h-office"}),
        ("; t:withoutVoice actor:gazette , actor:herald", set()),
        ("; t:withoutVoice actor:office", {"g-own", "g-relay", "g-union"}),
        ("; t:selectsHolder actor:office ; t:withoutVoice actor:herald", set()),
        ("; t:selectsHolder actor:office ; t:selectsArticle article:g", {"g-inner"}),
        ("; t:selectsArticle article:g ; t:selectsRealis true ; t:withoutVoice actor:union", {"g-own", "g-relay"}),
        ("; t:selectsHolder actor:nobody", set()),
    ],
)
def test_a_rule_selects(rule: str, claims: set[str]) -> None:
    """Values of one property mean any of them, different ones all; a voice takes what it relays along."""
    assert selected(rule) == claims


def test_a_chain_that_runs_in_a_circle_reaches_no_article() -> None:
    """Two claims that relay each other are in no article, and ending to look for one is certain."""
    story = (
        "claim:a a t:Claim ; t:holder actor:x ; t:reportedIn claim:b .\n"
        "claim:b a t:Claim ; t:holder actor:y ; t:reportedIn claim:a .\n"
    )
    assert selected("; t:selectsArticle article:g", story) == set()
    assert selected("; t:selectsHolder actor:x", story) == {"a"}


def test_every_condition_is_defined_in_the_ontology(example: Dataset) -> None:
    """What a perspective can ask is what the ontology lists for perspectives."""
    listed = set(example.subjects("schema:domainIncludes", iri("t:Perspective")))
    assert {iri(name) for name in CONDITIONS} == listed - {iri("t:note")}


def test_what_is_selected_stands_in_the_default_graph(example: Dataset) -> None:
    """Each claim says under which perspectives it stands."""
    found = members(example)
    written = {(quad.subject.value, quad.object.value) for quad in quads(found)}  # type: ignore[union-attr]
    assert written == {(claim, perspective) for perspective, claims in found.items() for claim in claims}
    assert written


def test_without_one_outlet_exactly_the_rest_of_the_other_remains(shipped: Dataset) -> None:
    """Without the voice of Caliber.Az the other article remains, less the four claims that it has from there."""
    found = members(shipped)
    voice, article = iri("actor:caliber-az"), iri("article:2022-12-12-newsroom")
    by_itself = []
    for claim in found[iri("perspective:2022-12-12-newsroom")]:
        chain = [claim]
        while chain[-1] != article:
            chain.append(shipped.value(chain[-1], "t:reportedIn") or "")
        if voice not in {shipped.value(one, "t:holder") for one in chain[:-1]}:
            by_itself.append(claim)
    assert found[iri("perspective:without-caliber-az")] == tuple(by_itself)
    assert len(found[iri("perspective:2022-12-12-newsroom")]) - len(by_itself) == 4


def test_both_outlets_in_their_own_voice_are_less_than_their_articles(shipped: Dataset) -> None:
    """What an outlet says in its own voice is part of what its article tells, and all in that voice."""
    found = {name.rpartition("/")[2]: set(claims) for name, claims in members(shipped).items()}
    for outlet, article in (("caliber-az", "2022-12-13-caliber"), ("newsroom", "2022-12-12-newsroom")):
        own = found[f"voice-of-{outlet}"]
        assert own < found[article]
        assert {shipped.value(claim, "t:holder") for claim in own} == {iri(f"actor:{outlet}")}
