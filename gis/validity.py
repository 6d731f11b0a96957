"""Which geometries are invalid, why, and what does a repair change?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.area import area_m2
from gis.columns import GeometryColumns, GeometryKind, Ints
from gis.crs import is_geographic
from gis.errors import GeometryError
from gis.soundness import FARTHEST, invalid_polygons, valid_shapes

Shapes = NDArray[np.object_]

_DIMENSION = {GeometryKind.POINT: 0, GeometryKind.LINE: 1, GeometryKind.POLYGON: 2}
_PLACE = re.compile(r"\[\s*(\S+) (\S+)\s*\]")


@dataclass(frozen=True, slots=True)
class InvalidGeometry:
    """A geometry that breaks the OGC rules: its index, GEOS's reason, and the place in the units of its CRS."""

    feature: int
    reason: str
    x: float | None
    y: float | None


@dataclass(frozen=True, slots=True)
class RepairedGeometry:
    """A geometry that was repaired: its index, what was wrong, and its area in m2 before and after.

    Before is the area that the rings as drawn enclose, by sign: a bow-tie of two equal wings has none. That is what a
    tool that does not check validity would have stated.
    """

    feature: int
    reason: str
    area_before_m2: float
    area_after_m2: float


@dataclass(frozen=True, slots=True)
class RejectedGeometry:
    """A geometry of which a repair leaves nothing of its kind: its index and what was wrong."""

    feature: int
    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """The columns with what was invalid repaired (rejected features hold None), and a line for every change."""

    columns: GeometryColumns
    repaired: tuple[RepairedGeometry, ...]
    rejected: tuple[RejectedGeometry, ...]


def invalid(columns: GeometryColumns) -> list[InvalidGeometry]:
    """The features of `columns` that are invalid by OGC Simple Features; None and points never are."""
    bad = _invalid_features(columns)
    shapes = columns.take(bad).to_shapely()
    return [InvalidGeometry(int(index), *_cause(shape)) for index, shape in zip(bad, shapes, strict=True)]


def repair(columns: GeometryColumns, epsg: int) -> Repair:
    """Repairs the invalid features of `columns`, whose coordinates are in EPSG:`epsg`.

    A polygon is rebuilt from its rings as `gis.soundness.valid_shapes` tells (shells are united, holes cut out, and a
    hole outside its shell becomes a part; never buffer(0), which drops a wing of a bow-tie). Parts that collapse to
    lines or points are left out. A feature of which nothing of its kind is left is rejected. Areas are planar in m2,
    in degrees geodesic. Raises CrsError for an unknown code.
    """
    bad = _invalid_features(columns)
    if not len(bad):
        return Repair(columns, (), ())
    before = columns.take(bad).to_shapely()
    reasons = [_cause(shape)[0] for shape in before]
    after = _of_kind(_made_valid(before, columns.kind), columns.kind)
    lost = shapely.is_missing(after)
    areas_before, areas_after = _areas_m2(before, columns.kind, epsg), _areas_m2(after, columns.kind, epsg)
    return Repair(
        _replaced(columns, bad, GeometryColumns.from_shapely(after, kind=columns.kind)),
        tuple(
            RepairedGeometry(int(bad[i]), reasons[i], float(areas_before[i]), float(areas_after[i]))
            for i in np.flatnonzero(~lost)
        ),
        tuple(RejectedGeometry(int(bad[i]), reasons[i]) for i in np.flatnonzero(lost)),
    )


def _invalid_features(columns: GeometryColumns) -> Ints:
    """Indices of the invalid features; of polygons a kernel clears nearly all before GEOS sees them."""
    if columns.kind is GeometryKind.POLYGON and np.abs(columns.xy).max(initial=0) <= FARTHEST:
        return invalid_polygons(columns)
    shapes = columns.to_shapely()
    found: Ints = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)).astype(np.int64)
    return found


def _replaced(columns: GeometryColumns, which: Ints, by: GeometryColumns) -> GeometryColumns:
    """`columns` with the features `which` replaced."""
    order = np.arange(len(columns))
    order[which] = len(columns) + np.arange(len(which))
    return GeometryColumns.concatenate([columns, by]).take(order)


def _cause(shape: shapely.Geometry) -> tuple[str, float | None, float | None]:
    """GEOS's reason, such as "Self-intersection", and the place it gives."""
    text = str(shapely.is_valid_reason(shape))
    place = _PLACE.search(text)
    reason = _PLACE.sub("", text).strip()
    return (reason, float(place[1]), float(place[2])) if place else (reason, None, None)


def _made_valid(shapes: Shapes, kind: GeometryKind) -> Shapes:
    if kind is GeometryKind.POLYGON:
        return valid_shapes(shapes)
    made: Shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    return made


def _of_kind(shapes: Shapes, kind: GeometryKind) -> Shapes:
    """The parts of each shape that are of `kind`: one part as it is, several as a multi geometry, none as None."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    fitting = (shapely.get_dimensions(parts) == _DIMENSION[kind]) & ~shapely.is_empty(parts)
    parts, owner = parts[fitting], owner[fitting]
    kept: Shapes = np.full(len(shapes), None, dtype=object)
    owners, begins = np.unique(owner, return_index=True)
    for index, own in zip(owners, np.split(parts, begins[1:]), strict=False):  # of nothing, split makes one piece
        kept[index] = own[0] if len(own) == 1 else shapely.union_all(own)
    return kept


def _areas_m2(shapes: Shapes, kind: GeometryKind, epsg: int) -> Any:
    """Areas by sign of the rings as they are drawn; NaN for None, 0 for what has no area."""
    if kind is not GeometryKind.POLYGON:
        return np.where(shapely.is_missing(shapes), np.nan, 0.0)
    method = "geodesic" if is_geographic(epsg) else "planar"
    try:
        return area_m2(GeometryColumns.from_shapely(shapes, kind=kind), method, epsg)
    except GeometryError:
        return np.full(len(shapes), np.nan)
