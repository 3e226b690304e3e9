"""Where things stand on a map."""

import math

import pytest

from api.pictures.map import (
    WIDTH,
    Frame,
    Spot,
    arrow,
    frame,
    graticule,
    labels,
    near,
    picture,
    radius,
    scale_bar,
    towards,
)

TOWNS = [Spot(f"place:{n}", (10 + n * 0.3, 54 + n % 3 * 0.4), 9 - n, f"Town {n} / Town {n}", 1e-5) for n in range(8)]
FAR = Spot("place:far", (20.0, 54.0), 1, "Far", 1e-5)


def boxes(found: Frame, spots: list[Spot]) -> list[tuple[float, float, float, float]]:
    """The room of names as they are estimated to be wide."""
    placed = labels(found, [(found.at(spot.point), radius(spot.claims), spot.name) for spot in spots])
    room = []
    for label, spot in zip(placed, spots, strict=True):
        assert label is not None
        wide = len(spot.name) * 7
        left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
        room.append((left, label.y - 10, left + wide, label.y + 4))
    return room


def test_all_points_are_inside_and_north_is_up() -> None:
    """A frame has all points inside, the northern above, the eastern to the right."""
    points = [spot.point for spot in TOWNS]
    found = frame(points)
    for point in points:
        x, y = found.at(point)
        assert 0 < x < WIDTH and 0 < y < found.height
    assert found.at((10, 55))[1] < found.at((10, 54))[1]
    assert found.at((11, 54))[0] > found.at((10, 54))[0]


def test_a_degree_of_longitude_is_shorter_by_the_cosine_of_the_latitude() -> None:
    """At 60 degrees north a degree of longitude is half as long as one of latitude."""
    found = frame([(10.0, 59.0), (12.0, 61.0)])
    across = found.at((11, 60))[0] - found.at((10, 60))[0]
    up = found.at((10, 60))[1] - found.at((10, 61))[1]
    assert across / up == pytest.approx(0.5)


def test_one_point_has_room_around_it() -> None:
    """A single point stands in the middle of a frame of more than a degree."""
    found = frame([(10.0, 54.0)])
    assert found.at((10.0, 54.0)) == pytest.approx((WIDTH / 2, found.height / 2))
    assert found.box[3] - found.box[1] > 1


def test_the_bar_is_as_long_as_it_says() -> None:
    """A scale bar stands for round kilometres, at 111.32 of them to a degree of latitude."""
    found = frame([(10.0, 54.0), (11.0, 55.0)])
    length, kilometres = scale_bar(found)
    assert length / found.scale * 111.32 == pytest.approx(kilometres)
    assert kilometres in (1, 2, 5, 10, 20, 50, 100)


def test_the_graticule_is_at_round_degrees() -> None:
    """Lines are called by their degrees and the side of Greenwich or the equator on which they are."""
    meridians, parallels = graticule(frame([(-1.2, -1.0), (1.2, 1.0)]))
    assert "0°" in [line.label for line in meridians]
    assert {"1° W", "1° E"} <= {line.label for line in meridians}
    assert {"1° S", "1° N"} <= {line.label for line in parallels}


def test_names_cover_no_other_name() -> None:
    """Names of places that stand close together do not overlap."""
    room = boxes(frame([spot.point for spot in TOWNS]), TOWNS)
    for at, one in enumerate(room):
        for other in room[at + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_name_without_room_is_left_to_the_list() -> None:
    """Where many places stand on one spot, the first have their names and others none."""
    found = frame([(10.0, 54.0)])
    placed = labels(found, [(found.at((10.0, 54.0)), 5.0, "A rather long name of a town")] * 60)
    assert placed[0] is not None
    assert None in placed


def test_the_area_of_a_circle_grows_with_the_claims() -> None:
    """More claims make a larger circle, up to a limit."""
    assert radius(1) < radius(4) < radius(100) < radius(120) == radius(5000)


def test_the_surroundings_of_a_place_point_to_what_lies_beyond() -> None:
    """Around a place those within 150 km are drawn, and others are pointed to at the edge, on their side."""
    found = picture([*TOWNS, FAR], TOWNS[0])
    assert near(TOWNS[0].point, TOWNS[1].point) and not near(TOWNS[0].point, FAR.point)
    assert "place:far" not in {marker.spot.key for marker in found.markers}
    assert {pointer.spot.key for pointer in found.pointers} >= {"place:far"}
    x, y = towards(found.frame, FAR.point)
    assert x == pytest.approx(WIDTH - 14) and 0 < y < found.frame.height


def test_doubt_about_a_point_is_drawn_where_it_shows() -> None:
    """A point that is given to a tenth of a degree has a ring of that size, one to five digits none."""
    rough = Spot("place:rough", (10.0, 54.0), 1, "Rough", 0.1)
    marker = picture([rough]).markers[0]
    assert marker.haze == pytest.approx(0.1 * picture([rough]).frame.scale)
    assert all(marker.haze is None for marker in picture(TOWNS).markers)


def test_an_arrow_stops_before_the_marker() -> None:
    """An arrow keeps its distance from the middles of both markers."""
    begin, _, end = arrow((0, 0), (100, 0), margin=10, bend=0).partition("Q")
    assert begin == "M10.0 0.0"
    assert [float(number) for number in end[1:].split()][2:] == [90.0, 0.0]
    assert math.isfinite(sum(float(n) for n in arrow((5, 5), (5, 5), margin=9, bend=1)[1:].replace("Q", " ").split()))
