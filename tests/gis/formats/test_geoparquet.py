import json

import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from gis.errors import FormatError
from gis.formats.readers import geoparquet
from tests.gis.formats.inside import read

POINT = shapely.to_wkb(shapely.Point(118.3, 35))


def written(path, column, **geo):
    table = pa.table({"a": ["x"], "geometry": pa.array([POINT])})
    metadata = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}, **geo}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(metadata)}), path)
    return path


@pytest.mark.parametrize("epsg", [4490, 4527, 6668])
def test_the_crs_comes_from_projjson(tmp_path, epsg):
    crs = pyproj.CRS.from_epsg(epsg).to_json_dict()
    path = written(tmp_path / "a.parquet", {"encoding": "WKB", "crs": crs})
    with geoparquet.read(geoparquet.Source(path, "a"), "a", None) as reading:
        assert reading.reference.epsg == epsg


def test_no_crs_means_longitude_latitude_on_wgs84(tmp_path):
    result = read(geoparquet, written(tmp_path / "a.parquet", {"encoding": "WKB"}))
    assert (result.epsg, result.notes) == (4326, ())


def test_a_crs_of_null_is_unknown(tmp_path):
    assert read(geoparquet, written(tmp_path / "a.parquet", {"encoding": "WKB", "crs": None})).epsg is None


def test_a_bare_wkb_column_is_found(tmp_path):
    table = pa.table({"geom": ["a name"], "photo": pa.array([b"\x89PNG"]), "shape": pa.array([POINT])})
    pq.write_table(table, tmp_path / "a.parquet")
    result = read(geoparquet, tmp_path / "a.parquet")
    assert result.shapes[0].wkt == "POINT (118.3 35)"
    assert result.epsg is None
    assert "'shape' was read as WKB" in result.said
    assert "photo" in result.said  # a binary column, left out


def test_the_bounding_boxes_of_a_covering_are_left_out(tmp_path):
    box = pa.array([{"xmin": 0.0}])
    table = pa.table({"bbox": box, "geometry": pa.array([POINT])})
    column = {"encoding": "WKB", "covering": {"bbox": {"xmin": ["bbox", "xmin"]}}}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "a.parquet")
    assert read(geoparquet, tmp_path / "a.parquet").data.column_names == ["geom"]


def test_lists_become_json_text(tmp_path):
    table = pa.table({"a": pa.array([[1, 2]]), "b": pa.array([{"村": "甲"}])})
    pq.write_table(table, tmp_path / "a.parquet")
    result = read(geoparquet, tmp_path / "a.parquet")
    assert result.data.to_pylist() == [{"a": "[1, 2]", "b": '{"村": "甲"}', "geom": None}]
    assert "JSON" in result.said


@pytest.mark.parametrize("epsg", [4326, 4527])
@pytest.mark.parametrize("flavour", ["POINT (118 35)", "POINT Z (118 35 1)"])
@pytest.mark.parametrize("damaged", [b"\1", b"\1\3\0\0\0broken WKB", b"\1\x0a\0\0\0\0\0\0\0"])
def test_one_unreadable_geometry_leaves_the_others(tmp_path, epsg, flavour, damaged):
    sound = shapely.to_wkb(shapely.from_wkt(flavour), output_dimension=3, flavor="iso")
    metadata = {"encoding": "WKB", "crs": pyproj.CRS.from_epsg(epsg).to_json_dict()}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": metadata}}
    table = pa.table({"geometry": pa.array([sound, damaged, sound, None])})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "a.parquet")
    result = read(geoparquet, tmp_path / "a.parquet")
    point = shapely.Point(118, 35)
    values = result.data["geom"].to_pylist()
    assert shapely.from_wkb(values, on_invalid="ignore").tolist() == [point, None, point, None]
    assert values[1].endswith(damaged)
    assert "geometry of 1 features cannot be read" in result.said


def test_unreadable_geometry_survives_the_exchange_of_axes(tmp_path):
    swapped = shapely.to_wkb(shapely.Point(35, 118.3))
    table = pa.table({"geometry": pa.array([swapped, b"damaged geometry"])})
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "a.parquet")
    assert read(geoparquet, tmp_path / "a.parquet").data["geom"].to_pylist() == [POINT, b"damaged geometry"]


def test_native_encodings_are_refused(tmp_path):
    with pytest.raises(FormatError, match="'point'"):
        read(geoparquet, written(tmp_path / "a.parquet", {"encoding": "point"}))


@pytest.mark.parametrize("content", [b"PAR1PAR1", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(FormatError, match="damaged"):
        read(geoparquet, tmp_path / "a.parquet")
