import json
import sqlite3
import struct
import zipfile

import pyarrow as pa
import pytest
import shapely

from gis.formats import read_table, tables, write_table
from tests.gis.formats.made import geojson, parcels, point, zipped


def said(table):
    return " ".join(note.en for note in table.notes)


@pytest.fixture
def package(tmp_path):
    """A GeoPackage of one parcel."""
    write_table(tmp_path / "a.gpkg", parcels(a=pa.array(["x"])), name="t", epsg=4527, geometry="POLYGON")
    return tmp_path / "a.gpkg"


def changed(package, *statements):
    with sqlite3.connect(package) as connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda _: 0)
        for statement, *values in statements:
            connection.execute(statement, values)
    connection.close()
    return package


class TestGeoPackage:
    def test_the_table_is_listed(self, package):
        (info,) = tables(package)
        assert (info.name, info.features, info.geometry, info.epsg, info.fields) == ("t", 1, "POLYGON", 4527, ("a",))

    def test_null_and_empty_text_are_different(self, tmp_path):
        data = parcels(a=pa.array(["", None]))
        write_table(tmp_path / "a.gpkg", data, name="t", epsg=4527, geometry="POLYGON")
        assert read_table(tmp_path / "a.gpkg").data["a"].to_pylist() == ["", None]

    def test_curves_become_lines(self, package):
        ring = struct.pack("<BII", 1, 8, 5) + struct.pack("<10d", 0, 0, 1, 1, 2, 0, 1, -1, 0, 0)
        curve = b"GP\0\1" + struct.pack("<i", 4527) + struct.pack("<BII", 1, 10, 1) + ring
        changed(
            package,
            ("UPDATE t SET geom = ?", curve),
            ("UPDATE gpkg_geometry_columns SET geometry_type_name = 'CURVEPOLYGON'",),
        )
        table = read_table(package)
        assert 3.13 < shapely.from_wkb(table.data["geom"][0].as_py()).area < 3.1416  # a circle of radius 1
        assert "arcs" in said(table).lower()

    def test_settings_that_qgis_keeps_are_no_tables(self, package):
        changed(
            package,
            ("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, name TEXT)",),
            ("INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles','attributes','s')",),
        )
        assert [info.name for info in tables(package)] == ["t"]

    def test_edits_in_a_write_ahead_log_are_read(self, package, tmp_path):
        connection = sqlite3.connect(package)
        connection.execute("PRAGMA journal_mode = WAL")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE t SET a = 'later'")
        connection.commit()
        assert read_table(package).data["a"].to_pylist() == ["later"]
        connection.close()

    def test_nothing_is_written_beside_the_file(self, package):
        before = sorted(package.parent.iterdir())
        read_table(package)
        assert sorted(package.parent.iterdir()) == before

    def test_text_in_gbk_is_read(self, package):
        changed(package, ("UPDATE t SET a = CAST(? AS TEXT)", "东高都村".encode("gbk")))
        table = read_table(package)
        assert table.data["a"].to_pylist() == ["东高都村"]
        assert "not UTF-8" in said(table)

    def test_binary_columns_are_left_out_with_a_note(self, package):
        changed(package, ("ALTER TABLE t ADD COLUMN photo BLOB",))
        table = read_table(package)
        assert table.data.column_names == ["a", "geom"]
        assert "photo" in said(table)


class TestGeoJson:
    def test_a_ring_that_is_not_closed_costs_its_feature_only(self, tmp_path):
        ring = {"type": "Polygon", "coordinates": [[[118, 35], [118, 36], [119, 36], [119, 35]]]}
        table = read_table(geojson(tmp_path / "a.geojson", ({"a": 1}, ring), ({"a": 2}, point(118.3, 35))))
        shapes = shapely.from_wkb(table.data["geom"].to_pylist(), on_invalid="ignore")
        assert shapes.tolist() == [None, shapely.Point(118.3, 35)]
        assert "geometry of 1 features cannot be read" in said(table)

    def test_without_crs_it_is_longitude_and_latitude(self, tmp_path):
        table = read_table(geojson(tmp_path / "a.geojson", ({"a": 1}, point(118.3, 35))))
        assert (table.epsg, table.notes) == (4326, ())

    @pytest.mark.parametrize(
        ("name", "epsg"),
        [("urn:ogc:def:crs:EPSG::4490", 4490), ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326), ("EPSG:4490", 4490)],
    )
    def test_the_crs_member_is_honoured(self, tmp_path, name, epsg):
        crs = {"type": "name", "properties": {"name": name}}
        assert read_table(geojson(tmp_path / "a.geojson", ({}, point(118.3, 35)), crs=crs)).epsg == epsg

    def test_a_crs_after_the_features_is_honoured(self, tmp_path):
        path = geojson(tmp_path / "a.geojson", *[({"a": "x" * 100}, point(118.3, 35))] * 2000)
        tail = ',"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}}}'
        path.write_text(path.read_text()[:-1] + tail)
        assert read_table(path).epsg == 4490

    def test_a_field_called_crs_is_no_crs(self, tmp_path):
        assert read_table(geojson(tmp_path / "a.geojson", ({"crs": {"b": 1}}, point(118.3, 35)))).epsg == 4326

    def test_a_crs_of_null_is_asked_for(self, tmp_path):
        assert read_table(geojson(tmp_path / "a.geojson", ({"a": 1}, point(118.3, 35)), crs=None)).epsg is None

    def test_coordinates_that_are_no_degrees_have_no_crs(self, tmp_path):
        table = read_table(geojson(tmp_path / "a.geojson", ({"a": 1}, point(39618700, 3872200))))
        assert table.epsg is None
        assert "cannot be degrees" in said(table)

    def test_latitude_first_is_exchanged_and_reported(self, tmp_path):
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
        table = read_table(geojson(tmp_path / "a.geojson", ({"a": 1}, point(35, 118.3)), crs=crs))
        assert shapely.from_wkb(table.data["geom"][0].as_py()).wkt == "POINT (118.3 35)"
        assert "latitude first" in said(table)

    def test_types(self, tmp_path):
        row = {"i": 2**53 + 1, "x": 1.5, "b": True, "t": "中", "d": "2024-01-31", "l": [1, 2], "o": {"k": 1}}
        table = read_table(geojson(tmp_path / "a.geojson", (row, None), ({}, point(1, 2))))
        first, second = table.data.drop_columns(["geom"]).to_pylist()
        assert (first["i"], first["x"], first["b"], first["t"]) == (2**53 + 1, 1.5, True, "中")
        assert json.loads(first["l"]) == [1, 2]
        assert json.loads(first["o"]) == {"k": 1}
        assert set(second.values()) == {None}
        assert table.data["geom"][0].as_py() is None

    def test_a_time_without_zone_is_reported(self, tmp_path):
        table = read_table(geojson(tmp_path / "a.geojson", ({"t": "2024-01-01T08:00:00"}, None)))
        assert table.data["t"][0].as_py().isoformat() == "2024-01-01T08:00:00+00:00"
        assert "without a zone" in said(table)

    def test_a_time_with_zone_is_kept_as_utc(self, tmp_path):
        table = read_table(geojson(tmp_path / "a.geojson", ({"t": "2024-01-01T08:00:00+08:00"}, None)))
        assert table.data["t"][0].as_py().isoformat() == "2024-01-01T00:00:00+00:00"

    def test_gbk_is_read(self, tmp_path):
        path = geojson(tmp_path / "a.geojson", ({"村": "东高都"}, point(118.3, 35)))
        path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
        table = read_table(path)
        assert table.data.to_pylist()[0]["村"] == "东高都"
        assert "not UTF-8" in said(table)

    def test_a_collection_is_left_as_it_is(self, tmp_path):
        collection = {"type": "GeometryCollection", "geometries": [point(1, 2)]}
        data = read_table(geojson(tmp_path / "a.geojson", ({}, collection))).data
        assert shapely.from_wkb(data["geom"][0].as_py()).geom_type == "GeometryCollection"

    def test_heights_are_dropped_and_reported(self, tmp_path):
        table = read_table(geojson(tmp_path / "a.geojson", ({}, {"type": "Point", "coordinates": [1, 2, 3]})))
        assert not shapely.from_wkb(table.data["geom"][0].as_py()).has_z
        assert "Z and M" in said(table)


def test_a_geodatabase_is_read_with_and_without_its_folder(tmp_path):
    write_table(tmp_path / "a.gdb.zip", parcels(a=pa.array(["村"])), name="DLTB", epsg=4527, geometry="POLYGON")
    with zipfile.ZipFile(tmp_path / "a.gdb.zip") as archive:
        inner = {name.split("/")[-1]: archive.read(name) for name in archive.namelist() if ".gdb/" in name}
    folder = tmp_path / "b.gdb"
    folder.mkdir()
    for name, content in inner.items():
        (folder / name).write_bytes(content)
    for path in (tmp_path / "a.gdb.zip", zipped(tmp_path / "flat.gdb.zip", inner), folder):
        table = read_table(path)
        assert (table.name, table.epsg, table.data["a"].to_pylist()) == ("DLTB", 4527, ["村"])


def test_kmz_is_read(tmp_path):
    body = "<Placemark><name>甲</name><Point><coordinates>118,35</coordinates></Point></Placemark>"
    path = zipped(tmp_path / "a.kmz", {"doc.kml": f"<kml><Document>{body}</Document></kml>".encode()})
    assert read_table(path).data["name"].to_pylist() == ["甲"]


def test_gml_with_latitude_first_is_read_as_longitude_latitude(tmp_path):
    (tmp_path / "a.gml").write_text(
        '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2"><gml:featureMember><a gml:id="a1">'
        '<name>x</name><g><gml:Point gml:id="p" srsName="urn:ogc:def:crs:EPSG::4258"><gml:pos>35 118</gml:pos>'
        "</gml:Point></g></a></gml:featureMember></gml:FeatureCollection>"
    )
    table = read_table(tmp_path / "a.gml")
    assert table.epsg == 4258
    assert shapely.from_wkb(table.data["geom"][0].as_py()).wkt == "POINT (118 35)"
