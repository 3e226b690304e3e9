"""Which sentences of different articles share their words."""

import random
import re
from collections import Counter
from decimal import Decimal

import pytest
from places import ROOT

from kb import build as builds
from kb import reuse
from kb.dataset import Dataset, parse
from kb.model import Source
from kb.namespaces import iri, shorten, turtle_prologue
from kb.passages import sentences, sha256
from kb.paths import data_dir
from kb.reuse import Passage, Reuse
from kb.sources import read_source

FIRST, SECOND = "2024-03-05-gazette", "2024-03-06-courier"
LONG = "About forty barrels of green paint were carried from the old quay to the new one on Monday morning."


def article(slug: str, text: str, *, section: str = "body") -> str:
    """The snapshot, its one section and the article for a text, in Turtle."""
    return f"""
snapshot:{slug} a t:TextSnapshot ; schema:sha256 "{sha256(text)}" ; t:length {len(text)} ; t:section node:{slug}-s .
node:{slug}-s a t:Section ; t:start 0 ; t:end {len(text)} ; t:sectionType section:{section} .
article:{slug} a schema:NewsArticle ; t:snapshot snapshot:{slug} .
"""


def data(first: str, second: str, more: str = "", **options: str) -> tuple[Dataset, dict[str, str]]:
    """Two articles with these texts."""
    body = turtle_prologue() + article(FIRST, first, **options) + article(SECOND, second, **options) + more
    return parse([Source("x.trig", body, True)]), {FIRST: first, SECOND: second}


def found(first: str, second: str, **options: str) -> list[tuple[str, str]]:
    """Kind and ratio of what two texts share."""
    return [(r.kind, str(r.ratio)) for r in reuse.computed(*data(first, second, **options))[0]]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (LONG, [("verbatim", "1.000")]),
        (LONG.replace("About forty", "“About FORTY").replace("quay", "quay,"), [("verbatim", "1.000")]),
        (LONG.replace("green", "red"), [("near-verbatim", "0.947")]),
        (
            f"As our readers know from earlier reports on the matter, {LONG[0].lower()}{LONG[1:-1]} in the rain.",
            [("contained", "0.745")],
        ),
        ("The mayor of the island said nothing at all about the matter of the missing barrels this week.", []),
        ("Forty barrels.", []),
    ],
)
def test_likeness_is_that_of_the_words_in_their_order(second: str, expected: list[tuple[str, str]]) -> None:
    """Capitals, quotes and stops do not count, words and their order do."""
    assert found(LONG, second) == expected


def test_short_sentences_and_furniture_are_not_compared() -> None:
    """Five words in common are no copy, and what belongs to the page recurs on every page."""
    assert found("The peace talks went on.", "The peace talks went on.") == []
    assert found(LONG, LONG, section="furniture") == []
    assert found(LONG, LONG, section="caption") == [("verbatim", "1.000")]


def test_sentences_of_one_article_are_not_compared() -> None:
    """An outlet that repeats itself in one article copies from nobody."""
    assert found(f"{LONG} {LONG}", "Something else was told in the other paper that day.") == []


def test_another_version_of_a_text_says_nothing() -> None:
    """Only a text with the hash that was encoded is compared."""
    dataset, texts = data(LONG, LONG)
    assert reuse.computed(dataset, {**texts, SECOND: LONG + " "}) == ([], {FIRST})


def test_the_entry_says_how_it_was_computed_and_leaves_the_direction_open() -> None:
    """Reuse is data with its method, and without a credit nobody was first."""
    dataset, texts = data(LONG, LONG)
    (entry,) = reuse.renewed(dataset, texts).instances("t:TextReuse")
    made = reuse.renewed(dataset, texts)
    assert shorten(entry) == f"reuse:{FIRST}-p1-s1-{SECOND}-p1-s1"
    assert made.value(entry, "t:method") == iri("method:text-reuse")
    assert made.value(entry, "t:direction") == iri("direction:unknown")
    assert made.values(entry, "t:takenFrom") == ()
    for anchor in made.texts(entry, "t:passage"):
        assert made.span(anchor) == (0, len(LONG))
        assert made.value(anchor, "schema:sha256") == sha256(LONG)


def test_common_words_in_a_rare_row_are_copied_words() -> None:
    """Sentences whose words stand everywhere are formulas, unless twelve of them stand in a row nowhere else."""
    half = "the quick brown ferry left its harbour"
    words = f"{half} under heavy rain while nobody watched from shore".split()
    shuffled = [[*words[at:], *words[:at]] for at in range(1, len(words))]
    everywhere = [" ".join(one[at : at + 7]) for one in shuffled for at in (0, 7)]
    copied = [" ".join(words), " ".join([*words, "as", "usual", "again"])]
    texts = [f"{text} number {number}" for number, text in enumerate(everywhere)] + copied
    compared = [(reuse.Passage(f"a{number}", 0, len(text), "s1"), text.split()) for number, text in enumerate(texts)]
    (found,) = reuse.compare(compared)
    assert found.kind == "near-verbatim"
    assert [passage.article for passage in found.passages] == [f"a{len(everywhere)}", f"a{len(everywhere) + 1}"]


@pytest.mark.parametrize(("credited", "known"), [(f"article:{FIRST}", True), ("actor:northport-gazette", False)])
def test_only_a_credit_to_the_very_text_gives_a_direction(credited: str, known: bool) -> None:
    """Naming the outlet is not naming the text."""
    more = f"""
node:{SECOND}-credit a t:Credit ; t:creditedText {credited} ; t:evidence anchor:{SECOND}-p1-s1-cue .
anchor:{SECOND}-p1-s1-cue a oa:SpecificResource ; oa:hasSource snapshot:{SECOND} ; t:start 0 ; t:end 5 .
"""
    made = reuse.renewed(*data(LONG, LONG, more))
    (entry,) = made.instances("t:TextReuse")
    assert (made.value(entry, "t:direction") == iri("direction:credited")) is known
    assert made.texts(entry, "t:takenFrom") == ((iri(f"anchor:{FIRST}-p1-s1-sentence"),) if known else ())


def test_what_is_stored_is_read_back_as_it_was_computed() -> None:
    """Written as Turtle and parsed again, reuse is the same, and nothing is outdated."""
    dataset, texts = data(f"{LONG} {LONG.replace('green', 'red')}", f"Well, so it was. {LONG}")
    (computed, _) = reuse.computed(dataset, texts)
    written = Source("computed/text-reuse.ttl", reuse.as_turtle(reuse.quads(dataset, computed, texts)), False)
    base = Source("x.trig", turtle_prologue() + article(FIRST, texts[FIRST]) + article(SECOND, texts[SECOND]), True)
    together = parse([base, written])
    assert reuse.stored(together) == computed and len(computed) == 2
    assert reuse.outdated(together, texts) == []
    assert [f.rule for f in reuse.outdated(dataset, texts)] == ["reuse-outdated"] * 2
    again = reuse.as_turtle(reuse.kept_and_new(together, texts))
    assert again == written.text
    assert reuse.as_turtle(reuse.kept_and_new(together, {})) == written.text


def test_what_the_texts_no_longer_show_is_outdated() -> None:
    """Stored reuse between articles that share nothing is found out."""
    dataset, texts = data(LONG, "Nothing of this kind was told in the other paper on that day.")
    false = Reuse(
        (Passage(FIRST, 0, len(LONG), "p1-s1"), Passage(SECOND, 0, 20, "p1-s1")), "verbatim", Decimal(1), Decimal(1)
    )
    (finding,) = reuse.outdated(dataset.with_quads(reuse.quads(dataset, [false], texts)), texts)
    assert "do not share their words" in finding.message


def test_a_wording_in_many_articles_is_one_entry() -> None:
    """What stands in over twenty articles is told once with all passages, not pair by pair."""
    many = [(Passage(f"2024-03-{day:02}-gazette", 0, 9, "p1-s1"), LONG.split()) for day in range(1, 26)]
    (one,) = reuse.compare(many)
    assert len(one.passages) == 25 and one.kind == "verbatim"
    assert len(reuse.compare(many[:4])) == 6


def corpus(*, articles: int, seed: int) -> tuple[list[tuple[Passage, list[str]]], dict[tuple[Passage, Passage], float]]:
    """Invented sentences, and which were planted as copies of which, with their likeness."""
    chance = random.Random(seed)
    vocabulary = [
        a + b for a in ("ba", "co", "du", "fe", "gi", "ha", "jo") for b in ("ran", "tel", "vis", "mor", "nup")
    ]
    vocabulary = [f"{x}{y}" for x in vocabulary for y in ("", "en", "a", "is", "or", "um")]
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    sentences_: list[tuple[Passage, list[str]]] = []
    planted: dict[tuple[Passage, Passage], float] = {}
    for number in range(articles):
        for place in range(12):
            words = chance.choices(vocabulary, weights, k=chance.randint(8, 30))
            passage = Passage(f"a{number:04}", place * 300, place * 300 + 299, f"p{place}-s1")
            if number and chance.random() < 0.1:
                other, words = chance.choice([s for s in sentences_ if s[0].article != passage.article])
                words = list(words)
                for _ in range(chance.randint(0, len(words) // 6)):
                    words[chance.randrange(len(words))] = chance.choice(vocabulary)
                common = Counter(words) & Counter(dict(sentences_)[other])
                planted[other, passage] = sum(common.values()) / len(words)
            sentences_.append((passage, words))
    return sentences_, planted


def test_proposed_pairs_miss_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What MinHash proposes in a large corpus gives what comparing each with each gives, but for a few in a hundred."""
    sentences_, planted = corpus(articles=60, seed=3)
    whole = {r.passages for r in reuse.compare(sentences_) if r.ratio >= Decimal("0.8")}
    monkeypatch.setattr(reuse, "EACH_WITH_EACH", 10)
    quick = {r.passages for r in reuse.compare(sentences_) if r.ratio >= Decimal("0.8")}
    assert len(planted) > 50 and len(whole) > 40
    assert quick <= whole
    assert len(quick) >= 0.97 * len(whole)


def grams(text: str, size: int = 3) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def test_an_independent_count_by_trigrams_agrees(texts: dict[str, str]) -> None:
    """In the shipped articles, the pairs that share most runs of three words are those that the data has as reuse."""
    (first, one), (second, two) = sorted(texts.items())
    shared: dict[tuple[str, str], float] = {}
    for a in sentences(one):
        for b in sentences(two):
            left, right = grams(one[a.start : a.end]), grams(two[b.start : b.end])
            if min(left.total(), right.total()) >= 4:
                shared[f"{first}-{a.name}", f"{second}-{b.name}"] = (left & right).total() / min(
                    left.total(), right.total()
                )
    stored = reuse.stored(builds.load(data_dir()))
    pairs = {tuple(f"{p.article}-{p.name}" for p in r.passages): r for r in stored}
    assert {pair for pair, share in shared.items() if share >= 0.5} == set(pairs)
    assert {pair for pair, share in shared.items() if share == 1} >= {
        p for p, r in pairs.items() if r.kind == "verbatim"
    }
    assert Counter(r.kind for r in stored) == {"verbatim": 7, "near-verbatim": 7, "contained": 3}


def test_the_stored_reuse_is_what_the_texts_show(shipped: Dataset, texts: dict[str, str]) -> None:
    """The computed file that ships is up to date, to the letter."""
    assert reuse.outdated(shipped, texts) == []
    path = data_dir() / builds.REUSE
    assert reuse.as_turtle(reuse.kept_and_new(shipped, texts)) == read_source(path).text
    assert (ROOT / "kb" / builds.REUSE).is_file()
