"""Which rasters are shown, whether definition and file fit, and the value at a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.errors import CrsError
from layers.catalogue import load_catalogue
from layers.errors import DefinitionError
from layers.raster.catalogue import RasterLayer, Rasters, UnknownRaster, raster_layer
from layers.raster.importing import import_raster
from layers.roles import Role
from layers.sample import open_with_sample
from layers.store import Store
from tests.layers.raster.conftest import definition, write_tif


def test_the_sample_rasters_fit_their_files() -> None:
    assert set(Rasters().all()) == {"elevation_after", "elevation_before", "yield_2024"}


def test_sample_rasters_are_not_shown_beside_other_data(store: Store) -> None:
    assert not Rasters().of(store)


def test_sample_rasters_are_shown_beside_the_sample(tmp_path: Path) -> None:
    with open_with_sample(str(tmp_path / "s.gpkg"), load_catalogue()) as store:
        assert "yield_2024" in Rasters().of(store)


def test_an_imported_raster_shows_at_once(store: Store, tmp_path: Path) -> None:
    rasters = Rasters(imported=tmp_path / "kept")
    assert "mine" not in rasters.of(store)
    import_raster(tmp_path / "kept", write_tif(tmp_path / "a.tif", [[1, 2]]), as_new="mine")
    assert "mine" in rasters.of(store)


def test_a_raster_is_hidden_from_who_may_not_see_it(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    import_raster(folder, write_tif(tmp_path / "a.tif", [[1, 2]]), as_new="mine")
    text = (folder / "mine.toml").read_text(encoding="utf-8")
    (folder / "mine.toml").write_text(f'visible_to = "reviewer"\n{text}', encoding="utf-8")
    rasters = Rasters(imported=folder)
    seen = {role: "mine" in rasters.of(store.seen_by(role)) for role in (None, Role.PLANNER, Role.REVIEWER)}
    assert seen == {None: False, Role.PLANNER: False, Role.REVIEWER: True}


def test_an_imported_raster_that_does_not_fit_is_left_out(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    import_raster(folder, write_tif(tmp_path / "a.tif", [[1, 2]]), as_new="mine")
    (folder / "mine.tif").write_bytes(b"no picture")
    assert not Rasters(imported=folder).of(store)


def test_a_raster_of_ones_own_folder_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rasters").mkdir()
    (tmp_path / "rasters" / "mine.toml").write_text('id = "mine"\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"mine\.toml"):
        Rasters(tmp_path)


def test_an_unknown_raster_is_named(store: Store) -> None:
    with pytest.raises(UnknownRaster, match="nope"):
        Rasters().of(store)["nope"]


@pytest.mark.parametrize(
    ("change", "said"), [({"crs": 4528}, "EPSG:4528"), ({"nodata": -1.0}, "nodata"), ({"band": 2}, "no band 2")]
)
def test_a_definition_that_contradicts_its_file_is_refused(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    write_tif(tmp_path / "r.tif", [[1, 2]])
    with pytest.raises(DefinitionError, match=said):
        raster_layer(definition(**change), tmp_path, place="r.toml")


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no such file"):
        raster_layer(definition(), tmp_path, place="r.toml")


def test_the_version_changes_with_the_file(raster: RasterLayer) -> None:
    write_tif(raster.path, [[1, 2, 3]])
    assert raster_layer(definition(), raster.path.parent, place="r.toml").version != raster.version


def test_the_value_at_a_place(raster: RasterLayer) -> None:
    west, south, east, north = raster.bounds  # of 2 x 2 cells: a quarter in from the corner is the middle of a cell
    quarter, three = west + (east - west) / 4, west + (east - west) * 3 / 4
    low, high = south + (north - south) / 4, south + (north - south) * 3 / 4
    found = [raster.value(x, y) for x, y in [(quarter, high), (three, high), (quarter, low), (three, low), (0, 0)]]
    assert found == [6000, 9000, 3000, None, None]


def test_a_place_off_the_globe_is_refused(raster: RasterLayer) -> None:
    with pytest.raises(CrsError):
        raster.value(181, 0)
