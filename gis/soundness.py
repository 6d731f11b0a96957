"""What do kernels compute with where a polygon is not valid?"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.boxes import readonly
from gis.columns import GeometryColumns, GeometryKind, Ints
from gis.errors import GeometryError
from gis.kernels import crossing

FARTHEST = 1e9
"""No CRS in use has coordinates beyond; kernels lose their digits there."""


def invalid_polygons(columns: GeometryColumns) -> Ints:
    """Indices of the polygons that GEOS calls invalid. A kernel clears nearly all others before GEOS sees them.

    Raises GeometryError for points and lines, and naming the first feature with a coordinate beyond 1e9.
    """
    require_polygons(columns)
    rings = columns.ring_offsets
    suspect = np.flatnonzero(
        crossing.suspects(
            columns.xy,
            rings[:-1],
            readonly(rings[1:] - 1),
            columns.part_offsets,
            columns.feature_offsets,
            columns.present,
        )
    )
    if not len(suspect):
        return suspect.astype(np.int64)
    found: Ints = suspect[~shapely.is_valid(columns.take(suspect).to_shapely())].astype(np.int64)
    return found


def sound(columns: GeometryColumns) -> tuple[GeometryColumns, Ints]:
    """`columns` with invalid polygons made valid by GEOS, and their indices.

    Of a polygon that crosses itself all lobes are kept, overlapping parts count once, spikes go; a polygon of which no
    area is left is empty. Errors as `invalid_polygons`.
    """
    bad = invalid_polygons(columns)
    if not len(bad):
        return columns, bad
    fixed = GeometryColumns.from_shapely(valid_shapes(columns.take(bad).to_shapely()), kind=GeometryKind.POLYGON)
    which = np.arange(len(columns))
    which[bad] = np.arange(len(columns), len(columns) + len(bad))
    return GeometryColumns.concatenate([columns, fixed]).take(which), bad


def require_polygons(columns: GeometryColumns) -> None:
    """Raises GeometryError unless `columns` are polygons with coordinates that a CRS can have."""
    if columns.kind != GeometryKind.POLYGON:
        raise GeometryError(
            f"需要面要素，而不是 {columns.kind}。", f"This needs polygons, not geometries of kind {columns.kind}."
        )
    if len(columns.xy) and max(columns.xy.max(), -columns.xy.min()) > FARTHEST:
        vertex = int(np.flatnonzero(np.abs(columns.xy).max(axis=1) > FARTHEST)[0])
        feature = int(np.searchsorted(columns.vertex_offsets, vertex, side="right")) - 1
        raise GeometryError(
            f"第 {feature} 个要素（从 0 起）的坐标超出任何坐标系的范围。",
            f"Feature {feature} (from 0) has a coordinate outside any coordinate system.",
            place=f"feature {feature}",
            remedy_zh="请检查坐标。",
            remedy_en="Check its coordinates.",
        )


def valid_shapes(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Invalid polygons made valid as `sound` tells: shapely Polygons and MultiPolygons, some perhaps empty.

    GEOS's "structure" method is right about holes at the border, which its "linework" method fills, but loses a ring
    that runs along one of its edges three times (GEOS 3.14); where it keeps less than the other, the other is taken.
    """
    structured = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    alternate = shapely.make_valid(shapes)
    parts, owners = shapely.get_parts(shapes, return_index=True)
    has_holes = np.bincount(owners, shapely.get_num_interior_rings(parts), len(shapes)) > 0
    lost = ~has_holes & (shapely.area(structured) < shapely.area(alternate) * (1 - 1e-9))
    best = np.where(lost, alternate, structured)
    return np.array([_areal(shape) for shape in best], dtype=object)


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))  # a collection may hold a multipolygon
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
