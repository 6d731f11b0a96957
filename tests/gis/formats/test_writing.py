import csv
import datetime
import io
import json
import sqlite3
import zipfile
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from gis.errors import FormatError
from gis.formats import FORMATS, read_table, tables, write_rows, write_table
from gis.formats.writing import safe_text
from tests.gis.formats.made import PRJ_4527, parcels

NOTICE = "示意数据 illustrative"
GEOMETRIES = [suffix for suffix, kind in FORMATS.items() if kind.can_write and suffix not in {".xlsx", ".dxf", ".txt"}]


def written(path, data, **options):
    options = {"name": "稻田流转", "epsg": 4527, "geometry": "MULTIPOLYGON", "abstract": NOTICE} | options
    return write_table(path, data, **options)


@pytest.fixture(scope="module")
def data():
    """Two parcels with every type, one of two parts, and one row of nulls without geometry."""
    part = shapely.box(39618700, 3872200, 39618900, 3872350)
    other = shapely.box(39619700, 3872200, 39619900, 3872350)
    return pa.table(
        {
            "fid": [3, 5, 8],
            "DKBM": ["3713110072010100001", "", None],
            "SCMJ": pa.array([Decimal("30000.00"), Decimal("60000.25"), None], pa.decimal128(15, 2)),
            "area_m2": [30000.5, 1 / 3, None],
            "days": pa.array([datetime.date(2024, 1, 31), datetime.date(1850, 5, 1), None]),
            "ok": [True, False, None],
            "geom": pa.array([*shapely.to_wkb([part, shapely.MultiPolygon([part, other])]), None], pa.binary()),
        }
    )


@pytest.mark.parametrize("suffix", GEOMETRIES)
def test_a_table_comes_back(tmp_path, data, suffix):
    written(tmp_path / f"a{suffix}", data)
    table = read_table(tmp_path / f"a{suffix}")
    assert table.epsg == (4326 if suffix == ".geojson" else 4527)
    assert table.data["DKBM"].to_pylist()[0] == "3713110072010100001"
    assert table.data["DKBM"].to_pylist()[2] is None
    assert table.data["area_m2"].to_pylist() == [30000.5, pytest.approx(1 / 3, abs=1e-15), None]
    assert [float(value) for value in table.data["SCMJ"].to_pylist()[:2]] == [30000.0, 60000.25]
    assert [str(value)[:10] for value in table.data["days"].to_pylist()] == ["2024-01-31", "1850-05-01", "None"]
    assert [value and bool(value) for value in table.data["ok"].to_pylist()] == [True, False, None]


@pytest.mark.parametrize("suffix", [suffix for suffix in GEOMETRIES if suffix != ".geojson"])
def test_geometry_comes_back_to_a_tenth_of_a_millimetre(tmp_path, data, suffix):
    written(tmp_path / f"a{suffix}", data)
    shapes = shapely.from_wkb(read_table(tmp_path / f"a{suffix}").data["geom"].to_pylist())
    expected = shapely.from_wkb(data["geom"].to_pylist())
    assert shapes[2] is None
    assert shapely.hausdorff_distance(shapes[:2], expected[:2]).max() < 1e-4


def test_geojson_comes_back_to_a_tenth_of_a_millimetre(tmp_path, data):
    written(tmp_path / "a.geojson", data)
    degrees = shapely.from_wkb(read_table(tmp_path / "a.geojson").data["geom"].to_pylist())
    back = pyproj.Transformer.from_crs(4326, 4527, always_xy=True)
    shapes = shapely.transform(degrees[:2], lambda xy: list(zip(*back.transform(*xy.T), strict=True)))
    assert shapely.hausdorff_distance(shapes, shapely.from_wkb(data["geom"].to_pylist())[:2]).max() < 1e-4


@pytest.mark.parametrize("suffix", GEOMETRIES)
def test_a_table_without_rows_is_written(tmp_path, data, suffix):
    written(tmp_path / f"a{suffix}", data.slice(0, 0))
    assert [info.features for info in tables(tmp_path / f"a{suffix}")] == [0]


@pytest.mark.parametrize("suffix", [".gpkg", ".csv", ".shp.zip"])
def test_a_failure_leaves_what_was_there(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"before")
    broken = pa.table({"a": [1], "geom": pa.array([b"\1\3\0\0\0broken WKB"])})
    with pytest.raises(FormatError):
        written(path, broken)
    assert path.read_bytes() == b"before"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_folder_that_does_not_exist_is_named(tmp_path, data):
    with pytest.raises(FormatError, match=r"a\.csv"):
        written(tmp_path / "missing" / "a.csv", data)


@pytest.mark.parametrize("name", ["a.kml", "a.gml", "a.zip", "a.shp"])
def test_what_is_not_written_is_answered_with_what_is(tmp_path, data, name):
    with pytest.raises(FormatError, match=r"\.gpkg"):
        written(tmp_path / name, data)


class TestNotice:
    """An illustrative layer says so in every file."""

    def test_geopackage(self, tmp_path, data):
        written(tmp_path / "a.gpkg", data)
        assert NOTICE.encode() in (tmp_path / "a.gpkg").read_bytes()

    def test_flatgeobuf(self, tmp_path, data):
        written(tmp_path / "a.fgb", data)
        assert NOTICE.encode() in (tmp_path / "a.fgb").read_bytes()

    @pytest.mark.parametrize("suffix", [".shp.zip", ".gdb.zip"])
    def test_archives(self, tmp_path, data, suffix):
        written(tmp_path / f"a{suffix}", data)
        with zipfile.ZipFile(tmp_path / f"a{suffix}") as archive:
            assert NOTICE in archive.read("README.txt").decode()

    def test_geojson(self, tmp_path, data):
        written(tmp_path / "a.geojson", data)
        assert json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["notice"] == NOTICE

    def test_geoparquet(self, tmp_path, data):
        written(tmp_path / "a.parquet", data)
        assert pq.read_schema(tmp_path / "a.parquet").metadata[b"abstract"].decode() == NOTICE

    def test_csv(self, tmp_path, data):
        written(tmp_path / "a.csv", data)
        rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8-sig"))))
        assert {row["说明 notice"] for row in rows} == {NOTICE}

    def test_workbook(self, tmp_path, data):
        written(tmp_path / "a.xlsx", data)
        assert openpyxl.load_workbook(tmp_path / "a.xlsx")["说明 notice"]["A1"].value == NOTICE

    def test_boundary_points(self, tmp_path, data):
        written(tmp_path / "a.txt", data)
        assert NOTICE in (tmp_path / "a.txt").read_text(encoding="gb18030")

    def test_dxf(self, tmp_path, data):
        written(tmp_path / "a.dxf", data)
        assert NOTICE in (tmp_path / "a.dxf").read_text(encoding="utf-8")


class TestProjectionBesideCsv:
    """CSV keeps its CRS in a .prj, which may already be a shapefile's."""

    @pytest.mark.parametrize("name", ["a.prj", "a.PRJ", "A.prj"])
    def test_one_that_says_something_else_is_not_overwritten(self, tmp_path, data, name):
        before = pyproj.CRS.from_epsg(4490).to_wkt("WKT1_ESRI").encode()
        (tmp_path / name).write_bytes(before)
        with pytest.raises(FormatError, match=rf"{name} exists") as refusal:
            written(tmp_path / "a.csv", data)
        assert "another name" in refusal.value.remedy_en
        assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {name: before}

    def test_one_that_nobody_can_read_is_not_overwritten(self, tmp_path, data):
        (tmp_path / "a.prj").write_bytes("坐标系".encode("gbk"))
        with pytest.raises(FormatError, match=r"a\.prj"):
            written(tmp_path / "a.csv", data)
        assert (tmp_path / "a.prj").read_bytes() == "坐标系".encode("gbk")

    def test_one_that_says_the_same_stays_as_it_is(self, tmp_path, data):
        (tmp_path / "a.prj").write_text(PRJ_4527)
        written(tmp_path / "a.csv", data)
        assert (tmp_path / "a.prj").read_text() == PRJ_4527
        assert read_table(tmp_path / "a.csv").epsg == 4527

    def test_a_csv_is_written_again(self, tmp_path, data):
        written(tmp_path / "a.csv", data)
        written(tmp_path / "a.csv", data.slice(0, 1))
        assert read_table(tmp_path / "a.csv").data.num_rows == 1


class TestFormulas:
    """A spreadsheet runs cells that begin = + - @ (of either width), a tab or a new line."""

    @pytest.mark.parametrize(
        "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"]
    )
    def test_text_is_neutralised(self, text):
        assert safe_text(pa.chunked_array([[text]])).to_pylist() == [f"'{text}"]

    @pytest.mark.parametrize("text", ["1-1", "a=b", "", None, "东高都", "a\n=1"])
    def test_other_text_is_untouched(self, text):
        assert safe_text(pa.chunked_array([pa.array([text], pa.string())])).to_pylist() == [text]

    def test_csv_cells_and_heads(self, tmp_path):
        written(tmp_path / "a.csv", parcels(**{"=cmd": pa.array(["=1"]), "n": pa.array([-5]), "x": pa.array([-0.5])}))
        head, row = csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8-sig")))
        assert head[0] == "'=cmd"
        assert row[:3] == ["'=1", "-5", "-0.5"]

    def test_workbook_cells_and_heads(self, tmp_path):
        table = parcels(a=pa.array(["=1"]), n=pa.array([-5]), x=pa.array([-0.5]))
        written(tmp_path / "a.xlsx", table, titles={"a": "=题"})
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
        assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["'=题", "n", "x"], ["'=1", -5, -0.5]]

    def test_rows_without_geometry(self, tmp_path):
        write_rows(tmp_path / "rejects.csv", pa.table({"原因": ["@x", None, ""]}))
        assert (tmp_path / "rejects.csv").read_bytes().decode("utf-8-sig") == '"原因"\n"\'@x"\n\n""\n'


class TestShapefile:
    def test_it_says_utf8_and_its_crs(self, tmp_path, data):
        written(tmp_path / "a.shp.zip", data, name="paddy")
        with zipfile.ZipFile(tmp_path / "a.shp.zip") as archive:
            assert archive.read("paddy.cpg") == b"UTF-8"
            assert archive.read("paddy.prj").startswith(b'PROJCS["CGCS2000_3_Degree_GK_Zone_39"')

    def test_long_names_are_listed(self, tmp_path):
        table = parcels(永久基本农田面积=pa.array([1.0]), 永久基本农田编号=pa.array(["x"]))
        notes = written(tmp_path / "a.shp.zip", table, titles={"永久基本农田编号": "编号"})
        assert "永久基本农田面积 → 永久基; 永久基本农田编号 → 永久_1" in " ".join(note.en for note in notes)
        with zipfile.ZipFile(tmp_path / "a.shp.zip") as archive:
            listed = archive.read("fields.csv").decode("utf-8-sig")
        assert '"永久_1","永久基本农田编号","编号"' in listed
        assert read_table(tmp_path / "a.shp.zip").data.column_names == ["永久基", "永久_1", "geom"]


class TestWorkbook:
    def test_titles_are_the_header_and_dates_are_dates(self, tmp_path, data):
        written(tmp_path / "a.xlsx", data, titles={"DKBM": "地块编码"})
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["稻田流转"]
        head, first, second, third = sheet.iter_rows(values_only=True)
        assert head == ("fid", "地块编码", "SCMJ", "area_m2", "days", "ok")
        assert first == (3, "3713110072010100001", 30000, 30000.5, datetime.datetime(2024, 1, 31), True)
        assert second[4] == "1850-05-01"  # Excel has no dates before 1900
        assert third == (8, None, None, None, None, None)

    def test_numbers_of_more_than_15_digits_become_text(self, tmp_path):
        notes = written(tmp_path / "a.xlsx", parcels(a=pa.array([10**15 - 1, 10**15])))
        rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].iter_rows(values_only=True))
        assert rows == [("a",), (999999999999999,), ("1000000000000000",)]
        assert "15 digits" in " ".join(note.en for note in notes)

    @pytest.mark.parametrize("name", ["a" * 40, "甲/乙", "[x]", "'x'", ""])
    def test_any_layer_name_makes_a_sheet(self, tmp_path, data, name):
        written(tmp_path / "a.xlsx", data, name=name)
        assert len(openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames) == 2


def test_a_geopackage_keeps_the_key(tmp_path, data):
    written(tmp_path / "a.gpkg", data)
    with sqlite3.connect(tmp_path / "a.gpkg") as connection:
        assert connection.execute('SELECT fid FROM "稻田流转"').fetchall() == [(3,), (5,), (8,)]
    connection.close()


def test_geojson_has_ids_and_turns_shells_anticlockwise(tmp_path, data):
    written(tmp_path / "a.geojson", data)
    features = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["id"] for feature in features] == [3, 5, 8]
    assert shapely.LinearRing(features[0]["geometry"]["coordinates"][0]).is_ccw
    assert features[2]["geometry"] is None


def test_geoparquet_states_version_types_and_bounds(tmp_path, data):
    written(tmp_path / "a.parquet", data)
    geo = json.loads(pq.read_schema(tmp_path / "a.parquet").metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert geo["version"] == "1.1.0"
    assert column["geometry_types"] == ["MultiPolygon", "Polygon"]
    assert column["bbox"] == [39618700, 3872200, 39619900, 3872350]
    assert pyproj.CRS.from_json_dict(column["crs"]).to_epsg() == 4527


class TestBoundaryPoints:
    def test_the_text_is_the_standards(self, tmp_path):
        table = parcels(DKBM=pa.array(["3713110072010100001"]), DKMC=pa.array(["东高都,一号"]), DLBM=pa.array(["0101"]))
        written(tmp_path / "a.txt", table, abstract="")
        lines = (tmp_path / "a.txt").read_bytes().decode("gb18030").split("\r\n")
        assert lines[0] == "[属性描述]"
        assert "坐标系=2000国家大地坐标系" in lines
        assert lines[lines.index("[地块坐标]") + 1 :] == [
            "5,3.0000,3713110072010100001,东高都 一号,面,,,0101,@",
            "J1,1,3872200.0000,39618900.0000",
            "J2,1,3872350.0000,39618900.0000",
            "J3,1,3872350.0000,39618700.0000",
            "J4,1,3872200.0000,39618700.0000",
            "J1,1,3872200.0000,39618900.0000",
            "",
        ]

    def test_a_hole_comes_back(self, tmp_path):
        shape = shapely.box(618700, 3872200, 618900, 3872350) - shapely.box(618750, 3872250, 618800, 3872300)
        table = pa.table({"geom": pa.array([shapely.to_wkb(shape)])})
        written(tmp_path / "a.txt", table, epsg=4548)
        read = read_table(tmp_path / "a.txt")
        assert read.epsg == 4527  # the zone goes in front of the eastings
        assert shapely.from_wkb(read.data["geom"][0].as_py()).area == 27500

    def test_degrees_are_brought_into_the_zone(self, tmp_path):
        table = pa.table({"geom": pa.array([shapely.to_wkb(shapely.box(118.30, 34.98, 118.31, 34.99))])})
        notes = written(tmp_path / "a.txt", table, epsg=4490)
        assert "EPSG:4527" in notes[0].en
        west, south, *_ = shapely.from_wkb(read_table(tmp_path / "a.txt").data["geom"][0].as_py()).bounds
        # 118.3E 34.98N is E 39618707.0096, N 3873146.2156 (standards.md 1.6); the corner lies a little west of it
        assert abs(west - 39618707.0096) < 15
        assert abs(south - 3873146.2156) < 15

    def test_another_plane_is_refused(self, tmp_path, data):
        with pytest.raises(FormatError, match="Gauss-Kruger"):
            written(tmp_path / "a.txt", data, epsg=28992)


def test_dxf_holds_holes_and_fields(tmp_path):
    shape = shapely.box(0, 0, 10, 10) - shapely.box(4, 4, 6, 6)
    table = pa.table({"DLBM": ["0101"], "geom": pa.array([shapely.to_wkb(shape)])})
    written(tmp_path / "a.dxf", table, name="land_use", abstract="")
    read = read_table(tmp_path / "a.dxf").data
    assert read["layer"].to_pylist() == ["land_use", "land_use_HOLE"]
    assert shapely.area(shapely.from_wkb(read["geom"].to_pylist())).tolist() == [100, 4]
    assert json.loads(read["xdata"][0].as_py()) == {"GAODU": ["DLBM=0101"]}
