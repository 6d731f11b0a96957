"""How does a map of layers become a page that asks no other host for anything?"""

# mypy: disable-error-code="no-untyped-call"
# folium and branca declare no types
from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import quote

import folium
from branca.element import Figure, Link, MacroElement
from folium.plugins import Fullscreen, GeoMan, MousePosition, VectorGridProtobuf
from folium.template import Template
from folium.utilities import JsCode

from api.pages.basemaps import Basemap, basemaps
from api.settings import Settings
from api.web import WEB
from gis.types import Bounds
from layers.codes import code_list
from layers.definition import FieldDefinition, FieldType, LayerDefinition
from layers.legend import legend
from layers.raster.catalogue import RasterLayer
from layers.style import Symbol

MIN_ZOOM, MAX_ZOOM = 3, 20
DRAWING_ORDER = 10
"""Added to a layer's place in the drawing order: basemaps lie below it."""

CONTROLS = {
    "zh": {"fullscreen": "全屏", "leave": "退出全屏", "position": "东经, 北纬 "},
    "en": {"fullscreen": "Full screen", "leave": "Leave full screen", "position": "E, N "},
}
"""Texts that folium's own controls are given; everything else is written by the templates."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text and its place in degrees."""

    text: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class LayerView:
    """A layer as a map shows it: the version of its tiles, whether it is on, its extent in degrees, its labels."""

    definition: LayerDefinition
    version: str
    visible: bool = True
    bounds: Bounds | None = None
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class RasterView:
    """A raster as a map shows it, and whether it is on."""

    raster: RasterLayer
    visible: bool = False


@dataclass(frozen=True, slots=True)
class MapPart:
    """What a page needs for a map: addresses of styles and scripts, the map's element, and the script that fills it."""

    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    html: str
    script: str


class Configuration(MacroElement):
    """Tells our map script about the map and its layers, before any of these is made."""

    _template = Template(
        "{% macro script(this, kwargs) %}gaodu.configure("
        "{{ this._parent.get_name() }}, {{ this.content|tojson }});{% endmacro %}"
    )

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__()
        self._name, self.content = "Configuration", content


class Behaviour(MacroElement):
    """Hands the layers to our map script: popups, highlight, labels, switches."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "gaodu.attach({ "
        "{% for id, grid in this.grids.items() %}{{ id|tojson }}: {{ grid.get_name() }},{% endfor %}"
        "}, { "
        "{% for id, tiles in this.rasters.items() %}{{ id|tojson }}: {{ tiles.get_name() }},{% endfor %}"
        "});{% endmacro %}"
    )

    def __init__(self, grids: Mapping[str, VectorGridProtobuf], rasters: Mapping[str, folium.TileLayer]) -> None:
        super().__init__()
        self._name, self.grids, self.rasters = "Behaviour", grids, rasters


def map_part(
    layers: Sequence[LayerView],
    *,
    language: str,
    basemap: Sequence[Basemap] = (),
    bounds: Bounds | None = None,
    draw: bool = False,
    root: str = "",
    rasters: Sequence[RasterView] = (),
) -> MapPart:
    """The map of `layers` (bottom first) with our vector tiles, controls, popups and, with `draw`, a polygon tool.

    `rasters` lie among the layers by the drawing order of their styles.

    `bounds` in degrees is what the map opens on; `root` stands before every address of ours. Raises LookupError where
    folium names an address that assets.toml does not know.
    """
    made = folium.Map(
        tiles=None, location=(0, 0), zoom_start=MIN_ZOOM, minZoom=MIN_ZOOM, maxZoom=MAX_ZOOM,
        zoom_control="topright",
    )  # fmt: skip
    made._id = "main"
    if bounds:
        made.fit_bounds(_corners(bounds))
    Configuration(_configuration(layers, rasters, language)).add_to(made)
    for number, tiles in enumerate(basemap):
        folium.TileLayer(
            tiles.url, attr=tiles.attribution, name=f"basemap-{number}", subdomains=tiles.subdomains,
            max_zoom=MAX_ZOOM, max_native_zoom=tiles.max_zoom, control=False, overlay=True,
        ).add_to(made)  # fmt: skip
    grids = {view.definition.id: _grid(view, number, root) for number, view in enumerate(layers)}
    pictures = {view.raster.definition.id: _picture(view, layers, root) for view in rasters}
    for part in (*pictures.values(), *grids.values()):
        part.add_to(made)
    for control in _controls(language, draw):
        control.add_to(made)
    Behaviour(grids, pictures).add_to(made)
    return _rendered(made, root)


def basemap_origin(settings: Settings) -> str:
    """The origins that background tiles come from, for a content-security-policy; empty without a basemap."""
    return " ".join(sorted({tiles.origin for tiles in basemaps(settings.basemap, settings.tianditu_key)}))


def path_options(symbol: Symbol) -> dict[str, Any]:
    """`symbol` in the words of Leaflet's paths; `hatch` is ours."""
    stroked = symbol.stroke is not None and symbol.width > 0
    return {
        "fill": symbol.fill is not None,
        "fillColor": symbol.fill,
        "fillOpacity": symbol.fill_opacity,
        "stroke": stroked,
        "color": symbol.stroke,
        "weight": symbol.width,
        "opacity": 1,
        "dashArray": symbol.dash,
        "radius": symbol.radius,
        "hatch": symbol.hatch,
    }


def _corners(bounds: Bounds) -> list[list[float]]:
    """`bounds` as Leaflet has it: latitude before longitude."""
    return [[bounds.south, bounds.west], [bounds.north, bounds.east]]


def _grid(view: LayerView, number: int, root: str) -> VectorGridProtobuf:
    definition = view.definition
    address = f"{root}/ogc/collections/{quote(definition.id)}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    grid = VectorGridProtobuf(
        f"{address}?f=mvt&v={view.version}",
        definition.title.zh,
        {
            "rendererFactory": JsCode("L.canvas.tile"),
            "vectorTileLayerStyles": JsCode(f"gaodu.styles({json.dumps(definition.id)})"),
            "getFeatureId": JsCode("gaodu.featureId"),
            "minZoom": definition.style.min_zoom,
            "maxZoom": MAX_ZOOM,
            "zIndex": DRAWING_ORDER + number,
            **({"bounds": _corners(view.bounds)} if view.bounds else {}),
        },
        show=view.visible,
    )
    grid._id = str(number)
    return grid


def _picture(view: RasterView, layers: Sequence[LayerView], root: str) -> folium.TileLayer:
    definition = view.raster.definition
    below = sum(each.definition.style.order <= definition.style.order for each in layers)
    address = f"{root}/ogc/collections/{quote(definition.id)}/map/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    picture = folium.TileLayer(
        f"{address}?f=png&v={view.raster.version}", attr=definition.source.zh, name=definition.title.zh,
        max_zoom=MAX_ZOOM, opacity=definition.style.opacity, overlay=True, control=False, show=view.visible,
        z_index=DRAWING_ORDER + below, bounds=_corners(view.raster.bounds),
    )  # fmt: skip
    picture._id = f"raster{definition.id}"
    return picture


def _controls(language: str, draw: bool) -> list[MacroElement]:
    words = CONTROLS[language]
    controls: list[MacroElement] = [
        Fullscreen(position="topright", title=words["fullscreen"], title_cancel=words["leave"]),
        MousePosition(
            position="bottomright", prefix=words["position"], separator=", ", lng_first=True, empty_string="",
        ),
    ]  # fmt: skip
    if draw:
        controls.append(
            GeoMan(
                position="topright", drawMarker=False, drawCircleMarker=False, drawPolyline=False, drawCircle=False,
                drawText=False, cutPolygon=False, rotateMode=False, dragMode=False,
            )
        )  # fmt: skip
    return controls


def _configuration(layers: Sequence[LayerView], rasters: Sequence[RasterView], language: str) -> dict[str, Any]:
    """What our map script has to know; only text and numbers, written into the page as JSON."""
    lists = {field.codes for view in layers for field in view.definition.fields if field.codes}
    english = language == "en"
    return {
        "rasters": {
            view.raster.definition.id: {"title": view.raster.definition.title.get(language), "visible": view.visible}
            for view in rasters
        },
        "layers": {view.definition.id: _layer_configuration(view, language) for view in layers},
        "codes": {
            name: {code.code: code.name_en if english else code.name_zh for code in code_list(name).values()}
            for name in sorted(lists)
        },
    }


def _layer_configuration(view: LayerView, language: str) -> dict[str, Any]:
    definition = view.definition
    *classes, rest = legend(definition)
    return {
        "title": definition.title.get(language),
        "visible": view.visible,
        "point": "point" in definition.geometry,
        "field": definition.style.field,
        "label": definition.label_field,
        "symbols": {_key(entry.value): path_options(entry.symbol) for entry in classes},
        "symbol": path_options(rest.symbol),
        "fields": [_field_configuration(field, language) for field in definition.fields],
        "labels": [[label.text, label.longitude, label.latitude] for label in view.labels],
    }


def _field_configuration(field: FieldDefinition, language: str) -> dict[str, Any]:
    unit = code_list("units").get(field.unit or "")
    return {
        "name": field.name,
        "title": field.title.get(language),
        "unit": (unit.name_en if language == "en" else unit.name_zh) if unit else field.unit,
        "codes": field.codes,
        "number": field.type.is_number and field.type is not FieldType.INTEGER,
    }


def _key(value: str | int | bool | None) -> str:
    """`value` as JavaScript's String() writes it, which is how the map script looks a class up."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rendered(made: folium.Map, root: str) -> MapPart:
    figure = cast(Figure, made.get_root())
    for child in list(figure._children.values()):
        child.render()
    links = [child for child in figure.header._children.values() if isinstance(child, Link)]
    addresses = [local for link in links if (local := _local(link.url)) is not None]
    return MapPart(
        tuple(f"{root}/static/vendor/{address}" for address in addresses if address.endswith(".css")),
        tuple(f"{root}/static/vendor/{address}" for address in addresses if address.endswith(".js")),
        figure.html.render(),
        figure.script.render(),
    )


def _local(url: str) -> str | None:
    """The file that stands for `url`; None for a link to leave out. Raises LookupError for an unknown address."""
    try:
        return _replacements()[url]
    except KeyError:
        raise LookupError(f"folium names an address that api/web/assets.toml does not know: {url}") from None


@cache
def _replacements() -> dict[str, str | None]:
    table = tomllib.loads((WEB / "assets.toml").read_text(encoding="utf-8"))
    found: dict[str, str | None] = dict.fromkeys(table["drop"])
    for package in table["package"]:
        found |= {url: f"{package['name']}/{file}" for url, file in package.get("folium", {}).items()}
    return found
