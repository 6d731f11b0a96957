"""How much earth was taken away and brought between two elevation models?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gis.bands import Computed
from gis.columns import GeometryColumns, Reals
from gis.errors import RasterError
from gis.kernels import coverage
from gis.raster import WINDOW_CELLS, Cells, Resampled, Values, same_grid
from gis.zonal import PlacedZones


@dataclass(frozen=True, slots=True)
class Earthwork:
    """Cut and fill (挖方、填方) between two surfaces.

    cut_m3, fill_m3     volumes below and above the surface before, both positive
    cut_m2, fill_m2     areas where the surface fell and rose
    compared_m2         area with data in both; `missing_m2` the rest: cells without data in either are left out
    """

    cut_m3: float
    fill_m3: float
    cut_m2: float
    fill_m2: float
    compared_m2: float
    missing_m2: float

    @property
    def net_m3(self) -> float:
        """Fill less cut: what was brought in all."""
        return self.fill_m3 - self.cut_m3

    @property
    def mean_change_m(self) -> float:
        """Net volume over the compared area; NaN without one."""
        return self.net_m3 / self.compared_m2 if self.compared_m2 else math.nan


def cut_and_fill(
    before: Cells,
    after: Cells,
    *,
    resample: str | None = None,
    threshold_m: float = 0.0,
    window_cells: int = WINDOW_CELLS,
) -> Earthwork:
    """The earthwork over all cells of two elevation models in metres.

    Changes smaller than `threshold_m` either way (the noise of the survey) count as none. Raises RasterError naming
    what differs unless both lie on one grid; with `resample` (nearest, bilinear, cubic, average) `after` is brought to
    the grid of `before` instead, and its cells outside it are left out.
    """
    change = _change(before, after, resample, threshold_m)
    cell = change.grid.cell_area_m2
    sums = np.zeros(5)
    for window in change.grid.windows(change.block, window_cells):
        height = change.read(window)
        rise, fall = height[height > 0], height[height < 0]
        sums += (-fall.sum(), rise.sum(), len(fall), len(rise), np.isfinite(height).sum())
    missing = change.grid.rows * change.grid.columns - sums[4]
    cut_m3, fill_m3, cut_m2, fill_m2, compared_m2 = (sums * cell).tolist()
    return Earthwork(cut_m3, fill_m3, cut_m2, fill_m2, compared_m2, float(missing) * cell)


def earthwork_by_parcel(
    before: Cells,
    after: Cells,
    parcels: GeometryColumns,
    parcels_epsg: int,
    *,
    resample: str | None = None,
    threshold_m: float = 0.0,
    window_cells: int = WINDOW_CELLS,
) -> list[Earthwork]:
    """The earthwork within each of `parcels`, cells counting by the share that a parcel covers.

    Errors as `cut_and_fill` and `gis.zonal.zonal_statistics`.
    """
    change = _change(before, after, resample, threshold_m)
    cell, placed = change.grid.cell_area_m2, PlacedZones.on(change.grid, parcels, parcels_epsg)
    totals = np.zeros((len(parcels), coverage.COLUMNS))
    for window, members in placed.visits(change, window_cells):
        coverage.accumulate(*placed.arguments(change.read(window), members, window), totals)
    missing = np.maximum(placed.areas() - totals[:, coverage.WEIGHT], 0.0)
    columns = (
        totals[:, coverage.RISE] - totals[:, coverage.SUM],
        totals[:, coverage.RISE],
        totals[:, coverage.FALL_WEIGHT],
        totals[:, coverage.RISE_WEIGHT],
        totals[:, coverage.WEIGHT],
        missing,
    )
    rows: Reals = np.column_stack(columns) * cell
    return [Earthwork(*row) for row in rows.tolist()]


def _change(before: Cells, after: Cells, resample: str | None, threshold_m: float) -> Computed:
    if not 0 <= threshold_m < math.inf:
        raise RasterError("阈值须为非负数（米）。", "The threshold must be a number of metres, not negative.")
    if resample is not None:
        after = Resampled(after, before.grid, resample)
    same_grid(before, after)
    return Computed((before, after), _difference(threshold_m))


def _difference(threshold_m: float) -> Callable[[Values, Values], Values]:
    def rise(before: Values, after: Values) -> Values:
        height: Values = after.astype(np.float64) - before
        height[~np.isfinite(height)] = np.nan
        height[np.abs(height) < threshold_m] = 0.0
        return height

    return rise
