from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers.definition import LayerDefinition, parse_definition
from layers.validation import shapes
from tests.layers.store.sample import PARCELS

BOX = shapely.box(500_000, 3_900_000, 500_010, 3_900_010)
FAR = shapely.box(600_000, 3_900_000, 600_010, 3_900_010)
HOLED = shapely.difference(BOX, shapely.box(500_002, 3_900_002, 500_004, 3_900_004))
BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def ring_with(x: float) -> bytes:
    """The WKB of a triangle one of whose vertices is at `x`."""
    return b"\x01" + struct.pack("<III8d", 3, 1, 4, 0, 0, x, 1, 1, 1, 0, 0)


def layer(kind: str, **changes: str) -> LayerDefinition:
    text = PARCELS.replace('"multipolygon"', f'"{kind}"')
    if "polygon" not in kind:
        text = text.replace('area = {method = "planar"}', "")
    for old, new in changes.items():
        text = text.replace(old, new)
    return parse_definition(text, place="test")


def checked(kind: str, *geometries: Any) -> tuple[list[Any], list[str]]:
    """The geometries as kept, and what is wrong with the others, in English."""
    wkb = pa.array([g if isinstance(g, bytes | None) else shapely.to_wkb(g) for g in geometries], pa.binary())
    result, found = shapes.checked(layer(kind), wkb)
    return list(shapely.from_wkb(result.wkb.to_numpy(zero_copy_only=False))), [fault.en for fault in found]


def test_single_becomes_multi() -> None:
    assert checked("multipolygon", BOX, HOLED) == ([shapely.MultiPolygon([BOX]), shapely.MultiPolygon([HOLED])], [])


def test_multi_of_one_part_becomes_single() -> None:
    assert checked("polygon", shapely.MultiPolygon([HOLED])) == ([HOLED], [])


def test_multi_of_two_parts_does_not_fit_a_single_layer() -> None:
    kept, faults = checked("polygon", BOX, shapely.MultiPolygon([BOX, FAR]))
    assert kept == [BOX, None]
    assert faults == ["The geometry has 2 parts; the layer holds single parts."]


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [("point", shapely.Point(1, 2)), ("multipoint", shapely.MultiPoint([(1, 2), (3, 4)])),
     ("line", shapely.LineString([(0, 0), (1, 1)])), ("multiline", shapely.MultiLineString([[(0, 0), (1, 1)]])),
     ("polygon", BOX), ("multipolygon", shapely.MultiPolygon([BOX, FAR]))],
)  # fmt: skip
def test_geometry_of_the_layers_type_is_kept(kind: str, geometry: Any) -> None:
    assert checked(kind, geometry) == ([geometry], [])


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.Point(1, 2),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.GeometryCollection([BOX]),
        shapely.MultiPoint([(1, 2)]),
    ],
)
def test_geometry_of_another_type_is_refused(geometry: Any) -> None:
    kept, (fault,) = checked("multipolygon", geometry)
    assert kept == [None]
    assert "the layer holds MULTIPOLYGON" in fault


@pytest.mark.parametrize(
    ("geometry", "cause"),
    [
        (None, "no geometry"),
        (b"", "not valid WKB"),
        (b"\x01\x03\x00\x00\x00\xff\xff\xff\xff", "not valid WKB"),
        (shapely.Polygon(), "empty"),
        (shapely.MultiPolygon(), "empty"),
        (BOW_TIE, "invalid: Self-intersection"),
        (shapely.set_srid(BOX, 4326), "EPSG:4326"),
        (ring_with(float("nan")), "not finite"),
        (ring_with(float("inf")), "not finite"),
    ],
)
def test_what_is_no_geometry_for_a_layer_is_refused(geometry: Any, cause: str) -> None:
    wkb = shapely.to_wkb(geometry, include_srid=True) if isinstance(geometry, shapely.Geometry) else geometry
    kept, (fault,) = checked("multipolygon", wkb, BOX)[0], checked("multipolygon", wkb, BOX)[1]
    assert kept == [None, shapely.MultiPolygon([BOX])]
    assert cause in fault


def test_srid_of_the_layer_is_fine() -> None:
    assert checked("polygon", shapely.to_wkb(shapely.set_srid(BOX, 4547), include_srid=True)) == ([BOX], [])


def test_z_is_dropped() -> None:
    kept, _ = checked("polygon", shapely.force_3d(BOX, 7.0))
    assert not shapely.has_z(kept[0])


def test_nan_as_z_does_no_harm() -> None:
    point = b"\x01" + struct.pack("<I3d", 1001, 1.0, 2.0, float("nan"))
    assert checked("point", point) == ([shapely.Point(1, 2)], [])


def test_result_is_little_endian_iso_wkb() -> None:
    big = pa.array([shapely.to_wkb(BOX, byte_order=0)])
    result, _ = shapes.checked(layer("polygon"), big)
    assert result.wkb.to_pylist() == [shapely.to_wkb(BOX, byte_order=1, flavor="iso")]


def test_bounds_are_west_south_east_north() -> None:
    result, _ = shapes.checked(layer("polygon"), pa.array([shapely.to_wkb(BOX)]))
    assert result.bounds.tolist() == [[500_000, 3_900_000, 500_010, 3_900_010]]


def test_area_is_by_the_layers_method() -> None:
    result, _ = shapes.checked(layer("polygon"), pa.array([shapely.to_wkb(HOLED)]))
    # 10 m x 10 m less 2 m x 2 m
    np.testing.assert_allclose(result.area_m2, [96.0], atol=1e-6)


def test_area_is_rounded_as_the_layer_says() -> None:
    third = shapely.Polygon([(500_000, 3_900_000), (500_001, 3_900_000), (500_000, 3_900_000.666)])
    planar = {'"planar"': '"planar", decimals = 2'}
    result, _ = shapes.checked(layer("polygon", **planar), pa.array([shapely.to_wkb(third)]))
    # 1 m x 0.666 m / 2 = 0.333 m2
    assert result.area_m2 is not None
    assert result.area_m2.tolist() == [0.33]


def test_geometry_outside_of_the_crs_is_refused() -> None:
    degrees = layer("polygon", **{"4547": "4490", '"planar"': '"ellipsoidal"'})
    here, swapped = shapely.box(118.3, 34.9, 118.31, 34.91), shapely.box(34.9, 118.3, 34.91, 118.31)
    _, (fault,) = shapes.checked(degrees, pa.array(shapely.to_wkb([here, swapped, here])))
    assert (fault.index, fault.field) == (1, "geom")
    assert "EPSG:4490" in fault.en
    assert fault.remedy_en


def test_points_have_no_area() -> None:
    assert shapes.checked(layer("point"), pa.array([shapely.to_wkb(shapely.Point(1, 2))]))[0].area_m2 is None


@pytest.mark.parametrize("array", [pa.array(["POINT (1 2)"]), pa.array([1])])
def test_column_that_is_not_binary_is_refused(array: pa.Array) -> None:
    _, (fault,) = shapes.checked(layer("point"), array)
    assert (fault.index, fault.field) == (None, "geom")


def test_column_of_nothing() -> None:
    result, found = shapes.checked(layer("multipolygon"), pa.array([], pa.binary()))
    assert (len(result.wkb), found) == (0, [])
