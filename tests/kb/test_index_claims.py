"""What lists are narrowed by, counted and sorted by: the index beside the store says what the store says."""

from collections.abc import Mapping, Sequence

import pytest
from fake_engine import FakeEngine, example

from kb import allen, cards
from kb.engine import EmbeddedEngine, Engine
from kb.index.entry import as_bits, descending, numbers, pack, unpack
from kb.index.things import OUTLET_COUNTS
from kb.model import Source, Truth
from kb.namespaces import PREFIXES, iri, shorten, turtle_prologue
from kb.times import Bounds, bounds

PROLOGUE = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in PREFIXES.items())
IN_THE_STORE = {
    "about": "?claim t:about ?value",
    "addressee": "?claim t:addressee ?value",
    "article": "?claim t:inArticle ?value",
    "basis": "?claim t:attributionBasis ?value",
    "certainty": "?claim t:certainty ?value",
    "holder": "?claim t:holder ?value",
    "mode": "?claim t:mode ?value",
    "names": 'GRAPH ?claim { ?s ?p ?value } FILTER ( isIRI(?value) && CONTAINS(STR(?value), "/testimonia/")'
    ' && !CONTAINS(STR(?value), "/node/") && !CONTAINS(STR(?value), "/ontology#") )',
    "naming": "?claim t:sourceNaming ?value",
    "outlet": "?claim t:inArticle / schema:publisher ?value",
    "perspective": "?claim t:underPerspective ?value",
    "polarity": "?claim t:polarity ?value",
    "realis": "?claim t:realis ?value",
    "relayed_by": "?claim t:relayedBy ?value",
    "role": "GRAPH ?claim { ?part sem:roleType ?value ; t:participant ?who }",
    "single_source": "?claim t:about / t:independentVoiceCount ?count BIND ( ?count <= 1 AS ?value )",
    "voices": """
        { SELECT ?claim (1 + COUNT(?voice) AS ?count) { ?claim a t:Claim OPTIONAL { ?claim t:relayedBy ?voice } }
          GROUP BY ?claim }
        BIND ( IF(?count > 3, "more", STR(?count)) AS ?value )""",
    "type": "GRAPH ?claim { ?event sem:eventType ?type } ?type skos:broader* ?value",
    "loaded": """
        ?claim t:evidence ?anchor . ?anchor oa:hasSource ?text ; t:start ?start ; t:end ?end .
        ?mark oa:hasBody / a t:LoadedWording ; oa:hasTarget ?words .
        ?words oa:hasSource ?text ; t:start ?first ; t:end ?last ; t:exactWords ?value .
        FILTER ( ?first < ?end && ?start < ?last )""",
    "shared": """
        ?claim t:evidence ?anchor . ?anchor oa:hasSource ?text ; t:start ?start ; t:end ?end .
        ?own oa:hasSource ?text ; t:start ?first ; t:end ?last . ?reuse a t:TextReuse ; t:passage ?own .
        FILTER ( ?first < ?end && ?start < ?last )
        BIND ( true AS ?value )""",
}
"""Each filter as SPARQL has it: claims and the values that find them."""

WITH_A_DAY = """
GRAPH ?claim {
  ?event sem:hasTime ?when . ?when t:edtf ?edtf .
  OPTIONAL { ?when sem:hasEarliestBeginTimeStamp ?earliestBegin }
  OPTIONAL { ?when sem:hasLatestBeginTimeStamp ?latestBegin }
  OPTIONAL { ?when sem:hasEarliestEndTimeStamp ?earliestEnd }
  OPTIONAL { ?when sem:hasLatestEndTimeStamp ?latestEnd }
}
FILTER ( COALESCE(?earliestBegin <= ?to, true) && COALESCE(?latestEnd >= ?from, true) )
BIND (
  (COALESCE(?latestBegin <= ?to, false) || COALESCE(?latestEnd <= ?to, false))
  && (COALESCE(?earliestEnd >= ?from, false) || COALESCE(?earliestBegin >= ?from, false)) AS ?value
)
"""
LIES_IN = """
GRAPH ?{claim} {{
  ?{claim}state sem:eventType type:location ; sem:hasPlace ?{outer} ; t:participation ?{claim}part .
  ?{claim}part sem:roleType role:located-thing ; t:participant ?{inner} .
}}
?{claim} t:holder ?who ; t:polarity polarity:positive ; t:mode / t:committingMode true .
FILTER ( STRSTARTS(STR(?{inner}), STR(place:)) )
"""


def pairs(engine: Engine, where: str) -> set[tuple[str, str]]:
    """The claims and values of a pattern."""
    rows = engine.select(f"{PROLOGUE}SELECT DISTINCT ?claim ?value {{ ?claim a t:Claim . {where} }}")
    return {(str(getattr(row["claim"], "value", "")), str(getattr(row["value"], "value", ""))) for row in rows}


def listed(engine: Engine, filters: Mapping[str, Sequence[str]], name: str = "claims") -> set[str]:
    """The IRIs of all entries that fit filters."""
    page = cards.listing(engine, name, filters=filters, limit=500)
    assert page.after is None
    assert page.total == len(page.items)
    return {item["iri"] for item in page.items}


@pytest.mark.parametrize("name", sorted(IN_THE_STORE))
def test_each_filter_finds_what_the_store_says(shipped_engine: EmbeddedEngine, name: str) -> None:
    """For every value of a filter the list has exactly the claims that a SPARQL query over the data has."""
    there = pairs(shipped_engine, IN_THE_STORE[name])
    values = sorted({value for _, value in there})
    assert values
    for value in values:
        wanted = {claim for claim, other in there if other.casefold() == value.casefold()}
        assert listed(shipped_engine, {name: [value]}) == wanted, value


def test_flags_divide_what_they_are_counted_for(shipped_engine: EmbeddedEngine) -> None:
    """A passage has loaded or shared words, or it has none; single source is said only where voices were counted."""
    everything = listed(shipped_engine, {})
    for name in ("loaded", "shared", "realis"):
        yes, no = (listed(shipped_engine, {name: [value]}) for value in ("true", "false"))
        assert (yes | no, yes & no) == (everything, set())
    marked = {claim for claim, _ in pairs(shipped_engine, IN_THE_STORE["loaded"])}
    assert listed(shipped_engine, {"loaded": ["true"]}) == marked
    counted = {claim for claim, _ in pairs(shipped_engine, "?claim t:about / t:voiceCount ?value")}
    found = [listed(shipped_engine, {"single_source": [value]}) for value in ("true", "false")]
    assert found[0] | found[1] == counted


def test_a_name_and_its_role_go_together(shipped_engine: EmbeddedEngine) -> None:
    """With a role, a claim is found only where the very thing that is named has it."""
    there = pairs(
        shipped_engine,
        """GRAPH ?claim { ?part t:participant ?who ; sem:roleType ?role }
        BIND ( CONCAT(STR(?who), " ", STR(?role)) AS ?value )""",
    )
    for value in sorted({value for _, value in there}):
        who, role = value.split()
        assert listed(shipped_engine, {"names": [who], "role": [role]}) == {c for c, other in there if other == value}


@pytest.mark.parametrize(
    ("start", "end"),
    [("2022-12-12", "2022-12-12"), ("2022-12", "2022-12"), ("2020", "2020"), ("2020-11-10", ""), ("", "2016-04-05")],
)
def test_days_are_certain_or_possible(shipped_engine: EmbeddedEngine, start: str, end: str) -> None:
    """A claim is found by day as the saved question on a day finds it, and as the relations of Allen have it."""
    first = bounds(start).earliest_begin if start else None
    last = bounds(end).latest_end if end else None
    days = f'BIND ("{first or "0001-01-01"}"^^xsd:date AS ?from) BIND ("{last or "9999-12-31"}"^^xsd:date AS ?to)'
    there = pairs(shipped_engine, days + WITH_A_DAY)
    filters = {key: [value] for key, value in (("from", start), ("to", end)) if value}
    assert listed(shipped_engine, filters) == {claim for claim, _ in there}
    surely = {claim for claim, value in there if value == "true"}
    assert listed(shipped_engine, {**filters, "when": ["certain"]}) == surely
    window = Bounds(first, first, last, last)
    page = cards.listing(shipped_engine, "claims", filters=filters, limit=500)
    for item in page.items:
        assert item["when"] == ("certain" if item["iri"] in surely else "possible")
        if start and end:
            truths = [allen.holds(allen.SHARING_A_DAY, bounds(edtf), window) for edtf in item["dates"]]
            assert (Truth.CERTAIN in truths) == (item["when"] == "certain")


def ways(engine: Engine) -> set[tuple[str, str, str]]:
    """Inner place, outer place and holder, for what one holder claims in one step or in two."""
    one = LIES_IN.format(claim="claim", inner="inner", outer="outer")
    two = LIES_IN.format(claim="claim", inner="inner", outer="middle")
    two += LIES_IN.format(claim="other", inner="middle", outer="outer")
    found = set()
    for where in (one, two):
        for row in engine.select(f"{PROLOGUE}SELECT DISTINCT ?inner ?outer ?who {{ {where} }}"):
            inner, outer, who = (str(getattr(row[name], "value", "")) for name in ("inner", "outer", "who"))
            found.add((inner, outer, who))
    return found


def test_places_have_what_somebody_claims_lies_in_them(shipped_engine: EmbeddedEngine) -> None:
    """A place finds what is said to be there or at what one holder claims lies there, and says through which claims."""
    there = ways(shipped_engine)
    at = pairs(shipped_engine, "GRAPH ?claim { ?event sem:hasPlace ?value }")
    holders = dict(pairs(shipped_engine, "?claim t:holder ?value"))
    for outer in sorted({outer for _, outer, _ in there}):
        inside = {(inner, who) for inner, around, who in there if around == outer and inner != outer}
        direct = {claim for claim, place in at if place == outer}
        through = {claim for claim, place in at if place in {inner for inner, _ in inside}}
        page = cards.listing(shipped_engine, "claims", filters={"place": [outer]}, limit=500)
        assert {item["iri"] for item in page.items} == direct | through
        for item in page.items:
            assert bool(item["via"]) == (item["iri"] not in direct)
            for way in item["via"]:
                assert (way["place"]["iri"], way["holder"]["iri"]) in inside
                assert {holders[claim["iri"]] for claim in way["claims"]} == {way["holder"]["iri"]}
                assert all(way["holder"]["label"] in claim["speaker"] for claim in way["claims"])
        places = cards.listing(shipped_engine, "places", filters={"place": [outer]}, limit=500)
        assert {item["iri"] for item in places.items} == {inner for inner, _ in inside}
        for who in sorted({who for _, who in inside}):
            found = listed(shipped_engine, {"place": [outer], "place_of": [who]}, "places")
            assert found == {inner for inner, holder in inside if holder == who}


LOCATED = """
claim:{name} a t:Claim ; t:about event:{name} ; t:certainty certainty:certain ; t:holder actor:{holder} ;
    t:mode mode:{mode} ;
    t:paraphrase "According to somebody, one lies in the other."@en ; t:polarity polarity:{polarity} ;
    t:reportedIn article:2024-03-05-gazette .
claim:{name} {{
    event:{name} a t:State ; sem:eventType type:location ; sem:hasPlace place:{outer} ; t:participation node:{name} .
    node:{name} sem:roleType role:located-thing ; t:participant place:{inner} .
}}
"""
"""A claim that a place lies in another."""


def located(*claims: tuple[str, str, str, str, str]) -> FakeEngine:
    """The example with claims: inner and outer place, holder, mode and polarity."""
    names = ("inner", "outer", "holder", "mode", "polarity")
    blocks = [
        LOCATED.format(name=f"lies-{at}", **dict(zip(names, claim, strict=True))) for at, claim in enumerate(claims)
    ]
    places = "place:bay a geo:Feature ; rdfs:label 'Bay'@en . place:isle a geo:Feature ; rdfs:label 'Isle'@en .\n"
    return FakeEngine(example(Source("located.trig", turtle_prologue() + places + "".join(blocks), True)).quads)


def inside(engine: FakeEngine, outer: str) -> set[str]:
    return {shorten(found) for found in listed(engine, {"place": [outer]}, "places")}


def test_nothing_follows_from_claims_of_different_holders() -> None:
    """That the quay lies in the bay says one, and that the bay lies on the isle another: nobody says more."""
    engine = located(
        ("eastquay", "bay", "port", "stated", "positive"), ("bay", "isle", "harbour-office", "stated", "positive")
    )
    assert inside(engine, "isle") == {"place:bay"}
    assert inside(engine, "bay") == {"place:eastquay"}
    both = located(("eastquay", "bay", "port", "stated", "positive"), ("bay", "isle", "port", "presumed", "positive"))
    assert inside(both, "isle") == {"place:bay", "place:eastquay"}
    (quay,) = (
        item
        for item in cards.listing(both, "places", filters={"place": ["isle"]}).items
        if item["iri"] == iri("place:eastquay")
    )
    assert [claim["iri"] for claim in quay["via"][0]["claims"]] == [iri("claim:lies-0"), iri("claim:lies-1")]


@pytest.mark.parametrize(("mode", "polarity"), [("denied", "negative"), ("stated", "negative"), ("asked", "positive")])
def test_what_nobody_affirms_contains_nothing(mode: str, polarity: str) -> None:
    """A place does not lie in another because somebody denies it or asks for it."""
    assert inside(located(("eastquay", "bay", "port", mode, polarity)), "bay") == set()


def test_claims_that_run_in_a_circle_end() -> None:
    """Two places of which somebody claims that each lies in the other contain each other, and the search ends."""
    engine = located(
        ("eastquay", "bay", "port", "stated", "positive"), ("bay", "eastquay", "port", "stated", "positive")
    )
    assert inside(engine, "bay") == {"place:eastquay"}
    assert inside(engine, "eastquay") == {"place:bay"}


def test_facets_tell_what_each_value_would_give(shipped_engine: EmbeddedEngine) -> None:
    """The count beside a value is the total of the list with that value instead of those of the same filter."""
    for name in cards.LISTS:
        counted = [one for one in cards.PARAMETERS[name] if one.facet]
        applied = {"claims": {"mode": ["stated"], "holder": ["caliber-az"]}, "actors": {"kind": ["person"]}}.get(
            name, {}
        )
        page = cards.listing(shipped_engine, name, filters=applied)
        assert page.facets.keys() == {one.name for one in counted}
        for key, counts in page.facets.items():
            assert list(counts.values()) == sorted(counts.values(), reverse=True)
            for value, count in counts.items():
                filters = {**applied, key: [value]}
                assert cards.listing(shipped_engine, name, filters=filters, limit=1).total == count, (key, value)


@pytest.mark.parametrize(
    ("name", "sort"), [(name, sort) for name in cards.LISTS for sort in cards.parameter(name, "sort").choices]
)
def test_every_order_is_walked_whole(shipped_engine: EmbeddedEngine, name: str, sort: str) -> None:
    """Page by page, each order of each list gives every entry once, and twice the same."""
    whole = [item["iri"] for item in cards.listing(shipped_engine, name, sort=sort, limit=500).items]
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = cards.listing(shipped_engine, name, sort=sort, after=after, limit=23)
        seen += [item["iri"] for item in page.items]
        after = page.after
    assert seen == whole
    assert len(set(seen)) == page.total


def test_orders_are_what_they_say(shipped_engine: EmbeddedEngine) -> None:
    """The earliest, the firmest and those with most claims come first, what is undated last, articles as one reads."""
    listing = cards.listing
    dates = [item["dates"] for item in listing(shipped_engine, "claims", sort="date", limit=500).items]
    dated = [min(filter(None, (bounds(edtf).earliest_begin for edtf in some)), default=None) for some in dates]
    known = [day for day in dated if day is not None]
    assert known == sorted(known)
    assert not any(dates[sum(map(bool, dates)) :])
    read = [item["iri"] for item in listing(shipped_engine, "claims", sort="article", limit=500).items]
    rows = shipped_engine.select(
        PROLOGUE
        + """SELECT ?claim (MIN(?from) AS ?start) (MAX(?to) AS ?end) ?article {
        ?claim a t:Claim ; t:inArticle ?article ; t:evidence ?anchor . ?anchor t:start ?from ; t:end ?to .
        } GROUP BY ?claim ?article ORDER BY ?article ?start ?end ?claim"""
    )
    assert read == [str(getattr(row["claim"], "value", "")) for row in rows]
    firm = [item["certainty"]["code"] for item in listing(shipped_engine, "claims", sort="certainty", limit=500).items]
    assert list(dict.fromkeys(firm)) == ["certain", "probable", "underspecified"]
    counts = [item["claims"] for item in listing(shipped_engine, "events", sort="claims", limit=500).items]
    assert counts == sorted(counts, reverse=True)
    labels = [item["label"] for item in listing(shipped_engine, "places", sort="label", limit=500).items]
    assert labels == sorted(labels, key=str.casefold)


def test_events_are_narrowed_by_how_many_outlets_tell_of_them(shipped_engine: EmbeddedEngine) -> None:
    """Each number finds the events of which so many outlets tell, and all together find every event."""
    query = f"{PROLOGUE}SELECT ?event ?count {{ ?event a t:EventFrame OPTIONAL {{ ?event t:outletCount ?count }} }}"
    told: dict[str, set[str]] = {count: set() for count in OUTLET_COUNTS}
    for row in shipped_engine.select(query):
        count = int(getattr(row.get("count"), "value", 0))
        told[str(count) if count <= 3 else "more"].add(str(getattr(row["event"], "value", "")))
    assert told["1"]
    assert told["2"]
    for count, wanted in told.items():
        page = cards.listing(shipped_engine, "events", filters={"outlets": [count]}, limit=500)
        assert {item["iri"] for item in page.items} == wanted


def test_things_are_counted_as_the_store_counts_them(shipped_engine: EmbeddedEngine) -> None:
    """The numbers beside events, articles, actors and places are those of their claims and of the holders of these."""
    patterns = {
        "events": "?claim t:about ?value",
        "articles": "?claim t:inArticle ?value",
        "perspectives": "?claim t:underPerspective ?value",
        "places": IN_THE_STORE["names"],
        "objects": IN_THE_STORE["names"],
    }
    holders = dict(pairs(shipped_engine, "?claim t:holder ?value"))
    for name, where in patterns.items():
        there = pairs(shipped_engine, where)
        for item in cards.listing(shipped_engine, name, limit=500).items:
            claims = {claim for claim, value in there if value == item["iri"]}
            assert (item["claims"], item["holders"]) == (len(claims), len({holders[claim] for claim in claims}))
    naming = pairs(shipped_engine, IN_THE_STORE["names"])
    for item in cards.listing(shipped_engine, "actors", limit=500).items:
        assert item["claims"] == sum(holder == item["iri"] for holder in holders.values())
        assert item["named"] == len({claim for claim, value in naming if value == item["iri"]})


@pytest.mark.parametrize(
    ("name", "filters", "where"),
    [
        ("actors", {"kind": ["person"]}, "?item a foaf:Person"),
        (
            "actors",
            {"kind": ["described-group", "anonymous-source"]},
            "VALUES ?kind { t:DescribedGroup t:AnonymousSource } ?item a ?kind",
        ),
        ("actors", {"side": ["azerbaijan"]}, "?item t:side side:azerbaijan"),
        ("objects", {"kind": ["vehicle"]}, "?item a t:Vehicle"),
        ("articles", {"outlet": ["newsroom"]}, "?item schema:publisher actor:newsroom"),
        ("articles", {"from": ["2022-12-13"]}, '?item schema:datePublished ?day FILTER ( STR(?day) >= "2022-12-13" )'),
        (
            "events",
            {"perspective": ["voice-of-newsroom"]},
            "?claim t:underPerspective perspective:voice-of-newsroom ; t:about ?item",
        ),
        (
            "events",
            {"type": ["movement"]},
            "?claim t:about ?item . GRAPH ?claim { ?event sem:eventType ?type } ?type skos:broader* type:movement",
        ),
    ],
)
def test_things_are_narrowed(
    shipped_engine: EmbeddedEngine, name: str, filters: Mapping[str, Sequence[str]], where: str
) -> None:
    """Each filter of things gives what a SPARQL query gives, and something."""
    rows = shipped_engine.select(f"{PROLOGUE}SELECT DISTINCT ?item {{ {where} }}")
    wanted = {str(getattr(row["item"], "value", "")) for row in rows}
    assert listed(shipped_engine, filters, name) == wanted != set()


def test_retired_entries_are_not_listed() -> None:
    """What was retired keeps its address and leaves the lists."""
    text = turtle_prologue() + "place:gone a geo:Feature ; rdfs:label 'Gone'@en ; owl:deprecated true ."
    engine = FakeEngine(example(Source("gone.ttl", text, True)).quads)
    assert iri("place:gone") not in listed(engine, {}, "places")


def test_sets_of_entries_are_kept_as_bits() -> None:
    """What is packed comes out as the same entries in ascending order."""
    for some in ([], [0], [7, 8, 9], [12_000], range(0, 5000, 3)):
        assert list(numbers(unpack(pack(some)))) == list(some)
        assert as_bits(some) == unpack(pack(some))
    assert sorted(map(descending, (0, 3, 20))) == [descending(20), descending(3), descending(0)]


def test_bounds_in_the_index_are_those_of_the_words(shipped_engine: EmbeddedEngine) -> None:
    """The four bounds beside each time are those of its EDTF expression."""
    rows = shipped_engine.index.rows("SELECT edtf, earliest_begin, latest_begin, earliest_end, latest_end FROM dated")
    assert rows
    for edtf, *kept in rows:
        found = bounds(edtf)
        wanted = (found.earliest_begin, found.latest_begin, found.earliest_end, found.latest_end)
        assert kept == [None if day is None else day.isoformat() for day in wanted]
