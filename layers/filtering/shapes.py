"""Which geometry does a part of a filter draw, in the CRS of the layer?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np
import shapely

from gis.columns import GeometryColumns
from gis.crs import crs, is_geographic, is_north_first, transformed
from gis.errors import GisError
from gis.types import Bounds
from layers.filtering.expression import Shape
from layers.filtering.problems import InvalidFilter, refusal, shown

FilterCrs = int | Literal["CRS84"]
"""What the coordinates of a filter are in: CRS84 (longitude, latitude), or an EPSG code with that CRS's axis order."""

WGS84 = 4326
EDGE_POINTS = 21
"""A straight edge is a curve in another CRS: so many points follow the longest side of a geometry."""

ROOM_DEGREES = 5.0
"""Around the area that a CRS is made for; what lies further off is cut away, as it cannot be projected."""

Points = list[tuple[float, float]]


def shape_of(node: Mapping[str, Any], filter_crs: FilterCrs, epsg: int) -> Shape | None:
    """The geometry of GeoJSON or {"bbox": [...]} in EPSG:`epsg`; None where it lies off all that the CRS can hold.

    A box whose west is greater than its east crosses the antimeridian. Raises InvalidFilter for what is no geometry,
    is not valid, or has coordinates out of the range of `filter_crs`.
    """
    drawn = _boxed(node["bbox"], filter_crs) if "bbox" in node else _geometry(node, filter_crs)
    _check(drawn, filter_crs)
    moved = _moved(drawn, WGS84 if filter_crs == "CRS84" else filter_crs, epsg)
    if shapely.is_empty(moved):
        return None
    return Shape(shapely.to_wkb(moved, output_dimension=2, byte_order=1), Bounds(*shapely.bounds(moved).tolist()))


def _refused(zh: str, en: str) -> InvalidFilter:
    return refusal(zh, en, remedy=("写法：POLYGON((118.2 34.9,118.4 34.9,118.4 35,118.2 34.9))。",
                                   "Write POLYGON((118.2 34.9,118.4 34.9,118.4 35,118.2 34.9))."))  # fmt: skip


def _number(value: object) -> float:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(float(value)):
            return float(value)
    except OverflowError:
        pass
    raise _refused(f"坐标“{shown(value)}”不是有限数。", f"The coordinate {shown(value)!r} is not a finite number.")


def _position(value: object, filter_crs: FilterCrs) -> tuple[float, float]:
    if not isinstance(value, list) or not 2 <= len(value) <= 4:
        raise _refused("坐标应为两个数。", "A position is two numbers.")
    first, second = _number(value[0]), _number(value[1])
    return (second, first) if filter_crs != "CRS84" and is_north_first(filter_crs) else (first, second)


def _items(value: object) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _refused("几何没有坐标。", "The geometry has no coordinates.")
    return value


def _line(value: object, filter_crs: FilterCrs) -> Points:
    return [_position(item, filter_crs) for item in _items(value)]


def _polygon(value: object, filter_crs: FilterCrs) -> shapely.Polygon:
    shell, *holes = [_line(item, filter_crs) for item in _items(value)]
    for ring in (shell, *holes):
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise _refused("环至少有四个点且首尾相同。", "A ring has four points or more and ends where it begins.")
    return shapely.Polygon(shell, holes)


MAKERS: dict[str, Callable[[Any, FilterCrs], shapely.Geometry]] = {
    "Point": lambda value, used: shapely.Point(_position(value, used)),
    "LineString": lambda value, used: shapely.LineString(_line(value, used)),
    "Polygon": _polygon,
    "MultiPoint": lambda value, used: shapely.MultiPoint(_line(value, used)),
    "MultiLineString": lambda value, used: shapely.MultiLineString([_line(item, used) for item in _items(value)]),
    "MultiPolygon": lambda value, used: shapely.MultiPolygon([_polygon(item, used) for item in _items(value)]),
}
"""GeoJSON type -> who makes a geometry of its coordinates."""


def _geometry(node: Mapping[str, Any], filter_crs: FilterCrs) -> shapely.Geometry:
    kind = node.get("type")
    try:
        if kind == "GeometryCollection":
            parts = _items(node.get("geometries"))
            return shapely.GeometryCollection([_geometry(part, filter_crs) for part in parts])
        if isinstance(kind, str) and kind in MAKERS:
            return MAKERS[kind](node.get("coordinates"), filter_crs)
    except (shapely.errors.GEOSException, ValueError, TypeError, AttributeError) as error:
        raise _refused(f"几何无效：{error}。", f"The geometry cannot be made: {error}.") from error
    raise refusal(f"没有几何类型“{shown(kind)}”。", f"There is no geometry type {shown(kind)!r}.",
                  choices=[*MAKERS, "GeometryCollection"])  # fmt: skip


def _boxed(value: object, filter_crs: FilterCrs) -> shapely.Geometry:
    if not isinstance(value, list) or len(value) not in (4, 6):
        raise _refused("BBOX 应为四个或六个数。", "BBOX takes four or six numbers.")
    half = len(value) // 2
    west, south = _position(value[:2], filter_crs)
    east, north = _position(value[half : half + 2], filter_crs)
    crosses = west > east and _is_in_degrees(filter_crs)
    if south > north or (west > east and not crosses):
        raise refusal("BBOX 的角点次序有误。", "The corners of BBOX are in the wrong order.",
                      remedy=("写法：BBOX(西,南,东,北)。", "Write BBOX(west,south,east,north)."))  # fmt: skip
    boxes = [(west, 180.0), (-180.0, east)] if crosses else [(west, east)]
    parts = [_rectangle(left, south, right, north) for left, right in boxes]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _rectangle(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A rectangle; a point or line where it has no width."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _is_in_degrees(filter_crs: FilterCrs) -> bool:
    return filter_crs == "CRS84" or is_geographic(filter_crs)


def _check(drawn: shapely.Geometry, filter_crs: FilterCrs) -> None:
    if _is_in_degrees(filter_crs):
        west, south, east, north = shapely.bounds(drawn)
        if south < -90 or north > 90 or west < -180 or east > 180:
            raise _refused("经度应在 -180 与 180 之间，纬度应在 -90 与 90 之间。",
                           "Longitudes lie in -180..180, latitudes in -90..90.")  # fmt: skip
    if not shapely.is_valid(drawn):
        reason = shapely.is_valid_reason(drawn)
        raise _refused(f"几何自相交或无效：{reason}。", f"The geometry is not valid: {reason}.")


def _moved(drawn: shapely.Geometry, source: int, target: int) -> shapely.Geometry:
    if source == target:
        return drawn
    try:
        if not is_geographic(source):
            drawn = _projected(_dense(drawn), source, WGS84)
        if is_geographic(target):
            return _projected(drawn, WGS84 if not is_geographic(source) else source, target)
        near = shapely.intersection(drawn, _room(target))
        return near if shapely.is_empty(near) else _projected(_dense(near), WGS84, target)
    except GisError as error:
        raise InvalidFilter(
            f"几何不能换算到图层的坐标系：{error.zh}", f"The geometry does not fit the layer's CRS: {error.en}",
            place="filter", remedy_zh="请检查 filter-crs 与坐标次序。",
            remedy_en="Check filter-crs and the order of coordinates.",
        ) from error  # fmt: skip


def _room(epsg: int) -> shapely.Geometry:
    """The area the CRS is made for and ROOM_DEGREES around it, in degrees."""
    area = crs(epsg).area_of_use
    if area is None or area.west > area.east:
        return shapely.box(-180, -90, 180, 90)
    return shapely.box(
        max(area.west - ROOM_DEGREES, -180), max(area.south - ROOM_DEGREES, -85),
        min(area.east + ROOM_DEGREES, 180), min(area.north + ROOM_DEGREES, 85),
    )  # fmt: skip


def _dense(drawn: shapely.Geometry) -> shapely.Geometry:
    """`drawn` with points along its edges."""
    west, south, east, north = shapely.bounds(drawn)
    step = max(east - west, north - south) / EDGE_POINTS
    return shapely.segmentize(drawn, step) if step else drawn


def _projected(drawn: shapely.Geometry, source: int, target: int) -> shapely.Geometry:
    """`drawn` in another CRS; the parts of a collection one by one, as columns hold no collections."""
    if drawn.geom_type == "GeometryCollection":
        return shapely.GeometryCollection(list(_each(drawn, source, target)))
    moved = transformed(GeometryColumns.from_shapely(np.array([drawn])), source, target)
    return moved.to_shapely()[0]


def _each(drawn: shapely.Geometry, source: int, target: int) -> Iterator[shapely.Geometry]:
    for part in shapely.get_parts(drawn):
        yield _projected(part, source, target)
