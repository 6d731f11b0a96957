"""Which leaves of land use cover the township?"""

from __future__ import annotations

from typing import Any

from data.sample_township.divisions import Grid
from data.sample_township.frame import chance, polygons
from data.sample_township.network import DITCH, LANE, STREET, Strip, border_lanes, strips
from data.sample_township.plots import Leaf, blocks, is_land, long_axis
from data.sample_township.uses import STREETS, divide
from data.sample_township.zones import Hamlet, area_of, hamlets, use_at

LARGEST_BLOCK_M2 = {"industry": 110_000.0, "town": 60_000.0}
DEFAULT_BLOCK_M2 = 40_000.0


def leaves(township: Any, grids: list[Grid]) -> list[Leaf]:
    """Leaves that cover `grids` without overlap, but for slivers of nobody's; these go to neighbours later."""
    places = hamlets(grids)
    wide, lanes = strips(), border_lanes(grids, township)
    found: list[Leaf] = []
    for grid in grids:
        rest = grid.polygon
        for strip in (*wide, *lanes[grid.number]):
            rest = _take(strip, rest, grid.number, found)
        for index, part in enumerate(polygons(rest)):
            if is_land(part, 400):
                found.extend(_part(part, grid.number, index, places))
    return found


def _take(strip: Strip, rest: Any, grid: int, found: list[Leaf]) -> Any:
    """Adds the land of `strip` within `rest` to `found`, cut where it enters a planning zone; gives what remains."""
    if not strip.polygon.intersects(rest):
        return rest
    land = strip.polygon & rest
    for zone in (area_of("INDUSTRY"), area_of("COLLEGE")):
        found.extend(Leaf(strip.code, part, grid, width_m=strip.width_m) for part in polygons(land & zone))
        land -= zone
    found.extend(Leaf(strip.code, part, grid, width_m=strip.width_m) for part in polygons(land))
    return rest - strip.polygon


def _part(part: Any, grid: int, index: int, places: list[Hamlet]) -> list[Leaf]:
    """The leaves of a piece of land between roads and waters: its blocks, and lanes and ditches between these."""
    rng = chance(30, grid, index)
    found: list[Leaf] = []
    gaps: list[tuple[float, Any]] = []
    middle = part.centroid
    largest = LARGEST_BLOCK_M2.get(use_at(middle.x, middle.y, places, 0), DEFAULT_BLOCK_M2)
    uses = []
    for count, block in enumerate(blocks(part, long_axis(part), largest, gaps, rng)):
        number = grid * 10_000 + index * 500 + count
        use = use_at(block.centroid.x, block.centroid.y, places, number)
        uses.append(use)
        found.extend(divide(use, block, grid, number, rng))
    streets = sum(use in STREETS for use in uses) > len(uses) / 2
    for width, gap in gaps:
        code = STREET if streets else LANE if width > 3.5 else DITCH
        found.append(Leaf(code, gap, grid, width_m=width + 3 if streets else width))
    return found
