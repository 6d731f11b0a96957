"""Does a column of values fit its field?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from layers.codes import code_list
from layers.definition import FieldDefinition, FieldType
from layers.validation.faults import Fault, each, whole

DIGITS = 15
"""Significant digits of a decimal: what a double, GeoPackage's only fractional type, holds without loss."""

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
MAX_FLOAT_INTEGER = 2**53
FIRST_DAY, LAST_DAY = -719162, 2932896
"""0001-01-01 and 9999-12-31 as days since 1970: years that ISO 8601 writes with four digits."""
FIRST_MS, LAST_MS = FIRST_DAY * 86_400_000, (LAST_DAY + 1) * 86_400_000 - 1
SHOWN = 40

Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Column:
    """Values in the type that the store keeps, and what is wrong with them."""

    values: pa.Array
    faults: list[Fault] = field(default_factory=list)


def arrow_type(definition: FieldDefinition) -> pa.DataType:
    """The Arrow type in which values of the field are read; decimals have 15 digits, times are UTC in milliseconds."""
    return KINDS[definition.type].arrow(definition)


def checked(definition: FieldDefinition, values: pa.Array) -> Column:
    """`values` converted without loss to the field's type, with a fault for every value that does not fit.

    Decimals are rounded half up (ties away from zero) to the field's decimals; times are cut to milliseconds, and
    those without a zone are taken as UTC. Nothing else changes a value. Values with a fault come back as null.
    """
    kind = KINDS[definition.type]
    if pa.types.is_null(values.type):
        column = Column(pa.nulls(len(values), arrow_type(definition)))
    else:
        column = kind.convert(definition, plain(values))
        column.faults += _code_faults(definition, column.values)
    if definition.required:
        given = _mask(values.is_null())
        column.faults += each(given, definition.name, lambda _: ("必填字段为空。", "A required field is empty."), FILL)
    return column


def value_from(definition: FieldDefinition, value: Any) -> Any:
    """`value` as the Python value of the field's type, text read as that type.

    Raises ValueError where it is none, and where it is finer than the field (1.005 with two decimals).
    """
    kind = KINDS[definition.type]
    if value is None:
        return None
    if isinstance(value, str):
        value = kind.parse(value)
    column = checked(definition.model_copy(update={"required": False, "codes": None, "length": None}), _single(value))
    if column.faults:
        raise ValueError(column.faults[0].en)
    exact = column.values[0].as_py()
    if _is_finer(value, exact):
        raise ValueError(f"{value} is finer than {exact}, which the field can hold")
    return exact


def _is_finer(value: Any, exact: Any) -> bool:
    if isinstance(exact, Decimal):
        return bool(value != (float(exact) if isinstance(value, float) else exact))
    return isinstance(value, datetime) and value.microsecond % 1000 != 0


def _single(value: Any) -> pa.Array:
    try:
        return pa.array([value])
    except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error


def plain(values: pa.Array) -> pa.Array:
    """`values` without dictionary and extension encodings and view layouts."""
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return values.cast(pa.string()) if values.type == pa.string_view() else values


FILL = ("请填写该字段。", "Fill in the field.")
RETYPE = ("请先转换该列的类型。", "Convert the column first.")


def _mask(array: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), np.bool_)


def _show(values: pa.Array) -> Callable[[int], str]:
    def show(index: int) -> str:
        text = str(values[index].as_py())
        return text if len(text) <= SHOWN else text[:SHOWN] + "…"

    return show


def _without(values: pa.Array, bad: Mask) -> pa.Array:
    return pc.if_else(pa.array(bad), pa.scalar(None, values.type), values) if bad.any() else values


def _wrong_type(definition: FieldDefinition, values: pa.Array) -> Column:
    fault = whole(
        definition.name,
        f"该列类型为 {values.type}，字段类型为 {definition.type.value}。",
        f"The column is of type {values.type}, the field of type {definition.type.value}.",
        RETYPE,
    )
    return Column(pa.nulls(len(values), arrow_type(definition)), [fault])


def _refuse(
    definition: FieldDefinition, values: pa.Array, bad: Mask, cause: tuple[str, str], remedy: tuple[str, str]
) -> tuple[pa.Array, list[Fault]]:
    """`values` without the `bad` ones, and a fault for each; {} in `cause` is the value."""
    show = _show(values)
    found = each(bad, definition.name, lambda i: (cause[0].format(show(i)), cause[1].format(show(i))), remedy)
    return _without(values, bad), list(found)


def _code_faults(definition: FieldDefinition, values: pa.Array) -> list[Fault]:
    if definition.codes is None:
        return []
    codes = list(code_list(definition.codes))
    known = pc.is_in(values.cast(pa.string()), pa.array(codes, pa.string()))
    bad = _mask(pc.and_(values.is_valid(), pc.invert(known)))
    some = "、".join(codes[:8]) + ("…" if len(codes) > 8 else "")
    cause = (
        f"代码“{{}}”不在代码表 {definition.codes} 中。",
        f"The code '{{}}' is not in the code list {definition.codes}.",
    )
    remedy = (f"可用代码：{some}。", f"Codes: {some.replace('、', ', ')}.")
    return _refuse(definition, values, bad, cause, remedy)[1]


def _text(definition: FieldDefinition, values: pa.Array) -> Column:
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return _wrong_type(definition, values)
    values = values.cast(pa.string())
    nul = _mask(pc.match_substring(values, "\0"))
    values, found = _refuse(definition, values, nul, ("文本含有空字符（U+0000）。", "The text holds U+0000."), RETYPE)
    if definition.length is not None:
        long = _mask(pc.greater(pc.utf8_length(values), definition.length))
        cause = (
            f"“{{}}”超过 {definition.length} 个字符。",
            f"'{{}}' is longer than {definition.length} characters.",
        )
        values, more = _refuse(definition, values, long, cause, ("请缩短文本。", "Shorten the text."))
        found += more
    return Column(values, found)


WHOLE = ("“{}”不是 64 位整数。", "'{}' is not a 64-bit integer.")
FINITE = ("“{}”不是有限数。", "'{}' is not a finite number.")
EMPTY_INSTEAD = ("没有值时请留空。", "Leave the value empty where there is none.")
INTEGER_WANTED = ("请填写整数。", "Give an integer.")


def _integer(definition: FieldDefinition, values: pa.Array) -> Column:
    if pa.types.is_integer(values.type) and values.type != pa.uint64():
        return Column(values.cast(pa.int64()))
    if pa.types.is_floating(values.type):
        doubles = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
        bad = _mask(values.is_valid()) & ~((np.trunc(doubles) == doubles) & (np.abs(doubles) <= MAX_FLOAT_INTEGER))
    elif pa.types.is_decimal(values.type) or values.type == pa.uint64():
        numbers = values.to_pylist()
        bad = np.array(
            [n is not None and (n != int(n) or not MIN_INTEGER <= n <= MAX_INTEGER) for n in numbers], np.bool_
        )
    else:
        return _wrong_type(definition, values)
    values, found = _refuse(definition, values, bad, WHOLE, INTEGER_WANTED)
    return Column(values.cast(pa.int64()), found)


def _real(definition: FieldDefinition, values: pa.Array) -> Column:
    found: list[Fault] = []
    if pa.types.is_integer(values.type):
        numbers = values.to_pylist()
        bad = np.array([n is not None and int(float(n)) != n for n in numbers], np.bool_)
        cause = ("整数“{}”不能用双精度数准确表示。", "The integer '{}' has no exact double.")
        values, found = _refuse(definition, values, bad, cause, RETYPE)
        return Column(values.cast(pa.float64(), safe=False), found)
    if pa.types.is_decimal(values.type):
        return Column(pa.array([None if n is None else float(n) for n in values.to_pylist()], pa.float64()))
    if not pa.types.is_floating(values.type):
        return _wrong_type(definition, values)
    values = values.cast(pa.float64())
    values, found = _refuse(definition, values, _mask(pc.invert(pc.is_finite(values))), FINITE, EMPTY_INSTEAD)
    return Column(values, found)


def _decimal(definition: FieldDefinition, values: pa.Array) -> Column:
    decimals = definition.decimals or 0
    limit = 10 ** (DIGITS - decimals)
    found: list[Fault] = []
    if pa.types.is_floating(values.type):
        bad = _mask(pc.invert(pc.is_finite(values)))
        values, found = _refuse(definition, values, bad, FINITE, EMPTY_INSTEAD)
    elif not (pa.types.is_integer(values.type) or pa.types.is_decimal(values.type)):
        return _wrong_type(definition, values)
    large = _mask(pc.greater_equal(pc.abs(values.cast(pa.float64(), safe=False)), pa.scalar(float(2 * limit))))
    cause = (
        f"“{{}}”超过 {DIGITS} 位有效数字（小数 {decimals} 位）。",
        f"'{{}}' has more than {DIGITS} significant digits ({decimals} of them decimals).",
    )
    remedy = (f"绝对值须小于 {limit}。", f"Its magnitude must be below {limit}.")
    given, more = _refuse(definition, values, large, cause, remedy)
    rounded = _half_up(given, decimals)
    unfit = _mask(pc.greater_equal(pc.abs(rounded), pa.scalar(Decimal(limit), pa.decimal256(60, decimals))))
    more += _refuse(definition, given, unfit, cause, remedy)[1]
    return Column(_without(rounded, unfit).cast(pa.decimal128(DIGITS, decimals)), found + more)


def _half_up(values: pa.Array, decimals: int) -> pa.Array:
    """`values` rounded half up by magnitude (-0.5 becomes -1).

    A double counts as the shortest decimal that reads back as it: 1.005, not 1.00499...
    """
    if pa.types.is_floating(values.type):
        values = values.cast(pa.float64())
        # 28 decimals hold all 17 digits of a double from 1e-11 on; what is smaller rounds to 0 in any case
        small = pc.less(pc.abs(values), 1e-11)
        values = pc.if_else(small, pa.scalar(0.0), values).cast(pa.string()).cast(pa.decimal256(60, 28))
    elif pa.types.is_integer(values.type):
        values = values.cast(pa.decimal256(60, 28))
    else:
        values = values.cast(pa.decimal256(76, values.type.scale))
    return pc.round(values, ndigits=decimals, round_mode="half_towards_infinity").cast(
        pa.decimal256(60, decimals), safe=False
    )


def _boolean(definition: FieldDefinition, values: pa.Array) -> Column:
    return Column(values) if pa.types.is_boolean(values.type) else _wrong_type(definition, values)


DATES = ("“{}”不是 0001 至 9999 年间的日期。", "'{}' is not a date of the years 0001 to 9999.")
DATE_WANTED = ("请改为有效日期。", "Give a valid date.")


def _date(definition: FieldDefinition, values: pa.Array) -> Column:
    if pa.types.is_timestamp(values.type) and values.type.tz is None:
        days = values.cast(pa.date32())
        timed = _mask(pc.not_equal(days.cast(values.type), values))
        cause = ("“{}”带有时刻，不是日期。", "'{}' has a time of day and is no date.")
        values, found = _refuse(definition, values, timed, cause, DATE_WANTED)
        values = values.cast(pa.date32())
    elif pa.types.is_date(values.type):
        values, found = values.cast(pa.date32()), []
    else:
        return _wrong_type(definition, values)
    values, more = _out_of_years(definition, values, values.cast(pa.int32()), (FIRST_DAY, LAST_DAY))
    return Column(values, found + more)


def _datetime(definition: FieldDefinition, values: pa.Array) -> Column:
    if not pa.types.is_timestamp(values.type):
        return _wrong_type(definition, values)
    utc = pa.timestamp("ms", tz="UTC")
    if values.type.unit != "ms":
        values = pc.floor_temporal(values, unit="millisecond") if values.type.unit != "s" else values
        values = values.cast(pa.timestamp("ms", tz=values.type.tz))
    # a cast keeps the count of milliseconds since 1970 in UTC, whatever the zone, and needs no zone database
    values = values.cast(utc)
    return Column(*_out_of_years(definition, values, values.cast(pa.int64()), (FIRST_MS, LAST_MS)))


def _out_of_years(
    definition: FieldDefinition, values: pa.Array, counts: pa.Array, ends: tuple[int, int]
) -> tuple[pa.Array, list[Fault]]:
    """`values` with those outside of the years 1 to 9999 refused; their text is the count, as Python has no date."""
    bad = _mask(pc.or_(pc.less(counts, ends[0]), pc.greater(counts, ends[1])))
    _, found = _refuse(definition, counts, bad, DATES, DATE_WANTED)
    return _without(values, bad), found


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one field type are held in Arrow, converted, and read from text."""

    arrow: Callable[[FieldDefinition], pa.DataType]
    convert: Callable[[FieldDefinition, pa.Array], Column]
    parse: Callable[[str], Any]


def _to_decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return number


def _to_boolean(text: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in words:
        raise ValueError(f"{text!r} is not one of {', '.join(words)}")
    return words[text.lower()]


def _to_datetime(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


KINDS: dict[FieldType, Kind] = {
    FieldType.TEXT: Kind(lambda _: pa.string(), _text, str),
    FieldType.INTEGER: Kind(lambda _: pa.int64(), _integer, int),
    FieldType.REAL: Kind(lambda _: pa.float64(), _real, float),
    FieldType.DECIMAL: Kind(lambda d: pa.decimal128(DIGITS, d.decimals or 0), _decimal, _to_decimal),
    FieldType.BOOLEAN: Kind(lambda _: pa.bool_(), _boolean, _to_boolean),
    FieldType.DATE: Kind(lambda _: pa.date32(), _date, date.fromisoformat),
    FieldType.DATETIME: Kind(lambda _: pa.timestamp("ms", tz="UTC"), _datetime, _to_datetime),
}
