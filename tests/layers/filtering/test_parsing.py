"""What filters are read as: names, types, numbers, texts, and what is refused."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import Problem
from layers.errors import UnknownField
from layers.filtering import InvalidFilter, parse_filter
from layers.filtering.expression import And, Compared, Constant, Field, Like, Truth, ValueType, Wildcard
from tests.layers.store.sample import parcels, wells

HOUSEHOLDS = Field("户数", ValueType.NUMBER, whole=True)


def parse(text, **options):
    return parse_filter(text, definition=parcels(), **options)


def number(value):
    return Constant(value, ValueType.NUMBER)


def text(value):
    return Constant(value, ValueType.TEXT)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("1.0", 1),
        ("1.5", 1.5),
        ("-2", -2),
        ("1e3", 1000),
        ("9007199254740993", 9007199254740993),
        ("9223372036854775807", 2**63 - 1),
        ("2+3*4", 14),
        ("7 DIV 2", 3),
        ("-7 DIV 2", -3),
        ("7 % -2", 1),
        ("2^0.5", 2**0.5),
    ],
)
def test_numbers_are_worked_out_at_once(written, value):
    assert parse(f"户数 = {written}") == Compared("=", HOUSEHOLDS, number(value))


def test_a_filter_of_constants_is_worked_out():
    assert parse("'a' < 'b'") == Truth(True)
    assert parse("1 / 0 = 1") == Truth(None)
    assert parse("'København' LIKE 'K_benhavn'") == Truth(True)
    assert parse("CASEI('ẞ') = 'ss'") == Truth(True)


@pytest.mark.parametrize("written", ["'it''s'", r"'it\'s'"])
def test_a_quote_in_a_text_is_written_twice_or_with_a_backslash(written):
    assert parse(f"名称 = {written}") == Compared("=", Field("名称", ValueType.TEXT), text("it's"))


def test_a_value_whose_quotes_are_doubled_never_ends_early():
    value = "\\' OR TRUE OR 名称 = '"
    found = parse("名称 = '" + value.replace("'", "''") + "'")
    assert found == Compared("=", Field("名称", ValueType.TEXT), text(value))


def test_a_pattern_has_plain_texts_and_wildcards():
    found = parse(r"名称 LIKE 'a%%b\%_\\'")
    parts = ("a", Wildcard.ANY, "b%", Wildcard.ONE, "\\")
    assert found == Like(Field("名称", ValueType.TEXT), parts)


def test_a_truth_value_stands_by_itself():
    assert parse("有效") == parse("有效 = TRUE")


def test_names_may_be_quoted_and_hold_anything():
    found = parse_filter("\"it's 100% (odd):x\" = 'a'", definition=wells())
    assert found == Compared("=", Field("it's 100% (odd):x", ValueType.TEXT), text("a"))


def test_json_says_the_same_as_text():
    tree = {
        "op": "and",
        "args": [
            {"op": ">", "args": [{"property": "户数"}, 9007199254740993]},
            {"op": "t_finishedBy", "args": [{"interval": ["..", "2024-01-01"]}, {"property": "日期"}]},
        ],
    }
    found = parse(json.dumps(tree), language="cql2-json")
    assert found == parse("户数 > 9007199254740993 AND T_FINISHEDBY(INTERVAL('..','2024-01-01'), 日期)")
    assert isinstance(found, And)


@pytest.mark.parametrize(
    "written",
    [
        "x = 1",
        "dlbm = '0101'",
        "DLBM.x = 1",
        "casei(nothing) = 'a'",
        "S_WITHIN(geo, POINT(1 2))",
        "revision = 1",
        "until = 1",
        "T_AFTER(nothing, DATE('2024-01-01'))",
    ],
)
def test_an_unknown_name_is_refused_with_the_valid_ones(written):
    with pytest.raises(UnknownField, match="DLBM、名称"):
        parse(written)


@pytest.mark.parametrize(
    "written",
    [
        "户数 = 'a'",
        "名称 = 1",
        "有效 = 1",
        "有效 = 'true'",
        "日期 = 1",
        "日期 = 'soon'",
        "时间 = '2024-05-01'",
        "时间 = 日期",
        "户数 LIKE '1%'",
        "名称 + 1 = 2",
        "户数 BETWEEN 1 AND 'b'",
        "户数 IN (1, 'b')",
        "casei(户数) = 'a'",
        "abs(名称) = 1",
        "S_INTERSECTS(名称, POINT(1 2))",
        "S_INTERSECTS(geom, 名称)",
        "geom = POINT(1 2)",
        "T_AFTER(名称, DATE('2024-01-01'))",
        "户数",
        "名称",
        "1",
        "'a'",
        "户数 + 1",
        "名称 AND TRUE",
        "A_CONTAINS((1), ('a'))",
        "名称 LIKE DLBM",
    ],
)
def test_two_types_do_not_meet(written):
    with pytest.raises(InvalidFilter):
        parse(written)


@pytest.mark.parametrize(
    "written",
    [
        "POINT(90 180)",
        "POINT(181 0)",
        "MULTIPOINT(7 49, 90 180)",
        "POLYGON((0 0,1 1,1 0,0 1,0 0))",
        "LINESTRING(1 1)",
        "POINT EMPTY",
        "BBOX(0,1,1,0)",
        "BBOX(0,0,1)",
        "POLYGON((0 0,1 0,1 1))",
    ],
)
def test_impossible_geometry_is_refused(written):
    with pytest.raises(InvalidFilter):
        parse(f"S_INTERSECTS(geom, {written})")


def test_geometry_that_the_crs_of_the_layer_cannot_hold_is_far_from_everything():
    assert parse("S_INTERSECTS(geom, POINT(-60 -30))") == Truth(False)
    assert parse("S_DISJOINT(geom, POINT(-60 -30))") == Truth(True)


def test_a_date_among_times_is_a_whole_day():
    assert parse("T_AFTER(时间, DATE('2024-05-01'))") == parse("时间 > TIMESTAMP('2024-05-01T23:59:59.999Z')")
    assert parse("T_BEFORE(时间, DATE('2024-05-01'))") == parse("时间 < TIMESTAMP('2024-05-01T00:00:00Z')")


@pytest.mark.parametrize("language", ["cql2", "ecql", "", "CQL2-TEXT"])
def test_an_unknown_language_is_refused(language):
    with pytest.raises(InvalidFilter, match="cql2-text"):
        parse("TRUE", language=language)


WORDS = st.sampled_from(
    [
        "DLBM",
        "户数",
        "geom",
        "有效",
        "日期",
        "fid",
        "(",
        ")",
        "(",
        ")",
        ",",
        "'a'",
        "''",
        "'",
        '"',
        "1",
        "1.5",
        "-1",
        "9e99",
        "1e999",
        "=",
        "<>",
        "<",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "div",
        "and",
        "or",
        "not",
        "like",
        "in",
        "is",
        "null",
        "between",
        "true",
        "false",
        "casei(",
        "accenti(",
        "abs(",
        "S_INTERSECTS(",
        "POINT(",
        "POLYGON((",
        "BBOX(",
        "1",
        "2",
        "T_AFTER(",
        "DATE(",
        "INTERVAL(",
        "TIMESTAMP(",
        "A_CONTAINS(",
        "'2024-01-01'",
        "'..'",
        "\\",
        "%",
        "_",
        ";",
        "--",
        "/*",
        "\x00",
        "\ud800",
        "\u202e",
        "稻",
        "GEOMETRYCOLLECTION(",
        "EMPTY",
        "Z",
        "0x1F",
        "f()",
        "[",
        "]",
        "{",
        "}",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join) | st.lists(WORDS, max_size=8).map("".join) | st.text(max_size=30))
def test_any_words_are_read_or_refused(written):
    with contextlib.suppress(Problem):
        parse(written)


NODES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(
        [
            {"property": "DLBM"},
            {"property": "geom"},
            {"property": 1},
            {"bbox": [1, 2, 3, 4]},
            {"type": "Point", "coordinates": [1, 2]},
            {"type": "Polygon", "coordinates": []},
            {"date": "2024-01-01"},
            {"timestamp": 1},
            {"interval": ["..", ".."]},
            {"interval": 1},
        ]
    ),
    lambda node: (
        st.lists(node, max_size=3)
        | st.fixed_dictionaries(
            {
                "op": st.sampled_from(
                    [
                        "and",
                        "or",
                        "not",
                        "=",
                        "<",
                        "like",
                        "in",
                        "between",
                        "isNull",
                        "s_within",
                        "t_after",
                        "a_equals",
                        "+",
                        "^",
                        "casei",
                        "abs",
                        "nothing",
                        1,
                    ]
                ),
                "args": st.lists(node, max_size=3) | node,
            }
        )
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(NODES)
def test_any_json_is_read_or_refused(node):
    with contextlib.suppress(Problem):
        parse(json.dumps(node), language="cql2-json")
