"""What does a raster of yield say that each parcel bore?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.columns import GeometryColumns, Reals
from gis.errors import GisError
from gis.raster import Cells
from gis.units import m2_from_ha, m2_from_mu, mu_from_m2, weight_from_kg
from gis.zonal import PlacedZones, zonal_statistics

RATES = {
    "kg/ha": 1.0 / m2_from_ha(1.0),
    "t/ha": 1000.0 / m2_from_ha(1.0),
    "kg/mu": 1.0 / m2_from_mu(1.0),
    "jin/mu": 0.5 / m2_from_mu(1.0),
    "kg/m2": 1.0,
}
"""Units of yield, as kg a square metre."""


@dataclass(frozen=True, slots=True, eq=False)
class Yields:
    """The yield of each zone. `area_m2` is what the weight stands on, `covered` the share of the zone with data."""

    weight_kg: Reals
    area_m2: Reals
    covered: Reals

    @property
    def weight_jin(self) -> Reals:
        """The weight in 斤."""
        return weight_from_kg(self.weight_kg, "jin")

    @property
    def kg_per_mu(self) -> Reals:
        """Kilograms a mu (公斤/亩); NaN where there is no area."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.area_m2 > 0, self.weight_kg / mu_from_m2(self.area_m2), np.nan)

    @property
    def jin_per_mu(self) -> Reals:
        """Jin a mu (斤/亩)."""
        return weight_from_kg(self.kg_per_mu, "jin")


def parcel_yields(
    cells: Cells, zones: GeometryColumns, zones_epsg: int, *, unit: str, areas_m2: Reals | None = None
) -> Yields:
    """The yield of each zone from a raster of yield in `unit` (kg/ha, t/ha, kg/mu, jin/mu, kg/m2).

    The weight is the sum over the cells with data. With `areas_m2`, the legal areas of the zones, it is the mean yield
    times that area instead, so that cells without data take the parcel's mean. A zone without data has NaN.
    Raises GisError for another unit, and as `zonal_statistics`.
    """
    if unit not in RATES:
        choices = ", ".join(RATES)
        raise GisError(f"未知产量单位“{unit}”；可用：{choices}。", f"Unknown unit of yield {unit!r}; valid: {choices}.")
    found = zonal_statistics(cells, zones, zones_epsg)
    whole_m2 = PlacedZones.on(cells.grid, zones, zones_epsg).areas() * cells.grid.cell_area_m2
    area = found.covered_m2 if areas_m2 is None else np.asarray(areas_m2, np.float64)
    if area.shape != whole_m2.shape:
        raise GisError("面积的个数与地块不同。", "There must be one area a zone.")
    with np.errstate(invalid="ignore", divide="ignore"):
        covered = np.where(whole_m2 > 0, np.minimum(found.covered_m2 / whole_m2, 1.0), 0.0)
    return Yields(found.mean * RATES[unit] * area, area, covered)
