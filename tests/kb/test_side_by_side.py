"""Claims about one event side by side: who tells what, how it stands to what others tell, and who is silent."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine, example

from kb import cards
from kb.cards import side_by_side
from kb.cards.compared import UNLIKE
from kb.compare.statements import with_comparisons
from kb.engine import EmbeddedEngine, Engine
from kb.model import Source
from kb.namespaces import iri, turtle_prologue
from kb.paths import queries_dir
from kb.questions import bound, load

GAZETTE = "2024-03-05-gazette"
COURIER = "2024-03-06-courier"
EVENT = "event:barrels-eastquay-westquay"


def claim(article: str, name: str, *, mode: str = "stated", content: str = "", event: str = EVENT) -> str:
    """A claim of an outlet's own about an event, in its article; ``content`` is said of the event."""
    return f"""
claim:{article}-{name} a t:Claim ; t:about {event} ; t:holder actor:{article}-outlet ; t:mode mode:{mode} ;
    t:attributionBasis basis:author-voice ; t:sourceNaming naming:none ;
    t:certainty certainty:certain ; t:polarity polarity:positive ; t:reportedIn article:{article} ;
    t:paraphrase "According to {article}, {name}."@en .
claim:{article}-{name} {{ {event} a sem:Event ; sem:eventType type:transport {content} . }}
"""


def article(name: str, day: str) -> str:
    return f"""
actor:{name}-outlet a schema:NewsMediaOrganization ; rdfs:label "Outlet of {name}"@en .
article:{name} a schema:NewsArticle ; schema:publisher actor:{name}-outlet ; schema:datePublished "{day}"^^xsd:date .
"""


def engine(*more: str) -> FakeEngine:
    """An engine over the example and two more articles, the older one second."""
    articles = article("2024-03-09-later", "2024-03-09") + article("2024-03-08-older", "2024-03-08")
    told = example(Source("more.trig", turtle_prologue() + articles + "".join(more), True))
    return FakeEngine(with_comparisons(told).quads)


def table(engine: Engine, event: str = EVENT) -> cards.Json:
    card = cards.card(engine, iri(event))
    assert card is not None
    found: cards.Json = card["side_by_side"]
    return found


def rows(found: cards.Json) -> list[list[list[str]]]:
    """The rows of a table by the last words of their claims' addresses, a list for each column."""
    return [
        [sorted(one["iri"].rpartition("-")[2] for one in cell["claims"]) for cell in row["cells"]]
        for row in found["rows"]
    ]


OLDER, LATER = "2024-03-08-older", "2024-03-09-later"
ALONE = "event:regatta"
FRAME = f'{ALONE} a t:EventFrame ; rdfs:label "Regatta"@en .'


def test_what_two_articles_tell_alike_stands_in_one_row() -> None:
    """The same content of two articles shares a row, whose relation says that it is the same, and how it was found."""
    found = table(engine(FRAME, claim(LATER, "x", event=ALONE), claim(OLDER, "x", event=ALONE)), ALONE)
    assert [one["siglum"] for one in found["articles"]] == ["B", "C"]  # A is of the example
    assert found["articles"][0]["iri"] == iri(f"article:{OLDER}")
    (row,) = found["rows"]
    assert [[one["sign"] for one in cell["claims"]] for cell in row["cells"]] == [["B1"], ["C1"]]
    (way,) = row["relations"]
    assert way["relation"]["code"] == "same-content" and way["across"] and way["pairs_total"] == 1
    assert len(way["rules"]) == 2 and way["reason"] is None
    assert {way["pairs"][0]["left"], way["pairs"][0]["right"]} == {iri(f"claim:{OLDER}-x"), iri(f"claim:{LATER}-x")}
    assert found["in_short"]["told_by_several"] == found["in_short"]["alike"] == 1


def test_an_article_without_a_counterpart_is_silent_in_that_row() -> None:
    """Details that neither clash nor contain each other have rows of their own, with an empty cell in each."""
    one = claim(OLDER, "place", event=ALONE, content="; sem:hasPlace place:eastquay")
    other = claim(LATER, "part", event=ALONE, content=f"; sem:subEventOf {EVENT}")
    found = table(engine(FRAME, one, other), ALONE)
    assert rows(found) == [[["place"], []], [[], ["part"]]]
    assert all(not row["relations"] for row in found["rows"])
    assert found["in_short"]["told_by_one"] == 2


def test_a_difference_stands_before_what_is_the_same() -> None:
    """Of the ways in which the claims of a row stand to each other, the one that sets them most apart comes first."""
    found = table(
        engine(
            FRAME,
            claim(OLDER, "here", event=ALONE, content="; sem:hasPlace place:eastquay"),
            claim(LATER, "here", event=ALONE, content="; sem:hasPlace place:eastquay"),
            claim(LATER, "there", event=ALONE, content="; sem:hasPlace place:westquay"),
        ),
        ALONE,
    )
    assert rows(found) == [[["here"], ["here", "there"]]]
    ways = found["rows"][0]["relations"]
    assert [(way["relation"]["code"], way["across"]) for way in ways] == [
        ("differs-in-detail", True),
        ("same-content", True),
        ("differs-in-detail", False),
    ]
    assert [detail["label"] for detail in found["in_short"]["differs_in"]] == ["Place"]


def test_predictions_of_one_thing_share_a_row_without_being_compared() -> None:
    """What two articles predict stands side by side, and says that it is for the mode alone."""
    found = table(
        engine(
            FRAME, claim(OLDER, "a", mode="predicted", event=ALONE), claim(LATER, "b", mode="predicted", event=ALONE)
        ),
        ALONE,
    )
    (row,) = found["rows"]
    assert row["put_alike"]["code"] == "predicted" and row["relations"] == []
    assert found["in_short"]["put_alike"] == 1


def test_an_event_that_is_possibly_the_same_stands_beside_with_its_name() -> None:
    """A claim about a possibly same event stands in the row that it shares, and only there, and names that event."""
    other = f'event:race a t:EventFrame ; rdfs:label "Race"@en ; t:possiblySameAs {ALONE} .'
    quads = engine(FRAME, other, claim(OLDER, "x", event=ALONE), claim(LATER, "y", event="event:race"))
    for event, own, guest in ((ALONE, "x", "y"), ("event:race", "y", "x")):
        found = table(quads, event)
        (row,) = found["rows"]
        told = {one["iri"].rpartition("-")[2]: one["other_event"] for cell in row["cells"] for one in cell["claims"]}
        assert told[own] is None and told[guest] is not None
        assert found["shown"] == found["total"] == 1
        assert row["relations"][0]["only_possibly"]


def test_of_many_claims_that_tell_the_same_one_stands_for_all() -> None:
    """A large event shows one claim for each account, says how many it stands for, and where all of them are."""
    many = [claim(OLDER, f"x{number}", event=ALONE) for number in range(40)]
    found = table(engine(FRAME, *many), ALONE)
    (row,) = found["rows"]
    (shown,) = row["cells"][0]["claims"]
    assert shown["alike"] == 39
    assert (found["shown"], found["total"], found["more"]) == (1, 40, "/claims?about=regatta")


def test_at_most_so_many_claims_are_shown() -> None:
    """Of claims that are all different the first are shown."""
    many = [
        claim(OLDER, f"x{number}", event=ALONE, content=f"; t:near place:p{number}")
        for number in range(side_by_side.SHOWN + 5)
    ]
    found = table(engine(FRAME, *many), ALONE)
    assert found["shown"] == side_by_side.SHOWN and found["total"] == side_by_side.SHOWN + 5
    assert sum(len(cell["claims"]) for row in found["rows"] for cell in row["cells"]) == side_by_side.SHOWN


def test_a_reply_is_one_of_the_accused_or_of_their_side() -> None:
    """Who is accused is listed with the claims that accuse, and with a reply only where one is recorded."""
    blame = """; t:participation node:{0}-blame-agent .
    node:{0}-blame-agent a t:Participation ; sem:roleType role:agent ; t:participant actor:port"""
    accusation = claim(OLDER, "blame", mode="accused", event=ALONE, content=blame.format(OLDER))
    card = cards.card(engine(FRAME, accusation), iri(ALONE))
    assert card is not None
    (one,) = card["accused"]["items"]
    assert one["actor"]["iri"] == iri("actor:port") and one["claims"] == [iri(f"claim:{OLDER}-blame")]
    assert one["replies"] == [] and one["replies_total"] == 0
    reply = claim(LATER, "no", mode="denied", event=ALONE).replace(f"actor:{LATER}-outlet ;", "actor:port ;", 1)
    card = cards.card(engine(FRAME, accusation, reply), iri(ALONE))
    assert card is not None
    assert [found["iri"] for found in card["accused"]["items"][0]["replies"]] == [iri(f"claim:{LATER}-no")]


def test_numbers_stand_together_by_role_and_unit() -> None:
    """The barrels of the example and those of them that leak are on one scale, the part behind the whole."""
    card = cards.card(FakeEngine(example().quads), iri(EVENT))
    assert card is not None
    told = {(one["role"]["label"], one["unit"]): [item["quantity"] for item in one["items"]] for one in card["amounts"]}
    assert {key: [one["value"] for one in some] for key, some in told.items()} == {("Cargo", "barrel"): [40, 12]}
    assert [one["subset_of"] is not None for one in told["Cargo", "barrel"]] == [False, True]
    assert {item["counted"]["iri"] for one in card["amounts"] for item in one["items"]} == {
        iri("object:barrels"),
        iri("object:leaking-barrels"),
    }
    assert [one["time"]["edtf"] for one in card["times"]] == ["[2024-03-01..2024-03-03]"]


@pytest.fixture(scope="module")
def events(shipped_engine: EmbeddedEngine) -> dict[str, cards.Json]:
    """The cards of all events that ship."""
    found = shipped_engine.select(
        f"SELECT ?event {{ ?event a <{iri('t:EventFrame')}> . FILTER(!ISBLANK(?event)) }} ORDER BY ?event"
    )
    names = [row["event"].value for row in found if isinstance(row["event"], ox.NamedNode)]
    return {name: card for name in names if (card := cards.card(shipped_engine, name)) and "retired" not in card}


def cells(found: cards.Json) -> Iterator[cards.Json]:
    return (cell for row in found["rows"] for cell in row["cells"])


def test_every_claim_about_an_event_is_in_exactly_one_cell(
    events: Mapping[str, cards.Json], shipped_engine: EmbeddedEngine
) -> None:
    """So it is with all events that ship: own claims once each, in the column of their article."""
    about: dict[str, set[str]] = {}
    query = f"SELECT ?claim ?event ?article {{ ?claim <{iri('t:about')}> ?event ; <{iri('t:inArticle')}> ?article }}"
    home = {}
    for row in shipped_engine.select(query):
        name, event, place = (row[key].value for key in ("claim", "event", "article"))  # type: ignore[union-attr]
        about.setdefault(event, set()).add(name)
        home[name] = place
    for name, card in events.items():
        shown = Counter(one["iri"] for cell in cells(card["side_by_side"]) for one in cell["claims"])
        own = {one["iri"] for cell in cells(card["side_by_side"]) for one in cell["claims"] if not one["other_event"]}
        assert own == about.get(name, set()) and set(shown.values()) <= {1}
        for cell in cells(card["side_by_side"]):
            assert {home[one["iri"]] for one in cell["claims"]} <= {cell["article"]}
    assert sum(len(card["side_by_side"]["articles"]) > 1 for card in events.values()) > 60


def test_every_relation_that_is_shown_is_one_of_the_data(
    events: Mapping[str, cards.Json], shipped_engine: EmbeddedEngine
) -> None:
    """Each pair is a comparison of these two claims with this relation; none is missing but “compatible” ones."""
    query = "SELECT ?c ?l ?r ?way ?e ?f { ?c <%s> ?l ; <%s> ?r ; <%s> ?way . ?l <%s> ?e . ?r <%s> ?f }"
    terms = tuple(iri(name) for name in ("t:left", "t:right", "t:relation", "t:about", "t:about"))
    there = {
        row["c"].value: tuple(row[key].value for key in ("l", "r", "way", "e", "f"))  # type: ignore[union-attr]
        for row in shipped_engine.select(query % terms)
    }
    listed = 0
    for card in events.values():
        for row in card["side_by_side"]["rows"]:
            inside = {one["iri"] for cell in row["cells"] for one in cell["claims"]}
            for way in row["relations"]:
                listed += way["pairs_total"] if way["relation"]["code"] != "compatible" else 0
                for pair in way["pairs"]:
                    assert there[pair["iri"]][:3] == (pair["left"], pair["right"], way["relation"]["iri"])
                    assert {pair["left"], pair["right"]} <= inside
    wanted = [
        ends for *_, way, one, other in there.values() if way != iri("relation:compatible") for ends in {one, other}
    ]
    assert listed == len(wanted) > 100


def test_who_is_accused_is_as_the_question_has_it(
    events: Mapping[str, cards.Json], shipped_engine: EmbeddedEngine
) -> None:
    """Over all events the same are accused, by as many claims, as do-the-accused-answer tells."""
    question = load(queries_dir())["do-the-accused-answer"]
    told = {
        row["accused"].value: int(row["accusations"].value)  # type: ignore[union-attr]
        for row in shipped_engine.select(bound(question))
    }
    found = Counter(
        one["actor"]["iri"] for card in events.values() for one in card["accused"]["items"] for _ in one["claims"]
    )
    assert found == told and len(found) > 5
    assert all(one["replies_total"] == 0 for card in events.values() for one in card["accused"]["items"])


def test_every_relation_has_its_place_in_the_order() -> None:
    """The relations of the ontology are those that the order of a row knows."""
    found = FakeEngine(example().quads).select(
        f"SELECT ?x {{ ?x <{iri('skos:inScheme')}> <{iri('scheme:relation')}> }}"
    )
    assert sorted(row["x"].value.rpartition("/")[2] for row in found) == sorted(UNLIKE)  # type: ignore[union-attr]
