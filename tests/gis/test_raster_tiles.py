from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyproj
import pytest
import rasterio
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from rasterio.warp import reproject

from gis.errors import GisError, RasterError
from gis.ramps import Ramp
from gis.raster_tiles import SIZE, Colours, RasterTileSource, Shades
from gis.tiles import WORLD_M, tile_window
from tests.gis.grids import EPSG, NORTH, WEST, write
from tests.gis.test_png import decoded

GREY = Ramp(((0, "#000000"), (255, "#ffffff")))
Z, X, Y = 14, 13500, 6500
WINDOW = tile_window(Z, X, Y)


@pytest.fixture
def in_place(tmp_path):
    """A raster in EPSG:3857 whose cells are the pixels of tile 14/13500/6500 and its neighbours to the right."""
    values = np.random.default_rng(0).integers(1, 256, (3, SIZE, 2 * SIZE)).astype(np.uint8)
    values[:, :32, :32] = 0
    cell = WINDOW.side / SIZE
    path = tmp_path / "a.tif"
    write(path, values, epsg=3857, nodata=0, transform=Affine(cell, 0, WINDOW.left, 0, -cell, WINDOW.top), tiled=True)
    return path, values


@pytest.fixture
def in_zone(tmp_path):
    """A smooth raster of 1000 x 1200 cells of 10 m in Gauss-Krueger zone 39, with overviews of 2 and 4."""
    rows, columns = np.mgrid[0:1000, 0:1200]
    values = (columns / 8 + rows / 10).astype(np.float32)[None]
    path = write(tmp_path / "a.tif", values, nodata=-1, tiled=True, blockxsize=256, blockysize=256)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4], Resampling.nearest)
    return path, values[0]


def tiles_over(z, west=WEST, north=NORTH):
    """The tile that holds the middle of the raster in zone 39."""
    to_mercator = pyproj.Transformer.from_crs(EPSG, 3857, always_xy=True)
    x, y = to_mercator.transform(west + 6000, north - 5000)
    side = 2 * WORLD_M / 2**z
    return z, int((x + WORLD_M) // side), int((WORLD_M - y) // side)


def test_cells_that_are_pixels_come_back(in_place):
    path, values = in_place
    with RasterTileSource(path, Colours()) as source:
        pixels, _ = decoded(source.tile(Z, X, Y))
    assert (np.moveaxis(pixels[..., :3], 2, 0) == values[:, :, :SIZE]).all()


def test_no_data_is_transparent(in_place):
    with RasterTileSource(in_place[0], Colours()) as source:
        alpha = decoded(source.tile(Z, X, Y))[0][..., 3]
    assert (alpha[:32, :32] == 0).all()
    assert alpha.sum() == 255 * (SIZE * SIZE - 32 * 32)


def test_full_tile_has_no_alpha(in_place):
    with RasterTileSource(in_place[0], Colours()) as source:
        assert decoded(source.tile(Z, X + 1, Y))[0].shape == (SIZE, SIZE, 3)


def test_tile_beside_the_raster_is_empty(in_place):
    with RasterTileSource(in_place[0], Colours()) as source:
        assert [source.tile(Z, X + dx, Y + dy) for dx, dy in ((2, 0), (-1, 0), (0, 1), (0, -1))] == [b""] * 4


def test_jpeg_shows_white_where_there_is_no_data(in_place):
    with RasterTileSource(in_place[0], Colours()) as source:
        jpeg = source.tile(Z, X, Y, image="jpeg")
    with MemoryFile(jpeg) as memory, pytest.warns(match="no geotransform"), memory.open(driver="JPEG") as file:
        pixels = file.read()
    assert pixels.shape == (3, SIZE, SIZE)
    assert pixels[:, :16, :16].min() > 250


def test_ramp_colours_a_band(in_place):
    path, values = in_place
    with RasterTileSource(path, Shades(GREY)) as source:
        indices, palette = decoded(source.tile(Z, X, Y))
    found = np.array([palette[k][0] for k in range(256)])[indices[..., 0]]
    assert np.abs(found.astype(int) - values[0, :, :SIZE]).max() <= 1  # 255 steps for 256 values
    assert palette[0][3] == 0
    assert (indices[:32, :32] == 0).all()


def test_formula_over_bands(in_place):
    path, values = in_place
    style = Shades(Ramp(((-1, "#000000"), (1, "#ffffff"))), "ndvi", {"nir": 1, "red": 2})
    with RasterTileSource(path, style) as source:
        indices, _ = decoded(source.tile(Z, X + 1, Y))
    nir, red = values[:2, :, SIZE:].astype(float)
    expected = style.ramp.indices((nir - red) / (nir + red))
    assert (indices[..., 0] == expected).all()


@pytest.mark.parametrize("z", [8, 11, 13, 14, 16, 19])
def test_approximate_places_are_within_half_a_cell(in_zone, z):
    with RasterTileSource(in_zone[0], Shades(GREY)) as source:
        window = tile_window(*tiles_over(z))
        found = source.places(window)
        middles = (np.arange(SIZE) + 0.5) * (window.side / SIZE)
        x, y = np.meshgrid(window.left + middles, window.top - middles)
        east, north = pyproj.Transformer.from_crs(3857, EPSG, always_xy=True).transform(x, y)
        exact = np.stack([(east - WEST) / 10, (NORTH - north) / 10])
        coarse = {8: 4, 11: 4}.get(z, 1)
        assert np.abs(found - exact).max() < 0.5 * coarse


@pytest.mark.parametrize("z", [12, 13, 15])
def test_values_agree_with_warping_by_gdal(in_zone, z):
    path, values = in_zone
    tile = tiles_over(z)
    window = tile_window(*tile)
    with RasterTileSource(path, Shades(GREY)) as source:
        indices, _ = decoded(source.tile(*tile))
    cell = window.side / SIZE
    warped = np.full((SIZE, SIZE), np.nan)
    reproject(
        values, warped, src_transform=Affine(10, 0, WEST, 0, -10, NORTH), src_crs=f"EPSG:{EPSG}", dst_crs="EPSG:3857",
        dst_transform=Affine(cell, 0, window.left, 0, -cell, window.top), dst_nodata=np.nan,
        resampling=Resampling.nearest,
    )  # fmt: skip
    both = (indices[..., 0] > 0) & np.isfinite(warped)
    assert both.sum() >= 0.98 * max(np.isfinite(warped).sum(), (indices[..., 0] > 0).sum())
    # neighbouring cells differ by 1/8 across and 1/10 down; an overview of 4 by up to 1
    assert np.abs(indices[..., 0][both] - 1 - warped[both]).max() <= 1.6


def test_tile_of_the_whole_world_shows_the_raster(in_zone):
    with RasterTileSource(in_zone[0], Shades(GREY)) as source:
        assert sum(bool(source.tile(8, x, y)) for _, x, y in [tiles_over(8)]) == 1
        assert source.tile(0, 0, 0)[:4] in (b"", b"\x89PNG")


def test_large_raster_without_overviews_is_thinned(tmp_path):
    path = write(tmp_path / "a.tif", np.full((1, 3000, 3000), 7, np.uint8), tiled=True)
    with RasterTileSource(path, Shades(GREY)) as source:
        assert source.tile(*tiles_over(9))[:4] == b"\x89PNG"


def test_wide_values_are_stretched(tmp_path):
    values = np.full((3, 1000, 1200), 1500, np.uint16)
    with RasterTileSource(write(tmp_path / "a.tif", values), Colours(low=1000, high=2000)) as source:
        assert np.unique(decoded(source.tile(*tiles_over(15)))[0]).tolist() == [127]  # half of 255, rounded down


def test_scale_of_a_band_is_applied(tmp_path):
    path = write(tmp_path / "a.tif", np.full((1, 1000, 1200), 6000, np.int16))
    with rasterio.open(path, "r+") as file:
        file.scales = (0.0001,)
    ramp = Ramp(((0.0, "#ff0000"), (0.5, "#00ff00"), (0.7, "#0000ff")), stepped=True)
    with RasterTileSource(path, Shades(ramp)) as source:
        assert np.unique(decoded(source.tile(*tiles_over(15)))[0]).tolist() == [2]  # 0.6


def test_threads_share_a_source(in_zone):
    tile = tiles_over(13)
    with RasterTileSource(in_zone[0], Shades(GREY)) as source:
        alone = source.tile(*tile)
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: source.tile(*tile), range(64))) == {alone}


def test_tile_outside_the_matrix_is_refused(in_zone):
    with RasterTileSource(in_zone[0], Shades(GREY)) as source, pytest.raises(GisError, match="no tile"):
        source.tile(3, 8, 0)


def test_unknown_image_is_refused(in_zone):
    with RasterTileSource(in_zone[0], Shades(GREY)) as source, pytest.raises(RasterError, match="png, jpeg"):
        source.tile(0, 0, 0, image="gif")


def test_missing_band_is_refused(in_zone):
    with pytest.raises(RasterError, match="there are 1"):
        RasterTileSource(in_zone[0], Colours())


def test_raster_without_crs_is_refused(tmp_path):
    with pytest.raises(RasterError, match="no CRS"):
        RasterTileSource(write(tmp_path / "a.tif", np.zeros((1, 3, 3)), epsg=None), Shades(GREY))


def test_colours_need_a_range():
    with pytest.raises(RasterError, match="below"):
        Colours(low=1, high=1)


def test_real_scene_shows_ndvi(shared_data):
    path = shared_data / "rasters_ndvi" / "naip" / "m_4709963_se_14_1_20180716.tif"
    with rasterio.open(path) as file:
        x, y = pyproj.Transformer.from_crs(file.crs.to_epsg(), 3857, always_xy=True).transform(488_000, 5_207_500)
    side = 2 * WORLD_M / 2**14
    tile = 14, int((x + WORLD_M) // side), int((WORLD_M - y) // side)
    with RasterTileSource(path, Shades(GREY, "ndvi", {"red": 1, "nir": 4})) as source:
        assert decoded(source.tile(*tile))[0].any()
