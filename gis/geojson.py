"""How do features read as GeoJSON (RFC 7946)?"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis.boxes import readonly
from gis.columns import GeometryColumns, GeometryKind, Ints
from gis.errors import GeometryError, GisError
from gis.json_values import json_name, json_texts
from gis.kernels import geojson as kernel

SomeIds: TypeAlias = Sequence[int | str | None] | NDArray[Any] | pa.Array | pa.ChunkedArray
"""Integers or texts; None in it is a feature without an id."""

Batch: TypeAlias = tuple[GeometryColumns, SomeIds | None, pa.Table | None]
"""Geometries, ids and properties of the same features."""

MOST_DIGITS = 15
MOST_FEATURES, MOST_VERTICES = 16_384, 131_072
"""What is written at a time: few enough that the text stays small, and no step of Arrow's is paid for a few rows."""

_CODES = {GeometryKind.POINT: kernel.POINT, GeometryKind.LINE: kernel.LINE, GeometryKind.POLYGON: kernel.POLYGON}
_NO_Z = readonly(np.empty(0))


def feature_collection(
    columns: GeometryColumns,
    ids: SomeIds | None,
    properties: pa.Table | None,
    *,
    precision: int = 7,
    keep_z: bool = False,
    extra_members: bytes = b"",
) -> bytes:
    """One FeatureCollection, UTF-8.

    `columns` are in CRS84 (longitude, latitude in degrees); their digits are rounded half up to `precision` (0 to 15)
    after the point, 7 being about a centimetre. Shells run counter-clockwise and holes clockwise (section 3.1.6).
    None is a null geometry, an empty one has no coordinates. Z is written with `keep_z`, where a vertex has one.
    `properties` has a row a feature (see `gis.json_values`); without it every feature has an empty object.
    `extra_members` are JSON members without braces, such as b'"numberMatched":3', that stand before the features.

    Raises GeometryError for lengths that differ, coordinates that are not finite and a wrong precision, GisError for
    properties that JSON cannot hold, names used twice and ids that are neither integers nor texts.
    """
    out = io.BytesIO()  # gives its bytes away without a copy
    for chunk in _collection([(columns, ids, properties)], precision, keep_z, extra_members):
        out.write(chunk)
    return out.getvalue()


def feature_collection_chunks(
    columns: GeometryColumns,
    ids: SomeIds | None,
    properties: pa.Table | None,
    *,
    precision: int = 7,
    keep_z: bool = False,
    extra_members: bytes = b"",
) -> Iterator[bytes]:
    """`feature_collection` piece by piece, a few megabytes each."""
    _check(columns, ids, properties, precision)
    return feature_collection_of(
        [(columns, ids, properties)], precision=precision, keep_z=keep_z, extra_members=extra_members
    )


def feature_collection_of(
    batches: Iterable[Batch],
    *,
    precision: int = 7,
    keep_z: bool = False,
    extra_members: bytes = b"",
    last_members: Callable[[], bytes] = bytes,
) -> Iterator[bytes]:
    """One FeatureCollection of all `batches` piece by piece, in the memory of a batch and a piece.

    `last_members` gives members that stand after the features, when these are written. Otherwise as
    `feature_collection`; a batch is checked when its turn comes.
    """
    return (bytes(chunk) for chunk in _collection(batches, precision, keep_z, extra_members, last_members))


def feature(
    columns: GeometryColumns,
    ids: SomeIds | None,
    properties: pa.Table | None,
    *,
    precision: int = 7,
    keep_z: bool = False,
    extra_members: bytes = b"",
) -> bytes:
    """The single Feature of `columns`, `extra_members` at its end; otherwise as `feature_collection`.

    Raises GeometryError unless there is exactly one.
    """
    if len(columns) != 1:
        raise GeometryError(
            f"应为 1 个要素，实为 {len(columns)} 个。", f"One feature is wanted; there are {len(columns)}."
        )
    (text,) = _blocks(columns, ids, properties, precision, keep_z)
    extra = b"," + extra_members if extra_members else b""
    return bytes(text[:-2]) + extra + b"}"


def _collection(
    batches: Iterable[Batch],
    precision: int,
    keep_z: bool,
    extra_members: bytes,
    last_members: Callable[[], bytes] = bytes,
) -> Iterator[bytes | memoryview]:
    extra = b"," + extra_members if extra_members else b""
    yield b'{"type":"FeatureCollection"' + extra + b',"features":['
    is_first = True
    for columns, ids, properties in batches:
        for text in _blocks(columns, ids, properties, precision, keep_z):
            if not is_first:
                yield b","
            yield text[:-1]
            is_first = False
    last = last_members()
    yield b"]" + (b"," + last if last else b"") + b"}"


def _blocks(
    columns: GeometryColumns, ids: SomeIds | None, properties: pa.Table | None, precision: int, keep_z: bool
) -> Iterator[memoryview]:
    """The text of some features after another, a comma after each; a block is gone when the next one is made."""
    _check(columns, ids, properties, precision)
    z = columns.z if keep_z and columns.z is not None else _NO_Z
    levels = columns.ring_offsets, columns.part_offsets, columns.feature_offsets
    geometries = _CODES[columns.kind], columns.xy, z, *levels, columns.present, columns.multi
    heads = _heads(properties)
    out = np.empty(0, np.uint8)
    for first, last in _spans(columns):
        keys, cells = _keys(ids, first, last), _cells(properties, first, last)
        room = kernel.room(columns.xy, z, *levels, first, last)
        if room < 0:
            raise GeometryError("坐标不是有限数。", "A coordinate is not finite.")
        room += (last - first) * (kernel.FRAME + len(heads.data)) + len(cells.data) + len(keys.data)
        if len(out) < room:
            out = np.empty(room, np.uint8)
        texts = keys.data, keys.ends[0], heads.data, heads.ends[0], cells.data, cells.ends
        yield out[: kernel.write(*geometries, *texts, precision, first, last, out)].data


def _spans(columns: GeometryColumns) -> Iterator[tuple[int, int]]:
    """First and last of the features to write at a time."""
    vertices = columns.vertex_offsets
    first, count = 0, len(columns)
    while first < count:
        reached = int(np.searchsorted(vertices, vertices[first] + MOST_VERTICES, side="right")) - 1
        last = min(max(reached, first + 1), first + MOST_FEATURES, count)
        yield first, last
        first = last


def _check(columns: GeometryColumns, ids: SomeIds | None, properties: pa.Table | None, precision: int) -> None:
    if not 0 <= precision <= MOST_DIGITS:
        raise GeometryError(
            f"小数位数应为 0 至 {MOST_DIGITS}：{precision}", f"Digits must be 0 to {MOST_DIGITS}: {precision}"
        )
    names = [] if properties is None else properties.column_names
    rows = properties.num_rows if properties is not None and names else len(columns)
    keys = len(columns) if ids is None else len(ids)
    if rows != len(columns) or keys != len(columns):
        raise GeometryError(
            f"几何 {len(columns)} 个、编号 {keys} 个、属性 {rows} 行，数目不一致。",
            f"There are {len(columns)} geometries, {keys} ids and {rows} rows of properties.",
        )
    if len(set(names)) < len(names):
        raise GisError(f"字段名重复：{names}。", f"Field names are used twice: {names}.")


@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    """JSON texts by column and row in one buffer: row r of column c spans data[ends[c, r]:ends[c, r + 1]]."""

    data: NDArray[np.uint8]
    ends: Ints

    @classmethod
    def of(cls, columns: list[pa.Array], rows: int) -> _Texts:
        """The texts of `columns`, large_string arrays of `rows` values, none of them null."""
        data, ends = [np.empty(0, np.uint8)], np.zeros((len(columns), rows + 1), np.int64)
        total = 0
        for k, column in enumerate(columns):
            _, offsets, text = column.buffers()
            spans = np.frombuffer(offsets, np.int64)[column.offset : column.offset + rows + 1]
            data.append(np.frombuffer(text or b"", np.uint8)[spans[0] : spans[-1]])
            np.add(spans, total - spans[0], out=ends[k])
            total += len(data[-1])
        return cls(readonly(np.concatenate(data)), readonly(ends))


def _heads(table: pa.Table | None) -> _Texts:
    """What stands before the value of each column: comma, name, colon."""
    names = [] if table is None else table.column_names
    texts = [("," if k else "") + json_name(name) + ":" for k, name in enumerate(names)]
    return _Texts.of([pa.array(texts, pa.large_string())], len(names))


def _cells(table: pa.Table | None, first: int, last: int) -> _Texts:
    columns = {} if table is None else dict(zip(table.column_names, table.columns, strict=True))
    return _Texts.of([json_texts(_piece(c, first, last), name) for name, c in columns.items()], last - first)


def _keys(ids: SomeIds | None, first: int, last: int) -> _Texts:
    """The ids as JSON, null or empty where there is none."""
    if ids is None:
        return _Texts(_NO_TEXT, readonly(np.zeros((1, last - first + 1), np.int64)))
    keys = _piece(ids, first, last) if isinstance(ids, pa.ChunkedArray) else pa.array(ids[first:last])
    if not (pa.types.is_integer(keys.type) or pa.types.is_string(keys.type) or pa.types.is_large_string(keys.type)):
        raise GisError(
            f"要素编号应为整数或文本，而不是 {keys.type}。", f"Feature ids must be integers or texts, not {keys.type}."
        )
    return _Texts.of([json_texts(keys, "id")], last - first)


def _piece(column: pa.ChunkedArray, first: int, last: int) -> pa.Array:
    piece = column.slice(first, last - first)
    return piece.chunk(0) if piece.num_chunks == 1 else pa.concat_arrays(piece.chunks)


_NO_TEXT = readonly(np.empty(0, np.uint8))
