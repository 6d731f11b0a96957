"""How much of each parcel lies in each class of a raster's values?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.columns import GeometryColumns, Ints, Reals
from gis.errors import GisError
from gis.kernels import coverage
from gis.raster import WINDOW_CELLS, Cells, Values
from gis.zonal import PlacedZones


@dataclass(frozen=True, slots=True)
class Classes:
    """How values become classes 0, 1...: by upper limits, each belonging to the class below it, or one by one.

    `Classes(limits=(2, 6, 15, 25))` are the five slope grades <= 2, 2-6, 6-15, 15-25, > 25; `Classes(values=(1, 7))`
    are the values 1 and 7, all others being in no class. Raises GisError unless limits ascend or values differ.
    """

    limits: tuple[float, ...] = ()
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        given = self.limits or self.values
        steps = np.diff(self.limits) if self.limits else np.diff(sorted(self.values))
        if bool(self.limits) == bool(self.values) or not np.isfinite(given).all() or (steps <= 0).any():
            raise GisError(
                "分级须给出递增的界限，或互不相同的值。", "Classes need ascending limits, or values that differ."
            )

    def __len__(self) -> int:
        """How many classes there are."""
        return len(self.limits) + 1 if self.limits else len(self.values)

    def codes(self, values: Values) -> Ints:
        """The class of each value; -1 for no data, and len(self) for a value in no class."""
        exact = values.astype(np.float64)
        if self.limits:
            found = np.searchsorted(self.limits, exact, side="left")
        else:
            order = np.argsort(self.values)
            place = np.searchsorted(np.array(self.values)[order], exact).clip(0, len(self.values) - 1)
            found = np.where(np.array(self.values)[order][place] == exact, order[place], len(self.values))
        return np.where(np.isfinite(exact), found, -1).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class ClassAreas:
    """Area in m2 of each class in each zone, (zones, classes); what is in no class; and what has no data.

    The three add up to the planar area of the zone; `missing_m2` includes what lies outside the raster.
    """

    area_m2: Reals
    other_m2: Reals
    missing_m2: Reals


def class_areas(
    cells: Cells, classes: Classes, zones: GeometryColumns, zones_epsg: int, *, window_cells: int = WINDOW_CELLS
) -> ClassAreas:
    """The area of each class of values in each of `zones`; errors as `zonal_statistics`, and for a grid in degrees."""
    cell_area = cells.grid.cell_area_m2
    placed = PlacedZones.on(cells.grid, zones, zones_epsg)
    totals = np.zeros((len(zones), len(classes) + 1))
    for window, members in placed.visits(cells, window_cells):
        codes = np.ascontiguousarray(classes.codes(cells.read(window)))
        coverage.tally(codes, *placed.arguments(None, members, window)[1:], totals)
    totals *= cell_area
    missing = np.maximum(placed.areas() * cell_area - totals.sum(axis=1), 0.0)
    return ClassAreas(totals[:, :-1], totals[:, -1], missing)
