"""Is this text a polygon on the ground?"""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import shapely

from gis.columns import GeometryColumns
from gis.errors import GeometryError

WRITE_LIKE_ZH = "请提交经纬度（CGCS2000/WGS 84）的 GeoJSON 面（Polygon 或 MultiPolygon）。"
WRITE_LIKE_EN = "Send a GeoJSON Polygon or MultiPolygon in longitude and latitude (CGCS2000/WGS 84)."

MAX_VERTICES = 10_000
MAX_FEATURES = 2_000
"""What a check takes: far above any real parcel, far below what would keep the service from others."""


def polygons_of(text: bytes) -> shapely.Geometry:
    """The polygons of a GeoJSON geometry, Feature or FeatureCollection as one valid geometry in degrees (CRS84).

    Overlapping parts are united, so that no ground counts twice. Raises GeometryError naming the place and the cause.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _refusal(f"不是有效的 JSON：{error}", f"This is not valid JSON: {error}", "") from error
    found, vertices = [], 0
    for place, geometry in _geometries(document):
        found.append(_polygon(geometry, place))
        vertices += int(shapely.get_num_coordinates(found[-1]))
        if vertices > MAX_VERTICES:
            raise _refusal(f"顶点超过 {MAX_VERTICES} 个。", f"There are more than {MAX_VERTICES} vertices.", place)
    if not found:
        raise _refusal("没有任何面。", "There is no polygon.", "features")
    return shapely.union_all(found) if len(found) > 1 else found[0]


def _geometries(document: Any) -> list[tuple[str, Any]]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise _refusal("缺少 features 数组。", "The array features is missing.", "features")
        if len(features) > MAX_FEATURES:
            raise _refusal(f"要素超过 {MAX_FEATURES} 个。", f"There are more than {MAX_FEATURES} features.", "features")
        return [(f"features[{i}].geometry", _member(f, "geometry")) for i, f in enumerate(features)]
    if kind == "Feature":
        return [("geometry", document.get("geometry"))]
    return [("geometry", document)]


def _member(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None


def _polygon(geometry: Any, place: str) -> shapely.Geometry:
    kind = _member(geometry, "type")
    if kind not in ("Polygon", "MultiPolygon"):
        given = kind if isinstance(kind, str) else "—"
        raise _refusal(f"几何类型为“{given}”，不是面。", f"The geometry is of type {given!r}, not a polygon.", place)
    try:
        shape = shapely.force_2d(shapely.from_geojson(orjson.dumps(geometry)))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise _refusal(
            "坐标无法读取：环至少要有四个点，每个点至少两个数。",
            "The coordinates cannot be read: a ring has four points or more, a point two numbers or more.",
            place,
        ) from error
    _require_degrees(shape, place)
    if shapely.is_empty(shape) or not shapely.is_valid(shape):
        reason = "Empty" if shapely.is_empty(shape) else shapely.is_valid_reason(shape)
        raise _refusal(f"面无效：{reason}。", f"The polygon is not valid: {reason}.", place)
    return shape


def _require_degrees(shape: shapely.Geometry, place: str) -> None:
    xy = shapely.get_coordinates(shape)
    if not np.isfinite(xy).all() or (np.abs(xy) > (180, 90)).any():
        raise _refusal("坐标不是经纬度。", "The coordinates are not longitude and latitude.", place)


def columns_of(shape: shapely.Geometry) -> GeometryColumns:
    """One geometry as columns of one feature."""
    return GeometryColumns.from_shapely(np.array([shape], dtype=object))


def _refusal(zh: str, en: str, place: str) -> GeometryError:
    return GeometryError(zh, en, place=place, remedy_zh=WRITE_LIKE_ZH, remedy_en=WRITE_LIKE_EN)
