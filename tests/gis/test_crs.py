from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from gis.columns import GeometryColumns
from gis.crs import (
    DatumParameters,
    GaussKrugerZone,
    crs,
    gauss_kruger_zone,
    is_geographic,
    is_metric_plane,
    metric_plane,
    same_datum,
    transformed,
    zone_border_km,
    zone_of,
    zone_prefix,
)
from gis.errors import CrsError, GeometryError
from tests.gis.zoo import POLYGONS, SQUARE

SITE = GeometryColumns.from_shapely([shapely.Point(118.3, 34.98)])


@pytest.mark.parametrize(
    ("zone", "epsg"),
    [
        (GaussKrugerZone(39), 4527), (GaussKrugerZone(40), 4528), (GaussKrugerZone(38), 4526),
        (GaussKrugerZone(39, prefixed=False), 4548), (GaussKrugerZone(40, prefixed=False), 4549),
        (GaussKrugerZone(20, 6), 4498), (GaussKrugerZone(20, 6, prefixed=False), 4509),
    ],
)  # fmt: skip
def test_epsg_code_of_a_zone(zone, epsg):
    assert zone.epsg == epsg


@pytest.mark.parametrize("number", [24, 46])
def test_a_zone_outside_china_has_no_code(number):
    with pytest.raises(CrsError, match="25-45"):
        _ = GaussKrugerZone(number).epsg


@pytest.mark.parametrize("epsg", range(4513, 4534))
def test_every_prefixed_zone_is_recognised(epsg):
    zone = gauss_kruger_zone(epsg)
    assert zone is not None
    assert zone.epsg == epsg


def test_central_meridian_of_both_widths():
    assert GaussKrugerZone(39).central_meridian == 117
    assert GaussKrugerZone(20, 6).central_meridian == 117


@pytest.mark.parametrize("epsg", [4490, 32650, 3857, 28992])
def test_what_is_no_gauss_kruger_zone(epsg):
    assert gauss_kruger_zone(epsg) is None


def test_zone_of_xian_1980():
    assert gauss_kruger_zone(2363) == GaussKrugerZone(39)


@pytest.mark.parametrize(
    ("longitude", "number"), [(118.3, 39), (118.4999, 39), (118.5, 40), (115.5, 39), (115.4999, 38)]
)
def test_the_border_meridian_belongs_to_the_zone_east_of_it(longitude, number):
    assert zone_of(longitude).number == number


def test_six_degree_zone_of_the_site():
    assert zone_of(118.3, 6).number == 20


def test_what_is_not_a_longitude_has_no_zone():
    with pytest.raises(CrsError):
        zone_of(39618700.0)


def test_the_site_is_18_km_from_zone_40():
    # 0.2 degrees x 111.2 km x cos 34.98 = 18.2 km
    assert zone_border_km(118.3, 34.98) == pytest.approx(18.2, abs=0.05)


@pytest.mark.parametrize(("easting", "prefix"), [(39618700.0, 39), (618700.0, None), (118.3, None), (1e308, None)])
def test_zone_prefix_of_an_easting(easting, prefix):
    assert zone_prefix(easting) == prefix


@pytest.mark.parametrize(
    ("epsg", "east", "north"), [(4527, 39618707.0096, 3873146.2156), (4528, 40344764.4884, 3873694.5907)]
)
def test_the_site_in_zone_39_and_in_zone_40(epsg, east, north):
    assert transformed(SITE, 4490, epsg).xy[0] == pytest.approx([east, north], abs=1e-4)


def test_cgcs2000_and_wgs84_are_one():
    assert transformed(SITE, 4490, 4326).xy.tolist() == SITE.xy.tolist()
    assert same_datum(4527, 3857)


def test_another_datum_goes_over_wgs84():
    # the published WGS 84 position of the origin of RD New in Amersfoort
    point = GeometryColumns.from_shapely([shapely.Point(155000, 463000)])
    assert transformed(point, 28992, 4490).xy[0] == pytest.approx([5.387206, 52.155174], abs=4e-6)


def test_structure_and_z_stay():
    shapes = [POLYGONS["multi_with_holes"], None, POLYGONS["with_z"], POLYGONS["empty"]]
    zoo = GeometryColumns.from_shapely(shapes)
    moved = transformed(replace(zoo, xy=zoo.xy / 1000 + [118.3, 34.98]), 4490, 4527)
    assert shapely.get_num_interior_rings(shapely.get_geometry(moved.to_shapely()[0], 1)) == 1
    assert moved.to_shapely()[1] is None
    assert moved.z is not None
    assert moved.z[-5:].tolist() == [1, 2, 3, 4, 1]


@pytest.mark.parametrize(
    ("source", "target"),
    [(4610, 4490), (4490, 4610), (2384, 4548), (4214, 4326), (2415, 3857), (4610, 4214), (4555, 4490)],
)
def test_old_datums_are_refused_without_parameters(source, target):
    with pytest.raises(CrsError, match="seven parameters"):
        transformed(SITE, source, target)


def test_within_an_old_datum_nothing_is_needed():
    # the plane of zone 39 on Xian 1980 with prefix is that without, 39 million metres east
    moved = transformed(GeometryColumns.from_shapely([shapely.Point(618700, 3872200)]), 2384, 2363)
    assert moved.xy[0] == pytest.approx([39618700, 3872200], abs=1e-6)


def test_parameters_of_zero_leave_only_the_change_of_ellipsoid():
    nothing = DatumParameters(0, 0, 0, 0, 0, 0, 0, "position_vector")
    moved = transformed(SITE, 4610, 4490, parameters=nothing)
    assert moved.xy[0] == pytest.approx([118.3, 34.98], abs=1e-5)


def helmert(longitude, latitude, shift, rotation_arcsec, scale_ppm):
    """The seven parameters by hand: position vector, Xian 1980 to CGCS2000, in plain Python."""
    a1, f1, a2, f2 = 6378140.0, 1 / 298.257, 6378137.0, 1 / 298.257222101
    lon, lat, e2 = np.radians(longitude), np.radians(latitude), f1 * (2 - f1)
    n = a1 / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    x = np.array([n * np.cos(lat) * np.cos(lon), n * np.cos(lat) * np.sin(lon), n * (1 - e2) * np.sin(lat)])
    rx, ry, rz = np.radians(np.array(rotation_arcsec) / 3600)
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    x, y, z = np.array(shift) + (1 + scale_ppm * 1e-6) * turn @ x
    e2, p = f2 * (2 - f2), np.hypot(x, y)
    lat = np.arctan2(z, p * (1 - e2))
    for _ in range(10):
        lat = np.arctan2(z + e2 * a2 / np.sqrt(1 - e2 * np.sin(lat) ** 2) * np.sin(lat), p)
    return np.degrees(np.arctan2(y, x)), np.degrees(lat)


@pytest.mark.parametrize(("convention", "sign"), [("position_vector", 1), ("coordinate_frame", -1)])
def test_seven_parameters_are_those_of_the_textbook(convention, sign):
    parameters = DatumParameters(12.5, -30.25, 45.0, sign * 1.1, sign * -0.7, sign * 2.3, 4.2, convention)
    moved = transformed(SITE, 4610, 4490, parameters=parameters)
    expected = helmert(118.3, 34.98, (12.5, -30.25, 45.0), (1.1, -0.7, 2.3), 4.2)
    assert moved.xy[0] == pytest.approx(expected, abs=1e-10)


def test_seven_parameters_lead_back():
    parameters = DatumParameters(12.5, -30.25, 45.0, 1.1, -0.7, 2.3, 4.2, "position_vector")
    there = transformed(SITE, 4490, 2384, parameters=parameters)
    back = transformed(there, 2384, 4490, parameters=parameters)
    # heights are taken as 0 on both ellipsoids, which moves a place by less than a millimetre
    assert back.xy[0] == pytest.approx([118.3, 34.98], abs=1e-8)


@pytest.mark.parametrize("epsg", [0, -1, 999999])
def test_unknown_code_is_refused(epsg):
    with pytest.raises(CrsError, match="not a known"):
        crs(epsg)


@pytest.mark.parametrize("epsg", [4479, 5737])
def test_geocentric_and_vertical_systems_are_refused(epsg):
    with pytest.raises(CrsError):
        crs(epsg)


def test_geographic_and_projected():
    assert is_geographic(4490)
    assert not is_geographic(4527)


def test_a_point_without_place_in_the_target_is_named():
    columns = GeometryColumns.from_shapely([SQUARE, POLYGONS["huge_coordinates"]])
    with pytest.raises(GeometryError, match="feature 1"):
        transformed(columns, 4490, 4527)


def test_nothing_is_transformed_to_nothing():
    assert len(transformed(GeometryColumns.from_wkb([]), 4490, 4527)) == 0


@pytest.mark.parametrize(("epsg", "metric"), [(4527, True), (28992, True), (4490, False), (3857, False), (3395, False)])
def test_where_lengths_may_be_read_off_the_coordinates(epsg, metric):
    assert is_metric_plane(epsg) is metric


def test_degrees_go_to_the_zone_of_their_middle():
    plane, epsg = metric_plane(SITE, 4326)
    assert epsg == 4527
    assert plane.xy[0] == pytest.approx([39618707.0096, 3873146.2156], abs=1e-4)


def test_a_metric_plane_is_left_as_it_is():
    assert metric_plane(SITE, 4548) == (SITE, 4548)


def test_web_mercator_goes_to_a_zone():
    assert metric_plane(transformed(SITE, 4326, 3857), 3857)[1] == 4527


def test_there_is_no_zone_outside_china():
    with pytest.raises(CrsError, match="25-45"):
        metric_plane(GeometryColumns.from_shapely([shapely.Point(5.4, 52.2)]), 4326)
