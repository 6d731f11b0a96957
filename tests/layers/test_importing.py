"""Import: counts that add up, decisions that are told, all or nothing."""

import geopandas as gpd
import pytest
import shapely

from gis.errors import CrsError
from layers.catalogue import load_catalogue
from layers.codes import code_list
from layers.definition import AreaMethod, GeometryType
from layers.errors import ImportRefused, InvalidFeature, UnknownLayer
from layers.importing import ImportOptions, import_file
from layers.store import open_store

BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
SQUARE = shapely.box(20, 0, 30, 10)
IN_ZONE_39 = shapely.box(39618700, 3872200, 39618900, 3872350)


@pytest.fixture
def store(tmp_path):
    found = open_store(tmp_path / "store.gpkg", load_catalogue())
    yield found
    found.close()


def file_of(tmp_path, geometries, *, crs=28992, name="fields.gpkg", **fields):
    frame = gpd.GeoDataFrame(fields or {"n": range(len(geometries))}, geometry=geometries, crs=crs)
    frame.to_file(tmp_path / name, engine="pyogrio")
    return tmp_path / name


def options(tmp_path, **changes):
    return ImportOptions(rejects=tmp_path / "rejects.csv", **changes)


def test_a_table_becomes_a_layer_named_after_it(tmp_path, store):
    report = import_file(store, file_of(tmp_path, [SQUARE]), options(tmp_path))
    assert report.tables[0].layer.id == "fields"
    assert store.count("fields") == 1
    assert store.catalogue["fields"].geometry is GeometryType.POLYGON


def test_area_is_planar_in_a_projected_crs_and_computed_on_write(tmp_path, store):
    import_file(store, file_of(tmp_path, [SQUARE]), options(tmp_path))
    assert store.catalogue["fields"].area.method is AreaMethod.PLANAR
    assert store.read("fields")["area_m2"].to_pylist() == [100.0]


def test_an_invalid_polygon_is_repaired_and_its_areas_told(tmp_path, store):
    # the bow-tie crosses at (5, 5): two triangles of 10 x 5 / 2 = 25 each
    imported = import_file(store, file_of(tmp_path, [BOW_TIE, SQUARE]), options(tmp_path)).tables[0]
    assert [fix.row for fix in imported.repaired] == [0]
    assert imported.repaired[0].area_after_m2 == pytest.approx(50)
    assert store.read("fields")["area_m2"].to_pylist() == pytest.approx([50, 100])


def test_what_cannot_be_taken_in_goes_to_the_rejects_file_with_the_reason(tmp_path, store):
    report = import_file(store, file_of(tmp_path, [SQUARE, None, shapely.Point(1, 1)]), options(tmp_path))
    imported = report.tables[0]
    assert (imported.read, imported.written, [item.row for item in imported.rejected]) == (3, 1, [1, 2])
    lines = report.rejects.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "it has no geometry" in lines[1]
    assert "POINT (1 1)" in lines[2]


def test_without_rejects_there_is_no_rejects_file(tmp_path, store):
    assert import_file(store, file_of(tmp_path, [SQUARE]), options(tmp_path)).rejects is None
    assert not (tmp_path / "rejects.csv").exists()


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_missing_crs_is_asked_for(tmp_path, store):
    path = file_of(tmp_path, [SQUARE], crs=None, name="fields.shp")
    with pytest.raises(ImportRefused, match="--crs 4490"):
        import_file(store, path, options(tmp_path))
    assert import_file(store, path, options(tmp_path, crs=28992)).tables[0].layer.crs == 28992


@pytest.mark.parametrize("name", ["measured.csv", "measured.txt"])
def test_a_table_of_points_lies_where_its_columns_say(tmp_path, store, name):
    (tmp_path / name).write_bytes("编号;经度;纬度\n甲;118.3;35.0\n乙;118.4;35.1\n".encode("gbk"))
    report = import_file(store, tmp_path / name, options(tmp_path, crs=4490, x="经度", y="纬度"))
    assert report.tables[0].layer.geometry is GeometryType.POINT
    found = store.read("measured")
    assert shapely.from_wkb(found["geom"][1].as_py()) == shapely.Point(118.4, 35.1)
    assert found["编号"].to_pylist() == ["甲", "乙"]


def test_columns_that_look_like_coordinates_are_asked_for(tmp_path, store):
    (tmp_path / "measured.csv").write_text("编号,经度,纬度\n1,118.3,35.0\n")
    with pytest.raises(ImportRefused, match="look like coordinates") as refused:
        import_file(store, tmp_path / "measured.csv", options(tmp_path, crs=4490))
    assert "--x 经度 --y 纬度" in refused.value.remedy_zh


def test_a_file_named_for_a_web_map_is_told_to_be_off(tmp_path, store):
    (tmp_path / "高德poi.csv").write_text("n,x,y\n1,118.3,35.0\n")
    report = import_file(store, tmp_path / "高德poi.csv", options(tmp_path, crs=4490, as_new="poi", x="x", y="y"))
    assert any("GCJ-02" in note.zh and "未作任何改正" in note.zh for note in report.tables[0].notes)
    assert shapely.from_wkb(store.read("poi")["geom"][0].as_py()) == shapely.Point(118.3, 35)


def test_one_coordinate_column_without_the_other_is_refused(tmp_path, store):
    with pytest.raises(ImportRefused, match="--x and --y go together"):
        import_file(store, tmp_path / "measured.csv", options(tmp_path, x="经度"))


def test_a_crs_against_the_file_is_told(tmp_path, store):
    report = import_file(store, file_of(tmp_path, [IN_ZONE_39]), options(tmp_path, crs=4527))
    assert any("EPSG:28992" in note.en for note in report.tables[0].notes)


def test_an_id_that_exists_is_refused(tmp_path, store):
    with pytest.raises(ImportRefused, match="--layer clinics"):
        import_file(store, file_of(tmp_path, [SQUARE]), options(tmp_path, as_new="clinics"))


def test_every_table_of_a_file_becomes_a_layer_in_one_revision(tmp_path, store):
    path = file_of(tmp_path, [SQUARE])
    gpd.GeoDataFrame({"k": [1]}, geometry=[shapely.Point(1, 2)], crs=28992).to_file(
        path, layer="wells", engine="pyogrio"
    )
    report = import_file(store, path, options(tmp_path))
    assert {imported.layer.id for imported in report.tables} == {"fields", "wells"}
    assert store.revision() == report.revision == 1


def test_two_tables_for_one_layer_must_be_told_apart(tmp_path, store):
    path = file_of(tmp_path, [SQUARE])
    gpd.GeoDataFrame({"k": [1]}, geometry=[shapely.Point(1, 2)], crs=28992).to_file(
        path, layer="wells", engine="pyogrio"
    )
    with pytest.raises(ImportRefused, match=r"--table: .*wells"):
        import_file(store, path, options(tmp_path, as_new="both"))
    assert import_file(store, path, options(tmp_path, as_new="one", table="wells")).tables[0].layer.id == "one"


def test_into_a_catalogue_layer_coordinates_are_transformed_and_fields_matched(tmp_path, store):
    point = shapely.Point(118.3, 34.98)
    path = file_of(tmp_path, [point], crs=4490, name="c.geojson", **required_fields(store, "clinics", 1))
    imported = import_file(store, path, options(tmp_path, layer="clinics")).tables[0]
    assert imported.written == 1
    # standards 1.6: 118.3E 34.98N is E 39618707.0096, N 3873146.2156 in EPSG:4527
    stored = shapely.from_wkb(store.read("clinics")["geom"][0].as_py())
    assert (stored.x, stored.y) == pytest.approx((39618707.0096, 3873146.2156), abs=1e-3)


VALUES = {"text": "1", "integer": 1, "real": 1.0, "decimal": 1.0, "boolean": True, "date": "2024-12-31"}


def required_fields(store, layer, count):
    """A value that fits for every required field of `layer`, `count` times."""
    required = [field for field in store.catalogue[layer].fields if field.required]
    return {f.name: [next(iter(code_list(f.codes))) if f.codes else VALUES[f.type.value]] * count for f in required}


def test_a_code_that_is_not_in_the_list_stops_the_whole_import(tmp_path, store):
    fields = required_fields(store, "land_use", 2) | {"DLBM": ["0101", "9999"]}
    path = file_of(tmp_path, [IN_ZONE_39, IN_ZONE_39], crs=4527, **fields)
    with pytest.raises(InvalidFeature, match="9999"):
        import_file(store, path, options(tmp_path, layer="land_use"))
    assert store.count("land_use") == 0
    assert store.revision() == 0


def test_an_unknown_layer_is_refused(tmp_path, store):
    with pytest.raises(UnknownLayer):
        import_file(store, file_of(tmp_path, [SQUARE]), options(tmp_path, layer="nope"))


def test_fields_with_personal_data_are_left_out_unless_asked_for(tmp_path, store):
    path = file_of(tmp_path, [SQUARE], n=[1], zrrzjhm=["371311000000000000"])
    imported = import_file(store, path, options(tmp_path, as_new="one")).tables[0]
    assert imported.layer.field_names == ("n",)
    assert any("zrrzjhm" in note.zh for note in imported.notes)
    kept = import_file(store, path, options(tmp_path, as_new="two", keep_personal=True)).tables[0]
    assert kept.layer.field_names == ("n", "zrrzjhm")


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"layer": "clinics", "as_new": "x"}, "--as does not go with --layer"),
        ({"layer": "clinics", "area": AreaMethod.PLANAR}, "--area does not go with --layer"),
        ({"fields": {"a": "b"}}, "--map is for --layer only"),
        ({"as_new": "a;drop table x"}, "such as a_drop_table_x"),
        ({"as_new": "BAD"}, "such as bad"),
    ],
)
def test_options_that_contradict_are_refused_before_the_file_is_read(tmp_path, store, changes, cause):
    with pytest.raises(ImportRefused, match=cause):
        import_file(store, tmp_path / "missing.shp", options(tmp_path, **changes))


def test_an_unknown_epsg_code_is_refused(tmp_path, store):
    with pytest.raises(CrsError, match="EPSG:999999"):
        import_file(store, tmp_path / "missing.shp", options(tmp_path, crs=999999))


def test_fields_of_a_rejected_feature_are_told_from_ours(tmp_path, store):
    path = file_of(tmp_path, [SQUARE, None], reason=["a", "MINE"], WKT=["b", "TEXT"])
    report = import_file(store, path, options(tmp_path))
    text = report.rejects.read_text(encoding="utf-8-sig")
    assert all(word in text for word in ("MINE", "TEXT", "it has no geometry"))
