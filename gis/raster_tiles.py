"""What does a raster look like in one tile of a web map?"""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from rasterio.windows import Window as FileWindow

from gis.bands import INDICES, Expression, band_number, parsed
from gis.errors import RasterError
from gis.png import colour_png, palette_png
from gis.ramps import Ramp
from gis.raster import CACHE_MB, Grid, Raster, clipped_window
from gis.tiles import Window, tile_window

SIZE = 256
"""Pixels along the side of a tile."""

LARGEST_ERROR = 0.25
"""Cells by which approximate places may be off where that is checked; anywhere else it is under twice as much."""

_POOLED = 8
_FIRST_STEPS = 8

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Colours:
    """Three bands as red, green and blue; values from `low` to `high` fill the range of a screen."""

    bands: tuple[int, int, int] = (1, 2, 3)
    low: float = 0.0
    high: float = 255.0

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise RasterError("色阶下限须小于上限。", "The low value must be below the high one.")


@dataclass(frozen=True, slots=True)
class Shades:
    """One band, or a formula over bands as `gis.bands.index` takes it, in the colours of a ramp."""

    ramp: Ramp
    formula: str = "b1"
    bands: Mapping[str, int] | None = None


class RasterTileSource:
    """The tiles of one GeoTIFF (COG); a context manager that threads share.

    Each thread takes a set of open files, one an overview, from a pool. Pixels are the nearest cells of the overview
    that is about as fine as the tile. Raises RasterError as `gis.raster.Raster`, for bands that are not there, and for
    a raster without CRS.
    """

    def __init__(self, path: Path | str, style: Colours | Shades) -> None:
        self._path, self._pool = Path(path).resolve(), queue.LifoQueue[list[Any]]()
        with Raster(path) as raster:
            if raster.grid.crs is None:
                raise RasterError("栅格没有坐标系。", "The raster has no CRS.", place=self._path.name)
            self._grid, self._style = raster.grid, style
            self._bands, self._formula = _bands(raster, style)
        self._transformer = pyproj.Transformer.from_crs(3857, self._grid.crs, always_xy=True)
        files = self._opened()
        self._scales = [(files[0].scales[band - 1], files[0].offsets[band - 1]) for band in self._bands]
        self._factors = [max(self._grid.columns / file.width, self._grid.rows / file.height) for file in files]
        self._pool.put(files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the files that no thread is using."""
        while not self._pool.empty():
            for file in self._pool.get():
                file.close()

    def tile(self, z: int, x: int, y: int, *, image: str = "png") -> bytes:
        """Tile z/x/y (XYZ scheme) as PNG, or as JPEG with white where there is no data; b"" beside the raster.

        Raises GisError for a tile that is not in the matrix, RasterError for another kind of image or a damaged file.
        """
        if image not in _ENCODERS:
            raise RasterError(f"未知图像格式 {image}。", f"Unknown image {image!r}; valid: {', '.join(_ENCODERS)}.")
        places = self.places(tile_window(z, x, y))
        if places is None:
            return b""
        found = self._pixels(places)
        return b"" if found is None else _ENCODERS[image](self._style, *found)

    def places(self, window: Window) -> Reals | None:
        """(2, SIZE, SIZE): the (column, row) place in the raster of the middle of each pixel; None if all lie outside.

        Exact on a grid of points that is made finer until places halfway between are right within LARGEST_ERROR.
        """
        steps = _FIRST_STEPS
        while True:
            exact = self._exact(window, 2 * steps)
            coarse = exact[:, ::2, ::2]
            if not self._meets(exact):
                return None
            apart = np.abs(_between(coarse) - exact)
            finite = apart[np.isfinite(apart)]
            if steps >= SIZE // 2 or (
                len(finite) == apart.size and finite.max() <= LARGEST_ERROR * self._finest(exact)
            ):
                return _spread(exact, 2 * steps)
            steps *= 2

    def _exact(self, window: Window, steps: int) -> Reals:
        """Places of (steps + 1) x (steps + 1) points over the tile, its corners included."""
        along = np.linspace(0.0, window.side, steps + 1)
        x, y = np.meshgrid(window.left + along, window.top - along)
        px, py = self._transformer.transform(x.ravel(), y.ravel())
        found = np.column_stack([px, py])
        found[~np.isfinite(found).all(axis=1)] = np.nan
        return self._grid.to_cells(found).T.reshape(2, steps + 1, steps + 1)

    def _meets(self, places: Reals) -> bool:
        known = places[:, np.isfinite(places).all(axis=0)]
        if not known.size:
            return False
        low, high = known.min(axis=1), known.max(axis=1)
        return bool((high > 0).all() and low[0] < self._grid.columns and low[1] < self._grid.rows)

    def _finest(self, places: Reals) -> float:
        """How many cells of the raster a cell of the overview in use is wide: errors count in those."""
        return float(self._factors[self._level(places)])

    def _level(self, places: Reals) -> int:
        """The overview of the coarsest cells that are not coarser than the pixels of the tile."""
        some = places[:, :: max(1, places.shape[1] // 16), :]
        across = np.hypot(*np.diff(some, axis=2)).ravel()
        across = across[np.isfinite(across)]
        cells = float(np.median(across)) * (places.shape[2] - 1) / SIZE if len(across) else 1.0
        fitting = [k for k, factor in enumerate(self._factors) if factor <= max(cells, 1.0) * 1.01]
        return max(fitting, key=lambda k: self._factors[k], default=0)

    def _pixels(self, places: Reals) -> tuple[NDArray[Any], NDArray[np.bool_]] | None:
        """The values (bands, SIZE, SIZE) of each pixel and whether there is data; None where none is in the raster."""
        level = self._level(places)
        with self._files() as files:
            file = files[level]
            scale = np.array([file.width / self._grid.columns, file.height / self._grid.rows])
            column, row = places * scale[:, None, None]
            inside = (column >= 0) & (column < file.width) & (row >= 0) & (row < file.height)  # False for NaN
            if not inside.any():
                return None
            c, r = column[inside], row[inside]
            grid = Grid(file.height, file.width, self._grid.transform, None)
            window = clipped_window(grid, c.min(), r.min(), np.floor(c.max()) + 1, np.floor(r.max()) + 1)
            if window is None:
                return None
            with rasterio.Env(GDAL_CACHEMAX=CACHE_MB):
                values, data = _read(file, self._bands, window)
        down, right = values.shape[1] / window.rows, values.shape[2] / window.columns
        c = np.clip(((c - window.column) * right).astype(np.int64), 0, values.shape[2] - 1)
        r = np.clip(((r - window.row) * down).astype(np.int64), 0, values.shape[1] - 1)
        index = r * values.shape[2] + c
        if inside.all():
            out = values.reshape(len(values), -1).take(index, axis=1).reshape(-1, SIZE, SIZE)
            seen = data.reshape(-1).take(index).reshape(SIZE, SIZE)
        else:
            out, seen = np.zeros((len(values), SIZE, SIZE), values.dtype), np.zeros((SIZE, SIZE), np.bool_)
            out[:, inside] = values.reshape(len(values), -1)[:, index]
            seen[inside] = data.reshape(-1)[index]
        if self._formula is not None:
            named = {}
            for name, band, (scale_of, offset) in zip(self._formula.names, out, self._scales, strict=True):
                named[name] = np.where(seen, band * scale_of + offset, np.nan)
            return self._formula.of(named)[None], seen
        return out, seen

    @contextmanager
    def _files(self) -> Iterator[list[Any]]:
        try:
            files = self._pool.get_nowait()
        except queue.Empty:
            files = self._opened()
        try:
            yield files
        except RasterioError as error:
            raise RasterError(
                "栅格读取失败。", f"The raster cannot be read ({error}).", place=self._path.name
            ) from error
        finally:
            if self._pool.qsize() < _POOLED:
                self._pool.put(files)
            else:
                for file in files:
                    file.close()

    def _opened(self) -> list[Any]:
        """The raster and its overviews, each open as a file of its own."""
        whole = rasterio.open(self._path, driver="GTiff")
        levels = range(len(whole.overviews(1)))
        return [whole, *(rasterio.open(self._path, driver="GTiff", overview_level=k) for k in levels)]


def _bands(raster: Raster, style: Colours | Shades) -> tuple[list[int], Expression | None]:
    """The bands to read, and the formula over them."""
    if isinstance(style, Colours):
        return [raster.band(number).number for number in style.bands], None
    formula = parsed(INDICES.get(style.formula.strip().lower(), style.formula))
    return [raster.band(band_number(raster, name, style.bands or {})).number for name in formula.names], formula


def _read(file: Any, bands: list[int], window: Any) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Values (bands, rows, columns) and where all bands have data; thinned where the window is far too fine."""
    place = FileWindow(window.column, window.row, window.columns, window.rows)
    thin = max(1, min(window.rows, window.columns) // (2 * SIZE))
    shape = (-(-window.rows // thin), -(-window.columns // thin))
    values = file.read(bands, window=place, out_shape=(len(bands), *shape))
    data = np.ones(shape, np.bool_)
    for values_of_band, band in zip(values, bands, strict=True):
        flags, nodata = file.mask_flag_enums[band - 1], file.nodatavals[band - 1]
        if MaskFlags.nodata in flags and nodata is not None:
            data &= (values_of_band != values.dtype.type(nodata)) if nodata == nodata else ~np.isnan(values_of_band)
        elif MaskFlags.all_valid not in flags:
            data &= file.read_masks(band, window=place, out_shape=shape) > 0
    return values, data


def _between(coarse: Reals) -> Reals:
    """What linear interpolation of every second point gives for all points."""
    steps = 2 * (coarse.shape[1] - 1)
    out = np.empty((2, steps + 1, steps + 1))
    out[:, ::2, ::2] = coarse
    out[:, 1::2, ::2] = (coarse[:, 1:] + coarse[:, :-1]) / 2
    out[:, :, 1::2] = (out[:, :, 2::2] + out[:, :, :-2:2]) / 2
    return out


def _spread(points: Reals, steps: int) -> Reals:
    """Bilinear from the points to the middles of the pixels."""
    place = (np.arange(SIZE) + 0.5) * (steps / SIZE)
    before = np.minimum(place.astype(np.int64), steps - 1)
    part = place - before
    rows = points[:, before] * (1 - part)[:, None] + points[:, before + 1] * part[:, None]
    out: Reals = rows[:, :, before] * (1 - part) + rows[:, :, before + 1] * part
    return out


def _screen(style: Colours, values: NDArray[Any]) -> NDArray[np.uint8]:
    """(SIZE, SIZE, 3) as a screen shows it."""
    if values.dtype != np.uint8 or (style.low, style.high) != (0, 255):
        values = np.clip((values.astype(np.float64) - style.low) * (255 / (style.high - style.low)), 0, 255)
        values = np.nan_to_num(values).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(values, 0, 2))


def _png(style: Colours | Shades, values: NDArray[Any], data: NDArray[np.bool_]) -> bytes:
    if isinstance(style, Shades):
        return palette_png(style.ramp.indices(values[0]), style.ramp.palette())
    pixels = _screen(style, values)
    if data.all():
        return colour_png(pixels)
    pixels[~data] = 0
    return colour_png(np.dstack([pixels, np.where(data, 255, 0).astype(np.uint8)]))


def _jpeg(style: Colours | Shades, values: NDArray[Any], data: NDArray[np.bool_]) -> bytes:
    if isinstance(style, Shades):
        colours = style.ramp.palette()[:, :3].T.copy()
        colours[:, 0] = 255
        planes = np.take(colours, style.ramp.indices(values[0]), axis=1)
    else:
        pixels = _screen(style, values)
        pixels[~data] = 255
        planes = np.moveaxis(pixels, 2, 0)
    profile = {"driver": "JPEG", "width": SIZE, "height": SIZE, "count": 3, "dtype": "uint8", "quality": 80}
    # a place, though none is written, keeps rasterio from warning that there is none
    with rasterio.Env(GDAL_PAM_ENABLED="NO"), MemoryFile() as memory:
        with memory.open(**profile, transform=Affine(1, 0, 1, 0, -1, 1)) as file:
            file.write(planes)
        return bytes(memory.read())


_ENCODERS = {"png": _png, "jpeg": _jpeg}


@cache
def blank_tile(image: str) -> bytes:
    """A tile without data: transparent as PNG, white as JPEG."""
    return _ENCODERS[image](Colours(), np.zeros((3, SIZE, SIZE), np.uint8), np.zeros((SIZE, SIZE), np.bool_))
