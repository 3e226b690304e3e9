"""Builds piece by piece: the same statements as everything at once, and nothing made twice."""

import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.corpus import Plan, write
from kb import build as builds
from kb import nquads, pieces, reuse
from kb.errors import SourceError
from kb.model import Source
from kb.paths import data_dir
from kb.sources import read_snapshots
from kb.work import Processes


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    """The files of eight invented articles that tell of the same events."""
    folder = tmp_path_factory.mktemp("pieces") / "corpus"
    write(Plan(8, 3, 25, 0.3, 0.0, False), folder)
    return builds.sources(folder)


@pytest.fixture(scope="module")
def filled(corpus: list[Source], tmp_path_factory: pytest.TempPathFactory) -> Path:
    memory = tmp_path_factory.mktemp("memory")
    pieces.build(corpus, memory=memory)
    return memory


@pytest.fixture
def made(filled: Path, tmp_path: Path) -> Path:
    """A memory in which the pieces of the corpus are, and nothing else."""
    return Path(shutil.copytree(filled, tmp_path / "memory"))


def at_once(files: list[Source]) -> list[bytes]:
    """The statements that the reference gives."""
    return nquads.canonical(builds.at_once(files).quads)


def articles(files: list[Source]) -> list[int]:
    """Where the articles stand among the files."""
    return [number for number, file in enumerate(files) if file.trig]


def named(files: list[Source], name: str) -> int:
    """Where the file with this name stands."""
    return next(number for number, file in enumerate(files) if Path(file.name).name == name)


def own_registry(files: list[Source], article: int) -> int:
    """Where the registry file of an article stands."""
    return named(files, f"{Path(files[article].name).stem}.ttl")


def edited(files: list[Source], number: int, text: str, new: str) -> list[Source]:
    """The files with one place of one of them changed."""
    assert text in files[number].text
    return [
        replace(file, text=file.text.replace(text, new, 1)) if at == number else file for at, file in enumerate(files)
    ]


def added(files: list[Source], number: int, text: str) -> list[Source]:
    """The files with more at the end of one of them."""
    return [replace(file, text=file.text + text) if at == number else file for at, file in enumerate(files)]


def _first_claims(files: list[Source]) -> tuple[str, str]:
    one, other = (
        next(line for line in files[at].text.splitlines() if line.startswith("claim:") and "{" not in line)
        for at in articles(files)[:2]
    )
    return one, other


def turned(files: list[Source]) -> list[Source]:
    return edited(files, articles(files)[0], "polarity:positive", "polarity:negative")


def doubted(files: list[Source]) -> list[Source]:
    return edited(files, articles(files)[3], "certainty:certain", "certainty:possible")


def removed(files: list[Source]) -> list[Source]:
    gone = {articles(files)[2], own_registry(files, articles(files)[2])}
    return [file for number, file in enumerate(files) if number not in gone]


def frame_added(files: list[Source]) -> list[Source]:
    return added(files, named(files, "events-00001.ttl"), "\nevent:found-later a t:EventFrame ; rdfs:label 'Later' .\n")


def holder_moved(files: list[Source]) -> list[Source]:
    """An outlet gets an owner, on which the dependence of all that it prints rests."""
    actors = named(files, "actors.ttl")
    at = files[actors].text
    one, other = [line for line in at.splitlines() if line.startswith("actor:")][:2]
    return added(files, actors, f"\n{one} schema:parentOrganization {other} .\n")


def alike(files: list[Source]) -> list[Source]:
    """Two frames are called possibly the same, so that their claims are compared."""
    events = named(files, "events-00001.ttl")
    one, other = [line for line in files[events].text.splitlines() if line.startswith("event:")][:2]
    return added(files, events, f"\n{one} t:possiblySameAs {other} .\n")


def coded(files: list[Source]) -> list[Source]:
    """A comparison by hand stands instead of the computed one."""
    one, other = _first_claims(files)
    return added(
        files,
        named(files, "actors.ttl"),
        "\n@prefix claim: <https://w3id.org/testimonia/claim/> .\n"
        "@prefix t: <https://w3id.org/testimonia/ontology#> .\n"
        "@prefix relation: <https://w3id.org/testimonia/relation/> .\n"
        "@prefix independence: <https://w3id.org/testimonia/independence/> .\n"
        f"<https://w3id.org/testimonia/comparison/by-hand> a t:Comparison ; t:left {one} ; t:right {other} ;\n"
        "    t:relation relation:same-content ; t:independence independence:independent .\n",
    )


def shared_text(files: list[Source]) -> list[Source]:
    """Two articles share a passage, on which claims of both rest."""
    anchors = [
        next(line.split()[-2] for line in files[at].text.splitlines() if line.strip().startswith("t:evidence anchor:"))
        for at in articles(files)[:2]
    ]
    text = (
        "@prefix anchor: <https://w3id.org/testimonia/anchor/> .\n"
        "@prefix t: <https://w3id.org/testimonia/ontology#> .\n"
        "<https://w3id.org/testimonia/reuse/found> a t:TextReuse ; t:ratio 0.95 ; t:containment 1.0 ;\n"
        f"    t:passage {anchors[0]} , {anchors[1]} .\n"
    )
    return [*files, Source("computed/text-reuse.ttl", text, False)]


def leaning(files: list[Source]) -> list[Source]:
    """An article's registry refers to what another article's registry describes."""
    one, other = articles(files)[:2]
    label = "\nactor:only-here a foaf:Group , t:DescribedGroup ; rdfs:label 'Villagers' .\n"
    spaces = "@prefix actor: <https://w3id.org/testimonia/actor/> .\n@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
    found = added(files, own_registry(files, other), f"\n{spaces}{label}")
    entry = next(line for line in files[own_registry(files, one)].text.splitlines() if line.startswith("actor:"))
    return added(found, own_registry(found, one), f"\n{entry} t:possiblySameAs actor:only-here .\n")


def tangled(files: list[Source]) -> list[Source]:
    """Two articles describe the same thing."""
    found, spaces = files, "\n@prefix actor: <https://w3id.org/testimonia/actor/> .\n"
    for at, label in zip(articles(files)[:2], ("One", "Two"), strict=True):
        found = added(found, own_registry(found, at), f"{spaces}actor:of-both rdfs:label '{label}' .\n")
    return found


def acting(files: list[Source]) -> list[Source]:
    """An article says more of what the shared registry describes."""
    outlet = next(line for line in files[named(files, "actors.ttl")].text.splitlines() if line.startswith("actor:"))
    spaces = "@prefix actor: <https://w3id.org/testimonia/actor/> .\n"
    more = f"{outlet} t:side <https://w3id.org/testimonia/side/x> .\n"
    return added(files, own_registry(files, articles(files)[0]), f"\n{spaces}{more}")


def remarked(files: list[Source]) -> list[Source]:
    """The shared registry says more of what an article's registry describes, and another article speaks of it."""
    one, other = articles(files)[:2]
    kinds = ("actor", "object")
    lines = [files[own_registry(files, at)].text.splitlines() for at in (one, other)]
    entry, again = (next(line for line in found if line.partition(":")[0] in kinds) for found in lines)
    spaces = "".join(f"@prefix {kind}: <https://w3id.org/testimonia/{kind}/> .\n" for kind in kinds)
    spaces += "@prefix t: <https://w3id.org/testimonia/ontology#> .\n"
    found = added(files, named(files, "actors.ttl"), f"\n{spaces}{entry} t:possiblySameAs {again} .\n")
    return added(found, own_registry(found, other), f"\n{spaces}{again} t:possiblySameAs {entry} .\n")


def _of_an_own_entry(files: list[Source], statement: str) -> list[Source]:
    """The shared registry says something of what one article describes."""
    at = own_registry(files, articles(files)[0])
    entry = next(line for line in files[at].text.splitlines() if line.startswith(("actor:", "object:")))
    spaces = "".join(f"@prefix {kind}: <https://w3id.org/testimonia/{kind}/> .\n" for kind in ("actor", "object"))
    spaces += "@prefix t: <https://w3id.org/testimonia/ontology#> .\n"
    return added(files, named(files, "actors.ttl"), f"\n{spaces}{entry} {statement} .\n")


def sided(files: list[Source]) -> list[Source]:
    return _of_an_own_entry(files, "t:side <https://w3id.org/testimonia/side/one>")


def called_otherwise(files: list[Source]) -> list[Source]:
    return _of_an_own_entry(files, "rdfs:label 'Zebras'")


def nameless(files: list[Source]) -> list[Source]:
    """Blank nodes of two articles have the same label."""
    found = files
    for at in articles(files)[:2]:
        found = added(found, own_registry(found, at), f"\n[] rdfs:comment '{at}' .\n_:a rdfs:comment 'both' .\n")
    return found


CHANGES: tuple[tuple[Callable[[list[Source]], list[Source]], int | None], ...] = (
    (turned, 1),
    (doubted, 1),
    (removed, 0),
    (frame_added, 1),
    (holder_moved, None),
    (alike, None),
    (coded, None),
    (shared_text, 1),
    (leaning, 3),
    (tangled, 3),
    (remarked, None),
    (sided, None),
    (called_otherwise, None),
    (acting, None),
    (nameless, 2),
)
"""Changes, and how many pieces are made anew where that is sure: the shared files are one, and articles that are bound
to each other are first made apart."""


@pytest.mark.parametrize(("change", "again"), CHANGES, ids=lambda value: getattr(value, "__name__", ""))
def test_pieces_give_what_everything_at_once_gives(
    corpus: list[Source], made: Path, change: Callable[[list[Source]], list[Source]], again: int | None
) -> None:
    """After any change, what is kept and what is made anew are together what the reference makes of all files."""
    files = change(corpus)
    built = pieces.build(files, memory=made)
    assert built.lines() == at_once(files)
    assert again is None or built.made == again


def test_the_corpus_has_all_that_is_compared(corpus: list[Source]) -> None:
    """There are comparisons, drift, accounts of others and conclusions in what the changes are tried on."""
    lines = b"".join(at_once(corpus))
    for name in (b"#Comparison>", b"#Drift>", b"#InferredGraph>", b"#underPerspective>", b"#LoadedWording>"):
        assert name in lines


def test_what_ships_is_made_of_pieces(tmp_path: Path) -> None:
    """Each of the encoded articles is a piece of its own, and together they are what everything at once gives."""
    files = builds.sources(data_dir())
    built = pieces.build(files)
    assert built.pieces == len(list((data_dir() / "articles").glob("*.trig"))) + 2  # shared files, and a gazetteer
    assert built.lines() == at_once(files)


def test_nothing_is_made_twice(corpus: list[Source], made: Path) -> None:
    """Where no file changed, no piece is made."""
    assert pieces.build(corpus, memory=made).made == 0


def test_without_a_memory_all_is_made(corpus: list[Source]) -> None:
    """Nothing is kept where no folder is given, and several hands give the same as one."""
    alone, shared = pieces.build(corpus), pieces.build(corpus, hands=Processes(2))
    assert alone.made == shared.made == alone.pieces == 9
    assert alone.lines() == shared.lines()


def test_a_change_that_an_article_does_not_reach_leaves_its_piece(corpus: list[Source], made: Path) -> None:
    """A frame that nobody tells of yet costs the piece of the shared files only."""
    assert pieces.build(frame_added(corpus), memory=made).made == 1


def test_what_another_may_have_written_is_not_believed(corpus: list[Source], tmp_path: Path) -> None:
    """A piece that others may write is made again, and so is one that is cut off."""
    pieces.build(corpus, memory=tmp_path)
    kept = sorted(path for path in (tmp_path / "pieces").rglob("*") if path.is_file())
    kept[0].chmod(0o666)
    kept[1].write_bytes(kept[1].read_bytes()[:100])
    kept[2].write_bytes(pickle.dumps(None))
    assert {path.stat().st_mode & 0o077 for path in kept[1:]} == {0}
    built = pieces.build(corpus, memory=tmp_path)
    assert built.lines() == at_once(corpus)
    assert 1 <= built.made <= 3
    assert os.listdir(tmp_path) == ["pieces"]


def test_a_default_graph_against_the_vocabulary_is_told_with_its_line(corpus: list[Source], made: Path) -> None:
    """What is a place and a person in our own voice stops a build at its line."""
    places = named(corpus, "places.ttl")
    entry = next(line for line in corpus[places].text.splitlines() if line.startswith("place:"))
    files = added(corpus, places, f"\n@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n{entry} a foaf:Person .\n")
    with pytest.raises(SourceError, match="contradicts the vocabulary") as caught:
        pieces.build(files, memory=made)
    assert caught.value.file == corpus[places].name and caught.value.line


def test_text_reuse_is_computed_from_pieces(corpus: list[Source], made: Path) -> None:
    """With the texts at hand, shared passages are those of the texts, and are looked for once."""
    folder = Path(corpus[articles(corpus)[0]].name).parents[1]
    texts, stored = read_snapshots(folder / "sources"), "computed/text-reuse.ttl"
    said: list[str] = []
    built = pieces.build(corpus, texts=texts, stored=stored, memory=made, say=said.append)
    assert any(line.startswith("text reuse computed anew") for line in said)
    dataset = builds.derive(builds.parse(corpus))
    renewed = Source(stored, reuse.as_turtle(reuse.kept_and_new(dataset, texts)), False)
    assert built.files == (*corpus, renewed)
    assert built.lines() == at_once([*corpus, renewed])
    again = pieces.build(turned(corpus), texts=texts, stored=stored, memory=made)
    assert again.lines() == at_once([*turned(corpus), renewed])
    said.clear()
    assert pieces.build(list(built.files), texts=texts, stored=stored, memory=made, say=said.append).made == 0
    assert not any(line.startswith("text reuse") for line in said)


def test_what_leaks_is_told(corpus: list[Source], made: Path) -> None:
    """An event outside of claims is seen in whatever piece it stands."""
    text = "\n<https://w3id.org/testimonia/event/leaked> a <http://semanticweb.cs.vu.nl/2009/11/sem/Event> .\n"
    files = added(corpus, articles(corpus)[0], text)
    assert pieces.build(files, memory=made).leaks == ("https://w3id.org/testimonia/event/leaked",)
