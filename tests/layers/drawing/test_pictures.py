"""Maps and charts as pictures, with and without a Chinese font."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
import shapely

from layers.catalogue import load_catalogue
from layers.drawing import Bars, Lettering, bar_picture, lettering, map_picture
from layers.drawing.lettering import LATIN
from layers.drawing.map_sheet import round_length_m
from layers.drawing.shapes import oriented
from layers.store import Store, open_store
from tests.layers.report.conftest import township

__all__ = ["township"]

LATIN_ONLY = Lettering("en", (LATIN,))
PNG = b"\x89PNG\r\n\x1a\n"


def test_a_map_is_a_png_of_its_size_on_paper(township: Store) -> None:
    picture = map_picture(township, "idle_land", lettering("zh"))
    assert picture is not None
    assert picture.png.startswith(PNG)
    assert (round(picture.width_mm), round(picture.height_mm)) == (165, 101)


def test_without_a_chinese_font_villages_are_numbered_and_listed(township: Store) -> None:
    """A glyph that the font lacks is a warning of matplotlib's, and warnings are errors here."""
    picture = map_picture(township, "paddy_transfer", LATIN_ONLY)
    assert picture is not None
    assert len(picture.key) == township.count("villages")
    assert picture.key[0].startswith("1 ")


def test_the_same_state_gives_the_same_picture(township: Store) -> None:
    first, second = (map_picture(township, "industrial_cluster", LATIN_ONLY) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("layer", ["clinics", "projects"])
def test_points_are_drawn_as_well(township: Store, layer: str) -> None:
    assert map_picture(township, layer, LATIN_ONLY) is not None


def test_a_layer_without_features_has_no_map(tmp_path: Path) -> None:
    with open_store(tmp_path / "empty.gpkg", load_catalogue()) as store:
        assert map_picture(store, "idle_land", LATIN_ONLY) is None


def test_holes_run_against_their_shell() -> None:
    hole = shapely.box(1, 1, 2, 2).exterior.coords
    same_way = shapely.Polygon(shapely.box(0, 0, 3, 3).exterior.coords, [hole])
    columns = oriented(_column([same_way.wkb]))
    starts, ends = columns.ring_offsets[:-1], columns.ring_offsets[1:]
    ways = [shapely.LinearRing(columns.xy[a:b]).is_ccw for a, b in zip(starts, ends, strict=True)]
    assert ways[0] != ways[1]


def _column(values: list[bytes]) -> pa.ChunkedArray:
    return pa.chunked_array([values], pa.binary())


@pytest.mark.parametrize(("most_m", "length_m"), [(1, 1), (1999, 1000), (2000, 2000), (4999, 2000), (73, 50)])
def test_the_scale_bar_has_a_round_length(most_m: float, length_m: float) -> None:
    assert round_length_m(most_m) == length_m


def test_a_chart_numbers_names_that_cannot_be_drawn() -> None:
    bars = Bars("面积", ["塘崖村", "Other"], [12.5, 3.0], "mu", 1, ["#5f9c86"] * 2)
    assert bar_picture(bars, LATIN_ONLY).key == ("1 塘崖村",)
