"""Which features of a GeoPackage touch a window, told in as few steps as SQLite allows?

A window of some dozen features takes SQLite less time than building a statement for it takes SQLAlchemy. So the text
of the statement is kept, and the exact test is made of all the candidates at once rather than row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from gis.types import Bounds
from layers.store import blob
from layers.store.engine import rectangle
from layers.store.geopackage_tables import quoted, rtree_name
from layers.store.tables import FID, GEOM, facts

Row = tuple[Any, ...]

VERSION = f"SELECT value FROM {quoted(facts.name)} WHERE name = 'schema'"


@lru_cache(maxsize=1024)
def candidates(table: str, names: tuple[str, ...]) -> str:
    """The statement for the columns `names` of the rows whose boxes meet east, west, north, south; by fid."""
    columns = ", ".join(quoted(name) for name in names)
    boxes = f"SELECT id FROM {quoted(rtree_name(table))} WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?"
    return (
        f"SELECT {columns} FROM {quoted(table)}"
        f" WHERE {quoted(FID)} IN ({boxes}) AND {quoted(GEOM)} IS NOT NULL ORDER BY {quoted(FID)}"
    )


def chunks(connection: Any, table: str, names: tuple[str, ...], bounds: Bounds, size: int) -> Iterator[list[Row]]:
    """The rows whose geometry touches the window, of at most `size` candidates at a time, by fid."""
    asked = names if GEOM in names else (*names, GEOM)
    place = asked.index(GEOM)
    west, south, east, north = bounds
    found = connection.execute(candidates(table, asked), (east, west, north, south))
    while rows := found.fetchmany(size):
        kept = touching([row[place] for row in rows], bounds)
        if len(kept) < len(rows):
            rows = [rows[k] for k in kept]
        yield rows if asked is names else [row[:-1] for row in rows]


def touching(values: list[bytes], bounds: Bounds) -> list[int]:
    """Which of the blobs `values` touch the window, ascending; as `gaodu_touches_box` tells of each."""
    envelopes = _envelopes(values)
    west, south, east, north = bounds
    min_x, max_x, min_y, max_y = envelopes.T
    apart = (min_x > east) | (max_x < west) | (min_y > north) | (max_y < south)
    touches = (min_x >= west) & (max_x <= east) & (min_y >= south) & (max_y <= north)
    doubtful = np.flatnonzero(~(apart | touches)).tolist()
    if doubtful:
        shapes = shapely.from_wkb([blob.wkb(values[k]) for k in doubtful])
        touches[doubtful] = shapely.intersects(shapes, rectangle(bounds))
    kept: list[int] = touches.nonzero()[0].tolist()
    return kept


def _envelopes(values: list[bytes]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Min x, max x, min y, max y of each blob, (n, 4)."""
    if all(value[3] == blob.LITTLE_XY for value in values):
        return np.frombuffer(b"".join([value[8:40] for value in values]), "<f8").reshape(-1, 4)
    return np.array([blob.envelope(value) for value in values])
