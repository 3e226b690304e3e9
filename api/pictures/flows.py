"""Bands from articles, through those who relay, to those who are said to hold: as wide as the claims are many."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 1060.0
"""Units of the drawing from left to right."""

BAR = 9.0
"""How wide a node is."""

_LEFT, _RIGHT, _TOP, _ROW = 230.0, 310.0, 34.0, 27.0
_BETWEEN = 4
"""Columns of voices between articles and holders at most; those farther in stand as one that is not shown."""

Key = tuple[int, str | None]
"""The column of a node, and what it stands for: None for all that are not shown one by one."""


@dataclass(frozen=True)
class Flow:
    """So many claims come from an article through voices, outermost first, to their holder; None as in ``Key``."""

    article: str | None
    through: tuple[str | None, ...]
    holder: str | None
    claims: int


@dataclass(frozen=True)
class Node:
    """An article, voice or holder as it is drawn: the upper left corner of its bar, and how high that is."""

    column: int
    name: str | None
    x: float
    y: float
    height: float
    claims: int


@dataclass(frozen=True)
class Band:
    """What passes from one node to another of what one article tells, as the data of a path."""

    article: str | None
    source: str | None
    target: str | None
    claims: int
    path: str


@dataclass(frozen=True)
class Picture:
    """Nodes and bands, how high the drawing is, and where each column stands, articles first and holders last."""

    nodes: Sequence[Node]
    bands: Sequence[Band]
    height: float
    columns: Sequence[float]


def picture(flows: Sequence[Flow], articles: Sequence[str]) -> Picture:
    """The drawing of flows; articles stand in their order, all others where their bands cross least."""
    last = min(max((len(flow.through) for flow in flows), default=0), _BETWEEN) + 1
    bands: Counter[tuple[Key, Key, str | None]] = Counter()
    for flow in flows:
        for source, target in _steps(flow, last):
            bands[source, target, flow.article] += flow.claims
    claims = _sizes(bands)
    columns = [[key for key in claims if key[0] == column] for column in range(last + 1)]
    total = sum(flow.claims for flow in flows) or 1
    rows = max((len(column) for column in columns), default=1)
    unit = max(_ROW * rows * 0.5, 240) / total
    height = max(sum(_room(claims[key], unit) for key in column) for column in columns)
    middles: dict[Key, float] = {}
    nodes: dict[Key, Node] = {}
    xs = [_LEFT + (WIDTH - _LEFT - _RIGHT - BAR) * column / last for column in range(last + 1)]
    for column, keys in enumerate(columns):
        order = sorted(keys, key=lambda key: (_rank(key, bands, middles, articles), -claims[key], str(key[1])))
        spare = (height - sum(_room(claims[key], unit) for key in order)) / (len(order) + 1) if order else 0
        y = _TOP + spare
        for key in order:
            room, high = _room(claims[key], unit), max(claims[key] * unit, 2)
            nodes[key] = Node(column, key[1], xs[column], y + (room - high) / 2, high, claims[key])
            middles[key] = y + room / 2
            y += room + spare
    return Picture(list(nodes.values()), _drawn(bands, nodes, middles, unit), height + _TOP + 6, xs)


def _steps(flow: Flow, last: int) -> list[tuple[Key, Key]]:
    """From node to node."""
    through = flow.through if len(flow.through) < last else (*flow.through[: last - 2], None)
    keys: list[Key] = [(0, flow.article), *((at + 1, name) for at, name in enumerate(through)), (last, flow.holder)]
    return list(pairwise(keys))


def _sizes(bands: Mapping[tuple[Key, Key, str | None], int]) -> dict[Key, int]:
    """How many claims pass each node: as many as come, or go where none come."""
    comes: Counter[Key] = Counter()
    goes: Counter[Key] = Counter()
    for (source, target, _), count in bands.items():
        goes[source] += count
        comes[target] += count
    return {key: comes[key] or goes[key] for key in sorted({*comes, *goes}, key=str)}


def _room(claims: int, unit: float) -> float:
    """How much of a column a node takes, so that its name can be read and touched."""
    return max(claims * unit + 10, _ROW)


def _rank(
    key: Key,
    bands: Mapping[tuple[Key, Key, str | None], int],
    middles: Mapping[Key, float],
    articles: Sequence[str],
) -> float:
    """Where a node belongs in its column: an article in its order, others in the middle of what comes to them."""
    if key[0] == 0:
        return articles.index(key[1]) if key[1] in articles else len(articles)
    comes = [(middles[source], count) for (source, target, _), count in bands.items() if target == key]
    return sum(middle * count for middle, count in comes) / (sum(count for _, count in comes) or 1)


def _drawn(
    bands: Mapping[tuple[Key, Key, str | None], int],
    nodes: Mapping[Key, Node],
    middles: Mapping[Key, float],
    unit: float,
) -> list[Band]:
    """Bands that leave and reach each node one below the other, in the order of what is on their other side."""
    leaves = {key: node.y for key, node in nodes.items()}
    reaches = dict(leaves)
    begins: dict[tuple[Key, Key, str | None], float] = {}
    for band in sorted(bands, key=lambda band: (middles[band[1]], str(band))):
        begins[band] = leaves[band[0]]
        leaves[band[0]] += bands[band] * unit
    drawn = []
    for band in sorted(bands, key=lambda band: (middles[band[0]], begins[band], str(band))):
        source, target, article = band
        thick = bands[band] * unit
        start, end = (nodes[source].x + BAR, begins[band]), (nodes[target].x, reaches[target])
        reaches[target] += thick
        drawn.append(Band(article, source[1], target[1], bands[band], _ribbon(start, end, thick)))
    return drawn


def _ribbon(start: tuple[float, float], end: tuple[float, float], thick: float) -> str:
    """A band of even thickness, level at both ends."""
    (x1, y1), (x2, y2), middle = start, end, (start[0] + end[0]) / 2
    thick = max(thick, 1)
    return (
        f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        f"V{y2 + thick:.1f}C{middle:.1f} {y2 + thick:.1f} {middle:.1f} {y1 + thick:.1f} {x1:.1f} {y1 + thick:.1f}Z"
    )
