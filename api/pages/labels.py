"""What is written on the map, and where?"""

from __future__ import annotations

import shapely

from api.maps import Label
from gis.columns import GeometryColumns
from gis.crs import transformed
from layers.definition import LayerDefinition
from layers.query import Query
from layers.store import Store
from layers.window import CRS84, DEGREE_DIGITS

MAX_LABELS = 500
"""A layer with more features is not labelled: the texts would cover the map."""


def labels(store: Store, definition: LayerDefinition) -> tuple[Label, ...]:
    """The texts of the layer's label field, each at a point inside its feature; none where there are too many."""
    field = definition.style.label
    if field is None:
        return ()
    rows = store.read(definition.id, Query(fields=(field,), limit=MAX_LABELS + 1))
    if rows.num_rows > MAX_LABELS:
        return ()
    geometries = shapely.from_wkb(rows["geom"].to_numpy(zero_copy_only=False))
    inside = GeometryColumns.from_shapely(shapely.point_on_surface(geometries))
    places = shapely.get_coordinates(transformed(inside, definition.crs, CRS84).to_shapely())
    return tuple(
        Label(str(text), round(longitude, DEGREE_DIGITS), round(latitude, DEGREE_DIGITS))
        for text, (longitude, latitude) in zip(rows[field].to_pylist(), places.tolist(), strict=True)
        if text not in (None, "")
    )
