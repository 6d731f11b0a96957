"""How is the service described as OpenAPI 3.0?

FastAPI writes 3.1; OGC API Features asks for 3.0 (conformance class oas30), in which null is `nullable`, a constant an
`enum` of one, and a bound that is not reached a flag beside the bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.documents.described import DESCRIPTIONS, PARAMETERS, PROBLEM_ANSWER, SCHEMAS
from layers.notice import ILLUSTRATIVE

Part = dict[str, Any]
VERSION = "3.0.3"
METHODS = ("get", "post", "put", "patch", "delete", "options", "head")

TAGS: dict[str, str] = {
    "OGC API Features": "图层的要素：读取、筛选、翻页 / features of layers: reading, filters, paging",
    "OGC API Features: editing": "新增、替换、修改和删除要素 / creating, replacing, changing and deleting features",
    "OGC API Tiles": "矢量与栅格瓦片 / vector and raster tiles",
    "OGC API Styles": "地图样式 / styles of maps",
    "layers": "图层定义 / definitions of layers",
    "rasters": "栅格 / rasters",
    "statistics": "统计 / statistics",
    "report": "年度报告 / the annual report",
    "checks": "地块核查 / parcel checks",
    "exports": "下载 / downloads",
    "pages": "网页 / pages for people",
}
"""What each tag is about; others that routes use are listed with their own name."""


def operation_id(route: APIRoute) -> str:
    """A name for the operation of a route: its module and function."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}"


def describe(app: FastAPI) -> None:
    """Lets `app` describe itself as OpenAPI 3.0, complete; the document is made at the first request for it."""

    def document() -> Part:
        made = app.openapi_schema or _document(app)
        app.openapi_schema = made
        return made

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> Part:
    made = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=VERSION,
        description=f"高都街道专题图层：要素、瓦片、统计、核查与年度报告。 / Layers of Gaodu: features, tiles, "
        f"statistics, checks and the annual report.\n\n{ILLUSTRATIVE.zh} / {ILLUSTRATIVE.en}",
        contact={"name": "高都街道办事处 / Gaodu sub-district office"},
        servers=[{"url": app.root_path or "/", "description": "本服务 / this service"}],
        routes=app.routes,
    )
    made["info"]["license"] = {"name": "数据使用见各图层来源 / see the source of each layer", "url": "/layers"}
    used = {tag for _, _, operation in _operations(made) for tag in operation.get("tags", [])}
    made["tags"] = [{"name": tag, "description": TAGS.get(tag, tag)} for tag in sorted(used)]
    components = made.setdefault("components", {})
    components.setdefault("schemas", {}).update(SCHEMAS)
    components["responses"] = {"Problem": PROBLEM_ANSWER}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "gaodu token add NAME --role ROLE"}
    }
    made["security"] = [{}, {"token": []}]
    for path, method, operation in _operations(made):
        _complete(path, method, operation)
    old: Part = _downgraded(made)
    _prune(old)
    return old


def _operations(document: Part) -> Iterator[tuple[str, str, Part]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield path, method, operation


def _complete(path: str, method: str, operation: Part) -> None:
    """Documents what FastAPI leaves out of an operation: refusals, and the meaning and form of parameters."""
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    refusal = {"$ref": "#/components/responses/Problem"}
    answers.setdefault("4XX", refusal)
    answers["default"] = refusal
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        parameter.setdefault("description", DESCRIPTIONS.get(name.lower(), name))
        if path.startswith("/ogc") and parameter["in"] == "query" and name in PARAMETERS:
            parameter.update(PARAMETERS[name])
        if parameter["in"] in ("query", "header") and not parameter.get("required"):
            parameter["schema"] = _not_null(parameter.get("schema", {}))
    operation.setdefault("description", operation.get("summary", ""))


def _not_null(schema: Part) -> Part:
    """`schema` without null, which no query string can hold."""
    kept = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "title")}
    if len(kept) == 1:
        return {**kept[0], **rest}
    return {**rest, "anyOf": kept} if kept else rest


def _downgraded(part: Any) -> Any:
    """`part` of a 3.1 document as 3.0 has it."""
    if isinstance(part, list):
        return [_downgraded(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {name: _downgraded(value) for name, value in part.items()}
    if isinstance(choices := made.get("anyOf"), list) and {"type": "null"} in choices:
        kept = [each for each in choices if each != {"type": "null"}]
        made = {**made, **kept[0]} if len(kept) == 1 else {**made, "anyOf": kept}
        if len(kept) == 1:
            del made["anyOf"]
        made["nullable"] = True
    if "const" in made and "type" in made:
        made["enum"] = [made.pop("const")]
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(made.get(flag), int | float) and not isinstance(made[flag], bool):
            made[bound], made[flag] = made[flag], True
    return made


def _prune(document: Part) -> None:
    """Drops the schemas that nothing refers to."""
    schemas = document["components"]["schemas"]
    while True:
        text = str({**document, "components": {**document["components"], "schemas": {}}}) + str(list(schemas.values()))
        unused = [name for name in schemas if f"#/components/schemas/{name}'" not in text]
        if not unused:
            return
        for name in unused:
            del schemas[name]
