"""Saved questions about who says what of whom, and who answers, over the invented story with more said in it."""

import pytest
from asking import answers_over
from places import EXAMPLE

from kb import build as builds
from kb import closure
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.model import Source
from kb.namespaces import turtle_prologue

CLAIM = """
claim:{name} a t:Claim ; t:about event:spill ; t:attributionBasis basis:explicit-cue ; t:certainty certainty:certain ;
  t:evidence anchor:{name} ; t:holder actor:{holder} ; t:mode mode:{mode} ; t:paraphrase "{holder} on the spill."@en ;
  t:polarity polarity:{polarity} ; t:reportedIn article:2024-03-05-gazette ; t:sourceNaming naming:institution ;
  {more} .
claim:{name} {{ event:spill a sem:Event ; sem:eventType type:environmental-harm ; t:participation node:{name} .
  node:{name} a t:Participation ; sem:roleType role:agent ; t:participant actor:works . }}
"""
ORGANISATIONS = """
event:spill a t:EventFrame ; rdfs:label "Spill"@en .
actor:works a org:Organization ; rdfs:label "Works"@en ; t:side side:russia .
actor:owners a org:Organization ; rdfs:label "Owners"@en ; t:side side:russia .
actor:divers a org:Organization ; rdfs:label "Divers"@en ; t:side side:none .
actor:tugs a org:Organization ; rdfs:label "Tugs"@en ; t:side side:none .
"""


def said(name: str, holder: str, mode: str = "stated", polarity: str = "positive", more: str = "") -> str:
    return CLAIM.format(name=name, holder=holder, mode=mode, polarity=polarity, more=more)


def story(*claims: str) -> Dataset:
    """The invented story, with a spill of which the works are said to be the cause, and more."""
    text = turtle_prologue() + ORGANISATIONS + "".join(claims)
    return closure.close(derive(parse([*builds.sources(EXAMPLE), Source("more.trig", text, True)])))


def replies(dataset: Dataset) -> tuple[str, set[str]]:
    """Whether the works are told to have answered, and the claims that are told as replies."""
    rows = [row for row in answers_over(dataset, "do-the-accused-answer") if row["accused"] == "actor/works"]
    (answered,) = {row["answered"] for row in rows}
    assert {row["accusers"] for row in rows} == {"Divers"}
    return answered, {row["reply"] for row in rows if "reply" in row}


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (said("reply", "works", "denied", "negative"), {"claim/reply"}),
        (said("reply", "owners", "denied", "negative"), {"claim/reply"}),
        (said("reply", "tugs", "denied", "negative"), set()),
        (
            said("reply", "works", "opined", more="t:repliesTo claim:first").replace("event:spill", "event:x"),
            {"claim/reply"},
        ),
        ("", set()),
    ],
    ids=["by themselves", "by their side", "by somebody else", "to the claim", "none"],
)
def test_a_reply_is_a_claim_of_the_accused_or_their_side(claim: str, found: set[str]) -> None:
    """Those who are accused answer where they, or an organisation of their side, speak of the event or to the claim."""
    registered = 'event:x a t:EventFrame ; rdfs:label "Something"@en .\n'
    assert replies(story(said("first", "divers"), registered, claim)) == (str(bool(found)).lower(), found)


def test_an_allegation_tells_who_makes_it_and_how() -> None:
    """What others say that somebody did is an allegation; what clears them, and what they say themselves, is none."""
    dataset = story(
        said("first", "divers", "accused"),
        said("second", "tugs", "denied", "negative"),
        said("third", "works"),
    )
    (row,) = answers_over(dataset, "what-is-alleged-of-somebody", who="works")
    assert (row["claim"], row["holder"], row["mode"], row["harmful"]) == ("claim/first", "Divers", "Accused", "true")
    assert row["relayedBy"]


def test_the_depth_of_a_claim_counts_its_voices() -> None:
    """What a gazette has from a herald that has it from an office comes through three voices, over one claim."""
    rows = answers_over(story(), "which-claims-come-through-several-voices")
    (barrels,) = (row for row in rows if row["claim"] == "claim/2024-03-05-gazette-barrels")
    assert (barrels["depth"], barrels["claimsBetween"]) == ("3", "1")
    assert barrels["relayedBy"].split("; ") == sorted(barrels["relayedBy"].split("; "))
    assert len(barrels["relayedBy"].split("; ")) == 2
