"""Which cells does a raster have, and what do they hold in a window?"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from rasterio.enums import MaskFlags, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.transform import Affine
from rasterio.warp import reproject
from rasterio.windows import Window as FileWindow

from gis.errors import RasterError
from gis.types import Bounds

Values = NDArray[np.floating[Any]]
"""float32 or float64 (rows, columns); NaN where there is no data."""

CACHE_MB = 256
"""What GDAL may keep of blocks it has read, in the whole process; its own choice is a twentieth of all memory."""

WINDOW_CELLS = 2**22
"""Cells read at once: what work on a raster of any size holds in memory, times a few."""

RESAMPLING = {
    "nearest": Resampling.nearest, "bilinear": Resampling.bilinear, "cubic": Resampling.cubic,
    "average": Resampling.average,
}  # fmt: skip

_EXACT_IN_FLOAT32 = {"uint8", "int8", "uint16", "int16", "float32"}


class CellWindow(NamedTuple):
    """A rectangle of cells: first row and column, and how many of each."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of a raster lie.

    x = a * column + b * row + c and y = d * column + e * row + f for (a, b, c, d, e, f) = `transform`, counted from
    the outer corner of the first cell; in the units of `crs`, None where the raster does not tell.
    """

    rows: int
    columns: int
    transform: tuple[float, float, float, float, float, float]
    crs: pyproj.CRS | None

    @classmethod
    def of(cls, bounds: Bounds, cell: float, crs: pyproj.CRS | None) -> Self:
        """The north-up grid of square cells that fills `bounds` from its upper left corner."""
        rows, columns = (round((high - low) / cell) for low, high in (bounds[1::2], bounds[0::2]))
        return cls(rows, columns, (cell, 0.0, bounds.west, 0.0, -cell, bounds.north), crs)

    @property
    def cell_area_m2(self) -> float:
        """Raises RasterError where the CRS is unknown or in degrees, so that cells have no one area."""
        if self.crs is None or not self.crs.is_projected:
            raise RasterError(
                "栅格不在投影坐标系中，像元没有固定面积。",
                "The raster is not in a projected CRS: its cells have no area.",
                remedy_zh="请先重投影到高斯–克吕格等投影坐标系。",
                remedy_en="Reproject it to a projected CRS, such as a Gauss-Krueger zone, first.",
            )
        a, b, _, d, e, _ = self.transform
        return abs(a * e - b * d) * float(self.crs.axis_info[0].unit_conversion_factor) ** 2

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north of all cells in the CRS of the grid."""
        a, b, c, d, e, f = self.transform
        xs = [c, c + a * self.columns, c + b * self.rows, c + a * self.columns + b * self.rows]
        ys = [f, f + d * self.columns, f + e * self.rows, f + d * self.columns + e * self.rows]
        return Bounds(min(xs), min(ys), max(xs), max(ys))

    def to_cells(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places (n, 2) in the CRS as (column, row), fractions included."""
        a, b, c, d, e, f = self.transform
        x, y, determinant = xy[:, 0] - c, xy[:, 1] - f, a * e - b * d
        out = np.empty_like(xy)
        out[:, 0] = (e * x - b * y) / determinant
        out[:, 1] = (a * y - d * x) / determinant
        return out

    def part(self, window: CellWindow) -> Grid:
        """The grid of the cells in `window`."""
        a, b, c, d, e, f = self.transform
        x, y = c + a * window.column + b * window.row, f + d * window.column + e * window.row
        return Grid(window.rows, window.columns, (a, b, x, d, e, y), self.crs)

    def windows(self, block: tuple[int, int], cells: int = WINDOW_CELLS) -> Iterator[CellWindow]:
        """Windows of whole blocks and about `cells` cells that cover the grid row by row."""
        rows, columns = window_size(self, block, cells)
        for row in range(0, self.rows, rows):
            for column in range(0, self.columns, columns):
                yield CellWindow(row, column, min(rows, self.rows - row), min(columns, self.columns - column))

    def differences(self, other: Grid) -> list[tuple[str, str]]:
        """What keeps the cells of two grids from lying on one another, in zh and en; nothing if they do."""
        found = []
        if not same_crs(self.crs, other.crs):
            found.append(("坐标系", "CRS"))
        mine, its = np.array(self.transform), np.array(other.transform)
        size = math.hypot(mine[0], mine[3])
        steps = [0, 1, 3, 4]
        if np.abs(mine[steps] - its[steps]).max() * max(self.rows, self.columns) > 1e-3 * size:
            found.append(("像元大小", "cell size"))
        if np.abs(mine[[2, 5]] - its[[2, 5]]).max() > 1e-3 * size:
            found.append(("起点", "origin"))
        if (self.rows, self.columns) != (other.rows, other.columns):
            found.append(("行列数", "rows and columns"))
        return found


class Cells(Protocol):
    """A layer of cells that can be read window by window: a band, an expression over bands, a difference."""

    @property
    def grid(self) -> Grid:
        """Where the cells lie."""

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns of what is cheapest to read at once."""

    def read(self, window: CellWindow) -> Values:
        """The values in a window that lies within the grid; NaN where there is no data."""


@dataclass(frozen=True, slots=True, eq=False)
class ArrayCells:
    """Cells held in memory: `values` (rows, columns) of any real type; NaN, infinity and `nodata` are no data."""

    grid: Grid
    values: NDArray[Any]
    nodata: float | None = None
    block: tuple[int, int] = (256, 256)

    def __post_init__(self) -> None:
        if self.values.shape != (self.grid.rows, self.grid.columns):
            wanted = f"{self.grid.rows} x {self.grid.columns}"
            raise RasterError(f"数组形状应为 {wanted}。", f"The array must be {wanted}, not {self.values.shape}.")

    def read(self, window: CellWindow) -> Values:
        """The values in the window."""
        part = self.values[window.row : window.row + window.rows, window.column : window.column + window.columns]
        return _as_values(part, self.nodata)


class Raster:
    """A GeoTIFF (COG) open for reading; a context manager. Windows are read by one thread at a time.

    Only the GeoTIFF driver is let near the file, whatever its name or content. Raises RasterError for a file that is
    not one, is damaged, holds complex numbers or does not say where it lies.
    """

    def __init__(self, path: Path | str) -> None:
        self.path, self._lock = Path(path), threading.Lock()
        if not self.path.is_file():
            raise RasterError("没有这个文件。", "There is no such file.", place=self.path.name)
        try:
            self._file: Any = rasterio.open(self.path.resolve(), driver="GTiff")
        except (RasterioError, NotGeoreferencedWarning) as error:  # a warning where warnings are made errors
            raise _unreadable(self.path, "不是可读的 GeoTIFF", "is not a readable GeoTIFF", error) from error
        if self._file.transform == Affine.identity() or any(np.dtype(d).kind not in "iuf" for d in self._file.dtypes):
            self._file.close()
            raise _unreadable(self.path, "没有地理参考，或为复数", "is not georeferenced, or of complex numbers")
        crs = pyproj.CRS.from_wkt(self._file.crs.to_wkt()) if self._file.crs else None
        self.grid = Grid(self._file.height, self._file.width, tuple(self._file.transform)[:6], crs)
        self.bands: int = self._file.count
        self.names: tuple[str, ...] = tuple(name or "" for name in self._file.descriptions)
        self.block: tuple[int, int] = self._file.block_shapes[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; windows cannot be read any more."""
        with self._lock:
            self._file.close()

    def band(self, number: int) -> Band:
        """Band `number`, from 1. Raises RasterError for one that is not there."""
        if not 1 <= number <= self.bands:
            raise RasterError(
                f"没有波段 {number}，共 {self.bands} 个。", f"There is no band {number}; there are {self.bands}.",
                place=self.path.name,
            )  # fmt: skip
        return Band(self, number)

    def nodata(self, number: int) -> float | None:
        """The value of a band's cells without data; None if it has none."""
        value = self._file.nodatavals[number - 1]
        return None if value is None else float(value)

    def read(self, number: int, window: CellWindow) -> Values:
        """The values of a band in a window: scale and offset of the band applied, NaN where it is masked."""
        place = FileWindow(window.column, window.row, window.columns, window.rows)
        try:
            with self._lock, rasterio.Env(GDAL_CACHEMAX=CACHE_MB):
                raw = self._file.read(number, window=place)
                flags = self._file.mask_flag_enums[number - 1]
                by_value = MaskFlags.nodata in flags or MaskFlags.all_valid in flags
                mask = None if by_value else self._file.read_masks(number, window=place)
                scale, offset = self._file.scales[number - 1], self._file.offsets[number - 1]
                nodata = self._file.nodatavals[number - 1]
        except RasterioError as error:
            raise _unreadable(self.path, "读取失败", "cannot be read", error) from error
        values = _as_values(raw, nodata)
        if (scale, offset) != (1.0, 0.0):
            values = values.astype(np.float64) * scale + offset
        return values if mask is None else np.where(mask > 0, values, values.dtype.type(np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """One band of a raster, from 1; made by `Raster.band`."""

    raster: Raster
    number: int

    @property
    def grid(self) -> Grid:
        """Where the cells lie."""
        return self.raster.grid

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns of a block of the file."""
        return self.raster.block

    def read(self, window: CellWindow) -> Values:
        """The values in the window."""
        return self.raster.read(self.number, window)


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """`cells` on another grid. `method`: nearest, bilinear, cubic or average; no data where the source has none.

    Raises RasterError for another method, and where either grid has no CRS.
    """

    cells: Cells
    grid: Grid
    method: str = "bilinear"
    block: tuple[int, int] = (512, 512)

    def __post_init__(self) -> None:
        if self.method not in RESAMPLING:
            choices = ", ".join(RESAMPLING)
            raise RasterError(f"未知重采样方法；可用：{choices}。", f"Unknown resampling; valid: {choices}.")
        if self.grid.crs is None or self.cells.grid.crs is None:
            raise RasterError("栅格缺少坐标系，无法重采样。", "A raster without CRS cannot be resampled.")

    def read(self, window: CellWindow) -> Values:
        """The values in the window."""
        target, out = self.grid.part(window), np.full((window.rows, window.columns), np.nan)
        source = self._source_window(target)
        if source is not None:
            part = self.cells.grid.part(source)
            reproject(
                self.cells.read(source).astype(np.float64), out, src_transform=Affine(*part.transform),
                src_crs=part.crs.to_wkt() if part.crs else None, src_nodata=np.nan,
                dst_transform=Affine(*target.transform), dst_crs=target.crs.to_wkt() if target.crs else None,
                dst_nodata=np.nan, resampling=RESAMPLING[self.method], tolerance=0.0,
            )  # fmt: skip
        return out

    def _source_window(self, target: Grid) -> CellWindow | None:
        """What of the source a part of the target draws on, with a margin for the kernel; None for nothing."""
        source = self.cells.grid
        west, south, east, north = target.bounds
        transformer = pyproj.Transformer.from_crs(target.crs, source.crs, always_xy=True)
        reach = transformer.transform_bounds(west, south, east, north, densify_pts=21)
        if not np.isfinite(reach).all():
            raise RasterError("两个栅格的坐标系之间无法转换。", "There is no way between the CRSs of the two rasters.")
        corners = np.array([[x, y] for x in reach[0::2] for y in reach[1::2]])
        places = source.to_cells(corners)
        margin = 3 + 2 * (np.ptp(places, axis=0) / [target.columns, target.rows])
        return clipped_window(source, *(places.min(axis=0) - margin), *(places.max(axis=0) + margin))


def clipped_window(grid: Grid, left: float, top: float, right: float, bottom: float) -> CellWindow | None:
    """The window of whole cells around a rectangle in (column, row) places, cut to the grid; None if outside."""
    column, row = max(0, math.floor(left)), max(0, math.floor(top))
    columns, rows = min(grid.columns, math.ceil(right)) - column, min(grid.rows, math.ceil(bottom)) - row
    return CellWindow(row, column, rows, columns) if rows > 0 and columns > 0 else None


def window_size(grid: Grid, block: tuple[int, int], cells: int = WINDOW_CELLS) -> tuple[int, int]:
    """Rows and columns of windows of whole blocks: as wide as the grid where blocks are, else about square."""
    side = math.isqrt(cells)
    columns = grid.columns
    if block[1] < grid.columns and grid.columns > side:
        columns = max(1, side // block[1]) * block[1]
    rows = max(1, cells // columns // block[0]) * block[0]
    return rows, columns


def same_grid(one: Cells, other: Cells) -> None:
    """Raises RasterError telling what differs unless the cells of both lie on one another."""
    found = one.grid.differences(other.grid)
    if found:
        zh, en = "、".join(z for z, _ in found), ", ".join(e for _, e in found)
        raise RasterError(
            f"两个栅格的网格不同：{zh}。", f"The two rasters lie on different grids: {en}.",
            remedy_zh="请使用同一网格的栅格，或指定重采样方法。",
            remedy_en="Use rasters on one grid, or say how to resample.",
        )  # fmt: skip


def same_crs(one: pyproj.CRS | None, other: pyproj.CRS | None) -> bool:
    """Whether two CRSs are one, whatever their axis order and the text they come from."""
    if one is None or other is None:
        return one is other
    return bool(one.equals(other, ignore_axis_order=True)) or (one.to_epsg() or 0) == (other.to_epsg() or -1)


def _as_values(raw: NDArray[Any], nodata: float | None) -> Values:
    values: Values = raw.astype(np.float32 if raw.dtype.name in _EXACT_IN_FLOAT32 else np.float64)
    if nodata is not None and not math.isnan(nodata):
        gone = raw == (raw.dtype.type(nodata) if raw.dtype.kind == "f" else nodata)
        values[gone] = np.nan
    return values


def _unreadable(path: Path, zh: str, en: str, cause: Exception | None = None) -> RasterError:
    detail = f" ({cause})" if cause else ""
    return RasterError(f"该文件{zh}。", f"The file {en}{detail}.", place=path.name)
