"""A map of points: where they come to stand, with the ground around them and room for their names.

Degrees (WGS 84) become units of the drawing by one scale in both directions, with longitudes shortened by the cosine of
the latitude in the middle (equirectangular; Snyder, Map projections, 1987, p. 90). No borders are drawn.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WIDTH = 680.0
"""Units of the drawing from left to right."""

KILOMETRES = 111.32
"""Kilometres in a degree of latitude."""

Point = tuple[float, float]
"""In degrees, longitude first; in the drawing, x and y from the upper left."""

Box = tuple[float, float, float, float]
"""West, south, east, north; in the drawing, left, top, right, bottom."""

_HEIGHTS = (380.0, 560.0)
_LAND = Path(__file__).resolve().parent.parent / "static" / "built" / "land.json"
_STEPS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 45)
_BARS = tuple(digit * 10**zeros for zeros in range(5) for digit in (1, 2, 5))
_NEAR = 150.0
"""Kilometres up to which places belong to one view."""


@dataclass(frozen=True)
class Frame:
    """A part of the earth and its drawing: the edges in degrees, the units of a degree of latitude, the height."""

    box: Box
    scale: float
    height: float

    @property
    def shrink(self) -> float:
        """How long a degree of longitude is, in degrees of latitude."""
        return math.cos(math.radians((self.box[1] + self.box[3]) / 2))

    def at(self, point: Point) -> Point:
        """Where a point in degrees stands in the drawing."""
        west, _, _, north = self.box
        return (point[0] - west) * self.shrink * self.scale, (north - point[1]) * self.scale

    def holds(self, point: Point) -> bool:
        """Whether a point in degrees is inside."""
        west, south, east, north = self.box
        return west <= point[0] <= east and south <= point[1] <= north


@dataclass(frozen=True)
class Line:
    """A line of the graticule, from one edge to the other, and what it is called."""

    start: Point
    end: Point
    label: str


@dataclass(frozen=True)
class Label:
    """Where a name stands: the point it begins at (or ends at, or has its middle at), and a line to its point if it
    stands apart from it."""

    x: float
    y: float
    anchor: str
    leader: tuple[Point, Point] | None


@dataclass(frozen=True)
class Spot:
    """A place to be drawn: its key, its point, how many claims name it, its name, and the last digit of the point."""

    key: str
    point: Point
    claims: int
    name: str
    precision: float


@dataclass(frozen=True)
class Marker:
    """A place as it is drawn; ``haze`` is the radius of what the last digit of its point leaves open, if that shows."""

    spot: Spot
    x: float
    y: float
    r: float
    haze: float | None
    label: Label | None


@dataclass(frozen=True)
class Pointer:
    """Where on the edge the way to a place outside of the picture begins, and a line on the edge that points there."""

    spot: Spot
    x: float
    y: float
    stroke: str
    label: Label


@dataclass(frozen=True)
class Picture:
    """All that is drawn of a map but ways."""

    frame: Frame
    land: str | None
    meridians: Sequence[Line]
    parallels: Sequence[Line]
    bar: tuple[float, int]
    markers: Sequence[Marker]
    pointers: Sequence[Pointer]


def picture(spots: Sequence[Spot], centre: Spot | None = None) -> Picture:
    """A map of places, the most important first: of all, or of those that are near to one."""
    shown = [spot for spot in spots if centre is None or near(centre.point, spot.point)]
    found = frame([spot.point for spot in shown])
    inside = [spot for spot in spots if found.holds(spot.point)]
    drawn = [(found.at(spot.point), radius(spot.claims), spot) for spot in inside]
    bar = scale_bar(found)
    corner = (0.0, found.height - 44, bar[0] + 40, found.height)
    pointers = _pointers(found, [spot for spot in spots if spot not in inside])
    taken = [corner, *(_pointed(one) for one in pointers)]
    names = labels(found, [(at, r, spot.name) for at, r, spot in drawn], taken=taken)
    meridians, parallels = graticule(found)
    markers = [
        Marker(spot, x, y, r, haze if (haze := spot.precision * found.scale) > r else None, label)
        for ((x, y), r, spot), label in zip(drawn, names, strict=True)
    ]
    return Picture(found, ground(found), meridians, parallels, bar, markers, pointers)


def _pointers(found: Frame, spots: Sequence[Spot]) -> list[Pointer]:
    """Pointers to places outside, as many as do not cover each other."""
    placed: list[Pointer] = []
    for spot in spots:
        x, y = towards(found, spot.point)
        dx, dy = x - WIDTH / 2, y - found.height / 2
        length = math.hypot(dx, dy)
        ux, uy = dx / length, dy / length
        anchor = "end" if x > WIDTH * 0.6 else "start" if x < WIDTH * 0.4 else "middle"
        back = {"end": -14.0, "start": 14.0, "middle": 0.0}[anchor]
        label = Label(x + back, y + (4 if back else math.copysign(16, -uy) + 4), anchor, None)
        tip = (x + ux * 9, y + uy * 9)
        stroke = f"M{x - uy * 5:.1f} {y + ux * 5:.1f}L{tip[0]:.1f} {tip[1]:.1f}L{x + uy * 5:.1f} {y - ux * 5:.1f}Z"
        one = Pointer(spot, x, y, stroke, label)
        if not any(_meet(_pointed(one), _pointed(other)) for other in placed):
            placed.append(one)
    return placed


def _pointed(one: Pointer) -> Box:
    """The room that a pointer takes with its name."""
    wide = len(one.spot.name) * 7 + 8
    left = one.label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[one.label.anchor]
    return (min(left, one.x - 8), one.label.y - 18, max(left + wide, one.x + 8), one.label.y + 10)


def frame(points: Sequence[Point], *, least: float = 1.2) -> Frame:
    """The part of the earth that has all points with room around them, ``least`` degrees high and wide or more."""
    if not points:
        points = [(-170.0, -58.0), (170.0, 74.0)]
    longs, lats = [long for long, _ in points], [lat for _, lat in points]
    middle = (min(lats) + max(lats)) / 2
    shrink = max(0.1, math.cos(math.radians(middle)))
    wide = max((max(longs) - min(longs)) * shrink, least) * 1.3  # room for names at the sides
    high = max(max(lats) - min(lats), least) * 1.25
    height = min(max(WIDTH * high / wide, _HEIGHTS[0]), _HEIGHTS[1])
    scale = min(WIDTH / wide, height / high)
    across, up = WIDTH / scale / shrink / 2, height / scale / 2
    centre = (min(longs) + max(longs)) / 2
    return Frame((centre - across, middle - up, centre + across, middle + up), scale, height)


def near(one: Point, other: Point) -> bool:
    """Whether two points are so near to each other that one view has both."""
    shrink = math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot((one[0] - other[0]) * shrink, one[1] - other[1]) * KILOMETRES <= _NEAR


def graticule(found: Frame) -> tuple[list[Line], list[Line]]:
    """Meridians and parallels at round degrees, three to seven of each."""
    west, south, east, north = found.box
    span = max((east - west) * found.shrink, north - south)
    step = next((step for step in _STEPS if span / step <= 6), _STEPS[-1])
    meridians = [
        Line(found.at((long, north)), found.at((long, south)), _degrees(long, "EW"))
        for long in _round(west, east, step)
    ]
    parallels = [
        Line(found.at((west, lat)), found.at((east, lat)), _degrees(lat, "NS")) for lat in _round(south, north, step)
    ]
    return meridians, parallels


def scale_bar(found: Frame) -> tuple[float, int]:
    """The length of a bar and how many kilometres it stands for in the middle of the map."""
    per_kilometre = found.scale / KILOMETRES
    kilometres = max((bar for bar in _BARS if bar * per_kilometre <= 150), default=1)
    return kilometres * per_kilometre, kilometres


def radius(claims: int) -> float:
    """How large a marker is: its area grows with the number of claims, up to 120."""
    return 4.0 + 2.2 * math.sqrt(min(claims, 120))


@lru_cache(maxsize=64)
def ground(found: Frame) -> str | None:
    """The land in a frame as the data of a path; None where there is no base map at hand."""
    rings = _land()
    if rings is None:
        return None
    paths = []
    for box, ring in rings:
        if _meet(box, found.box) and len(kept := _clipped(ring, found.box)) > 2:
            places = [found.at(point) for point in kept]
            paths.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _thinned(places)) + "Z")
    return "".join(paths)


def labels(
    found: Frame, points: Sequence[tuple[Point, float, str]], *, taken: Sequence[Box] = (), size: float = 13
) -> list[Label | None]:
    """Where names of points in the drawing stand, each with the radius of its marker, the most important first.

    A name stands at the first place around its marker where it covers no marker and no other name; then farther off,
    with a line. None where there is no room: lists have all names.
    """
    edges = (2.0, 2.0, WIDTH - 2.0, found.height - 2.0)
    full: list[Box] = [*taken, *((x - r, y - r, x + r, y + r) for (x, y), r, _ in points)]
    lines: list[Box] = []
    placed: list[Label | None] = []
    for (x, y), r, text in points:
        wide, high = len(text) * size * 0.56 + 4, size * 1.25
        chosen = None
        for far, dx, dy, anchor in _candidates(r):
            left = x + dx - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            box = (left, y + dy - high / 2, left + wide, y + dy + high / 2)
            if not _inside(box, edges) or any(_meet(box, other) for other in (*full, *lines)):
                continue
            leader = _leader(x, y, r, dx, dy) if far else None
            along = _along(leader) if leader else []
            if any(_meet(step, other) for step in along for other in full if not _holds(other, (x, y))):
                continue
            chosen = box, Label(x + dx, y + dy + size * 0.35, anchor, leader), along
            break
        if chosen:
            full.append(chosen[0])
            lines += chosen[2]
        placed.append(chosen[1] if chosen else None)
    return placed


def arrow(start: Point, end: Point, *, margin: float, bend: float) -> str:
    """A bent line from one marker to another as the data of a path, ``margin`` away from their middles."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    margin = min(margin, length / 3)
    middle = (start[0] + dx / 2 - uy * bend * length, start[1] + dy / 2 + ux * bend * length)
    x1, y1, x2, y2 = start[0] + ux * margin, start[1] + uy * margin, end[0] - ux * margin, end[1] - uy * margin
    return f"M{x1:.1f} {y1:.1f}Q{middle[0]:.1f} {middle[1]:.1f} {x2:.1f} {y2:.1f}"


def towards(found: Frame, point: Point, *, inset: float = 14) -> Point:
    """Where on the edge of the drawing the way from its middle to a point outside leaves it."""
    x, y = found.at(point)
    middle = (WIDTH / 2, found.height / 2)
    dx, dy = x - middle[0], y - middle[1]
    reach = min(
        (WIDTH / 2 - inset) / abs(dx) if dx else math.inf, (found.height / 2 - inset) / abs(dy) if dy else math.inf
    )
    return middle[0] + dx * reach, middle[1] + dy * reach


def _candidates(r: float) -> Iterable[tuple[bool, float, float, str]]:
    """Offsets of a name from its marker: beside it, above and below, at its corners; then farther and farther off."""
    gap = r + 5
    yield from ((False, gap, 0.0, "start"), (False, -gap, 0.0, "end"))
    yield from ((False, 0.0, -gap - 6, "middle"), (False, 0.0, gap + 6, "middle"))
    for dx, dy in ((0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7)):
        yield False, dx * gap + math.copysign(3, dx), dy * gap + math.copysign(5, dy), "start" if dx > 0 else "end"
    for reach in (30, 50, 75, 105, 140):
        for step in range(12):
            angle = math.radians(30 * step)
            dx, dy = math.cos(angle) * (r + reach), math.sin(angle) * (r + reach)
            yield True, dx, dy, "start" if dx > 4 else "end" if dx < -4 else "middle"


def _leader(x: float, y: float, r: float, dx: float, dy: float) -> tuple[Point, Point]:
    """The line from a marker to its name."""
    length = math.hypot(dx, dy)
    ux, uy = dx / length, dy / length
    return (x + ux * r, y + uy * r), (x + ux * (length - 5), y + uy * (length - 5))


def _along(leader: tuple[Point, Point]) -> list[Box]:
    """Small boxes along a line, so that nothing is put across it."""
    (x1, y1), (x2, y2) = leader
    steps = max(2, int(math.hypot(x2 - x1, y2 - y1) / 4))
    points = [(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in range(steps + 1)]
    return [(x - 1, y - 1, x + 1, y + 1) for x, y in points]


@lru_cache(maxsize=1)
def _land() -> list[tuple[Box, list[Point]]] | None:
    """The rings of the base map with the box around each; None where it is not there."""
    try:
        polygons = json.loads(_LAND.read_text(encoding="ascii"))["coordinates"]
    except FileNotFoundError:
        return None
    rings = [[(long, lat) for long, lat in ring] for polygon in polygons for ring in polygon]
    return [
        (
            (
                min(long for long, _ in ring),
                min(lat for _, lat in ring),
                max(long for long, _ in ring),
                max(lat for _, lat in ring),
            ),
            ring,
        )
        for ring in rings
    ]


def _clipped(ring: Sequence[Point], box: Box) -> Sequence[Point]:
    """A ring cut to a box, edge by edge (Sutherland and Hodgman, 1974)."""
    for axis, edge, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        kept: list[Point] = []
        if not ring:
            break
        last, last_in = ring[-1], (ring[-1][axis] - edge) * sign >= 0
        for point in ring:
            inside = (point[axis] - edge) * sign >= 0
            if inside != last_in:
                share = (edge - last[axis]) / (point[axis] - last[axis])
                crossing = [last[0] + share * (point[0] - last[0]), last[1] + share * (point[1] - last[1])]
                crossing[axis] = edge
                kept.append((crossing[0], crossing[1]))
            if inside:
                kept.append(point)
            last, last_in = point, inside
        ring = kept
    return ring


def _thinned(points: Sequence[Point]) -> list[Point]:
    """The points of a line without those that stand where the last one stands."""
    kept = [points[0]]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= 0.6:
            kept.append(point)
    return kept


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes have a point in common."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _holds(box: Box, point: Point) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _inside(box: Box, edges: Box) -> bool:
    return edges[0] <= box[0] and edges[1] <= box[1] and box[2] <= edges[2] and box[3] <= edges[3]


def _round(low: float, high: float, step: float) -> list[float]:
    """The multiples of a step between two numbers."""
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _degrees(value: float, signs: str) -> str:
    """Degrees as maps have them: 46.5° E."""
    return f"{abs(value):g}°" + (f" {signs[value < 0]}" if value else "")
