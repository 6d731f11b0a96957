from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from gis.errors import RasterError
from gis.raster import ArrayCells, CellWindow, Grid, Raster, Resampled, clipped_window, same_crs, same_grid, window_size
from gis.types import Bounds
from tests.gis.grids import CRS, NORTH, WEST, cells, grid, write

WHOLE = CellWindow(0, 0, 2, 3)
SIX = np.arange(6, dtype=np.int16).reshape(1, 2, 3)


def read(path, band=1, window=WHOLE):
    with Raster(path) as raster:
        return raster.band(band).read(window)


def test_window_holds_its_cells(tmp_path):
    path = write(tmp_path / "a.tif", SIX)
    assert read(path, window=CellWindow(1, 1, 1, 2)).tolist() == [[4, 5]]


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "float32"])
def test_types_that_fit_are_read_as_float32(tmp_path, dtype):
    assert read(write(tmp_path / "a.tif", SIX.astype(dtype))).dtype == np.float32


@pytest.mark.parametrize("dtype", ["int32", "uint32", "float64", "int64"])
def test_wider_types_are_read_as_float64(tmp_path, dtype):
    assert read(write(tmp_path / "a.tif", SIX.astype(dtype))).dtype == np.float64


@pytest.mark.parametrize(("dtype", "nodata"), [("int16", 4), ("float32", -3.4028234663852886e38), ("float64", np.nan)])
def test_nodata_is_nan(tmp_path, dtype, nodata):
    values = SIX.astype(dtype)
    values[0, 1, 1] = nodata
    assert np.isnan(read(write(tmp_path / "a.tif", values, nodata=nodata))).tolist() == [
        [False] * 3,
        [False, True, False],
    ]


def test_scale_and_offset_are_applied(tmp_path):
    path = write(tmp_path / "a.tif", SIX)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.5,), (10.0,)
    assert read(path).tolist() == [[10, 10.5, 11], [11.5, 12, 12.5]]


def test_masked_cells_are_nan(tmp_path):
    path = write(tmp_path / "a.tif", SIX)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(np.array([[1, 1, 1], [1, 0, 1]], np.uint8) * 255)
    assert np.isnan(read(path)).tolist() == [[False] * 3, [False, True, False]]


def test_names_of_bands_are_read(tmp_path):
    path = write(tmp_path / "a.tif", np.concatenate([SIX, SIX]))
    with rasterio.open(path, "r+") as file:
        file.descriptions = ("red", None)
    with Raster(path) as raster:
        assert raster.names == ("red", "")


def test_missing_band_is_refused(tmp_path):
    with Raster(write(tmp_path / "a.tif", SIX)) as raster, pytest.raises(RasterError, match="there are 1"):
        raster.band(2)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(RasterError, match="no such file"):
        Raster(tmp_path / "none.tif")


@pytest.mark.parametrize("content", [b"", b"II*\0", b"<VRTDataset/>", b'{"type":"Feature"}'])
def test_file_that_is_no_geotiff_is_refused(tmp_path, content):
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    with pytest.raises(RasterError, match="not a readable GeoTIFF"):
        Raster(path)


def test_address_is_no_path():
    with pytest.raises(RasterError, match="no such file"):
        Raster("/vsicurl/http://127.0.0.1/a.tif")


def test_damaged_file_is_refused(tmp_path):
    path = write(tmp_path / "a.tif", np.random.default_rng(0).random((1, 500, 500)), tiled=True, compress="deflate")
    path.write_bytes(path.read_bytes()[:20000] + b"\0" * 50000)
    with Raster(path) as raster, pytest.raises(RasterError, match="cannot be read"):
        raster.band(1).read(CellWindow(0, 0, 500, 500))


def test_raster_without_place_is_refused(tmp_path):
    with pytest.warns(NotGeoreferencedWarning):
        path = write(tmp_path / "a.tif", SIX, epsg=None, transform=Affine.identity())
    with pytest.raises(RasterError, match=r"not georeferenced|no geotransform"):
        Raster(path)


def test_complex_numbers_are_refused(tmp_path):
    with pytest.raises(RasterError, match="complex"):
        Raster(write(tmp_path / "a.tif", SIX.astype(np.complex64)))


def test_array_of_another_shape_is_refused():
    with pytest.raises(RasterError, match="2 x 3"):
        ArrayCells(grid(2, 3), np.zeros((3, 2)))


def test_area_of_a_cell_is_the_product_of_its_sides():
    assert grid(2, 3).cell_area_m2 == 100


def test_cell_in_degrees_has_no_area():
    with pytest.raises(RasterError, match="projected"):
        _ = Grid(1, 1, (0.1, 0, 118, 0, -0.1, 35), None).cell_area_m2


def test_bounds_of_a_grid():
    assert grid(2, 3).bounds == Bounds(WEST, NORTH - 20, WEST + 30, NORTH)


def test_places_of_a_turned_grid():
    # columns run north, rows run east
    turned = Grid(10, 10, (0.0, 2.0, 100.0, 2.0, 0.0, 50.0), CRS)
    assert turned.to_cells(np.array([[104.0, 56.0]])).tolist() == [[3, 2]]


@pytest.mark.parametrize(
    ("size", "block", "cells_at_once", "expected"),
    [
        ((1000, 1000), (256, 256), 2**22, (4096, 1000)),  # fits whole
        ((100_000, 100_000), (512, 512), 2**22, (2048, 2048)),
        ((100_000, 100_000), (1, 100_000), 2**22, (41, 100_000)),  # strips: 41 * 100,000 < 2**22 < 42 * 100,000
    ],
)
def test_windows_are_whole_blocks(size, block, cells_at_once, expected):
    assert window_size(grid(*size), block, cells_at_once) == expected


def test_windows_cover_the_grid_once():
    seen = np.zeros((70, 50), int)
    for row, column, rows, columns in grid(70, 50).windows((16, 16), 500):
        seen[row : row + rows, column : column + columns] += 1
    assert (seen == 1).all()


def test_window_outside_is_none():
    assert clipped_window(grid(2, 3), 5, 0, 6, 1) is None


def test_window_is_cut_to_the_grid():
    assert clipped_window(grid(2, 3), -1.5, 0.5, 1.5, 9) == CellWindow(0, 0, 2, 2)


def test_grids_that_match_pass():
    same_grid(cells(np.zeros((2, 3))), cells(np.ones((2, 3))))


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (Grid(2, 3, (10.0, 0, WEST, 0, -10.0, NORTH + 5), CRS), "origin"),
        (Grid(2, 3, (20.0, 0, WEST, 0, -20.0, NORTH), CRS), "cell size"),
        (Grid(3, 3, (10.0, 0, WEST, 0, -10.0, NORTH), CRS), "rows and columns"),
        (Grid(2, 3, (10.0, 0, WEST, 0, -10.0, NORTH), None), "CRS"),
    ],
)
def test_grids_that_differ_are_refused_by_name(other, what):
    with pytest.raises(RasterError, match=what):
        same_grid(cells(np.zeros((2, 3))), ArrayCells(other, np.zeros((other.rows, other.columns))))


def test_crs_from_a_file_is_the_same_as_from_its_code(tmp_path):
    with Raster(write(tmp_path / "a.tif", SIX)) as raster:
        assert same_crs(raster.grid.crs, CRS)


def test_resampling_by_whole_cells_moves_values():
    source = cells(np.arange(36.0).reshape(6, 6))
    moved = Grid(2, 2, (10.0, 0, WEST + 20, 0, -10.0, NORTH - 10), CRS)
    assert Resampled(source, moved, "nearest").read(CellWindow(0, 0, 2, 2)).tolist() == [[8, 9], [14, 15]]


def test_bilinear_is_exact_on_a_plane():
    rows, columns = np.mgrid[0:20, 0:20]
    half = Grid(10, 10, (10.0, 0, WEST + 55, 0, -10.0, NORTH - 45), CRS)  # 5.5 columns, 4.5 rows on
    found = Resampled(cells(2.0 * columns + 3.0 * rows), half, "bilinear").read(CellWindow(0, 0, 10, 10))
    r, c = np.mgrid[0:10, 0:10]
    np.testing.assert_allclose(found, 2 * (c + 5.5) + 3 * (r + 4.5), rtol=1e-12)


def test_resampling_window_by_window_gives_the_same():
    source = cells(np.random.default_rng(0).random((60, 60)))
    fine = Grid(100, 100, (3.0, 0, WEST + 100, 0, -3.0, NORTH - 100), CRS)
    resampled = Resampled(source, fine, "cubic")
    whole = resampled.read(CellWindow(0, 0, 100, 100))
    part = resampled.read(CellWindow(40, 30, 20, 25))
    np.testing.assert_allclose(part, whole[40:60, 30:55], rtol=1e-7)


def test_outside_the_source_is_no_data():
    far = Grid(2, 2, (10.0, 0, WEST + 1e6, 0, -10.0, NORTH), CRS)
    assert np.isnan(Resampled(cells(np.ones((4, 4))), far).read(CellWindow(0, 0, 2, 2))).all()


def test_unknown_resampling_is_refused():
    with pytest.raises(RasterError, match="bilinear"):
        Resampled(cells(np.ones((4, 4))), grid(4, 4), "lanczos")
