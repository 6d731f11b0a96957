from __future__ import annotations

import math

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.area import ELLIPSOIDS, AreaMethod, area_m2
from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.errors import CrsError, GeometryError
from tests.gis import official_area
from tests.gis.zoo import LINES, POINTS, POLYGONS

RECTANGLE = shapely.box(39618700, 3872200, 39618900, 3872350)
WITH_HOLE = shapely.Polygon(RECTANGLE.exterior, [shapely.box(39618750, 3872250, 39618800, 3872300).exterior.coords])
TRIANGLE = shapely.Polygon([(39618700, 3872200), (39619700, 3872260), (39619120, 3873010)])


def at_site(shape):
    """A shape of the zoo with its origin moved to the site, in EPSG:4527."""
    return shapely.transform(shape, lambda xy: np.add(xy, [39618700, 3872200]))


def official(*shapes, epsg=4527, **options):
    return area_m2(GeometryColumns.from_shapely(list(shapes)), AreaMethod.ELLIPSOIDAL, epsg, **options)


@pytest.mark.parametrize(("shape", "expected"), [(RECTANGLE, 29989.57), (WITH_HOLE, 27490.44), (TRIANGLE, 392262.67)])
def test_official_area_of_the_test_vectors(shape, expected):
    assert official(shape, decimals=2).tolist() == [expected]


def test_rounding_steps_are_those_of_the_method():
    # standards.md 1.6: 29989.57157 with them, 29989.57034 without rounding and densifying
    assert official(RECTANGLE)[0] == pytest.approx(29989.57157, abs=5e-6)
    assert official(RECTANGLE, rounded_steps=False, densify_m=math.inf)[0] == pytest.approx(29989.57034, abs=5e-6)


def test_without_densifying_a_long_oblique_edge_costs_ten_square_metres():
    assert official(TRIANGLE, densify_m=math.inf, decimals=2)[0] == 392252.94


def test_six_degree_zone_with_the_same_meridian_gives_the_same():
    assert official(shapely.transform(RECTANGLE, lambda xy: xy - [19_000_000, 0]), epsg=4498, decimals=2)[0] == 29989.57


def test_zone_without_prefix_gives_the_same():
    assert official(shapely.transform(RECTANGLE, lambda xy: xy - [39_000_000, 0]), epsg=4548, decimals=2)[0] == 29989.57


@pytest.mark.parametrize("epsg", [4490, 4326])
@pytest.mark.parametrize(("shape", "expected"), [(RECTANGLE, 29989.57), (WITH_HOLE, 27490.44), (TRIANGLE, 392262.66)])
def test_degrees_are_measured_in_the_zone_of_the_feature(epsg, shape, expected):
    # 0.1 mm in the plane is rounded anew after the projection: a square centimetre or two
    degrees = transformed(GeometryColumns.from_shapely([shape]), 4527, 4490)
    assert area_m2(degrees, "ellipsoidal", epsg)[0] == pytest.approx(expected, abs=0.02)


def test_degrees_east_of_the_border_are_measured_in_zone_40():
    # on both sides of 118.5E: the same square of 0.001 degrees, the same area to a few square centimetres
    west, east = shapely.box(118.499, 34.98, 118.49999, 34.981), shapely.box(118.50001, 34.98, 118.501, 34.981)
    areas = official(west, east, epsg=4490)
    assert areas[0] == pytest.approx(areas[1], abs=0.2)


def test_another_crs_is_taken_to_cgcs2000_first():
    utm = transformed(GeometryColumns.from_shapely([RECTANGLE]), 4527, 32650)
    assert area_m2(utm, "ellipsoidal", 32650)[0] == pytest.approx(29989.57, abs=0.02)


def test_xian_1980_has_its_own_constants():
    # the ellipsoid is larger by 3 m in 6378 km: 29989.57 x (1 + 2 x 4.7e-7) = 29989.60, if places are alike
    assert official(RECTANGLE, epsg=2363, decimals=1)[0] == pytest.approx(29989.6, abs=0.05)
    assert ELLIPSOIDS["Xian 1980"].k != ELLIPSOIDS["China 2000"].k


@pytest.mark.parametrize("epsg", [2415, 4214])
def test_beijing_1954_has_no_constants(epsg):
    with pytest.raises(CrsError, match="no constants"):
        official(RECTANGLE, epsg=epsg)


def test_trapezoid_coefficients_of_cgcs2000():
    # standards.md 1.2
    assert ELLIPSOIDS["China 2000"].trapezoid() == pytest.approx(
        (
            1.0033640898341927,
            0.0011241893819271072,
            1.6994594735188535e-06,
            2.717857845577432e-09,
            4.358419004834252e-12,
        ),
        rel=1e-12,
    )


def test_a_sheet_of_the_map_is_its_theoretical_area():
    # cell 34°58' to 35°00' by 2': exact authalic area 11255096.741061 m2 (standards.md 1.6); its parallels
    # and meridians in the plane, so that its sides are drawn with many points
    west, east, south, north = 118 + 17 / 60, 118 + 19 / 60, 34 + 58 / 60, 35.0
    sheet = shapely.segmentize(shapely.box(west, south, east, north), 1 / 60 / 1000)
    area = official(sheet, epsg=4490, rounded_steps=False)[0]
    assert area == pytest.approx(11255096.741, abs=0.01)


@pytest.mark.parametrize("name", ["square_with_hole", "clockwise_square", "hole_same_way_as_shell", "two_holes"])
def test_zoo_agrees_with_the_formula_written_plainly(name):
    shape = at_site(POLYGONS[name])
    assert official(shape)[0] == pytest.approx(official_area.area_m2(shape), abs=1e-4)


def test_area_of_a_multipolygon_is_the_sum_of_its_parts():
    parts = [at_site(part) for part in shapely.get_parts(POLYGONS["multi_with_holes"])]
    whole = official(shapely.MultiPolygon(parts))[0]
    assert whole == pytest.approx(official(*parts).sum(), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(3, 40), st.floats(1, 5000), st.floats(39_360_000, 39_640_000), st.floats(2_000_000, 5_900_000),
    st.integers(0, 2**31), st.booleans(),
)  # fmt: skip
def test_random_stars_agree_with_the_formula_written_plainly(corners, radius_m, east, north, seed, rounded):
    generator = np.random.default_rng(seed)
    angle = np.sort(generator.uniform(0, 2 * np.pi, corners))
    radius = generator.uniform(0.2, 1, corners) * radius_m
    shape = shapely.Polygon(np.column_stack([east + radius * np.cos(angle), north + radius * np.sin(angle)]))
    # a B or L may round the other way where libraries differ in the last digit: 1e-6 seconds are 3.1e-5 m
    tolerance_m2 = 1e-4 + 1e-12 * shape.area + (4 * 3.1e-5 * 70 if rounded else 0)
    expected = official_area.area_m2(shape, rounded=rounded)
    assert official(shape, rounded_steps=rounded)[0] == pytest.approx(expected, abs=tolerance_m2)


@pytest.mark.parametrize("shape", [RECTANGLE, WITH_HOLE, TRIANGLE])
def test_geodesic_area_is_that_of_pyproj(shape):
    geod, to_degrees = pyproj.Geod(ellps="GRS80"), pyproj.Transformer.from_crs(4527, 4490, always_xy=True)
    degrees = shapely.transform(shape, lambda xy: np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1])))
    expected = geod.geometry_area_perimeter(shapely.normalize(degrees).reverse())[0]
    found = area_m2(GeometryColumns.from_shapely([shape]), "geodesic", 4527)[0]
    assert found == pytest.approx(abs(expected), abs=1e-3)


@pytest.mark.parametrize(("shape", "expected"), [(RECTANGLE, 30000), (WITH_HOLE, 27500), (TRIANGLE, 392400)])
def test_planar_area_of_the_test_vectors(shape, expected):
    assert area_m2(GeometryColumns.from_shapely([shape]), "planar", 4527).tolist() == [expected]


@pytest.mark.parametrize(
    "name", [n for n, g in POLYGONS.items() if g is not None and n != "huge_coordinates" and g.is_valid]
)
def test_planar_area_of_valid_shapes_is_that_of_geos(name):
    found = area_m2(GeometryColumns.from_shapely([POLYGONS[name]]), "planar", 4527)[0]
    assert found == pytest.approx(POLYGONS[name].area, rel=1e-12)


def test_planar_area_in_feet_is_given_in_square_metres():
    # EPSG:2263 is in US survey feet: 100 ft x 100 ft = 929.0341 m2
    square = shapely.box(980000, 200000, 980100, 200100)
    assert area_m2(GeometryColumns.from_shapely([square]), "planar", 2263)[0] == pytest.approx(929.0341, abs=1e-3)


@pytest.mark.parametrize("epsg", [4490, 4326, 3857])
def test_planar_area_is_refused_where_it_has_no_meaning(epsg):
    with pytest.raises(CrsError, match="no meaning"):
        area_m2(GeometryColumns.from_shapely([POLYGONS["square"]]), "planar", epsg)


@pytest.mark.parametrize("method", list(AreaMethod))
def test_area_of_none_is_nan_and_of_empty_is_zero(method):
    columns = GeometryColumns.from_shapely([None, POLYGONS["empty"], POLYGONS["empty_multi"]])
    areas = area_m2(columns, method, 4527)
    assert math.isnan(areas[0])
    assert areas[1:].tolist() == [0, 0]


@pytest.mark.parametrize("zoo", [LINES, POINTS])
def test_lines_and_points_have_no_area(zoo):
    shapes = list(zoo.values())
    areas = area_m2(GeometryColumns.from_shapely(shapes), "ellipsoidal", 4527)
    assert [math.isnan(a) if s is None else a == 0 for a, s in zip(areas, shapes, strict=True)] == [True] * len(shapes)


@pytest.mark.parametrize("method", list(AreaMethod))
@pytest.mark.parametrize("name", ["huge_coordinates"])
def test_coordinates_beyond_all_bounds_are_refused_by_name(method, name):
    columns = GeometryColumns.from_shapely([POLYGONS["empty"], POLYGONS[name]])
    with pytest.raises(GeometryError, match="feature 1"):
        area_m2(columns, method, 4527)


def test_a_prefix_that_the_crs_does_not_have_is_named():
    with pytest.raises(GeometryError, match="begins with zone 39"):
        official(RECTANGLE, epsg=4548)


def test_plane_coordinates_called_degrees_are_refused():
    with pytest.raises(GeometryError, match="feature 0"):
        official(RECTANGLE, epsg=4490)


@pytest.mark.parametrize("densify_m", [0, -1, math.nan])
def test_densifying_needs_a_distance(densify_m):
    with pytest.raises(GeometryError, match="densify_m"):
        official(RECTANGLE, densify_m=densify_m)


@pytest.mark.parametrize("densify_m", [1e-9, 1e-300])
def test_an_outline_that_would_need_too_many_points_is_refused(densify_m):
    with pytest.raises(GeometryError, match="too long"):
        official(RECTANGLE, densify_m=densify_m)


def test_unknown_method_names_the_valid_ones():
    with pytest.raises(GeometryError, match="ellipsoidal, planar, geodesic"):
        area_m2(GeometryColumns.from_shapely([RECTANGLE]), "spherical", 4527)


def test_a_bow_tie_gives_the_absolute_value_of_the_signed_sum():
    # two triangles of 25 m2 that run opposite ways: documented, and found by gis.validity
    assert area_m2(GeometryColumns.from_shapely([POLYGONS["bow_tie"]]), "planar", 4527)[0] == 0


def test_ten_thousand_holes_are_taken_off():
    holes = [shapely.box(x, y, x + 1, y + 1).exterior.coords for x in range(1, 200, 2) for y in range(1, 200, 2)]
    shape = shapely.Polygon(shapely.box(0, 0, 201, 201).exterior, holes)
    assert area_m2(GeometryColumns.from_shapely([shape]), "planar", 4527)[0] == 201 * 201 - 10_000


def test_a_million_vertices_are_measured():
    angle = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    ring = np.column_stack([39618700 + 1000 * np.cos(angle), 3872200 + 1000 * np.sin(angle)])
    # a circle of 1 km radius is 3141592.65 m2 in the plane, 3.47e-4 less on the ellipsoid
    assert official(shapely.Polygon(ring), rounded_steps=False)[0] == pytest.approx(
        3141592.65 * (1 - 3.47e-4), rel=2e-6
    )
