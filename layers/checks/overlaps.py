"""Which features does a polygon overlap, and by how much?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis.area import area_m2
from gis.columns import GeometryColumns
from gis.crs import transformed, zone_of
from gis.errors import CrsError
from gis.types import Bounds
from gis.units import mu_from_m2
from layers.checks.geometry import columns_of
from layers.definition import LayerDefinition
from layers.query import Query
from layers.store import Store
from layers.window import CRS84, windowed

NEGLIGIBLE_M2 = 0.01
"""Overlaps smaller than the tolerance of a conserved area are the noise of shared boundaries, not overlaps."""


@dataclass(frozen=True, slots=True)
class FeatureOverlap:
    """What the polygon takes of one feature: in m2 by the layer's method, and in percent of the feature."""

    fid: int
    label: Any
    overlap_m2: float
    percent_of_feature: float


@dataclass(frozen=True, slots=True)
class LayerOverlap:
    """What the polygon takes of one layer, and how much of the polygon that is (percent); points are counted.

    `percent` is of the polygon's own area by the layer's method; `shape` is the overlap in degrees (CRS84).
    """

    layer: LayerDefinition
    revision: int
    overlap_m2: float
    percent: float
    features: tuple[FeatureOverlap, ...]
    shape: shapely.Geometry

    @property
    def overlap_mu(self) -> float:
        """The overlap in mu."""
        return mu_from_m2(self.overlap_m2)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A polygon's area in m2 by each method that applies, and its overlaps layer by layer."""

    area_m2: dict[str, float]
    layers: tuple[LayerOverlap, ...]


def check(store: Store, shape: shapely.Geometry, layers: Iterable[str] | None = None) -> CheckResult:
    """The area of `shape` (valid polygons in degrees, CRS84) and what it overlaps of `layers` (default: all).

    Raises UnknownLayer. A layer that the polygon does not touch is left out of the result.
    """
    wanted = list(store.catalogue) if layers is None else list(layers)
    found = (_overlap(store, layer, shape) for layer in wanted)
    return CheckResult(areas_m2(shape), tuple(overlap for overlap in found if overlap))


def areas_m2(shape: shapely.Geometry) -> dict[str, float]:
    """The area of `shape` (degrees) by the official ellipsoidal formula, and in the plane of its own 3-degree zone.

    Where there is no zone (outside China) only the ellipsoidal area is given.
    """
    columns = columns_of(shape)
    areas = {"ellipsoidal": float(area_m2(columns, "ellipsoidal", CRS84)[0])}
    try:
        zone = zone_of(shapely.centroid(shape).x).epsg
    except CrsError:
        return areas
    return areas | {"planar": float(area_m2(transformed(columns, CRS84, zone), "planar", zone)[0])}


def _overlap(store: Store, layer: str, shape: shapely.Geometry) -> LayerOverlap | None:
    definition = store.catalogue[layer]
    candidates = store.read(layer, windowed(store, layer, Query(), Bounds(*shapely.bounds(shape))))
    if candidates.num_rows == 0:
        return None
    own = transformed(columns_of(shape), CRS84, definition.crs).to_shapely()[0]
    own = own if shapely.is_valid(own) else shapely.make_valid(own)
    geometries = shapely.from_wkb(candidates["geom"].to_numpy(zero_copy_only=False))
    touched = shapely.intersects(geometries, own)
    candidates, geometries = candidates.filter(pa.array(touched)), geometries[touched]
    if candidates.num_rows == 0:
        return None
    pieces = _polygons_only(shapely.intersection(geometries, own), definition)
    areas = _areas(pieces, definition)
    keep = areas >= NEGLIGIBLE_M2 if definition.area else np.ones(len(pieces), dtype=bool)
    if not keep.any():
        return None
    whole = _areas(np.array([own], dtype=object), definition)[0] if definition.area else 0.0
    total = float(areas[keep].sum())
    return LayerOverlap(
        definition,
        store.revision(layer),
        total,
        100 * total / whole if whole else 0.0,
        _features(definition, candidates.filter(pa.array(keep)), areas[keep]),
        _in_degrees(shapely.union_all(pieces[keep]), definition.crs),
    )


def _polygons_only(pieces: Any, definition: LayerDefinition) -> Any:
    """The pieces without the lines and points where boundaries only touch."""
    if not definition.area:
        return pieces
    parts, owner = shapely.get_parts(pieces, return_index=True)
    areal = shapely.get_dimensions(parts) == 2
    empty = shapely.multipolygons([])
    whole = np.full(len(pieces), empty, dtype=object)
    for index in np.unique(owner[areal]):
        whole[index] = shapely.multipolygons(parts[areal & (owner == index)])
    return whole


def _areas(shapes: Any, definition: LayerDefinition) -> Any:
    if not definition.area:
        return np.zeros(len(shapes))
    return area_m2(GeometryColumns.from_shapely(shapes), definition.area.method.value, definition.crs)


def _features(definition: LayerDefinition, rows: pa.Table, areas: Any) -> tuple[FeatureOverlap, ...]:
    label = definition.style.label or definition.style.field or next(iter(definition.field_names), None)
    labels = rows[label].to_pylist() if label else [None] * rows.num_rows
    sizes = rows["area_m2"].to_pylist() if definition.area else [0.0] * rows.num_rows
    found = [
        FeatureOverlap(fid, text, float(area), 100 * float(area) / size if size else 0.0)
        for fid, text, area, size in zip(rows["fid"].to_pylist(), labels, areas, sizes, strict=True)
    ]
    return tuple(sorted(found, key=lambda overlap: -overlap.overlap_m2))


def _in_degrees(shape: shapely.Geometry, epsg: int) -> shapely.Geometry:
    return transformed(columns_of(shape), epsg, CRS84).to_shapely()[0]
