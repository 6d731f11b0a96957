"""How are the fields divided among contracts (承包地块)?"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_township.files import Table, decimal
from data.sample_township.frame import Reals, chance, polygons, to_drawing, to_national
from data.sample_township.land import CULTIVATED, FIELD_ZONES, Land, land_use, planar_m2
from data.sample_township.plots import strips_of

PIECE_M2 = 1_900
"""About the area of a contracted parcel: 2.9 mu."""

RIDGE_M = 0.3
"""Half of the ridge between parcels: no contract has it, and no gap between parcels is narrower than 0.5 m."""

LEAST_M2 = 120
TDLYLX = {"0101": "011", "0102": "012", "0103": "013"}
PLACES = (
    "南湖",
    "西湖",
    "北湖",
    "东湖",
    "东岭",
    "西岭",
    "前洼",
    "后洼",
    "河东",
    "河西",
    "大方",
    "长垄",
    "桥头",
    "林边",
)
"""Invented field names of the kind in use here."""

SIDES = {"DKDZ": (1, 0), "DKXZ": (-1, 0), "DKNZ": (0, -1), "DKBZ": (0, 1)}


def contract_table(land: Land, protected: list[int]) -> Table:
    """承包地块: parcels within the cultivated fields, with planar areas; villages stand in for their groups ("00")."""
    fields = np.flatnonzero(np.isin(land.codes(), CULTIVATED) & np.isin(land.zones(), FIELD_ZONES)).tolist()
    drawn = to_drawing(land.polygons[fields])
    pieces = [(field, piece) for field, shape in zip(fields, drawn, strict=True) for piece in parts_of(shape, field)]
    shapes = to_national(np.array([shapely.normalize(piece) for _, piece in pieces], dtype=object))
    areas, basic = planar_m2(shapes), set(protected)
    counts: dict[str, int] = {}
    rows = []
    for serial, ((field, _), area) in enumerate(zip(pieces, areas, strict=True), start=1):
        village = land.grid_of(field).village.code
        counts[village] = counts.get(village, 0) + 1
        rows.append(_row(land, field, serial, f"{village}00{counts[village]:05d}", area, field in basic))
    for side, names in neighbours(land, shapes, [row["DKMC"] for row in rows]).items():
        for row, name in zip(rows, names, strict=True):
            row[side] = name
    return Table("contracted_parcels", shapes, rows)


def parts_of(field: Any, key: int) -> list[Any]:
    """`field` in strips of about PIECE_M2, each drawn in by half a ridge."""
    found: list[Any] = []
    for strip in strips_of(field, PIECE_M2, chance(60, key), 400):
        inner = strip.buffer(-RIDGE_M, join_style="mitre")
        found.extend(part for part in polygons(inner) if part.area >= LEAST_M2)
    return found


def _row(land: Land, field: int, serial: int, code: str, area_m2: float, basic: bool) -> dict[str, Any]:
    leaf = land.leaves[field]
    rng = chance(61, serial)
    place = PLACES[leaf.block % len(PLACES)]
    return {
        "BSM": serial, "YSDM": "211011", "DKBM": code, "DKMC": f"{place}{int(code[-5:])}号", "SYQXZ": "32",
        "DKLB": "22" if rng.random() < 0.04 else "10", "TDLYLX": TDLYLX[leaf.code],
        "DLDJ": f"{int(rng.integers(3, 6)) + (2 if leaf.code == '0103' else 0):02d}", "TDYT": "1",
        "SFJBNT": "1" if basic else "2", "SCMJ": decimal(area_m2), "SCMJM": decimal(area_m2 * 3 / 2000),
    }  # fmt: skip


def neighbours(land: Land, shapes: NDArray[np.object_], names: list[str]) -> dict[str, list[str]]:
    """What lies to the east, west, south and north: another parcel's name, else the land use."""
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes))
    parcels, uses = shapely.STRtree(shapes), shapely.STRtree(land.polygons)
    codes = land.codes()
    found: dict[str, list[str]] = {}
    for side, (east, north) in SIDES.items():
        points = shapely.points(_beyond(shapes, middle, np.array([east, north]), 1.5))
        beside = _first_hit(parcels, points)
        ground = _first_hit(uses, points)
        found[side] = [
            names[a] if a >= 0 else land_use()[codes[b]]["name_zh"] if b >= 0 else "街道外"
            for a, b in zip(beside.tolist(), ground.tolist(), strict=True)
        ]
    return found


def _beyond(shapes: NDArray[np.object_], middle: Reals, way: NDArray[np.int64], metres: float) -> Reals:
    """The point `metres` past the border of each shape, going from its middle in direction `way`."""
    rays = shapely.linestrings(np.stack([middle, middle + way * 5000.0], axis=1))
    bounds = shapely.bounds(shapely.intersection(shapely.boundary(shapes), rays))
    nearest = np.where(way > 0, bounds[:, :2], bounds[:, 2:])
    return np.where(way == 0, middle, nearest + way * metres)


def _first_hit(tree: shapely.STRtree, points: Any) -> NDArray[np.int64]:
    found = np.full(len(points), -1)
    which, hit = tree.query(points, predicate="intersects")
    found[which[::-1]] = hit[::-1]
    return found
