"""How does a column of attributes read as JSON?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gis.boxes import readonly
from gis.errors import GisError
from gis.kernels import json_text

TEXT = pa.large_string()

_FIRST_DAY, _LAST_DAY = -719_528, 2_932_896
"""0000-01-01 and 9999-12-31 in days from 1970: ISO 8601 has four digits for a year."""

_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def json_texts(array: pa.Array, place: str = "") -> pa.Array:
    """Each value of `array` as JSON, a large_string array without nulls: None, NaN and infinities are null.

    Integers, decimals and doubles keep every digit (doubles the fewest that read back the same), dates and times are
    ISO 8601 (UTC and Z where a time zone is known), lists arrays, structs and maps objects. Raises GisError naming
    `place` for binary and other types that JSON has no word for, and for years outside 0 to 9999.
    """
    encode = next((encode for accepts, encode in _ENCODERS if accepts(array.type)), None)
    if encode is None:
        raise GisError(
            f"字段类型 {array.type} 不能写成 JSON。",
            f"The type {array.type} cannot be written as JSON.",
            place=place,
            remedy_zh="可用：文本、数值、布尔、日期、时间，以及它们的列表和结构。",
            remedy_en="Allowed: text, numbers, booleans, dates, times, and lists and structs of them.",
        )
    texts = encode(array, place)
    return texts.fill_null("null") if texts.null_count else texts


def quoted(array: pa.Array, place: str = "") -> pa.Array:
    """Each text of `array` as a JSON string, null for None."""
    texts = array.cast(TEXT)
    _, offset_buffer, data_buffer = texts.buffers()
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.empty(0, np.uint8)
    offsets = np.zeros(1, np.int64)
    if len(texts):
        offsets = np.frombuffer(offset_buffer, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    source = readonly(data), readonly(offsets), readonly(texts.is_valid().to_numpy(zero_copy_only=False))
    ends = np.zeros(len(texts) + 1, np.int64)
    json_text.quoted_sizes(*source, ends)
    out = np.empty(ends[-1], np.uint8)
    json_text.quote(*source, readonly(ends), out)
    return pa.Array.from_buffers(TEXT, len(texts), [None, pa.py_buffer(ends), pa.py_buffer(out)])


def _as_printed(array: pa.Array, place: str) -> pa.Array:
    return array.cast(TEXT)


def _reals(array: pa.Array, place: str) -> pa.Array:
    finite = pc.is_finite(array)
    if pc.all(finite).as_py() is False:
        array = pc.if_else(finite, array, None)
    return array.cast(TEXT)


def _days(array: pa.Array, place: str) -> pa.Array:
    days = array.cast(pa.date32(), safe=False)  # a date64 may hold part of a day
    _check_years(days.cast(pa.int32()), 1, place)
    return _in_quotes(days.cast(TEXT))


def _instants(array: pa.Array, place: str) -> pa.Array:
    """ISO 8601 with as many decimals of a second as the column needs: none, 3, 6 or 9."""
    unit, end = array.type.unit, "" if array.type.tz is None else 'Z"'
    _check_years(array.cast(pa.int64()), _DAY[unit], place)
    # without a zone: Arrow would look UTC up in the machine's zone database, which may be missing
    plain = _coarsest(array.cast(pa.timestamp(unit)))
    texts = pc.replace_substring(plain.cast(TEXT), " ", "T")
    return _joined('"', texts, end or '"')


def _coarsest(array: pa.Array) -> pa.Array:
    for unit in ("s", "ms", "us"):
        try:
            return array.cast(pa.timestamp(unit))
        except pa.ArrowInvalid:  # it would lose digits
            continue
    return array


def _clock(array: pa.Array, place: str) -> pa.Array:
    return _in_quotes(array.cast(TEXT))


def _check_years(numbers: pa.Array, day: int, place: str) -> None:
    span = pc.min_max(numbers)
    low, high = span["min"].as_py(), span["max"].as_py()
    if low is not None and (low < _FIRST_DAY * day or high >= (_LAST_DAY + 1) * day):
        raise GisError(
            "日期超出公元 0 年至 9999 年。",
            "A date lies outside the years 0 to 9999.",
            place=place,
            remedy_zh="请检查该字段的日期后重试。",
            remedy_en="Check the dates of this field and try again.",
        )


def _in_quotes(texts: pa.Array) -> pa.Array:
    return _joined('"', texts, '"')


def _joined(*pieces: pa.Array | str) -> pa.Array:
    """The pieces of each row one after another; null if one of them is."""
    return pc.binary_join_element_wise(*(pa.scalar(p, TEXT) if isinstance(p, str) else p for p in pieces),
                                       pa.scalar("", TEXT))  # fmt: skip


def _dictionary(array: pa.Array, place: str) -> pa.Array:
    if len(array.dictionary) > len(array):
        return json_texts(array.cast(array.type.value_type), place)
    return json_texts(array.dictionary, place).take(array.indices)


def _runs(array: pa.Array, place: str) -> pa.Array:
    return json_texts(pc.run_end_decode(array), place)


def _list(array: pa.Array, place: str) -> pa.Array:
    """Row by row: Arrow joins lists of some types only, and attributes are seldom lists."""
    if pa.types.is_fixed_size_list(array.type) or not _has_offsets(array.type):
        array = array.cast(pa.large_list(array.type.value_type))
    texts = json_texts(array.values, place).to_pylist()
    spans = array.offsets.to_pylist()
    rows = zip(spans, spans[1:], array.is_valid().to_pylist(), strict=False)
    return pa.array([f"[{','.join(texts[a:b])}]" if valid else None for a, b, valid in rows], TEXT)


def _map(array: pa.Array, place: str) -> pa.Array:
    keys = [key if key.startswith('"') else f'"{key}"' for key in json_texts(array.keys, place).to_pylist()]
    values = json_texts(array.items, place).to_pylist()
    entries = [f"{key}:{value}" for key, value in zip(keys, values, strict=True)]
    spans = array.offsets.to_pylist()
    rows = zip(spans, spans[1:], array.is_valid().to_pylist(), strict=False)
    return pa.array([f"{{{','.join(entries[a:b])}}}" if valid else None for a, b, valid in rows], TEXT)


def _struct(array: pa.Array, place: str) -> pa.Array:
    pieces: list[pa.Array | str] = ["{"]
    for k, field in enumerate(array.type):
        pieces += [("," if k else "") + json_name(field.name) + ":", json_texts(array.field(k), place)]
    if len(pieces) == 1:
        return pc.if_else(array.is_valid(), pa.scalar("{}", TEXT), None)
    return pc.if_else(array.is_valid(), _joined(*pieces, "}"), None)


def _stored(array: pa.Array, place: str) -> pa.Array:
    return json_texts(array.storage, place)


def json_name(name: str) -> str:
    """A field name as a JSON string."""
    return json.dumps(name, ensure_ascii=False)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_plain(kind: Any) -> bool:
    return bool(pa.types.is_null(kind) or pa.types.is_boolean(kind) or pa.types.is_integer(kind))


def _has_offsets(kind: Any) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _is_list(kind: Any) -> bool:
    views = pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind)
    return bool(_has_offsets(kind) or pa.types.is_fixed_size_list(kind) or views)


def _is_extension(kind: Any) -> bool:
    return isinstance(kind, pa.BaseExtensionType)


_ENCODERS: tuple[tuple[Callable[[Any], bool], Callable[[pa.Array, str], pa.Array]], ...] = (
    (_is_text, quoted),
    (_is_plain, _as_printed),
    (pa.types.is_floating, _reals),
    (pa.types.is_decimal, _as_printed),
    (pa.types.is_date, _days),
    (pa.types.is_timestamp, _instants),
    (pa.types.is_time, _clock),
    (pa.types.is_dictionary, _dictionary),
    (pa.types.is_run_end_encoded, _runs),
    (_is_list, _list),
    (pa.types.is_map, _map),
    (pa.types.is_struct, _struct),
    (_is_extension, _stored),
)
