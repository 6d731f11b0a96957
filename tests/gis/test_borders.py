from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.borders import borders, contacts, merged, voids
from gis.columns import GeometryColumns

LEFT, RIGHT = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)


def columns_of(*shapes) -> GeometryColumns:
    return GeometryColumns.from_shapely(list(shapes))


def test_two_squares_side_by_side_have_six_border_edges():
    found = borders(columns_of(LEFT, RIGHT), 1e-4)
    assert len(found.start) == 6
    assert sorted(found.feature.tolist()) == [0, 0, 0, 1, 1, 1]
    assert len(found.corners) == 6


@pytest.mark.parametrize("shape", [LEFT, LEFT.reverse()])
def test_the_inside_is_on_the_left_of_a_border(shape):
    found = borders(columns_of(shape), 1e-4)
    a, b = found.corners[found.start], found.corners[found.stop]
    along, to_middle = b - a, np.array([5.0, 5.0]) - a
    assert (along[:, 0] * to_middle[:, 1] > along[:, 1] * to_middle[:, 0]).all()


def test_the_border_of_a_hole_has_the_inside_on_the_left():
    ring = LEFT - shapely.box(4, 4, 6, 6)
    found = borders(columns_of(ring), 1e-4)
    a, b = found.corners[found.start], found.corners[found.stop]
    of_hole = (np.abs(a - 5) <= 1).all(axis=1)
    to_middle = np.array([5.0, 5.0]) - a[of_hole]
    along = (b - a)[of_hole]
    assert of_hole.sum() == 4
    assert (along[:, 0] * to_middle[:, 1] < along[:, 1] * to_middle[:, 0]).all()


def test_a_coverage_without_polygons_has_no_borders():
    found = borders(GeometryColumns.from_wkb([None]), 1e-4)
    assert len(found.start) == 0
    assert len(contacts(found, 0.05).corner) == 0
    assert voids(found, contacts(found, 0.05), 0.001) == []


def test_contact_tells_where_on_the_edge_a_corner_lies():
    # the corner (10, 4) of the right box lies 4 m up the left one's side of 10 m
    found = borders(columns_of(LEFT, shapely.box(10, 4, 20, 20)), 1e-4)
    near = contacts(found, 0.05)
    (contact,) = np.flatnonzero(found.corners[near.corner, 1] == 4)
    assert near.distance[contact] == 0
    assert near.share[contact] == pytest.approx(0.4)
    assert near.to_end[contact] == pytest.approx(4)


def pairs_of(found, near) -> set[tuple[int, int, float]]:
    return set(zip(near.corner.tolist(), near.edge.tolist(), near.distance.tolist(), strict=True))


def test_own_corners_count_within_their_own_reach_only():
    # the notch's corners are 0.03 m from one another, and each is that far from an edge it does not end
    notched = shapely.Polygon([(0, 0), (10, 0), (10, 5), (9, 5), (9, 5.03), (10, 5.03), (10, 10), (0, 10)])
    found = borders(columns_of(notched), 1e-4)
    assert len(contacts(found, 0.05).corner) > 0
    assert len(contacts(found, 0.05, own_reach=0.001).corner) == 0


def test_corners_of_other_features_do_not_feel_the_own_reach():
    # hundreds of corners each, so that stretches are left out: the circles pass each other at 0.02 m
    circles = columns_of(shapely.Point(0, 0).buffer(5, 200), shapely.Point(10.02, 0).buffer(5, 200))
    found = borders(circles, 1e-4)
    near = pairs_of(found, contacts(found, 0.05))
    owner = np.empty(len(found.corners), np.int64)
    owner[found.start] = found.feature
    wanted = {p for p in near if owner[p[0]] != found.feature[p[1]] or p[2] <= 0.001}
    assert len(wanted) > 4
    assert pairs_of(found, contacts(found, 0.05, own_reach=0.001)) == wanted


def test_a_void_has_its_shape_and_the_features_around_it():
    frame = shapely.box(0, 0, 30, 30) - shapely.box(10, 10, 20, 20)
    found = borders(columns_of(frame), 1e-4)
    (void,) = voids(found, contacts(found, 0.05), 0.001)
    assert void.shape.equals(shapely.box(10, 10, 20, 20))
    assert void.features == (0,)


def test_places_are_joined_over_others():
    # 4 with 3, 3 with 1: all are 1; 2 with 5
    assert merged(6, np.array([4, 3, 5]), np.array([3, 1, 2])).tolist() == [0, 1, 2, 1, 1, 2]
