"""Vector tiles of a collection (OGC API Tiles addresses, WebMercatorQuad)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from api.dependencies import StoreDep, TileSourcesDep
from api.representations import MVT
from gis.tiles import MAX_ZOOM
from layers.tiling import version

router = APIRouter(prefix="/ogc/collections", tags=["OGC API Tiles"])


@router.get(
    "/{layer}/tiles/WebMercatorQuad/{zoom}/{row}/{column}",
    summary="矢量瓦片 / Vector tile",
    response_class=Response,
    responses={200: {"content": {MVT: {}}}, 204: {"description": "空瓦片 / empty tile"}},
)
def vector_tile(
    layer: str,
    zoom: Annotated[int, Path(ge=0, le=MAX_ZOOM)],
    row: Annotated[int, Path(ge=0)],
    column: Annotated[int, Path(ge=0)],
    store: StoreDep,
    sources: TileSourcesDep,
    v: Annotated[str | None, Query(description="浏览器据此缓存 / lets browsers keep the tile for good")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One tile of a layer in its latest version; 304 where the client holds that version, 204 where it is empty.

    An address that names the latest version may be cached for good; any other is asked about again.
    """
    latest = version(store, layer)
    if if_none_match == _headers(latest, v)["ETag"]:
        return Response(status_code=304, headers=_headers(latest, v))
    tiles = sources.get(layer)
    headers = _headers(tiles.version, v)
    tile = tiles.source.tile(zoom, column, row)
    return Response(tile, media_type=MVT, headers=headers) if tile else Response(status_code=204, headers=headers)


def _headers(latest: str, asked: str | None) -> dict[str, str]:
    return {
        "ETag": f'"{latest}"',
        "Cache-Control": "public, max-age=31536000, immutable" if asked == latest else "no-cache",
    }
