"""Figures of a raster within polygons, worked out by hand.

The raster has cells of 10 m, so of 100 m2 = 0.01 ha: 6000, 9000; 3000, none (kg/ha), that is 60, 90 and 30 kg a cell.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
import shapely

from layers.catalogue import load_catalogue
from layers.errors import UnknownField
from layers.raster.catalogue import RasterLayer, Rasters
from layers.raster.zones import zones
from layers.sample import open_with_sample
from layers.statistics import NoSuchStatistic
from layers.store import Store
from tests.layers.raster.conftest import NORTH, WEST


def box(left: float, top: float, right: float, bottom: float) -> bytes:
    """A rectangle in metres from the upper left corner of the raster, down and to the right."""
    shape = shapely.MultiPolygon([shapely.box(WEST + left, NORTH - bottom, WEST + right, NORTH - top)])
    return bytes(shapely.to_wkb(shape))


@pytest.fixture
def fields(store: Store) -> Store:
    """East: the upper row. West: the left half of the lower left cell; and one far away."""
    rows = {
        "village": ["east", "west", "west"],
        "geom": [box(0, 0, 20, 10), box(0, 10, 5, 20), box(500, 500, 510, 510)],
    }
    with store.transaction(who="张三", why="") as transaction:
        transaction.insert("fields", pa.table(rows))
    return store


def test_all_features_together(fields: Store, raster: RasterLayer) -> None:
    total = zones(fields, "fields", raster).total
    # cells 1 + 1 + 0.5; sum 6000 + 9000 + 0.5 x 3000 = 16500; mean 16500 / 2.5 = 6600
    assert (total["count"], total["without_data"], total["cells"]) == (3, 1, 2.5)
    assert (total["sum"], total["mean"], total["min"], total["max"]) == (16500, 6600, 3000, 9000)
    assert total["covered_m2"] == 250


def test_the_deviation_is_of_all_cells(fields: Store, raster: RasterLayer) -> None:
    total = zones(fields, "fields", raster).total
    # (1 x 600^2 + 1 x 2400^2 + 0.5 x 3600^2) / 2.5 = (360000 + 5760000 + 6480000) / 2.5 = 5040000
    assert total["deviation"] == pytest.approx(5_040_000**0.5, abs=1e-6)


def test_the_output_of_a_raster_of_yields(fields: Store, raster: RasterLayer) -> None:
    total = zones(fields, "fields", raster).total
    # 60 + 90 + 15 = 165 kg = 330 jin on 250 m2 = 0.375 mu: 440 kg a mu, 880 jin a mu
    assert (total["output_kg"], total["output_jin"], total["output_t"]) == (165, 330, 0.165)
    assert (total["yield_kg_per_mu"], total["yield_jin_per_mu"]) == (440, 880)


def test_groups_by_a_field(fields: Store, raster: RasterLayer) -> None:
    found = zones(fields, "fields", raster, by="village").groups
    assert [(row["key"], row["count"], row["cells"], row["mean"]) for row in found] == [
        ("east", 1, 2, 7500), ("west", 2, 0.5, 3000)
    ]  # fmt: skip


def test_quantiles_of_two_equal_cells_lie_between_them(fields: Store, raster: RasterLayer) -> None:
    (east, _) = zones(fields, "fields", raster, by="village", quantiles=(0.25, 0.5)).groups
    # of 6000 and 9000: 6000 + 0.25 x 3000, 6000 + 0.5 x 3000
    assert east["quantiles"] == {"0.25": 6750, "0.5": 7500}


def test_before_the_first_revision_there_is_nothing(fields: Store, raster: RasterLayer) -> None:
    total = zones(fields, "fields", raster, as_of=0).total
    assert (total["count"], total["cells"], "mean" in total) == (0, 0, False)


def test_an_unknown_field_is_refused(fields: Store, raster: RasterLayer) -> None:
    with pytest.raises(UnknownField):
        zones(fields, "fields", raster, by="nope")


def test_the_sample_yields_what_its_fields_say(township: Store) -> None:
    """The raster's 2,400,000 jin (data/README.md): the report's output of the transferred paddy."""
    found = zones(township, "paddy_transfer", Rasters().all()["yield_2024"]).total
    assert found["output_jin"] == pytest.approx(2_400_000, abs=381 / 2)  # each field's output is rounded to a jin


@pytest.fixture(scope="module")
def township(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample township."""
    with open_with_sample(str(tmp_path_factory.mktemp("sample") / "s.gpkg"), load_catalogue()) as store:
        yield store


def test_points_have_no_zones(township: Store) -> None:
    with pytest.raises(NoSuchStatistic):
        zones(township, "clinics", Rasters().all()["yield_2024"])
