"""The words by which things are found: one reading for all spellings, and what is found by them in the shipped data."""

import random
import re
from collections.abc import Iterator
from itertools import pairwise

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine, example
from places import ROOT

from kb import cards, index
from kb.cards import Found
from kb.cards.search import MOST_WORDS
from kb.engine import EmbeddedEngine
from kb.index.addresses import comparable
from kb.index.folding import fold, singular, sound, words
from kb.index.words import COLUMNS, KINDS
from kb.model import Source
from kb.namespaces import iri, turtle_prologue

GAZETTE = "2024-03-05-gazette"
TABLES = ("address", "same", "thing", "form", "name", "term")
BARRELS = """
object:kegs
    a t:Material ;
    rdfs:label "Kegs / casks"@en ;
    schema:identifier "10-BA-123" ;
    schema:sameAs <http://www.wikidata.org/entity/Q42> ;
    skos:altLabel "Çəllək"@az , "Տակառ"@hy , "Бочка"@ru ;
    skos:hiddenLabel "kges"@en ;
    .

object:casks-of-oil
    a t:Material ;
    rdfs:label "casks of oil"@en ;
    .
"""


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    """The example, with a thing that has names in four languages."""
    return FakeEngine(example(Source("kegs.trig", turtle_prologue() + BARRELS, True)).quads)


def found(engine: FakeEngine | EmbeddedEngine, q: str, kind: str = "") -> list[str]:
    """The IRIs that are found, best first."""
    return [item["iri"] for item in cards.search(engine, q, kind=kind, limit=100).items]


def matches(result: Found) -> Iterator[tuple[str, list[list[int]]]]:
    for item in result.items:
        for match in item["matches"]:
            yield match["text"], match["highlights"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The 1,609 mines", "the 1609 mines"),
        ("1,60 and 2020,2021", "1 60 and 2020 2021"),
        ("Georgia’s GEORGIA'S georgia", "georgia georgia georgia"),
        ("Şuşa Шуша", "susa shusha"),
        ("Cafe\u0301 Café CAFE\u0301", "cafe cafe cafe"),
        ("so\u00adft zero\u200bwidth", "soft zerowidth"),
        ("ﬁne Straße ½", "fine strasse 12"),
        ("ə ı İ", "e i i"),
        ("10-BA-123", "10 ba 123"),
        ("  — “!?” · ", ""),
        ("snake_case", "snake case"),
    ],
)
def test_a_text_is_read_in_one_way(text: str, wanted: str) -> None:
    """Case, marks, scripts, possessives and thousands separators make no difference."""
    assert fold(text) == wanted


def test_the_manual_names_what_a_hit_can_say() -> None:
    """docs/search.md has a line for everything that a text can be of its thing, and names every kind."""
    page = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")
    table = page[page.index("| hit says") : page.index("The texts of articles")]
    assert set(re.findall(r"`([a-z ]+)`", table)) == set(COLUMNS)
    assert all(f"`{kind}`" in page for kind in KINDS)


def test_words_know_where_they_stand() -> None:
    """The characters from start to end are the word as it is written, without its possessive."""
    text = "In Şuşa’s — 1,609 «ﬁne» Ստե\u0583անակերտ"
    assert [text[word.start : word.end] for word in words(text)] == ["In", "Şuşa", "1,609", "ﬁne", "Ստեփանակերտ"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("xankendi", "khankendi"),
        ("susa", "shusha"),
        ("lacin", "lachin"),
        ("showshi", "shushi"),
        (fold("Gədəbəy"), "gadabay"),
        (fold("Гедабей"), "gadabay"),
        (fold("Cəbrayıl"), "jabrayil"),
        (fold("Джебраил"), fold("Cəbrail")),
    ],
)
def test_different_spellings_sound_the_same(one: str, other: str) -> None:
    """Azerbaijani, Armenian and Russian ways of writing a sound in Latin letters are one."""
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("plural", "one"), [("mines", "mine"), ("parties", "party"), ("pass", "pass"), ("shoes", "shoes"), ("us", "us")]
)
def test_a_plural_has_its_singular(plural: str, one: str) -> None:
    """The endings of English plurals are taken off, and those that only look like them are left."""
    assert singular(plural) == one


@pytest.mark.parametrize(
    "address",
    [
        "http://www.wikidata.org/entity/Q42",
        "https://wikidata.org/wiki/Q42",
        "https://WWW.Wikidata.org/entity/Q42/",
        "www.wikidata.org/entity/Q42",
    ],
)
def test_addresses_elsewhere_are_compared_by_what_they_mean(address: str) -> None:
    """Scheme, www, a last slash, and page or thing at Wikidata make no difference."""
    assert comparable(address) == "wikidata.org/Q42"


def test_the_tables_follow_from_the_quads(engine: FakeEngine) -> None:
    """In whatever order quads are loaded, the tables are the same."""
    quads = list(engine.store)
    random.Random(7).shuffle(quads)
    store = ox.Store()
    store.extend(quads)
    one, other = engine.index, index.in_memory(store)
    for table in TABLES:
        assert one.rows(f"SELECT * FROM {table}") == other.rows(f"SELECT * FROM {table}") != [], table


@pytest.mark.parametrize(
    "q", ["kegs", "KEG", "casks kegs", "çəllək", "CELLEK", "տակառ", "бочка", "bochka", "kegz", "10-BA-123"]
)
def test_a_thing_is_found_by_each_of_its_names(engine: FakeEngine, q: str) -> None:
    """Names of all languages, in their own script and in Latin letters, and identifiers find their thing."""
    assert iri("object:kegs") in found(engine, q)


@pytest.mark.parametrize("q", ["10BA123", "10ba-123", "10-BA123", "kegs 10BA123"])
def test_an_identifier_is_found_without_the_signs_in_it(engine: FakeEngine, q: str) -> None:
    """Letters and digits that stand apart in an identifier may be written in one, whole or in part."""
    assert found(engine, q) == [iri("object:kegs")]
    assert not cards.search(engine, q).read_as


def test_an_identifier_written_in_one_is_highlighted_with_its_signs(engine: FakeEngine) -> None:
    """The hit shows the identifier as it is printed, marked from its first character to its last."""
    assert list(matches(cards.search(engine, "10BA123"))) == [("10-BA-123", [[0, 9]])]


@pytest.mark.parametrize("q", ["10BA124", "123BA10", "BA10", "10kegs", '"10BA123"'])
def test_what_is_written_in_one_stands_together(engine: FakeEngine, q: str) -> None:
    """Letters and digits in another order, with others between, or in quotation marks, are no such identifier."""
    result = cards.search(engine, q)
    assert result.total == 0
    assert list(result.nearest) == [q.strip('"')]


def test_a_thing_is_listed_once(engine: FakeEngine) -> None:
    """Of a thing with several names that fit, the one that fits best is told, and what it is."""
    (first, *rest) = cards.search(engine, "casks").items
    assert first["iri"] == iri("object:casks-of-oil") or first["iri"] == iri("object:kegs")
    assert len({item["iri"] for item in (first, *rest)}) == 1 + len(rest)
    (kegs,) = cards.search(engine, "бочка").items
    assert kegs["label"] == "Kegs / casks"
    assert kegs["matches"] == [{"what": "name form", "text": "Бочка", "lang": "ru", "highlights": [[0, 5]]}]


def test_whole_names_come_first(engine: FakeEngine) -> None:
    """The exact name stands before names that begin with it, those before names that contain it, claims come last."""
    order = found(engine, "barrels")
    assert order[0] == iri("object:barrels")
    assert order.index(iri("object:leaking-barrels")) < order.index(iri(f"claim:{GAZETTE}-barrels"))
    kinds = [item["kind"] for item in cards.search(engine, "barrels", limit=100).items]
    assert kinds == [kind for kind in kinds if kind != "claim"] + ["claim"] * kinds.count("claim")


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("barels", "barrels"),
        ("barrelz", "barrels"),
        ("harbuor", "harbour"),
        ("eastqay", "eastquay"),
        ("fishremen", "fishermen"),
    ],
)
def test_a_mistyped_word_is_taken_for_the_nearest(engine: FakeEngine, typo: str, meant: str) -> None:
    """A letter wrong, missing, too many or swapped, two in long words: what is found is said."""
    result = cards.search(engine, typo)
    assert meant in result.read_as[typo]
    assert result.total > 0


def test_what_does_not_occur_has_the_nearest_words(engine: FakeEngine) -> None:
    """Where nothing is found, like words are proposed, and it is told which words occur on their own."""
    result = cards.search(engine, "barrels harbourmasters")
    assert (result.total, list(result.items)) == (0, [])
    assert "harbour" in result.nearest["harbourmasters"]
    assert result.apart["barrels"] > 0 == result.apart["harbourmasters"]


def test_all_words_must_be_there(engine: FakeEngine) -> None:
    """Each further word narrows; little words do not."""
    one, two = set(found(engine, "barrels")), set(found(engine, "barrels eastquay"))
    assert two < one
    assert set(found(engine, "the barrels of the eastquay")) == two


def test_words_in_quotation_marks_stand_together(engine: FakeEngine) -> None:
    """A phrase is found as it stands, in any kind of quotation marks, and never across two names."""
    assert iri("object:leaking-barrels") in found(engine, "“leaking barrels”")
    assert iri("object:leaking-barrels") not in found(engine, '"barrels leaking"')
    assert iri("object:kegs") in found(engine, "kegs kges")
    assert found(engine, '"casks kegs"') == []
    assert set(found(engine, 'unpaired" barrels')) == set(found(engine, "unpaired barrels"))


@pytest.mark.parametrize("q", ["barrels OR zebra", "name : zebra barrels", "barrels NOT zebra", "NEAR(barrels zebra)"])
def test_nothing_is_an_operator(engine: FakeEngine, q: str) -> None:
    """What an index would take for an operator is a word like any other."""
    assert found(engine, q) == []
    assert set(found(engine, "^barrels* -leaking")) == set(found(engine, "barrels leaking"))


@pytest.mark.parametrize("q", ["", " ", "!!!", "\u200f\u202e", "😀", "\u0301", "“”", "٭"])
def test_signs_alone_are_nothing_to_look_for(engine: FakeEngine, q: str) -> None:
    """A text without letter and digit is refused."""
    with pytest.raises(cards.BadWords):
        cards.search(engine, q)


def test_too_many_words_are_refused(engine: FakeEngine) -> None:
    """More words than anybody looks for would only cost time."""
    with pytest.raises(cards.BadWords, match=str(MOST_WORDS)):
        cards.search(engine, " ".join(f"w{number}" for number in range(MOST_WORDS + 1)))
    cards.search(engine, " ".join("barrels" for _ in range(MOST_WORDS + 1)))


def test_highlights_are_stretches_of_the_text(engine: FakeEngine) -> None:
    """Each is a word or phrase that was asked for; they are in order and apart."""
    for q in ("barrels", "harbour office", '"leaking barrels"', "бочка", "fishremen", "no"):
        for text, ranges in matches(cards.search(engine, q, limit=100)):
            assert ranges, (q, text)
            assert all(0 <= start < end <= len(text) for start, end in ranges)
            assert all(one[1] <= other[0] for one, other in pairwise(ranges))
            assert all(text[start:end] == text[start:end].strip() for start, end in ranges)


def test_every_claim_that_is_found_names_its_speaker(shipped_engine: EmbeddedEngine) -> None:
    """No hit on a claim, and none on an article, is without whose words it is."""
    for q in ("karabakh", "gold", "peacekeepers", "terrorist", "protest"):
        for item in cards.search(shipped_engine, q, limit=100).items:
            if item["kind"] in ("claim", "article"):
                assert item["speaker"], item["iri"]
            if item["kind"] == "claim":
                assert item["chain"] and item["mode"]


@pytest.mark.parametrize(
    ("spellings", "place"),
    [
        (
            ("Khankendi", "Xankəndi", "Ханкенди", "Stepanakert", "Ստեփանակերտ", "Степанакерт", "stepanakrt"),
            "place:khankendi",
        ),
        (("Shusha", "Şuşa", "Шуша", "Shushi", "Շուշի", "Шуши", "Shuhsa"), "place:shusha"),
        (("Berdzor", "Բերձոր", "Бердзор", "Lachin / Berdzor"), "place:lachin"),
    ],
)
def test_both_sides_find_the_same_place(shipped_engine: EmbeddedEngine, spellings: tuple[str, ...], place: str) -> None:
    """A place with a name on each side is the first hit for either, in Latin, Armenian and Cyrillic letters."""
    for spelling in spellings:
        first = cards.search(shipped_engine, spelling, limit=1).items[0]
        assert first["iri"] == iri(place), spelling


@pytest.mark.parametrize(
    ("q", "what", "name"),
    [
        ("Q158903", "external identifier", "place:shusha"),
        ("Izhe", "printed form", "place:izeh"),
        ("731AB61ER", "identifier", "object:plate-731-ab-61-er"),
        ("Bayramli", "byline", "article:2022-12-12-newsroom"),
        ("Eco-Activists", "headline", "article:2022-12-12-newsroom"),
        ("1609", "paraphrase", "claim:2022-12-13-caliber-landmines-laid"),
        ("mine-laying", "label", "type:mine-laying"),
        ("underspecified", "label", "certainty:underspecified"),
    ],
)
def test_what_was_found_is_said(shipped_engine: EmbeddedEngine, q: str, what: str, name: str) -> None:
    """Identifiers, misprints, bylines, headlines, numbers and concepts are found, and the hit says in what."""
    hits = {item["iri"]: item for item in cards.search(shipped_engine, q, limit=100).items}
    assert what in [match["what"] for match in hits[iri(name)]["matches"]]


@pytest.mark.parametrize("q", ["karabakh", "armenia", '"Lachin road"'])
def test_counts_by_kind_are_those_of_the_lists(shipped_engine: EmbeddedEngine, q: str) -> None:
    """For each kind there are as many hits as are counted, and all together are all."""
    whole = cards.search(shipped_engine, q, limit=1)
    assert whole.total == sum(whole.counts.values())
    for kind, count in whole.counts.items():
        hits = found(shipped_engine, q, kind)
        assert len(hits) == min(count, 100)
        assert cards.search(shipped_engine, q, kind=kind).total == count


def test_paging_loses_and_doubles_nothing(shipped_engine: EmbeddedEngine) -> None:
    """Page by page comes what one long page has, in the same order."""
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = cards.search(shipped_engine, "armenia", after=after, limit=7)
        seen += [item["iri"] for item in page.items]
        after = page.after
    assert seen == found(shipped_engine, "armenia")
    assert len(set(seen)) == len(seen) == page.total
