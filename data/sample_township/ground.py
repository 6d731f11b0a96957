"""At which places do the records of the registers stand?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_township.divisions import VILLAGES
from data.sample_township.frame import Reals, chance, to_drawing, to_national
from data.sample_township.land import Land

HOMES = ("0701", "0702", "08H2")
ESTATES = ("0701",)
WORKS = ("0601",)
WATERS = ("1101", "1104", "1107")
TRIES = 8
"""How often a place within a parcel is drawn before its middle is taken."""

Parcels = NDArray[np.int64]


@dataclass(slots=True)
class Site:
    """Where one record stands: its point in EPSG:4527, and the codes and names of village and grid cell."""

    point: Any
    place: dict[str, Any]
    grid: dict[str, Any]


class Ground:
    """The parcels of the township by use, and places on them."""

    def __init__(self, land: Land, grid_codes: list[str]) -> None:
        self.land, self.grid_codes = land, grid_codes
        self.codes, self.middles = land.codes(), land.middles()
        self.villages = np.array([land.grid_of(parcel).village.code for parcel in range(len(self.codes))])
        self.grids = np.array([leaf.grid for leaf in land.leaves])

    def of_use(self, uses: Collection[str]) -> Parcels:
        """The parcels of these uses."""
        return np.flatnonzero(np.isin(self.codes, list(uses)))

    def sites(self, parcels: Parcels, key: int) -> list[Site]:
        """A place within each of `parcels`, one after the other; a parcel may be given several times."""
        points = to_national(shapely.points(self._within(parcels, chance(90, key))))
        return [self._site(int(parcel), point) for parcel, point in zip(parcels, points, strict=True)]

    def any_of(self, uses: Collection[str], count: int, key: int) -> list[Site]:
        """`count` places on parcels of these uses, each as likely as the other."""
        return self.sites(chance(91, key).choice(self.of_use(uses), count), key)

    def seat(self, village: str) -> Site:
        """The seat of a village: the middle of the home nearest to the point that the village is drawn around."""
        parcel = self._seats[village]
        return self._site(parcel, to_national(shapely.points(self.middles[parcel])))

    def home_in_grid(self, grid: int, key: int) -> Site:
        """A home in a grid cell; the parcel nearest to the cell's middle where there is none."""
        own = np.flatnonzero(self.grids == grid)
        homes = own[np.isin(self.codes[own], HOMES)]
        return self.sites(chance(92, grid).choice(homes if len(homes) else own[:1], 1), key)[0]

    @cached_property
    def _seats(self) -> dict[str, int]:
        found = {}
        for code, (_, x, y) in VILLAGES.items():
            own = self.of_use(HOMES)
            own = own[self.villages[own] == code]
            found[code] = int(own[np.argmin(np.hypot(*(self.middles[own] - (x, y)).T))])
        return found

    def _within(self, parcels: Parcels, rng: np.random.Generator) -> Reals:
        """Coordinates in the drawing: chance places in the box of each parcel, its middle where none lay within."""
        shapes = to_drawing(self.land.polygons[parcels])
        west, south, east, north = shapely.bounds(shapes).T
        found: Reals = self.middles[parcels].copy()
        left = np.arange(len(parcels))
        for _ in range(TRIES):
            share = rng.random((len(left), 2))
            x = west[left] + share[:, 0] * (east - west)[left]
            y = south[left] + share[:, 1] * (north - south)[left]
            hit = shapely.contains_xy(shapely.buffer(shapes[left], -0.5), x, y)
            found[left[hit]] = np.column_stack([x, y])[hit]
            left = left[~hit]
        return found

    def _site(self, parcel: int, point: Any) -> Site:
        village = self.land.grid_of(parcel).village
        place = {"XZQDM": village.code, "XZQMC": village.name}
        return Site(point, place, {"WGBM": self.grid_codes[self.land.leaves[parcel].grid - 1], **place})
