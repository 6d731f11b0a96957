"""What is invalid, and what a repair keeps."""

import numpy as np
import pytest
import shapely

from gis.columns import GeometryColumns
from gis.validity import invalid, repair
from tests.gis.zoo import INVALID_POLYGONS, POLYGONS

RD_NEW = 28992
BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
SQUARE = shapely.box(20, 0, 30, 10)
HOLE_OUTSIDE = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(20, 0), (22, 0), (22, 2), (20, 2)]])
FLAT = shapely.Polygon([(0, 0), (10, 0), (5, 0)])
SPIKE = shapely.Polygon([(0, 0), (10, 0), (10, 10), (10, 20), (10, 10), (0, 10)])
OVERLAPPING = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)])


def columns(*shapes):
    return GeometryColumns.from_shapely(np.array(shapes, dtype=object))


def repaired(shape):
    result = repair(columns(shape), RD_NEW)
    return result.columns.to_shapely()[0], result


def test_the_place_and_the_reason_of_a_crossing_are_told():
    found = invalid(columns(SQUARE, BOW_TIE))
    assert [(item.feature, item.reason, item.x, item.y) for item in found] == [(1, "Self-intersection", 5, 5)]


def test_valid_and_missing_geometries_are_left_alone():
    result = repair(columns(SQUARE, None), RD_NEW)
    assert (result.repaired, result.rejected) == ((), ())
    assert list(result.columns.to_shapely()) == [SQUARE, None]


def test_both_wings_of_a_bow_tie_are_kept():
    # two triangles of base 10 and height 5: 2 x 25 m2; by sign they cancel
    shape, result = repaired(BOW_TIE)
    assert shape.area == pytest.approx(50)
    assert result.repaired[0].area_before_m2 == pytest.approx(0)
    assert result.repaired[0].area_after_m2 == pytest.approx(50)


def test_overlapping_parts_count_once():
    # 10 x 10 twice, 5 x 10 of it shared: 200 before, 150 after
    shape, result = repaired(OVERLAPPING)
    assert shape.area == pytest.approx(150)
    assert result.repaired[0].area_before_m2 == pytest.approx(200)


def test_a_hole_outside_its_shell_becomes_a_part_of_its_own():
    # 100 of the shell and 2 x 2 of the ring outside; as drawn, by sign, 100 - 4
    shape, result = repaired(HOLE_OUTSIDE)
    assert shape.area == pytest.approx(104)
    assert result.repaired[0].area_before_m2 == pytest.approx(96)


def test_a_spike_is_cut_off():
    assert repaired(SPIKE)[0].area == pytest.approx(100)


def test_a_polygon_that_collapses_is_rejected_with_the_reason():
    shape, result = repaired(FLAT)
    assert shape is None
    assert result.repaired == ()
    assert [(item.feature, bool(item.reason)) for item in result.rejected] == [(0, True)]


def test_areas_in_degrees_are_geodesic():
    # a bow-tie of one hundredth of a degree at the equator: two triangles of base b and height h/2, b x h / 2 together,
    # with 0.01 degrees of longitude 1113.195 m and of latitude 1105.743 m on WGS 84
    tie = shapely.Polygon([(0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01)])
    result = repair(columns(tie), 4326)
    assert result.repaired[0].area_after_m2 == pytest.approx(1113.195 * 1105.743 / 2, rel=1e-4)


@pytest.mark.parametrize("shape", [BOW_TIE, HOLE_OUTSIDE, SPIKE, OVERLAPPING])
def test_what_is_repaired_is_valid(shape):
    assert invalid(columns(repaired(shape)[0])) == []


def test_a_repair_leaves_the_other_features_as_they_were():
    shapes = [SQUARE, BOW_TIE, None, shapely.MultiPolygon([SQUARE]), FLAT, shapely.Polygon()]
    back = repair(columns(*shapes), RD_NEW).columns.to_shapely()
    assert [back[0], back[2], back[3], back[4], back[5]] == [SQUARE, None, shapes[3], None, shapes[5]]
    assert back[3].geom_type == "MultiPolygon"


@pytest.mark.parametrize("name", [name for name, shape in POLYGONS.items() if name != "huge_coordinates"])
def test_the_zoo_is_valid_once_repaired(name):
    result = repair(columns(POLYGONS[name]), RD_NEW)
    assert invalid(result.columns) == []


@pytest.mark.parametrize("name", INVALID_POLYGONS)
def test_every_invalid_shape_of_the_zoo_is_found_with_a_reason(name):
    (found,) = invalid(columns(SQUARE, POLYGONS[name]))
    assert found.feature == 1
    assert found.reason


def test_coordinates_beyond_all_bounds_do_not_stop_the_check():
    assert invalid(columns(POLYGONS["huge_coordinates"], BOW_TIE))[-1].feature == 1


def test_lines_are_checked_too():
    line, flat = shapely.LineString([(0, 0), (1, 1)]), shapely.LineString([(3, 3), (3, 3)])
    result = repair(columns(line, flat), RD_NEW)
    assert [item.feature for item in result.rejected] == [1]
    assert list(result.columns.to_shapely()) == [line, None]


def test_ring_that_runs_along_an_edge_three_times_is_kept():
    # to (3, 3), back and there again, then round a triangle: GEOS's "structure" method alone leaves nothing of it
    shape, result = repaired(shapely.Polygon([(0, 3), (3, 3), (0, 3), (0, 0), (3, 3)]))
    assert shape.area == 4.5  # 3 x 3 / 2
    assert result.rejected == ()
