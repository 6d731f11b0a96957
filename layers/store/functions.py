"""Which spatial functions does SQLite call?"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import shapely

from gis.types import Bounds
from layers.store import blob
from layers.store.engine import rectangle


def register(connection: Any) -> None:
    """Give a pysqlite3 `connection` the functions of the R-tree triggers and of spatial filters.

    ST_MinX, ST_MaxX, ST_MinY, ST_MaxY, ST_IsEmpty (OGC 12-128r18, F.3) read the blob's header only.
    gaodu_touches_box(geom, west, south, east, north) and gaodu_touches(geom, wkb) are exact.
    """
    for position, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, _side(position), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)
    connection.create_function("gaodu_touches_box", 5, _touches_box, deterministic=True)
    connection.create_function("gaodu_touches", 2, _Touches(), deterministic=True)


def _side(position: int) -> Callable[[bytes | None], float | None]:
    def side(value: bytes | None) -> float | None:
        return None if value is None else blob.envelope(value)[position]

    return side


def _is_empty(value: bytes | None) -> int | None:
    return None if value is None else int(blob.is_empty(value))


def _touches_box(value: bytes | None, west: float, south: float, east: float, north: float) -> int:
    if value is None:
        return 0
    min_x, max_x, min_y, max_y = blob.envelope(value)
    if min_x > east or max_x < west or min_y > north or max_y < south:
        return 0
    if min_x >= west and max_x <= east and min_y >= south and max_y <= north:
        return 1
    return int(shapely.intersects(shapely.from_wkb(blob.wkb(value)), rectangle(Bounds(west, south, east, north))))


NOWHERE = Bounds(math.inf, math.inf, -math.inf, -math.inf)
SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Shares of a region's width and height that are tried as the border around a rectangle inside it."""


def rectangle_inside(region: Any) -> Bounds:
    """A large rectangle that the prepared `region` covers; NOWHERE where none is found at once."""
    west, south, east, north = region.bounds
    for share in SHARES:
        border_x, border_y = share * (east - west), share * (north - south)
        found = Bounds(west + border_x, south + border_y, east - border_x, north - border_y)
        if found.west < found.east and found.south < found.north and shapely.covers(region, shapely.box(*found)):
            return found
    return NOWHERE


class _Touches:
    """Whether a blob's geometry intersects a WKB region, which is prepared once: it is the same for every row.

    One instance a connection, as prepared geometries may not be shared between threads.
    """

    def __init__(self) -> None:
        self._wkb: bytes | None = None
        self._region: Any = None
        self._around = self._inside = NOWHERE

    def __call__(self, value: bytes | None, region: bytes) -> int:
        if value is None:
            return 0
        if region != self._wkb:
            self._region = shapely.from_wkb(region)
            shapely.prepare(self._region)
            self._around, self._inside = Bounds(*self._region.bounds), rectangle_inside(self._region)
            self._wkb = region
        min_x, max_x, min_y, max_y = blob.envelope(value)
        west, south, east, north = self._inside
        if min_x >= west and max_x <= east and min_y >= south and max_y <= north:
            return 1
        west, south, east, north = self._around
        if min_x > east or max_x < west or min_y > north or max_y < south:
            return 0
        return int(shapely.intersects(self._region, shapely.from_wkb(blob.wkb(value))))
