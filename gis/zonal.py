"""What do the cells of a raster amount to in each parcel?

Cells count by the exact share of them that a parcel covers. A raster is read window by window, so that its size does
not matter; only windows with a parcel in them are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis.boxes import BoxIndex, readonly
from gis.columns import GeometryColumns, Ints, Reals
from gis.crs import crs
from gis.errors import CrsError, GisError, RasterError
from gis.kernels import coverage, gather, rings
from gis.raster import WINDOW_CELLS, Cells, CellWindow, Grid, Values, same_crs, window_size
from gis.soundness import sound

HELD_CELLS = 8_000_000
"""Covered cells held in memory at once for quantiles (24 bytes each)."""

MAX_HELD_CELLS = 200_000_000


@dataclass(frozen=True, slots=True, eq=False)
class ZonalStatistics:
    """One number a zone; a zone without a cell with data has 0 cells and NaN else.

    count       covered cells with data, parts of cells counting as parts
    total       sum of value x covered share
    mean        total / count
    minimum, maximum   over all cells with data that the zone covers at all
    deviation   standard deviation of the population
    quantiles   by the fraction asked for, as `gis.kernels.coverage.quantiles` defines them
    grid        of the raster
    """

    count: Reals
    total: Reals
    mean: Reals
    minimum: Reals
    maximum: Reals
    deviation: Reals
    quantiles: dict[float, Reals]
    grid: Grid

    @property
    def covered_m2(self) -> Reals:
        """Area of the covered cells with data; raises RasterError for a grid in degrees."""
        return self.count * self.grid.cell_area_m2


def zonal_statistics(
    cells: Cells,
    zones: GeometryColumns,
    zones_epsg: int,
    *,
    quantiles: Sequence[float] = (),
    window_cells: int = WINDOW_CELLS,
) -> ZonalStatistics:
    """Count, sum, mean, least, most, deviation and `quantiles` (0 to 1) of the cells in each of `zones`.

    Invalid zones are computed as `gis.soundness.sound` makes them valid; overlapping zones each count a cell in full.
    Raises CrsError unless zones and raster share a CRS, GeometryError for zones that are not polygons, RasterError
    where the raster has no CRS or cannot be read.
    """
    if any(not 0 <= q <= 1 for q in quantiles):
        raise GisError("分位数须在 0 与 1 之间。", "Quantiles must be from 0 to 1.")
    placed = PlacedZones.on(cells.grid, zones, zones_epsg)
    totals = np.zeros((len(zones), coverage.COLUMNS))
    for window, members in placed.visits(cells, window_cells):
        coverage.accumulate(*placed.arguments(cells.read(window), members, window), totals)
    found = _quantiles(cells, placed, np.array(quantiles, np.float64), window_cells) if len(quantiles) else []
    return _statistics(totals, dict(zip(quantiles, found, strict=True)), cells.grid)


def group_quantiles(
    cells: Cells, zones: GeometryColumns, zones_epsg: int, groups: Ints, quantiles: Sequence[float]
) -> Reals:
    """(most of `groups` + 1, number of quantiles): the quantiles of the cells of all zones of each group together.

    `groups` has the number of its group for each zone; a cell counts by the share of it that each zone covers. A group
    without cells has NaN. Raises RasterError for a group of more than MAX_HELD_CELLS cells, else as `zonal_statistics`.
    """
    placed, wanted = PlacedZones.on(cells.grid, zones, zones_epsg), np.array(quantiles, np.float64)
    out = np.full((int(groups.max()) + 1 if len(groups) else 0, len(wanted)), np.nan)
    for group in range(len(out)):
        part, values, shares = placed.some(np.flatnonzero(groups == group)), list[Reals](), list[Reals]()
        for window, members in part.visits(cells, WINDOW_CELLS):
            _, found, share = coverage.collect(*part.arguments(cells.read(window), members, window))
            values.append(found)
            shares.append(share)
            if (held := sum(len(each) for each in values)) > MAX_HELD_CELLS:
                raise _too_many(held)
        if values and any(len(each) for each in values):
            ends = np.array([0, sum(len(each) for each in values)])
            coverage.quantiles(
                np.concatenate(values), np.concatenate(shares), ends, wanted, out[group : group + 1]
            )  # fmt: skip
    return out


@dataclass(frozen=True, slots=True, eq=False)
class PlacedZones:
    """Zones made valid, as kernels want them: vertices and boxes as (column, row) places of a grid."""

    xy: Reals
    offsets: tuple[Ints, Ints, Ints]
    boxes: Reals

    @classmethod
    def on(cls, grid: Grid, zones: GeometryColumns, zones_epsg: int) -> PlacedZones:
        """`zones` on the cells of `grid`; errors as `zonal_statistics`."""
        if grid.crs is None:
            raise RasterError("栅格没有坐标系。", "The raster has no CRS.")
        if not same_crs(grid.crs, crs(zones_epsg)):
            raise CrsError(
                f"地块为 EPSG:{zones_epsg}，栅格为 {grid.crs.name}。",
                f"The zones are in EPSG:{zones_epsg}, the raster is in {grid.crs.name}.",
                remedy_zh="请先把地块转换到栅格的坐标系。",
                remedy_en="Transform the zones to the CRS of the raster first.",
            )
        valid, _ = sound(zones)
        xy, boxes = readonly(grid.to_cells(valid.xy)), np.empty((len(valid), 4))
        gather.bounds(xy, valid.vertex_offsets, boxes)
        return cls(xy, (valid.ring_offsets, valid.part_offsets, valid.feature_offsets), readonly(boxes))

    def visits(self, cells: Cells, window_cells: int) -> Iterator[tuple[CellWindow, Ints]]:
        """The windows that a zone meets, and those zones."""
        grid = cells.grid
        rows, columns = window_size(grid, cells.block, window_cells)
        offsets, zones = coverage.visits(self.boxes, grid.rows, grid.columns, rows, columns)
        for k, window in enumerate(grid.windows(cells.block, window_cells)):
            if offsets[k] < offsets[k + 1]:
                members = zones[offsets[k] : offsets[k + 1]]
                yield self._trimmed(window, members), readonly(members)

    def _trimmed(self, window: CellWindow, members: Ints) -> CellWindow:
        """The part of the window that its zones reach."""
        low = np.floor(self.boxes[members, :2].min(axis=0)).clip([window.column, window.row])
        end = [window.column + window.columns, window.row + window.rows]
        high = np.ceil(self.boxes[members, 2:].max(axis=0)).clip(max=end)
        (left, top), (right, bottom) = low.astype(int).tolist(), high.astype(int).tolist()
        return CellWindow(top, left, max(bottom - top, 1), max(right - left, 1))

    def arguments(self, values: Values | None, members: Ints, window: CellWindow) -> tuple[Any, ...]:
        """What the kernels over a window take."""
        block = None if values is None else np.ascontiguousarray(values)
        return (block, members, self.xy, *self.offsets, self.boxes, readonly(np.array(window, np.int64)))

    def areas(self) -> Reals:
        """The area of each zone in cells."""
        out = np.zeros(len(self.boxes))
        rings.areas(self.xy, *self.offsets, out)
        return out

    def some(self, zones: Ints) -> PlacedZones:
        """Only these zones take part: the boxes of others are NaN, which no window meets."""
        boxes = np.full_like(self.boxes, np.nan)
        boxes[zones] = self.boxes[zones]
        return PlacedZones(self.xy, self.offsets, readonly(boxes))


def _statistics(totals: Reals, quantiles: dict[float, Reals], grid: Grid) -> ZonalStatistics:
    count, none = totals[:, coverage.WEIGHT], totals[:, coverage.WEIGHT] == 0
    divisor = np.where(none, np.nan, count)
    shifted = totals[:, coverage.FIRST] / divisor
    variance = totals[:, coverage.SECOND] / divisor - shifted**2
    return ZonalStatistics(
        count,
        np.where(none, np.nan, totals[:, coverage.SUM]),
        totals[:, coverage.SHIFT] + shifted,
        np.where(none, np.nan, totals[:, coverage.LEAST]),
        np.where(none, np.nan, totals[:, coverage.MOST]),
        np.sqrt(np.maximum(variance, 0.0)),
        quantiles,
        grid,
    )


def _quantiles(cells: Cells, placed: PlacedZones, wanted: Reals, window_cells: int) -> list[Reals]:
    """The quantiles, taking as many zones at a time, neighbours together, as `HELD_CELLS` allows."""
    out = np.full((len(placed.boxes), len(wanted)), np.nan)
    for zones in _batches(placed, cells.grid):
        part = placed.some(zones)
        found = [
            coverage.collect(*part.arguments(cells.read(window), members, window))
            for window, members in part.visits(cells, window_cells)
        ]
        if found:
            owners, values, shares = (np.concatenate([piece[k] for piece in found]) for k in range(3))
            order = np.argsort(owners, kind="stable")
            which, firsts = np.unique(owners[order], return_index=True)
            few = np.empty((len(which), len(wanted)))
            coverage.quantiles(values[order], shares[order], np.append(firsts, len(owners)), wanted, few)
            out[which] = few
    return list(out.T)


def _batches(placed: PlacedZones, grid: Grid) -> list[Ints]:
    """The zones with cells, in runs of neighbours that hold about `HELD_CELLS` cells each."""
    boxes = placed.boxes.clip([0, 0, 0, 0], [grid.columns, grid.rows, grid.columns, grid.rows])
    sides = np.ceil(boxes[:, 2:]) - np.floor(boxes[:, :2])
    most = np.prod(sides, axis=1)
    areas = placed.areas() + 2 * sides.sum(axis=1) + 4
    sizes = np.minimum(most, areas)
    order = BoxIndex.over(placed.boxes).order
    if len(order) and (largest := sizes[order].max()) > MAX_HELD_CELLS:
        raise _too_many(largest)
    return np.split(order, np.flatnonzero(np.diff(np.cumsum(sizes[order]) // HELD_CELLS)) + 1) if len(order) else []


def _too_many(cells: float) -> RasterError:
    return RasterError(
        f"一个区域约含 {cells:.0f} 个像元，超过求分位数的上限 {MAX_HELD_CELLS}。",
        f"A zone has about {cells:.0f} cells; quantiles hold at most {MAX_HELD_CELLS}.",
        remedy_zh="请把该区域分成几块，或使用较粗的栅格。",
        remedy_en="Divide the zone, or use a coarser raster.",
    )
