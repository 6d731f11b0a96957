from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.columns import GeometryColumns
from gis.errors import GeometryError
from gis.soundness import invalid_polygons, sound, valid_shapes
from tests.gis.zoo import LINES, POLYGONS

ZOO = {name: shape for name, shape in POLYGONS.items() if name != "huge_coordinates"}


def test_invalid_ones_of_the_zoo_are_those_that_geos_names():
    shapes = list(ZOO.values())
    expected = [k for k, shape in enumerate(shapes) if shape is not None and not shape.is_valid]
    assert invalid_polygons(GeometryColumns.from_shapely(shapes)).tolist() == expected


def test_star_whose_outline_runs_twice_round_its_middle_does_not_pass():
    # every second corner of a pentagon: it always turns left, but its edges cross
    angle = np.radians([0, 144, 288, 72, 216])
    shape = shapely.Polygon(np.column_stack([np.cos(angle), np.sin(angle)]))
    assert invalid_polygons(GeometryColumns.from_shapely([shape])).tolist() == [0]


SMALL = st.integers(0, 8).map(float)


@settings(deadline=None, max_examples=500)
@given(st.lists(st.tuples(SMALL, SMALL), min_size=3, max_size=9))
def test_no_invalid_ring_passes(corners):
    shape = shapely.Polygon(corners)
    assert len(invalid_polygons(GeometryColumns.from_shapely([shape]))) == (not shape.is_valid)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(SMALL, SMALL, st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=4))
def test_no_invalid_hole_passes(holes):
    rings = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in holes]
    shape = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], rings)
    assert len(invalid_polygons(GeometryColumns.from_shapely([shape]))) == (not shape.is_valid)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(SMALL, SMALL, st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=4))
def test_parts_that_overlap_do_not_pass(boxes):
    parts = [shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes]
    shape = shapely.MultiPolygon(parts)
    found = len(invalid_polygons(GeometryColumns.from_shapely([shape])))
    overlap = any(shapely.intersection(a, b).area > 0 for k, a in enumerate(parts) for b in parts[:k])
    assert found >= overlap  # parts that share a border are invalid too, but add up all the same


def test_many_rings_of_many_vertices_pass():
    angle = np.linspace(0, 2 * np.pi, 1000)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    holes = [circle * 0.4 + [10 * k, 0] for k in range(20)]
    shape = shapely.Polygon([(-5, -5), (200, -5), (200, 5), (-5, 5)], holes)
    assert len(invalid_polygons(GeometryColumns.from_shapely([shape]))) == 0


def test_sound_changes_only_what_is_invalid():
    shapes = [POLYGONS["square"], POLYGONS["bow_tie"], None, POLYGONS["multi"], POLYGONS["collapsed_to_line"]]
    fixed, bad = sound(GeometryColumns.from_shapely(shapes))
    back = fixed.to_shapely()
    assert bad.tolist() == [1, 4]
    assert [back[0], back[2], back[3]] == [shapes[0], None, shapes[3]]
    assert back[1].area == 50  # two triangles of 10 x 5 / 2
    assert back[4].is_empty


def test_ring_that_runs_along_an_edge_three_times_keeps_its_area():
    # GEOS's structure method returns an empty polygon
    shape = shapely.Polygon([(0, 3), (3, 3), (0, 3), (0, 0), (3, 3)])
    assert valid_shapes(np.array([shape], dtype=object))[0].area == 4.5


def test_hole_along_the_border_is_a_notch():
    # GEOS's linework method fills it
    shape = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(0, 3), (3, 3), (3, 6), (0, 6)]])
    assert valid_shapes(np.array([shape], dtype=object))[0].area == 81 - 9


def test_sound_columns_stay_the_same_object():
    columns = GeometryColumns.from_shapely([POLYGONS["square"]])
    assert sound(columns)[0] is columns


@pytest.mark.parametrize("shape", [LINES["line"], POLYGONS["huge_coordinates"]])
def test_lines_and_huge_coordinates_are_refused(shape):
    with pytest.raises(GeometryError):
        sound(GeometryColumns.from_shapely([shape]))
