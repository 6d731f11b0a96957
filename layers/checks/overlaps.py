"""Which features does a polygon overlap, and by how much?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

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

Shapes = NDArray[np.object_]

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
    definition, revision = store.catalogue[layer], store.revision(layer)
    rows = store.read(layer, windowed(store, layer, Query(), Bounds(*shapely.bounds(shape))), as_of=revision)
    own = _projected(shape, definition.crs)
    pieces = shapely.intersection(shapely.from_wkb(rows["geom"].to_numpy()), own)
    areas = _areas_m2(pieces, definition)
    taken = areas >= NEGLIGIBLE_M2 if definition.area else ~shapely.is_empty(pieces)
    if not taken.any():
        return None
    total = float(areas[taken].sum())
    whole = float(_areas_m2(np.array([own]), definition)[0])
    return LayerOverlap(
        definition,
        revision,
        total,
        100 * total / whole if whole else 0.0,
        _features(definition, rows.filter(pa.array(taken)), areas[taken]),
        _in_degrees(pieces[taken], definition),
    )


def _projected(shape: shapely.Geometry, epsg: int) -> shapely.Geometry:
    """`shape` in the CRS of a layer; what the projection bends into invalidity is made valid."""
    projected = transformed(columns_of(shape), CRS84, epsg).to_shapely()[0]
    return projected if shapely.is_valid(projected) else shapely.make_valid(projected, method="structure")


def _areal(pieces: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """The polygons among the parts of `pieces`, without the lines and points where boundaries touch; their owners."""
    parts, owner = shapely.get_parts(pieces, return_index=True)
    areal = shapely.get_dimensions(parts) == 2
    return parts[areal], owner[areal]


def _areas_m2(pieces: Shapes, definition: LayerDefinition) -> NDArray[np.float64]:
    """The area of each piece by the method of the layer; 0 in a layer of points or lines."""
    if definition.area is None:
        return np.zeros(len(pieces))
    parts, owner = _areal(pieces)
    areas = area_m2(GeometryColumns.from_shapely(parts), definition.area.method.value, definition.crs)
    return np.bincount(owner, weights=areas, minlength=len(pieces)).astype(np.float64)


def _in_degrees(pieces: Shapes, definition: LayerDefinition) -> shapely.Geometry:
    parts = _areal(pieces)[0] if definition.area else pieces
    return transformed(columns_of(shapely.union_all(parts)), definition.crs, CRS84).to_shapely()[0]


def _features(definition: LayerDefinition, rows: pa.Table, areas: Any) -> tuple[FeatureOverlap, ...]:
    label = definition.label_field
    labels = rows[label].to_pylist() if label else [None] * rows.num_rows
    sizes = rows["area_m2"].to_pylist() if definition.area else [0.0] * rows.num_rows
    found = [
        FeatureOverlap(fid, text, float(area), 100 * float(area) / size if size else 0.0)
        for fid, text, area, size in zip(rows["fid"].to_pylist(), labels, areas, sizes, strict=True)
    ]
    return tuple(sorted(found, key=lambda overlap: -overlap.overlap_m2))
