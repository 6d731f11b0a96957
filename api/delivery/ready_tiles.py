"""Which requests for tiles are answered from the cache, without a route?

The plain ones of one layer or raster, in its latest version, that were made before, for somebody who did not sign in
and from whom nothing is hidden. The answer is what the route would give; whatever is not plain goes there.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import Request, Response
from starlette.types import Scope

from api.delivery.caching import is_held, not_modified
from api.delivery.short_cut import ShortCut
from api.routes.rasters import MAP, picture
from api.routes.tiles import TILE, tile
from layers.errors import UnknownLayer
from layers.raster.catalogue import Rasters
from layers.raster.tiling import RasterTiles
from layers.store import Store
from layers.tiling import PackedTiles, version

ADDRESS = re.compile(
    r"/ogc/collections/([^/]+)/(map/)?tiles/WebMercatorQuad/(\d{1,2})/(\d{1,8})/(\d{1,8})", re.ASCII
)  # fmt: skip
ROUTES = {
    False: "/ogc/collections/{layer}/tiles/{matrix_set}" + TILE,
    True: MAP + "/{matrix_set}" + TILE,
}
"""Whether it is a raster's -> the route that stands in the table of rights."""

TELLING = frozenset({b"authorization", b"cookie", b"range"})
"""Headers that make a request more than plain."""

FORMS = {False: (None, "mvt"), True: ("png",)}
"""Whether it is a raster's -> the forms that are answered here."""


class _Asked(NamedTuple):
    name: str
    is_raster: bool
    place: tuple[int, int, int]
    version: str | None


class ReadyTiles(ShortCut[_Asked]):
    """Answers plain requests for tiles that are in the cache; hands on all others."""

    def asked(self, scope: Scope) -> _Asked | None:
        return _asked(scope)

    def route(self, asked: _Asked) -> str:
        return ROUTES[asked.is_raster]

    def answer(self, scope: Scope, asked: _Asked) -> Response | None:
        return _answer(scope, asked)


def _asked(scope: Scope) -> _Asked | None:
    """What the request asks for; None where it is not plain."""
    if (address := ADDRESS.fullmatch(scope["path"])) is None:
        return None
    if any(name in TELLING for name, _ in scope["headers"]):
        return None
    given = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    is_raster, (zoom, row, column) = address[2] is not None, map(int, address.groups()[2:])
    wanted = given.pop("v", None)
    if given.pop("f", None) not in FORMS[is_raster] or given:
        return None
    return _Asked(address[1], is_raster, (zoom, column, row), wanted)


def _answer(scope: Scope, asked: _Asked) -> Response | None:
    """The answer; None where the tile is not in the cache or there is no such layer."""
    try:
        return (_picture if asked.is_raster else _vector)(Request(scope), scope["app"].state, asked)
    except UnknownLayer:
        return None


def _vector(request: Request, state: Any, asked: _Asked) -> Response | None:
    store: Store = state.store
    tiles: PackedTiles = state.packed_tiles
    latest = version(store, asked.name)
    body = tiles.held(latest, *asked.place)
    if body is None:
        return None
    return (
        not_modified(latest, asked.version) if is_held(request, latest) else tile(request, body, latest, asked.version)
    )


def _picture(request: Request, state: Any, asked: _Asked) -> Response | None:
    rasters: Rasters = state.rasters
    tiles: RasterTiles = state.raster_tiles
    seen: Store = state.seen[None]
    latest = rasters.of(seen)[asked.name].version
    body = tiles.held(latest, "png", *asked.place)
    if body is None:
        return None
    return (
        not_modified(latest, asked.version) if is_held(request, latest) else picture(body, "png", latest, asked.version)
    )
