"""Which parcels, and which last millimetre of a border, make a total come out exactly?"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_township.frame import Reals
from data.sample_township.land import Land, official_m2

CHOICES = 22
"""From how many parcels the last ones are chosen: 2 ** 22 sums lie closer together than 0.1 m2."""


def chosen(areas_m2: Reals, order: NDArray[np.int64], target_m2: float) -> list[int]:
    """Parcels of `order` whose areas sum to `target_m2` as nearly as can be: the first ones, and some of the next."""
    reach = np.cumsum(areas_m2[order])
    sure = int(np.searchsorted(reach, target_m2 - areas_m2[order].mean() * CHOICES / 2))
    last = order[sure : sure + CHOICES]
    rest = target_m2 - (reach[sure - 1] if sure else 0.0)
    return [*order[:sure].tolist(), *last[_best_subset(areas_m2[last], rest)].tolist()]


def _best_subset(values: Reals, target: float) -> NDArray[np.bool_]:
    """Which of `values` to take for a sum next to `target`: all sums of one half against all of the other."""
    half = len(values) // 2
    bits = [(np.arange(2**n)[:, None] >> np.arange(n)) & 1 for n in (half, len(values) - half)]
    one, two = bits[0] @ values[:half], bits[1] @ values[half:]
    order = np.argsort(two, kind="stable")
    at = np.clip(np.searchsorted(two[order], target - one), 1, len(two) - 1)
    at = np.where(np.abs(target - one - two[order][at - 1]) < np.abs(target - one - two[order][at]), at - 1, at)
    best = int(np.argmin(np.abs(target - one - two[order][at])))
    return np.concatenate([bits[0][best], bits[1][order[at[best]]]]).astype(bool)


def close(land: Land, parcels: list[int], target_m2: float) -> None:
    """Moves the middle of one border of `parcels` so that their official areas, rounded each, sum to `target_m2`.

    The border is the longest that one of them shares with a parcel outside in the same grid cell; both keep it shared.
    """
    cents = round(target_m2 * 100)
    inner, outer, edge = _border(land, set(parcels))
    others = sum(round(area * 100) for area in land.areas_m2(p for p in parcels if p != inner))
    length = float(np.hypot(*(edge[1] - edge[0])))
    missing = cents - others - round(land.areas_m2([inner])[0] * 100)
    first = round(missing / 100 / (0.9 * length) * 10_000)
    for step in sorted(range(first - 4000, first + 4001), key=lambda each: abs(each - first)):
        bump = _bump(edge, step / 10_000)
        shape = _with_points(land.polygons[inner], edge, bump)
        if others + round(official_m2([shape])[0] * 100) == cents:
            land.polygons[inner] = shape
            land.polygons[outer] = _with_points(land.polygons[outer], edge[::-1], bump[::-1])
            return
    raise ValueError(f"no border position closes the total to {target_m2} m2")


def _border(land: Land, parcels: set[int]) -> tuple[int, int, Reals]:
    """A parcel of the set, one outside it, and the two ends of their longest straight border, in the first's order."""
    found: list[tuple[float, int, int]] = []
    for (i, j), metres in land.borders().items():
        if (i in parcels) != (j in parcels) and land.leaves[i].grid == land.leaves[j].grid:
            found.append((-metres, i if i in parcels else j, j if i in parcels else i))
    _, inner, outer = min(found)
    ring = shapely.get_coordinates(land.polygons[inner].exterior)
    back = {(tuple(b), tuple(a)) for a, b in _edges(land.polygons[outer])}
    shared = [(a, b) for a, b in pairwise(ring) if (tuple(a), tuple(b)) in back]
    return inner, outer, np.array(max(shared, key=lambda edge: float(np.hypot(*(edge[1] - edge[0])))))


def _edges(polygon: Any) -> list[tuple[Reals, Reals]]:
    rings = [shapely.get_coordinates(ring) for ring in (polygon.exterior, *polygon.interiors)]
    return [edge for ring in rings for edge in pairwise(ring)]


def _bump(edge: Reals, out_m: float) -> Reals:
    """Points at a twentieth from either end of `edge`, moved `out_m` to the left of its direction.

    Shells run clockwise (shapely.normalize), so left is outwards.
    """
    along = edge[1] - edge[0]
    left = np.array([-along[1], along[0]]) / np.hypot(*along)
    points = edge[0] + np.array([[0.05], [0.95]]) * along + out_m * left
    rounded: Reals = np.rint(points * 10_000) / 10_000
    return rounded


def _with_points(polygon: Any, edge: Reals, points: Reals) -> Any:
    """`polygon` with `points` put into the ring that has `edge`."""
    rings = []
    for ring in (polygon.exterior, *polygon.interiors):
        xy = shapely.get_coordinates(ring)
        at = np.flatnonzero((xy[:-1] == edge[0]).all(axis=1) & (xy[1:] == edge[1]).all(axis=1))
        rings.append(np.insert(xy, at[0] + 1, points, axis=0) if len(at) else xy)
    return shapely.Polygon(rings[0], rings[1:])
