"""How do features read as GeoJSON (RFC 7946)?"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis.boxes import readonly
from gis.columns import GeometryColumns, GeometryKind, Ints
from gis.errors import GeometryError, GisError
from gis.json_values import json_name, json_texts
from gis.kernels import features as kernel

Batch = tuple[GeometryColumns, NDArray[Any] | None, pa.Table]
"""Geometries, ids (or None) and properties of the same features."""

MOST_DIGITS = 15
BLOCK = 16_384
"""Features written at a time: the text of a block stays small, and no step of Arrow's is paid for a few rows."""

_CODES = {GeometryKind.POINT: kernel.POINT, GeometryKind.LINE: kernel.LINE, GeometryKind.POLYGON: kernel.POLYGON}
_NO_REALS, _NO_INTS = readonly(np.empty(0)), readonly(np.empty(0, np.int64))


def feature_collection(
    columns: GeometryColumns,
    ids: NDArray[Any] | None,
    properties: pa.Table,
    *,
    precision: int = 7,
    keep_z: bool = False,
    extra_members: bytes = b"",
) -> bytes:
    """One FeatureCollection, UTF-8.

    `columns` are in CRS84 (longitude, latitude in degrees); their digits are rounded half up to `precision` (0 to 15)
    after the point, 7 being about a centimetre. Shells run counter-clockwise and holes clockwise (section 3.1.6).
    None is a null geometry, an empty one has no coordinates. Z is written with `keep_z`, where a vertex has one.
    `ids` are integers; `properties` has a row a feature (see `gis.json_values`). `extra_members` are JSON members
    without braces that stand before the features. Raises GeometryError for lengths that differ, coordinates that are
    not finite and a wrong precision, GisError for properties that JSON cannot hold and names used twice.
    """
    out = io.BytesIO()  # gives its bytes away without a copy
    for chunk in _collection([(columns, ids, properties)], precision, keep_z, extra_members):
        out.write(chunk)
    return out.getvalue()


def feature_collection_chunks(
    batches: Iterable[Batch], *, precision: int = 7, keep_z: bool = False, extra_members: bytes = b""
) -> Iterator[bytes]:
    """The FeatureCollection of all `batches` piece by piece, in the memory of one; otherwise `feature_collection`."""
    return (bytes(chunk) for chunk in _collection(batches, precision, keep_z, extra_members))


def feature(
    columns: GeometryColumns,
    ids: NDArray[Any] | None,
    properties: pa.Table,
    *,
    precision: int = 7,
    keep_z: bool = False,
    extra_members: bytes = b"",
) -> bytes:
    """The single Feature of `columns`; otherwise as `feature_collection`. Raises GeometryError unless there is one."""
    if len(columns) != 1:
        raise GeometryError(
            f"应为 1 个要素，实为 {len(columns)} 个。", f"One feature is wanted; there are {len(columns)}."
        )
    (text,) = _blocks(columns, ids, properties, precision, keep_z)
    extra = b"," + extra_members if extra_members else b""
    return bytes(text[:-2]) + extra + b"}"


def _collection(
    batches: Iterable[Batch], precision: int, keep_z: bool, extra_members: bytes
) -> Iterator[bytes | memoryview]:
    extra = b"," + extra_members if extra_members else b""
    yield b'{"type":"FeatureCollection"' + extra + b',"features":['
    comma = b""
    for columns, ids, properties in batches:
        for text in _blocks(columns, ids, properties, precision, keep_z):
            if comma:
                yield comma
            yield text[:-1]
            comma = b","
    yield b"]}"


def _blocks(
    columns: GeometryColumns, ids: NDArray[Any] | None, properties: pa.Table, precision: int, keep_z: bool
) -> Iterator[memoryview]:
    """The text of up to BLOCK features after another, each feature with a comma; it is gone when the next is made."""
    _check(columns, ids, properties, precision)
    z = columns.z if keep_z and columns.z is not None else _NO_REALS
    levels = columns.ring_offsets, columns.part_offsets, columns.feature_offsets
    keys = _NO_INTS if ids is None else readonly(np.asarray(ids).astype(np.int64))
    out = np.empty(0, np.uint8)
    for first in range(0, len(columns), BLOCK):
        last = min(first + BLOCK, len(columns))
        cells = _Cells.of(properties, first, last)
        room = kernel.room(*levels, columns.xy, z, precision, first, last)
        if room < 0:
            raise GeometryError("坐标不是有限数。", "A coordinate is not finite.")
        room += (last - first) * (kernel.FRAME + len(cells.heads)) + len(cells.data)
        if len(out) < room:
            out = np.empty(room, np.uint8)
        geometries = (_CODES[columns.kind], columns.xy, z, *levels, columns.present, columns.multi)
        attributes = cells.heads, cells.head_ends, cells.data, cells.ends
        yield out[: kernel.write(*geometries, keys, *attributes, precision, first, last, out)].data


def _check(columns: GeometryColumns, ids: NDArray[Any] | None, properties: pa.Table, precision: int) -> None:
    if not 0 <= precision <= MOST_DIGITS:
        raise GeometryError(
            f"小数位数应为 0 至 {MOST_DIGITS}：{precision}", f"Digits must be 0 to {MOST_DIGITS}: {precision}"
        )
    rows = properties.num_rows if properties.num_columns else len(columns)
    keys = len(columns) if ids is None else len(ids)
    if rows != len(columns) or keys != len(columns):
        raise GeometryError(
            f"几何 {len(columns)} 个、编号 {keys} 个、属性 {rows} 行，数目不一致。",
            f"There are {len(columns)} geometries, {keys} ids and {rows} rows of properties.",
        )
    if ids is not None and not np.can_cast(ids.dtype, np.int64):
        raise GisError(f"要素编号应为整数：{ids.dtype}", f"Feature ids must be integers: {ids.dtype}")
    names = properties.column_names
    if len(set(names)) < len(names):
        raise GisError(f"字段名重复：{names}。", f"Field names are used twice: {names}.")


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Properties of a block of rows as JSON: heads (comma, name, colon) by column, values by column and row."""

    heads: NDArray[np.uint8]
    head_ends: Ints
    data: NDArray[np.uint8]
    ends: Ints

    @classmethod
    def of(cls, table: pa.Table, first: int, last: int) -> _Cells:
        heads, head_ends = [], [0]
        data, ends = [np.empty(0, np.uint8)], np.empty((table.num_columns, last - first + 1), np.int64)
        total = 0
        for k, name in enumerate(table.column_names):
            heads.append((("," if k else "") + json_name(name) + ":").encode())
            head_ends.append(head_ends[-1] + len(heads[-1]))
            texts = json_texts(_combined(table.column(k).slice(first, last - first)), name)
            offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
            data.append(np.frombuffer(texts.buffers()[2], np.uint8)[offsets[0] : offsets[-1]])
            ends[k] = offsets + (total - offsets[0])
            total += len(data[-1])
        literal = np.frombuffer(b"".join(heads), np.uint8)
        return cls(
            readonly(literal), readonly(np.array(head_ends)), readonly(np.concatenate(data)), readonly(ends)
        )  # fmt: skip


def _combined(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
