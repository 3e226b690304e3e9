"""How many claims rest on each sentence of an article, as a row of bars in the order of the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 960
HEIGHT = 64
_GROUND = HEIGHT - 6
"""Where bars stand; below it is drawn which of them the page shows."""

_LOW = 8.0
"""The height of a place without claims, so that it is seen."""


@dataclass(frozen=True)
class Bar:
    """A sentence (``state`` as in a card's outline), or several where there are more than there is room for."""

    x: float
    y: float
    width: float
    height: float
    state: str


@dataclass(frozen=True)
class Skyline:
    """All bars from left to right, the stretch of those that the page shows, and the most claims at one place."""

    bars: tuple[Bar, ...]
    shown_from: float
    shown_to: float
    most: int
    ground: float = _GROUND
    width: int = WIDTH
    height: int = HEIGHT


def skyline(card: Mapping[str, Any]) -> Skyline:
    """The bars of an article's card; at most one for each two units of the width.

    Where places share a bar it has the height of the highest, and shows what is least accounted for among them.
    """
    outline: Sequence[Mapping[str, Any]] = card["reading"]["outline"]
    shown = {item["paragraph"] for item in card["reading"]["items"]}
    most = max((place["total"] for place in outline), default=0)
    together = -(-len(outline) // (WIDTH // 2)) or 1
    groups = [outline[at : at + together] for at in range(0, len(outline), together)]
    step = WIDTH / len(groups) if groups else WIDTH
    gap = min(2.0, step / 4)
    bars = []
    for number, group in enumerate(groups):
        total = max(place["total"] for place in group)
        height = _LOW + (_GROUND - _LOW) * total / most if total else _LOW
        state = min((place["state"] for place in group), key=_ORDER.index)
        bars.append(Bar(_r(number * step), _r(_GROUND - height), _r(step - gap), _r(height), state))
    inside = [number for number, group in enumerate(groups) if any(place["paragraph"] in shown for place in group)]
    first, last = (inside[0], inside[-1] + 1) if inside else (0, 0)
    return Skyline(tuple(bars), _r(first * step), _r(last * step - gap if last else 0), most)


_ORDER = ("open", "excused", "metadata", "claims")


def _r(number: float) -> float:
    return round(number, 2)
