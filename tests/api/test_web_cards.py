"""What cards say: speakers, chains, content in plain sentences, and what is our own voice."""

from typing import Any

import pyoxigraph as ox
import pytest
from fake_engine import EXAMPLE, FakeEngine, example

from kb import cards
from kb.dataset import Dataset
from kb.derive import derive
from kb.errors import QueryError
from kb.model import Source
from kb.namespaces import PREFIXES, iri, turtle_prologue
from kb.paths import queries_dir
from kb.sources import read_snapshots

GAZETTE = "2024-03-05-gazette"


def card(engine: FakeEngine, kind: str, slug: str) -> Any:
    return cards.card(engine, iri(f"{kind}:{slug}"), snapshots=read_snapshots(EXAMPLE / "sources"))


def test_the_chain_begins_with_the_article_and_ends_with_the_holder(engine: FakeEngine) -> None:
    """A claim relayed twice has three links, outermost first, each with the voice that speaks there."""
    chain = card(engine, "claim", f"{GAZETTE}-barrels")["chain"]
    assert [link["kind"] for link in chain] == ["article", "claim", "claim"]
    assert [link["voice"]["label"] for link in chain] == ["Northport Gazette", "Northport Herald", "Harbour office"]


def test_a_holder_is_shown_with_who_says_so(engine: FakeEngine) -> None:
    """A holder carries the next link of the chain, and that the next, up to the outlet."""
    holder = card(engine, "claim", f"{GAZETTE}-barrels")["holder"]
    assert holder["iri"] == iri("actor:harbour-office")
    assert holder["ascribed_by"]["iri"] == iri("actor:northport-herald")
    assert holder["ascribed_by"]["ascribed_by"]["iri"] == iri("actor:northport-gazette")
    assert holder["ascribed_by"]["ascribed_by"]["ascribed_by"] is None


def test_an_outlet_and_its_own_claim_are_one_voice() -> None:
    """A claim in the author's voice is not said to be relayed by the outlet that holds it."""
    engine = FakeEngine(example(Source("own.trig", OWN_VOICE, True)).quads)
    found = card(engine, "claim", f"{GAZETTE}-own")
    assert found["speaker"] == "Northport Gazette"
    assert found["holder"]["ascribed_by"] is None
    assert found["content"]["lead"] == "According to Northport Gazette, as likely only, as a prediction:"


def test_every_statement_names_its_speaker(engine: FakeEngine) -> None:
    """Each sentence about the content begins with the speaker and the manner."""
    demand = card(engine, "claim", f"{GAZETTE}-demand")["content"]["statements"]
    assert demand[-1] == (
        "According to fishermen (Gazette, 5 March 2024), as relayed by Northport Gazette, as a demand: "
        "the speaker is Director of the port."
    )
    denied = card(engine, "claim", f"{GAZETTE}-not-prevented")["content"]["statements"]
    assert all("taken for granted, of something said not to be so:" in line for line in denied)
    assert any("it concerns Putting down of barrels" in line for line in denied)


def test_quantities_and_times_are_told_in_the_words_of_the_text(engine: FakeEngine) -> None:
    """A number is quoted with what it is counted out of, and a time with the days that its reading allows."""
    content = card(engine, "claim", f"{GAZETTE}-barrels")["content"]
    lines = " ".join(content["statements"])
    assert "the cargo is leaking barrels, “12 of them” (out of “about 40 barrels”)." in lines
    assert "“between 1 and 3 March”, read as some time from 2024-03-01 to 2024-03-03." in lines
    parts = {part["iri"]: part for part in content["participations"]}
    whole = parts[iri(f"node:{GAZETTE}-barrels-cargo")]["quantity"]
    assert (whole["value"], whole["approximation"], whole["minimum"]) == (40, "about", None)
    assert content["time"][0]["bounds"]["latest_end"] == "2024-03-03"


@pytest.mark.parametrize(
    ("edtf", "told"),
    [
        ("2024-03-01", "2024-03-01"),
        ("2024-03-01~", "about 2024-03-01"),
        ("2024-02", "some time from 2024-02-01 to 2024-02-29"),
        ("[..2024-03-05]", "some time up to 2024-03-05"),
        ("2024-03-01/2024-03-03", "from 2024-03-01 to 2024-03-03"),
        ("2024-03-01/..", "from 2024-03-01 on"),
        ("../2024-03-03", "up to 2024-03-03"),
        ("2024-02/..", "from some day between 2024-02-01 and 2024-02-29 on"),
        ("2024-02-28/2024-03", "from 2024-02-28 to some day between 2024-03-01 and 2024-03-31"),
    ],
)
def test_a_time_is_told_as_far_as_it_is_known(edtf: str, told: str) -> None:
    """One time inside a span, a time that lasts, and an open one are put in different words."""
    quads = list(
        ox.Quad(q.subject, q.predicate, ox.Literal(edtf, datatype=q.object.datatype), q.graph_name)
        if q.predicate.value == iri("t:edtf") and isinstance(q.object, ox.Literal)
        else q
        for q in example().quads
        if "TimeStamp" not in q.predicate.value
    )
    lines = card(FakeEngine(derive(Dataset(tuple(quads), {})).quads), "claim", f"{GAZETTE}-barrels")["content"][
        "statements"
    ]
    assert any(line.endswith(f"the time is “between 1 and 3 March”, read as {told}.") for line in lines), lines


def test_a_relay_claim_tells_what_it_relays(engine: FakeEngine) -> None:
    """The content of a relay claim is that somebody says another claim, and the card lists that claim."""
    found = card(engine, "claim", f"{GAZETTE}-herald")
    assert found["content"]["focus"] is None
    assert found["content"]["said_by"][0]["holder"]["label"] == "Harbour office"
    assert [hit["iri"] for hit in found["relays"]] == [iri(f"claim:{GAZETTE}-barrels")]


def test_a_demand_lists_what_it_takes_for_granted(engine: FakeEngine) -> None:
    """A presupposition and the claim that makes it point to each other."""
    demand = card(engine, "claim", f"{GAZETTE}-demand")
    granted = card(engine, "claim", f"{GAZETTE}-not-prevented")
    assert [hit["iri"] for hit in demand["presupposes"]] == [granted["iri"]]
    assert [hit["iri"] for hit in granted["presupposed_in"]] == [demand["iri"]]
    assert demand["addressee"]["label"] == "Director of the port"


def test_nothing_of_a_content_graph_is_dropped() -> None:
    """A statement in no known shape is told as it stands, with its speaker."""
    engine = FakeEngine(example(Source("own.trig", OWN_VOICE, True)).quads)
    lines = card(engine, "claim", f"{GAZETTE}-own")["content"]["statements"]
    assert any(line.endswith("Eastquay — see also — Westquay.") for line in lines)


def test_an_actor_card_keeps_our_voice_apart(engine: FakeEngine) -> None:
    """What we say of an actor, what is ascribed to it and what names it are different sections."""
    found = card(engine, "actor", "port-director")
    assert found["kinds"] == ["person"]
    assert found["claims_as_holder"]["total"] == 0
    named = found["claims_naming_it"]["items"][0]
    assert named["roles"][0]["label"] == "Speaker"
    assert named["claim"]["speaker"].startswith("fishermen")
    assert found["addressed_in"]["total"] == 1
    assert card(engine, "actor", "northport-gazette")["articles"][0]["iri"] == iri(f"article:{GAZETTE}")
    group = card(engine, "actor", f"{GAZETTE}-fishermen")
    assert group["described_in"]["label"] == "Northport Gazette, 2024-03-05"


def test_an_event_card_groups_claims_by_holder(engine: FakeEngine) -> None:
    """The claims about an event stand under their innermost holder, each with its chain."""
    found = card(engine, "event", "barrels-eastquay-westquay")
    assert [group["holder"]["label"] for group in found["claims"]] == ["Harbour office", "Northport Herald"]
    assert len(found["claims"][0]["claims"][0]["chain"]) == 3
    dumping = card(engine, "event", "dumping")
    assert dumping["claims"] == []
    assert dumping["claims_naming_it"]["items"][0]["roles"][0]["label"] == "concerns"


def test_an_article_card_lists_claims_in_reading_order(engine: FakeEngine) -> None:
    """Claims follow the order of their evidence in the text."""
    found = card(engine, "article", GAZETTE)
    assert [hit["iri"].removeprefix(iri(f"claim:{GAZETTE}-")) for hit in found["claims"]["items"]] == [
        "barrels",
        "herald",
        "demand",
        "not-prevented",
    ]
    assert found["headline"] == "Barrels on the move"
    assert found["snapshot"]["length"] == 381


@pytest.mark.parametrize("kind", ["actor", "article", "claim", "event", "mode", "object", "place"])
def test_there_is_no_card_of_what_is_not_there(engine: FakeEngine, kind: str) -> None:
    """An IRI of which nothing is said has no card."""
    assert card(engine, kind, "nothing-of-the-kind") is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("barrels", ["object:barrels"]),
        (f"claim/{GAZETTE}-demand", [f"claim:{GAZETTE}-demand"]),
        (f"/claim/{GAZETTE}-demand", [f"claim:{GAZETTE}-demand"]),
        ("claim:" + GAZETTE + "-demand", [f"claim:{GAZETTE}-demand"]),
        ("https://w3id.org/testimonia/mode/denied", ["mode:denied"]),
        (GAZETTE, [f"article:{GAZETTE}", f"perspective:{GAZETTE}", f"snapshot:{GAZETTE}"]),
        ("nothing-of-the-kind", []),
        ("<script>", []),
        ("", []),
    ],
)
def test_a_slug_or_address_is_found(engine: FakeEngine, text: str, wanted: list[str]) -> None:
    """A slug alone, a path, a prefixed name and an IRI all find their thing."""
    assert cards.find(engine, text) == [iri(name) for name in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (GAZETTE, f"article:{GAZETTE}"),
        (f"anchor/{GAZETTE}-p6-s1", f"claim:{GAZETTE}-demand"),
        (f"{GAZETTE}-section-2", f"article:{GAZETTE}"),
        ("mode:denied", "mode:denied"),
        ("about", "approximation:about"),
    ],
)
def test_a_name_means_the_thing_that_has_a_card(engine: FakeEngine, text: str, wanted: str) -> None:
    """A slug that several things share means the one with a list; a part means what it belongs to."""
    assert cards.resolve(engine, text) == iri(wanted)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("harbor-office", "actor/harbour-office"),
        ("claim/2024-03-05-gazette-demnd", f"claim/{GAZETTE}-demand"),
        ("2024-03-05-gazette-demnd", f"Did you mean claim/{GAZETTE}-demand"),
        ("negative", "polarity/negative, sentiment/negative"),
        ("zzzzzz", "lists"),
    ],
)
def test_a_name_that_means_nothing_or_too_much_is_said_so(engine: FakeEngine, text: str, hint: str) -> None:
    """A name without a thing, or with several, is an error with a way on."""
    with pytest.raises(QueryError) as error:
        cards.resolve(engine, text)
    assert error.value.reason == "not-found"
    assert hint in error.value.hint


def test_a_claim_in_plain_text_has_all_that_its_page_has(engine: FakeEngine) -> None:
    """In a terminal too a claim has its chain, manner, passage, statements, and is said not to be ours."""
    lines = cards.text(card(engine, "claim", f"{GAZETTE}-demand")).splitlines()
    assert "This is what is claimed, not what we say." in lines
    assert "Chain       Northport Gazette, 2024-03-05 > fishermen (Gazette, 5 March 2024) (demanded)" in lines
    assert "Manner      demanded, certain, positive, not told as having happened" in lines
    assert any("“The fishermen demanded" in line for line in lines)
    assert "Taken for granted in it" in lines


@pytest.mark.parametrize(
    ("kind", "slug", "line"),
    [
        ("actor", "port", "Claims that name it (1)"),
        ("event", "barrels-eastquay-westquay", "What is claimed about it (2)"),
        ("article", GAZETTE, "Claims in the order of the text (4)"),
        ("mode", "denied", "List                  Mode"),
    ],
)
def test_every_card_has_a_plain_text(engine: FakeEngine, kind: str, slug: str, line: str) -> None:
    """Every kind of card can be printed, with the speaker below each claim."""
    found = cards.text(card(engine, kind, slug))
    assert line in found.splitlines()
    assert found.count("told as having happened;") == found.count("; claim/")


def test_the_ontology_has_a_card_too(engine: FakeEngine) -> None:
    """The ontology's card can be asked for by its IRI and printed."""
    found = cards.card(engine, cards.resolve(engine, "https://w3id.org/testimonia/ontology"))
    assert found is not None
    assert "Testimonia ontology" in cards.text(found)


def test_a_table_is_aligned_and_holds_no_control_characters() -> None:
    """Columns are as wide as their widest cell; line breaks and escape codes from the data do not reach a terminal."""
    bindings = [
        {"who": {"type": "uri", "value": iri("actor:port")}, "what": {"type": "literal", "value": "a\nb\x1b[31m"}},
        {"who": {"type": "bnode", "value": "b1"}},
    ]
    results = {"head": {"vars": ["who", "what"]}, "results": {"bindings": bindings}}
    assert cards.table(results).splitlines() == [
        "who         what",
        "----------  -------",
        "actor:port  a b[31m",
        "_:b1",
        "(2 rows)",
    ]
    assert cards.table({"head": {}, "boolean": True}) == "true"


def test_a_chain_in_a_circle_ends() -> None:
    """Two claims that are reported in each other have a card all the same."""
    text = turtle_prologue() + "claim:a t:reportedIn claim:b . claim:b t:reportedIn claim:a ."
    engine = FakeEngine(example(Source("circle.trig", text, True)).quads)
    assert len(card(engine, "claim", "a")["chain"]) == 2


def test_card_queries_stand_alone() -> None:
    """Each query of the cards begins with a comment and parses by itself, with prefixes of the one table."""
    for path in sorted((queries_dir() / "cards").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# "), path.name
        assert isinstance(ox.Store().query(text), ox.QuerySolutions), path.name
        for line in text.splitlines():
            if line.startswith("PREFIX"):
                _, prefix, space = line.split()
                assert space == f"<{PREFIXES[prefix.rstrip(':')]}>", path.name


OWN_VOICE = (
    turtle_prologue()
    + f"""
claim:{GAZETTE}-own
    a t:Claim ;
    t:about event:dumping ;
    t:certainty certainty:probable ;
    t:evidence anchor:{GAZETTE}-p4-s1 ;
    t:holder actor:northport-gazette ;
    t:mode mode:predicted ;
    t:paraphrase "According to the Gazette, barrels will likely be put down."@en ;
    t:polarity polarity:positive ;
    t:reportedIn article:{GAZETTE} ;
    .

claim:{GAZETTE}-own {{
    event:dumping
        a sem:Event ;
        sem:eventType type:transport ;
        sem:hasPlace place:eastquay ;
        .

    place:eastquay
        rdfs:seeAlso place:westquay ;
        .
}}
"""
)
