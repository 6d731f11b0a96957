"""What is the finished land-use coverage, in EPSG:4527 and with official areas?"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_township.coverage import coverage, shared_borders
from data.sample_township.divisions import Grid, grids, outline, villages
from data.sample_township.frame import Reals, to_drawing, to_national
from data.sample_township.landscape import leaves
from data.sample_township.plots import Leaf
from gis.area import area_m2
from gis.columns import GeometryColumns

EPSG = 4527
CODES = Path(__file__).resolve().parents[1] / "codes"
CULTIVATED = ("0101", "0102", "0103")
FIELD_ZONES = ("paddy", "irrigated", "dry", "valley")
"""Uses of blocks whose cultivated parcels are fields under contract; those among sheds and ponds are not."""


@dataclass(slots=True)
class Land:
    """The parcels of the township: polygons in EPSG:4527, each with its leaf, and the grid cells they lie in."""

    polygons: NDArray[np.object_]
    leaves: list[Leaf]
    grids: list[Grid]

    def areas_m2(self, parcels: Iterable[int] | None = None) -> Reals:
        """Official areas in m2, rounded to 0.01."""
        chosen = self.polygons if parcels is None else self.polygons[list(parcels)]
        return official_m2(chosen)

    def middles(self) -> Reals:
        """A point inside each parcel, in the drawing: (parcels, 2)."""
        points: Reals = shapely.get_coordinates(to_drawing(shapely.point_on_surface(self.polygons)))
        return points

    def codes(self) -> NDArray[np.str_]:
        """The land-use code of each parcel."""
        return np.array([leaf.code for leaf in self.leaves])

    def zones(self) -> NDArray[np.str_]:
        """The use that each parcel's block was drawn with; "" for roads and waters."""
        return np.array([leaf.zone for leaf in self.leaves])

    def grid_of(self, parcel: int) -> Grid:
        """The grid cell of a parcel."""
        return self.grids[self.leaves[parcel].grid - 1]

    def borders(self) -> dict[tuple[int, int], float]:
        """Metres of border shared by two parcels (i < j)."""
        return shared_borders(self.polygons)

    def union(self, parcels: Iterable[int]) -> Any:
        """The largest polygon of the union of `parcels`, with every vertex of theirs on its border."""
        parts = shapely.get_parts(shapely.coverage_union_all(self.polygons[list(parcels)]))
        return shapely.normalize(max(parts, key=lambda part: part.area))


def draw() -> Land:
    """The land of the township as drawn, before any total is closed."""
    township = outline()
    cells = grids(villages(township))
    parcels = coverage(leaves(township, cells), cells, {code: row["group"] for code, row in land_use().items()})
    polygons = to_national(np.array([parcel.polygon for parcel in parcels], dtype=object))
    return Land(polygons, [parcel.leaf for parcel in parcels], cells)


def official_m2(polygons: Any) -> Reals:
    """Areas of `polygons` in EPSG:4527 by the official formula, rounded to 0.01 m2."""
    return area_m2(GeometryColumns.from_shapely(polygons), "ellipsoidal", EPSG, decimals=2)


def planar_m2(polygons: Any) -> Reals:
    """Areas of `polygons` in the plane, rounded to 0.01 m2."""
    return area_m2(GeometryColumns.from_shapely(polygons), "planar", EPSG, decimals=2)


@cache
def land_use() -> dict[str, dict[str, str]]:
    """The rows of the land-use code list by code."""
    return code_rows("land_use")


@cache
def code_rows(name: str) -> dict[str, dict[str, str]]:
    """The rows of data/codes/<name>.csv by code."""
    with (CODES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}
