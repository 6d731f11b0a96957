"""Layer files: what they may say, and what a mistake is answered with."""

import pytest

from layers.definition import AreaMethod, FieldType, parse_definition
from layers.errors import DefinitionError, UnknownField

TOML = """
id = "orchards"
title = {{ zh = "果园", en = "Orchards" }}
geometry = "polygon"
crs = {crs}
area = {{ method = "{method}", decimals = 2 }}
source = {{ zh = "测试", en = "test" }}
date = 2024-12-31
fields = [
    {{ name = "DLBM", title = {{ zh = "地类编码", en = "Land-use code" }}, type = "{type}", codes = "land_use" }},
    {{ name = "MJ", title = {{ zh = "面积", en = "Area" }}, type = "decimal", decimals = 2 }},
]
statistics = {{ by = ["{by}"] }}
"""


def definition(**changes: str):
    values = {"crs": "4527", "method": "ellipsoidal", "type": "text", "by": "DLBM"} | changes
    return parse_definition(TOML.format(**values), place="orchards.toml")


def refusal(**changes: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        definition(**changes)
    return caught.value


def test_a_definition_holds_what_the_file_says():
    found = definition()
    assert (found.id, found.crs, found.area.method) == ("orchards", 4527, AreaMethod.ELLIPSOIDAL)
    assert found.field("DLBM").type is FieldType.TEXT
    assert found.field_names == ("DLBM", "MJ")


def test_a_mistake_names_file_and_key_and_valid_choices():
    error = refusal(type="string")
    assert error.place == "orchards.toml"
    assert "fields.0.type" in error.en
    assert "'text'" in error.en
    assert "fields.0.type" in error.zh


def test_an_unknown_key_is_answered_with_the_keys_there_are():
    with pytest.raises(DefinitionError, match=r"colour.*valid: id, title") as caught:
        parse_definition('colour = "red"\n' + TOML.format(crs=4527, method="planar", type="text", by="DLBM"), place="x")
    assert "colour" in caught.value.zh


def test_grouping_by_a_field_that_is_not_there_is_refused():
    assert "no such field: QSXZ; fields are DLBM, MJ" in refusal(by="QSXZ").en


def test_an_unknown_crs_is_refused():
    assert "EPSG:4" in refusal(crs="4").en


def test_planar_area_of_degrees_is_refused():
    assert "EPSG:4490 is geographic" in refusal(crs="4490", method="planar").en


def test_text_that_is_not_toml_is_refused():
    with pytest.raises(DefinitionError, match="not valid TOML"):
        parse_definition("id = ", place="x.toml")


@pytest.mark.parametrize("name", ["fid", "AREA_M2", "geom", 'a"b', "", "x" * 60])
def test_reserved_and_impossible_field_names_are_refused(name):
    text = TOML.format(crs=4527, method="planar", type="text", by="DLBM").replace('"MJ"', repr(name), 1)
    with pytest.raises(DefinitionError, match=r"fields\.1\.name"):
        parse_definition(text, place="x")


@pytest.mark.parametrize("layer", ["gpkg_contents", "a_history", "1a", "Upper", "a-b", "a b"])
def test_ids_that_no_table_may_have_are_refused(layer):
    text = TOML.format(crs=4527, method="planar", type="text", by="DLBM").replace("orchards", layer)
    with pytest.raises(DefinitionError, match="id: must"):
        parse_definition(text, place="x")


def test_fields_that_differ_in_case_only_are_refused():
    text = TOML.format(crs=4527, method="planar", type="text", by="DLBM").replace('"MJ"', '"dlbm"', 1)
    with pytest.raises(DefinitionError, match="named twice"):
        parse_definition(text, place="x")


def test_asking_for_an_unknown_field_gives_the_names():
    with pytest.raises(UnknownField, match="Fields: DLBM, MJ"):
        definition().field("nope")


EXTRAS = [
    ('unit = "muu"', '"MJ", ', r"fields\.1\.unit: unknown unit 'muu'; units are m2"),
    ('colour = "red"', '"MJ", ', r"fields\.1\.colour: .*valid: name, title, type"),
]


@pytest.mark.parametrize(("extra", "after", "cause"), EXTRAS)
def test_a_mistake_in_a_field_is_answered_with_what_is_valid(extra, after, cause):
    text = TOML.format(crs=4527, method="planar", type="text", by="DLBM").replace(after, f"{after}{extra}, ", 1)
    with pytest.raises(DefinitionError, match=cause):
        parse_definition(text, place="x")


@pytest.mark.parametrize(
    ("table", "cause"),
    [
        ('[statistics.yield]\nfield = "DLBM"\nunit = "kg"\nbasis = "paddy"', "DLBM is text"),
        ('[statistics.yield]\nfield = "MJ"\nunit = "stone"\nbasis = "paddy"', "units are kg, jin, t"),
        ('[statistics.yield]\nfield = "MJ"\nunit = "kg"\nbasis = "wet"', "'paddy'"),
        ('[style]\nclasses = [{ value = "a" }]', "classes need field"),
        ('[style]\nfield = "DLBM"\nclasses = [{ value = "a" }, { value = "a" }]', "same value: a"),
        ('[style]\nfield = "DLBM"\nclasses = [{ valu = "a" }]', "valid: value, title_zh"),
        ('[style.symbol]\nfil = "#000000"', "valid: fill, fill_opacity"),
    ],
)
def test_a_mistake_in_a_table_is_answered_with_what_is_valid(table, cause):
    text = TOML.format(crs=4527, method="planar", type="text", by="DLBM").replace('statistics = { by = ["DLBM"] }', "")
    with pytest.raises(DefinitionError, match=cause):
        parse_definition(f"{text}\n{table}", place="x")


@pytest.mark.parametrize(
    ("style", "expected"),
    [("", "DLBM"), ('field = "MJ"', "MJ"), ('field = "MJ"\nlabel = "DLBM"', "DLBM")],
)
def test_the_label_else_what_colours_the_map_else_the_first_field_stands_for_a_feature(style, expected):
    text = TOML.format(crs=4527, method="planar", type="text", by="DLBM") + f"\n[style]\n{style}\n"
    assert parse_definition(text, place="x").label_field == expected


@pytest.mark.parametrize("kind", FieldType)
def test_integers_reals_and_decimals_are_numbers(kind):
    assert kind.is_number == (kind in {"integer", "real", "decimal"})
