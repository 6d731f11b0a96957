"""How do whole columns pass between Arrow and a database?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from layers.store.tables import Kind
from layers.validation.values import DIGITS

UTC_MS = pa.timestamp("ms", tz="UTC")

ARROW_TYPES: dict[str, Callable[[int], pa.DataType]] = {
    "text": lambda _: pa.string(),
    "integer": lambda _: pa.int64(),
    "real": lambda _: pa.float64(),
    "decimal": lambda decimals: pa.decimal128(DIGITS, decimals),
    "boolean": lambda _: pa.bool_(),
    "date": lambda _: pa.date32(),
    "datetime": lambda _: UTC_MS,
    "area": lambda _: pa.float64(),
}
"""The Arrow type of a column by the first word of its kind, given its decimals."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Arrow -> what the driver takes, and what the driver gives -> Arrow of the type asked for."""

    encode: Callable[[pa.Array], list[Any]]
    decode: Callable[[Sequence[Any], pa.DataType], pa.Array]


def _as_is(array: pa.Array) -> list[Any]:
    return list(array.to_pylist())


def _typed(values: Sequence[Any], wanted: pa.DataType) -> pa.Array:
    return pa.array(values, wanted)


def _parsed(values: Sequence[Any], wanted: pa.DataType) -> pa.Array:
    return pa.array(values, pa.string()).cast(wanted)


def _from_flags(values: Sequence[Any], wanted: pa.DataType) -> pa.Array:
    return pa.array(values, pa.int8()).cast(wanted)


def _date_texts(array: pa.Array) -> list[Any]:
    return list(array.cast(pa.string()).to_pylist())


def _time_texts(array: pa.Array) -> list[Any]:
    # without a zone, as Arrow would look UTC up in the machine's zone database, which may be missing
    return list(pc.strftime(array.cast(pa.timestamp("ms")), "%Y-%m-%dT%H:%M:%SZ").to_pylist())


def _decimals_to_doubles(array: pa.Array) -> list[Any]:
    """Decimals as the nearest doubles: the digits as an integer below 10**15, divided once, so rounded once."""
    scale = array.type.scale
    return list(pa.array(unscaled(array) / 10.0**scale, mask=_nulls(array)).to_pylist())


def _doubles_to_decimals(values: Sequence[Any], wanted: pa.DataType) -> pa.Array:
    doubles = pa.array(values, pa.float64())
    numbers = np.nan_to_num(doubles.to_numpy(zero_copy_only=False))
    return scaled(np.rint(numbers * 10.0**wanted.scale).astype(np.int64), wanted, _nulls(doubles))


def _nulls(array: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(array.is_null().to_numpy(zero_copy_only=False), np.bool_)


def unscaled(array: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The digits of decimals of at most 15 digits as integers; anything where they are null."""
    data = array.buffers()[1]
    words = np.frombuffer(data, np.int64).reshape(-1, 2)[array.offset : array.offset + len(array)]
    return np.where(_nulls(array), 0, words[:, 0])


def scaled(
    digits: np.ndarray[Any, np.dtype[np.int64]], wanted: pa.DataType, nulls: np.ndarray[Any, np.dtype[np.bool_]]
) -> pa.Array:
    """The decimals of type `wanted` with these digits: 1250 is 12.50 with two decimals."""
    words = np.empty((len(digits), 2), np.int64)
    words[:, 0], words[:, 1] = digits, digits >> 63
    present = pa.py_buffer(np.packbits(~nulls, bitorder="little")) if nulls.any() else None
    return pa.Array.from_buffers(wanted, len(digits), [present, pa.py_buffer(words)])


PLAIN = Codec(_as_is, _typed)

SQLITE: Mapping[str, Codec] = {
    "text": PLAIN,
    "integer": PLAIN,
    "real": PLAIN,
    "decimal": Codec(_decimals_to_doubles, _doubles_to_decimals),
    "boolean": Codec(_as_is, _from_flags),
    "date": Codec(_date_texts, _parsed),
    "datetime": Codec(_time_texts, _parsed),
    "area": PLAIN,
}
"""GeoPackage has no decimals, dates and times of its own: doubles and ISO 8601 texts (OGC 12-128r18, table 1)."""

POSTGRESQL: Mapping[str, Codec] = dict.fromkeys(SQLITE, PLAIN)
"""psycopg takes and gives int, float, Decimal, bool, date and aware datetime."""


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type of a column of `kind` (not of geometry)."""
    return ARROW_TYPES[kind.base](kind.number)


def one(value: Any, wanted: pa.DataType) -> pa.Array:
    """An array of one value."""
    return pa.array([value], wanted)
