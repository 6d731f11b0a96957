"""How much of each parcel lies in each zone, and what became what between two dates?

Areas are planar, in the square of the units of the CRS, which both sides must share.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.boxes import BoxIndex, readonly
from gis.columns import Flags, GeometryColumns, GeometryKind, Ints, Reals
from gis.kernels import cut, overlap, rings
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
    pairs = _measured(sound(parcels)[0], sound(zones)[0])
    found = pairs.area > 0
    return Overlaps(pairs.parcel[found], pairs.zone[found], pairs.area[found])


def overlap_shapes(parcels: GeometryColumns, zones: GeometryColumns) -> OverlapShapes:
    """The pairs that overlap, with the shape they share; a parcel within a zone is taken as it is.

    Which pairs those are is decided as in `overlap_areas`, whose errors it raises. Shapes of outlines that simply
    cross are traced (`gis.kernels.cut`), the others come from GEOS. Lines and points where two only touch are left out.
    """
    left, right = sound(parcels)[0], sound(zones)[0]
    pairs = _measured(left, right)
    found = pairs.area > 0
    parcel, zone, area, whole = pairs.parcel[found], pairs.zone[found], pairs.area[found], pairs.whole[found]
    shapes = np.empty(len(parcel), object)
    shapes[whole] = _shapes(left, parcel[whole])
    open_ = np.flatnonzero(~whole)
    traced, made = _traced(left, right, pairs, parcel[open_], zone[open_], area[open_])
    shapes[open_[traced]] = made
    rest = open_[~traced]
    shapes[rest] = _intersections(_shapes(left, parcel[rest]), _shapes(right, zone[rest]))
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


class _Pairs(NamedTuple):
    """All pairs whose boxes meet: common area (0 for none), whether the parcel lies in the zone; what told it."""

    parcel: Ints
    zone: Ints
    area: Reals
    whole: Flags
    boxes: Reals
    bins: tuple[Any, ...]


def _measured(parcels: GeometryColumns, zones: GeometryColumns) -> _Pairs:
    boxes, zone_boxes = readonly(parcels.bounds()), readonly(zones.bounds())
    parcel, zone = BoxIndex.over(zone_boxes).pairs(boxes)
    area, whole, doubtful = np.zeros(len(parcel)), np.zeros(len(parcel), np.bool_), np.zeros(len(parcel), np.bool_)
    bins = overlap.binned(zones.xy, zones.ring_offsets, zones.part_offsets, zones.feature_offsets, zone_boxes)
    bins = tuple(readonly(array) for array in bins)
    overlap.areas(
        readonly(parcel), readonly(zone), parcels.xy, parcels.ring_offsets, parcels.part_offsets,
        parcels.feature_offsets, boxes, *bins, area, whole, doubtful,
    )  # fmt: skip
    asked = np.flatnonzero(doubtful)
    if len(asked):
        area[asked] = shapely.area(_intersections(_shapes(parcels, parcel[asked]), _shapes(zones, zone[asked])))
    return _Pairs(parcel, zone, area, whole, boxes, bins)


def _traced(
    parcels: GeometryColumns, zones: GeometryColumns, pairs: _Pairs, parcel: Ints, zone: Ints, area: Reals
) -> tuple[Flags, NDArray[np.object_]]:
    """Which pairs can be traced, and the shapes of those."""
    shells = np.zeros(len(zones.ring_offsets) - 1, np.bool_)
    shells[zones.part_offsets[:-1]] = True
    xy, ends, counts = cut.shapes(
        readonly(parcel), readonly(zone), readonly(area), parcels.xy, parcels.ring_offsets, parcels.part_offsets,
        parcels.feature_offsets, pairs.boxes, zones.xy, zones.ring_offsets, readonly(shells), *pairs.bins,
    )  # fmt: skip
    made = counts[1:] > counts[:-1]
    ring_ends = np.concatenate([[0], ends])
    features = np.concatenate([[0], counts[1:][made]])
    present = np.ones(len(features) - 1, np.bool_)
    rings_are_parts = np.arange(len(ring_ends))
    shapes = GeometryColumns(
        GeometryKind.POLYGON, xy, None, ring_ends, rings_are_parts, features, present, np.diff(features) > 1
    )
    return made, shapes.to_shapely()


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
