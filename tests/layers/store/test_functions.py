"""The exact spatial predicate of SQLite."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers.store import blob
from layers.store.functions import NOWHERE, _Touches, rectangle_inside

TRIANGLE = shapely.Polygon([(0, 0), (10, 0), (0, 10)])
SLANTED = shapely.Polygon([(0, 0.1), (9.9, 0), (10, 9.9), (0.1, 10)])


def stored(shape: shapely.Geometry) -> bytes:
    wkb = pa.array([shapely.to_wkb(shape)], pa.binary())
    return blob.blobs(wkb, np.array([shape.bounds]), 4527)[0]


@pytest.mark.parametrize("region", [TRIANGLE, SLANTED, shapely.box(0, 0, 10, 10)])
def test_it_finds_what_the_oracle_finds(region: shapely.Geometry) -> None:
    generator, touches = np.random.default_rng(2), _Touches()
    for west, south in generator.uniform(-2, 11, (300, 2)):
        shape = shapely.box(west, south, west + 1, south + 1)
        assert touches(stored(shape), shapely.to_wkb(region)) == shapely.intersects(region, shape)


def test_therectangle_inside_a_slanted_window_leaves_a_narrow_border() -> None:
    assert rectangle_inside(SLANTED) == pytest.approx((0.1, 0.1, 9.9, 9.9))


def test_no_rectangle_of_that_kind_lies_inside_a_triangle() -> None:
    assert rectangle_inside(TRIANGLE) == NOWHERE


def test_a_feature_without_geometry_touches_nothing() -> None:
    assert _Touches()(None, shapely.to_wkb(TRIANGLE)) == 0
