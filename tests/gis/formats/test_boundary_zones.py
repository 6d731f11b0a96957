import pyproj
import pytest

from gis.crs import GaussKrugerZone
from gis.formats.boundary_zones import DATUMS, GEOGRAPHIC, Plane, datum_of, plane_of, width_of

PLANES = [
    Plane(datum, GaussKrugerZone(number, width, prefixed))
    for datum in GEOGRAPHIC
    for width, numbers in ((3, range(25, 46)), (6, range(13, 24)))
    for number in numbers
    for prefixed in (True, False)
]


@pytest.mark.parametrize("datum", GEOGRAPHIC)
def test_codes_mean_in_epsg_what_the_planes_say(datum):
    for plane in (plane for plane in PLANES if plane.datum == datum):
        crs = pyproj.CRS.from_epsg(plane.epsg)
        value = {parameter.name: parameter.value for parameter in crs.coordinate_operation.params}
        assert crs.geodetic_crs.to_epsg() == GEOGRAPHIC[datum]
        assert value["Longitude of natural origin"] == plane.zone.central_meridian
        assert value["False easting"] == plane.zone.false_easting_m


def test_the_plane_of_a_code_comes_back():
    assert [plane_of(plane.epsg) for plane in PLANES] == PLANES


@pytest.mark.parametrize("epsg", [4490, 3857, 4555, 32650])
def test_another_code_has_no_plane(epsg):
    assert plane_of(epsg) is None


@pytest.mark.parametrize(
    ("zone", "width"), [(12, None), (13, 6), (23, 6), (24, None), (25, 3), (45, 3), (46, None), (0, None)]
)
def test_numbers_of_zones_do_not_overlap(zone, width):
    assert width_of(zone) == width


@pytest.mark.parametrize(
    ("header", "datum"), [("2000国家大地坐标系", "CGCS2000"), ("80坐标系", "Xian 1980"), ("", None)]
)
def test_a_header_names_the_datum(header, datum):
    assert datum_of(header) == datum
    assert datum is None or datum in DATUMS.values()
