"""Which features does the body of a request hold?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from api.asking.coordinates import CRS84_URI, NamedCrs
from api.errors import BadParameter
from gis.columns import GeometryColumns
from gis.crs import is_geographic, outside
from gis.errors import GeometryError
from layers.definition import FieldDefinition, FieldType, LayerDefinition
from layers.errors import InvalidFeature
from layers.validation import arrow_type, value_from

MOST_FEATURES = 2_000
"""Features taken in one request; larger sets are for `gaodu import`."""

COMPUTED = frozenset({"fid", "area_m2", "revision"})
"""What answers say beside the fields; it comes back with features that were read, and changes nothing."""

GEOMETRIES = frozenset({"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"})

PLAIN: dict[FieldType, type] = {FieldType.TEXT: str, FieldType.BOOLEAN: bool, FieldType.REAL: float}
"""Types of JSON values that are values of a field as they stand."""


@dataclass(frozen=True, slots=True)
class Received:
    """One feature of a body: its place in it ("features[3]", "" for the only one), and its members as they came.

    `geometry` is None where the body has no such member or says null; `has_geometry` tells the two apart.
    """

    place: str
    properties: Mapping[str, Any]
    geometry: Any
    has_geometry: bool
    id: Any


def features_of(body: bytes) -> tuple[list[Received], bool]:
    """The features of a GeoJSON Feature or FeatureCollection, and whether it is a collection. Raises BadParameter."""
    document = json_object(body)
    kind = document.get("type")
    if kind == "Feature":
        return [feature_of(document)], False
    features = document.get("features")
    if kind != "FeatureCollection" or not isinstance(features, list):
        raise _refusal(
            "应为 GeoJSON 的 Feature 或 FeatureCollection。",
            "A GeoJSON Feature or FeatureCollection is wanted.",
            "type",
        )
    _check_crs(document, "")
    if not 0 < len(features) <= MOST_FEATURES:
        raise _refusal(
            f"应有 1 至 {MOST_FEATURES} 个要素，实为 {len(features)} 个。",
            f"There may be 1 to {MOST_FEATURES} features; there are {len(features)}.",
            "features",
        )
    return [feature_of(each, f"features[{index}]") for index, each in enumerate(features)], True


def feature_of(document: Any, place: str = "", *, partial: bool = False) -> Received:
    """One GeoJSON Feature; with `partial` a merge patch of one, whose type may be left out. Raises BadParameter."""
    if not isinstance(document, dict) or document.get("type", "Feature" if partial else None) != "Feature":
        raise _refusal("应为 GeoJSON 的 Feature。", "A GeoJSON Feature is wanted.", _at(place, "type"))
    properties = document.get("properties")
    if not isinstance(properties, dict) and properties is not None:
        raise _refusal("properties 应为对象。", "properties must be an object.", _at(place, "properties"))
    _check_crs(document, place)
    for name in ("place", "time"):
        if document.get(name) is not None:
            raise _refusal(
                f"不接受成员 {name}。", f"The member {name} is not taken: send geometry, and its CRS as Content-Crs.",
                _at(place, name),
            )  # fmt: skip
    geometry = document.get("geometry")
    return Received(place, properties or {}, geometry, "geometry" in document, document.get("id"))


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; raises BadParameter for anything else."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _refusal(f"不是有效的 JSON：{error}", f"This is not valid JSON: {error}", "") from error
    if not isinstance(document, dict):
        raise _refusal("应为 JSON 对象。", "A JSON object is wanted.", "")
    return document


def table_of(
    definition: LayerDefinition, features: Sequence[Received], crs: NamedCrs, *, partial: bool = False
) -> pa.Table:
    """The rows that `features` are in the layer: its fields, and geom as WKB in its CRS.

    With `partial`, for one feature, only what it names; otherwise fields left out are null. Raises UnknownField,
    InvalidFeature and GeometryError naming feature and member.
    """
    for feature in features:
        for name in feature.properties:
            if name not in COMPUTED:
                definition.field(name)
    columns = {
        field.name: pa.array([_value(definition, field, feature) for feature in features], arrow_type(field))
        for field in definition.fields
        if not partial or field.name in features[0].properties
    }
    if not partial or features[0].has_geometry:
        columns["geom"] = _geometries(definition, features, crs)
    return pa.table(columns) if columns else pa.table({"geom": pa.nulls(len(features))}).select([])


def _value(definition: LayerDefinition, field: FieldDefinition, feature: Received) -> Any:
    value = feature.properties.get(field.name)
    if value is None or type(value) is PLAIN.get(field.type):
        return value
    try:
        return value_from(field, value)
    except (ValueError, TypeError, pa.ArrowException, OverflowError) as error:
        shown = str(value)[:40]
        raise InvalidFeature(
            f"“{shown}”不是类型为 {field.type.value} 的字段可取的值。",
            f"{shown!r} is no value of a field of type {field.type.value}.",
            place=_at(feature.place, f"properties.{field.name}"),
            remedy_zh=f"字段说明见 /ogc/collections/{definition.id}/schema。",
            remedy_en=f"The fields are described at /ogc/collections/{definition.id}/schema.",
        ) from error


def _geometries(definition: LayerDefinition, features: Sequence[Received], crs: NamedCrs) -> pa.Array:
    """WKB in the layer's CRS; null where there is no geometry, which the store refuses by itself."""
    shapes = np.array([_shape(feature) for feature in features], dtype=object)
    try:
        columns = GeometryColumns.from_shapely(shapes)
        if is_geographic(crs.epsg):
            _check_degrees(columns, features, crs)
        placed = crs.read(columns, definition.crs)
        _check_area(definition, placed, features)
    except GeometryError as error:
        index = int(error.place.removeprefix("feature ")) if error.place.startswith("feature ") else 0
        place = _at(features[index].place, "geometry")
        raise InvalidFeature(
            error.zh, error.en, place=place, remedy_zh=error.remedy_zh, remedy_en=error.remedy_en
        ) from error
    return placed.to_wkb()


def _shape(feature: Received) -> Any:
    geometry, place = feature.geometry, _at(feature.place, "geometry")
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(kind, str) or kind not in GEOMETRIES:
        raise _invalid(
            f"几何类型应为 {'、'.join(sorted(GEOMETRIES))} 之一。",
            f"The geometry must be of one of the types {', '.join(sorted(GEOMETRIES))}.",
            place,
        )
    try:
        return shapely.force_2d(
            shapely.from_geojson(orjson.dumps({"type": kind, "coordinates": geometry.get("coordinates")}))
        )
    except (shapely.errors.GEOSException, ValueError) as error:
        raise _invalid(
            "坐标无法读取：点至少两个数，线至少两个点，环至少四个点且首尾相同。",
            "The coordinates cannot be read: a point has two numbers or more, a line two points or more, a ring four "
            "or more, of which the last is the first.",
            place,
        ) from error


def _check_degrees(columns: GeometryColumns, features: Sequence[Received], crs: NamedCrs) -> None:
    most = (90, 180) if crs.north_first else (180, 90)
    bad = np.flatnonzero((np.abs(columns.xy) > most).any(axis=1))
    if len(bad):
        raise _misplaced(columns, features, int(bad[0]), "坐标不是经纬度", "The coordinates are not degrees")


def _check_area(definition: LayerDefinition, columns: GeometryColumns, features: Sequence[Received]) -> None:
    """Refuses what lies so far from where the layer's CRS is made for that its axes or its CRS must be mistaken."""
    bad = np.flatnonzero(outside(columns, definition.crs))
    if len(bad):
        zh = f"坐标在 EPSG:{definition.crs} 的适用范围之外"
        en = f"The coordinates are outside the area that EPSG:{definition.crs} is made for"
        raise _misplaced(columns, features, int(bad[0]), zh, en)


def _misplaced(columns: GeometryColumns, features: Sequence[Received], vertex: int, zh: str, en: str) -> InvalidFeature:
    index = int(np.searchsorted(columns.vertex_offsets, vertex, side="right")) - 1
    x, y = columns.xy[vertex]
    return InvalidFeature(
        f"{zh}：({x:g}, {y:g})。",
        f"{en}: ({x:g}, {y:g}).",
        place=_at(features[index].place, "geometry"),
        remedy_zh="请检查 Content-Crs 和坐标的轴序（EPSG:4326、EPSG:4490 先纬度，CRS84 先经度）。",
        remedy_en="Check Content-Crs and the order of axes (EPSG:4326, 4490: latitude first; CRS84: longitude first).",
    )


def _check_crs(document: Mapping[str, Any], place: str) -> None:
    """Refuses the crs member of GeoJSON 2008, which ignored would move the feature, unless it names CRS84."""
    said = document.get("crs")
    if said is None:
        return
    properties = said.get("properties") if isinstance(said, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if name not in (CRS84_URI, "urn:ogc:def:crs:OGC:1.3:CRS84"):
        raise _refusal(
            "不接受成员 crs（RFC 7946 已取消）。", "The member crs is not taken (RFC 7946).", _at(place, "crs"),
            "请去掉它，用请求头 Content-Crs 指明坐标系。", "Leave it out and name the CRS in the header Content-Crs.",
        )  # fmt: skip


def _at(place: str, member: str) -> str:
    return f"{place}.{member}" if place else member


def _invalid(zh: str, en: str, place: str) -> InvalidFeature:
    return InvalidFeature(
        zh, en, place=place, remedy_zh="请按 RFC 7946 书写几何。", remedy_en="Write the geometry as RFC 7946 has it."
    )


def _refusal(
    zh: str,
    en: str,
    place: str,
    remedy_zh: str = "请提交 GeoJSON（RFC 7946）。",
    remedy_en: str = "Send GeoJSON (RFC 7946).",
) -> BadParameter:
    return BadParameter(zh, en, place=place, remedy_zh=remedy_zh, remedy_en=remedy_en)
