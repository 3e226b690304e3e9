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
    return store.write(out, quads, inputs="x", version="1", counts={}, earlier=earlier, say=said.append)


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


@pytest.mark.parametrize("seed", range(6))
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


@pytest.mark.parametrize("seed", range(100, 104))
def test_entries_that_a_change_of_the_data_reaches_are_made_anew(
    tmp_path: Path, shipped_build: Path, seed: int
) -> None:
    """After any few changes of what is no vocabulary, the index has the rows of a full one, without being one."""
    quads = quads_of(shipped_build)
    said = assert_same(tmp_path, quads, shaken(quads, seed, DATA))
    assert len(said) == 1, said
