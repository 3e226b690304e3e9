"""Bands from articles to holders."""

from itertools import pairwise

import pytest

from api.pictures.flows import Flow, picture

FLOWS = [
    Flow("article:a", (), "office", 6),
    Flow("article:a", ("herald",), "office", 3),
    Flow("article:b", (), None, 2),
    Flow(None, ("herald", "agency"), "office", 1),
]


def test_nodes_are_as_high_as_their_claims_are_many() -> None:
    """Heights of nodes go by their claims; a voice stands in the column in which it relays."""
    found = picture(FLOWS, ["article:a", "article:b"])
    nodes = {(node.column, node.name): node for node in found.nodes}
    assert nodes[0, "article:a"].claims == 9
    assert nodes[3, "office"].claims == 10
    assert nodes[1, "herald"].claims == 4
    assert nodes[2, "agency"].claims == 1
    assert nodes[0, "article:a"].height == pytest.approx(nodes[0, "article:b"].height * 4.5)
    assert nodes[0, "article:a"].y < nodes[0, "article:b"].y < nodes[0, None].y


def test_every_claim_passes_every_step() -> None:
    """As many claims leave a node in the middle as reach it."""
    found = picture(FLOWS, ["article:a", "article:b"])
    comes = sum(band.claims for band in found.bands if band.target == "herald")
    goes = sum(band.claims for band in found.bands if band.source == "herald")
    assert comes == goes == 4
    assert sum(band.claims for band in found.bands if band.source in ("article:a", "article:b", None)) == 12


def test_nodes_of_a_column_do_not_overlap() -> None:
    """Each node has room for its name, below the one before."""
    many = [Flow("article:a", (), f"voice {number}", 1 + number % 5) for number in range(40)]
    found = picture(many, ["article:a"])
    column = sorted((node for node in found.nodes if node.column == 1), key=lambda node: node.y)
    assert len(column) == 40
    for one, other in pairwise(column):
        assert other.y + other.height / 2 - one.y - one.height / 2 >= 24
    assert column[-1].y + column[-1].height <= found.height


def test_a_long_chain_is_told_to_go_on() -> None:
    """Of a chain of more than four who relay, those farthest in stand as one that is not shown."""
    found = picture([Flow("article:a", tuple("uvwxyz"), "office", 1)], ["article:a"])
    assert [(node.column, node.name) for node in found.nodes if 0 < node.column < 5] == [
        (1, "u"),
        (2, "v"),
        (3, "w"),
        (4, None),
    ]


def test_nothing_is_drawn_of_nothing() -> None:
    """Without claims there are no nodes and no bands."""
    assert picture([], []).nodes == []
