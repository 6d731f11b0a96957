"""How are many geometries held at once, so that loops over them need no object a feature?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis.errors import GeometryError
from gis.kernels import gather, wkb

if TYPE_CHECKING:
    import geopandas

Reals = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class GeometryKind(StrEnum):
    """What a column holds; a multi geometry is of the kind of its parts."""

    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"


_CODES = {GeometryKind.POINT: wkb.POINT, GeometryKind.LINE: wkb.LINE, GeometryKind.POLYGON: wkb.POLYGON}
_KINDS = {code: kind for kind, code in _CODES.items()}
_NO_Z: Reals = np.empty(0)
_NO_Z.flags.writeable = False

_FAULTS = {
    wkb.TRUNCATED: ("WKB 被截断或计数超出数据长度", "the WKB is cut short or a count exceeds its length"),
    wkb.ORDER: ("不是 WKB（字节序标志无效）", "this is not WKB (bad byte-order mark)"),
    wkb.TYPE: ("几何类型不受支持（只支持点、线、面及其多部件）",
               "the geometry type is not supported (points, lines, polygons and their multi forms are)"),
    wkb.MEMBER: ("多部件几何中有其他类型的部件", "a multi geometry holds a part of another type"),
    wkb.MIXED: ("几何种类与前面的要素不同", "its kind differs from that of the features before"),
    wkb.SHORT: ("线少于 2 个点，或环少于 3 个点", "a line has fewer than 2 points or a ring fewer than 3"),
    wkb.OPEN: ("环未闭合", "a ring is not closed"),
    wkb.TRAILING: ("WKB 之后有多余字节", "bytes follow the end of the WKB"),
    wkb.NOT_FINITE: ("坐标不是有限数（NaN 或无穷大）", "a coordinate is not finite (NaN or infinity)"),
    wkb.NO_SHELL: ("面的外环为空却有内环", "a polygon has holes but an empty shell"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class GeometryColumns:
    """Points, lines or polygons of many features in flat, read-only arrays (the GeoArrow layout).

    xy              float64 (vertices, 2), C-contiguous; always finite. Rings repeat their first vertex at the end
    z               float64 (vertices,), NaN where a vertex has none; None if no feature has Z. M is not kept
    ring_offsets    int64: ring -> vertices. A line is one ring; so is a point, with one vertex
    part_offsets    int64: part -> rings, the shell first. A part of a line or point feature has one ring
    feature_offsets int64: feature -> parts. A None or empty feature has no part; an empty part of a multi is dropped
    present         bool: False is None, the absence of a geometry; an empty one is present
    multi           bool: whether the feature is Multi*, so that `to_wkb` gives back what came

    Item k of a level spans offsets[k]:offsets[k + 1] of the next. Raises GeometryError where arrays do not fit.
    """

    kind: GeometryKind
    xy: Reals
    z: Reals | None
    ring_offsets: Ints
    part_offsets: Ints
    feature_offsets: Ints
    present: Flags
    multi: Flags

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            if (value := getattr(self, name)) is not None:
                view = np.ascontiguousarray(value, dtype).view()
                view.flags.writeable = False
                object.__setattr__(self, name, view)
        if fault := self._misfit():
            raise GeometryError(f"几何数组不一致：{fault}。", f"The geometry arrays do not fit together: {fault}.")

    def _misfit(self) -> str:
        """The name of the first array that does not fit the next; "" if all do."""
        if self.xy.ndim != 2 or self.xy.shape[1] != 2:
            return "xy"
        if self.z is not None and self.z.shape != self.xy.shape[:1]:
            return "z"
        levels = (
            ("feature_offsets", self.feature_offsets, len(self.part_offsets) - 1),
            ("part_offsets", self.part_offsets, len(self.ring_offsets) - 1),
            ("ring_offsets", self.ring_offsets, len(self.xy)),
        )
        for name, offsets, end in levels:
            if len(offsets) == 0 or offsets[0] != 0 or offsets[-1] != end or not gather.is_ascending(offsets):
                return name
        for name, flags in (("present", self.present), ("multi", self.multi)):
            if len(flags) != len(self.feature_offsets) - 1:
                return name
        return ""

    def __len__(self) -> int:
        """The number of features."""
        return len(self.present)

    @classmethod
    def from_wkb(
        cls, values: Sequence[bytes | None] | pa.Array | pa.ChunkedArray, *, kind: GeometryKind | None = None
    ) -> Self:
        """The columns of WKB or EWKB `values`: bytes and None, or an Arrow binary array, in whole or in chunks.

        `kind` is required of every value; without it the first value decides, and polygons if there is none.
        Raises GeometryError naming the first feature that is damaged, not finite, of another kind or not supported.
        """
        columns: list[Self] = []
        first, known = 0, kind
        for chunk in _chunks(values):
            columns.append(cls._from_binary(chunk, known, first))
            first += len(chunk)
            known = known or (columns[-1].kind if columns[-1].present.any() else None)
        if len(columns) == 1:
            return columns[0]
        return cls.concatenate([c if known is None else replace(c, kind=known) for c in columns])

    @classmethod
    def _from_binary(cls, array: pa.Array, kind: GeometryKind | None, first: int) -> Self:
        data, offsets, present = _binary_buffers(array)
        totals = np.zeros(4, np.int64)
        error, feature, code = wkb.measure(data, offsets, present, _CODES[kind] if kind else 0, totals)
        if error == wkb.OK:
            count = len(present)
            xy, z = np.empty((totals[3], 2)), np.empty(totals[3] if totals[0] else 0)
            rings, parts = np.zeros(totals[2] + 1, np.int64), np.zeros(totals[1] + 1, np.int64)
            features, multi = np.zeros(count + 1, np.int64), np.zeros(count, np.bool_)
            error, feature = wkb.fill(data, offsets, present, xy, z, rings, parts, features, multi)
        if error != wkb.OK:
            raise _fault(error, first + feature)
        kind = kind or _KINDS.get(code, GeometryKind.POLYGON)
        return cls(kind, xy, z if totals[0] else None, rings, parts, features, present, multi)

    @classmethod
    def from_shapely(cls, geometries: Any, *, kind: GeometryKind | None = None) -> Self:
        """The columns of shapely `geometries` (any array-like of them and None); errors as `from_wkb`."""
        try:
            values = shapely.to_wkb(np.asarray(geometries, dtype=object))
        except (TypeError, shapely.errors.GEOSException) as error:
            raise GeometryError(f"不是几何对象：{error}", f"These are not geometries: {error}") from error
        return cls.from_wkb(pa.array(values, pa.large_binary()), kind=kind)

    @classmethod
    def from_geoseries(cls, series: geopandas.GeoSeries, *, kind: GeometryKind | None = None) -> Self:
        """The columns of a GeoSeries; its index and CRS are left to the caller."""
        return cls.from_shapely(series.to_numpy(), kind=kind)

    def to_wkb(self) -> pa.Array:
        """Little-endian ISO WKB as an Arrow binary array (large_binary from 2 GiB on); None stays null.

        A feature whose Z is NaN throughout is written without Z.
        """
        code, z = _CODES[self.kind], _NO_Z if self.z is None else self.z
        levels = (self.ring_offsets, self.part_offsets, self.feature_offsets, self.present, self.multi)
        offsets = np.zeros(len(self) + 1, np.int64)
        wkb.sizes(code, z, *levels, offsets)
        offsets.flags.writeable = False
        data = np.empty(offsets[-1], np.uint8)
        wkb.write(code, self.xy, z, *levels, offsets, data)
        small = offsets[-1] < 2**31
        nulls = None if self.present.all() else pa.py_buffer(np.packbits(self.present, bitorder="little"))
        buffers = [nulls, pa.py_buffer(offsets.astype(np.int32) if small else offsets), pa.py_buffer(data)]
        return pa.Array.from_buffers(pa.binary() if small else pa.large_binary(), len(self), buffers)

    def to_shapely(self) -> NDArray[np.object_]:
        """The features as shapely geometries; None stays None."""
        result: NDArray[np.object_] = shapely.from_wkb(self.to_wkb().to_numpy(zero_copy_only=False))
        return result

    def bounds(self) -> Reals:
        """(features, 4) float64: west, south, east, north in the CRS of the columns; NaN for None and empty."""
        out = np.empty((len(self), 4))
        gather.bounds(self.xy, self.vertex_offsets, out)
        return out

    @property
    def vertex_offsets(self) -> Ints:
        """int64: feature -> vertices."""
        offsets: Ints = self.ring_offsets[self.part_offsets[self.feature_offsets]]
        offsets.flags.writeable = False
        return offsets

    def take(self, indices: Any) -> Self:
        """The features at `indices` (integers, from 0; or a mask of booleans), in that order, repeats allowed.

        Raises GeometryError for an index that is not there.
        """
        wanted = np.asarray(indices)
        if wanted.dtype == np.bool_:
            if wanted.shape != self.present.shape:
                raise _bad_index(f"mask of {wanted.size}", len(self))
            wanted = np.flatnonzero(wanted)
        wanted = wanted.astype(np.int64, copy=False).reshape(-1)
        if len(wanted) and (wanted.min() < 0 or wanted.max() >= len(self)):
            raise _bad_index(f"{wanted.min()}..{wanted.max()}", len(self))
        parts, features = gather.picked(self.feature_offsets, wanted)
        rings, part_offsets = gather.picked(self.part_offsets, parts)
        vertices, ring_offsets = gather.picked(self.ring_offsets, rings)
        z = None if self.z is None else self.z[vertices]
        present, multi = self.present[wanted], self.multi[wanted]
        return type(self)(self.kind, self.xy[vertices], z, ring_offsets, part_offsets, features, present, multi)

    @classmethod
    def concatenate(cls, columns: Sequence[GeometryColumns]) -> Self:
        """The features of all `columns`, in order. Raises GeometryError if there are none or their kinds differ."""
        kinds = {c.kind for c in columns}
        if len(kinds) != 1:
            names = ", ".join(sorted(kinds)) or "-"
            raise GeometryError(f"不能合并这些几何列：{names}。", f"These columns cannot be joined: {names}.")
        z = None
        if any(c.z is not None for c in columns):
            z = np.concatenate([np.full(len(c.xy), np.nan) if c.z is None else c.z for c in columns])
        return cls(
            kinds.pop(),
            np.concatenate([c.xy for c in columns]),
            z,
            _joined(c.ring_offsets for c in columns),
            _joined(c.part_offsets for c in columns),
            _joined(c.feature_offsets for c in columns),
            np.concatenate([c.present for c in columns]),
            np.concatenate([c.multi for c in columns]),
        )


_DTYPES: dict[str, type[np.generic]] = {
    "xy": np.float64, "z": np.float64, "ring_offsets": np.int64, "part_offsets": np.int64,
    "feature_offsets": np.int64, "present": np.bool_, "multi": np.bool_,
}  # fmt: skip


def _chunks(values: Sequence[bytes | None] | pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    """`values` as Arrow large_binary arrays, at least one."""
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        try:
            values = pa.array(values, pa.large_binary())
        except (pa.ArrowException, TypeError) as error:
            raise GeometryError(f"不是 WKB 字节：{error}", f"These are not WKB bytes: {error}") from error
    chunks = list(values.chunks) if isinstance(values, pa.ChunkedArray) else [values]
    return [_as_large_binary(chunk) for chunk in chunks] or [pa.array([], pa.large_binary())]


def _as_large_binary(array: pa.Array) -> pa.Array:
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        raise GeometryError("这是文本，不是 WKB 字节。", "This is text, not WKB bytes.")
    try:
        return array.cast(pa.large_binary())
    except pa.ArrowException as error:
        raise GeometryError(f"{array.type} 类型的列不是 WKB。", f"A column of type {array.type} is not WKB.") from error


def _binary_buffers(array: pa.Array) -> tuple[NDArray[np.uint8], Ints, Flags]:
    """The bytes, the offsets into them and the presence of a large_binary array, without copying the bytes."""
    _, offsets_buffer, data_buffer = array.buffers()
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.empty(0, np.uint8)
    offsets = np.zeros(1, np.int64)
    if len(array):
        offsets = np.frombuffer(offsets_buffer, np.int64)[array.offset : array.offset + len(array) + 1]
    present = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), np.bool_)
    arrays = data.view(), offsets.view(), present.view()
    for view in arrays:
        view.flags.writeable = False
    return arrays


def _joined(offsets: Iterable[Ints]) -> Ints:
    """Offsets of items laid end to end."""
    lengths = [np.diff(item) for item in offsets]
    return np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)


def _fault(error: int, feature: int) -> GeometryError:
    zh, en = _FAULTS[error]
    return GeometryError(
        f"第 {feature} 个要素（从 0 起）的几何无法读取：{zh}。",
        f"The geometry of feature {feature} (from 0) cannot be read: {en}.",
        place=f"feature {feature}",
        remedy_zh="请修正或删除该要素后重试。",
        remedy_en="Correct or remove the feature and try again.",
    )


def _bad_index(came: str, count: int) -> GeometryError:
    return GeometryError(f"没有要素 {came}，共 {count} 个。", f"There is no feature {came}; there are {count}.")
