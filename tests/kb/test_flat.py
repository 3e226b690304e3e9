"""Flat tables of what claims tell: they have the rows that the store has, and filters narrow them as they do lists."""

import pytest

from kb import cards
from kb.cards import flat
from kb.engine import EmbeddedEngine
from kb.namespaces import BASE, PREFIXES, slug

PROLOGUE = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in PREFIXES.items())
PLAYED = """
SELECT DISTINCT ?claim ?event ?type ?role ?participant {
  ?claim a t:Claim .
  GRAPH ?claim {
    ?event sem:eventType ?type ; t:participation ?part .
    ?part t:participant ?participant .
    OPTIONAL { ?part sem:roleType ?role }
  }
}
"""
MEASURED = """
SELECT DISTINCT ?claim ?quantity ?event ?participant ?number ?least ?most ?unit ?words {
  ?claim a t:Claim .
  GRAPH ?claim {
    { ?event sem:eventType ?type ; t:quantity ?quantity }
    UNION {
      ?event sem:eventType ?type ; t:participation ?part .
      ?part t:participant ?participant ; t:quantity ?quantity .
    }
    OPTIONAL { ?quantity schema:value ?number }
    OPTIONAL { ?quantity schema:minValue ?least }
    OPTIONAL { ?quantity schema:maxValue ?most }
    OPTIONAL { ?quantity schema:unitText ?unit }
    OPTIONAL { ?quantity t:verbatim ?words }
    FILTER(BOUND(?number) || BOUND(?least) || BOUND(?most))
  }
}
"""
BEGUN = """
SELECT ?month ?type (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(DISTINCT ?holder) AS ?holders) {
  ?claim a t:Claim ; t:holder ?holder .
  GRAPH ?claim { ?event sem:eventType ?type ; sem:hasTime / sem:hasEarliestBeginTimeStamp ?day }
  BIND(SUBSTR(STR(?day), 1, 7) AS ?month)
} GROUP BY ?month ?type
"""
ALL = 1000
NARROWED: list[dict[str, list[str]]] = [
    {},
    {"article": ["2022-12-12-newsroom"]},
    {"holder": ["caliber-az"], "polarity": ["positive"]},
    {"type": ["attack"], "realis": ["true"]},
    {"place": ["karabakh"]},
]


def stored(engine: EmbeddedEngine, query: str, *columns: str) -> set[tuple[str, ...]]:
    """The rows of a query, the values as texts, codes of concepts, and empty where there is none."""
    found = []
    for row in engine.select(PROLOGUE + query):
        terms = (row.get(column) for column in columns)
        found.append(tuple("" if term is None else str(getattr(term, "value", term)) for term in terms))
    return set(found)


def told(items: list[cards.Json] | tuple[cards.Json, ...], *columns: str) -> set[tuple[str, ...]]:
    """The rows of a table, alike."""
    return {tuple("" if item[column] is None else str(item[column]) for column in columns) for item in items}


def test_who_takes_part_is_what_the_store_says(shipped_engine: EmbeddedEngine) -> None:
    """Each part that a claim gives has a row, and no other has."""
    found = cards.participations(shipped_engine, limit=10**6)
    wanted = {
        (claim, event, slug(kind), slug(role), who)
        for claim, event, kind, role, who in stored(
            shipped_engine, PLAYED, "claim", "event", "type", "role", "participant"
        )
    }
    assert len(wanted) > 500
    assert told([*found.items], "claim", "event", "type", "role", "participant") == wanted
    assert found.total == len(found.items) == len(wanted)
    assert found.after is None


def test_numbers_are_what_the_store_says(shipped_engine: EmbeddedEngine) -> None:
    """Each number of a claim has a row, with what it counts, its bounds, its unit and the words of the text."""
    columns = ("claim", "quantity", "event", "participant", "number", "least", "most", "unit", "words")
    found = cards.quantities(shipped_engine, limit=10**6)
    wanted = stored(shipped_engine, MEASURED, *columns)
    assert len(wanted) > 50
    assert told([*found.items], *columns) == wanted
    assert found.total == len(found.items) == len(wanted)


def test_the_largest_number_comes_first(shipped_engine: EmbeddedEngine) -> None:
    """By the number, else by the upper bound, else by the lower."""
    sizes = []
    for item in cards.quantities(shipped_engine, limit=10**6).items:
        sizes.append(next(item[key] for key in ("number", "most", "least") if item[key] is not None))
    assert sizes == sorted(sizes, reverse=True)
    assert any(item["number"] is None for item in cards.quantities(shipped_engine, limit=10**6).items)


def test_a_unit_narrows_the_numbers(shipped_engine: EmbeddedEngine) -> None:
    """Only numbers of the unit are left, also beside a filter of claims; a unit that nobody uses leaves none."""
    everything = cards.quantities(shipped_engine, limit=10**6).items
    persons = cards.quantities(shipped_engine, filters={"unit": ["person"]}, limit=10**6)
    assert list(persons.items) == [item for item in everything if item["unit"] == "person"]
    assert 0 < persons.total < len(everything)
    narrowed = cards.quantities(
        shipped_engine, filters={"unit": ["person"], "article": ["2022-12-13-caliber"]}, limit=10**6
    )
    assert list(narrowed.items) == [item for item in persons.items if slug(item["article"]) == "2022-12-13-caliber"]
    assert cards.quantities(shipped_engine, filters={"unit": ["zeppelin"]}, limit=1).total == 0


def test_months_are_counted_as_the_store_counts_them(shipped_engine: EmbeddedEngine) -> None:
    """As many claims and holders for each month and type, in the order of both."""
    found = cards.months(shipped_engine)
    wanted = {
        (month, slug(kind), claims, holders)
        for month, kind, claims, holders in stored(shipped_engine, BEGUN, "month", "type", "claims", "holders")
    }
    assert told([*found.items], "month", "type", "claims", "holders") == wanted
    assert len(wanted) == found.total > 10
    order = [(item["month"], item["type"]) for item in found.items]
    assert order == sorted(order)


@pytest.mark.parametrize("filters", NARROWED)
@pytest.mark.parametrize("many", [0, 10**6])
def test_filters_narrow_tables_as_they_do_the_list(
    shipped_engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, filters: dict[str, list[str]], many: int
) -> None:
    """Rows are those of the claims that the list has with the same filters, however many these are."""
    monkeypatch.setattr(flat, "_MANY", many)
    listed = {item["iri"] for item in cards.listing(shipped_engine, "claims", filters=filters, limit=10**6).items}
    everything = cards.participations(shipped_engine, limit=10**6).items
    found = cards.participations(shipped_engine, filters=filters, limit=10**6).items
    assert list(found) == [item for item in everything if item["claim"] in listed]
    assert found
    months = cards.months(shipped_engine, filters=filters)
    told_of = [item["claims"] for item in months.items]
    assert all(told_of)
    assert max(told_of, default=0) <= len(listed)


def test_words_narrow_tables_too(shipped_engine: EmbeddedEngine) -> None:
    """The words of a paraphrase find the rows of its claim."""
    listed = cards.listing(shipped_engine, "claims", q="corridor", limit=10**6).items
    found = cards.participations(shipped_engine, q="corridor", limit=10**6).items
    assert found
    assert {item["claim"] for item in found} <= {item["iri"] for item in listed}


def test_each_row_names_its_speaker_as_the_claim_does(shipped_engine: EmbeddedEngine) -> None:
    """Speaker, holder, manner and article of a row are those of the claim in a list."""
    listed = {item["iri"]: item for item in cards.listing(shipped_engine, "claims", limit=10**6).items}
    for item in cards.participations(shipped_engine, limit=10**6).items:
        claim = listed[item["claim"]]
        assert item["speaker"] == claim["speaker"]
        assert item["holder"] == claim["holder"]["iri"]
        assert item["realis"] == claim["realis"]
        assert item["article"] == claim["article"]["iri"]
        for key in ("mode", "certainty", "polarity"):
            assert item[key] == claim[key]["code"]


@pytest.mark.parametrize("read", [cards.participations, cards.quantities])
def test_pages_have_each_row_once(shipped_engine: EmbeddedEngine, read: flat.Read) -> None:
    """Page after page gives what one page of all gives."""
    wanted = list(read(shipped_engine, limit=10**6).items)
    found, after = [], 0
    while True:
        page = read(shipped_engine, after=after, limit=37)
        assert page.total == len(wanted)
        found += page.items
        if page.after is None:
            break
        assert len(page.items) == 37
        after = page.after
    assert found == wanted


def test_a_name_that_is_not_here_is_refused(shipped_engine: EmbeddedEngine) -> None:
    """As in lists."""
    with pytest.raises(cards.BadFilter, match="nobody"):
        cards.participations(shipped_engine, filters={"holder": ["nobody"]}, limit=1)


def test_every_iri_of_a_row_is_whole(shipped_engine: EmbeddedEngine) -> None:
    """What a row names can be looked up as it stands."""
    for item in cards.quantities(shipped_engine, limit=10**6).items:
        for key in ("claim", "holder", "article", "event", "quantity"):
            assert item[key].startswith(BASE)
