"""Fields of a file matched with fields of a layer."""

import pyarrow as pa
import pytest

from layers.definition import FieldDefinition, parse_definition
from layers.errors import ImportRefused, UnknownField
from layers.mapping import converted, match_fields

LAYER = parse_definition(
    """
id = "protection"
title = { zh = "保护", en = "Protection" }
geometry = "point"
crs = 4527
source = { zh = "", en = "" }
date = 2024-12-31
fields = [
    { name = "YJJBNTTBMJ", title = { zh = "永久基本农田图斑面积", en = "Area" }, type = "decimal", decimals = 2 },
    { name = "DLBM", title = { zh = "地类编码", en = "Code" }, type = "text", required = true },
    { name = "SJNF", title = { zh = "数据年份", en = "Year" }, type = "integer" },
]
""",
    place="test",
)


def test_the_same_name_matches():
    assert match_fields(LAYER, ["DLBM", "SJNF"]).sources == {"DLBM": "DLBM", "SJNF": "SJNF"}


def test_case_does_not_matter_and_titles_count():
    assert match_fields(LAYER, ["dlbm", "数据年份"]).sources == {"DLBM": "dlbm", "SJNF": "数据年份"}


def test_what_is_left_over_on_both_sides_is_told():
    match = match_fields(LAYER, ["DLBM", "memo"])
    assert match.unused == ("memo",)
    assert match.missing == ("YJJBNTTBMJ", "SJNF")


def test_a_given_match_wins():
    assert match_fields(LAYER, ["DLBM", "code"], {"DLBM": "code"}).sources["DLBM"] == "code"


def test_a_required_field_without_a_source_is_refused_with_the_fields_there_are():
    with pytest.raises(ImportRefused, match=r"DLBM.*the file has: code, name") as caught:
        match_fields(LAYER, ["code", "name"])
    assert "DLBM" in caught.value.zh


def test_a_given_source_that_is_not_there_is_refused():
    with pytest.raises(ImportRefused, match="no field 'nope'"):
        match_fields(LAYER, ["DLBM"], {"DLBM": "nope"})


def test_a_given_target_that_is_not_there_is_refused():
    with pytest.raises(UnknownField, match="'nope'"):
        match_fields(LAYER, ["DLBM"], {"nope": "DLBM"})


def field(kind: str, **facets) -> FieldDefinition:
    return FieldDefinition(name="X", title={"zh": "x", "en": "x"}, type=kind, **facets)


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (pa.chunked_array([[1.0, None]]), field("text"), ["1", None]),
        (pa.chunked_array([[1.5]]), field("text"), ["1.5"]),
        (pa.chunked_array([[101]]), field("text"), ["101"]),
        (pa.chunked_array([[" 12 ", "", None]]), field("integer"), [12, None, None]),
        (pa.chunked_array([["0101", ""]]), field("text"), ["0101", ""]),
        (pa.chunked_array([[3]]), field("decimal", decimals=2), [3.0]),
    ],
)
def test_values_take_the_type_of_the_field(values, kind, expected):
    assert converted(values, kind, "source").to_pylist() == expected


@pytest.mark.parametrize(("values", "kind"), [(["n/a"], "integer"), (["soon"], "date")])
def test_values_that_do_not_fit_are_refused_with_the_field(values, kind):
    with pytest.raises(ImportRefused, match="'source'") as caught:
        converted(pa.chunked_array([values]), field(kind), "source")
    assert caught.value.place == "source"
