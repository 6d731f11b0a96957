"""Which part of a layer does a window in longitude and latitude ask for?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.types import Bounds
from layers.query import Query
from layers.store import Store

CRS84 = 4326
DEGREE_DIGITS = 6
"""Decimals of degrees in what is shown: 0.1 m."""

EDGE_POINTS = 21
"""A straight edge in longitude and latitude is a curve in a projected CRS: this many points follow it."""

MARGIN_DEGREES = 0.01
"""Room around a layer's own extent, so that cutting a window down to it never touches a feature."""


NOTHING = Query(fids=())
"""The query that finds no feature."""


def extent_crs84(store: Store, layer: str, *, as_of: int | None = None) -> Bounds | None:
    """The layer's extent now or at a revision, in degrees: west, south, east, north; None for an empty layer."""
    extent = store.extent(layer, as_of=as_of)
    return None if extent is None else in_degrees(extent, store.catalogue[layer].crs)


def in_degrees(extent: Bounds, epsg: int) -> Bounds:
    """The rectangle in degrees around the rectangle `extent` in EPSG:`epsg`."""
    return Bounds(*shapely.bounds(_moved(shapely.box(*extent), epsg, CRS84)))


def windowed(
    store: Store, layer: str, query: Query, bbox: Bounds, *, as_of: int | None = None, bbox_epsg: int = CRS84
) -> Query:
    """`query` limited to the features that intersect `bbox`, which is in EPSG:`bbox_epsg` (degrees, CRS84, if not
    given), x first; NOTHING where there can be none.

    The window is first cut to the layer's extent, now or at revision `as_of`, so that a window of the whole world can
    be projected too. A window whose west is greater than its east crosses the antimeridian (RFC 7946, 5.2).
    """
    epsg = store.catalogue[layer].crs
    if bbox_epsg == epsg and bbox.west <= bbox.east:
        return replace(query, bbox=bbox)
    return within(query, bbox, extent_crs84(store, layer, as_of=as_of), epsg, bbox_epsg=bbox_epsg)


def within(query: Query, bbox: Bounds, extent: Bounds | None, epsg: int, *, bbox_epsg: int = CRS84) -> Query:
    """The same for a layer in EPSG:`epsg` whose `extent` in degrees is known; None for an empty layer."""
    if extent is None:
        return NOTHING
    room = shapely.box(
        extent.west - MARGIN_DEGREES, extent.south - MARGIN_DEGREES,
        extent.east + MARGIN_DEGREES, extent.north + MARGIN_DEGREES,
    )  # fmt: skip
    if bbox_epsg != CRS84:
        room = shapely.box(*shapely.bounds(_moved(room, CRS84, bbox_epsg)))
    window = shapely.intersection(_box(_cut(bbox, room)), room)
    if shapely.is_empty(window):
        return NOTHING
    if shapely.equals(window, room):
        return query
    projected = _moved(window, bbox_epsg, epsg)
    return replace(query, bbox=Bounds(*shapely.bounds(projected)), region=shapely.to_wkb(projected))


def _cut(bbox: Bounds, room: shapely.Geometry) -> Bounds:
    """`bbox` with sides far outside of `room` drawn near, as GEOS overflows on very large ones."""
    west, south, east, north = room.bounds
    width, height = east - west, north - south
    if bbox.west > bbox.east:
        return bbox
    return Bounds(
        min(max(bbox.west, west - width), east + width), min(max(bbox.south, south - height), north + height),
        max(min(bbox.east, east + width), west - width), max(min(bbox.north, north + height), south - height),
    )  # fmt: skip


def _box(bbox: Bounds) -> shapely.Geometry:
    if bbox.west <= bbox.east:
        return shapely.box(*bbox)
    return shapely.union(
        shapely.box(bbox.west, bbox.south, 180, bbox.north), shapely.box(-180, bbox.south, bbox.east, bbox.north)
    )


def _moved(window: shapely.Geometry, source_epsg: int, target_epsg: int) -> shapely.Geometry:
    """`window` in another CRS, its straight edges followed by points."""
    west, south, east, north = shapely.bounds(window)
    step = max(east - west, north - south) / EDGE_POINTS
    dense = shapely.segmentize(window, step) if step else window
    columns = GeometryColumns.from_shapely(np.array([dense]))
    return transformed(columns, source_epsg, target_epsg).to_shapely()[0]
