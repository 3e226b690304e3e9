"""Sorted canonical N-Quads: the same as canonicalising everything, and lines by their graphs."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import nquads

TERMS = [ox.NamedNode("http://e.org/a"), ox.NamedNode("http://e.org/b")]
BLANKS = [ox.BlankNode(name) for name in ("x", "y", "z", "w")]
TEXTS = [ox.Literal("_:x looks so"), ox.Literal("a <b> ."), ox.Literal('say "x" <http://e.org/g>', language="en")]
QUADS = st.builds(
    ox.Quad,
    st.sampled_from([*TERMS, *BLANKS]),
    st.sampled_from(TERMS),
    st.sampled_from([*TERMS, *BLANKS, *TEXTS]),
    st.sampled_from([ox.DefaultGraph(), *TERMS, BLANKS[0]]),
)


def whole(quads: list[ox.Quad]) -> list[bytes]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))


@settings(max_examples=150, deadline=None)
@given(st.lists(QUADS, max_size=25))
def test_blank_nodes_get_the_names_that_all_quads_together_give_them(quads: list[ox.Quad]) -> None:
    """Canonicalising only the statements with blank nodes gives what canonicalising all does, in several graphs too."""
    assert nquads.canonical(quads) == whole(quads)


def test_no_line_stands_twice() -> None:
    """What is given twice is one line."""
    quad = ox.Quad(TERMS[0], TERMS[1], TEXTS[0])
    assert nquads.canonical([quad, quad]) == [b'<http://e.org/a> <http://e.org/b> "_:x looks so" .\n']


@settings(max_examples=50, deadline=None)
@given(st.lists(QUADS, max_size=25))
def test_lines_know_their_graph(quads: list[ox.Quad]) -> None:
    """The graph of a line is that of its quad, whatever its literal looks like; dumps have the default graph after
    all that have an IRI, and the rest last."""
    graphs = nquads.by_graph(nquads.canonical(quads))
    for name, lines in graphs.lines.items():
        assert {str(quad.graph_name).encode() for quad in nquads.parse(lines)} == {b"DEFAULT" if name is None else name}
    kinds = [0 if name is not None and name.startswith(b"<") else 1 if name is None else 2 for name in graphs.names]
    assert kinds == sorted(kinds)


def test_what_is_no_line_is_refused() -> None:
    """A line that is no N-Quads has no graph."""
    with pytest.raises(ValueError, match="no N-Quads: nonsense"):
        nquads.by_graph([b"nonsense\n"])


@settings(max_examples=200, deadline=None)
@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_a_difference_is_what_only_one_has(one: set[int], two: set[int]) -> None:
    """Lines that only the earlier of two builds has are removed, those that only the later has are added."""
    earlier, later = (sorted(b"<http://e.org/%d> <p> <o> .\n" % number for number in some) for some in (one, two))
    found = nquads.difference(earlier, later)
    assert found.removed == sorted(set(earlier) - set(later))
    assert found.added == sorted(set(later) - set(earlier))
