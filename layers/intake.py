"""Which geometries of a table can be taken in, and what had to be done to them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis.columns import GeometryColumns
from gis.validity import repair
from layers.definition import GeometryType
from layers.errors import ImportRefused

Rows = NDArray[np.int64]

_DIMENSION = {0: GeometryType.POINT, 1: GeometryType.LINE, 2: GeometryType.POLYGON}
_MULTI = {
    GeometryType.POINT: GeometryType.MULTIPOINT,
    GeometryType.LINE: GeometryType.MULTILINE,
    GeometryType.POLYGON: GeometryType.MULTIPOLYGON,
}
_SINGLE = {multi: single for single, multi in _MULTI.items()}
_COLLECTION = 7


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row (from 0) that is not taken in, and why."""

    row: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """A row (from 0) whose geometry was repaired: what was wrong, and its area before and after in m2."""

    row: int
    reason: str
    area_before_m2: float
    area_after_m2: float


@dataclass(frozen=True, slots=True)
class Intake:
    """The rows that are taken in (indices into the table), their valid 2D geometry as WKB, and what was done."""

    rows: Rows
    geometry: pa.Array
    geometry_type: GeometryType
    repaired: tuple[Repaired, ...]
    rejected: tuple[Rejected, ...]


def take_in(geometry: pa.ChunkedArray, *, target: GeometryType | None, epsg: int, place: str) -> Intake:
    """Sorts the WKB `geometry` (in `epsg`) into what fits a layer of type `target` and what does not.

    Without a target the type is that of most features, multi where one of them has several parts. Raises ImportRefused
    where nothing is left to take in.
    """
    shapes = shapely.force_2d(shapely.from_wkb(geometry.to_numpy(), on_invalid="ignore"))
    sorting = _Sorting(shapes, np.array(geometry.is_valid()))
    base = _SINGLE.get(target, target) if target else sorting.commonest()
    sorting.reject_other_kinds(base)
    repaired = sorting.repair(epsg) if base is GeometryType.POLYGON else ()
    kept = sorting.kept()
    if len(kept) == 0:
        raise _nothing_left(place, sorting)
    many = shapely.get_num_geometries(sorting.shapes[kept]) > 1
    wanted = target or (_MULTI[base] if many.any() else base)
    if wanted is base and many.any():
        sorting.reject(kept[many], "多部件几何；该图层只收单部件", "a multipart geometry; the layer takes single parts")
        kept = sorting.kept()
        if len(kept) == 0:
            raise _nothing_left(place, sorting)
    return Intake(kept, _as_type(sorting.shapes[kept], wanted), wanted, repaired, sorting.rejected())


class _Sorting:
    """The geometries of a table while rows are repaired and rejected, each row at most once."""

    def __init__(self, shapes: Any, given: Any) -> None:
        self.shapes = shapes
        self._reasons: dict[int, Rejected] = {}
        missing = shapely.is_missing(shapes)
        self.reject(np.flatnonzero(missing & ~given), "没有几何图形", "it has no geometry")
        self.reject(np.flatnonzero(missing & given), "几何图形无法读取", "its geometry cannot be read")
        self.reject(np.flatnonzero(~missing & shapely.is_empty(shapes)), "几何图形为空", "its geometry is empty")
        self.reject(_not_finite(shapes), "坐标含 NaN 或无穷大", "a coordinate is NaN or infinite")

    def reject(self, rows: Any, zh: str, en: str) -> None:
        for row in rows:
            self._reasons.setdefault(int(row), Rejected(int(row), zh, en))

    def rejected(self) -> tuple[Rejected, ...]:
        return tuple(self._reasons[row] for row in sorted(self._reasons))

    def kept(self) -> Rows:
        return np.setdiff1d(np.arange(len(self.shapes), dtype=np.int64), np.fromiter(self._reasons, np.int64))

    def commonest(self) -> GeometryType:
        """The kind of most features; of kinds that tie, the one of the higher dimension."""
        kept = self.kept()
        dimensions = shapely.get_dimensions(self.shapes[kept])
        if not len(kept):
            return GeometryType.POLYGON
        counts = np.bincount(dimensions, minlength=len(_DIMENSION))
        return _DIMENSION[len(counts) - 1 - int(counts[::-1].argmax())]

    def reject_other_kinds(self, base: GeometryType) -> None:
        dimension = next(number for number, kind in _DIMENSION.items() if kind is base)
        kept = self.kept()
        kinds = shapely.get_dimensions(self.shapes[kept])
        collections = shapely.get_type_id(self.shapes[kept]) == _COLLECTION
        self.reject(kept[collections], "几何集合", "it is a geometry collection")
        self.reject(kept[kinds != dimension], f"几何类型不是 {base.value}", f"its geometry is not a {base.value}")

    def repair(self, epsg: int) -> tuple[Repaired, ...]:
        kept = self.kept()
        invalid = kept[~shapely.is_valid(self.shapes[kept])]
        if len(invalid) == 0:
            return ()
        result = repair(GeometryColumns.from_shapely(self.shapes[invalid]), epsg)
        self.shapes[invalid] = result.columns.to_shapely()
        for lost in result.rejected:
            self.reject(
                [invalid[lost.feature]],
                f"几何无效且无法修复：{lost.reason}",
                f"it is invalid beyond repair: {lost.reason}",
            )
        return tuple(
            Repaired(int(invalid[r.feature]), r.reason, r.area_before_m2, r.area_after_m2) for r in result.repaired
        )


def _not_finite(shapes: Any) -> Rows:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    return np.unique(owner[~np.isfinite(xy).all(axis=1)])


def _as_type(shapes: Any, wanted: GeometryType) -> pa.Array:
    """The WKB of `shapes`, each in the form of `wanted`: a part by itself, or a multi geometry."""
    if wanted in _MULTI:
        return pa.array(shapely.to_wkb(shapely.get_geometry(shapes, 0)), pa.binary())
    make = {
        GeometryType.MULTIPOINT: shapely.multipoints,
        GeometryType.MULTILINE: shapely.multilinestrings,
        GeometryType.MULTIPOLYGON: shapely.multipolygons,
    }[wanted]
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return pa.array(shapely.to_wkb(make(parts, indices=owner)), pa.binary())


def _nothing_left(place: str, sorting: _Sorting) -> ImportRefused:
    rejected = sorting.rejected()
    first = rejected[0] if rejected else Rejected(0, "表中没有要素", "the table has no features")
    return ImportRefused(
        f"没有可导入的要素（共 {len(sorting.shapes)} 个）：{first.zh}。",
        f"None of the {len(sorting.shapes)} features can be taken in: {first.en}.",
        place=place,
        remedy_zh="请检查文件的几何图形。",
        remedy_en="Check the geometry in the file.",
    )
