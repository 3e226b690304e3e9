"""Builds: repeatable, immutable, swapped in one step."""

import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from places import EXAMPLE

from kb import build as builds
from kb import nquads, reference, store
from kb.errors import SetupError, SourceError
from kb.namespaces import iri, turtle_prologue


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the example that a test may change."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "data"))


def test_the_same_files_give_the_same_build(tmp_path: Path) -> None:
    """Two builds in two folders have one id, one N-Quads dump and one TriG dump, byte for byte."""
    first, second = (builds.build(EXAMPLE, tmp_path / name) for name in ("a", "b"))
    assert first.name == second.name
    for name in ("dump.nq", "dump.trig", "manifest.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_several_processes_write_the_same_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that several processes write has the files of one that is written in one, byte for byte."""
    first = builds.build(EXAMPLE, tmp_path / "a")
    monkeypatch.setattr(store, "MANY", 0)
    second = builds.build(EXAMPLE, tmp_path / "b")
    for name in ("dump.nq", "dump.trig", "dump.jsonld", "statistics.json", "index.sqlite", "manifest.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    stored = [nquads.canonical(ox.Store.read_only(str(build / "store"))) for build in (first, second)]
    assert b"".join(stored[0]) == b"".join(stored[1]) == (first / "dump.nq").read_bytes()


def test_the_id_is_the_hash_of_the_dump(example_build: Path) -> None:
    """Anybody can check a dump against the build id with sha256sum."""
    import hashlib

    assert hashlib.sha256((example_build / "dump.nq").read_bytes()).hexdigest() == example_build.name
    assert json.loads((example_build / "manifest.json").read_text())["build_id"] == example_build.name


def test_order_and_labels_do_not_matter() -> None:
    """The id is that of the canonical dataset: neither the order of quads nor blank node labels change it."""
    p = ox.NamedNode("http://p")
    one = [ox.Quad(ox.BlankNode("a"), p, ox.BlankNode("b")), ox.Quad(ox.BlankNode("b"), p, ox.Literal("x"))]
    two = [ox.Quad(ox.BlankNode("y"), p, ox.Literal("x")), ox.Quad(ox.BlankNode("z"), p, ox.BlankNode("y"))]
    assert store.build_id(one) == store.build_id(two)


def test_nothing_is_built_twice(data: Path, tmp_path: Path) -> None:
    """The same inputs find their build again; a changed file makes a new one and leaves the old."""
    out, said = tmp_path / "out", []
    first = builds.build(data, out)
    assert builds.build(data, out, say=said.append) == first
    assert said == [f"build {first.name[:12]} is up to date"]
    article = next((data / "articles").glob("*.trig"))
    article.write_text(article.read_text().replace("mode:demanded", "mode:asked"))
    second = builds.build(data, out)
    assert second != first
    assert (first / "manifest.json").is_file()
    assert (out / "current").resolve() == second.resolve()


def test_progress_is_told(tmp_path: Path) -> None:
    """A first build says what it does, step by step."""
    said: list[str] = []
    builds.build(EXAMPLE, tmp_path / "out", say=said.append)
    assert [line.split()[0] for line in said[:1]] == ["reading"]
    assert said[-1].endswith("is ready")
    assert any("claims" in line for line in said)


def test_an_interrupted_build_leaves_the_old_one(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that fails half way leaves the earlier build current and no half folder."""
    out = tmp_path / "out"
    first = builds.build(data, out)
    (data / "registry" / "more.ttl").write_text(turtle_prologue() + 'place:x a geo:Feature ; rdfs:label "X"@en .\n')

    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "asdict", interrupted, raising=True)
    with pytest.raises(KeyboardInterrupt):
        builds.build(data, out)
    monkeypatch.undo()
    assert (out / "current").resolve() == first.resolve()
    assert sorted(path.name for path in out.iterdir()) == sorted([first.name, "current", "inputs"])


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Where builds cannot go is said in one line, with what to do."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SetupError, match=r"cannot be written.*--out"):
        builds.build(EXAMPLE, blocked / "out")


def test_data_that_leaks_is_not_built(data: Path, tmp_path: Path) -> None:
    """An event outside the graph of a claim stops the build at its line, even where nothing else is checked."""
    leak = data / "registry" / "leak.ttl"
    leak.write_text(turtle_prologue() + "event:dumping a sem:Event .\n")
    for check in (True, False):
        with pytest.raises(SourceError, match=r"(leak|gazette)\.ttl:\d+: "):
            builds.build(data, tmp_path / "out", check=check)


def test_data_with_violations_is_not_published(data: Path, tmp_path: Path) -> None:
    """A violation stops the build at its line, with its rule; a build without check is another build."""
    article = next((data / "articles").glob("*.trig"))
    article.write_text(article.read_text().replace("    t:holder actor:2024-03-05-gazette-fishermen ;\n", "", 1))
    with pytest.raises(SourceError, match=r"gazette\.trig:\d+: .*\[claim-holder\].*not published"):
        builds.build(data, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*/manifest.json"))
    builds.build(data, tmp_path / "out", check=False)
    with pytest.raises(SourceError, match="not published"):
        builds.build(data, tmp_path / "out")


def test_an_accusation_in_our_own_voice_is_not_published(data: Path, tmp_path: Path) -> None:
    """Who took part in an event is told in claims only: typed into the registry, it stops the build."""
    (data / "registry" / "own.ttl").write_text(turtle_prologue() + "event:dumping sem:hasActor actor:port .\n")
    with pytest.raises(SourceError, match=r"own\.ttl:\d+: "):
        builds.build(data, tmp_path / "out")


def test_a_folder_without_articles_is_not_built(tmp_path: Path) -> None:
    """Nothing to serve is an error, not an empty build."""
    (tmp_path / "data" / "articles").mkdir(parents=True)
    with pytest.raises(SourceError, match="has no article"):
        builds.build(tmp_path / "data", tmp_path / "out")


def test_the_default_graph_of_a_build_tells_nothing_of_the_world(shipped_build: Path) -> None:
    """No event, state or participation stands in the default graph of what is served."""
    served = ox.Store.read_only(str(shipped_build / "store"))
    for name in ("sem:Event", "t:State", "t:Participation", "schema:QuantitativeValue"):
        found = list(served.quads_for_pattern(None, None, ox.NamedNode(iri(name)), ox.DefaultGraph()))
        assert [quad for quad in found if "#type" in quad.predicate.value] == []


def test_a_build_counts_what_it_holds(example_build: Path) -> None:
    """The manifest tells articles, claims, events and quads."""
    counts = store.manifest(example_build).counts
    assert (counts["articles"], counts["claims"], counts["events"]) == (1, 4, 4)
    assert counts["quads"] == (example_build / "dump.nq").read_text().count("\n")


def test_a_folder_that_is_no_build_is_refused(tmp_path: Path) -> None:
    """Without its manifest a folder is no build."""
    with pytest.raises(SetupError, match="is not a build"):
        store.manifest(tmp_path)


def test_a_build_that_owlrl_does_not_agree_with_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``reference``, a conclusion of one that the other does not draw stops the build, also of known files."""
    folder = builds.build(EXAMPLE, tmp_path)
    assert builds.build(EXAMPLE, tmp_path, reference=True) == folder
    monkeypatch.setattr(reference, "differences", lambda dataset, closed: iter(["a b c follows only by owlrl"]))
    with pytest.raises(SetupError, match="a b c follows only by owlrl"):
        builds.build(EXAMPLE, tmp_path, reference=True)
