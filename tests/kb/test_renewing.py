"""Builds that are made out of an earlier one: the same files as if everything had been written."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest

from kb import index, nquads, store
from kb.namespaces import BASE, iri

FILES = ("dump.nq", "dump.trig", "dump.jsonld", "statistics.json", "manifest.json")

Quads = list[ox.Quad]


def quads_of(build: Path) -> Quads:
    return list(ox.parse(path=str(build / "dump.nq"), format=ox.RdfFormat.N_QUADS))


def rows(build: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of an index, in their order; of what is searched in, what each word leads to."""
    with closing(sqlite3.connect(build / index.FILE)) as connection:
        listing = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        names = [name for (name,) in connection.execute(listing) if not name.startswith("words")]
        found = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        connection.execute("CREATE VIRTUAL TABLE temp.place USING fts5vocab ('main', 'words', 'instance')")
        found["words"] = connection.execute("SELECT * FROM temp.place").fetchall()
        return found


def write(out: Path, quads: Sequence[ox.Quad], earlier: Path, said: list[str]) -> Path:
    return store.write_lines(
        out, nquads.canonical(quads), inputs="x", version="1", counts={}, earlier=earlier, say=said.append
    )


def assert_same(tmp_path: Path, before: Quads, after: Quads, *, renewed: bool = True) -> list[str]:
    """That a build made out of an earlier one has what one that is wholly written has; what was said."""
    said: list[str] = []
    nothing = tmp_path / "nothing"
    earlier = write(tmp_path / "earlier", before, nothing, [])
    kept = {path: path.read_bytes() for path in sorted(earlier.rglob("*")) if path.is_file()}
    made = write(tmp_path / "made", after, earlier, said)
    whole = write(tmp_path / "whole", after, nothing, [])
    assert said[0].startswith("writing what differs" if renewed else "writing everything"), said
    for name in FILES:
        assert (made / name).read_bytes() == (whole / name).read_bytes(), name
    stored = [nquads.canonical(ox.Store.read_only(str(build / "store"))) for build in (made, whole)]
    assert stored[0] == stored[1]
    ours, theirs = rows(made), rows(whole)
    assert [name for name in theirs if ours.get(name) != theirs[name]] == []
    assert {path: path.read_bytes() for path in sorted(earlier.rglob("*")) if path.is_file()} == kept
    return said


def shaken(quads: Quads, seed: int, kinds: Sequence[str] = ("",)) -> Quads:
    """Some quads (of kinds of subject) taken away, some given another object or subject, graphs dropped or doubled."""
    chance = random.Random(seed)
    plain = [
        quad for quad in quads if "_:" not in str(quad) and any(f"{BASE}{kind}" in str(quad.subject) for kind in kinds)
    ]
    kept = list(quads)
    for quad in chance.sample(plain, chance.randint(1, 12)):
        kept.remove(quad)
        other = chance.choice([one for one in plain if one.predicate == quad.predicate])
        action = chance.randrange(4) if quad.predicate.value != iri("rdf:type") else 0
        if action == 1:
            kept.append(ox.Quad(quad.subject, quad.predicate, other.object, quad.graph_name))
        elif action == 2:
            kept.append(ox.Quad(other.subject, quad.predicate, quad.object, other.graph_name))
        elif action == 3:
            kept += [quad, ox.Quad(quad.subject, quad.predicate, ox.Literal(f"x{seed}"), quad.graph_name)]
    graphs = sorted({quad.graph_name for quad in plain} - {ox.DefaultGraph()}, key=str)
    for graph in chance.sample(graphs, min(2, chance.randrange(3), len(graphs))):
        new = ox.NamedNode(f"{str(graph)[1:-1]}-{seed}")
        kept += [ox.Quad(quad.subject, quad.predicate, quad.object, new) for quad in kept if quad.graph_name == graph]
        if chance.random() < 0.7:
            kept += [
                ox.Quad(new, quad.predicate, quad.object)
                for quad in quads
                if quad.subject == graph and quad.graph_name == ox.DefaultGraph()
            ]
        if chance.random() < 0.5:
            kept = [quad for quad in kept if quad.graph_name != graph]
    return kept


@pytest.mark.parametrize("seed", range(3))
def test_whatever_differs_is_written_as_a_whole_would_be(tmp_path: Path, example_build: Path, seed: int) -> None:
    """After any few changes, all files are what a full write gives, and the earlier build is as it was."""
    quads = quads_of(example_build)
    assert_same(tmp_path, quads, shaken(quads, seed))


DATA = (
    "claim/",
    "node/",
    "anchor/",
    "actor/",
    "place/",
    "event/",
    "object/",
    "article/",
    "perspective/",
    "comparison/",
)


@pytest.mark.parametrize("seed", (100, 101, 1029))
def test_entries_that_a_change_of_the_data_reaches_are_made_anew(
    tmp_path: Path, shipped_build: Path, seed: int
) -> None:
    """After any few changes of what is no vocabulary, the index has the rows of a full one, without being one."""
    quads = quads_of(shipped_build)
    said = assert_same(tmp_path, quads, shaken(quads, seed, DATA))
    assert len(said) == 1, said


def said_of(quads: Quads, subject: str) -> Quads:
    return [quad for quad in quads if quad.subject == ox.NamedNode(iri(subject))]


def test_a_new_name_reaches_what_is_found_by_it(tmp_path: Path, example_build: Path) -> None:
    """An actor that gets another label is listed and found by it, and the index is no whole new one."""
    quads = quads_of(example_build)
    old = next(quad for quad in said_of(quads, "actor:port") if quad.predicate.value == iri("rdfs:label"))
    new = ox.Quad(old.subject, old.predicate, ox.Literal("Zeal of the harbour", language="en"))
    said = assert_same(tmp_path, quads, [*(quad for quad in quads if quad != old), new])
    assert len(said) == 1


def test_a_claim_that_is_gone_shifts_all_behind_it(tmp_path: Path, example_build: Path) -> None:
    """Without a claim, its graph and what is said of it, lists have the numbers that a whole index gives them."""
    quads = quads_of(example_build)
    claim = min((quad.graph_name for quad in quads if str(quad.graph_name).startswith(f"<{BASE}claim/")), key=str)
    left = [quad for quad in quads if claim not in (quad.subject, quad.graph_name)]
    assert len(left) < len(quads)
    assert len(assert_same(tmp_path / "less", quads, left)) == 1
    assert len(assert_same(tmp_path / "more", left, quads)) == 1


def test_a_change_of_the_vocabulary_makes_a_whole_index(tmp_path: Path, example_build: Path) -> None:
    """What everything may depend on is not traced: the index is written from the beginning, the rest is not."""
    quads = quads_of(example_build)
    new = ox.Quad(ox.NamedNode(iri("type:works")), ox.NamedNode(iri("skos:altLabel")), ox.Literal("Labour"))
    said = assert_same(tmp_path, quads, [*quads, new])
    assert said[1].startswith("writing the whole index, since https://")


def test_blank_nodes_that_differ_make_a_whole_build(tmp_path: Path, example_build: Path) -> None:
    """Blank nodes have no name that an earlier build could be asked for."""
    new = ox.Quad(ox.BlankNode("x"), ox.NamedNode(iri("rdfs:label")), ox.Literal("x"))
    quads = quads_of(example_build)
    said = assert_same(tmp_path, quads, [*quads, new], renewed=False)
    assert said == ["writing everything, since blank nodes differ from those of the earlier build"]


def test_a_build_that_differs_much_is_written_as_a_whole(tmp_path: Path, example_build: Path) -> None:
    """Where more than a twentieth differs, nothing is taken from the earlier build."""
    quads = quads_of(example_build)
    said = assert_same(tmp_path, quads, [quad for quad in quads if hash(quad) % 5], renewed=False)
    assert said == ["writing everything, since too much differs from the earlier build"]


def test_several_processes_renew_a_build(tmp_path: Path, example_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What several processes make out of an earlier build is the same."""
    monkeypatch.setattr(store, "MANY", 0)
    quads = quads_of(example_build)
    assert_same(tmp_path, quads, shaken(quads, 7))


@pytest.mark.parametrize("name", ["dump.trig", "dump.nq"])
def test_a_dump_that_was_changed_is_not_built_upon(tmp_path: Path, example_build: Path, name: str) -> None:
    """An earlier build whose files are no more what they were is told, and everything is written."""
    said: list[str] = []
    quads = quads_of(example_build)
    earlier = write(tmp_path / "out", quads, tmp_path / "nothing", [])
    with (earlier / name).open("ab") as file:
        file.write(b"<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n")
    made = write(tmp_path / "out", quads[1:], earlier, said)
    assert said[-1] == f"writing everything, since {name} of the earlier build was changed"
    assert store.figures(made).parts["whole"].triples == len(quads) - 1


def test_a_build_of_another_edition_is_not_built_upon(
    tmp_path: Path, example_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the same quads got other files, none of them is taken over."""
    said: list[str] = []
    quads = quads_of(example_build)
    earlier = write(tmp_path, quads, tmp_path / "nothing", [])
    monkeypatch.setattr(store, "EDITION", store.EDITION + 1)
    write(tmp_path, quads[1:], earlier, said)
    assert said == ["writing everything, since the earlier build is of another version"]


def test_an_interruption_leaves_the_earlier_build(
    tmp_path: Path, example_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped half way, no half build is left, and the earlier one is current and whole."""

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    quads = quads_of(example_build)
    earlier = write(tmp_path, quads, tmp_path / "nothing", [])
    monkeypatch.setattr(store.statistics, "changed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, quads[1:], earlier, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([earlier.name, "current", "inputs"])
    assert (tmp_path / "current").resolve() == earlier
    assert len(ox.Store.read_only(str(earlier / "store"))) == len(quads)


def test_the_current_build_is_built_upon(tmp_path: Path, example_build: Path) -> None:
    """Where no earlier build is named, it is the current one of the same folder."""
    said: list[str] = []
    quads = quads_of(example_build)
    for some in (quads, quads[1:]):
        lines = nquads.canonical(some)
        store.write_lines(tmp_path, lines, inputs=str(len(some)), version="1", counts={}, say=said.append)
    assert said[0].startswith("writing what differs from build")
