"""Every public function of the engine that takes geometry: a result or a named error, whatever the geometry is.

The functions are found, not listed: a new one is called like the others, or its arguments are missing in ARGUMENTS.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

import gis
from gis.cell_classes import Classes
from gis.columns import GeometryColumns, GeometryKind
from gis.errors import GeometryError, Problem
from gis.overlay import overlap_areas
from gis.raster import ArrayCells
from gis.tiles import TileSource
from gis.validity import repair
from tests.gis.grids import EPSG, grid, place
from tests.gis.zoo import ZOO

EAST, NORTH = place([(0, 0)])[0]
CELLS = ArrayCells(grid(6, 6), np.ones((6, 6)))
SQUARE = GeometryColumns.from_shapely([shapely.box(EAST, NORTH, EAST + 5, NORTH + 5)])
UNKNOWN_EPSG = 999_999


def functions() -> dict[str, Callable[..., Any]]:
    """The public functions of gis with a parameter of type GeometryColumns, by name."""
    found = {}
    for module in pkgutil.iter_modules(gis.__path__, "gis."):
        if not module.ispkg:
            members = vars(importlib.import_module(module.name)).items()
            found |= {
                f"{module.name}.{name}": value
                for name, value in members
                if inspect.isfunction(value)
                and value.__module__ == module.name
                and not name.startswith("_")
                and "GeometryColumns" in inspect.signature(value).parameters.__str__()
            }
    return found


FUNCTIONS = functions()
ARGUMENTS: dict[str, Callable[[GeometryColumns, int], Any]] = {
    "method": lambda columns, epsg: "ellipsoidal",
    "epsg": lambda columns, epsg: epsg,
    "zones_epsg": lambda columns, epsg: epsg,
    "parcels_epsg": lambda columns, epsg: epsg,
    "source_epsg": lambda columns, epsg: epsg,
    "target_epsg": lambda columns, epsg: 4490,
    "precision": lambda columns, epsg: 0.001,
    "cells": lambda columns, epsg: CELLS,
    "before": lambda columns, epsg: CELLS,
    "after": lambda columns, epsg: CELLS,
    "classes": lambda columns, epsg: Classes(values=(1,)),
    "unit": lambda columns, epsg: "kg/ha",
    "ids": lambda columns, epsg: None,
    "properties": lambda columns, epsg: None,
    "before_class": lambda columns, epsg: ["a"] * len(columns),
    "after_class": lambda columns, epsg: ["a"],
    "overlaps": lambda columns, epsg: overlap_areas(columns, SQUARE),
    "groups": lambda columns, epsg: np.zeros(len(columns), np.int64),
    "quantiles": lambda columns, epsg: [0.5],
}
"""What is given for a parameter, by its name, beside the geometry: the first takes the shape, a second the square."""


def called(function: Callable[..., Any], columns: GeometryColumns, epsg: int = EPSG) -> Any:
    """What the function makes of the columns; None where it refuses with a named error."""
    shapes: Iterator[GeometryColumns] = iter((columns, SQUARE))
    given: dict[str, Any] = {}
    try:
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.annotation == "GeometryColumns":
                given[name] = next(shapes)
            elif parameter.default is inspect.Parameter.empty:
                given[name] = ARGUMENTS[name](columns, epsg)
        result = function(**given)
        return list(result) if inspect.isgenerator(result) else result
    except Problem:
        return None


def at_site(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """The shape moved to where the raster and the square are."""
    return shape if shape is None else shapely.transform(shape, lambda p: p + np.array([EAST, NORTH]))


CASES = [
    pytest.param(kind, shape, id=f"{kind}-{name}-{where}")
    for kind, shapes in ZOO.items()
    for name, original in shapes.items()
    for where, shape in (("origin", original), ("site", at_site(original)))
]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_any_shape_gives_a_result_or_a_named_error(name, kind, shape):
    columns = GeometryColumns.from_shapely([shape], kind=GeometryKind(kind))
    for array in numbers(called(FUNCTIONS[name], columns)):
        assert not np.isinf(array).any()


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if "epsg" in str(inspect.signature(FUNCTIONS[n]))])
@pytest.mark.parametrize("epsg", [UNKNOWN_EPSG, 4490], ids=["unknown", "degrees given, metres meant"])
def test_wrong_crs_is_refused_or_harmless(name, epsg):
    assert all(not np.isinf(array).any() for array in numbers(called(FUNCTIONS[name], SQUARE, epsg)))


def numbers(result: Any) -> Iterator[np.ndarray]:
    """The arrays of floats in a result, as deep as tuples and lists go."""
    if isinstance(result, np.ndarray) and result.dtype.kind == "f":
        yield result
    elif isinstance(result, tuple | list):
        for item in result:
            yield from numbers(item)


def circle(count: int, radius: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.column_stack([EAST + 3 + radius * np.cos(angle), NORTH + 3 + radius * np.sin(angle)])


def with_holes() -> shapely.Polygon:
    """A square of 100 x 100 m with ten thousand holes of 0.5 x 0.5 m."""
    corners = np.array([[0.25, 0.25], [0.25, 0.75], [0.75, 0.75], [0.75, 0.25], [0.25, 0.25]])
    places_ = np.stack(np.meshgrid(np.arange(100), np.arange(100)), axis=-1).reshape(-1, 1, 2)
    holes = shapely.linearrings(corners + places_ + [EAST, NORTH])
    return shapely.Polygon(shapely.box(EAST, NORTH, EAST + 100, NORTH + 100).exterior, holes)


HEAVY = {"a million vertices": lambda: shapely.Polygon(circle(1_000_000, 2.5)), "ten thousand holes": with_holes}


@pytest.mark.parametrize("shape", HEAVY)
def test_heavy_shape_is_worked_through(shape):
    columns = GeometryColumns.from_shapely([HEAVY[shape]()])
    for function in FUNCTIONS.values():
        called(function, columns)
    found = overlap_areas(columns, SQUARE)
    # the circle of 2.5 m round (3, 3) loses what lies beyond 5 m; the 25 whole holes of 0.25 m2 are out of the square
    expected = shapely.intersection(columns.to_shapely()[0], SQUARE.to_shapely()[0]).area
    assert found.area.tolist() == pytest.approx([expected], rel=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_coordinate_that_is_not_finite_is_refused_when_read(bad):
    ring = np.array([[0, 0], [1, 0], [1, bad], [0, 0]], np.float64)
    head = b"\x01\x03\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00"
    with pytest.raises(GeometryError, match="not finite"):
        GeometryColumns.from_wkb([head + ring.tobytes()])


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_tiles_of_any_shape_are_made_or_refused(kind, shape):
    columns = GeometryColumns.from_shapely([shape], kind=GeometryKind(kind))
    try:
        source = TileSource("zoo", columns, attributes=pa.table({"a": ["x"]}), overview="a")
    except Problem:
        return
    for z in (0, 10, 20):
        assert isinstance(source.tile(z, 2**z // 2, 2**z // 2), bytes)


def test_repair_leaves_nothing_invalid():
    shapes = [shape for name, shape in ZOO["polygon"].items() if name != "huge_coordinates"]
    fixed = repair(GeometryColumns.from_shapely([at_site(shape) for shape in shapes]), EPSG).columns.to_shapely()
    assert all(shape is None or shape.is_valid for shape in fixed)
