"""What is the style of a map in MapLibre's words? (MapLibre style specification, version 8)"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gis.png import Pixels
from gis.tiles import MERGED
from layers.definition import FieldType, LayerDefinition
from layers.legend import LegendEntry, legend
from layers.raster.catalogue import RasterLayer
from layers.style import Symbol

Document = dict[str, Any]

HATCH_PIXELS = 8
"""Side of the square of one hatch line."""

SAMENESS = 1
"""Zooms of MapLibre that a tile is drawn at twice the size: its zoom is that of the tile less one."""

THIN = ((12, 0.25), (14, 0.6), (16, 1.0))
"""Tile zooms, and by how much outlines of filled areas are narrowed there, where they would hide the fill."""

TEXT_PIXELS = 13
PREFIX = "gaodu:"


def vector_layers(definition: LayerDefinition, source: str) -> list[Document]:
    """The drawing layers of a layer, bottom first, out of the tiles of `source`, whose layer has its id."""
    kind = next(word for word in _DRAWN if word in definition.geometry.value)
    entries = legend(definition)
    common = {
        "source": source,
        "source-layer": definition.id,
        "minzoom": max(0, definition.style.min_zoom - SAMENESS),
        "layout": {"visibility": "visible" if definition.style.visible else "none"},
        "metadata": {f"{PREFIX}layer": definition.id},
    }
    made = [{"id": f"{definition.id}-{name}", **common, **rest} for name, rest in _DRAWN[kind](definition, entries)]
    if definition.style.label:
        made.append({"id": f"{definition.id}-label", **common, **_label(definition)})
    if made:
        titles = {"title_zh": definition.title.zh, "title_en": definition.title.en}
        entries_of = [_entry(entry) for entry in entries]
        made[0]["metadata"] = {**made[0]["metadata"], **_prefixed(titles), f"{PREFIX}legend": entries_of}
    return made


def raster_layers(raster: RasterLayer, source: str) -> list[Document]:
    """The drawing layer of a raster out of the tiles of `source`."""
    definition = raster.definition
    titles = {"layer": definition.id, "title_zh": definition.title.zh, "title_en": definition.title.en}
    stops = [{"value": stop.value, "fill": stop.colour} for stop in definition.style.stops]
    return [
        {
            "id": f"{definition.id}-raster",
            "type": "raster",
            "source": source,
            "layout": {"visibility": "visible" if definition.style.visible else "none"},
            "paint": {"raster-opacity": definition.style.opacity, "raster-resampling": "nearest"},
            "metadata": {**_prefixed(titles), f"{PREFIX}unit": definition.unit, f"{PREFIX}legend": stops},
        }
    ]


def hatches(definitions: Iterable[LayerDefinition]) -> dict[str, str]:
    """The patterns that styles of these layers draw with: name -> colour of the lines."""
    return {
        f"hatch-{colour.removeprefix('#')}": colour
        for definition in definitions
        for colour in [_hatch_colour(definition.style.symbol)]
        if colour
    }


def sprite(patterns: Sequence[str], ratio: int) -> tuple[Document, Pixels]:
    """The index and the picture (rows, columns, RGBA) of patterns of these colours, side by side.

    `ratio` is how many pixels of the picture make one of the screen; no pattern is one transparent pixel.
    """
    side = HATCH_PIXELS * ratio
    picture = np.zeros((side, max(1, side * len(patterns)), 4), np.uint8)
    row, column = np.mgrid[:side, :side]
    line = (row + column + 1) % side < ratio  # rises to the right, and meets itself in the next square
    index = {}
    for number, colour in enumerate(patterns):
        square = picture[:, number * side : (number + 1) * side]
        square[line] = [*bytes.fromhex(colour.removeprefix("#")), 190]
        index[f"hatch-{colour.removeprefix('#')}"] = {
            "x": number * side, "y": 0, "width": side, "height": side, "pixelRatio": ratio,
        }  # fmt: skip
    return index, picture


def _areas(definition: LayerDefinition, entries: Sequence[LegendEntry]) -> list[tuple[str, Document]]:
    symbol = definition.style.symbol
    made: list[tuple[str, Document]] = []
    if any(entry.symbol.fill for entry in entries):
        paint = {
            "fill-color": _by_class(definition, entries, [entry.symbol.fill or "rgba(0,0,0,0)" for entry in entries]),
            "fill-opacity": symbol.fill_opacity,
            "fill-antialias": False,  # else gaps show between neighbours, and edges are drawn twice
        }
        made.append(("fill", {"type": "fill", "paint": paint}))
    if (hatch := _hatch_colour(symbol)) is not None:
        made.append(("hatch", {"type": "fill", "paint": {"fill-pattern": f"hatch-{hatch.removeprefix('#')}"}}))
    return made + [("outline", rest) for _, rest in _lines(definition, entries, filled=bool(made))]


def _lines(
    definition: LayerDefinition, entries: Sequence[LegendEntry], *, filled: bool = False
) -> list[tuple[str, Document]]:
    symbol = definition.style.symbol
    if symbol.width <= 0 or not any(entry.symbol.stroke for entry in entries):
        return []
    width: Any = symbol.width
    if filled:
        steps = [part for zoom, share in THIN for part in (zoom - SAMENESS, symbol.width * share)]
        width = ["interpolate", ["linear"], ["zoom"], *steps]
    strokes = [entry.symbol.stroke or "rgba(0,0,0,0)" for entry in entries]
    paint: Document = {"line-color": _by_class(definition, entries, strokes), "line-width": width}
    if symbol.dash:
        paint["line-dasharray"] = [round(int(part) / symbol.width, 3) for part in symbol.dash.split()]
    return [("line", {"type": "line", "paint": paint})]


def _points(definition: LayerDefinition, entries: Sequence[LegendEntry]) -> list[tuple[str, Document]]:
    symbol = definition.style.symbol
    fills = [entry.symbol.fill or "rgba(0,0,0,0)" for entry in entries]
    paint: Document = {
        "circle-radius": symbol.radius,
        "circle-color": _by_class(definition, entries, fills),
        "circle-opacity": symbol.fill_opacity,
    }
    if symbol.stroke and symbol.width > 0:
        paint |= {
            "circle-stroke-color": _by_class(definition, entries, [entry.symbol.stroke or "" for entry in entries]),
            "circle-stroke-width": symbol.width,
        }
    return [("circle", {"type": "circle", "paint": paint})]


_DRAWN = {"polygon": _areas, "line": _lines, "point": _points}
"""Geometry -> what it is drawn by."""


def _label(definition: LayerDefinition) -> Document:
    layout: Document = {
        "visibility": "visible" if definition.style.visible else "none",
        "text-field": ["to-string", ["get", definition.style.label]],
        "text-size": TEXT_PIXELS,
        "text-max-width": 8,
    }
    if "point" in definition.geometry.value:
        layout |= {"text-anchor": "left", "text-offset": [0.8, 0]}
    return {
        "type": "symbol",
        "filter": ["!", ["has", MERGED]],
        "layout": layout,
        "paint": {"text-color": "#222222", "text-halo-color": "#ffffff", "text-halo-width": 1.4},
    }


def _by_class(definition: LayerDefinition, entries: Sequence[LegendEntry], values: Sequence[str]) -> Any:
    """One value, or an expression that gives the value of a feature's class; the last is that of all others."""
    *classes, rest = values
    if all(value == rest for value in classes) or definition.style.field is None:
        return rest
    field: Any = ["get", definition.style.field]
    if definition.field(definition.style.field).type is not FieldType.TEXT:
        field = ["to-string", field]
    cases: dict[str, list[str]] = {}
    for entry, value in zip(entries, classes, strict=False):  # one more entry: that of all others
        written = str(entry.value).lower() if isinstance(entry.value, bool) else str(entry.value)
        cases.setdefault(value, []).append(written)
    matches = [part for value, keys in cases.items() if value != rest for part in (keys, value)]
    return ["match", field, *matches, rest]


def _hatch_colour(symbol: Symbol) -> str | None:
    return (symbol.stroke or symbol.fill) if symbol.hatch else None


def _entry(entry: LegendEntry) -> Document:
    return {
        "value": entry.value,
        "title_zh": entry.title_zh,
        "title_en": entry.title_en,
        "fill": entry.symbol.fill,
        "stroke": entry.symbol.stroke,
    }


def _prefixed(facts: Document) -> Document:
    return {PREFIX + key: value for key, value in facts.items()}
