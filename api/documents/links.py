"""Where is what? The links of the OGC documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias
from urllib.parse import quote, urlencode

from fastapi import Request

from api.asking.selection import Selection
from api.media import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, STYLE
from layers.definition import LayerDefinition

Link = dict[str, str]
Parameters: TypeAlias = Sequence[tuple[str, str]]

OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
"""What relations of the OGC's own begin with."""

SCHEMAS = {
    "queryables": "可查询的属性 / Queryables",
    "sortables": "可排序的属性 / Sortables",
    "schema": "要素结构 / Schema",
}
"""What a collection tells of its properties, by the last step of the address."""

PAGING = ("after", "before", "offset")
"""The parameters that say which page is asked for."""


def base(request: Request) -> str:
    """The address the client reached us at, without a trailing slash."""
    return str(request.base_url).rstrip("/")


def link(href: str, rel: str, kind: str, title: str) -> Link:
    """One link object of OGC API Common."""
    return {"href": href, "rel": rel, "type": kind, "title": title}


def collection_url(request: Request, layer: str) -> str:
    """The address of the collection `layer`."""
    return f"{base(request)}/ogc/collections/{quote(layer)}"


def landing_links(request: Request) -> list[Link]:
    """The links of the landing page."""
    root = base(request)
    return [
        link(f"{root}/ogc", "self", JSON, "本文档 / This document"),
        link(f"{root}/ogc/api", "service-desc", OPENAPI, "API 定义 / API definition"),
        link(f"{root}/docs", "service-doc", "text/html", "API 文档 / API documentation"),
        link(f"{root}/ogc/conformance", "conformance", JSON, "一致性声明 / Conformance"),
        link(f"{root}/ogc/collections", "data", JSON, "图层 / Collections"),
        link(f"{root}/ogc/functions", OGC_REL + "functions", JSON, "过滤函数 / Functions for filters"),
        link(f"{root}/ogc/tiles", OGC_REL + "tilesets-vector", JSON, "矢量瓦片 / Vector tiles"),
        link(f"{root}/ogc/tileMatrixSets", OGC_REL + "tiling-schemes", JSON, "瓦片矩阵集 / Tile matrix sets"),
        link(f"{root}/ogc/styles", OGC_REL + "styles", JSON, "样式 / Styles"),
    ]


def collection_links(request: Request, definition: LayerDefinition) -> list[Link]:
    """The links of one collection."""
    url = collection_url(request, definition.id)
    return [
        link(url, "self", JSON, "本文档 / This document"),
        link(f"{url}/items", "items", GEOJSON, f"{definition.title.zh} / {definition.title.en}"),
        *(link(f"{url}/{name}", OGC_REL + name, SCHEMA, title) for name, title in SCHEMAS.items()),
        link(f"{url}?f=html", "alternate", HTML, "网页 / Page"),
        link(f"{url}/tiles", OGC_REL + "tilesets-vector", JSON, "矢量瓦片 / Vector tiles"),
        link(f"{base(request)}/ogc/styles/{quote(definition.id)}", "stylesheet", STYLE, "样式 / Style"),
        link(f"{base(request)}/maps/{quote(definition.id)}", "alternate", "text/html", "地图 / Map"),
    ]


def page_links(selection: Selection, *, following: str | None, before: str | None) -> list[Link]:
    """The links of a page of items: itself, its other forms, its neighbours, the first page and its collection.

    Neighbours and forms keep every parameter of the request; `following` and `before` are their keys.
    """
    url = f"{collection_url(selection.request, selection.layer)}/items"
    kind = selection.offered.get(selection.representation, GEOJSON)
    asked = selection.request.query_params.multi_items()
    kept = [(name, value) for name, value in asked if name not in PAGING]
    links = [link(_address(url, asked), "self", kind, "本页 / This page"), *_alternates(selection, url, asked)]
    if following is not None:
        links.append(link(_address(url, [*kept, ("after", following)]), "next", kind, "下一页 / Next page"))
    if before is not None:
        links.append(link(_address(url, [*kept, ("before", before)]), "prev", kind, "上一页 / Page before"))
        links.append(link(_address(url, kept), "first", kind, "首页 / First page"))
    collection = collection_url(selection.request, selection.layer)
    links.append(link(collection, "collection", JSON, "图层 / Collection"))
    links.append(link(f"{collection}/queryables", OGC_REL + "queryables", SCHEMA, SCHEMAS["queryables"]))
    return links


def link_header(links: Sequence[Link]) -> dict[str, str]:
    """`links` as the header Link (RFC 8288), without titles, which are not ASCII."""
    return {"Link": ", ".join(f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"' for each in links)}


def item_links(selection: Selection, fid: int) -> list[Link]:
    """The links of one item: itself, its other forms and its collection."""
    collection = collection_url(selection.request, selection.layer)
    url, asked = f"{collection}/items/{fid}", selection.request.query_params.multi_items()
    kind = selection.offered.get(selection.representation, GEOJSON)
    return [
        link(_address(url, asked), "self", kind, "本要素 / This feature"),
        *_alternates(selection, url, asked),
        link(collection, "collection", JSON, "图层 / Collection"),
    ]


def _alternates(selection: Selection, url: str, asked: Parameters) -> list[Link]:
    """The other forms of what `url` gives."""
    kept = _address(url, [(name, value) for name, value in asked if name != "f"])
    joint = "&" if "?" in kept else "?"
    return [
        link(f"{kept}{joint}{urlencode({'f': name})}", "alternate", kind, name)
        for name, kind in selection.offered.items()
        if name != selection.representation
    ]


def _address(url: str, parameters: Parameters) -> str:
    return f"{url}?{urlencode(parameters)}" if parameters else url
