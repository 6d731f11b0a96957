"""What does a page say of each layer?"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gis.types import Bounds
from layers.codes import code_list
from layers.definition import METHODS, LayerDefinition
from layers.legend import LegendEntry, legend
from layers.raster.catalogue import RasterLayer
from layers.statistics import statistics
from layers.store import Store
from layers.tiling import version
from layers.window import DEGREE_DIGITS, extent_crs84

UNTOUCHED_CLASSES = 8
"""Longer legends are cut down to the classes that the layer holds."""

DIVISIONS = "base"
"""The theme of township and villages: a map opens on them, wherever else an imported layer may lie."""

MOST_HELD = 64
_HELD: OrderedDict[str, frozenset[str]] = OrderedDict()
"""The values of the field that a layer is drawn by, for each of the MOST_HELD versions last asked for."""

_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Card:
    """A layer with its figures: extent in degrees, the legend of what it holds, and its area method in words."""

    definition: LayerDefinition
    count: int
    revision: int
    version: str
    illustrative: bool
    visible: bool
    bounds: Bounds | None
    legend: tuple[LegendEntry, ...]
    method: str | None


@dataclass(frozen=True, slots=True)
class Theme:
    """The layers and the rasters of one theme, each topmost first."""

    id: str
    title: str
    cards: tuple[Card, ...]
    rasters: tuple[RasterLayer, ...] = ()


def card(store: Store, layer: str, language: str, *, visible: bool = True) -> Card:
    """The card of one layer; an empty one is never on. Raises UnknownLayer."""
    definition = store.catalogue[layer]
    extent = extent_crs84(store, layer)
    count = store.count(layer)
    return Card(
        definition,
        count,
        store.revision(layer),
        version(store, layer),
        store.is_illustrative(layer),
        visible and count > 0,
        Bounds(*(round(edge, DEGREE_DIGITS) for edge in extent)) if extent else None,
        held_legend(store, definition),
        METHODS[definition.area.method].get(language) if definition.area else None,
    )


def held_legend(store: Store, definition: LayerDefinition) -> tuple[LegendEntry, ...]:
    """The layer's legend; a long one without the classes that no feature has."""
    *classes, rest = legend(definition)
    field = definition.style.field
    if field is None:
        return (rest,)
    held = _held(store, definition.id, field)
    others = held - {str(entry.value) for entry in classes}
    if len(classes) > UNTOUCHED_CLASSES:
        classes = [entry for entry in classes if str(entry.value) in held]
    return (*classes, rest) if others or not classes else tuple(classes)


def _held(store: Store, layer: str, field: str) -> frozenset[str]:
    """The values of `field`, by which the layer is drawn, now; read once for each version of the layer."""
    key = version(store, layer)
    with _LOCK:
        found = _HELD.get(key)
    if found is None:
        found = frozenset(str(group["key"]) for group in statistics(store, layer, by=field).groups)
    with _LOCK:
        _HELD[key] = found
        _HELD.move_to_end(key)
        while len(_HELD) > MOST_HELD:
            _HELD.popitem(last=False)
    return found


def themes(cards: Iterable[Card], language: str, rasters: Iterable[RasterLayer] = ()) -> tuple[Theme, ...]:
    """`cards` and `rasters` by theme, themes in the order of the code list, layers topmost first."""
    titles = {code.code: code.name_en if language == "en" else code.name_zh for code in code_list("themes").values()}
    by_theme: dict[str, list[Card]] = {}
    for each in cards:
        by_theme.setdefault(each.definition.theme, []).insert(0, each)
    on_it: dict[str, list[RasterLayer]] = {}
    for raster in rasters:
        by_theme.setdefault(raster.definition.theme, [])
        on_it.setdefault(raster.definition.theme, []).insert(0, raster)
    order = [*titles, *sorted(set(by_theme) - set(titles))]
    return tuple(
        Theme(theme, titles.get(theme, theme), tuple(by_theme[theme]), tuple(on_it.get(theme, ())))
        for theme in order
        if theme in by_theme
    )


def opening(cards: Sequence[Card]) -> Bounds | None:
    """What a map of `cards` opens on: a layer of divisions, else the lowest layer that is shown and has features."""
    filled = [each for each in cards if each.bounds]
    best = min(filled, key=lambda each: (each.definition.theme != DIVISIONS, not each.visible), default=None)
    return best.bounds if best else None
