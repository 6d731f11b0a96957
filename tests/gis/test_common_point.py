"""Points in what two polygons share, and bounds of its outline, against GEOS."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.boxes import readonly
from gis.columns import GeometryColumns
from gis.kernels import common_point
from gis.topology import findings
from gis.topology_rules import Rule, Tolerances

EPSG = 4527
EAST, NORTH = 39_600_000, 3_800_000


def messy(count: int) -> np.ndarray:
    """Ragged blobs, some with a hole, that overlap each other at will."""
    random = np.random.default_rng(5)
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    radius = random.uniform(10, 30, (count, 12, 1))
    centre = np.array([EAST, NORTH]) + random.uniform(0, 300, (count, 1, 2))
    blobs = shapely.polygons(centre + radius * np.column_stack([np.cos(angle), np.sin(angle)]))
    holes = shapely.buffer(shapely.points(centre[::3, 0]), 5)
    blobs[::3] = shapely.difference(blobs[::3], holes)
    return blobs


def given(shapes: list[shapely.Geometry]) -> tuple:
    columns = GeometryColumns.from_shapely(shapes)
    ring_ends = readonly(columns.part_offsets[columns.feature_offsets])
    return columns.xy, columns.ring_offsets, ring_ends, readonly(columns.bounds())


def points_of(one: shapely.Geometry, two: shapely.Geometry) -> np.ndarray:
    out = np.empty((1, 2))
    common_point.points(readonly(np.array([0])), readonly(np.array([1])), *given([one, two]), out)
    return out[0]


def test_the_point_is_in_the_middle_of_what_two_squares_share():
    # [0, 10] and [6, 16] share [6, 10], whose middle is 8; the line halfway up is y = 5
    assert points_of(shapely.box(0, 0, 10, 10), shapely.box(6, 0, 16, 10)).tolist() == [8, 5]


def test_a_hole_is_not_shared():
    frame = shapely.box(0, 0, 10, 10) - shapely.box(1, 1, 9, 9)
    x, y = points_of(frame, shapely.box(-1, 4, 11, 6))
    assert shapely.contains_xy(frame, x, y)


def test_squares_that_touch_share_no_point():
    assert np.isnan(points_of(shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10))).all()


def test_the_outline_is_never_longer_than_the_bound():
    shapes = messy(60)
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    out = np.empty(len(one))
    common_point.longest_outlines(readonly(one), readonly(two), *given(list(shapes)), out)
    assert (shapely.length(shapely.intersection(shapes[one], shapes[two])) <= out * (1 + 1e-12)).all()


@pytest.mark.parametrize("tolerance_m", [0.001, 2.0])
def test_overlaps_are_those_of_geos(tolerance_m):
    shapes = messy(150)
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, two = one[one < two], two[one < two]
    common = shapely.intersection(shapes[one], shapes[two])
    wide = 2 * shapely.area(common) > tolerance_m * np.maximum(shapely.length(common), 1e-9)
    expected = {(int(a), int(b)): s for a, b, s in zip(one[wide], two[wide], common[wide], strict=True)}
    found = findings(
        GeometryColumns.from_shapely(list(shapes)),
        EPSG,
        rules=[Rule.OVERLAP],
        tolerances=Tolerances(tolerance_m=tolerance_m),
    )
    assert len(expected) > 100
    assert {f.features for f in found} == set(expected)
    for finding in found:
        shape = expected[finding.features]
        assert finding.measure == pytest.approx(shape.area, abs=1e-5)  # eastings of 8 digits
        assert shape.distance(shapely.Point(finding.x, finding.y)) < 1e-6


def test_gaps_are_the_holes_of_the_union_though_features_lie_in_others():
    # a frame of four overlapping strips round a gap of 10 x 10, one strip twice, and a parcel within another
    strips = [(0, 0, 30, 10), (0, 20, 30, 30), (0, 0, 10, 30), (20, 0, 30, 30), (20, 0, 30, 30), (1, 1, 2, 2)]
    columns = GeometryColumns.from_shapely([shapely.box(*strip) for strip in strips])
    (gap,) = findings(columns, EPSG, rules=[Rule.GAP])
    assert gap.measure == pytest.approx(100)
    assert gap.features == (0, 1, 2, 3, 4, 5)
