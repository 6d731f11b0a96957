"""What does a raster look like in one tile?"""

from __future__ import annotations

import threading
from collections import OrderedDict

from gis.raster_tiles import RasterTileSource, Shades, blank_tile
from gis.tiles import tile_window
from layers.raster.catalogue import RasterLayer
from layers.tile_cache import TileCache

MOST_OPEN = 16
"""Rasters held open at once."""

IMAGES = {"png": "image/png", "jpeg": "image/jpeg"}
"""Kinds of images a tile is made as, and their media types."""


class RasterTiles:
    """Tiles of rasters, made once and kept in a cache of `budget_bytes`; shared by threads."""

    def __init__(self, budget_bytes: int) -> None:
        self._cache = TileCache(budget_bytes)
        self._open: OrderedDict[str, RasterTileSource] = OrderedDict()
        self._lock = threading.Lock()

    def held(self, version: str, image: str, z: int, x: int, y: int) -> bytes | None:
        """The tile of that version if it is kept."""
        return self._cache.get((f"{version}.{image}", z, x, y))

    def get(self, raster: RasterLayer, z: int, x: int, y: int, *, image: str = "png") -> bytes:
        """The tile as PNG, transparent where there is no data and beside the raster, or as JPEG, white there.

        Raises GisError for a tile that is not in the matrix, RasterError for another kind of image or a damaged file.
        """
        tile_window(z, x, y)
        found = self.held(raster.version, image, z, x, y)
        if found is None:
            found = self._source(raster).tile(z, x, y, image=image) or blank_tile(image)
            self._cache.put((f"{raster.version}.{image}", z, x, y), found)
        return found

    def close(self) -> None:
        """Closes the files."""
        with self._lock:
            for source in self._open.values():
                source.close()
            self._open.clear()

    def _source(self, raster: RasterLayer) -> RasterTileSource:
        with self._lock:
            held = self._open.get(raster.version)
            if held is None:
                definition = raster.definition
                held = RasterTileSource(raster.path, Shades(definition.style.ramp(), f"b{definition.band}"))
                self._open[raster.version] = held
            self._open.move_to_end(raster.version)
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)[1].close()
            return held
