"""OGC API Features: the collections, which are the layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.asking.coordinates import CRS84_URI, epsg_crs, offered
from api.asking.moments import utc_text
from api.asking.negotiation import NegotiatedRoute
from api.asking.parameters import OgcParameters
from api.dependencies import LanguageDep, RastersDep, StoreDep
from api.documents.answers import notice
from api.documents.described import answers
from api.documents.links import base, collection_links, collection_url, link
from api.documents.sheets import Cell, Sheet, Table, answer
from api.media import JSON
from api.routes.rasters import raster_collection
from api.settings import Language
from gis.types import Bounds
from layers.notice import ILLUSTRATIVE
from layers.raster.catalogue import RasterLayer
from layers.store import Store
from layers.window import DEGREE_DIGITS, extent_crs84

router = APIRouter(prefix="/ogc/collections", tags=["OGC API Features"], route_class=NegotiatedRoute)

WORDS = {
    "zh": {"collections": "图层", "id": "标识", "title": "名称", "items": "要素", "open": "查看", "crs": "坐标系",
           "offered": "提供的坐标系", "facts": "概况", "storage": "存储坐标系", "extent": "范围", "source": "来源"},
    "en": {"collections": "Collections", "id": "Id", "title": "Title", "items": "Features", "open": "Open",
           "crs": "CRS", "offered": "CRSs offered", "facts": "Facts", "storage": "Storage CRS", "extent": "Extent",
           "source": "Source"},
}  # fmt: skip
OTHERS = {"feature": "栅格 / Rasters", "coverage": "图层 / Layers"}


class CollectionsParameters(OgcParameters):
    """Which collections are listed."""

    item_type: Literal["feature", "coverage"] = Field(
        "feature", alias="itemType", description="feature 图层，coverage 栅格 / feature: layers, coverage: rasters"
    )


@router.get("", summary="图层清单 / Collections", responses=answers("Collections"))
def collections(
    request: Request,
    store: StoreDep,
    rasters: RastersDep,
    language: LanguageDep,
    asked: Annotated[CollectionsParameters, Query()],
) -> Response:
    """Every layer as a collection of features; with itemType=coverage every raster, which has tiles and no features.

    They are apart because clients of features ask every collection that is listed for its items.
    """
    layers = store.catalogue if asked.item_type == "feature" else {}
    coverages = rasters.of(store) if asked.item_type == "coverage" else {}
    address = f"{base(request)}/ogc/collections"
    document = {
        "links": [
            link(f"{address}?itemType={asked.item_type}" if coverages else address, "self", JSON, "图层 / Collections"),
            link(address if coverages else f"{address}?itemType=coverage", "related", JSON, OTHERS[asked.item_type]),
        ],
        "crs": [CRS84_URI],
        "collections": [
            *(_collection(request, store, layer) for layer in layers),
            *(raster_collection(request, raster) for raster in coverages.values()),
        ],
    }

    def sheet(tongue: Language) -> Sheet:
        words = WORDS[tongue]
        rows: list[list[Cell | str]] = [
            [Cell(layer, collection_url(request, layer)), definition.title.get(tongue), f"EPSG:{definition.crs}",
             Cell(words["open"], f"{collection_url(request, layer)}/items?f=html")]
            for layer, definition in layers.items()
        ]  # fmt: skip
        rows += [
            [Cell(key, collection_url(request, key)), raster.definition.title.get(tongue),
             f"EPSG:{raster.definition.crs}", ""]
            for key, raster in coverages.items()
        ]  # fmt: skip
        return Sheet(
            words["collections"], tables=[Table("", [words[n] for n in ("id", "title", "crs", "items")], rows)]
        )

    return answer(request, asked, language, document, sheet)


@router.get("/{layer}", summary="图层说明 / One collection", responses=answers("Collection"))
def collection(
    layer: str,
    request: Request,
    store: StoreDep,
    rasters: RastersDep,
    language: LanguageDep,
    asked: Annotated[OgcParameters, Query()],
) -> Response:
    """One layer, or raster, as a collection."""
    coverages = rasters.of(store)
    if layer in coverages:
        return answer(request, asked, language, raster_collection(request, coverages[layer]), _of(coverages[layer]))
    document = _collection(request, store, layer)

    def sheet(tongue: Language) -> Sheet:
        return _sheet(store, layer, document, tongue)

    return answer(request, asked, language, document, sheet)


def _of(raster: RasterLayer) -> Callable[[Language], Sheet]:
    """The page of a raster."""
    definition = raster.definition

    def sheet(tongue: Language) -> Sheet:
        words = WORDS[tongue]
        facts = [
            [words["id"], definition.id],
            [words["storage"], f"EPSG:{definition.crs}"],
            [words["extent"], ", ".join(f"{edge:.6f}" for edge in raster.bounds)],
            [words["source"], definition.source.get(tongue)],
        ]
        lead = (definition.abstract or definition.title).get(tongue)
        shown = ILLUSTRATIVE.get(tongue) if definition.illustrative else ""
        return Sheet(definition.title.get(tongue), lead, [Table("", [words["facts"], ""], facts)], shown)

    return sheet


def _sheet(store: Store, layer: str, document: dict[str, Any], tongue: Language) -> Sheet:
    definition, words = store.catalogue[layer], WORDS[tongue]
    bbox = document.get("extent", {}).get("spatial", {}).get("bbox", [[]])[0]
    facts = [
        [words["id"], layer],
        [words["storage"], f"EPSG:{definition.crs}"],
        [words["extent"], ", ".join(f"{edge:.6f}" for edge in bbox)],
        [words["source"], definition.source.get(tongue)],
    ]
    lead = (definition.abstract or definition.title).get(tongue)
    shown = ILLUSTRATIVE.get(tongue) if document.get("illustrative") else ""
    offers = Table(words["offered"], [words["crs"]], [[uri] for uri in document["crs"]])
    return Sheet(definition.title.get(tongue), lead, [Table("", [words["facts"], ""], facts), offers], shown)


def _collection(request: Request, store: Store, layer: str) -> dict[str, Any]:
    definition = store.catalogue[layer]
    abstract = definition.abstract or definition.title
    extent = _extent(store, layer)
    return {
        "id": layer,
        "title": f"{definition.title.zh} / {definition.title.en}",
        "description": f"{abstract.zh} / {abstract.en}",
        "itemType": "feature",
        "crs": list(offered(definition)),
        "storageCrs": epsg_crs(definition.crs).uri,
        **({"extent": extent} if extent else {}),
        **notice(store.is_illustrative(layer)),
        "links": collection_links(request, definition),
    }


def _around(extent: Bounds) -> list[float]:
    """`extent` rounded outwards to 0.1 m, so that a filter by it finds every feature however it is projected."""
    scale = 10**DEGREE_DIGITS
    low = [math.floor(edge * scale) / scale for edge in extent[:2]]
    return [*low, *(math.ceil(edge * scale) / scale for edge in extent[2:])]


def _extent(store: Store, layer: str) -> dict[str, Any]:
    """Where the features lie, and since when there are any (see api/asking/moments.py for what time means here)."""
    extent = extent_crs84(store, layer)
    made = store.revisions(layer)
    found: dict[str, Any] = {}
    if extent:
        found["spatial"] = {"bbox": [_around(extent)], "crs": CRS84_URI}
    if made:
        found["temporal"] = {"interval": [[utc_text(made[-1].at), None]],
                             "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}  # fmt: skip
    return found
