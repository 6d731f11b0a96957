import sqlite3
import struct

import pyarrow as pa
import pytest

from gis.formats import read_table, write_table
from gis.formats.warned import remark
from tests.gis.formats.made import parcels, shapefile


def chinese(notes):
    return [note.zh for note in notes]


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("Field with same name (村名) already exists in (t). Skipping newer ones", "字段“村名”重复，只读取第一个。"),
        (
            "Geometry field with same name (geom) already exists in (t). Skipping newer ones",
            "几何字段“geom”重复，只读取第一个。",
        ),
        (
            "OGRGeoJSONReadRawPoint(): too many members in array '[ 1, 2, 3, 4 ]': 4. At most 3 are handled. Ignoring",
            "坐标多于三个数，多出的已忽略。",
        ),
        ("Something rare", "读取库提示：Something rare"),
    ],
)
def test_a_warning_in_chinese(text, zh):
    assert remark(text).zh == zh
    assert remark(text).en.endswith(text)


def test_measures_that_gdal_leaves_out(tmp_path):
    path = tmp_path / "a.gpkg"
    write_table(path, parcels(a=pa.array(["x"])), name="t", epsg=4527, geometry="POLYGON")
    triangle = struct.pack("<BIII12d", 1, 2003, 1, 4, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 1)
    with sqlite3.connect(path) as connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda _: 0)
        connection.execute("UPDATE t SET geom = ?", (b"GP\0\1" + struct.pack("<i", 4527) + triangle,))
        connection.execute("UPDATE gpkg_geometry_columns SET m = 2")
    connection.close()
    assert "坐标的测量值（M）不受支持，已去掉。" in chinese(read_table(path).notes)


def test_a_number_that_is_none(tmp_path):
    path = shapefile(tmp_path, fields=((b"N", "N", 10, 0),), rows=((b"12ab",),))
    assert "字段“N”的值“12ab”不是完整的数字，读作 12。" in chinese(read_table(path).notes)


def test_names_that_a_geodatabase_changes(tmp_path):
    table = parcels(**{"select": pa.array(["x"])})
    notes = write_table(tmp_path / "a.gdb.zip", table, name="1 田", epsg=4527, geometry="POLYGON")
    assert "字段“select”不合格式的命名规则，已改名为“select_”。" in chinese(notes)
    assert "图层名“1 田”不合格式的命名规则，已改为“_1_田”。" in chinese(notes)


def test_numbers_too_wide_for_a_dbf(tmp_path):
    table = parcels(a=pa.array([1.5e300, 2.0]))
    notes = write_table(tmp_path / "a.shp.zip", table, name="t", epsg=4527, geometry="POLYGON")
    assert any(zh.startswith("第 0 个要素（从 0 起）字段“a”的值 1.5") for zh in chinese(notes))
