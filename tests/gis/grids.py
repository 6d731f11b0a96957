"""Small rasters that tests share: whole numbers in cells of 10 m in EPSG:4527, west 39500000, north 3860000."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
from rasterio.transform import Affine

from gis.raster import ArrayCells, Grid

EPSG = 4527
WEST, NORTH, CELL = 39500000.0, 3860000.0, 10.0
CRS = pyproj.CRS.from_epsg(EPSG)


def grid(rows: int, columns: int, cell: float = CELL) -> Grid:
    return Grid(rows, columns, (cell, 0.0, WEST, 0.0, -cell, NORTH), CRS)


def cells(values: Any, **options: Any) -> ArrayCells:
    array = np.asarray(values, np.float64)
    return ArrayCells(grid(*array.shape), array, **options)


def place(xy: Any) -> np.ndarray:
    """Places counted in metres east and south of the corner, in the CRS."""
    return np.array([WEST, NORTH]) + np.asarray(xy, float) * [1, -1]


def write(path: Path, bands: Any, *, nodata: float | None = None, epsg: int | None = EPSG, **options: Any) -> Path:
    """A GeoTIFF of `bands` (bands, rows, columns)."""
    array = np.asarray(bands)
    profile = {"driver": "GTiff", "count": array.shape[0], "height": array.shape[1], "width": array.shape[2]}
    crs = f"EPSG:{epsg}" if epsg else None
    transform = options.pop("transform", Affine(CELL, 0, WEST, 0, -CELL, NORTH))
    with rasterio.open(
        path, "w", **profile, dtype=array.dtype.name, crs=crs, transform=transform, nodata=nodata, **options
    ) as file:
        file.write(array)
    return path
