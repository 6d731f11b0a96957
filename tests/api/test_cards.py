"""Cards: what a page says of each layer."""

from __future__ import annotations

from pathlib import Path

from api.pages.cards import card, held_legend, opening, themes
from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.store import Store, open_store
from tests.api.hostile import hostile_store
from tests.layers.store import sample

DRAWN_BY_CODE = sample.PARCELS + '\n[style]\nfield = "DLBM"\ncolours_from_codes = true\n'


def test_a_long_legend_holds_only_classes_that_features_have(sample_store: Store) -> None:
    values = [entry.value for entry in held_legend(sample_store, sample_store.catalogue["land_use"])]
    assert "0101" in values  # 水田 is in the sample
    assert "0303" not in values  # 红树林地 is not


def test_a_layer_with_one_symbol_has_one_entry(sample_store: Store) -> None:
    assert [entry.title_zh for entry in held_legend(sample_store, sample_store.catalogue["clinics"])] == ["村卫生室"]


def test_extents_are_degrees(sample_store: Store) -> None:
    bounds = card(sample_store, "township", "zh").bounds
    assert bounds
    assert 118 < bounds.west < bounds.east < 119
    assert 34 < bounds.south < bounds.north < 36


def test_the_method_is_said_in_words(sample_store: Store) -> None:
    assert card(sample_store, "land_use", "zh").method == "图斑椭球面积"
    assert (
        card(sample_store, "contracted_parcels", "en").method
        == "planar area in the projected CRS (in China: Gauss-Kruger)"
    )
    assert card(sample_store, "clinics", "zh").method is None


def test_themes_come_in_the_order_of_their_list(sample_store: Store) -> None:
    cards = [card(sample_store, layer, "zh") for layer in sample_store.catalogue]
    assert [theme.id for theme in themes(cards, "zh")] == [
        "base",
        "land",
        "farmland",
        "industry",
        "governance",
        "public",
    ]


def test_the_topmost_layer_comes_first_in_its_theme(sample_store: Store) -> None:
    cards = [card(sample_store, layer, "zh") for layer in sample_store.catalogue]
    base = themes(cards, "zh")[0]
    orders = [each.definition.style.order for each in base.cards]
    assert orders == sorted(orders, reverse=True)


def test_an_empty_layer_is_off_and_opens_no_map(tmp_path: Path) -> None:
    with hostile_store(tmp_path) as store:
        empty = card(store, "land_use", "zh")
        assert (empty.count, empty.visible, empty.bounds) == (0, False, None)
        assert opening([empty]) is None


def test_a_map_opens_on_the_divisions_wherever_other_layers_lie(sample_store: Store) -> None:
    elsewhere = card(sample_store, "relocation_area", "zh")
    divisions = card(sample_store, "villages", "zh")
    assert opening([elsewhere, divisions]) == divisions.bounds


def test_a_map_without_divisions_opens_on_the_lowest_layer_shown(sample_store: Store) -> None:
    hidden = card(sample_store, "land_use", "zh", visible=False)
    shown = card(sample_store, "relocation_area", "zh")
    assert opening([hidden, shown]) == shown.bounds
    assert opening([hidden]) == hidden.bounds


def test_a_legend_follows_another_store_at_the_same_revision(tmp_path: Path) -> None:
    definition = parse_definition(DRAWN_BY_CODE, place="test")
    held = []
    for code in ("0101", "0301"):
        with open_store(tmp_path / f"{code}.gpkg", Catalogue({"parcels": definition})) as store:
            with store.transaction(who="a", why="b") as transaction:
                transaction.insert("parcels", sample.rows({"DLBM": code}))
            held.append([entry.value for entry in held_legend(store, definition)])
    assert held == [["0101"], ["0301"]]
