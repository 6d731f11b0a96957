"""Styles of layers and maps as MapLibre style documents (OGC API Styles)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request, Response

from api.delivery.caching import cache_headers, is_held, not_modified
from api.dependencies import RastersDep, StoreDep
from api.documents.answers import notice
from api.documents.links import base, link
from api.documents.tilesets import DEEPEST_ZOOM, SIDE_PIXELS, tilejson
from api.media import JSON, STYLE
from api.routes.rasters import raster_tileset
from api.routes.tiles import layers_tileset
from gis.png import colour_png
from layers.codes import code_list
from layers.definition import LayerDefinition, Text
from layers.errors import UnknownLayer
from layers.maplibre import hatches, raster_layers, sprite, vector_layers
from layers.raster.catalogue import RasterCatalogue, RasterLayer
from layers.store import Store

router = APIRouter(prefix="/ogc/styles", tags=["OGC API Styles"])

EVERYTHING = "gaodu_all"
"""The style of the map of all layers; no layer may have an id that begins so."""

TITLE = Text(zh="全部图层", en="All layers")
SOURCE = "gaodu"
"""The name of the source of vector tiles in a style."""

RATIOS = {"sprite": 1, "sprite@2x": 2}


class Styled(NamedTuple):
    """What a style draws: its title, and layers and rasters, each bottom first."""

    title: Text
    layers: Sequence[LayerDefinition]
    rasters: Sequence[RasterLayer]


@router.get("", summary="样式清单 / Styles")
def styles(request: Request, store: StoreDep, rasters: RastersDep) -> dict[str, Any]:
    """The styles of every layer, raster and theme, and of all together."""
    found = _every(store, rasters.of(store))
    return {
        "links": [link(f"{base(request)}/ogc/styles", "self", JSON, "样式 / Styles")],
        "default": EVERYTHING,
        "styles": [
            {
                "id": name,
                "title": f"{styled.title.zh} / {styled.title.en}",
                "links": [link(_address(request, name), "stylesheet", STYLE, "MapLibre")],
            }
            for name, styled in found.items()
        ],
    }


@router.get(
    "/{name}", summary="MapLibre 样式 / MapLibre style", response_class=Response,
    responses={200: {"content": {STYLE: {}}}, 304: {"description": "未改变 / not modified"}},
)  # fmt: skip
def style(name: str, request: Request, store: StoreDep, rasters: RastersDep) -> Response:
    """The style of a layer, a raster, a theme, or of all layers (gaodu_all)."""
    body = orjson.dumps(_document(request, store, name, _styled(store, rasters.of(store), name)))
    version = hashlib.sha256(body).hexdigest()[:16]
    if is_held(request, version):
        return not_modified(version)
    return Response(body, media_type=STYLE, headers=cache_headers(version))


@router.get(
    "/{name}/{sheet}.{kind}", summary="样式的图案 / Patterns of a style", response_class=Response,
    responses={200: {"content": {JSON: {}, "image/png": {}}}},
)  # fmt: skip
def patterns(
    name: str, sheet: Literal["sprite", "sprite@2x"], kind: Literal["json", "png"], store: StoreDep, rasters: RastersDep
) -> Response:
    """The hatches that a style fills with: their picture, or where in it each is."""
    colours = list(hatches(_styled(store, rasters.of(store), name).layers).values())
    index, picture = sprite(colours, RATIOS[sheet])
    if kind == "json":
        return Response(orjson.dumps(index), media_type=JSON)
    return Response(colour_png(picture), media_type="image/png")


def _every(store: Store, rasters: RasterCatalogue) -> dict[str, Styled]:
    catalogue = store.catalogue
    found = {EVERYTHING: Styled(TITLE, list(catalogue.values()), list(rasters.values()))}
    for code in code_list("themes").values():
        of_theme = [each for each in catalogue.values() if each.theme == code.code]
        on_it = [each for each in rasters.values() if each.definition.theme == code.code]
        if of_theme or on_it:
            found[code.code] = Styled(Text(zh=code.name_zh, en=code.name_en), of_theme, on_it)
    found |= {raster: Styled(each.definition.title, [], [each]) for raster, each in rasters.items()}
    return found | {layer: Styled(each.title, [each], []) for layer, each in catalogue.items()}


def _styled(store: Store, rasters: RasterCatalogue, name: str) -> Styled:
    found = _every(store, rasters)
    if name not in found:
        raise UnknownLayer(name, found)
    return found[name]


def _document(request: Request, store: Store, name: str, styled: Styled) -> dict[str, Any]:
    sources: dict[str, Any] = {}
    drawn = [(each.definition.style.order, raster_layers(each, each.definition.id)) for each in styled.rasters]
    drawn += [(each.style.order, vector_layers(each, SOURCE)) for each in styled.layers]
    facts: dict[str, Any] = {}
    for raster in styled.rasters:
        sources[raster.definition.id] = _source(tilejson(raster_tileset(request, raster)), "raster")
    if styled.layers:
        tiles = tilejson(layers_tileset(request, store, [each.id for each in styled.layers]))
        sources[SOURCE] = _source(tiles, "vector")
        facts = {key: tiles[key] for key in ("center",) if key in tiles}
    center = facts.get("center") or next((tilejson(raster_tileset(request, r))["center"] for r in styled.rasters), None)
    marked = any(store.is_illustrative(each.id) for each in styled.layers) or any(
        each.definition.illustrative for each in styled.rasters
    )
    titles = {"gaodu:title_zh": styled.title.zh, "gaodu:title_en": styled.title.en}
    said = {f"gaodu:{key}": value for key, value in notice(marked).items()}
    patterned = {"sprite": f"{_address(request, name)}/sprite"} if hatches(styled.layers) else {}
    return {
        "version": 8,
        "name": f"{styled.title.zh} / {styled.title.en}",
        "metadata": {**titles, **said},
        **({"center": center[:2], "zoom": center[2] - 1} if center else {}),
        **patterned,
        "sources": sources,
        "layers": [layer for _, group in sorted(drawn, key=lambda item: item[0]) for layer in group],
    }


def _source(tiles: dict[str, Any], kind: str) -> dict[str, Any]:
    """The source of a style, out of TileJSON."""
    words = ("tiles", "minzoom", "bounds", "attribution")
    kept: dict[str, Any] = {word: tiles[word] for word in words if word in tiles}
    size = {"tileSize": SIDE_PIXELS} if kind == "raster" else {}
    return {"type": kind, **kept, **size, "maxzoom": DEEPEST_ZOOM}


def _address(request: Request, name: str) -> str:
    return f"{base(request)}/ogc/styles/{quote(name)}"
