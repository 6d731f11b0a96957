"""What does a request bring with it?"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from threading import BoundedSemaphore
from typing import Annotated, cast

from fastapi import Depends, Query, Request

from api.access.auth import get_principal
from api.errors import BadParameter
from api.settings import Language, Settings
from layers.raster.catalogue import Rasters
from layers.raster.tiling import RasterTiles
from layers.store import Store
from layers.tiling import PackedTiles


async def get_store(request: Request) -> Store:
    """The store the service was opened on, as far as who asks may see it."""
    return cast(Store, request.app.state.seen[get_principal(request).role])


def get_settings(request: Request) -> Settings:
    """The settings the service was made with."""
    return cast(Settings, request.app.state.settings)


async def get_packed_tiles(request: Request) -> PackedTiles:
    """The vector tiles that were made, and the layers prepared for more."""
    return cast(PackedTiles, request.app.state.packed_tiles)


async def get_rasters(request: Request) -> Rasters:
    """The rasters there are."""
    return cast(Rasters, request.app.state.rasters)


async def get_raster_tiles(request: Request) -> RasterTiles:
    """The tiles of rasters that were made, and the files open for more."""
    return cast(RasterTiles, request.app.state.raster_tiles)


def get_export_places(request: Request) -> BoundedSemaphore:
    """One place for each download of a layer that may be prepared at once."""
    return cast(BoundedSemaphore, request.app.state.export_places)


def get_language(
    request: Request,
    lang: Annotated[Language | None, Query(description="语言 / language: zh, en")] = None,
) -> Language:
    """The reader's language: `?lang=`, else the cookie `lang`, else the setting."""
    cookie = request.cookies.get("lang")
    return lang or (cast(Language, cookie) if cookie in ("zh", "en") else get_settings(request).language)


YEARS = range(1900, 3000)
"""Years that a date may be asked of: beyond them clocks of other zones overflow."""


def parse_as_of(asof: str | None) -> int | date | datetime | None:
    """The revision or date that `asof` names; None is now. Raises BadParameter."""
    if asof is None:
        return None
    if asof.isascii() and asof.isdigit() and len(asof) < len("20241231"):
        return int(asof)
    for read in (date.fromisoformat, datetime.fromisoformat):
        with suppress(ValueError):
            moment = read(asof)
            if moment.year in YEARS:
                return moment
    raise BadParameter(
        f"“{asof}”既不是修订号也不是日期。",
        f"{asof!r} is neither a revision nor a date.",
        place="asof",
        remedy_zh="请写修订号（如 3）或日期（如 2024-12-31）。",
        remedy_en="Give a revision such as 3, or a date such as 2024-12-31.",
    )


def get_as_of(
    asof: Annotated[
        str | None, Query(description="修订号或日期 / a revision number, or a date such as 2024-12-31")
    ] = None,
) -> int | date | datetime | None:
    """The revision or date that `?asof=` names; None is now. Raises BadParameter."""
    return parse_as_of(asof)


StoreDep = Annotated[Store, Depends(get_store)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
PackedTilesDep = Annotated[PackedTiles, Depends(get_packed_tiles)]
RastersDep = Annotated[Rasters, Depends(get_rasters)]
RasterTilesDep = Annotated[RasterTiles, Depends(get_raster_tiles)]
LanguageDep = Annotated[Language, Depends(get_language)]
AsOfDep = Annotated[int | date | datetime | None, Depends(get_as_of)]
