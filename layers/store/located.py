"""Which features lie in a window, found once for its count and for all of its pages?"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, literal_column

from gis.types import Bounds
from layers.query import Query
from layers.store import blob
from layers.store.compile import Source, is_around
from layers.store.functions import rectangle_inside
from layers.store.geopackage_tables import quoted, rtree_name
from layers.store.standing import Standing
from layers.store.tables import FID, GEOM
from layers.validation.values import MAX_INTEGER, MIN_INTEGER

Fids = NDArray[np.int64]

MOST_HELD = 1_000_000
"""Fids that are remembered in all, 8 MB; more only of the window last asked for."""

AT_ONCE = 2_000
"""Geometries read at a time for the exact test."""


class Windows:
    """The fids of the features in the windows last asked for, each kept as long as its layer stands as it did then."""

    def __init__(self) -> None:
        self._held: OrderedDict[Any, tuple[Standing, Fids]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, standing: Standing, query: Query, read: Callable[[], Fids]) -> Fids:
        """The fids, ascending, of the window of `query` in the layer that stands so: as kept, or by `read`."""
        key = standing.definition.id, query.bbox, query.region
        with self._lock:
            held = self._held.get(key)
            if held is not None and held[0] == standing:
                self._held.move_to_end(key)
                return held[1]
        found = read()
        with self._lock:
            self._forget(key)
            self._held[key] = standing, found
            self._size += len(found)
            while self._size > MOST_HELD and len(self._held) > 1:
                self._forget(next(iter(self._held)))
        return found

    def _forget(self, key: Any) -> None:
        _, fids = self._held.pop(key, (None, ()))
        self._size -= len(fids)


def is_window(query: Query) -> bool:
    """Whether the bbox, the region or both are all that `query` asks of features, which come by fid."""
    is_plain = query.fids is None and query.filter is None and not query.equals and not query.order
    return is_plain and (query.bbox is not None or query.region is not None)


def is_page(query: Query) -> bool:
    """Whether `query` asks for some features of a window, the first ones or those after a fid."""
    is_first = query.after is None or (type(query.after) is int and MIN_INTEGER <= query.after <= MAX_INTEGER)
    return is_window(query) and is_first and query.limit is not None


def paged(query: Query, fids: Fids) -> Query:
    """`query`, a page of a window in which these `fids` lie, as a query for the fids of that page."""
    first = 0 if query.after is None else int(np.searchsorted(fids, query.after, side="right"))
    chosen = fids[first:][: query.limit]
    return Query(fids=chosen.tolist(), limit=query.limit, fields=query.fields, geometry=query.geometry)


def fids_of(connection: Connection, source: Source, query: Query) -> Fids:
    """The fids, ascending, of the features that touch the bbox and the region of `query`. Raises InvalidQuery."""
    rows = source.rows(Query(bbox=query.bbox, region=query.region), [FID]).order_by(literal_column(FID))
    is_region = query.region is not None and (query.bbox is None or is_around(query.bbox, query.region))
    if source.engine.path is None or source.as_of is not None or not is_region:
        return np.array(connection.execute(rows).scalars().all(), np.int64)
    driver: Any = connection.connection.driver_connection
    region = shapely.from_wkb(query.region)
    shapely.prepare(region)
    fids, sure = _candidates(driver, source.layer.id, region)
    doubtful = _touching(driver, source.layer.id, fids[~sure], region)
    return np.sort(np.concatenate([fids[sure], doubtful]))


def _candidates(driver: Any, table: str, region: Any) -> tuple[Fids, NDArray[np.bool_]]:
    """The rows of a GeoPackage whose boxes meet the region's, and which of them surely touch it.

    The R-tree's boxes are rounded outwards: what they say of being inside holds for the geometry.
    """
    west, south, east, north = Bounds(*region.bounds)
    statement = (
        f"SELECT id, minx, miny, maxx, maxy FROM {quoted(rtree_name(table))}"
        " WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?"
    )
    found = driver.execute(statement, (east, west, north, south)).fetchall()
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.bool_)
    fids, *sides = zip(*found, strict=True)
    min_x, min_y, max_x, max_y = np.array(sides, np.float64)
    inside = rectangle_inside(region)
    sure = (min_x >= inside.west) & (max_x <= inside.east) & (min_y >= inside.south) & (max_y <= inside.north)
    return np.array(fids, np.int64), sure


def _touching(driver: Any, table: str, fids: Fids, region: Any) -> Fids:
    """Those of the rows `fids` of a GeoPackage whose geometry touches the prepared `region`."""
    kept = [np.empty(0, np.int64)]
    for rows in _geometries(driver, table, fids):
        numbers, values = zip(*rows, strict=True)
        shapes = shapely.from_wkb([blob.wkb(value) for value in values])
        kept.append(np.array(numbers, np.int64)[shapely.intersects(region, shapes)])
    return np.concatenate(kept)


def _geometries(driver: Any, table: str, fids: Fids) -> Iterator[list[tuple[int, bytes]]]:
    statement = (
        f"SELECT {quoted(FID)}, {quoted(GEOM)} FROM {quoted(table)}"
        f" WHERE {quoted(FID)} IN (SELECT value FROM json_each(?)) AND {quoted(GEOM)} IS NOT NULL"
    )
    found = driver.execute(statement, (json.dumps(fids.tolist()),))
    while rows := found.fetchmany(AT_ONCE):
        yield rows
