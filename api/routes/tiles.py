"""Vector tiles of a layer and of several (OGC API Tiles), and the tile matrix set they lie in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request, Response

from api.asking.moments import asked_revision
from api.delivery.caching import cache_headers, is_held, not_modified
from api.dependencies import PackedTilesDep, StoreDep
from api.documents.links import OGC_REL, base, collection_url, link
from api.documents.tilesets import (
    QUAD,
    Tileset,
    check_matrix_set,
    tile_matrix_set,
    tilejson,
    tileset_document,
    tileset_item,
)
from api.errors import BadParameter
from api.media import JSON, MVT
from gis.tiles import MAX_ZOOM, tile_window
from gis.types import Bounds
from layers.store import Store
from layers.tile_cache import unpacked
from layers.tiling import PackedTiles, State, state, version_of
from layers.window import extent_crs84

router = APIRouter(prefix="/ogc", tags=["OGC API Tiles"])

MATRICES = "/tileMatrixSets"
TILE = "/{zoom}/{row}/{column}"
MOST_LAYERS = 200

MatrixSet = Annotated[str, Path(description=QUAD)]
Zoom = Annotated[int, Path(ge=0, le=MAX_ZOOM)]
Place = Annotated[int, Path(ge=0, le=2**MAX_ZOOM - 1)]
Form = Annotated[Literal["json", "tilejson"], Query(description="json, tilejson")]
Kept = Annotated[str | None, Query(description="浏览器据此缓存 / lets browsers keep the tile for good")]
AsOf = Annotated[str | None, Query(description="修订号或日期 / revision or date")]
Revision = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="修订号 / revision")]
When = Annotated[str | None, Query(description="日期或时间 / date or time (RFC 3339), such as 2024-12-31")]
Chosen = Annotated[str | None, Query(description="图层，逗号分隔 / layers, separated by commas")]
TILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {MVT: {}}},
    204: {"description": "空瓦片 / empty tile"},
    304: {"description": "未改变 / not modified"},
}


@router.get(MATRICES, summary="瓦片矩阵集 / Tile matrix sets")
def tile_matrix_sets(request: Request) -> dict[str, Any]:
    """The one tile matrix set there is."""
    address = f"{base(request)}/ogc{MATRICES}/{QUAD}"
    document = tile_matrix_set()
    links = [link(address, OGC_REL + "tiling-scheme", JSON, QUAD)]
    return {"tileMatrixSets": [{key: document[key] for key in ("id", "title", "uri", "crs")} | {"links": links}]}


@router.get(MATRICES + "/{matrix_set}", summary="瓦片矩阵集定义 / Definition of a tile matrix set")
def one_tile_matrix_set(matrix_set: MatrixSet) -> dict[str, Any]:
    """WebMercatorQuad."""
    check_matrix_set(matrix_set)
    return tile_matrix_set()


@router.get("/tiles", summary="全部图层的瓦片集 / Tilesets of the dataset")
def dataset_tilesets(request: Request, store: StoreDep, collections: Chosen = None) -> dict[str, Any]:
    """The tilesets of all layers, or of those chosen, in one tile."""
    return _list(request, _dataset(request, store, collections, None))


@router.get("/tiles/{matrix_set}", summary="全部图层的瓦片集说明 / Metadata or TileJSON of the dataset")
def dataset_tileset(
    matrix_set: MatrixSet, request: Request, store: StoreDep, collections: Chosen = None, f: Form = "json",
    asof: AsOf = None, revision: Revision = None, datetime: When = None,
) -> dict[str, Any]:  # fmt: skip
    """How the tiles of all layers, or of those chosen, are found."""
    check_matrix_set(matrix_set)
    as_of = asked_revision(store, moment=datetime, revision=revision, asof=asof)
    return _FORMS[f](_dataset(request, store, collections, as_of))


@router.get(
    "/tiles/{matrix_set}" + TILE, summary="多图层矢量瓦片 / Vector tile of several layers", response_class=Response,
    responses=TILE_ANSWERS,
)  # fmt: skip
def dataset_tile(
    matrix_set: MatrixSet, zoom: Zoom, row: Place, column: Place, request: Request, store: StoreDep,
    tiles: PackedTilesDep, collections: Chosen = None, v: Kept = None, asof: AsOf = None, revision: Revision = None,
    datetime: When = None,
) -> Response:  # fmt: skip
    """One tile of all layers, or of those chosen, bottom first."""
    check_matrix_set(matrix_set)
    as_of = asked_revision(store, moment=datetime, revision=revision, asof=asof)
    states = [state(store, layer, as_of) for layer in chosen(store, collections)]
    return _answer(request, tiles, states, (zoom, column, row), v)


@router.get("/collections/{layer}/tiles", summary="图层的瓦片集 / Tilesets of a layer")
def tilesets(layer: str, request: Request, store: StoreDep) -> dict[str, Any]:
    """The tilesets of one layer."""
    return _list(request, _layer(request, store, layer, None))


@router.get("/collections/{layer}/tiles/{matrix_set}", summary="瓦片集说明 / Metadata or TileJSON of a layer's tiles")
def tileset(
    layer: str, matrix_set: MatrixSet, request: Request, store: StoreDep, f: Form = "json",
    asof: AsOf = None, revision: Revision = None, datetime: When = None,
) -> dict[str, Any]:  # fmt: skip
    """How the tiles of one layer are found."""
    check_matrix_set(matrix_set)
    as_of = asked_revision(store, moment=datetime, revision=revision, asof=asof)
    return _FORMS[f](_layer(request, store, layer, as_of))


@router.get(
    "/collections/{layer}/tiles/{matrix_set}" + TILE, summary="矢量瓦片 / Vector tile", response_class=Response,
    responses=TILE_ANSWERS,
)  # fmt: skip
def vector_tile(
    layer: str, matrix_set: MatrixSet, zoom: Zoom, row: Place, column: Place, request: Request, store: StoreDep,
    tiles: PackedTilesDep, v: Kept = None, asof: AsOf = None, revision: Revision = None, datetime: When = None,
) -> Response:  # fmt: skip
    """One tile of a layer, now or as of a revision or date; 304 where the client holds it, 204 where it is empty.

    An address that names the latest version may be cached for good; any other is asked about again.
    """
    check_matrix_set(matrix_set)
    as_of = asked_revision(store, moment=datetime, revision=revision, asof=asof)
    return _answer(request, tiles, [state(store, layer, as_of)], (zoom, column, row), v)


def chosen(store: Store, collections: str | None) -> list[str]:
    """The layers that `collections` names, in its order, each once; all of the catalogue, bottom first, without it.

    Raises UnknownLayer, and BadParameter for more than MOST_LAYERS.
    """
    if collections is None:
        return list(store.catalogue)
    names = list(dict.fromkeys(collections.split(",")))
    if len(names) > MOST_LAYERS:
        raise BadParameter(f"最多 {MOST_LAYERS} 个图层。", f"At most {MOST_LAYERS} layers.", place="collections")
    return names


def _answer(
    request: Request, tiles: PackedTiles, states: Sequence[State], place: tuple[int, int, int], asked: str | None
) -> Response:
    version = version_of(states)
    if is_held(request, version):
        tile_window(*place)
        return not_modified(version, asked)
    return tile(request, tiles.get(states, *place), version, asked)


def tile(request: Request, body: bytes, version: str, asked: str | None) -> Response:
    """The answer with a packed tile of `version`, where the address named the version `asked`."""
    headers = {**cache_headers(version, asked), "Vary": "Accept-Encoding"}
    if not body:
        return Response(status_code=204, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = unpacked(body)
    return Response(body, media_type=MVT, headers=headers)


def _layer(request: Request, store: Store, layer: str, as_of: int | None) -> Tileset:
    found = state(store, layer, as_of)
    address, title = f"{collection_url(request, layer)}/tiles", found.definition.title
    return _tileset(request, store, [found], address, f"{title.zh} / {title.en}", [], as_of)


def layers_tileset(request: Request, store: Store, layers: Sequence[str]) -> Tileset:
    """The tileset of some layers, bottom first, in their latest versions. Raises UnknownLayer."""
    if len(layers) == 1:
        return _layer(request, store, layers[0], None)
    return _dataset(request, store, ",".join(layers), None)


def _dataset(request: Request, store: Store, collections: str | None, as_of: int | None) -> Tileset:
    states = [state(store, layer, as_of) for layer in chosen(store, collections)]
    asked = [("collections", collections)] if collections is not None else []
    return _tileset(request, store, states, f"{base(request)}/ogc/tiles", str(request.app.title), asked, as_of)


def _tileset(
    request: Request, store: Store, states: Sequence[State], address: str, title: str, asked: list[tuple[str, str]],
    as_of: int | None,
) -> Tileset:  # fmt: skip
    asked = [*asked, *([("revision", str(as_of))] if as_of is not None else [])]
    words = f"?{urlencode(asked, safe=',')}" if asked else ""
    joined = "&" if words else "?"
    metadata = f"{address}/{QUAD}{words}"
    tiles = f"{address}/{QUAD}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{words}"
    layers = [each.definition for each in states]
    links: list[dict[str, Any]] = [
        link(metadata, "self", JSON, "瓦片集说明 / Tileset metadata"),
        link(f"{metadata}{joined}f=tilejson", "alternate", JSON, "TileJSON"),
        link(f"{base(request)}/ogc{MATRICES}/{QUAD}", OGC_REL + "tiling-scheme", JSON, QUAD),
        {**link(tiles, "item", MVT, "矢量瓦片 / Vector tiles"), "templated": True},
        *(link(collection_url(request, each.id), OGC_REL + "geodata", JSON, each.title.zh) for each in layers),
    ]
    if len(layers) == 1:
        links.append(link(f"{base(request)}/ogc/styles/{quote(layers[0].id)}", "stylesheet", JSON, "样式 / Style"))
    attribution = "; ".join(dict.fromkeys(f"{each.source.zh} / {each.source.en}" for each in layers))
    return Tileset(
        title, "vector", _extent(store, states), layers, tiles, version_of(states), attribution, links
    )  # fmt: skip


def _extent(store: Store, states: Sequence[State]) -> Bounds | None:
    found = [extent_crs84(store, each.definition.id, as_of=each.revision if each.past else None) for each in states]
    known = [bounds for bounds in found if bounds is not None]
    if not known:
        return None
    lows, highs = zip(*((each[:2], each[2:]) for each in known), strict=True)
    return Bounds(*map(min, zip(*lows, strict=True)), *map(max, zip(*highs, strict=True)))


def _list(request: Request, tileset: Tileset) -> dict[str, Any]:
    here = link(str(request.url), "self", JSON, "瓦片集 / Tilesets")
    return {"links": [here], "tilesets": [tileset_item(tileset)]}


_FORMS = {"json": tileset_document, "tilejson": tilejson}
