"""How are attributes held so that a tile copies their bytes and encodes nothing?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis.boxes import readonly
from gis.columns import Flags, Ints
from gis.errors import GisError
from gis.kernels import mvt

Bytes = NDArray[np.uint8]

SHARED_AT_MOST = 65_536
"""A column of more different values is written row by row, as is one that hardly repeats any."""

_HARDLY = 0.9
_ALWAYS_SHARED = 256


@dataclass(frozen=True, slots=True, eq=False)
class TileValues:
    """The attributes of a layer as ready Layer.values entries; read-only, so that threads share it.

    keys      Layer.keys entries, one a column
    codes     int32 (rows, columns): number of the row's value, -1 for None
    shared    bool a column: whether its values repeat, so that a tile holds each once
    repeated  number of entries of the shared columns; they come first, then an entry a row with its other values
    data      the entries one after another; entry k spans offsets[k]:offsets[k + 1]
    """

    names: tuple[str, ...]
    keys: bytes
    codes: NDArray[np.int32]
    shared: Flags
    repeated: int
    data: Bytes
    offsets: Ints

    @classmethod
    def of(cls, table: pa.Table) -> TileValues:
        """The values of `table`; None, NaN and infinities are left out.

        Text, numbers, booleans, dates and times are taken, the last two as ISO text. Raises GisError for other types,
        names used twice and more than 2**31 values.
        """
        names = tuple(table.column_names)
        if len(set(names)) < len(names):
            raise GisError(f"字段名重复：{names}。", f"Field names are used twice: {names}.")
        encoded = [_encoded(table.column(name), name) for name in names]
        shared = np.array([_repeats(len(offsets) - 1, table.num_rows) for _, _, offsets in encoded], np.bool_)
        if sum(len(offsets) for _, _, offsets in encoded) > 2**31 - 1:
            raise GisError("属性值太多，无法制作瓦片。", "There are too many attribute values for tiles.")
        codes = np.full((table.num_rows, len(names)), -1, np.int32)
        kept, others = (_stored(encoded, np.flatnonzero(which), codes) for which in (shared, ~shared))
        data, offsets = mvt.rows_of_values(readonly(codes[:, ~shared]), *others)
        ends = np.concatenate([kept[1], offsets[1:] + kept[1][-1]])
        keys = b"".join(field(0x1A, name.encode()) for name in names)
        store = readonly(np.concatenate([kept[0], data])), readonly(ends)
        return cls(names, keys, readonly(codes), readonly(shared), len(kept[1]) - 1, *store)

    @classmethod
    def none(cls, rows: int) -> TileValues:
        """No attributes for any of `rows` features."""
        nothing = cls.of(pa.table({}))
        offsets = readonly(np.zeros(rows + 1, np.int64))
        return replace(nothing, codes=readonly(np.empty((rows, 0), np.int32)), offsets=offsets)

    def column(self, name: str) -> int:
        """The number of the column; raises GisError with the valid names."""
        if name not in self.names:
            allowed = ", ".join(self.names)
            raise GisError(f"没有字段 {name}；有：{allowed}。", f"There is no field {name}; there are: {allowed}.")
        return self.names.index(name)


def _repeats(different: int, rows: int) -> bool:
    """Whether a column of so many different values is worth a look for each, so that a tile holds it once."""
    return different <= _ALWAYS_SHARED or (different <= SHARED_AT_MOST and different <= _HARDLY * rows)


def _stored(encoded: list[tuple[Ints, Bytes, Ints]], columns: Ints, codes: NDArray[np.int32]) -> tuple[Bytes, Ints]:
    """The entries of `columns` and their offsets; writes the numbers of the entries to `codes`."""
    blobs, ends, entries, end = [np.empty(0, np.uint8)], [np.zeros(1, np.int64)], 0, 0
    for column in columns:
        numbers, data, offsets = encoded[column]
        codes[:, column] = np.where(numbers < 0, -1, numbers + entries)
        blobs.append(data)
        ends.append(offsets[1:] + end)
        entries, end = entries + len(offsets) - 1, end + int(offsets[-1])
    return readonly(np.concatenate(blobs)), readonly(np.concatenate(ends))


def field(tag: int, content: bytes) -> bytes:
    """A protobuf field of bytes: tag byte, length, content."""
    length, out = len(content), bytearray([tag])
    while length >= 128:
        out.append(length & 127 | 128)
        length >>= 7
    out.append(length)
    return bytes(out) + content


def _encoded(column: pa.ChunkedArray, name: str) -> tuple[Ints, Bytes, Ints]:
    """Number of each row's entry (-1 for None), the entries, and their offsets."""
    array = pa.array([], column.type) if column.num_chunks == 0 else column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # combine_chunks gives chunks again where one would be over 2 GiB
        raise GisError("属性列超过 2 GiB。", "The attribute column is over 2 GiB.", place=name)
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    encode = next((encode for accepts, encode in _ENCODERS if accepts(array.type)), None)
    if encode is None:
        raise GisError(
            f"字段类型 {array.type} 不能写入矢量瓦片。",
            f"The type {array.type} cannot go into vector tiles.",
            place=name,
            remedy_zh="可用：文本、整数、小数、布尔、日期、时间。",
            remedy_en="Allowed: text, integers, reals, booleans, dates, times.",
        )
    return encode(array)


def _dictionary(array: pa.Array) -> tuple[Ints, pa.Array]:
    coded = array.dictionary_encode()
    numbers = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers, coded.dictionary


def _text(array: pa.Array) -> tuple[Ints, Bytes, Ints]:
    numbers, texts = _dictionary(array.cast(pa.large_string()))
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1] if offsets else np.zeros(1)
    raw = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    return numbers, *mvt.string_values(readonly(raw), readonly(starts.astype(np.int64)))


def _integers(array: pa.Array) -> tuple[Ints, Bytes, Ints]:
    if pa.types.is_uint64(array.type):
        array = pc.if_else(pc.less(array, pa.scalar(2**63, pa.uint64())), array, None)
    numbers, values = _dictionary(array.cast(pa.int64()))
    return numbers, *mvt.integer_values(readonly(values.to_numpy(zero_copy_only=False)))


def _reals(array: pa.Array) -> tuple[Ints, Bytes, Ints]:
    doubles = array.cast(pa.float64())
    numbers, values = _dictionary(pc.if_else(pc.is_finite(doubles), doubles, None))
    return _fixed(numbers, b"\x22\x09\x19", values.to_numpy(zero_copy_only=False).astype("<f8").view(np.uint8))


def _booleans(array: pa.Array) -> tuple[Ints, Bytes, Ints]:
    numbers, values = _dictionary(array)
    return _fixed(numbers, b"\x22\x02\x38", values.to_numpy(zero_copy_only=False).astype(np.uint8))


def _fixed(numbers: Ints, head: bytes, content: Bytes) -> tuple[Ints, Bytes, Ints]:
    """Entries that begin with `head`, whose second byte tells their length."""
    width = head[1] + 2
    rows = content.reshape(-1, width - len(head))
    entries = np.empty((len(rows), width), np.uint8)
    entries[:, : len(head)] = np.frombuffer(head, np.uint8)
    entries[:, len(head) :] = rows
    return numbers, entries.reshape(-1), np.arange(len(rows) + 1, dtype=np.int64) * width


def _iso(array: pa.Array) -> tuple[Ints, Bytes, Ints]:
    return _text(array.cast(pa.large_string()))


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def _is_real(kind: Any) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind))


_ENCODERS: tuple[tuple[Callable[[Any], bool], Callable[[pa.Array], tuple[Ints, Bytes, Ints]]], ...] = (
    (_is_text, _text),
    (pa.types.is_boolean, _booleans),
    (pa.types.is_integer, _integers),
    (_is_real, _reals),
    (pa.types.is_temporal, _iso),
)
