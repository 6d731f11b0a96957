"""Where is what? The links of the OGC documents."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import Request

from api.representations import GEOJSON, MVT, Link
from layers.definition import LayerDefinition

JSON = "application/json"


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
        link(f"{root}/openapi.json", "service-desc", "application/vnd.oai.openapi+json;version=3.1", "API"),
        link(f"{root}/docs", "service-doc", "text/html", "API 文档 / API documentation"),
        link(f"{root}/ogc/conformance", "conformance", JSON, "一致性声明 / Conformance"),
        link(f"{root}/ogc/collections", "data", JSON, "图层 / Collections"),
    ]


def collection_links(request: Request, definition: LayerDefinition) -> list[Link]:
    """The links of one collection."""
    url = collection_url(request, definition.id)
    tiles = url + "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"
    return [
        link(url, "self", JSON, definition.title.zh),
        link(f"{url}/items", "items", GEOJSON, f"{definition.title.zh} / {definition.title.en}"),
        {**link(tiles, "item", MVT, "矢量瓦片 / Vector tiles"), "templated": "true"},
        link(f"{base(request)}/maps/{quote(definition.id)}", "alternate", "text/html", "地图 / Map"),
    ]


def page_links(request: Request, layer: str, *, after: int | None) -> list[Link]:
    """The links of a page of items: itself, its collection and, where `after` is given, the next page."""
    url = f"{collection_url(request, layer)}/items"
    asked = [(key, value) for key, value in request.query_params.multi_items() if key != "after"]
    here = f"{url}?{urlencode(request.query_params.multi_items())}" if request.query_params else url
    links = [
        link(here, "self", GEOJSON, "本页 / This page"),
        link(collection_url(request, layer), "collection", JSON, "图层 / Collection"),
    ]
    if after is not None:
        links.append(link(f"{url}?{urlencode([*asked, ('after', str(after))])}", "next", GEOJSON, "下一页 / Next page"))
    return links


def item_links(request: Request, layer: str, fid: int) -> list[Link]:
    """The links of one item."""
    url = collection_url(request, layer)
    return [
        link(f"{url}/items/{fid}", "self", GEOJSON, "本要素 / This feature"),
        link(url, "collection", JSON, "图层 / Collection"),
    ]
