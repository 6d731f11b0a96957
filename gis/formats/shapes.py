"""Are these geometries plain two-dimensional WKB, and where do they lie?"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis.errors import FormatError
from gis.formats.model import Note

CURVES = range(8, 15)
"""The WKB type codes of curves and of what may hold them."""


@dataclass(slots=True)
class Shapes:
    """Makes WKB columns two-dimensional and remembers what was changed and how far the coordinates reach."""

    measured: bool = False
    bounds: list[float] = field(default_factory=lambda: [np.inf, np.inf, -np.inf, -np.inf])
    want_bounds: bool = True

    def flat(self, wkb: pa.Array) -> pa.Array:
        """`wkb` (binary, null where none) without Z and M; raises FormatError for WKB that cannot be read."""
        wkb = absent_as_null(wkb.cast(pa.binary()))
        codes = geometry_codes(wkb)
        flat = codes % 1000 == codes
        curved = np.isin(codes % 1000, CURVES)
        if curved.any():
            raise FormatError("几何含曲线，读取器未将其化为折线。", "The reader left curves in the geometry.")
        if flat.all() and not self.want_bounds:
            return wkb
        shapes = read_wkb(wkb)
        if self.want_bounds:
            self._reach(shapes)
        if flat.all():
            return wkb
        self.measured = True
        return write_wkb(shapely.force_2d(shapes))

    def notes(self) -> list[Note]:
        """What was changed."""
        return [Note("已去掉坐标的高程（Z）和测量值（M）。", "Z and M values were dropped.")] if self.measured else []

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
    """The ISO WKB type code of every value (1003 is a polygon with Z); 0 where null.

    Raises FormatError where a value is shorter than a WKB head.
    """
    wkb = pa.concat_arrays([wkb]) if wkb.offset else wkb
    codes = np.zeros(len(wkb), dtype=np.int64)
    valid = np.asarray(wkb.is_valid())
    if not valid.any():
        return codes
    offsets = np.frombuffer(wkb.buffers()[1], dtype=np.int32)[wkb.offset : wkb.offset + len(wkb) + 1]
    starts, lengths = offsets[:-1][valid], np.diff(offsets)[valid]
    if (lengths < 9).any():
        raise FormatError("几何数据（WKB）不完整。", "A geometry (WKB) is incomplete.")
    data = np.frombuffer(wkb.buffers()[2], dtype=np.uint8)
    head = data[starts[:, None].astype(np.int64) + np.arange(5)]
    little = head[:, 1:5].copy().view("<u4").ravel().astype(np.int64)
    big = head[:, 1:5].copy().view(">u4").ravel().astype(np.int64)
    code = np.where(head[:, 0] == 1, little, big)
    extended = code & 0xE0000000  # EWKB flags: Z, M, SRID
    codes[valid] = (code & 0x1FFFFFFF) + 1000 * (extended != 0)
    return codes


_NAMES = ("", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION")


def common_name(codes: set[int]) -> str:
    """The OGC name of what WKB type codes have in common: single and multiple parts give the multiple."""
    kinds = {code % 1000 for code in codes} - {0}
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


def write_wkb(shapes: npt.NDArray[np.object_], dimensions: int = 2) -> pa.Array:
    """shapely geometries as little-endian ISO WKB of at most `dimensions`, null where None."""
    wkb = shapely.to_wkb(shapes, output_dimension=dimensions, byte_order=1, include_srid=False, flavor="iso")
    return pa.array(wkb, type=pa.binary())


def swapped(wkb: pa.Array) -> pa.Array:
    """`wkb` with the two axes exchanged."""
    return write_wkb(shapely.transform(read_wkb(wkb), lambda xy: xy[:, ::-1]))
