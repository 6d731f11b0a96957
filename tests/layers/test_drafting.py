"""Drafted definitions: ids, names, types and what they offer to group by."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from layers.definition import AreaMethod, FieldType, GeometryType, parse_definition
from layers.drafting import default_area_method, draft, field_names, layer_id
from layers.errors import DefinitionError

TABLE = pa.table(
    {
        "gewas": pa.array(["gras", "mais", "gras", None]),
        "code": pa.array([265, 259, 265, 331], pa.int64()),
        "name": pa.array(["a", "b", "c", "d"]),
        "ha": pa.array([1.5, 2.0, None, 4.0]),
        "seen": pa.array([date(2024, 1, 1)] * 4),
        "at": pa.array([datetime(2024, 1, 1)] * 4, pa.timestamp("us", tz="UTC")),
        "ok": pa.array([True, False, True, None]),
    }
)


def drafted(**changes):
    options = {"layer": "fields", "geometry": GeometryType.POLYGON, "epsg": 28992, "area": None} | changes
    return draft(TABLE, source="fields.shp", title="fields", **options)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fields", "fields"),
        ("Culturas_Aveiro", "culturas_aveiro"),
        ("地类图斑", "地类图斑"),
        ("2024 parcels", "layer_2024_parcels"),
        ("gpkg_contents", "layer_gpkg_contents"),
        ("a_history", "a"),
        ("Definitief_(extractie_28-03-2024)", "definitief_extractie_28_03_2024"),
    ],
)
def test_an_id_is_made_from_the_name_of_the_table(name, expected):
    assert layer_id(name) == expected


def test_an_id_that_is_taken_gets_a_number():
    assert layer_id("fields", ["fields", "Fields_2"]) == "fields_1"


def test_names_are_kept_unless_reserved_or_alike():
    assert field_names(["FID", "Name", "NAME", "面积"]) == {
        "FID": "FID_1", "Name": "Name", "NAME": "NAME_1", "面积": "面积",
    }  # fmt: skip


def test_types_follow_the_columns():
    definition, _ = drafted()
    assert [field.type for field in definition.fields] == [
        FieldType.TEXT, FieldType.INTEGER, FieldType.TEXT, FieldType.REAL, FieldType.DATE, FieldType.DATETIME,
        FieldType.BOOLEAN,
    ]  # fmt: skip


def test_fields_of_few_values_are_offered_for_grouping():
    # gewas has 2 different values in 4 rows; code has 3 and name 4, more than half the rows
    assert drafted()[0].statistics.by == ("gewas",)


def test_the_text_reads_back_as_the_definition():
    definition, text = drafted()
    assert parse_definition(text, place="draft") == definition


@pytest.mark.parametrize(
    ("epsg", "method"),
    [
        (28992, AreaMethod.PLANAR),
        (4326, AreaMethod.ELLIPSOIDAL),
        (4490, AreaMethod.ELLIPSOIDAL),
        (4527, AreaMethod.ELLIPSOIDAL),
        (3857, AreaMethod.ELLIPSOIDAL),
    ],
)
def test_the_area_method_follows_the_crs(epsg, method):
    assert default_area_method(epsg) is method


def test_points_have_no_area():
    assert drafted(geometry=GeometryType.POINT)[0].area is None


def test_long_names_are_told_apart_within_the_bytes_a_database_takes():
    # 21 characters of 3 bytes are 63; a name may have 55 bytes, 18 characters
    one, two = "地" * 20 + "甲", "地" * 20 + "乙"
    names = field_names([one, two])
    assert names == {one: "地" * 18, two: "地" * 17 + "_1"}
    assert all(len(name.encode()) <= 55 for name in names.values())


def test_an_id_that_no_table_may_have_is_refused_with_the_rule():
    with pytest.raises(DefinitionError, match="id: must begin with a letter"):
        drafted(layer="a;drop table x")
