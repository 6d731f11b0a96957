from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.columns import GeometryColumns, GeometryKind
from gis.crs import transformed
from gis.errors import CrsError, GeometryError
from gis.topology import findings
from gis.topology_rules import RULES, MinimumAreas, Rule, Severity, Tolerances
from tests.gis.zoo import POLYGONS

EAST, NORTH = 39_618_700, 3_872_200
EPSG = 4527


def columns_of(*shapes) -> GeometryColumns:
    """Shapes of a plane of metres around 0 0, at the site."""
    moved = [None if s is None else shapely.transform(s, lambda xy: xy + np.array([EAST, NORTH])) for s in shapes]
    return GeometryColumns.from_shapely(moved, kind=GeometryKind.POLYGON)


def found(rule, *shapes, **options):
    return findings(columns_of(*shapes), EPSG, rules=[rule], **options)


def box(west, south, east, north):
    return shapely.box(west, south, east, north)


def grid(across: int, side: float = 10.0):
    return [box(x * side, y * side, x * side + side, y * side + side) for y in range(across) for x in range(across)]


def noisy(shape, metres, generator):
    corners = shapely.get_coordinates(shape)[:-1]
    return shapely.Polygon(corners + generator.uniform(-metres, metres, corners.shape))


LEFT, RIGHT = box(0, 0, 10, 10), box(10, 0, 20, 10)


def test_a_clean_coverage_has_no_findings():
    assert findings(columns_of(*grid(5)), EPSG) == []


def test_rings_may_run_either_way():
    shapes = [shape.reverse() if k % 2 else shape for k, shape in enumerate(grid(4))]
    assert findings(columns_of(*shapes), EPSG) == []


def test_overlap_has_both_features_its_area_and_a_place_inside():
    # 2 m of the left parcel's 10 m x 10 m lie under the right one
    (overlap,) = found("overlap", LEFT, box(8, 0, 18, 10))
    assert overlap.features == (0, 1)
    assert overlap.measure == pytest.approx(20)
    assert overlap.unit == "m2"
    assert 8 < overlap.x - EAST < 10
    assert 0 < overlap.y - NORTH < 10
    assert overlap.severity is Severity.ERROR


def test_touching_parcels_do_not_overlap():
    assert found("overlap", LEFT, RIGHT, box(20, 10, 30, 20)) == []


def test_a_parcel_within_another_overlaps_it():
    (overlap,) = found("overlap", box(0, 0, 30, 30), box(10, 10, 20, 20))
    assert overlap.measure == pytest.approx(100)


def test_an_island_in_a_hole_does_not_overlap():
    ring = box(0, 0, 30, 30) - box(10, 10, 20, 20)
    assert findings(columns_of(ring, box(10, 10, 20, 20)), EPSG, rules=["overlap", "gap"]) == []


def test_overlap_narrower_than_the_tolerance_is_none():
    assert found("overlap", LEFT, box(9.9992, 0, 20, 10)) == []
    assert len(found("overlap", LEFT, box(9.9982, 0, 20, 10))) == 1


def test_overlap_below_a_square_metre_is_a_warning():
    # 0.05 m x 10 m = 0.5 m2
    (overlap,) = found("overlap", LEFT, box(9.95, 0, 20, 10))
    assert overlap.severity is Severity.WARNING


def test_a_parcel_that_fits_its_neighbours_but_covers_two_is_found():
    # the long parcel has all its corners in common with the two below it
    overlaps = found("overlap", LEFT, RIGHT, box(0, 0, 20, 10))
    assert [overlap.features for overlap in overlaps] == [(0, 2), (1, 2)]


@pytest.mark.parametrize("shift", [0.0, 3.0])
def test_two_whole_sheets_over_each_other_overlap_everywhere(shift):
    # inside the sheets every edge lies against a neighbour's of the same sheet
    sheet = grid(7)
    shapes = sheet + [shapely.transform(shape, lambda xy: xy + shift) for shape in sheet]
    overlaps = found("overlap", *shapes)
    assert sum(overlap.measure for overlap in overlaps) == pytest.approx((70 - shift) ** 2)


def test_enclosed_gap_has_its_neighbours_and_area():
    shapes = grid(3)
    del shapes[4]
    (gap,) = found("gap", *shapes)
    assert gap.measure == pytest.approx(100)
    # the four that share a side; those at the corners touch it in a point
    assert set(gap.features) >= {1, 3, 4, 6}
    assert 10 < gap.x - EAST < 20
    assert 10 < gap.y - NORTH < 20


def test_a_void_open_to_the_outside_is_no_gap():
    shapes = grid(3)
    del shapes[1]
    assert found("gap", *shapes) == []


def test_sliver_gap_is_a_warning():
    # a lens 0.1 m wide in its middle between two parcels that meet at both ends: 10 x 0.1 / 2 = 0.5 m2
    left = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)])
    right = shapely.Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10.1, 5)])
    (gap,) = found("gap", left, right)
    assert gap.measure == pytest.approx(0.5)
    assert gap.severity is Severity.WARNING
    assert gap.features == (0, 1)


def test_a_gap_wider_than_meant_is_left_open():
    shapes = grid(3)
    del shapes[4]
    assert found("gap", *shapes, tolerances=Tolerances(gap_width_m=4)) == []


def test_island_in_a_gap_is_taken_off():
    # a void of 30 x 30 with a parcel of 10 x 10 in it
    frame = box(-10, -10, 40, 40) - box(0, 0, 30, 30)
    (gap,) = found("gap", frame, box(10, 10, 20, 20))
    assert gap.measure == pytest.approx(800)


def test_gap_within_an_island_of_a_gap_is_another():
    frame, ring = box(-10, -10, 60, 60) - box(0, 0, 50, 50), box(10, 10, 40, 40) - box(20, 20, 30, 30)
    assert sorted(gap.measure for gap in found("gap", frame, ring)) == pytest.approx([100, 2500 - 900])


def test_gaps_that_touch_at_a_corner_are_two():
    shapes = grid(4)
    left = [shape for k, shape in enumerate(shapes) if k not in (5, 10)]
    assert [gap.measure for gap in found("gap", *left)] == pytest.approx([100, 100])


def test_gap_beside_an_overlap_is_found():
    shapes = grid(3)
    shapes[4] = box(10, 10, 18, 20)
    shapes[3] = box(0, 10, 12, 20)
    both = findings(columns_of(*shapes), EPSG, rules=["overlap", "gap"])
    assert [(f.rule, round(f.measure, 6)) for f in both] == [(Rule.OVERLAP, 20.0), (Rule.GAP, 20.0)]


def test_a_corner_on_a_side_without_a_vertex_is_found_and_makes_no_gap():
    # two parcels of 5 m height beside one of 10 m
    shapes = [LEFT, box(10, 0, 20, 5), box(10, 5, 20, 10)]
    corners = found("unshared_vertex", *shapes)
    assert [(c.features, c.x - EAST, c.y - NORTH) for c in corners] == [((0, 1), 10, 5)] or [
        (c.features, c.x - EAST, c.y - NORTH) for c in corners
    ] == [((0, 2), 10, 5)]
    assert corners[0].measure == pytest.approx(0, abs=1e-9)
    assert findings(columns_of(*shapes), EPSG, rules=["gap", "overlap", "near_miss"]) == []


def test_corner_near_a_side_is_a_near_miss():
    # 2 cm short of the neighbour's side, away from its corners
    (first, second) = found("near_miss", box(0, -5, 10, 15), box(10.02, 0, 20, 10))
    assert first.features == (0, 1)
    assert first.measure == pytest.approx(0.02, abs=1e-6)
    assert second.measure == pytest.approx(0.02, abs=1e-6)


def test_corner_near_a_corner_is_a_near_miss():
    # the right parcel lies 3 cm away: both its western corners miss those of the left one, and the other way round
    misses = found("near_miss", LEFT, box(10.03, 0, 20, 10))
    assert {round(miss.measure, 6) for miss in misses} == {0.03}
    assert {miss.features for miss in misses} == {(0, 1)}


def test_corner_farther_away_is_none():
    assert found("near_miss", LEFT, box(10.06, 0, 20, 10)) == []


def test_noise_in_the_last_digits_is_neither_gap_nor_miss():
    generator = np.random.default_rng(3)
    shapes = [noisy(shape, 2e-5, generator) for shape in grid(8)]
    assert findings(columns_of(*shapes), EPSG, rules=["overlap", "gap", "near_miss", "unshared_vertex"]) == []


def test_noise_within_the_tolerance_makes_no_gap():
    generator = np.random.default_rng(4)
    shapes = [noisy(shape, 3e-4, generator) for shape in grid(8)]
    assert findings(columns_of(*shapes), EPSG, rules=["overlap", "gap"]) == []


def test_sliver_is_small_or_narrow_and_long():
    # 200 m x 1 m: 4 pi A/P2 = 0.0155, length to width 200; a square of 30 m is small but compact
    (sliver,) = found("sliver", box(0, 0, 200, 1), box(0, 10, 30, 40), box(0, 100, 500, 200))
    assert sliver.features == (0,)
    assert sliver.measure == pytest.approx(200)


def test_a_long_road_wider_than_the_limit_is_no_sliver():
    assert found("sliver", box(0, 0, 400, 12)) == []


def test_sharp_corner_is_measured_in_degrees():
    # a corner of atan(1/20) = 2.8624 degrees
    (corner,) = found("acute_angle", shapely.Polygon([(0, 0), (100, 0), (100, 5)]))
    assert corner.measure == pytest.approx(2.8624, abs=1e-4)
    assert (corner.x - EAST, corner.y - NORTH) == (0, 0)
    assert found("acute_angle", shapely.Polygon([(0, 0), (100, 0), (100, 10)])) == []


def test_limit_of_angles_is_a_parameter():
    shape = shapely.Polygon([(0, 0), (100, 0), (100, 10)])
    assert len(found("acute_angle", shape, tolerances=Tolerances(acute_degrees=10))) == 1


def test_repeated_vertices_do_not_hide_a_sharp_corner():
    shape = shapely.Polygon([(0, 0), (0, 0), (100, 0), (100, 0), (100, 5), (0, 0), (0, 0)])
    assert len(found("acute_angle", shape)) == 1


def test_smallest_area_by_the_longest_code_that_fits():
    minimum = MinimumAreas(["0101", "0702", "0602", None], {"": 600, "01": 400, "07": 200, "0602": 50})
    shapes = [box(0, 0, 10, 30), box(20, 0, 30, 30), box(40, 0, 50, 6), box(60, 0, 70, 30)]
    # 300 < 400; 300 >= 200; 60 >= 50; 300 < 600
    small = found("too_small", *shapes, minimum=minimum)
    assert [finding.features for finding in small] == [(0,), (3,)]
    assert [finding.measure for finding in small] == pytest.approx([300, 300])


def test_no_table_no_check_of_size():
    assert found("too_small", box(0, 0, 1, 1)) == []


def test_classes_must_be_as_many_as_features():
    with pytest.raises(GeometryError, match="1 classes for 2"):
        found("too_small", LEFT, RIGHT, minimum=MinimumAreas(["01"], {"": 1}))


def test_the_same_shape_drawn_twice_is_a_duplicate():
    turned = shapely.Polygon([(10, 10), (10, 0), (0, 0), (0, 10)])
    (duplicate,) = found("duplicate", LEFT, RIGHT, turned)
    assert duplicate.features == (0, 2)
    assert duplicate.measure == pytest.approx(100)


def test_holes_count_for_duplicates():
    ring = box(0, 0, 30, 30) - box(10, 10, 20, 20)
    assert found("duplicate", ring, box(0, 0, 30, 30)) == []
    assert [f.features for f in found("duplicate", ring, LEFT, ring.reverse())] == [(0, 2)]


def test_multipart_counts_parts_and_one_part_is_single():
    (multi,) = found("multipart", POLYGONS["multi"], POLYGONS["multi_of_one"], LEFT)
    assert multi.features == (0,)
    assert multi.measure == 2


def test_none_and_empty_have_no_findings():
    assert findings(columns_of(None, POLYGONS["empty"], POLYGONS["empty_multi"]), EPSG) == []


def test_no_features_have_no_findings():
    assert findings(columns_of(), EPSG) == []


def test_invalid_polygons_are_taken_as_made_valid():
    # each wing of the bow-tie is a triangle of 25 m2, 12.5 of both lie left of x = 5; the square covers all
    overlaps = found("overlap", POLYGONS["bow_tie"], box(0, 0, 10, 10))
    assert sum(overlap.measure for overlap in overlaps) == pytest.approx(50)


def test_degrees_are_checked_in_their_zone():
    degrees = transformed(columns_of(LEFT, box(8, 0, 18, 10)), EPSG, 4490)
    (overlap,) = findings(degrees, 4490, rules=["overlap"])
    assert overlap.measure == pytest.approx(20, abs=1e-4)
    assert overlap.x == pytest.approx(118.2999, abs=1e-3)
    assert overlap.y == pytest.approx(34.9714, abs=1e-3)


@pytest.mark.parametrize("epsg", [2263, 999999])
def test_a_plane_that_is_not_in_metres_is_refused(epsg):
    with pytest.raises(CrsError):
        findings(columns_of(LEFT), epsg)


def test_lines_are_refused():
    line = GeometryColumns.from_shapely([shapely.LineString([(0, 0), (1, 1)])])
    with pytest.raises(GeometryError):
        findings(line, EPSG)


def test_coordinates_beyond_all_bounds_are_refused():
    with pytest.raises(GeometryError, match="feature 0"):
        findings(GeometryColumns.from_shapely([POLYGONS["huge_coordinates"]]), EPSG)


def test_unknown_rule_names_the_valid_ones():
    with pytest.raises(GeometryError, match="near_miss"):
        found("holes", LEFT)


@pytest.mark.parametrize(
    "values", [{"near_m": 0}, {"tolerance_m": -1}, {"precision_m": float("nan")}, {"acute_degrees": 180}]
)
def test_tolerances_must_be_possible(values):
    with pytest.raises(GeometryError):
        Tolerances(**values)


def test_every_rule_has_texts_and_a_check():
    assert set(RULES) == set(Rule)


def voronoi(seed: int, count: int):
    """A coverage of cells with shared corners, rounded to 0.1 mm."""
    points = np.random.default_rng(seed).uniform(0, 100, (count, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=box(0, 0, 100, 100)))
    cells = shapely.intersection(cells, box(0, 0, 100, 100))
    return list(shapely.transform(cells[shapely.area(cells) > 0.01], lambda xy: np.round(xy, 4)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 40), st.data())
def test_gaps_and_overlaps_of_random_coverages_are_those_of_geos(seed, count, data):
    cells = voronoi(seed, count)
    chosen = data.draw(st.sets(st.integers(0, len(cells) - 1), max_size=min(4, len(cells) - 1)))
    moved = data.draw(st.sets(st.integers(0, len(cells) - 1), max_size=2)) - chosen
    shapes = [
        shapely.transform(cell, lambda xy: xy + [0.7, 0.4]) if k in moved else cell  # noqa: RUF005
        for k, cell in enumerate(cells)
        if k not in chosen
    ]
    both = findings(columns_of(*shapes), EPSG, rules=["overlap", "gap"])
    pairs = [shapely.intersection(a, b) for k, a in enumerate(shapes) for b in shapes[k + 1 :]]
    overlap_m2 = sum(shapely.area(p) for p in pairs if p.area > 0 and 2 * p.area / p.length > 0.001)
    union = shapely.union_all(shapes, grid_size=1e-4)
    holes = [shapely.Polygon(hole) for part in shapely.get_parts(union) for hole in part.interiors]
    gap_m2 = sum(h.area for h in holes if 2 * h.area / h.length > 0.002)
    assert sum(f.measure for f in both if f.rule is Rule.OVERLAP) == pytest.approx(overlap_m2, abs=0.01)
    # GEOS unites on a grid of 0.1 mm: borders of some 1000 m in all move by as much
    assert sum(f.measure for f in both if f.rule is Rule.GAP) == pytest.approx(gap_m2, abs=0.3)
