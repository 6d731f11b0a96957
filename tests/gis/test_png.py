from __future__ import annotations

import warnings

import numpy as np
import pytest
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from gis.png import colour_png, palette_png


def decoded(png):
    """Bands as GDAL reads them, and the palette if there is one."""
    with warnings.catch_warnings(), MemoryFile(png) as memory:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with memory.open(driver="PNG") as file:
            palette = file.colormap(1) if file.count == 1 else None
            return np.moveaxis(file.read(), 0, 2), palette


@pytest.mark.parametrize("bands", [3, 4])
def test_colours_come_back(bands):
    pixels = np.random.default_rng(bands).integers(0, 256, (20, 30, bands)).astype(np.uint8)
    assert (decoded(colour_png(pixels))[0] == pixels).all()


def test_palette_comes_back():
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16)
    palette = np.random.default_rng(0).integers(0, 256, (256, 4)).astype(np.uint8)
    found, colours = decoded(palette_png(indices, palette))
    assert (found[..., 0] == indices).all()
    assert [colours[k] for k in range(256)] == [tuple(c) for c in palette.tolist()]
