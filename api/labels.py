"""What is written on the map, and where?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
import shapely

from layers.definition import LayerDefinition
from layers.query import Query
from layers.store import Store
from layers.window import CRS84

MAX_LABELS = 500
"""A layer with more features is not labelled: the texts would cover the map."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text and its place in degrees."""

    text: str
    longitude: float
    latitude: float


def labels(store: Store, definition: LayerDefinition) -> tuple[Label, ...]:
    """The texts of the layer's label field, each at a point inside its feature; none where there are too many."""
    field = definition.style.label
    if field is None:
        return ()
    rows = store.read(definition.id, Query(fields=(field,), limit=MAX_LABELS + 1))
    if rows.num_rows > MAX_LABELS:
        return ()
    geometries = shapely.from_wkb(rows["geom"].to_numpy(zero_copy_only=False))
    points = shapely.point_on_surface(geometries)
    to_degrees = pyproj.Transformer.from_crs(definition.crs, CRS84, always_xy=True)
    longitudes, latitudes = to_degrees.transform(shapely.get_x(points), shapely.get_y(points))
    return tuple(
        Label(str(text), round(float(longitude), 7), round(float(latitude), 7))
        for text, longitude, latitude in zip(rows[field].to_pylist(), longitudes, latitudes, strict=True)
        if text not in (None, "") and np.isfinite(longitude)
    )
