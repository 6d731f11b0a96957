import pytest
from ezdxf.filemanagement import new

from gis.errors import FormatError
from gis.formats.readers import dxf
from tests.gis.formats.inside import read

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


@pytest.fixture
def drawing(tmp_path):
    made = new("R2000")
    made.encoding = "gbk"  # what AutoCAD wrote in China before 2007
    made.appids.add("SOUTH")
    return made


def reading(drawing, tmp_path):
    drawing.saveas(tmp_path / "a.dxf")
    return read(dxf, tmp_path / "a.dxf")


def test_a_closed_polyline_is_a_polygon_with_its_layer(drawing, tmp_path):
    drawing.layers.add("地块")
    drawing.modelspace().add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "地块"})
    result = reading(drawing, tmp_path)
    assert result.data["layer"].to_pylist() == ["地块"]
    assert result.shapes[0].area == 100
    assert result.encoding == "gb18030"


def test_a_head_with_the_wrong_code_page_does_not_matter(drawing, tmp_path):
    drawing.layers.add("地块")
    drawing.modelspace().add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "地块"})
    drawing.saveas(tmp_path / "a.dxf")
    content = (tmp_path / "a.dxf").read_bytes()
    (tmp_path / "a.dxf").write_bytes(content.replace(b"ANSI_936", b"ANSI_1252"))
    result = read(dxf, tmp_path / "a.dxf")
    assert result.data["layer"].to_pylist() == ["地块"]
    assert "declares cp1252" in result.said


def test_a_polyline_that_returns_to_its_start_is_closed(drawing, tmp_path):
    drawing.modelspace().add_lwpolyline([*SQUARE, SQUARE[0]])
    assert reading(drawing, tmp_path).shapes[0].area == 100


def test_an_old_polyline_with_heights_is_read(drawing, tmp_path):
    drawing.modelspace().add_polyline3d([(x, y, 7) for x, y in SQUARE], close=True)
    assert reading(drawing, tmp_path).shapes[0].area == 100


def test_what_is_not_closed_is_counted(drawing, tmp_path):
    drawing.modelspace().add_lwpolyline(SQUARE, close=True)
    drawing.modelspace().add_lwpolyline(SQUARE)
    drawing.modelspace().add_line((0, 0), (1, 1))
    result = reading(drawing, tmp_path)
    assert result.data.num_rows == 1
    assert "LWPOLYLINE 1, LINE 1" in result.said


def test_arcs_become_pieces(drawing, tmp_path):
    # two half circles of radius 1: the area of pi, less what a sagitta of 1 mm takes away
    drawing.modelspace().add_lwpolyline([(0, 0, 0, 0, 1), (2, 0, 0, 0, 1)], close=True)
    result = reading(drawing, tmp_path)
    assert 3.13 < result.shapes[0].area < 3.1416
    assert "arcs" in result.said


def test_extended_data_are_json(drawing, tmp_path):
    line = drawing.modelspace().add_lwpolyline(SQUARE, close=True)
    line.set_xdata("SOUTH", [(1000, "300000"), (1000, "张三")])
    assert reading(drawing, tmp_path).data["xdata"].to_pylist() == ['{"SOUTH": ["300000", "张三"]}']


def test_the_crs_is_asked_for(drawing, tmp_path):
    drawing.modelspace().add_lwpolyline(SQUARE, close=True)
    assert reading(drawing, tmp_path).epsg is None


def test_a_drawing_without_closed_polylines_is_refused(drawing, tmp_path):
    with pytest.raises(FormatError, match="no closed polyline"):
        reading(drawing, tmp_path)


def test_a_damaged_drawing_is_refused(tmp_path):
    (tmp_path / "a.dxf").write_text("  0\nSECTION\n  2\nENT")
    with pytest.raises(FormatError):
        read(dxf, tmp_path / "a.dxf")
