from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.definition import FieldDefinition
from layers.validation import values


def field(kind: str, **facets: Any) -> FieldDefinition:
    facets = {"decimals": 2, **facets} if kind == "decimal" else facets
    return FieldDefinition.model_validate({"name": "f", "title": {"zh": "字段", "en": "f"}, "type": kind, **facets})


def kept(kind: str, array: pa.Array, **facets: Any) -> list[Any]:
    column = values.checked(field(kind, **facets), array)
    assert column.faults == []
    assert column.values.type == values.arrow_type(field(kind, **facets))
    result: list[Any] = column.values.to_pylist()
    return result


def refused(kind: str, array: pa.Array, **facets: Any) -> list[int | None]:
    return [fault.index for fault in values.checked(field(kind, **facets), array).faults]


@pytest.mark.parametrize(
    "array",
    [pa.array([1, None], t) for t in (pa.int8(), pa.uint8(), pa.int64(), pa.uint64(), pa.float32(), pa.float64())],
)
def test_integers_of_any_width(array: pa.Array) -> None:
    assert kept("integer", array) == [1, None]


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 2**53 + 1])
def test_integers_of_64_bits_are_exact(number: int) -> None:
    assert kept("integer", pa.array([number])) == [number]
    assert kept("integer", pa.array([Decimal(number)])) == [number]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([0, 1.5]),
        pa.array([0, float("nan")]),
        pa.array([0, float("inf")]),
        pa.array([0, 2.0**53 + 2]),  # a double that may stand for its neighbours
        pa.array([0, 2**63], pa.uint64()),
        pa.array([Decimal("0.0"), Decimal("0.5")]),
        pa.array([Decimal(0), Decimal(2**63)]),
    ],
)
def test_what_is_no_integer_is_refused(array: pa.Array) -> None:
    assert refused("integer", array) == [1]


@pytest.mark.parametrize(
    ("kind", "array"),
    [
        ("integer", pa.array(["1"])), ("integer", pa.array([True])), ("real", pa.array(["1"])),
        ("decimal", pa.array([True])), ("text", pa.array([1])), ("text", pa.array([b"x"])),
        ("boolean", pa.array([1])), ("date", pa.array(["2024-01-01"])), ("date", pa.array([20240101])),
        ("datetime", pa.array([date(2024, 1, 1)])), ("date", pa.array([datetime(2024, 1, 1, tzinfo=UTC)])),
    ],
)  # fmt: skip
def test_column_of_another_type_is_refused_as_a_whole(kind: str, array: pa.Array) -> None:
    assert refused(kind, array) == [None]


def test_column_without_a_type_is_null() -> None:
    assert kept("date", pa.nulls(2)) == [None, None]


TEXTS = pa.array(["甲", None, ""])


@pytest.mark.parametrize(
    "array", [TEXTS, TEXTS.cast(pa.large_string()), TEXTS.cast(pa.string_view()), TEXTS.dictionary_encode()]
)
def test_texts_of_any_layout(array: pa.Array) -> None:
    assert kept("text", array) == ["甲", None, ""]


def test_length_is_in_characters() -> None:
    # three characters of 3 and 4 bytes
    assert refused("text", pa.array(["高都𠀀", "高都街道"]), length=3) == [1]


def test_nul_character_is_refused() -> None:
    assert refused("text", pa.array(["a\0b", "ab"])) == [0]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("kind", ["real", "decimal"])
def test_numbers_that_are_not_finite_are_refused(kind: str, number: float) -> None:
    assert refused(kind, pa.array([number, None, 1.0])) == [0]


def test_reals_are_kept_as_they_are() -> None:
    assert kept("real", pa.array([0.1, -0.0, 5e-324, 1.7976931348623157e308])) == [
        0.1,
        -0.0,
        5e-324,
        1.7976931348623157e308,
    ]


def test_integer_without_an_exact_double_is_refused() -> None:
    assert refused("real", pa.array([2**53, 2**53 + 1])) == [1]


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        (1.005, "1.01"),  # the double is 1.00499999999999989..., what a person typed is 1.005
        (-1.005, "-1.01"),
        (2.675, "2.68"),
        (1.004999, "1.00"),
        (0.1 + 0.2, "0.30"),
        (100.0, "100.00"),
        (1e-300, "0.00"),
        (0.005, "0.01"),
        (Decimal("2.345"), "2.35"),
        (Decimal("-2.345"), "-2.35"),
        (Decimal("7"), "7.00"),
        (7, "7.00"),
    ],
)
def test_decimals_are_rounded_half_up(number: Any, rounded: str) -> None:
    assert [str(value) for value in kept("decimal", pa.array([number]))] == [rounded]


@pytest.mark.parametrize("number", [9_999_999_999_999.99, Decimal("-9999999999999.99"), 9_999_999_999_999])
def test_decimals_of_fifteen_digits_are_kept(number: Any) -> None:
    assert kept("decimal", pa.array([number])) == [Decimal(str(number)).quantize(Decimal("0.01"))]


@pytest.mark.parametrize(
    "number", [10**13, 1e13, Decimal("9999999999999.995"), Decimal("-1E13"), 1e300, 2**63 - 1, Decimal("1" + "0" * 37)]
)
def test_decimals_of_more_digits_are_refused(number: Any) -> None:
    assert refused("decimal", pa.array([number])) == [0]


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 9))
def test_every_decimal_of_fifteen_digits_survives(digits: int, decimals: int) -> None:
    number = Decimal(digits).scaleb(-decimals)
    assert kept("decimal", pa.array([float(number)]), decimals=decimals) == [number]


def test_dates_of_any_layout() -> None:
    day = date(2024, 2, 29)
    assert kept("date", pa.array([day])) == [day]
    assert kept("date", pa.array([day], pa.date64())) == [day]
    assert kept("date", pa.array([datetime(2024, 2, 29)])) == [day]


def test_time_of_day_is_no_date() -> None:
    assert refused("date", pa.array([datetime(2024, 2, 29), datetime(2024, 2, 29, 0, 0, 1)])) == [1]


def test_years_of_more_than_four_digits_are_refused() -> None:
    # days since 1970: 9999-12-31, 10000-01-01, 0001-01-01 and the day before
    days = pa.array([2932896, 2932897, -719162, -719163], pa.int32())
    assert refused("date", days.cast(pa.date32())) == [1, 3]
    assert refused("datetime", days.cast(pa.int64()).cast(pa.timestamp("s"))) == []
    moments = pa.array([2932896 * 86400, 2932897 * 86400, -719162 * 86400, -719162 * 86400 - 1])
    assert refused("datetime", moments.cast(pa.timestamp("s"))) == [1, 3]


def test_moments_are_kept_in_utc() -> None:
    moment = datetime(2024, 5, 1, 16, 30, tzinfo=timezone(timedelta(hours=8)))
    array = pa.array([moment], pa.timestamp("us", tz="Asia/Shanghai"))
    assert kept("datetime", array) == [datetime(2024, 5, 1, 8, 30, tzinfo=UTC)]


def test_moments_without_a_zone_are_utc() -> None:
    assert kept("datetime", pa.array([datetime(2024, 5, 1, 8, 30)])) == [datetime(2024, 5, 1, 8, 30, tzinfo=UTC)]


@pytest.mark.parametrize("unit", ["us", "ns"])
def test_moments_are_cut_to_milliseconds(unit: str) -> None:
    before_1970 = datetime(1969, 12, 31, 23, 59, 59, 999_999)
    array = pa.array([before_1970], pa.timestamp(unit))
    assert kept("datetime", array) == [datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC)]


def test_codes_not_in_the_list_are_refused() -> None:
    assert refused("text", pa.array(["0101", "", None, "9999"]), codes="land_use") == [1, 3]


def test_codes_are_shown_with_the_fault() -> None:
    (fault,) = values.checked(field("text", codes="land_use"), pa.array(["x"])).faults
    assert "land_use" in fault.en
    assert "0101" in fault.remedy_en


def test_required_field_may_be_blank_but_not_null() -> None:
    assert refused("text", pa.array(["", None]), required=True) == [1]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "0101", "0101"), ("integer", "-7", -7), ("real", "1e3", 1000.0), ("decimal", "1.5", Decimal("1.50")),
        ("boolean", "True", True), ("boolean", "0", False), ("date", "2024-02-29", date(2024, 2, 29)),
        ("datetime", "2024-05-01T08:30:00Z", datetime(2024, 5, 1, 8, 30, tzinfo=UTC)),
        ("datetime", "2024-05-01T08:30:00", datetime(2024, 5, 1, 8, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_text_is_read_as_the_fields_type(kind: str, text: str, value: Any) -> None:
    assert values.value_from(field(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.0"), ("integer", "9" * 30), ("integer", "9" * 5000), ("real", "nan"), ("real", "inf"),
        ("decimal", "1e400"), ("decimal", "sNaN"), ("decimal", "1.005"), ("boolean", "yes"), ("date", "2024-13-01"),
        ("date", "20240101x"), ("datetime", "noon"), ("text", "\0"), ("text", "\ud800"),
    ],
)  # fmt: skip
def test_text_that_cannot_be_the_fields_value_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        values.value_from(field(kind), text)
