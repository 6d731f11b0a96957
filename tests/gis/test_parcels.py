from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import GeometryError
from gis.parcels import TOLERANCE_M2, Change, Descent, merge, split
from tests.gis.zoo import LINES, POLYGONS

SQUARE = POLYGONS["square"]


def line(*places):
    return shapely.LineString(places)


def test_square_split_across():
    found = split("a", SQUARE, line((-1, 4), (11, 4)), ["north", "south"])
    assert found.change is Change.SPLIT
    assert found.shapes["north"].equals(shapely.box(0, 4, 10, 10))
    assert found.shapes["south"].equals(shapely.box(0, 0, 10, 4))
    assert found.lineage == (Descent("a", "north", 60, 0.6, 1), Descent("a", "south", 40, 0.4, 1))
    assert (found.area_before_m2, found.area_after_m2) == (100, 100)


def test_vertices_that_neighbours_need_are_told():
    assert split("a", SQUARE, line((-1, 4), (11, 4)), ["b", "c"]).new_vertices == ((0.0, 4.0), (10.0, 4.0))


def test_line_through_corners_needs_no_new_vertex():
    assert split("a", SQUARE, line((0, 0), (10, 10)), ["b", "c"]).new_vertices == ()


def test_pieces_run_from_north_to_south_then_west_to_east():
    cross = shapely.MultiLineString([[(-1, 5), (11, 5)], [(5, -1), (5, 11)]])
    found = split("a", SQUARE, cross, [1, 2, 3, 4])
    assert [shape.bounds[:2] for shape in found.shapes.values()] == [(0, 5), (5, 5), (0, 0), (5, 0)]


def test_bent_line_cuts_off_a_corner():
    found = split("a", SQUARE, line((4, -1), (4, 4), (-1, 4)), ["b", "c"])
    assert sorted(shape.area for shape in found.shapes.values()) == [16, 84]


def test_hole_is_kept():
    found = split("a", POLYGONS["square_with_hole"], line((7, -1), (7, 11)), ["b", "c"])
    assert sorted(shape.area for shape in found.shapes.values()) == [30, 66]


def test_line_through_a_hole_opens_it():
    found = split("a", POLYGONS["square_with_hole"], line((3, -1), (3, 11)), ["b", "c"])
    assert sorted(shape.area for shape in found.shapes.values()) == [28, 68]


def test_closed_line_cuts_out_an_island():
    found = split("a", SQUARE, line((4, 4), (6, 4), (6, 6), (4, 6), (4, 4)), ["b", "c"])
    assert sorted(shape.area for shape in found.shapes.values()) == [4, 96]


def test_part_that_the_line_does_not_meet_stays_whole():
    found = split("a", POLYGONS["multi"], line((-1, 6), (9, 6)), ["b", "c", "d"])
    assert sorted(shape.area for shape in found.shapes.values()) == [1, 2, 2]


@pytest.mark.parametrize(
    "cut", [line((-1, 4), (5, 4)), line((20, 0), (20, 9)), line((0, 0), (0, 10)), line((2, 2), (8, 8))],
    ids=["ends inside", "beside", "along the border", "within"],
)  # fmt: skip
def test_line_that_does_not_cut_through_is_refused(cut):
    with pytest.raises(GeometryError, match="does not cut"):
        split("a", SQUARE, cut, ["b", "c"])


def test_sliver_is_refused():
    with pytest.raises(GeometryError, match="0\\.5000 m2"):
        split("a", SQUARE, line((-1, 9.95), (11, 9.95)), ["b", "c"])


def test_wrong_number_of_ids_is_refused():
    with pytest.raises(GeometryError, match="2 pieces for 3 ids"):
        split("a", SQUARE, line((-1, 4), (11, 4)), ["b", "c", "d"])


@pytest.mark.parametrize("children", [["b", "b"], ["a", "b"]])
def test_ids_that_repeat_are_refused(children):
    with pytest.raises(GeometryError, match="Ids"):
        split("a", SQUARE, line((-1, 4), (11, 4)), children)


@pytest.mark.parametrize("name", ["none", "empty", "bow_tie", "collapsed_to_line", "needle"])
def test_parcel_that_is_no_valid_polygon_is_refused(name):
    with pytest.raises(GeometryError):
        split("a", POLYGONS[name], line((-1, 4), (11, 4)), ["b", "c"])
    with pytest.raises(GeometryError):
        merge({"a": POLYGONS[name], "b": SQUARE}, "c")


@pytest.mark.parametrize("cut", [None, LINES["empty"], SQUARE])
def test_cut_that_is_no_line_is_refused(cut):
    with pytest.raises(GeometryError, match="not a line"):
        split("a", SQUARE, cut, ["b", "c"])


def test_neighbours_merge():
    found = merge({"a": SQUARE, "b": shapely.box(10, 0, 15, 10)}, "c")
    assert found.shapes["c"].equals(shapely.box(0, 0, 15, 10))
    assert found.lineage == (
        Descent("a", "c", 100, 1, pytest.approx(100 / 150)),
        Descent("b", "c", 50, 1, pytest.approx(50 / 150)),
    )


def test_ring_of_parcels_merges_round_its_hole():
    ring = {
        1: shapely.box(0, 0, 9, 3),
        2: shapely.box(0, 3, 3, 9),
        3: shapely.box(6, 3, 9, 9),
        4: shapely.box(3, 6, 6, 9),
    }
    found = merge(ring, 5)
    assert found.shapes[5].area == 72
    assert len(found.shapes[5].interiors) == 1


@pytest.mark.parametrize(
    "other", [shapely.box(11, 0, 15, 10), shapely.box(10, 10, 20, 20)], ids=["apart", "at a point"]
)
def test_parcels_without_a_common_border_are_refused(other):
    with pytest.raises(GeometryError, match="no common border"):
        merge({"a": SQUARE, "b": other}, "c")


def test_parcels_that_overlap_are_refused():
    with pytest.raises(GeometryError, match="overlap by 10"):
        merge({"a": SQUARE, "b": shapely.box(9, 0, 20, 10)}, "c")


def test_one_parcel_is_no_merge():
    with pytest.raises(GeometryError, match="at least two"):
        merge({"a": SQUARE}, "c")


@settings(deadline=None, max_examples=200)
@given(st.lists(st.floats(20, 500), min_size=3, max_size=30), st.floats(0, 2 * np.pi), st.floats(-15, 15))
def test_splits_conserve_area_and_merging_undoes_them(radii, turn, offset):
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    centre = np.array([39_500_000.0, 3_860_000.0])
    star = shapely.Polygon(centre + np.array(radii)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    cut = shapely.LineString([centre + across * offset - along * 2000, centre + across * offset + along * 2000])
    count = len(shapely.get_parts(shapely.difference(star, cut.buffer(1e-4))))
    try:
        found = split("a", star, cut, list(range(count)))
    except GeometryError:
        return  # a sliver, or a count that the buffer changed
    assert abs(sum(shape.area for shape in found.shapes.values()) - star.area) <= TOLERANCE_M2
    again = merge(found.shapes, "back")
    assert shapely.symmetric_difference(again.shapes["back"], star).area <= TOLERANCE_M2
