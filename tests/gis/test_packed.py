from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.columns import GeometryColumns, GeometryKind
from gis.errors import GeometryError
from gis.geojson import feature, feature_collection
from gis.packed import PackedFeatures, Packer
from tests.gis.zoo import ZOO

TABLE = pa.table({
    "名称": ['a"\\\n稻', None, ""], "n": pa.array([1, None, -(2**63)]), "r": [0.1, -0.0, None],
    "d": pa.array([Decimal("1.50"), None, Decimal("-2.00")], pa.decimal128(15, 2)),
    "t": pa.array([date(2024, 2, 29), None, date(1, 1, 1)]), "b": [True, False, None],
})  # fmt: skip


def columns_of(shapes: list, kind: str = "polygon") -> GeometryColumns:
    return GeometryColumns.from_shapely(shapes, kind=GeometryKind(kind))


def packed(columns: GeometryColumns, table: pa.Table, *, at_once: int = 2) -> PackedFeatures:
    """The features with ids from 1, taken a few at a time."""
    packer = Packer(columns.kind, table.column_names)
    for first in range(0, len(columns), at_once):
        rows = np.arange(first, min(first + at_once, len(columns)))
        packer.add(columns.take(rows), rows + 1, table.take(rows))
    return packer.packed()


def bare(count: int) -> pa.Table:
    return pa.table({"k": np.arange(count)})


def degrees(shape: shapely.Geometry | None) -> bool:
    return shape is None or shape.is_empty or float(np.abs(shape.bounds).max()) < 214


@pytest.mark.parametrize("kind", ZOO)
def test_the_zoo_reads_byte_for_byte_as_from_columns(kind: str) -> None:
    columns = columns_of([shapely.force_2d(shape) for shape in ZOO[kind].values() if degrees(shape)], kind)
    table, ids = bare(len(columns)), np.arange(1, len(columns) + 1)
    text = packed(columns, table).collection(np.arange(len(columns)), b'"a":[1]')
    assert text == feature_collection(columns, ids, table, extra_members=b'"a":[1]')


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=6))
def test_any_ring_reads_byte_for_byte_as_from_columns(ring: list[tuple[float, float]]) -> None:
    columns = columns_of([shapely.Polygon(ring)])
    assert packed(columns, bare(1)).feature(0) == feature(columns, [1], bare(1))


@given(st.integers(-1_800_000_000, 1_800_000_000), st.sampled_from([0.0, 0.5, -0.5, 0.499999]))
def test_halves_are_rounded_as_from_columns(units: int, more: float) -> None:
    columns = columns_of([shapely.Point((units + more) / 1e7, 0)], "point")
    assert packed(columns, bare(1)).feature(0) == feature(columns, [1], bare(1))


def test_properties_of_every_type_read_as_from_columns() -> None:
    columns = columns_of([shapely.Point(k, k) for k in range(3)], "point")
    rows = np.array([2, 0, 2])
    wanted = feature_collection(columns.take(rows), rows + 1, TABLE.take(rows))
    assert packed(columns, TABLE).collection(rows) == wanted


def test_no_feature_is_an_empty_collection() -> None:
    found = packed(columns_of([shapely.Point(0, 0)], "point"), bare(1))
    assert found.collection(np.arange(0)) == b'{"type":"FeatureCollection","features":[]}'
    assert found.text(np.arange(0)) == b""


def test_nothing_packed_holds_nothing() -> None:
    assert len(Packer(GeometryKind.POLYGON, ["a"]).packed()) == 0


def test_metres_are_refused() -> None:
    with pytest.raises(GeometryError):
        packed(columns_of([shapely.Point(500_000, 3_900_000)], "point"), bare(1))


def test_a_feature_reaches_a_window_where_a_vertex_lies() -> None:
    found = packed(columns_of([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1), shapely.box(-9, -9, 9, 9)]), bare(3))
    assert found.reaching(np.arange(3), (1, 1, 2, 2)).tolist() == [True, True, False]


def test_the_size_grows_with_the_features() -> None:
    one, two = (packed(columns_of([shapely.box(0, 0, 1, 1)] * n), bare(n)) for n in (100, 200))
    assert one.size_bytes < two.size_bytes < 2.5 * one.size_bytes
