"""Where does the drawing lie, how exact is it, and how is chance kept the same in every run?

Everything is drawn in metres about ORIGIN, x to the east and y to the north, and moved to EPSG:4527 at the end.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

SEED = 371311007
ORIGIN = (39_618_700, 3_873_150)
"""East and north, EPSG:4527, of the drawing's origin: about 118.3 E, 34.98 N."""

NODING_M = 0.001
"""Vertices are snapped to this when lines are noded; adjusted ones lie on 0.0001 m, the survey's precision."""

Reals = NDArray[np.float64]


def chance(*key: int) -> np.random.Generator:
    """A random generator that depends on `key` only, so that one part of the drawing does not shift another."""
    return np.random.default_rng([SEED, *key])


def to_national(geometries: Any) -> Any:
    """`geometries` of the drawing in EPSG:4527, every coordinate the double nearest to its 0.0001 m."""
    return shapely.transform(geometries, lambda xy: (np.rint(xy * 10_000) + np.array(ORIGIN) * 10_000) / 10_000)


def to_drawing(geometries: Any) -> Any:
    """`geometries` of EPSG:4527 in the drawing; undoes `to_national` to 0.0001 m."""
    return shapely.transform(geometries, lambda xy: np.rint((xy - np.array(ORIGIN)) * 10_000) / 10_000)


def roughened(line: Any, roughness: float, rng: np.random.Generator, step_m: float = 90) -> Any:
    """`line` by midpoint displacement: ends stay, each middle moves up to `roughness` times its span to a side."""
    points = [tuple(p) for p in shapely.get_coordinates(line)]
    while True:
        spans = [math.dist(a, b) for a, b in pairwise(points)]
        if max(spans) <= step_m:
            return shapely.LineString(points)
        refined = [points[0]]
        for (ax, ay), (bx, by), span in zip(points, points[1:], spans, strict=False):
            if span > step_m:
                shift = roughness * (2 * rng.random() - 1)
                refined.append(((ax + bx) / 2 - shift * (by - ay), (ay + by) / 2 + shift * (bx - ax)))
            refined.append((bx, by))
        points = refined


def smoothed(line: Any, rounds: int = 2) -> Any:
    """`line` with its corners cut `rounds` times (Chaikin); ends stay."""
    xy = shapely.get_coordinates(line)
    for _ in range(rounds):
        near, far = 0.75 * xy[:-1] + 0.25 * xy[1:], 0.25 * xy[:-1] + 0.75 * xy[1:]
        xy = np.vstack([xy[:1], np.stack([near, far], axis=1).reshape(-1, 2), xy[-1:]])
    return shapely.LineString(xy)


def polygons(geometry: Any) -> list[Any]:
    """The polygons of `geometry`, without lines and points."""
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and not part.is_empty]


def blob(x: float, y: float, radius: float, rng: np.random.Generator, corners: int = 11) -> Any:
    """A rounded, irregular shape of about `radius` metres around (x, y)."""
    angles = 2 * math.pi * (np.arange(corners) + 0.5 * rng.random(corners)) / corners
    radii = radius * (0.75 + 0.4 * rng.random(corners))
    return shapely.Polygon(np.column_stack([x + radii * np.cos(angles), y + radii * np.sin(angles)]))
