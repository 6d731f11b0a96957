"""Maps: what folium is made to write, and that nothing of it points outside."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date

import pytest

import api.maps
from api.maps import Label, LayerView, MapPart, basemap_origin, map_part, path_options
from api.pages.basemaps import BasemapError, basemaps
from api.settings import Settings
from api.web import STATIC, WEB
from gis.types import Bounds
from layers.definition import (
    AreaDefinition,
    AreaMethod,
    FieldDefinition,
    FieldType,
    GeometryType,
    LayerDefinition,
    Text,
)
from layers.style import Style, StyleClass, Symbol

HOSTILE = "</script><script>alert(1)</script>"


def definition(title: str = "水田") -> LayerDefinition:
    return LayerDefinition(
        id="paddy_field",
        title=Text(zh=title, en="Paddy"),
        geometry=GeometryType.POLYGON,
        crs=4527,
        area=AreaDefinition(method=AreaMethod.ELLIPSOIDAL),
        fields=(
            FieldDefinition(name="DLBM", title=Text(zh="地类编码", en="Code"), type=FieldType.TEXT, codes="land_use"),
        ),
        style=Style(
            symbol=Symbol(fill="#8da0cb", hatch=True, dash="4 2"),
            field="DLBM",
            classes=(StyleClass(value="0101", fill="#00ff00"),),
            min_zoom=11,
        ),
        source=Text(zh="测试", en="test"),
        date=date(2024, 12, 31),
    )  # fmt: skip


def part(**changes: object) -> MapPart:
    view = LayerView(definition(), version="7a", labels=(Label("高都", 118.3, 34.9),))
    return map_part([view], language="zh", **changes)  # type: ignore[arg-type]


def configuration(made: MapPart) -> dict[str, object]:
    found = re.search(r"gaodu\.configure\(map_main, (.*)\);", made.script)
    assert found
    read: dict[str, object] = json.loads(found[1])
    return read


def test_every_address_of_a_map_is_our_own() -> None:
    made = part(draw=True)
    assert all(address.startswith("/static/vendor/") for address in made.styles + made.scripts)
    assert not re.search(r"[\"'(]https?://", made.script + made.html)


def test_every_file_a_map_names_was_vendored() -> None:
    made = part(draw=True)
    missing = [name for name in made.styles + made.scripts if not (STATIC / name.removeprefix("/static/")).is_file()]
    assert missing == []


def test_an_unknown_address_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    known = api.maps._replacements()
    leaflet = next(url for url in known if url.endswith("leaflet.js"))
    monkeypatch.setattr(api.maps, "_replacements", lambda: {url: file for url, file in known.items() if url != leaflet})
    with pytest.raises(LookupError, match="leaflet"):
        part()


def test_bootstrap_and_icon_fonts_are_left_out() -> None:
    made = part(draw=True)
    assert not re.search("bootstrap|awesome|glyphicon", " ".join(made.styles + made.scripts))


def test_tiles_are_asked_for_by_row_before_column_and_by_revision() -> None:
    assert "'/ogc/collections/paddy_field/tiles/WebMercatorQuad/{z}/{y}/{x}?f=mvt&v=7a'" in part().script


def test_addresses_stand_below_the_root_path() -> None:
    made = part(root="/land")
    assert made.styles[0].startswith("/land/static/")
    assert "'/land/ogc/collections/" in made.script


def test_a_layer_starts_at_its_least_zoom() -> None:
    assert '"minZoom": 11' in part().script


def test_a_layer_that_is_off_is_not_added() -> None:
    shown = map_part([LayerView(definition(), "1", visible=True)], language="zh").script
    hidden = map_part([LayerView(definition(), "1", visible=False)], language="zh").script
    assert shown.count(".addTo(") == hidden.count(".addTo(") + 1


def test_the_map_opens_on_its_bounds() -> None:
    script = part(bounds=Bounds(118.2, 34.9, 118.4, 35.0)).script
    assert re.search(r"fitBounds\(\s*\[\[34\.9, 118\.2\], \[35\.0, 118\.4\]\]", script)


def test_the_map_has_its_place_before_its_layers_ask_for_tiles() -> None:
    script = part(bounds=Bounds(118.2, 34.9, 118.4, 35.0)).script
    assert script.index("fitBounds") < script.index("L.vectorGrid.protobuf")


def test_tiles_are_asked_for_only_where_the_layer_is() -> None:
    view = LayerView(definition(), "1", bounds=Bounds(118.2, 34.9, 118.4, 35.0))
    script = map_part([view], language="zh").script
    assert re.search(r'"bounds": \[\s*\[\s*34\.9,\s*118\.2,\s*\],\s*\[\s*35\.0,\s*118\.4,\s*\],\s*\]', script)


def test_a_class_is_drawn_in_its_colour_and_the_rest_as_the_layer() -> None:
    layer = configuration(part())["layers"]["paddy_field"]  # type: ignore[index]
    assert layer["symbols"]["0101"]["fillColor"] == "#00ff00"
    assert layer["symbol"]["fillColor"] == "#8da0cb"


def test_codes_are_given_with_their_names() -> None:
    assert configuration(part())["codes"]["land_use"]["0101"] == "水田"  # type: ignore[index]


def test_labels_are_text_longitude_latitude() -> None:
    assert configuration(part())["layers"]["paddy_field"]["labels"] == [["高都", 118.3, 34.9]]  # type: ignore[index]


def test_a_hostile_title_does_not_end_the_script() -> None:
    made = map_part([LayerView(definition(HOSTILE), "1")], language="zh")
    assert "</script" not in made.script
    assert configuration(made)["layers"]["paddy_field"]["title"] == HOSTILE  # type: ignore[index]


def test_two_renderings_of_a_map_name_their_variables_alike() -> None:
    assert re.findall(r"map_\w+", part().script) == re.findall(r"map_\w+", part().script)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        (Symbol(fill=None), {"fill": False}),
        (Symbol(fill="#ffffff", stroke=None), {"fill": True, "stroke": False}),
        (Symbol(width=0), {"stroke": False}),
        (Symbol(dash="8 4"), {"dashArray": "8 4"}),
        (Symbol(hatch=True), {"hatch": True}),
        (Symbol(radius=9), {"radius": 9}),
    ],
)
def test_symbols_in_the_words_of_leaflet(symbol: Symbol, expected: dict[str, object]) -> None:
    assert expected.items() <= path_options(symbol).items()


def test_no_basemap_by_default() -> None:
    assert basemaps(Settings(_env_file=None).basemap) == ()
    assert basemap_origin(Settings(_env_file=None)) == ""


def test_tianditu_is_two_layers_with_the_key() -> None:
    found = basemaps("tianditu-map", "a key")
    assert len(found) == 2
    assert all("tk=a%20key" in layer.url and "_w/wmts" in layer.url for layer in found)


def test_the_origin_of_a_basemap_covers_its_subdomains() -> None:
    settings = Settings(_env_file=None, basemap="tianditu-image", tianditu_key="key")
    assert basemap_origin(settings) == "https://*.tianditu.gov.cn"


def test_a_basemap_of_ones_own_is_a_template() -> None:
    (found,) = basemaps("http://tiles.local/{z}/{x}/{y}.png")
    assert found.origin == "http://tiles.local"


def test_a_basemap_without_its_key_is_refused() -> None:
    with pytest.raises(BasemapError, match="GAODU_TIANDITU_KEY"):
        basemaps("tianditu-map")


def test_an_unknown_basemap_is_refused_with_the_choices() -> None:
    with pytest.raises(BasemapError, match="tianditu-image"):
        basemaps("mapbox")


def test_a_basemap_lies_below_the_layers() -> None:
    script = part(basemap=basemaps("http://tiles.local/{z}/{x}/{y}.png")).script
    assert script.index("L.tileLayer") < script.index("L.vectorGrid.protobuf")


def test_every_package_of_the_table_is_pinned() -> None:
    pinned = json.loads((WEB / "package.json").read_text(encoding="utf-8"))["dependencies"]
    listed = tomllib.loads((WEB / "assets.toml").read_text(encoding="utf-8"))["package"]
    assert {package["name"] for package in listed} == set(pinned)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())


def test_every_file_that_stands_for_an_address_is_listed() -> None:
    for package in tomllib.loads((WEB / "assets.toml").read_text(encoding="utf-8"))["package"]:
        for file in package.get("folium", {}).values():
            assert file in package["files"]


def test_the_lock_names_no_address() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    assert not any("resolved" in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
