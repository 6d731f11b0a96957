"""How is the service put together?"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from anyio import CapacityLimiter
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from starlette.middleware.gzip import GZipMiddleware

from api.access.guard import Guard, guarded, set_guard
from api.access.rights import read_rights
from api.delivery.middleware import BodyLimit, HeadAsGet, OwnCopies, SecurityHeaders
from api.delivery.ready import ReadyFeatures
from api.delivery.ready_tiles import ReadyTiles
from api.documents.openapi import describe, operation_id
from api.errors import handle_errors
from api.maps import basemap_origin
from api.routes import (
    checks,
    exports,
    features,
    health,
    layers,
    maps,
    pages,
    report,
    revisions,
    sign_in,
    statistics,
    styles,
    tiles,
)
from api.routes import rasters as raster_routes
from api.settings import Settings
from api.web import STATIC
from gis.kernels import warm
from layers.catalogue import load_catalogue
from layers.memory import LayerMemory
from layers.raster.catalogue import Rasters
from layers.raster.importing import raster_folder
from layers.raster.tiling import RasterTiles
from layers.resident import ResidentLayers
from layers.roles import Role
from layers.store import Store, open_store
from layers.tiling import PackedTiles, TileSources

ROUTES = (
    health,
    layers,
    statistics,
    report,
    checks,
    features,
    tiles,
    raster_routes,
    styles,
    exports,
    revisions,
    sign_in,
    maps,
    pages,
)

CHECKS_AT_ONCE = 2


def create_app(settings: Settings | None = None, store: Store | None = None) -> FastAPI:
    """The service on `store`, or on the store that `settings` names, which is then opened now and closed at the end."""
    settings = settings or Settings()
    opened = store or open_store(settings.store, load_catalogue(*filter(None, [settings.layers])))

    rasters = Rasters(*filter(None, [settings.layers]), imported=raster_folder(opened.url, settings.rasters))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=warm, name="warm-kernels", daemon=True).start()
        yield
        app.state.residents.close()
        app.state.raster_tiles.close()
        rasters.close()
        if store is None:
            opened.close()

    app = FastAPIOffline(
        generate_unique_id_function=operation_id,
        title="高都街道土地与农业信息系统 / Gaodu land and agriculture information system",
        version=version("gaodu"),
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(guarded)],
    )
    app.state.settings, app.state.store = settings, opened
    app.state.seen = {role: opened.seen_by(role) for role in (None, *Role)}
    app.state.checks = CapacityLimiter(CHECKS_AT_ONCE)
    memory = LayerMemory(settings.layer_memory_bytes)
    app.state.packed_tiles = PackedTiles(TileSources(opened, memory), settings.tile_cache_bytes)
    app.state.raster_tiles = RasterTiles(settings.tile_cache_bytes)
    app.state.rasters = rasters
    app.state.export_places = threading.BoundedSemaphore(settings.max_exports)
    app.state.residents = ResidentLayers(opened, memory)
    app.add_middleware(ReadyFeatures)
    app.add_middleware(ReadyTiles)
    app.add_middleware(OwnCopies)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders, basemap_origin=basemap_origin(settings))
    handle_errors(app)
    for module in ROUTES:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    describe(app)
    set_guard(app, Guard(read_rights(), anonymous_reading=settings.anonymous_reading))
    return app
