from __future__ import annotations

import datetime
import json
import math
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import GisError
from gis.json_values import json_name, json_texts


def texts(values, kind=None) -> list[str]:
    array = values if isinstance(values, pa.Array) else pa.array(values, kind)
    return json_texts(array, "field").to_pylist()


def read(values, kind=None) -> list:
    return [json.loads(text) for text in texts(values, kind)]


MOMENT = datetime.datetime(2024, 12, 31, 8, 5, 9)


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([True, False, None], pa.bool_(), ["true", "false", "null"]),
        ([None, None], pa.null(), ["null", "null"]),
        ([2**63 - 1, -(2**63), None], pa.int64(), ["9223372036854775807", "-9223372036854775808", "null"]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        ([-128], pa.int8(), ["-128"]),
        ([0.1, 1e300, 5e-324, None], pa.float64(), ["0.1", "1e+300", "5e-324", "null"]),
        ([0.1], pa.float32(), ["0.1"]),
        ([0.5, math.nan], pa.float16(), ["0.5", "null"]),
        ([math.nan, math.inf, -math.inf, 1.5], pa.float64(), ["null", "null", "null", "1.5"]),
        ([Decimal("12.50"), Decimal("-0.01"), None], pa.decimal128(15, 2), ["12.50", "-0.01", "null"]),
        ([Decimal(10) ** 37], pa.decimal128(38, 0), ["1" + 37 * "0"]),
        ([datetime.date(2024, 12, 31), None], pa.date32(), ['"2024-12-31"', "null"]),
        ([datetime.date(1, 2, 3)], pa.date64(), ['"0001-02-03"']),
        ([1], pa.date64(), ['"1970-01-01"']),
        ([datetime.time(8, 5, 9)], pa.time32("s"), ['"08:05:09"']),
        ([MOMENT, None], pa.timestamp("ms", "UTC"), ['"2024-12-31T08:05:09Z"', "null"]),
        ([MOMENT], pa.timestamp("us"), ['"2024-12-31T08:05:09"']),
        ([0], pa.timestamp("s", "Asia/Shanghai"), ['"1970-01-01T00:00:00Z"']),
        ([0, 7], pa.timestamp("ms", "UTC"), ['"1970-01-01T00:00:00.000Z"', '"1970-01-01T00:00:00.007Z"']),
        ([1, -1], pa.timestamp("ns"), ['"1970-01-01T00:00:00.000000001"', '"1969-12-31T23:59:59.999999999"']),
        (["水田", None, ""], pa.string(), ['"水田"', "null", '""']),
        (["view of a longer text"], pa.string_view(), ['"view of a longer text"']),
        ([[1, None], [], None], pa.list_(pa.int32()), ["[1,null]", "[]", "null"]),
        ([["水", None]], pa.large_list(pa.string()), ['["水",null]']),
        ([[1.5, 2.0], None], pa.list_(pa.float64(), 2), ["[1.5,2]", "null"]),
        ([[[1], None], [[]]], pa.list_(pa.list_(pa.int8())), ["[[1],null]", "[[]]"]),
        ([{"a": 1, "亩": "x"}, None], pa.struct({"a": pa.int8(), "亩": pa.string()}), ['{"a":1,"亩":"x"}', "null"]),
        ([{"a": None}], pa.struct({"a": pa.int8()}), ['{"a":null}']),
        ([{}, None], pa.struct({}), ["{}", "null"]),
        ([[("a", 1), ("b", None)], None], pa.map_(pa.string(), pa.int8()), ['{"a":1,"b":null}', "null"]),
        ([[(7, MOMENT)]], pa.map_(pa.int8(), pa.timestamp("s", "UTC")), ['{"7":"2024-12-31T08:05:09Z"}']),
    ],
)  # fmt: skip
def test_values_of_each_type(values, kind, expected):
    assert texts(values, kind) == expected


def test_every_escape_of_a_string():
    every = "".join(chr(k) for k in range(32)) + '"\\/\x7f  </script>'
    assert read([every]) == [every]
    assert texts(['\b\f\n\r\t"\\\x01/']) == [r'"\b\f\n\r\t\"\\\u0001/"']


@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=("Cs",)))), max_size=20))
def test_any_text_comes_back(values):
    assert read(values, pa.string()) == values


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), max_size=20))
def test_any_double_comes_back(values):
    assert read(values, pa.float64()) == values


@pytest.mark.parametrize(
    "kind", [pa.binary(), pa.large_binary(), pa.binary(4), pa.duration("s"), pa.list_(pa.binary())], ids=str
)
def test_types_that_json_has_no_word_for_are_refused_by_name(kind):
    with pytest.raises(GisError, match="field"):
        texts([], kind)


@pytest.mark.parametrize(
    ("days", "kind"),
    [(-719_529, pa.date32()), (2_932_897, pa.date32()), (2_932_897 * 86_400, pa.timestamp("s", "UTC"))],
    ids=["before 0000-01-01", "after 9999-12-31", "moment after 9999"],
)
def test_years_that_iso_8601_cannot_write_are_refused(days, kind):
    with pytest.raises(GisError, match="0 to 9999"):
        texts([days], kind)


def test_first_and_last_day_are_written():
    assert texts([-719_528, 2_932_896], pa.date32()) == ['"0000-01-01"', '"9999-12-31"']


@pytest.mark.parametrize(
    "array",
    [
        pa.array(["a", "b", None, "d"]), pa.array(["b", "b", None, "d"]).dictionary_encode(),
        pa.array([[1], [2], None, [4]]), pa.array([{"a": 1}, {"a": 2}, None, {"a": 4}]),
        pa.array([[("k", 1)], [("k", 2)], None, [("k", 4)]], pa.map_(pa.string(), pa.int8())),
        pa.array([[1, 1], [2, 2], None, [4, 4]], pa.list_(pa.int8(), 2)),
    ],
    ids=lambda array: str(array.type),
)  # fmt: skip
def test_a_slice_has_the_rows_of_the_slice(array):
    assert texts(array[1:]) == texts(array)[1:]
    assert texts(array[1:3]) == texts(array)[1:3]


def test_dictionaries_may_hold_none_and_more_than_is_used():
    codes = pa.array([1, None, 0, 1], pa.int8())
    assert texts(pa.DictionaryArray.from_arrays(codes, pa.array(["水田", None]))) == ["null", "null", '"水田"', "null"]
    assert texts(pa.DictionaryArray.from_arrays(codes[:1], pa.array(["a", "b", "c"]))) == ['"b"']


def test_runs_are_drawn_out():
    assert texts(pa.RunEndEncodedArray.from_arrays([2, 3], ["a", None])) == ['"a"', '"a"', "null"]


def test_names_are_escaped():
    assert json_name('a"\\\n地类') == r'"a\"\\\n地类"'
