"""What do the elevation models before and after, and the yield raster, hold?"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_township.files import Raster
from data.sample_township.frame import ORIGIN, Reals, chance

EARTHWORK_M3 = 145_000
STEP_M = 1 / 1024
"""Heights are multiples of this, so that float32 holds them, and their sums, exactly."""

ELEVATION_CELL_M, ELEVATION_MARGIN_M, ELEVATION_NODATA = 5, 250, -9999.0
YIELD_CELL_M, YIELD_NODATA = 10, -9999.0
YIELD_STEP = 1 / 8
"""Yields are multiples of this many kg/ha."""
M2_PER_HA = 10_000


def _frame(area: Any, cell_m: int, margin_m: float) -> tuple[float, float, int, int]:
    """West, north, rows and columns of a grid around `area`, on multiples of the cell."""
    west, south, east, north = area.bounds
    left, top = np.floor((west - margin_m) / cell_m) * cell_m, np.ceil((north + margin_m) / cell_m) * cell_m
    rows, columns = np.ceil((top - south + margin_m) / cell_m), np.ceil((east + margin_m - left) / cell_m)
    return float(left), float(top), int(rows), int(columns)


def _centres(west: float, north: float, rows: int, columns: int, cell_m: int) -> tuple[Reals, Reals]:
    x = west + cell_m * (np.arange(columns) + 0.5)
    y = north - cell_m * (np.arange(rows) + 0.5)
    grid = np.meshgrid(x, y)
    return grid[0], grid[1]


def elevations(valley: Any) -> tuple[Raster, Raster]:
    """Ground before and after the consolidation of `valley` (EPSG:4527): heaps of 145,000 m3 in all are gone after.

    Every cell that changes lies wholly inside `valley`, so that its volume is the same over the valley and over the
    raster. All of it is cut; nothing is filled.
    """
    west, north, rows, columns = _frame(valley, ELEVATION_CELL_M, ELEVATION_MARGIN_M)
    x, y = _centres(west, north, rows, columns, ELEVATION_CELL_M)
    ground = 61.5 + 0.0011 * (x - ORIGIN[0]) * -1 + 0.0008 * (y - ORIGIN[1]) + 0.35 * _waves(x, y, 80, 420.0)
    after = np.rint(ground / STEP_M)
    heaps = _heaps(valley, x, y)
    grids = [(after + heaps) * STEP_M, after * STEP_M]
    names = ("elevation_before", "elevation_after")
    before_grid, after_grid = (
        Raster(name, values.astype(np.float32), west, north, ELEVATION_CELL_M, ELEVATION_NODATA)
        for name, values in zip(names, grids, strict=True)
    )
    return before_grid, after_grid


def _heaps(valley: Any, x: Reals, y: Reals) -> Reals:
    """Heights of the heaps in steps; their volume is exactly EARTHWORK_M3."""
    half = ELEVATION_CELL_M / 2
    shapely.prepare(valley)
    cells = shapely.box(x - half, y - half, x + half, y + half)
    within = shapely.contains_properly(valley, cells)
    rim = np.zeros(x.shape)
    rim[within] = np.minimum(shapely.distance(valley.boundary, shapely.points(x[within], y[within])) / 30, 1)
    shape = rim * np.clip(_waves(x, y, 81, 130.0) + 0.25, 0, None)
    total = round(EARTHWORK_M3 / ELEVATION_CELL_M**2 / STEP_M)
    steps: Reals = np.floor(shape * (total / shape.sum()))
    order = np.argsort(-(shape * (total / shape.sum()) - steps), axis=None, kind="stable")
    steps.flat[order[: int(total - steps.sum())]] += 1
    return steps


def _waves(x: Reals, y: Reals, key: int, length_m: float) -> Reals:
    """A smooth surface between about -1 and 1 that changes over `length_m`."""
    rng = chance(key)
    surface: Reals = np.zeros(x.shape)
    for _ in range(6):
        angle, phase = 2 * np.pi * rng.random(2)
        wave = 2 * np.pi / (length_m * (0.7 + 0.9 * rng.random()))
        surface += np.sin(wave * ((x - ORIGIN[0]) * np.cos(angle) + (y - ORIGIN[1]) * np.sin(angle)) + phase)
    return surface / 3


def yields(fields: NDArray[np.object_], total_kg: float) -> tuple[Raster, Reals]:
    """The yield raster in kg/ha over `fields` (EPSG:4527), and each field's output in kg.

    A field's output is the sum over cells of covered share x yield x cell area in the plane; all sum to `total_kg`
    but for the rounding of the cells to YIELD_STEP.
    """
    area = shapely.union_all(fields)
    west, north, rows, columns = _frame(area, YIELD_CELL_M, YIELD_CELL_M)
    x, y = _centres(west, north, rows, columns, YIELD_CELL_M)
    share = coverage_shares(fields, west, north, rows, columns)
    cells_ha = YIELD_CELL_M**2 / M2_PER_HA
    pattern = 1 + 0.09 * _waves(x, y, 82, 700.0) + 0.04 * _waves(x, y, 83, 90.0)
    raw = sum(float((part * pattern[window]).sum()) for window, part in share) * cells_ha
    values = np.rint(pattern * (total_kg / raw) / YIELD_STEP) * YIELD_STEP
    outputs = np.array([float((part * values[window]).sum()) * cells_ha for window, part in share])
    half = YIELD_CELL_M / 2
    shapely.prepare(area)
    seen = shapely.intersects(area, shapely.box(x - half, y - half, x + half, y + half))
    values = np.where(seen, values, YIELD_NODATA)
    return Raster("yield_2024", values.astype(np.float32), west, north, YIELD_CELL_M, YIELD_NODATA), outputs


def coverage_shares(
    fields: NDArray[np.object_], west: float, north: float, rows: int, columns: int
) -> list[tuple[tuple[slice, slice], Reals]]:
    """For each field the window of cells around it, and the share of each cell that it covers."""
    found = []
    for field in fields:
        left, bottom, right, top = field.bounds
        c0, c1 = int((left - west) // YIELD_CELL_M), int((right - west) // YIELD_CELL_M) + 1
        r0, r1 = int((north - top) // YIELD_CELL_M), int((north - bottom) // YIELD_CELL_M) + 1
        x = west + YIELD_CELL_M * np.arange(c0, c1)[None, :]
        y = north - YIELD_CELL_M * np.arange(r0, r1)[:, None]
        cells = shapely.box(x, y - YIELD_CELL_M, x + YIELD_CELL_M, y)
        part = shapely.area(shapely.intersection(cells, field)) / YIELD_CELL_M**2
        found.append(((slice(r0, min(r1, rows)), slice(c0, min(c1, columns))), part))
    return found


def whole_jin(output_kg: Reals, total_jin: int) -> list[int]:
    """Outputs in whole jin that sum to `total_jin`: rounded down, and up where most was lost."""
    exact = output_kg * 2
    floor = np.floor(exact).astype(int)
    order = np.argsort(-(exact - floor), kind="stable")
    floor[order[: total_jin - int(floor.sum())]] += 1
    return [int(value) for value in floor]
