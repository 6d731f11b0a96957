"""Are these geometries plain two-dimensional WKB, and where do they lie?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis.errors import FormatError
from gis.formats.model import Note

CURVES = range(8, 15)
"""The WKB type codes of curves and of what may hold them."""

UNREADABLE = -1
"""The type code of bytes that do not begin like WKB."""

_LAST_TYPE = 17
_NO_TYPE = bytes(5)
"""The head of WKB of type 0, which no reader knows."""


@dataclass(slots=True)
class Shapes:
    """Makes WKB columns two-dimensional and remembers what was changed and how far the coordinates reach.

    `unread` counts the values that are no geometry; they are handed on, so that single rows can be rejected.
    """

    measured: bool = False
    unread: int = 0
    bounds: list[float] = field(default_factory=lambda: [np.inf, np.inf, -np.inf, -np.inf])
    want_bounds: bool = True

    def flat(self, wkb: pa.Array) -> pa.Array:
        """`wkb` (binary, null where none) without Z and M; what cannot be read is handed on as such (`refusable`)."""
        wkb = absent_as_null(wkb.cast(pa.binary()))
        shapes = readable(wkb)
        lost = _lost(wkb, shapes)
        self.unread += int(np.count_nonzero(lost))
        if self.want_bounds:
            self._reach(shapes)
        if (lost | (geometry_codes(wkb) < 1000)).all():
            return _with_lost(wkb, wkb, lost)
        self.measured = True
        return _with_lost(write_wkb(shapely.force_2d(shapes)), wkb, lost)

    def notes(self) -> list[Note]:
        """What was changed, and how many geometries cannot be read."""
        found = [Note("已去掉坐标的高程（Z）和测量值（M）。", "Z and M values were dropped.")] if self.measured else []
        if self.unread:
            zh = f"有 {self.unread} 个要素的几何图形无法读取，其余要素不受影响。"
            en = f"The geometry of {self.unread} features cannot be read; the others are not affected."
            found.append(Note(zh, en))
        return found

    def _reach(self, shapes: npt.NDArray[np.object_]) -> None:
        if not len(shapes):
            return
        west, south, east, north = shapely.total_bounds(shapes)
        for place, value, choice in ((0, west, min), (1, south, min), (2, east, max), (3, north, max)):
            if np.isfinite(value):
                self.bounds[place] = choice(self.bounds[place], float(value))

    @property
    def beyond_degrees(self) -> bool:
        """Whether some coordinate cannot be a longitude (180) or latitude (90)."""
        west, south, east, north = self.bounds
        return west < -180.001 or east > 180.001 or south < -90.001 or north > 90.001

    @property
    def latitude_first(self) -> bool:
        """Whether the coordinates only make sense as latitude, longitude."""
        west, south, east, north = self.bounds
        return (north > 90.001 or south < -90.001) and west >= -90 and east <= 90 and south >= -180 and north <= 180


def absent_as_null(wkb: pa.Array) -> pa.Array:
    """`wkb` with null for empty values, which is how FlatGeobuf hands on a missing geometry."""
    lengths = pc.binary_length(wkb)
    return pc.if_else(pc.equal(lengths, 0), None, wkb) if pc.min(lengths).as_py() == 0 else wkb


def geometry_codes(wkb: pa.Array) -> npt.NDArray[np.int64]:
    """The ISO WKB type code of every value (1003 is a polygon with Z); 0 where null, UNREADABLE where none."""
    wkb = pa.concat_arrays([wkb]) if wkb.offset else wkb
    codes = np.zeros(len(wkb), dtype=np.int64)
    valid = np.asarray(wkb.is_valid())
    if not valid.any():
        return codes
    offsets = np.frombuffer(wkb.buffers()[1], dtype=np.int32)[wkb.offset : wkb.offset + len(wkb) + 1]
    starts, lengths = offsets[:-1], np.diff(offsets)
    codes[valid & (lengths < 9)] = UNREADABLE
    valid &= lengths >= 9
    if not valid.any():
        return codes
    data = np.frombuffer(wkb.buffers()[2], dtype=np.uint8)
    head = data[starts[valid, None].astype(np.int64) + np.arange(5)]
    little = head[:, 1:5].copy().view("<u4").ravel().astype(np.int64)
    big = head[:, 1:5].copy().view(">u4").ravel().astype(np.int64)
    code = np.where(head[:, 0] == 1, little, big)
    extended = code & 0xE0000000  # EWKB flags: Z, M, SRID
    code = (code & 0x1FFFFFFF) + 1000 * (extended != 0)
    is_type = (code < 4000) & (code % 1000 > 0) & (code % 1000 <= _LAST_TYPE)
    codes[valid] = np.where(is_type, code, UNREADABLE)
    return codes


def sound_codes(wkb: pa.Array) -> npt.NDArray[np.int64]:
    """As `geometry_codes`; raises FormatError where a value is no WKB, for writers, which write all or nothing."""
    codes = geometry_codes(wkb)
    if (codes == UNREADABLE).any():
        raise FormatError("几何数据（WKB）不完整。", "A geometry (WKB) is incomplete.")
    return codes


_NAMES = ("", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION")


def common_name(codes: set[int]) -> str:
    """The OGC name of what WKB type codes have in common: single and multiple parts give the multiple."""
    kinds = {code % 1000 for code in codes if code > 0}
    if len(kinds) == 2 and max(kinds) - min(kinds) == 3 and max(kinds) <= 6:
        return _NAMES[max(kinds)]
    return _NAMES[kinds.pop()] if len(kinds) == 1 and max(kinds) < len(_NAMES) else "GEOMETRY"


def read_wkb(wkb: pa.Array) -> npt.NDArray[np.object_]:
    """`wkb` as shapely geometries; raises FormatError for WKB that cannot be read."""
    try:
        return np.asarray(shapely.from_wkb(np.array(wkb.to_pylist(), dtype=object)), dtype=object)
    except (shapely.errors.GEOSException, NotImplementedError) as error:
        raise FormatError(
            f"几何数据（WKB）无法读取：{error}", f"A geometry (WKB) cannot be read: {error}",
            remedy_zh="请在 GIS 软件中检查并重新导出。", remedy_en="Check it in a GIS and export it again.",
        ) from error  # fmt: skip


def readable(wkb: pa.Array) -> npt.NDArray[np.object_]:
    """`wkb` as shapely geometries, None where null and where a value cannot be read (curves among them)."""
    return _read(wkb, shapely.from_wkb)


def readable_wkt(wkt: pa.Array) -> npt.NDArray[np.object_]:
    """`wkt` (text) as shapely geometries, None where null and where a value cannot be read."""
    return _read(wkt, shapely.from_wkt)


def _read(column: pa.Array, parse: Callable[..., Any]) -> npt.NDArray[np.object_]:
    values = column.to_numpy(zero_copy_only=False)
    try:
        return np.asarray(parse(values, on_invalid="ignore"), dtype=object)
    except NotImplementedError:  # a curve, which on_invalid does not cover
        return np.array([_read_one(value, parse) for value in values], dtype=object)


def _read_one(value: bytes | str | None, parse: Callable[..., Any]) -> Any:
    try:
        return parse(value, on_invalid="ignore")
    except NotImplementedError:
        return None


def refusable(value: bytes) -> bytes:
    """`value`, which is no geometry, as bytes that every WKB reader refuses: itself, or itself behind WKB of type 0."""
    try:
        return value if shapely.from_wkb(value, on_invalid="ignore") is None else _NO_TYPE + value
    except NotImplementedError:
        return _NO_TYPE + value


def _lost(wkb: pa.Array, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Which values are there, but were not read."""
    return np.asarray(shapely.is_missing(shapes) & np.asarray(wkb.is_valid()))


def _with_lost(written: pa.Array, wkb: pa.Array, lost: npt.NDArray[np.bool_]) -> pa.Array:
    """`written` with the values of `wkb` that were not read put back in their places."""
    if not lost.any():
        return written
    places = pa.array(lost)
    return pc.replace_with_mask(written, places, pa.array([refusable(v.as_py()) for v in wkb.filter(places)]))


def write_wkb(shapes: npt.NDArray[np.object_], dimensions: int = 2) -> pa.Array:
    """shapely geometries as little-endian ISO WKB of at most `dimensions`, null where None."""
    wkb = shapely.to_wkb(shapes, output_dimension=dimensions, byte_order=1, include_srid=False, flavor="iso")
    return pa.array(wkb, type=pa.binary())


def swapped(wkb: pa.Array) -> pa.Array:
    """`wkb` with the two axes exchanged; what cannot be read stays as it is."""
    shapes = readable(wkb)
    return _with_lost(write_wkb(shapely.transform(shapes, lambda xy: xy[:, ::-1])), wkb, _lost(wkb, shapes))
