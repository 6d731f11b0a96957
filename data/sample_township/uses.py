"""Into which land-use parcels does a block of each use fall?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import shapely

from data.sample_township.frame import blob, polygons
from data.sample_township.plots import Leaf, blocks, cut, extent, is_land, long_axis, strips_of
from data.sample_township.zones import pick

HAMLET_CODES = {"0702": 0.86, "08H2": 0.02, "08H1": 0.02, "05H1": 0.03, "0810": 0.03, "1201": 0.02, "0809": 0.02}
TOWN_CODES = {"0701": 0.62, "05H1": 0.14, "08H2": 0.08, "08H1": 0.05, "0810": 0.06, "0809": 0.02, "1005": 0.01}
INDUSTRY_CODES = {"0601": 0.72, "0508": 0.1, "1201": 0.1, "05H1": 0.03, "0809": 0.03, "0810": 0.02}
COLLEGE_CODES = {"0601": 0.5, "0702": 0.3, "1201": 0.1, "08H2A": 0.1}
RIDGE_M = 4.2
"""Width of a field ridge (田坎) drawn as a parcel of its own."""

Rng = np.random.Generator


def built(codes: dict[str, float], plot_m2: float, street_m: float) -> Callable[..., Iterator[Leaf]]:
    """A divider of blocks into building plots of at most `plot_m2` with streets between them."""

    def divide(block: Any, grid: int, number: int, rng: Rng) -> Iterator[Leaf]:
        gaps: list[tuple[float, Any]] = []
        for plot in blocks(block, long_axis(block), plot_m2, gaps, rng):
            yield Leaf(pick(codes, rng.random()), plot, grid, number)
        for _, street in gaps:
            yield Leaf("1004", street, grid, number, width_m=street_m)

    return divide


def fields(code: str, target_m2: float, ridges: float = 0.0) -> Callable[..., Iterator[Leaf]]:
    """A divider of blocks into fields; every `ridges`-th border is a ridge, some fields hold a pond or graves."""

    def divide(block: Any, grid: int, number: int, rng: Rng) -> Iterator[Leaf]:
        if not ridges and rng.random() < 0.25:
            side = corner(block, rng)
            yield Leaf("1202", side, grid, number)
            block = max(polygons(block - side), key=lambda part: part.area, default=block)
        for plot in strips_of(block, target_m2 * (0.75 + 0.5 * rng.random()), rng):
            if ridges and rng.random() < ridges:
                yield from ridged(plot, code, grid, number)
            else:
                yield from holed(plot, code, grid, number, rng)

    return divide


def corner(block: Any, rng: Rng) -> Any:
    """A piece of 900 to 1,800 m2 at one end of `block`."""
    axis = long_axis(block)
    low, high = extent(block, axis)
    across = block.area / (high - low)
    pieces, _, _ = cut(block, axis, low + (900 + 900 * rng.random()) / across)
    return max(pieces, key=lambda part: part.area, default=shapely.Polygon())


def ridged(plot: Any, code: str, grid: int, number: int) -> Iterator[Leaf]:
    """`plot` with a ridge along one long side, where that makes a parcel of 600 m2."""
    axis = long_axis(plot) + math.pi / 2
    low, _ = extent(plot, axis)
    ridge, _, rest = cut(plot, axis, low + RIDGE_M)
    if sum(part.area for part in ridge) < 620 or len(ridge) != 1:
        yield Leaf(code, plot, grid, number)
        return
    yield Leaf("1203", ridge[0], grid, number, width_m=RIDGE_M)
    yield from (Leaf(code, part, grid, number) for part in rest)


def holed(plot: Any, code: str, grid: int, number: int, rng: Rng) -> Iterator[Leaf]:
    """`plot`, one in forty with a pond, graves or a wood inside."""
    inside = plot.buffer(-9)
    if rng.random() < 0.035 and plot.area > 3000 and not inside.is_empty:
        middle = inside.representative_point()
        hole = blob(middle.x, middle.y, 17 + 10 * rng.random(), rng) & inside
        if hole.geom_type == "Polygon" and hole.area > 460 and 2 * hole.area / hole.length > 6:
            yield Leaf(pick({"1104": 0.5, "09": 0.3, "0307": 0.2}, rng.random()), hole, grid, number)
            plot = plot - hole
    yield Leaf(code, plot, grid, number)


def wood(block: Any, grid: int, number: int, rng: Rng) -> Iterator[Leaf]:
    """Woods of one or two kinds, with a pond or rough grass in some."""
    for plot in strips_of(block, 15_000, rng, 400):
        yield from holed(plot, pick({"0301": 0.6, "0307": 0.3, "0305": 0.1}, rng.random()), grid, number, rng)


def ponds(block: Any, grid: int, number: int, rng: Rng) -> Iterator[Leaf]:
    """Fish ponds with dams between them, and rough grass where a piece is left."""
    gaps: list[tuple[float, Any]] = []
    for plot in blocks(block, long_axis(block), 9_000, gaps, rng):
        yield Leaf(pick({"1104A": 0.75, "1104": 0.15, "0404": 0.1}, rng.random()), plot, grid, number)
    for width, dam in gaps:
        yield Leaf("1006", dam, grid, number, width_m=width)


def sheds(block: Any, grid: int, number: int, rng: Rng) -> Iterator[Leaf]:
    """Greenhouses and barns, fields between them."""
    for plot in strips_of(block, 5_000, rng):
        yield Leaf(pick({"1202": 0.6, "0102": 0.4}, rng.random()), plot, grid, number)


USES: dict[str, Callable[..., Iterator[Leaf]]] = {
    "industry": built(INDUSTRY_CODES, 40_000, 12),
    "college": built(COLLEGE_CODES, 24_000, 8),
    "town": built(TOWN_CODES, 16_000, 9),
    "hamlet": built(HAMLET_CODES, 9_000, 6),
    "valley": fields("0102", 5_600),
    "paddy": fields("0101", 4_500),
    "irrigated": fields("0102", 4_500),
    "dry": fields("0103", 3_700, ridges=0.06),
    "orchard": fields("0201", 8_000),
    "wood": wood,
    "ponds": ponds,
    "sheds": sheds,
}
"""How a block of each use is divided: (block, grid, block number, chance) -> leaves."""

STREETS = frozenset({"industry", "college", "town", "hamlet"})


def divide(use: str, block: Any, grid: int, number: int, rng: Rng) -> Iterator[Leaf]:
    """The leaves of `block`, those too small or narrow left out, each marked with its use as zone."""
    for leaf in USES[use](block, grid, number, rng):
        for part in polygons(leaf.polygon):
            if is_land(part):
                yield Leaf(leaf.code, part, grid, number, use, leaf.width_m)
