"""The pages in a real browser: no foreign request, no error, and the map answers the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from api.app import create_app
from api.settings import Settings
from layers.store import Store
from tests.api.hostile import HOSTILE, hostile_store
from tests.browser import Page, browser, new_page, served

pytestmark = pytest.mark.browser

DESKTOP, PHONE = (1440, 900), (390, 844)
ITEMS = "/ogc/collections/land_use/items"
PAGES = (
    "/", "/maps/farmland", "/layers", "/layers/land_use", "/report/2024", "/sign-in", "/ogc?f=html",
    "/ogc/collections?f=html", "/ogc/collections/land_use?f=html", f"{ITEMS}?f=html&limit=10", f"{ITEMS}/1?f=html",
)  # fmt: skip
TILES_SHOWN = "window.gaodu && gaodu.map && gaodu.settled()"
POPUP_FILLED = "document.querySelector('.leaflet-popup .feature tbody tr')"


class Place(NamedTuple):
    """Where on the screen."""

    x: float
    y: float


@pytest.fixture(scope="module")
def devtools() -> Iterator[str]:
    with browser() as address:
        yield address


@pytest.fixture(scope="module")
def address(sample_store: Store) -> Iterator[str]:
    with served(create_app(Settings(_env_file=None), sample_store)) as origin:
        yield origin


@pytest.fixture
def page(devtools: str) -> Iterator[Page]:
    with new_page(devtools) as opened:
        opened.resize(*DESKTOP)
        yield opened


def middle(page: Page, dx: int = 0, dy: int = 0) -> Place:
    """The middle of the map on the screen, moved by some pixels."""
    x, y, width, height = page.evaluate(
        "(() => { const box = gaodu.map.getContainer().getBoundingClientRect();"
        "return [box.x, box.y, box.width, box.height]; })()"
    )
    return Place(x + width / 2 + dx, y + height / 2 + dy)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_other_host_and_has_no_error(
    page: Page, address: str, path: str, size: tuple[int, int], language: str
) -> None:
    page.resize(*size, mobile=size == PHONE)
    page.open(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
    if path in ("/", "/maps/farmland"):
        page.wait_for(TILES_SHOWN)
    assert page.foreign_requests(address) == []
    assert page.errors == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("path", ["/", f"{ITEMS}?f=html&limit=10"])
def test_the_buttons_of_a_map_look_as_leaflet_draws_them(page: Page, address: str, path: str) -> None:
    page.open(f"{address}{path}")
    page.wait_for("document.querySelector('.leaflet-control-zoom-in')")
    drawn = "(() => { const look = getComputedStyle(document.querySelector('.leaflet-control-zoom-in'));"
    assert page.evaluate(f"{drawn} return [look.backgroundColor, look.display]; }})()") == [
        "rgb(255, 255, 255)",
        "block",
    ]


def test_the_documentation_of_the_api_is_shown_offline(page: Page, address: str) -> None:
    page.open(f"{address}/docs")
    page.wait_for("document.querySelectorAll('.opblock').length > 10")
    assert page.foreign_requests(address) == []
    assert page.errors == []


def test_a_click_on_the_map_shows_the_feature(page: Page, address: str) -> None:
    page.open(f"{address}/?layer=land_use&lang=zh")
    page.wait_for(TILES_SHOWN)
    page.click(*middle(page))
    page.wait_for(POPUP_FILLED)
    assert "亩" in page.evaluate("document.querySelector('.leaflet-popup .feature').textContent")
    assert page.errors == []


def test_a_click_finds_every_layer_at_the_place(page: Page, address: str) -> None:
    page.open(f"{address}/?lang=zh")
    page.wait_for(TILES_SHOWN)
    page.click(*middle(page))
    page.wait_for(POPUP_FILLED)
    named = page.evaluate("[...document.querySelectorAll('.chips button')].map((chip) => chip.textContent)")
    assert {"地类图斑", "行政村", "街道范围"} <= set(named)


def test_a_drawn_parcel_is_checked(page: Page, address: str) -> None:
    page.open(f"{address}/?lang=zh")
    page.wait_for(TILES_SHOWN)
    page.click_on("#tab-check")
    page.click_on("#check-draw")
    corners = [middle(page, dx, dy) for dx, dy in ((-80, -60), (80, -60), (80, 60), (-80, 60))]
    for corner in [*corners, corners[0]]:
        page.click(*corner)
    page.wait_for("document.querySelectorAll('#check-result table').length === 2")
    shown = page.evaluate("document.getElementById('check-result').textContent")
    assert "图斑椭球面积" in shown
    assert "地类图斑" in shown
    assert page.errors == []


def test_a_parcel_that_is_no_geojson_is_refused_in_words(page: Page, address: str) -> None:
    page.open(f"{address}/?lang=zh")
    page.wait_for("window.gaodu && gaodu.map")
    page.click_on("#tab-check")
    page.evaluate(
        "(() => { const form = document.getElementById('check-text');"
        "form.elements.geojson.value = 'no json'; form.requestSubmit(); })()"
    )
    page.wait_for("document.querySelector('#check-result .refusal')")
    assert "不是有效的 GeoJSON" in page.evaluate("document.getElementById('check-result').textContent")


def test_another_layer_is_chosen_for_statistics(page: Page, address: str) -> None:
    page.open(f"{address}/?lang=zh")
    page.evaluate(
        "(() => { const choice = document.querySelector('#statistics select[name=layer]');"
        "choice.value = 'idle_land'; choice.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    page.wait_for("document.querySelector('#statistics h2').textContent === '盘活闲置低效土地'")
    page.wait_for("document.querySelector('#statistics .chart svg')")
    assert "1,570.00" in page.evaluate("document.querySelector('.totals').textContent")


def test_a_switch_takes_a_layer_off_the_map(page: Page, address: str) -> None:
    page.open(f"{address}/?lang=zh")
    page.wait_for(TILES_SHOWN)
    assert page.evaluate("gaodu.shows('villages')")
    page.click_on("[data-switch=villages]")
    assert not page.evaluate("gaodu.shows('villages')")


def test_the_address_of_a_place_opens_there(page: Page, address: str) -> None:
    page.open(f"{address}/#16/34.9800/118.3000")
    page.wait_for("window.gaodu && gaodu.map")
    assert page.evaluate("gaodu.map.getZoom()") == 16
    assert page.evaluate("gaodu.map.getCenter().lat") == pytest.approx(34.98, abs=1e-4)


def test_the_features_behind_a_figure_are_marked_on_the_map(page: Page, address: str) -> None:
    page.open(f"{address}/maps/enterprises?lang=zh&figure=2024/relocation.enterprises")
    page.wait_for("document.querySelectorAll('path.behind').length === 7")
    assert page.errors == []


@pytest.mark.parametrize(
    ("layer", "code", "count"),
    [("work_orders", "hotline.orders", 3523), ("work_orders", "hotline.property_orders_decline", 929)],
)
def test_many_features_behind_a_figure_are_marked_on_one_canvas(
    page: Page, address: str, layer: str, code: str, count: int
) -> None:
    page.open(f"{address}/maps/{layer}?lang=zh&figure=2024/{code}")
    marked = "Object.values(gaodu.map._layers).filter((each) => each.options.className === 'behind').length"
    page.wait_for(f"window.gaodu && gaodu.map && {marked} >= {count}")
    assert page.evaluate("document.querySelectorAll('path.behind').length") == 0
    assert page.errors == []


def test_a_figure_without_features_is_refused_in_words(page: Page, address: str) -> None:
    page.open(f"{address}/maps/enterprises?lang=en&figure=2024/finance.local_revenue")
    page.wait_for("document.querySelector('.leaflet-popup .refusal')")


def test_the_measuring_tool_gives_the_area_of_a_square(page: Page, address: str) -> None:
    page.open(f"{address}/?lang=zh")
    page.wait_for("window.gaodu && gaodu.measured")
    corners = [(118.0, 35.0), (118.01, 35.0), (118.01, 35.01), (118.0, 35.01)]
    points = ", ".join(f"{{lng: {x}, lat: {y}}}" for x, y in corners)
    # pyproj.Geod(ellps="GRS80").polygon_area_perimeter of the same corners: 1,012,695.42 m2
    assert page.evaluate(f"gaodu.measured.area([{points}])") == pytest.approx(1_012_695.42, rel=1e-6)


def test_stored_html_shows_as_text(devtools: str, tmp_path: Path) -> None:
    store = hostile_store(tmp_path)
    with served(create_app(Settings(_env_file=None), store)) as origin, new_page(devtools) as page:
        page.resize(*DESKTOP)
        page.open(f"{origin}/?layer=villages&feature=1&lang=zh")
        page.wait_for(POPUP_FILLED)
        assert HOSTILE in page.evaluate("document.querySelector('.leaflet-popup .feature').textContent")
        assert HOSTILE in page.evaluate("document.querySelector('.label').textContent")
        assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
        assert page.errors == []
    store.close()
