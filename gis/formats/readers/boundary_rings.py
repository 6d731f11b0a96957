"""Which points of a parcel make a ring, and which rings are holes?"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.errors import FormatError
from gis.formats.boundary_text import Parcel
from gis.formats.readers.decisions import Decisions


def shape(parcel: Parcel, xy: np.ndarray, decisions: Decisions) -> BaseGeometry:
    """The geometry of `parcel`, whose points lie at `xy` (east, north); point, line or polygon as its line says.

    Raises FormatError for a ring of fewer than three points.
    """
    kind = parcel.attributes.get("记录图形属性", "面")
    if kind == "点":
        return shapely.MultiPoint(xy) if len(xy) > 1 else shapely.Point(xy[0])
    rings = _rings(parcel, xy, decisions)
    _check_count(parcel, rings, decisions)
    if kind == "线":
        return shapely.LineString(rings[0]) if len(rings) == 1 else shapely.MultiLineString(rings)
    return _polygon(parcel, [_closed(parcel, ring, decisions) for ring in rings], decisions)


def _rings(parcel: Parcel, xy: np.ndarray, decisions: Decisions) -> list[np.ndarray]:
    """The parcel's points by ring number, and by closing: a ring that has closed does not go on."""
    rings: list[list[int]] = []
    for i, point in enumerate(parcel.points):
        is_new = not rings or point.ring != parcel.points[rings[-1][0]].ring
        if not is_new and len(rings[-1]) > 3 and (xy[rings[-1][0]] == xy[rings[-1][-1]]).all():
            decisions.note("同一圈号下有几个闭合圈，已分开。", "One ring number holds several rings.", parcel.label)
            is_new = True
        if is_new:
            rings.append([])
        rings[-1].append(i)
    return [xy[ring] for ring in rings]


def _closed(parcel: Parcel, ring: np.ndarray, decisions: Decisions) -> np.ndarray:
    if not (ring[0] == ring[-1]).all():
        decisions.note("圈未闭合，已闭合。", "Rings that were not closed were closed.", parcel.label)
        ring = np.vstack([ring, ring[:1]])
    if len(ring) < 4:
        line = parcel.points[0].line
        raise FormatError(
            f"地块“{parcel.label}”（第 {line} 行起）的圈不足 3 个点。",
            f"A ring of the parcel {parcel.label!r} (from line {line}) has fewer than 3 points.",
        )
    return ring


def _check_count(parcel: Parcel, rings: list[np.ndarray], decisions: Decisions) -> None:
    stated = parcel.attributes.get("界址点数", "")
    with_closing = len(parcel.points)
    without = with_closing - sum(int((ring[0] == ring[-1]).all()) for ring in rings)
    if not stated.isdigit() or int(stated) in {with_closing, without + len(rings)}:
        return
    if int(stated) == without:
        decisions.note("界址点数不含闭合点。", "Point counts leave out the closing point.", parcel.label)
    else:
        decisions.note("界址点数与实际点数不符。", "The stated point count is not that of the points.", parcel.label)


def _polygon(parcel: Parcel, rings: list[np.ndarray], decisions: Decisions) -> BaseGeometry:
    """Rings within an odd number of others are holes, the rest parts, whatever their numbers say."""
    if len(rings) == 1:
        return shapely.Polygon(rings[0])
    solids = sorted((shapely.Polygon(ring) for ring in rings), key=lambda solid: -solid.area)
    depth = [sum(_within(solid, other) for other in solids[:i]) for i, solid in enumerate(solids)]
    parts: list[tuple[BaseGeometry, list[BaseGeometry]]] = []
    for solid, level in zip(solids, depth, strict=True):
        if level % 2 == 0:
            parts.append((solid, []))
        else:
            next(holes for outer, holes in reversed(parts) if _within(solid, outer)).append(solid.exterior)
    if len(parts) > 1:
        decisions.note("圈不在第 1 圈之内，作为独立部分。", "Rings outside ring 1 became parts.", parcel.label)
    elif not np.array_equal(np.asarray(solids[0].exterior.coords), rings[0]):
        decisions.note("第 1 圈不是外圈，按位置认定。", "Ring 1 is not the outer one; told by position.", parcel.label)
    polygons = [shapely.Polygon(outer.exterior, holes) for outer, holes in parts]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _within(inner: BaseGeometry, outer: BaseGeometry) -> bool:
    """Whether most vertices of `inner` lie in `outer`; unlike a predicate it holds for crossing and invalid rings."""
    xy = np.asarray(inner.exterior.coords)
    return float(np.mean(shapely.intersects_xy(outer, xy[:, 0], xy[:, 1]))) > 0.5
