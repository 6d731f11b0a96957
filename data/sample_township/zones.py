"""Where do industry, town, villages, paddy and the flower valley lie?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import shapely

from data.sample_township.divisions import VILLAGES, Grid
from data.sample_township.frame import chance

INDUSTRY = ((-2750, 1760), (-1500, 1720), (-420, 1560), (-380, 3350), (-1300, 3180), (-2300, 2950))
TOWN = ((-860, 60), (-560, 980), (260, 1030), (760, 820), (650, 180), (-120, -120))
COLLEGE = ((150, 1330), (1010, 1260), (1120, 1980), (240, 2080))
PADDY = ((420, -560), (2650, -560), (2900, -2800), (1800, -3500), (520, -3500), (240, -1900))
VALLEY = (1240, -60)
"""Middle of the flower valley; its fields are those nearest to it."""
PADDY_CENTRE = (1750, -1750)
"""Middle of the transferred paddy, found in the same way."""
UPLAND = ((-4000, 200), (-1900, 120), (-1150, -900), (-700, -3900), (-4000, -3900))


@dataclass(frozen=True, slots=True)
class Hamlet:
    """A settlement: where, and how far it reaches in metres."""

    x: float
    y: float
    radius_m: float


@cache
def area_of(name: str) -> Any:
    """The prepared polygon of one of the zones above."""
    shape = shapely.Polygon(globals()[name])
    shapely.prepare(shape)
    return shape


def hamlets(grids: list[Grid]) -> list[Hamlet]:
    """One settlement a grid cell outside industry and town, and a larger one at the middle of every village."""
    found = [Hamlet(x, y - 60, 270) for _, x, y in VILLAGES.values()]
    for grid in grids:
        rng = chance(20, grid.number)
        middle = grid.polygon.centroid
        x, y = middle.x + 240 * (rng.random() - 0.5), middle.y + 240 * (rng.random() - 0.5)
        found.append(Hamlet(x, y, 130 + 90 * rng.random()))
    return found


def use_at(x: float, y: float, places: list[Hamlet], key: int) -> str:
    """The use of a block with its middle at (x, y); `key` numbers the block."""
    for name in ("INDUSTRY", "COLLEGE", "TOWN"):
        if shapely.contains_xy(area_of(name), x, y):
            return name.lower()
    rng = chance(21, key)
    if math.dist((x, y), VALLEY) < 620:
        return "valley"
    if any(math.dist((x, y), (place.x, place.y)) < place.radius_m for place in places):
        return "hamlet"
    if shapely.contains_xy(area_of("PADDY"), x, y):
        return "paddy" if rng.random() < 0.94 else "ponds"
    upland = bool(shapely.contains_xy(area_of("UPLAND"), x, y))
    return pick(UPLAND_USES if upland else PLAIN_USES, rng.random())


PLAIN_USES = {"irrigated": 0.7, "orchard": 0.07, "wood": 0.07, "ponds": 0.05, "sheds": 0.04, "paddy": 0.07}
UPLAND_USES = {"dry": 0.66, "orchard": 0.13, "wood": 0.12, "irrigated": 0.06, "sheds": 0.03}


def pick(shares: dict[str, float], at: float) -> str:
    """The key of `shares` that `at`, between 0 and 1, falls on."""
    total = sum(shares.values())
    for key, share in shares.items():
        at -= share / total
        if at < 0:
            return key
    return next(reversed(shares))
