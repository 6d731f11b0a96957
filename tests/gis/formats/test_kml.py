import pytest

from gis.errors import FormatError
from gis.formats.readers import kml
from tests.gis.formats.inside import read

PLACEMARK = """<Placemark><name>甲</name><ExtendedData>
<SchemaData><SimpleData name="面积">3.5</SimpleData></SchemaData><Data name="code"><value>0012</value></Data>
</ExtendedData>{}</Placemark>"""
POLYGON = """<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0,9 3,0,9 3,3,9 0,0,9</coordinates></LinearRing>
</outerBoundaryIs></Polygon>"""


@pytest.fixture
def reading(tmp_path):
    def reads(body):
        text = f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
        (tmp_path / "a.kml").write_text(text, encoding="utf-8")
        return read(kml, tmp_path / "a.kml")

    return reads


def test_extended_data_become_fields(reading):
    row = reading(f"<Folder><name>村</name>{PLACEMARK.format(POLYGON)}</Folder>").data.to_pylist()[0]
    assert (row["name"], row["folder"], row["面积"], row["code"]) == ("甲", "村", 3.5, "0012")


def test_coordinates_are_longitude_latitude_without_altitude(reading):
    result = reading(PLACEMARK.format(POLYGON))
    assert result.epsg == 4326
    assert result.shapes[0].wkt == "POLYGON ((0 0, 3 0, 3 3, 0 0))"


def test_several_polygons_are_a_multipolygon(reading):
    assert reading(PLACEMARK.format(f"<MultiGeometry>{POLYGON}{POLYGON}</MultiGeometry>")).shapes[0].geom_type == (
        "MultiPolygon"
    )


def test_a_hole_is_a_hole(reading):
    ring = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
    outer = ring.format("0,0 4,0 4,4 0,4 0,0")
    inner = ring.format("1,1 2,1 2,2 1,2 1,1")
    body = f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs><innerBoundaryIs>{inner}</innerBoundaryIs></Polygon>"
    assert reading(PLACEMARK.format(body)).shapes[0].area == 15  # 4 x 4 - 1


def test_a_placemark_without_geometry_keeps_its_fields(reading):
    assert reading(PLACEMARK.format("")).data["geom"].to_pylist() == [None]


def test_a_kml_in_gbk_is_read(tmp_path):
    text = f'<?xml version="1.0" encoding="GBK"?><kml><Document>{PLACEMARK.format("")}</Document></kml>'
    (tmp_path / "a.kml").write_bytes(text.encode("gbk"))
    result = read(kml, tmp_path / "a.kml")
    assert result.data["name"].to_pylist() == ["甲"]
    assert result.encoding == "gb18030"


def test_a_link_to_another_file_is_refused(reading):
    with pytest.raises(FormatError, match="NetworkLink"):
        reading("<NetworkLink><Link><href>http://127.0.0.1/a.kml</href></Link></NetworkLink>")


def test_a_kml_without_placemarks_is_refused(reading):
    with pytest.raises(FormatError, match="no Placemark"):
        reading("<Folder/>")


def test_broken_xml_is_refused(reading):
    with pytest.raises(FormatError, match="well-formed"):
        reading("<Folder>")


def test_coordinates_that_are_no_numbers_are_refused(reading):
    with pytest.raises(FormatError, match="Wrong coordinates"):
        reading(PLACEMARK.format("<Point><coordinates>a,b</coordinates></Point>"))
