"""How is land divided into blocks, fields and building plots?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.sample_township.frame import polygons

FAR_M = 20_000.0


@dataclass(slots=True)
class Leaf:
    """A piece of land with one use: land-use code, drawn polygon, number of its grid cell.

    `block` numbers the block it was cut from (0: none), `zone` names the special area it is meant for, `width_m` is the
    width of a linear feature, 0 for others.
    """

    code: str
    polygon: Any
    grid: int
    block: int = 0
    zone: str = ""
    width_m: float = 0.0


def cut(polygon: Any, angle: float, at: float, gap_m: float = 0.0) -> tuple[list[Any], list[Any], list[Any]]:
    """Pieces of `polygon` before, within and after the line across direction `angle`, `at` metres along it."""
    before = polygons(polygon & _half(angle, at - gap_m / 2, -1))
    after = polygons(polygon & _half(angle, at + gap_m / 2, 1))
    within = polygons(polygon & _band(angle, at - gap_m / 2, at + gap_m / 2)) if gap_m else []
    return before, within, after


def _half(angle: float, at: float, side: int) -> Any:
    return _band(angle, *sorted((at, at + side * FAR_M)))


def _band(angle: float, low: float, high: float) -> Any:
    c, s = math.cos(angle), math.sin(angle)
    corners = [(low, -FAR_M), (high, -FAR_M), (high, FAR_M), (low, FAR_M)]
    return shapely.Polygon([(u * c - v * s, u * s + v * c) for u, v in corners])


def extent(polygon: Any, angle: float) -> tuple[float, float]:
    """The least and greatest distance of `polygon` along direction `angle`."""
    along = shapely.get_coordinates(polygon) @ np.array([math.cos(angle), math.sin(angle)])
    return float(along.min()), float(along.max())


def tilted(polygon: Any, angle: float, at: float, tilt: float) -> tuple[float, float]:
    """Direction and distance of the line across `angle` at `at`, turned by `tilt` about the middle of `polygon`."""
    turned = angle + tilt
    low, high = extent(polygon, angle + math.pi / 2)
    across = (low + high) / 2
    x = at * math.cos(angle) - across * math.sin(angle)
    y = at * math.sin(angle) + across * math.cos(angle)
    return turned, x * math.cos(turned) + y * math.sin(turned)


def long_axis(polygon: Any) -> float:
    """The direction of the longer side of the smallest rectangle around `polygon`."""
    xy = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
    sides = np.diff(xy[:3], axis=0)
    longest = sides[int(np.argmax(np.hypot(*sides.T)))]
    return math.atan2(longest[1], longest[0])


def is_land(polygon: Any, least_m2: float = 150.0) -> bool:
    """Whether `polygon` is large and wide enough to be a plot; what is not is given to a neighbour later."""
    return bool(polygon.area >= least_m2 and 2 * polygon.area / polygon.length >= 2.5)


def blocks(
    polygon: Any,
    angle: float,
    largest_m2: float,
    gaps: list[tuple[float, Any]],
    rng: np.random.Generator,
    depth: int = 0,
) -> Iterator[Any]:
    """`polygon` cut in two again and again until every piece has at most `largest_m2`.

    The strips left between the pieces are added to `gaps` with their widths, wide ones first.
    """
    if polygon.area <= largest_m2 or depth > 9:
        yield polygon
        return
    spans = {turn: extent(polygon, turn) for turn in (angle, angle + math.pi / 2)}
    turn = max(spans, key=lambda each: (spans[each][1] - spans[each][0]) * (1.0 if each == angle else 1.25))
    low, high = spans[turn]
    width = (6.0, 5.0, 4.0, 4.0, 3.0)[min(depth, 4)]
    at = low + (high - low) * (0.42 + 0.16 * rng.random())
    before, within, after = cut(polygon, *tilted(polygon, turn, at, 0.06 * (rng.random() - 0.5)), width)
    gaps.extend((width, strip) for strip in within)
    for piece in (*before, *after):
        yield from blocks(piece, angle, largest_m2, gaps, rng, depth + 1)


def strips_of(block: Any, target_m2: float, rng: np.random.Generator, deepest_m: float = 190.0) -> Iterator[Any]:
    """`block` cut into parallel fields of about `target_m2`, in two rows where it is deeper than `deepest_m`."""
    axis = long_axis(block)
    low, high = extent(block, axis + math.pi / 2)
    if high - low > deepest_m and block.area > 2 * target_m2:
        middle = low + (high - low) * (0.45 + 0.1 * rng.random())
        first, _, second = cut(block, axis + math.pi / 2, middle)
        for row in (*first, *second):
            yield from strips_of(row, target_m2, rng, deepest_m)
        return
    count = max(1, round(block.area / target_m2))
    low, high = extent(block, axis)
    steps = np.cumsum(0.75 + 0.5 * rng.random(count))
    tilt = 0.08 * (rng.random() - 0.5)
    rest = [block]
    for step in steps[:-1] / steps[-1]:
        pieces = [cut(piece, *tilted(block, axis, low + (high - low) * step, tilt)) for piece in rest]
        yield from (piece for before, _, _ in pieces for piece in before)
        rest = [piece for _, _, after in pieces for piece in after]
    yield from rest
