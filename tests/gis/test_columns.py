from __future__ import annotations

import struct

import geopandas
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.columns import GeometryColumns, GeometryKind
from gis.errors import GeometryError
from tests.gis.zoo import POLYGONS, SQUARE, SQUARE_WITH_HOLE, ZOO

ALL = [(kind, name) for kind, shapes in ZOO.items() for name in shapes]


def same(a, b) -> bool:
    """Equal in type, structure, Z and every digit; None equals None."""
    if a is None or b is None:
        return a is b
    return shapely.to_wkb(a, flavor="iso") == shapely.to_wkb(b, flavor="iso")


def polygon_wkb(*rings, order: str = "<", code: int = 3) -> bytes:
    body = b"".join(
        struct.pack(f"{order}I", len(ring)) + b"".join(struct.pack(f"{order}{len(p)}d", *p) for p in ring)
        for ring in rings
    )
    return struct.pack(f"{order}BII", 1 if order == "<" else 0, code, len(rings)) + body


CLOSED = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_each_of_the_zoo_comes_back_as_it_was(kind, name):
    geometry = ZOO[kind][name]
    columns = GeometryColumns.from_shapely([geometry], kind=GeometryKind(kind))
    assert same(columns.to_shapely()[0], geometry)


@pytest.mark.parametrize("kind", ZOO)
def test_the_whole_zoo_comes_back_in_order(kind):
    shapes = list(ZOO[kind].values())
    back = GeometryColumns.from_shapely(shapes).to_shapely()
    assert all(same(a, b) for a, b in zip(back, shapes, strict=True))


@pytest.mark.parametrize("kind", ZOO)
@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("byte_order", [0, 1])
def test_both_byte_orders_and_flavours_are_read(kind, flavor, byte_order):
    shapes = list(ZOO[kind].values())
    values = shapely.to_wkb(shapes, flavor=flavor, byte_order=byte_order)
    back = GeometryColumns.from_wkb(list(values)).to_shapely()
    assert all(same(a, b) for a, b in zip(back, shapes, strict=True))


def test_layout_of_a_polygon_with_hole_beside_a_multipolygon_and_none():
    columns = GeometryColumns.from_shapely([SQUARE_WITH_HOLE, None, POLYGONS["multi"]])
    assert columns.ring_offsets.tolist() == [0, 5, 10, 15, 20]
    assert columns.part_offsets.tolist() == [0, 2, 3, 4]
    assert columns.feature_offsets.tolist() == [0, 1, 1, 3]
    assert columns.present.tolist() == [True, False, True]
    assert columns.multi.tolist() == [False, False, True]
    assert columns.xy[5].tolist() == [2, 2]
    assert columns.z is None


def test_layout_of_points_has_one_vertex_a_ring():
    columns = GeometryColumns.from_shapely(list(ZOO["point"].values()))
    assert columns.ring_offsets.tolist() == [0, 1, 2, 3, 4, 5]
    assert columns.part_offsets.tolist() == [0, 1, 2, 3, 4, 5]
    assert columns.feature_offsets.tolist() == [0, 1, 3, 4, 4, 4, 4, 5]


def test_arrays_are_read_only():
    columns = GeometryColumns.from_shapely([SQUARE])
    with pytest.raises(ValueError, match="read-only"):
        columns.xy[0, 0] = 1


def test_z_is_nan_where_a_feature_has_none():
    columns = GeometryColumns.from_shapely([SQUARE, POLYGONS["with_z"]])
    assert columns.z is not None
    assert np.isnan(columns.z[:5]).all()
    assert columns.z[5:].tolist() == [1, 2, 3, 4, 1]


def test_m_is_dropped():
    columns = GeometryColumns.from_shapely(shapely.from_wkt(["POINT M (1 2 9)", "POINT ZM (1 2 3 9)"]))
    assert shapely.to_wkt(columns.to_shapely()).tolist() == ["POINT (1 2)", "POINT Z (1 2 3)"]


def test_srid_of_ewkb_is_passed_over():
    value = shapely.to_wkb(shapely.set_srid(SQUARE, 4527), include_srid=True)
    assert same(GeometryColumns.from_wkb([value]).to_shapely()[0], SQUARE)


def test_empty_parts_of_a_multi_are_dropped():
    value = struct.pack("<BII", 1, 6, 2) + polygon_wkb() + polygon_wkb(CLOSED)
    columns = GeometryColumns.from_wkb([value])
    assert columns.feature_offsets.tolist() == [0, 1]
    assert columns.multi.tolist() == [True]


def test_nothing_at_all_is_polygons_unless_said_otherwise():
    assert GeometryColumns.from_wkb([]).kind is GeometryKind.POLYGON
    assert GeometryColumns.from_wkb([None], kind=GeometryKind.POINT).kind is GeometryKind.POINT


@pytest.mark.parametrize("array_type", [pa.binary(), pa.large_binary(), pa.binary_view()])
def test_arrow_binary_arrays_are_read(array_type):
    array = pa.array([*shapely.to_wkb([SQUARE]), None], pa.binary()).cast(array_type)
    assert GeometryColumns.from_wkb(array).present.tolist() == [True, False]


def test_a_slice_of_an_arrow_array_is_read_from_where_it_begins():
    array = pa.array(shapely.to_wkb([SQUARE, SQUARE_WITH_HOLE, SQUARE]))[1:2]
    assert same(GeometryColumns.from_wkb(array).to_shapely()[0], SQUARE_WITH_HOLE)


def test_chunks_are_read_as_one_even_where_the_first_holds_no_geometry():
    chunks = pa.chunked_array([pa.array([None], pa.binary()), pa.array(shapely.to_wkb(shapely.points([[1, 2]])))])
    columns = GeometryColumns.from_wkb(chunks)
    assert columns.kind is GeometryKind.POINT
    assert len(columns) == 2


def test_the_faulty_feature_of_a_later_chunk_is_counted_from_the_first():
    chunks = pa.chunked_array([pa.array([None, None], pa.binary()), pa.array([b"\x01"])])
    with pytest.raises(GeometryError, match="feature 2"):
        GeometryColumns.from_wkb(chunks)


def test_geoseries_and_shapely_give_the_same():
    series = geopandas.GeoSeries([SQUARE, None], index=["b", "a"], crs=4527)
    assert GeometryColumns.from_geoseries(series).to_wkb() == GeometryColumns.from_shapely([SQUARE, None]).to_wkb()


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (b"", "cut short"),
        (b"\x01\x03", "cut short"),
        (b"\x02\x03\x00\x00\x00", "byte-order"),
        (b"not a geometry", "byte-order"),
        (polygon_wkb(CLOSED)[:-1], "cut short"),
        (polygon_wkb(CLOSED) + b"\x00", "bytes follow"),
        (struct.pack("<BII", 1, 3, 0xFFFFFFFF), "cut short"),
        (struct.pack("<BIII", 1, 3, 1, 0xFFFFFFFF), "cut short"),
        (struct.pack("<BII", 1, 6, 0xFFFFFFFF) + polygon_wkb(CLOSED), "cut short"),
        (polygon_wkb(CLOSED[:2]), "fewer than"),
        (polygon_wkb([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]), "not closed"),
        (polygon_wkb([], CLOSED), "empty shell"),
        (polygon_wkb([(0.0, float("nan")), (1.0, 0.0), (1.0, 1.0), (0.0, float("nan"))]), "not finite"),
        (polygon_wkb([(0.0, float("inf")), (1.0, 0.0), (1.0, 1.0), (0.0, float("inf"))]), "not finite"),
        (struct.pack("<BII", 1, 7, 0), "not supported"),
        (struct.pack("<BII", 1, 10, 0), "not supported"),
        (struct.pack("<BII", 1, 0, 0), "not supported"),
        (struct.pack("<BII", 1, 4003, 0), "not supported"),
        (struct.pack("<BII", 1, 6, 1) + struct.pack("<BIdd", 1, 1, 1, 1), "another type"),
        (struct.pack("<BII", 1, 6, 1) + struct.pack("<BII", 1, 6, 0), "another type"),
        (struct.pack("<BIdd", 1, 1, 1, 1), "kind differs"),
    ],
)
def test_bad_value_is_refused_with_its_place(value, fault):
    with pytest.raises(GeometryError, match=fault) as caught:
        GeometryColumns.from_wkb([polygon_wkb(CLOSED), None, value])
    assert caught.value.place == "feature 2"


@pytest.mark.parametrize(
    "value",
    [struct.pack("<BIdd", 1, 1, 1.0, float("nan")), struct.pack("<BIddd", 1, 1001, 1.0, 1.0, float("inf"))],
)
def test_points_that_are_not_finite_are_refused(value):
    with pytest.raises(GeometryError, match="not finite"):
        GeometryColumns.from_wkb([value])


@pytest.mark.parametrize("values", [["text"], [1], pa.array(["POINT (1 1)"]), pa.array([1.5])])
def test_what_is_not_bytes_is_refused(values):
    with pytest.raises(GeometryError):
        GeometryColumns.from_wkb(values)


def test_what_is_not_a_geometry_is_refused():
    with pytest.raises(GeometryError):
        GeometryColumns.from_shapely(["POINT (1 1)"])


def test_arrays_that_do_not_fit_are_refused():
    c = GeometryColumns.from_shapely([SQUARE])
    with pytest.raises(GeometryError, match="ring_offsets"):
        GeometryColumns(c.kind, c.xy[:4], None, c.ring_offsets, c.part_offsets, c.feature_offsets, c.present, c.multi)
    with pytest.raises(GeometryError, match="part_offsets"):
        GeometryColumns(c.kind, c.xy, None, c.ring_offsets, np.array([0, 2, 1]), np.array([0, 2]), c.present, c.multi)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 2**31), st.sampled_from(sorted(POLYGONS)))
def test_damaged_bytes_end_in_geometry_error_or_in_columns(noise, seed, name):
    value = bytearray(shapely.to_wkb(POLYGONS[name]) or b"")
    generator = np.random.default_rng(seed)
    for byte in noise[: len(value) and 4]:
        value[generator.integers(len(value))] = byte
    for damaged in (noise, bytes(value), bytes(value[: generator.integers(len(value) + 1)])):
        try:
            columns = GeometryColumns.from_wkb([damaged])
        except GeometryError:
            continue
        columns.to_shapely()


def test_bounds_are_west_south_east_north_and_nan_without_points():
    bounds = GeometryColumns.from_shapely([POLYGONS["multi_with_holes"], None, POLYGONS["empty"]]).bounds()
    assert bounds[0].tolist() == [0, 0, 30, 10]
    assert np.isnan(bounds[1:]).all()


def test_take_gives_features_in_the_order_asked_for():
    shapes = list(POLYGONS.values())
    wanted = [5, 0, 5, 12, 7, 9]
    taken = GeometryColumns.from_shapely(shapes).take(wanted).to_shapely()
    assert all(same(t, shapes[k]) for t, k in zip(taken, wanted, strict=True))


def test_take_by_mask():
    columns = GeometryColumns.from_shapely([SQUARE, None, SQUARE_WITH_HOLE])
    assert same(columns.take(np.array([False, False, True])).to_shapely()[0], SQUARE_WITH_HOLE)
    assert len(columns.take([])) == 0


@pytest.mark.parametrize("indices", [[-1], [3], np.array([True])])
def test_take_refuses_what_is_not_there(indices):
    with pytest.raises(GeometryError):
        GeometryColumns.from_shapely([SQUARE, None, SQUARE]).take(indices)


def test_concatenate_keeps_order_and_z():
    a, b = [SQUARE, None], [POLYGONS["with_z"], POLYGONS["multi_with_holes"]]
    joined = GeometryColumns.concatenate([GeometryColumns.from_shapely(a), GeometryColumns.from_shapely(b)])
    assert all(same(x, y) for x, y in zip(joined.to_shapely(), a + b, strict=True))


def test_concatenate_refuses_different_kinds():
    point = GeometryColumns.from_shapely([shapely.Point(1, 1)])
    with pytest.raises(GeometryError, match="point, polygon"):
        GeometryColumns.concatenate([point, GeometryColumns.from_shapely([SQUARE])])


def test_vertex_offsets_span_all_rings_of_a_feature():
    columns = GeometryColumns.from_shapely([SQUARE_WITH_HOLE, None, POLYGONS["multi"]])
    assert columns.vertex_offsets.tolist() == [0, 10, 10, 20]


def test_a_million_vertices_come_back():
    angle = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    ring = shapely.Polygon(np.column_stack([np.cos(angle), np.sin(angle)]))
    assert same(GeometryColumns.from_shapely([ring]).to_shapely()[0], ring)
