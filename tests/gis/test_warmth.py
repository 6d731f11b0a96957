from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from gis import kernels
from gis.cell_classes import Classes, class_areas
from gis.columns import GeometryColumns
from gis.overlay import overlap_areas, overlap_shapes
from gis.raster import ArrayCells
from gis.tiles import WORLD_M, TileSource
from gis.transition import transition_matrix
from gis.zonal import zonal_statistics
from tests.gis.grids import EPSG, grid, place

PARCELS = [
    shapely.Polygon(place([(x, y), (x + 20, y), (x + 22, y + 20), (x, y + 20)])) for x in (0, 20) for y in (0, 20)
]
TABLE = pa.table({"t": ["a", "b", "a", None], "i": [1, 2, 3, 4], "f": [0.5, 1, 1, 1], "b": [True, False, None, True]})


@pytest.fixture(scope="module", autouse=True)
def warmed():
    """How many types each kernel is compiled for once all are warm."""
    kernels.warm()
    return {dispatcher: len(dispatcher.signatures) for dispatcher, _ in kernels._to_warm}


def tiles():
    shapes = shapely.transform(PARCELS, lambda p: (p - p.mean(axis=0)) * 10 + 1000)
    for kind in (shapes, shapely.boundary(shapes), shapely.centroid(shapes)):
        for source in (
            TileSource("a", GeometryColumns.from_shapely(kind), ids=range(4), attributes=TABLE, overview="t"),
            TileSource("a", GeometryColumns.from_shapely(kind)),
        ):
            for z in (0, 9, 12, 16):
                column = int((1000 + WORLD_M) // (2 * WORLD_M / 2**z))
                source.tile(z, column, 2**z - 1 - column)


def overlays():
    columns, other = (
        GeometryColumns.from_shapely(PARCELS),
        GeometryColumns.from_shapely(shapely.transform(PARCELS, lambda p: p + 7)),
    )
    overlap_areas(columns, other)
    overlap_shapes(columns, other)
    transition_matrix(columns, ["a"] * 4, columns, ["b"] * 4, tolerance_m2=1e9).rounded()


def rasters():
    columns = GeometryColumns.from_shapely(PARCELS)
    for dtype in (np.float32, np.float64, np.uint8, np.int32):
        cells = ArrayCells(grid(6, 6), np.ones((6, 6), dtype))
        zonal_statistics(cells, columns, EPSG, quantiles=[0.5])
        class_areas(cells, Classes(values=(1,)), columns, EPSG)


@pytest.mark.parametrize("work", [tiles, overlays, rasters])
def test_nothing_is_compiled_once_warm(work, warmed):
    work()
    assert [d.py_func.__name__ for d, count in warmed.items() if len(d.signatures) != count] == []
