"""Rasters on the command line: taken in, and their figures within a layer."""

import json

import pytest

from tests.api.test_cli import done, gaodu
from tests.layers.raster.conftest import write_tif

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """A folder with the sample township in the store gaodu.gpkg."""
    folder = tmp_path_factory.mktemp("sampled")
    done(folder, "sample")
    return folder


def test_a_geotiff_is_kept_beside_the_store(tmp_path):
    write_tif(tmp_path / "a.tif", [[1, 2]])
    printed = done(tmp_path, "import", "a.tif", "--as", "mine", "--unit", "m")
    assert "EPSG:4527" in printed
    assert sorted(file.name for file in (tmp_path / "gaodu.rasters").iterdir()) == ["mine.tif", "mine.toml"]


@pytest.mark.parametrize("taken", ["villages", "yield_2024"])
def test_the_id_of_a_layer_or_raster_is_refused(tmp_path, taken):
    write_tif(tmp_path / "a.tif", [[1, 2]])
    refused = gaodu(tmp_path, "import", "a.tif", "--as", taken)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert taken in refused.stderr


def test_figures_of_a_raster_within_a_layer(sampled):
    found = json.loads(done(sampled, "stats", "paddy_transfer", "--raster", "yield_2024", "--json"))
    # data/README.md: 2,400,000 jin
    assert found["total"]["output_jin"] == pytest.approx(2_400_000, abs=200)


def test_the_table_gives_unit_and_method(sampled):
    printed = done(sampled, "stats", "land_use", "--by", "DLBM", "--raster", "elevation_after")
    assert "单位 unit: 米" in printed
    assert "精确比例" in printed


def test_an_unknown_raster_is_refused(sampled):
    refused = gaodu(sampled, "stats", "land_use", "--raster", "nope")
    assert (refused.returncode, "nope" in refused.stderr) == (1, True)
