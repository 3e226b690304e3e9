"""Skeletons and anchor blocks for editors."""

from pathlib import Path

import pytest
from places import EXAMPLE

from kb import build as builds
from kb import passages, scaffold, style
from kb.dataset import parse
from kb.errors import SetupError, SourceError
from kb.model import Source
from kb.namespaces import iri, turtle_prologue
from kb.sources import read_snapshots, read_source

ARTICLE = "2024-03-05-gazette"


@pytest.fixture
def text() -> str:
    return read_snapshots(EXAMPLE / "sources")[ARTICLE]


def test_located_anchors_are_those_of_the_encoding(text: str) -> None:
    """The blocks that locate prints are, line by line, those that stand in the example."""
    blocks = scaffold.locate(ARTICLE, text, "demanded", nth=None).split("\n\n")
    article = (EXAMPLE / "articles" / f"{ARTICLE}.trig").read_text(encoding="utf-8")
    assert blocks[0] in article
    assert blocks[1].replace("-words", "-cue") in article


def test_a_whole_sentence_gives_one_anchor(text: str) -> None:
    """Exact words are offered for a few words only."""
    assert scaffold.locate(ARTICLE, text, "It was a grey week in Northport.", nth=None).count("anchor:") == 1
    long = "that, according to the harbour office, about 40 barrels, 12 of them leaking, were taken from Eastquay"
    assert "t:exactWords" not in scaffold.locate(ARTICLE, text, long, nth=None)


@pytest.mark.parametrize(
    ("words", "nth", "message"),
    [
        ("nowhere", None, "does not stand in the text"),
        ("the", None, "stands in"),
        ("demanded", 2, "--nth 2"),
        ("3 March. The fishermen", None, "does not stand|runs over"),
    ],
)
def test_words_that_give_no_anchor_are_explained(text: str, words: str, nth: int | None, message: str) -> None:
    """Words that stand nowhere, in several places, or over a sentence's end are an error that says so."""
    with pytest.raises(SourceError, match=message):
        scaffold.locate(ARTICLE, text, words, nth=nth)


def test_a_chosen_place_is_taken(text: str) -> None:
    """With several places the number chooses."""
    first, second = (
        (scaffold.locate(ARTICLE, text, "barrels", nth=n) for n in (1, 2)) if text.count("barrels") > 1 else ("a", "b")
    )
    assert first != second


def test_a_new_article_parses_and_is_right_about_its_text(tmp_path: Path, text: str) -> None:
    """A skeleton made with the text at hand is read without error, and its hash, length and sections hold."""
    slug = "2024-03-06-courier"
    article, registry = scaffold.new(tmp_path, slug, text)
    files = [
        *builds.sources(EXAMPLE)[:0],
        *(Source(p.name, p.read_text(encoding="utf-8"), p.suffix == ".trig") for p in (article, registry)),
    ]
    dataset = parse(files)
    snapshot = dataset.value(iri(f"article:{slug}"), "t:snapshot") or ""
    assert dataset.value(snapshot, "schema:sha256") == passages.sha256(text)
    assert dataset.number(snapshot, "t:length") == len(text)
    ranges = sorted((dataset.number(s, "t:start"), dataset.number(s, "t:end")) for s in dataset.instances("t:Section"))
    paragraphs = passages.paragraphs(text)
    assert all(
        any(a is not None and b is not None and a <= start and end <= b for a, b in ranges) for start, end in paragraphs
    )
    assert dataset.value(iri(f"perspective:{slug}"), "t:selectsArticle") == iri(f"article:{slug}")


def test_without_the_text_what_is_missing_is_said(tmp_path: Path) -> None:
    """A skeleton without text parses, and says what is to be filled in."""
    article, _ = scaffold.new(tmp_path, "2024-03-06-courier", None)
    content = article.read_text(encoding="utf-8")
    assert "# TODO schema:sha256" in content
    assert parse([Source("x.trig", content, True)]).instances("t:TextSnapshot")


@pytest.mark.parametrize("known", [True, False], ids=["with text", "without"])
def test_a_skeleton_is_in_house_style(tmp_path: Path, text: str, known: bool) -> None:
    """What the command writes has nothing to mend."""
    for path in scaffold.new(tmp_path, "2024-03-06-courier", text * 3 if known else None):
        assert style.lint_file(read_source(path)) == []


@pytest.mark.parametrize(
    "slug", ["courier", "2024-3-6-courier", "2024-03-06-Courier", "../2024-03-06-x", "2024-03-06-", "2023-13-45-x"]
)
def test_slugs_are_checked(tmp_path: Path, slug: str) -> None:
    """A slug that is no date and name makes no file."""
    with pytest.raises(SourceError, match="YYYY-MM-DD-name"):
        scaffold.new(tmp_path, slug, None)
    assert list(tmp_path.rglob("*.*")) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """An article that is there already stays as it is."""
    scaffold.new(tmp_path, "2024-03-06-courier", None)
    with pytest.raises(SetupError, match="is there already"):
        scaffold.new(tmp_path, "2024-03-06-courier", None)


def test_the_prologue_has_only_what_is_used() -> None:
    """A printed block is valid Turtle behind the prefixes of the table."""
    block = scaffold.locate(ARTICLE, "One word here.", "word", nth=None)
    assert parse([Source("x.ttl", turtle_prologue() + block, False)]).instances("oa:SpecificResource")
