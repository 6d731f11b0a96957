"""Tiles of a raster: inside, outside, kept."""

from __future__ import annotations

import math

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile

from gis.errors import GisError
from layers.raster.catalogue import RasterLayer
from layers.raster.tiling import RasterTiles

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def tile_of(raster: RasterLayer, zoom: int) -> tuple[int, int, int]:
    """The tile of the raster's middle, by the formula of Web Mercator."""
    west, south, east, north = raster.bounds
    x = int(((west + east) / 2 + 180) / 360 * 2**zoom)
    latitude = math.radians((south + north) / 2)
    y = int((1 - math.asinh(math.tan(latitude)) / math.pi) / 2 * 2**zoom)
    return zoom, x, y


def pixels(image: bytes) -> np.ndarray:
    """(bands, 256, 256)."""
    with MemoryFile(image) as memory, memory.open() as file:
        return file.read()


def test_the_raster_shows_in_its_tile(raster: RasterLayer) -> None:
    image = RasterTiles(10**6).get(raster, *tile_of(raster, 19))
    with MemoryFile(image) as memory, memory.open() as file:
        assert len(np.unique(file.read(1))) == 4  # three values, and nothing


def test_a_tile_beside_the_raster_is_transparent(raster: RasterLayer) -> None:
    assert not pixels(RasterTiles(10**6).get(raster, 10, 0, 0))[3].any()


def test_a_jpeg_beside_the_raster_is_white(raster: RasterLayer) -> None:
    assert (pixels(RasterTiles(10**6).get(raster, 10, 0, 0, image="jpeg")) == 255).all()


def test_a_tile_is_made_once(raster: RasterLayer) -> None:
    tiles = RasterTiles(10**6)
    place = tile_of(raster, 17)
    assert tiles.get(raster, *place) is tiles.get(raster, *place)


@pytest.mark.parametrize("place", [(25, 0, 0), (1, 2, 0), (1, 0, -1)])
def test_a_tile_that_is_not_in_the_matrix_is_refused(raster: RasterLayer, place: tuple[int, int, int]) -> None:
    with pytest.raises(GisError):
        RasterTiles(10**6).get(raster, *place)


def test_files_are_closed_in_the_end(raster: RasterLayer) -> None:
    tiles = RasterTiles(10**6)
    tiles.get(raster, *tile_of(raster, 17))
    tiles.close()
    with rasterio.open(raster.path) as file:
        assert file.count == 1
