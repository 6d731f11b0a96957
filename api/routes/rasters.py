"""Rasters: what there is, map tiles (OGC API Tiles), and the value at a place."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from api.asking.coordinates import CRS84_URI
from api.asking.negotiation import chosen
from api.delivery.caching import cache_headers, is_held, not_modified
from api.dependencies import RastersDep, RasterTilesDep, StoreDep
from api.documents.answers import notice
from api.documents.links import OGC_REL, base, collection_url, link
from api.documents.rasters import raster_document, raster_legend
from api.documents.tilesets import QUAD, Tileset, check_matrix_set, tilejson, tileset_document, tileset_item
from api.media import JSON, STYLE
from api.routes.tiles import TILE, Form, Kept, MatrixSet, Place, Zoom
from gis.tiles import tile_window
from layers.codes import code_list
from layers.raster.catalogue import RasterLayer
from layers.raster.tiling import IMAGES

router = APIRouter(tags=["rasters"])

FORMS = {name: (kind,) for name, kind in IMAGES.items()}
MAP = "/ogc/collections/{raster}/map/tiles"
Image = Annotated[Literal["png", "jpeg"] | None, Query(description="png, jpeg；默认按 Accept / by Accept without it")]


@router.get("/api/rasters", summary="栅格 / Rasters")
def all_rasters(store: StoreDep, rasters: RastersDep) -> list[dict[str, Any]]:
    """Every raster, bottom first."""
    return [raster_document(raster) for raster in rasters.of(store).values()]


@router.get("/api/rasters/{raster}", summary="栅格定义 / One raster's definition")
def one_raster(raster: str, store: StoreDep, rasters: RastersDep) -> dict[str, Any]:
    """One raster with its legend."""
    return raster_document(rasters.of(store)[raster])


@router.get("/api/rasters/{raster}/value", summary="某点的值 / Value at a place")
def value(
    raster: str,
    store: StoreDep,
    rasters: RastersDep,
    lon: Annotated[float, Query(ge=-180, le=180, description="经度 / longitude")],
    lat: Annotated[float, Query(ge=-90, le=90, description="纬度 / latitude")],
) -> dict[str, Any]:
    """The value of the cell at a place in degrees; null where there is none."""
    found = rasters.of(store)[raster]
    unit = code_list("units").get(found.definition.unit or "")
    return {
        "raster": raster,
        "title": found.definition.title.model_dump(),
        "meaning": found.definition.meaning.model_dump(),
        "longitude": lon,
        "latitude": lat,
        "value": found.value(lon, lat),
        "unit": found.definition.unit,
        "unit_zh": unit.name_zh if unit else None,
        "unit_en": unit.name_en if unit else None,
    }


@router.get("/api/rasters/{raster}/legend", summary="图例 / Legend")
def legend(raster: str, store: StoreDep, rasters: RastersDep) -> list[dict[str, Any]]:
    """The colours of a raster, from low values to high ones."""
    return raster_legend(rasters.of(store)[raster].definition)


@router.get(MAP, summary="栅格的瓦片集 / Tilesets of a raster")
def map_tilesets(raster: str, request: Request, store: StoreDep, rasters: RastersDep) -> dict[str, Any]:
    """The tilesets of one raster."""
    here = link(str(request.url), "self", JSON, "瓦片集 / Tilesets")
    return {"links": [here], "tilesets": [tileset_item(raster_tileset(request, rasters.of(store)[raster]))]}


@router.get(MAP + "/{matrix_set}", summary="栅格瓦片集说明 / Metadata or TileJSON of a raster's tiles")
def map_tileset(
    raster: str, matrix_set: MatrixSet, request: Request, store: StoreDep, rasters: RastersDep, f: Form = "json"
) -> dict[str, Any]:
    """How the tiles of one raster are found."""
    check_matrix_set(matrix_set)
    tileset = raster_tileset(request, rasters.of(store)[raster])
    return {"json": tileset_document, "tilejson": tilejson}[f](tileset)


@router.get(
    MAP + "/{matrix_set}" + TILE, summary="栅格瓦片 / Tile of a raster", response_class=Response,
    responses={200: {"content": {key: {} for key in IMAGES.values()}}, 304: {"description": "未改变 / not modified"}},
)  # fmt: skip
def map_tile(
    raster: str, matrix_set: MatrixSet, zoom: Zoom, row: Place, column: Place, request: Request, store: StoreDep,
    rasters: RastersDep, tiles: RasterTilesDep, v: Kept = None, f: Image = None,
) -> Response:  # fmt: skip
    """One tile of a raster as PNG, transparent where there is no data, or as JPEG, white there."""
    check_matrix_set(matrix_set)
    found = rasters.of(store)[raster]
    image = chosen(request, FORMS, f)
    version, asked = _version(found.version, image), v and _version(v, image)
    if is_held(request, version):
        tile_window(zoom, column, row)
        return not_modified(version, asked)
    return picture(tiles.get(found, zoom, column, row, image=image), image, version, asked)


def _version(version: str, image: str) -> str:
    """The version of an image: one address may give either, which a client must not take for one another."""
    return version if image == "png" else f"{version}.{image}"


def picture(body: bytes, image: str, version: str, asked: str | None) -> Response:
    """The answer with a tile of a raster of `version`, where the address named the version `asked`."""
    headers = {**cache_headers(version, asked), "Vary": "Accept"}
    return Response(body, media_type=IMAGES[image], headers=headers)


def raster_collection(request: Request, raster: RasterLayer) -> dict[str, Any]:
    """A raster as a collection, which has tiles and no items."""
    definition, url = raster.definition, collection_url(request, raster.definition.id)
    about = f"{base(request)}/api/rasters/{quote(definition.id)}"
    abstract = definition.abstract or definition.title
    return {
        "id": definition.id,
        "title": f"{definition.title.zh} / {definition.title.en}",
        "description": f"{abstract.zh} / {abstract.en}",
        "dataType": "coverage",
        "layerDataType": "Coverage",  # by which GDAL knows that there are no features
        "crs": [CRS84_URI],
        "storageCrs": f"http://www.opengis.net/def/crs/EPSG/0/{definition.crs}",
        "extent": {"spatial": {"bbox": [[round(edge, 6) for edge in raster.bounds]], "crs": CRS84_URI}},
        **notice(definition.illustrative),
        "links": [
            link(url, "self", JSON, definition.title.zh),
            link(f"{url}/map/tiles", OGC_REL + "tilesets-map", JSON, "栅格瓦片 / Map tiles"),
            link(f"{base(request)}/ogc/styles/{quote(definition.id)}", "stylesheet", STYLE, "样式 / Style"),
            link(f"{about}/legend", OGC_REL + "legend", JSON, "图例 / Legend"),
            link(about, "describedby", JSON, "定义 / Definition"),
        ],
    }


def raster_tileset(request: Request, raster: RasterLayer) -> Tileset:
    """The tileset of a raster."""
    definition = raster.definition
    collection = collection_url(request, definition.id)
    metadata = f"{collection}/map/tiles/{QUAD}"
    tiles = metadata + "/{tileMatrix}/{tileRow}/{tileCol}?f=png"
    links: list[dict[str, Any]] = [
        link(metadata, "self", JSON, "瓦片集说明 / Tileset metadata"),
        link(f"{metadata}?f=tilejson", "alternate", JSON, "TileJSON"),
        link(f"{base(request)}/ogc/tileMatrixSets/{QUAD}", OGC_REL + "tiling-scheme", JSON, QUAD),
        *({**link(tiles.replace("png", image), "item", kind, image.upper()), "templated": True}
          for image, kind in IMAGES.items()),
        link(collection, OGC_REL + "geodata", JSON, definition.title.zh),
        link(f"{base(request)}/ogc/styles/{definition.id}", "stylesheet", JSON, "样式 / Style"),
        link(f"{base(request)}/api/rasters/{definition.id}/legend", OGC_REL + "legend", JSON, "图例 / Legend"),
    ]  # fmt: skip
    title, source = definition.title, definition.source
    return Tileset(
        f"{title.zh} / {title.en}", "map", raster.bounds, (), tiles, raster.version, f"{source.zh} / {source.en}", links
    )
