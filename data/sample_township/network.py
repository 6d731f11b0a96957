"""Which river, roads, railway and canals cross the township, and which lanes follow its borders?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely

from data.sample_township.divisions import Grid, river_line
from data.sample_township.frame import chance, roughened, smoothed

RIVER, SHOAL, DIKE, RAILWAY, HIGHWAY, STREET = "1101", "1106", "1109", "1001", "1003", "1004"
LANE, CANAL, DITCH = "1006", "1107A", "1107"


@dataclass(frozen=True, slots=True)
class Strip:
    """Land of one linear feature: its land-use code, polygon and width in metres."""

    code: str
    polygon: Any
    width_m: float


COURSES: tuple[tuple[str, float, tuple[tuple[float, float], ...]], ...] = (
    (RIVER, 34, ((-3900, 2050), (-2700, 1500), (-1900, 1580), (-1150, 1250), (-350, 1330), (420, 960), (1250, 1180),
                 (2050, 760), (3400, 1080))),
    (RIVER, 22, ((-3600, -1750), (-2500, -1900), (-1700, -1650), (-900, -1960), (0, -1800), (700, -2250),
                 (1500, -2600), (2100, -3900))),
    (RAILWAY, 22, ((-2300, 4200), (-1950, 2600), (-1720, 1000), (-1760, -600), (-2050, -2200), (-2300, -4000))),
    (HIGHWAY, 36, ((-420, 4300), (-380, 2900), (-160, 1700), (-120, 400), (-330, -1000), (-420, -2500), (-500, -4200))),
    (HIGHWAY, 30, ((-4200, 230), (-2900, 170), (-1500, 330), (-120, 260), (1300, 330), (2300, 60), (3600, -60))),
    (HIGHWAY, 20, ((-3600, 2900), (-1400, 2560), (-300, 2640), (900, 2560), (1900, 2300), (3400, 2350))),
    (HIGHWAY, 18, ((-3800, -750), (-2200, -860), (-1000, -1250), (-350, -1180), (900, -1330), (1900, -1000),
                   (3400, -1120))),
    (HIGHWAY, 16, ((1180, 4000), (1080, 2500), (1330, 1350), (1300, 330), (1120, -500), (900, -1330), (980, -2500),
                   (900, -4000))),
    (CANAL, 14, ((2700, -420), (2150, -620), (1500, -480), (700, -760), (250, -1350), (330, -2050), (-100, -2700),
                 (-150, -3900))),
    (CANAL, 10, ((1650, -520), (1560, -1400), (1780, -2100), (1650, -2500))),
)  # fmt: skip
"""Land-use code, width in metres and the points a course is drawn through."""


def strips() -> list[Strip]:
    """The linear features of the whole township; where they cross, the one that stands first has the land."""
    found = list(main_river())
    for index, (code, width, points) in enumerate(COURSES):
        line = shapely.LineString(points)
        bends = 0.13 if code in (RIVER, CANAL) else 0.03
        line = smoothed(roughened(line, bends, chance(10, index), step_m=260), 2)
        found.append(Strip(code, line.buffer(width / 2, quad_segs=2, cap_style="flat"), width))
    return sorted(found, key=lambda strip: ORDER.index(strip.code))


ORDER = (HIGHWAY, RAILWAY, DIKE, RIVER, SHOAL, CANAL)
"""Bridges belong to the road: what stands first keeps the land at a crossing."""


def main_river() -> list[Strip]:
    """The western half of the river in the east, its shoals and its dike."""
    line = river_line()
    dike = line.buffer(118, quad_segs=4) - line.buffer(104, quad_segs=4)
    bed = line.buffer(104, quad_segs=4)
    water = smoothed(roughened(line, 0.12, chance(11), step_m=300), 2).buffer(62, quad_segs=3)
    return [Strip(DIKE, dike, 14), Strip(RIVER, water & bed, 62), Strip(SHOAL, bed - water, 30)]


def border_lanes(grids: list[Grid], township: Any) -> dict[int, list[Strip]]:
    """Lanes and ditches along the borders between grid cells, by the number of the cell whose land they are."""
    found: dict[int, list[Strip]] = {grid.number: [] for grid in grids}
    edge = township.boundary.buffer(1)
    for index, one in enumerate(grids):
        for other in grids[index + 1 :]:
            rng = chance(12, one.number, other.number)
            shared = shapely.line_merge(shapely.intersection(one.polygon, other.polygon)) - edge
            if shared.is_empty or shared.length < 80:
                continue
            owner = one if rng.random() < 0.5 else other
            code, width = (LANE, 5.0 + rng.integers(0, 3)) if rng.random() < 0.8 else (DITCH, 4.0)
            land = shared.buffer(width, quad_segs=2, cap_style="square") & owner.polygon
            found[owner.number].append(Strip(code, land, width))
    return found
