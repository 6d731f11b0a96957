"""What do the documents of the service look like, as OpenAPI components?"""

from __future__ import annotations

from typing import Any

from api.media import GEOJSON, HTML, JSON, MERGE_PATCH, OPENAPI, PROBLEM, SCHEMA

Part = dict[str, Any]

TEXT: Part = {"type": "string"}
LINKS: Part = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
OBJECT: Part = {"type": "object"}


def _object(required: str = "", **properties: Part) -> Part:
    return {"type": "object", **({"required": required.split()} if required else {}), "properties": properties}


def _list(items: Part) -> Part:
    return {"type": "array", "items": items}


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: dict[str, Part] = {
    "Problem": {
        **_object(
            "title status code zh en",
            type=TEXT, title=TEXT, status={"type": "integer"}, detail=TEXT,
            code={**TEXT, "description": "稳定的机器可读代码 / stable and machine-readable"},
            zh=TEXT, en=TEXT, remedy_zh=TEXT, remedy_en=TEXT,
            place={**TEXT, "description": "参数、字段或要素 / the parameter, field or feature"},
            errors=_list(_ref("Fault")),
        ),
        "description": "RFC 9457",
    },
    "Fault": _object("place zh en", place=TEXT, zh=TEXT, en=TEXT, remedy_zh=TEXT, remedy_en=TEXT),
    "Link": _object(
        "href rel", href=TEXT, rel=TEXT, type=TEXT, title=TEXT, templated={"type": "boolean"}
    ),
    "Landing": _object("links", title=TEXT, description=TEXT, links=LINKS),
    "Conformance": _object("conformsTo", links=LINKS, conformsTo=_list(TEXT)),
    "Collections": _object("links collections", links=LINKS, crs=_list(TEXT), collections=_list(_ref("Collection"))),
    "Collection": _object(
        "id links",
        id=TEXT, title=TEXT, description=TEXT, itemType=TEXT, crs=_list(TEXT), storageCrs=TEXT,
        extent=_object("", spatial=OBJECT, temporal=OBJECT), links=LINKS,
    ),
    "FeatureCollection": _object(
        "type features",
        type={**TEXT, "enum": ["FeatureCollection"]}, links=LINKS, numberMatched={"type": "integer"},
        numberReturned={"type": "integer"}, timeStamp={**TEXT, "format": "date-time"}, features=_list(_ref("Feature")),
    ),
    "Feature": _object(
        "type",
        type={**TEXT, "enum": ["Feature"]}, id={"type": "integer"}, geometry={**_ref("Geometry")},
        properties={**OBJECT, "nullable": True}, links=LINKS,
    ),
    "Geometry": {
        **_object("type", type={**TEXT, "enum": [
            "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"]},
            coordinates={"type": "array", "items": {}}),
        "nullable": True,
        "description": "RFC 7946",
    },
    "FeaturePatch": {**_object("", type=TEXT, geometry=_ref("Geometry"), properties=OBJECT), "description": "RFC 7396"},
    "Created": _object(
        "revision created",
        revision={"type": "integer"}, created=_list(_object("id href", id={"type": "integer"}, href=TEXT)),
    ),
    "PropertySchema": {
        **_object("type properties", type=TEXT, title=TEXT, properties=OBJECT), "description": "JSON Schema 2020-12",
    },
    "Functions": _object("functions", functions=_list(OBJECT)),
}  # fmt: skip
"""The documents of the OGC API by name; those that no operation refers to are left out."""


Answers = dict[int | str, Part]


def answers(name: str, media_type: str = JSON, *, page: bool = True, headers: Part | None = None) -> Answers:
    """The answer 200 of a route that gives the document `name`, and a page of it."""
    content: Part = {media_type: {"schema": _ref(name)}}
    if page:
        content[HTML] = {"schema": TEXT}
    return {200: {"description": "成功 / OK", "content": content, **({"headers": headers} if headers else {})}}


def _header(description: str) -> Part:
    return {"description": description, "schema": TEXT}


ETAG_HEADER = {"ETag": _header("要素的状态，修改时写入 If-Match / the state of the feature, for If-Match")}
CRS_HEADER = {"Content-Crs": _header("坐标系 <URI> / CRS of the coordinates")}
NOT_MODIFIED: Answers = {304: {"description": "未改变 / not modified"}}

FEATURE_BODY: Part = {
    "requestBody": {
        "required": True,
        "description": "GeoJSON Feature（也可为 FeatureCollection，全部写入或全不写入） / a Feature; to create, also a "
        "FeatureCollection, all or nothing",
        "content": {
            GEOJSON: {"schema": {"oneOf": [_ref("Feature"), _ref("FeatureCollection")]}},
            JSON: {"schema": {"oneOf": [_ref("Feature"), _ref("FeatureCollection")]}},
        },
    }
}
PATCH_BODY: Part = {
    "requestBody": {
        "required": True,
        "description": "合并补丁（RFC 7396） / a merge patch of the Feature",
        "content": {kind: {"schema": _ref("FeaturePatch")} for kind in (MERGE_PATCH, GEOJSON, JSON)},
    }
}
CREATED: Answers = {
    201: {
        "description": "已新增 / created",
        "headers": {"Location": _header("新要素的地址 / address of the new feature"), **ETAG_HEADER},
        "content": {JSON: {"schema": _ref("Created")}},
    }
}
CHANGED: Answers = {204: {"description": "已修改 / changed", "headers": ETAG_HEADER}}
DELETED: Answers = {204: {"description": "已删除 / deleted"}}
ALLOWED: Answers = {
    204: {"description": "允许的方法 / methods allowed", "headers": {"Allow": _header("方法 / methods")}}
}
DEFINITION: Answers = {
    200: {"description": "OpenAPI 3.0", "content": {OPENAPI: {"schema": OBJECT}, HTML: {"schema": TEXT}}}
}
PROPERTY_SCHEMA = answers("PropertySchema", SCHEMA)

PROBLEM_ANSWER: Part = {
    "description": "拒绝及其原因 / a refusal and its reason",
    "content": {PROBLEM: {"schema": _ref("Problem")}, HTML: {"schema": TEXT}},
}

FORMED: Part = {"style": "form", "explode": False}
PARAMETERS: dict[str, Part] = {
    "bbox": {**FORMED, "schema": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}},
    "limit": {**FORMED, "schema": {"type": "integer", "minimum": 1, "default": 100}},
    "datetime": {**FORMED, "schema": TEXT},
}
"""How some parameters are written, which their Python types do not say."""

DESCRIPTIONS: dict[str, str] = {
    "layer": "图层标识 / id of the layer",
    "raster": "栅格标识 / id of the raster",
    "fid": "要素号 / feature id",
    "year": "年份 / year",
    "code": "指标代码 / code of the figure",
    "name": "名称 / name",
    "file": "文件名 / file name, such as land_use.gpkg",
    "zoom": "缩放级别 / zoom level",
    "row": "行 / row",
    "column": "列 / column",
    "sheet": "图标集 / sheet of icons",
    "kind": "种类 / kind",
    "after": "翻页：上一页最后一个要素号 / paging: last feature id of the page before",
    "if-match": "所改要素的 ETag / ETag of the feature as it was read",
    "if-none-match": "已有内容的 ETag / ETag of what the client holds",
    "lang": "语言 / language: zh, en",
}
"""What parameters mean where their route does not say."""
