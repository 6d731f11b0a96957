"""Full-page maps of a layer or a theme."""

from __future__ import annotations

from collections.abc import Container, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import LanguageDep, RastersDep, SettingsDep, StoreDep
from api.maps import LayerView, MapPart, RasterView, map_part
from api.pages.basemaps import basemaps
from api.pages.cards import Card, card, opening, themes
from api.pages.labels import labels
from api.pages.templates import PageRoute, page
from api.settings import Language, Settings
from gis.types import Bounds
from layers.codes import code_list
from layers.notice import ILLUSTRATIVE
from layers.raster.catalogue import RasterLayer
from layers.store import Store

router = APIRouter(prefix="/maps", route_class=PageRoute, tags=["pages"], default_response_class=HTMLResponse)


@router.get("/{name}", summary="图层或专题的整页地图 / Full-page map of a layer or theme")
def full_map(
    name: str, request: Request, store: StoreDep, settings: SettingsDep, language: LanguageDep, rasters: RastersDep
) -> HTMLResponse:
    """The map of one layer or raster, or of every layer and raster of one theme."""
    of_theme = [layer for layer, definition in store.catalogue.items() if definition.theme == name]
    found = rasters.of(store)
    if name in found and name not in store.catalogue:
        return _raster_map(found[name], request, store, settings, language)
    on_it = [each for each in found.values() if each.definition.theme == name and name not in store.catalogue]
    chosen = [name] if name in store.catalogue or not of_theme else of_theme
    cards = [card(store, layer, language) for layer in chosen]
    title = cards[0].definition.title.get(language) if chosen == [name] else theme_title(name, language)
    return page(
        request, "map.html", language,
        title=title,
        themes=themes(cards, language, on_it),
        map=drawn(request, store, settings, language, cards, opening(cards), rasters=on_it),
        notice=notice(cards, language),
    )  # fmt: skip


def drawn(
    request: Request,
    store: Store,
    settings: Settings,
    language: Language,
    cards: Sequence[Card],
    bounds: Bounds | None,
    *,
    draw: bool = False,
    rasters: Sequence[RasterLayer] = (),
    visible: Container[str] = (),
) -> MapPart:
    """The map of `cards`, bottom first, and `rasters`, opened on `bounds` (degrees).

    Rasters are on where their style says so, or their id is among `visible`.
    """
    shown = [RasterView(each, each.definition.style.visible or each.definition.id in visible) for each in rasters]
    views = [
        LayerView(each.definition, each.version, each.visible, each.bounds, labels(store, each.definition))
        for each in cards
    ]
    basemap = basemaps(settings.basemap, settings.tianditu_key)
    root = request.scope.get("root_path", "")
    return map_part(views, language=language, basemap=basemap, bounds=bounds, draw=draw, root=root, rasters=shown)


def _raster_map(
    raster: RasterLayer, request: Request, store: Store, settings: Settings, language: Language
) -> HTMLResponse:
    definition = raster.definition
    picture = drawn(
        request, store, settings, language, [], raster.bounds, rasters=[raster], visible=[definition.id]
    )  # fmt: skip
    return page(
        request, "map.html", language,
        title=definition.title.get(language), themes=themes([], language, [raster]), map=picture,
        notice=ILLUSTRATIVE.get(language) if definition.illustrative else "", shown={definition.id},
    )  # fmt: skip


def notice(cards: Sequence[Card], language: Language) -> str:
    """The words that say the geometry is illustrative, where any of `cards` is; else empty."""
    if not any(each.illustrative and each.count for each in cards):
        return ""
    return ILLUSTRATIVE.get(language)


def theme_title(theme: str, language: Language) -> str:
    """The title of `theme`; its id where the code list has none."""
    code = code_list("themes").get(theme)
    return (code.name_en if language == "en" else code.name_zh) if code else theme
