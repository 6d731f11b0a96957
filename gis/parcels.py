"""What becomes of parcels that are split or merged, and of whom are they the successors?

Areas are planar, in the CRS of the shapes, which must be projected in metres. An operation that would change the total
by more than 0.01 m2 is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np
import shapely

from gis.errors import GeometryError

TOLERANCE_M2 = 0.01
LEAST_PIECE_M2 = 1.0
"""Smaller pieces are slivers (standards.md 5.1)."""

Id = str | int


class Change(StrEnum):
    """What happened to parcels."""

    SPLIT = "split"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Descent:
    """One parent and one child: the area that went from one to the other, and what share of each that is (0 to 1)."""

    parent: Id
    child: Id
    area_m2: float
    share_of_parent: float
    share_of_child: float


@dataclass(frozen=True, slots=True)
class ParcelChange:
    """The outcome of a split or a merge.

    shapes     the new parcels by id: shapely Polygons and MultiPolygons
    lineage    every pair of a parent and a child
    area_before_m2, area_after_m2   totals; they differ by at most 0.01 m2
    new_vertices   (n, 2) places on the outline of the parent where a split put a vertex; neighbours need it too
    """

    change: Change
    shapes: dict[Id, Any]
    lineage: tuple[Descent, ...]
    area_before_m2: float
    area_after_m2: float
    new_vertices: tuple[tuple[float, float], ...] = ()


def split(parent: Id, shape: Any, line: Any, children: tuple[Id, ...] | list[Id]) -> ParcelChange:
    """The parcel `shape` cut along `line` (shapely LineString or MultiLineString), one piece for each id in `children`.

    Pieces are numbered from north to south, and from west to east where they begin at one height, by the upper left
    corner of their boxes. Raises GeometryError where the shape is not a valid polygon, the line does not cut it
    through, a piece is a sliver of less than 1 m2, the number of pieces is not that of ids, or ids repeat.
    """
    _check_polygon(parent, shape)
    _check_ids([parent], children)
    if line is None or line.is_empty or line.geom_type not in ("LineString", "MultiLineString", "LinearRing"):
        raise GeometryError("分割线不是线。", "What to split along is not a line.")
    pieces = _pieces(shape, line)
    if len(pieces) < 2:
        raise GeometryError(
            "分割线没有把地块切开。",
            "The line does not cut the parcel through.",
            place=str(parent),
            remedy_zh="请让分割线的两端都超出地块边界。",
            remedy_en="Let both ends of the line reach beyond its boundary.",
        )
    smallest = min(piece.area for piece in pieces)
    if smallest < LEAST_PIECE_M2:
        raise GeometryError(
            f"分割后有 {smallest:.4f} 平方米的碎片。",
            f"A piece of {smallest:.4f} m2 would be left.",
            place=str(parent),
            remedy_zh="请移动分割线。",
            remedy_en="Move the line.",
        )
    if len(pieces) != len(children):
        raise GeometryError(
            f"分割得到 {len(pieces)} 块，给出的编号有 {len(children)} 个。",
            f"The split gives {len(pieces)} pieces for {len(children)} ids.",
            place=str(parent),
        )
    return _outcome(
        Change.SPLIT, {parent: shape}, dict(zip(children, pieces, strict=True)), _new_vertices(shape, pieces)
    )


def merge(parents: Mapping[Id, Any], child: Id) -> ParcelChange:
    """The parcels in `parents` (id -> shapely polygon) made one.

    Raises GeometryError where a shape is not a valid polygon, there are fewer than two, any overlap by more than
    0.01 m2, or they do not all hang together by a common border (a point is none).
    """
    if len(parents) < 2:
        raise GeometryError("合并至少需要两个地块。", "A merge needs at least two parcels.")
    for name, shape in parents.items():
        _check_polygon(name, shape)
    _check_ids(list(parents), [child])
    for (one, a), (other, b) in combinations(parents.items(), 2):
        if a.intersects(b) and (common := a.intersection(b).area) > TOLERANCE_M2:
            raise GeometryError(
                f"地块 {one} 与 {other} 重叠 {common:.2f} 平方米。",
                f"Parcels {one} and {other} overlap by {common:.2f} m2.",
                remedy_zh="请先改正重叠。",
                remedy_en="Correct the overlap first.",
            )
    whole = shapely.union_all(list(parents.values()))
    if len(shapely.get_parts(whole)) > max(len(shapely.get_parts(shape)) for shape in parents.values()):
        raise GeometryError(
            "这些地块没有公共边，合并后会成为多部件。",
            "The parcels have no common border: the merged one would be in parts.",
            place="、".join(map(str, parents)),
            remedy_zh="请只合并相邻的地块；有缝隙时先消除缝隙。",
            remedy_en="Merge only neighbours; close a gap between them first.",
        )
    return _outcome(Change.MERGE, dict(parents), {child: whole}, ())


def _pieces(shape: Any, line: Any) -> list[Any]:
    """The faces of outline and line within the shape, in order; a piece of a multipolygon no line meets stays whole."""
    cut: list[list[Any]] = []
    uncut: list[list[Any]] = []
    for part in shapely.get_parts(shape):
        network = shapely.union_all([part.boundary, line])
        faces = shapely.get_parts(shapely.polygonize([network]))
        inside = [face for face in faces if part.contains(face.point_on_surface())]
        (cut if len(inside) > 1 else uncut).append(inside if len(inside) > 1 else [part])
    pieces = [face for faces in cut + uncut for face in faces] if cut else []
    return sorted(pieces, key=lambda piece: (-piece.bounds[3], piece.bounds[0]))


def _outcome(
    change: Change, before: dict[Id, Any], after: dict[Id, Any], new_vertices: tuple[tuple[float, float], ...]
) -> ParcelChange:
    area_before = math.fsum(shape.area for shape in before.values())
    area_after = math.fsum(shape.area for shape in after.values())
    if abs(area_after - area_before) > TOLERANCE_M2:
        raise GeometryError(
            f"面积由 {area_before:.4f} 变为 {area_after:.4f} 平方米，超过 {TOLERANCE_M2} 平方米。",
            f"The area would change from {area_before:.4f} to {area_after:.4f} m2, by more than {TOLERANCE_M2} m2.",
        )
    lineage = []
    for parent, old in before.items():
        for child, new in after.items():
            common = min(old.area, new.area)  # one holds the other
            lineage.append(Descent(parent, child, common, common / old.area, common / new.area))
    return ParcelChange(change, after, tuple(lineage), area_before, area_after, new_vertices)


def _new_vertices(shape: Any, pieces: list[Any]) -> tuple[tuple[float, float], ...]:
    """Vertices of the pieces that lie on the outline of the shape but are none of its vertices."""
    old = {tuple(place) for place in shapely.get_coordinates(shape).tolist()}
    candidates = sorted({tuple(place) for place in shapely.get_coordinates(pieces).tolist()} - old)
    if not candidates:
        return ()
    reach = 1e-9 * max(1.0, float(np.abs(shape.bounds).max()))
    on_outline = shapely.distance(shapely.points(candidates), shape.boundary) <= reach
    return tuple((float(x), float(y)) for (x, y), on in zip(candidates, on_outline, strict=True) if on)


def _check_polygon(name: Id, shape: Any) -> None:
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise GeometryError("地块不是面，或为空。", "The parcel is not a polygon, or is empty.", place=str(name))
    if not shape.is_valid or shape.area <= 0:
        raise GeometryError(
            f"地块图形无效：{shapely.is_valid_reason(shape)}。",
            f"The parcel is not valid: {shapely.is_valid_reason(shape)}.",
            place=str(name),
            remedy_zh="请先修复图形。",
            remedy_en="Repair it first.",
        )


def _check_ids(parents: list[Id], children: tuple[Id, ...] | list[Id]) -> None:
    if len(set(children)) < len(children) or set(children) & set(parents):
        raise GeometryError(
            "新地块编号重复，或与原地块相同。",
            "Ids of new parcels repeat, or are those of old ones.",
            remedy_zh="请为每个新地块给出新的编号。",
            remedy_en="Give every new parcel an id of its own.",
        )
