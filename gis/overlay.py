"""How much of each parcel lies in each zone, and what became what between two dates?

Areas are planar, in the square of the units of the CRS, which both sides must share.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.boxes import BoxIndex, readonly
from gis.columns import Flags, GeometryColumns, Ints, Reals
from gis.kernels import overlap, rings
from gis.soundness import sound


class Overlaps(NamedTuple):
    """Pairs that share an area: index of the parcel, index of the zone, area; by parcel, then by zone."""

    parcel: Ints
    zone: Ints
    area: Reals


class OverlapShapes(NamedTuple):
    """Pairs that share an area, and what they share: shapely Polygons and MultiPolygons."""

    parcel: Ints
    zone: Ints
    shape: NDArray[np.object_]


def overlap_areas(parcels: GeometryColumns, zones: GeometryColumns) -> Overlaps:
    """The pairs of a parcel and a zone that overlap, with the area they share.

    Invalid polygons count as `gis.soundness.sound` makes them valid. What the spacing of doubles along the border of a
    parcel explains is no overlap (0.000001 m2 for a parcel of 30 m with 8-digit eastings); areas up to a hundred times
    that, and pairs of more than 30 million edge pairs, are computed by GEOS. Other areas differ from GEOS's by less
    than that and 1e-12 of the area of the parcel's box. Raises GeometryError for points, lines and coordinates beyond
    1e9.
    """
    left, right = sound(parcels)[0], sound(zones)[0]
    parcel, zone, area, _ = _measured(left, right)
    found = area > 0
    return Overlaps(parcel[found], zone[found], area[found])


def overlap_shapes(parcels: GeometryColumns, zones: GeometryColumns) -> OverlapShapes:
    """The pairs that overlap, with the shape they share; a parcel within a zone is taken as it is.

    Which pairs those are is decided as in `overlap_areas`, whose errors it raises; shapes come from GEOS. Lines and
    points where they only touch are left out.
    """
    left, right = sound(parcels)[0], sound(zones)[0]
    parcel, zone, area, whole = _measured(left, right)
    found = area > 0
    parcel, zone, whole = parcel[found], zone[found], whole[found]
    shapes = _shapes(left, parcel)
    cut = np.flatnonzero(~whole)
    shapes[cut] = _intersections(shapes[cut], _shapes(right, zone[cut]))
    left_over = ~shapely.is_empty(shapes)
    return OverlapShapes(parcel[left_over], zone[left_over], shapes[left_over])


def planar_areas(columns: GeometryColumns) -> Reals:
    """The planar area of each polygon as `overlap_areas` reckons it; 0 for None and empty."""
    valid, _ = sound(columns)
    out = np.zeros(len(valid))
    rings.areas(valid.xy, valid.ring_offsets, valid.part_offsets, valid.feature_offsets, out)
    return out


def shares(overlaps: Overlaps, parcels: GeometryColumns, zones: GeometryColumns) -> tuple[Reals, Reals]:
    """What part of its parcel, and what part of its zone, each overlap is (0 to 1)."""
    of_parcel = overlaps.area / planar_areas(parcels)[overlaps.parcel]
    of_zone = overlaps.area / planar_areas(zones)[overlaps.zone]
    return np.minimum(of_parcel, 1.0), np.minimum(of_zone, 1.0)


def _measured(parcels: GeometryColumns, zones: GeometryColumns) -> tuple[Ints, Ints, Reals, Flags]:
    """All pairs whose boxes meet: parcel, zone, common area (0 for none), whether the parcel lies in the zone."""
    boxes, zone_boxes = readonly(parcels.bounds()), readonly(zones.bounds())
    parcel, zone = BoxIndex.over(zone_boxes).pairs(boxes)
    area, whole, doubtful = np.zeros(len(parcel)), np.zeros(len(parcel), np.bool_), np.zeros(len(parcel), np.bool_)
    bins = overlap.binned(zones.xy, zones.ring_offsets, zones.part_offsets, zones.feature_offsets, zone_boxes)
    overlap.areas(
        readonly(parcel), readonly(zone), parcels.xy, parcels.ring_offsets, parcels.part_offsets,
        parcels.feature_offsets, boxes, *(readonly(array) for array in bins), area, whole, doubtful,
    )  # fmt: skip
    asked = np.flatnonzero(doubtful)
    if len(asked):
        area[asked] = shapely.area(_intersections(_shapes(parcels, parcel[asked]), _shapes(zones, zone[asked])))
    return parcel, zone, area, whole


def _shapes(columns: GeometryColumns, which: Ints) -> NDArray[np.object_]:
    """The features at `which`, repeats as one object."""
    distinct, back = np.unique(which, return_inverse=True)
    shapes: NDArray[np.object_] = columns.take(distinct).to_shapely()[back]
    return shapes


def _intersections(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.object_]:
    """What each two share, as polygons only."""
    shapes: NDArray[np.object_] = np.asarray(shapely.intersection(left, right), dtype=object)
    for k in np.flatnonzero(~np.isin(shapely.get_type_id(shapes), _AREAL)):
        parts = [part for part in shapely.get_parts(shapes[k]) if part.geom_type == "Polygon"]
        shapes[k] = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return shapes


_AREAL = (3, 6)
"""shapely's type ids of Polygon and MultiPolygon."""
