"""OGC API Features: landing page, collections and items."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.dependencies import SettingsDep, StoreDep, parse_as_of
from api.documents import notice
from api.errors import NotFound
from api.links import JSON, base, collection_links, item_links, landing_links, link, page_links
from api.paging import page
from api.parameters import ItemParameters, ItemsParameters, OgcParameters, parse_bbox
from api.representations import geojson_feature, geojson_page
from layers.query import Query as LayerQuery
from layers.store import Store
from layers.window import extent_crs84, windowed

router = APIRouter(prefix="/ogc", tags=["OGC API Features"])

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)


@router.get("", summary="OGC 入口 / OGC landing page")
def landing(request: Request, asked: Annotated[OgcParameters, Query()]) -> dict[str, Any]:
    """The landing page of the OGC API."""
    return {
        "title": request.app.title,
        "description": "高都街道专题图层 / thematic layers of Gaodu",
        "links": landing_links(request),
    }


@router.get("/conformance", summary="一致性声明 / Conformance classes")
def conformance(asked: Annotated[OgcParameters, Query()]) -> dict[str, Any]:
    """The conformance classes that hold."""
    return {"conformsTo": list(CONFORMANCE)}


@router.get("/collections", summary="图层清单 / Collections")
def collections(request: Request, store: StoreDep, asked: Annotated[OgcParameters, Query()]) -> dict[str, Any]:
    """Every layer as a collection."""
    return {
        "links": [link(f"{base(request)}/ogc/collections", "self", JSON, "图层 / Collections")],
        "collections": [_collection(request, store, layer) for layer in store.catalogue],
    }


@router.get("/collections/{layer}", summary="图层说明 / One collection")
def collection(
    layer: str, request: Request, store: StoreDep, asked: Annotated[OgcParameters, Query()]
) -> dict[str, Any]:
    """One layer as a collection."""
    return _collection(request, store, layer)


def _collection(request: Request, store: Store, layer: str) -> dict[str, Any]:
    definition = store.catalogue[layer]
    extent = extent_crs84(store, layer)
    abstract = definition.abstract or definition.title
    return {
        "id": layer,
        "title": f"{definition.title.zh} / {definition.title.en}",
        "description": f"{abstract.zh} / {abstract.en}",
        "itemType": "feature",
        "crs": [CRS84_URI],
        **({"extent": {"spatial": {"bbox": [list(extent)], "crs": CRS84_URI}}} if extent else {}),
        **notice(store.is_illustrative(layer)),
        "links": collection_links(request, definition),
    }


@router.get("/collections/{layer}/items", summary="要素 / Features of a collection")
def items(
    layer: str, request: Request, store: StoreDep, settings: SettingsDep, asked: Annotated[ItemsParameters, Query()]
) -> Response:
    """A page of features as GeoJSON, by key: the next link goes on after the last feature of this page."""
    definition = store.catalogue[layer]
    asof = store.resolve(parse_as_of(asked.asof))
    revision = store.revision() if asof is None else asof
    query = LayerQuery()
    if asked.bbox is not None:
        query = windowed(store, layer, query, parse_bbox(asked.bbox), as_of=asof)
    rows, following = page(
        store,
        layer,
        replace(query, after=asked.after),
        limit=min(asked.limit, settings.max_page),
        max_bytes=settings.max_page_bytes,
        as_of=revision,
    )
    return geojson_page(
        definition,
        rows,
        links=page_links(request, layer, after=following),
        matched=store.count(layer, query, as_of=revision),
        illustrative=store.is_illustrative(layer),
    )


@router.get("/collections/{layer}/items/{fid}", summary="单个要素 / One feature")
def item(
    layer: str,
    fid: Annotated[int, Path(ge=0, le=2**63 - 1)],
    request: Request,
    store: StoreDep,
    asked: Annotated[ItemParameters, Query()],
) -> Response:
    """One feature as GeoJSON."""
    definition = store.catalogue[layer]
    row = store.read(layer, LayerQuery(fids=(fid,)), as_of=store.resolve(parse_as_of(asked.asof)))
    if row.num_rows == 0:
        raise NotFound(
            f"图层“{layer}”没有编号为 {fid} 的要素。", f"Layer {layer!r} has no feature {fid}.", place=f"{layer}/{fid}"
        )
    links = item_links(request, layer, fid)
    return geojson_feature(definition, row, links=links, illustrative=store.is_illustrative(layer))
