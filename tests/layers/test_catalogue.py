"""The catalogue: the layers of the mission, and a folder of one's own."""

from pathlib import Path

import pytest

from layers.catalogue import THEMATIC, load_catalogue
from layers.codes import code_list
from layers.definition import AreaMethod
from layers.errors import DefinitionError, UnknownLayer
from layers.legend import legend

LAYERS = {
    "industrial_cluster", "idle_land", "farmland_protection", "paddy_transfer", "township", "villages", "grids",
    "land_use", "contracted_parcels", "relocation_area", "enterprises", "clinics", "projects",
    "work_orders", "grid_requests", "disputes", "petitions", "hazards", "inspections", "water_supply", "village_income",
    "investment_projects",
}  # fmt: skip

OWN = """
id = "ponds"
title = { zh = "坑塘", en = "Ponds" }
geometry = "polygon"
crs = 4527
area = { method = "ellipsoidal" }
source = { zh = "自查", en = "Own survey" }
date = 2025-01-01
"""


def own_folder(tmp_path: Path, text: str = OWN) -> Path:
    (tmp_path / "ponds.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_layers_of_the_mission_are_there():
    assert set(load_catalogue()) == LAYERS


@pytest.mark.parametrize("path", sorted(THEMATIC.glob("*.toml")), ids=lambda path: path.stem)
def test_a_thematic_file_is_named_after_its_layer(path):
    assert path.stem in load_catalogue()


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_every_layer_has_a_legend_in_both_languages(layer):
    assert all(entry.title_zh and entry.title_en for entry in legend(load_catalogue()[layer]))


def test_contracted_parcels_are_measured_in_the_plane_and_land_use_on_the_ellipsoid():
    catalogue = load_catalogue()
    assert catalogue["contracted_parcels"].area.method is AreaMethod.PLANAR
    assert catalogue["land_use"].area.method is AreaMethod.ELLIPSOIDAL


def test_a_file_in_a_folder_of_ones_own_is_a_layer(tmp_path):
    assert load_catalogue(own_folder(tmp_path))["ponds"].title.zh == "坑塘"


def test_an_id_used_twice_is_refused_with_both_files(tmp_path):
    with pytest.raises(DefinitionError, match=r"already used in .*clinics\.toml"):
        load_catalogue(own_folder(tmp_path, OWN.replace("ponds", "clinics")))


def test_an_unknown_theme_is_answered_with_the_themes(tmp_path):
    with pytest.raises(DefinitionError, match="Themes: base, land") as caught:
        load_catalogue(own_folder(tmp_path, 'theme = "water"\n' + OWN))
    assert caught.value.place.endswith("ponds.toml: theme")


def test_an_unknown_code_list_is_answered_with_the_lists(tmp_path):
    fields = 'fields = [{ name = "K", title = { zh = "类", en = "Kind" }, type = "text", codes = "kinds" }]\n'
    with pytest.raises(DefinitionError, match=r"Code lists: .*land_use") as caught:
        load_catalogue(own_folder(tmp_path, OWN + fields))
    assert caught.value.place.endswith("ponds.toml: fields.K.codes")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DefinitionError, match="GAODU_LAYERS"):
        load_catalogue(tmp_path / "nowhere")


def test_asking_for_an_unknown_layer_gives_the_ids():
    with pytest.raises(UnknownLayer, match="idle_land"):
        load_catalogue()["nope"]


def test_layers_come_in_drawing_order():
    orders = [definition.style.order for definition in load_catalogue().values()]
    assert orders == sorted(orders)


def test_land_use_codes_carry_their_colours():
    # rgb 248 208 114 of 0101 水田 in domain/land_use_codes.csv
    assert code_list("land_use")["0101"].colour == "#f8d072"
