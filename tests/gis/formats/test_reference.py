import pyproj
import pytest

from gis.formats.reference import stated
from tests.gis.formats.made import PRJ_4527


def test_esri_text_is_matched_and_the_match_reported():
    reference = stated(PRJ_4527)
    assert reference.epsg == 4527
    assert "EPSG:4527" in reference.notes[0].en


@pytest.mark.parametrize("epsg", [4490, 4527, 4528, 4549, 4610, 2363, 4214, 28992, 32733])
@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT2_2019", "WKT1_GDAL"])
def test_the_code_comes_back_from_every_wkt(epsg, version):
    assert stated(pyproj.CRS.from_epsg(epsg).to_wkt(version)).epsg == epsg


@pytest.mark.parametrize(
    "text", ["urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"]
)
def test_longitude_latitude_on_wgs84_is_4326(text):
    reference = stated(text)
    assert (reference.epsg, reference.degrees, reference.notes) == (4326, True, ())


def test_the_vertical_part_is_left_out_and_reported():
    reference = stated("EPSG:4490+5737")
    assert reference.epsg == 4490
    assert "vertical" in reference.notes[0].en


@pytest.mark.parametrize("text", [None, "", "  \0"])
def test_no_text_gives_no_code_and_a_note(text):
    reference = stated(text)
    assert reference.epsg is None
    assert reference.notes


@pytest.mark.parametrize("text", ["nonsense", "PROJCS[", "EPSG:999999", "http://127.0.0.1/crs", "\ud800"])
def test_a_text_that_is_no_crs_gives_no_code_and_a_note(text):
    reference = stated(text)
    assert reference.epsg is None
    assert reference.notes


def test_a_crs_without_code_keeps_its_name():
    reference = stated("ESRI:102025")
    assert (reference.epsg, reference.name) == (None, "Asia_North_Albers_Equal_Area_Conic")


def test_an_unreadable_text_is_shown_without_control_characters_and_with_its_file():
    reference = stated('PROJCS["\x1b[31mrubbish"]', place="图斑.prj")
    assert reference.name == 'PROJCS["[31mrubbish"]'
    assert "图斑.prj" in reference.notes[0].zh
    assert "--crs" in reference.notes[0].en
