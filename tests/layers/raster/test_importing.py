"""GeoTIFFs taken in, and those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest
import rasterio

from gis.errors import FormatError
from layers.errors import DefinitionError, ImportRefused
from layers.raster.catalogue import UnknownRaster
from layers.raster.definition import read_raster_definition
from layers.raster.importing import import_raster, raster_folder
from tests.layers.raster.conftest import NODATA, write_tif

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def test_a_raster_is_kept_as_a_cog(tmp_path: Path) -> None:
    report = import_raster(tmp_path / "kept", write_tif(tmp_path / "a.tif", [[1, 2], [3, 4]]), as_new="mine")
    with rasterio.open(report.layer.path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.read(1).tolist() == [[1, 2], [3, 4]]


def test_the_definition_says_what_the_file_says(tmp_path: Path) -> None:
    import_raster(tmp_path / "kept", write_tif(tmp_path / "a.tif", [[1, 2]]), as_new="mine", unit="m")
    found = read_raster_definition(tmp_path / "kept" / "mine.toml")
    assert (found.id, found.file, found.crs, found.nodata, found.unit) == ("mine", "mine.tif", 4527, NODATA, "m")


def test_colours_cover_the_values(tmp_path: Path) -> None:
    # 101 values 0..100: the 2nd percentile is 2, the 98th is 98; four equal steps of 24 lie between
    report = import_raster(tmp_path, write_tif(tmp_path / "a.tif", [list(range(101))]), as_new="mine")
    assert [stop.value for stop in report.layer.definition.style.stops] == [2, 26, 50, 74, 98]


def test_a_file_takes_the_place_of_another_and_keeps_its_title(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    import_raster(folder, write_tif(tmp_path / "a.tif", [[1, 2]]), as_new="mine")
    text = (folder / "mine.toml").read_text(encoding="utf-8").replace('zh = "a"', 'zh = "新名"')
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    report = import_raster(folder, write_tif(tmp_path / "b.tif", [[7, 8]], nodata=None), layer="mine")
    assert (report.layer.definition.title.zh, report.layer.definition.nodata) == ("新名", None)
    with rasterio.open(folder / "mine.tif") as file:
        assert file.read(1).tolist() == [[7, 8]]


def test_a_crs_may_be_given_for_a_file_without(tmp_path: Path) -> None:
    file = write_tif(tmp_path / "a.tif", [[1, 2]], crs=None)
    assert import_raster(tmp_path / "kept", file, as_new="mine", crs=4527).layer.definition.crs == 4527


def test_a_world_file_beside_is_used(tmp_path: Path) -> None:
    file = write_tif(tmp_path / "a.tif", [[1, 2]], placed=False)
    (tmp_path / "a.tfw").write_text("10\n0\n0\n-10\n39620005\n3871995\n", encoding="ascii")
    layer = import_raster(tmp_path / "kept", file, as_new="mine").layer
    assert layer.cell == (10, 10)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a GeoTIFF"),
        (b"<VRTDataset rasterXSize='1' rasterYSize='1'/>", "not a GeoTIFF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "not a GeoTIFF"),
        (b"II*\0" + bytes(40), "cannot be read"),
        (b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 200, "cannot be read"),
    ],
)
def test_what_is_no_geotiff_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(FormatError, match=said):
        import_raster(tmp_path / "kept", tmp_path / "a.tif", as_new="mine")
    assert not list((tmp_path / "kept").iterdir())


def test_a_file_without_place_is_refused(tmp_path: Path) -> None:
    file = write_tif(tmp_path / "a.tif", [[1, 2]], placed=False, crs=None)
    with pytest.raises(FormatError, match="not georeferenced"):
        import_raster(tmp_path / "kept", file, as_new="mine")


def test_a_file_without_crs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="--crs"):
        import_raster(tmp_path / "kept", write_tif(tmp_path / "a.tif", [[1, 2]], crs=None), as_new="mine")


def test_complex_numbers_are_refused(tmp_path: Path) -> None:
    file = write_tif(tmp_path / "a.tif", [[1, 2]], dtype="complex64", nodata=None)
    with pytest.raises(FormatError, match="complex"):
        import_raster(tmp_path / "kept", file, as_new="mine")


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"as_new": "taken"}, ImportRefused),
        ({}, ImportRefused),
        ({"as_new": "x", "layer": "y"}, ImportRefused),
        ({"layer": "nope"}, UnknownRaster),
        ({"as_new": "../x"}, DefinitionError),
        ({"as_new": "x", "unit": "furlong"}, DefinitionError),
    ],
)
def test_an_id_or_unit_that_will_not_do_is_refused(
    tmp_path: Path, asked: dict[str, str], error: type[Exception]
) -> None:
    file = write_tif(tmp_path / "a.tif", [[1, 2]])
    with pytest.raises(error):
        import_raster(tmp_path / "kept", file, taken={"taken"}, **asked)


def test_a_database_needs_a_folder(tmp_path: Path) -> None:
    assert raster_folder("postgresql://host/base", None) is None
    with pytest.raises(ImportRefused, match="GAODU_RASTERS"):
        import_raster(None, tmp_path / "a.tif", as_new="mine")


def test_rasters_lie_beside_the_geopackage() -> None:
    assert raster_folder("work/gaodu.gpkg", None) == Path("work/gaodu.rasters")
