from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyproj
import pytest
import shapely

from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.gcj02 import bd09_offset, gcj02_offset, shift_suspicion

SITE = np.array([118.3]), np.array([34.98])
GEOD = pyproj.Geod(ellps="GRS80")


def parcels() -> GeometryColumns:
    """A hundred squares of 0.001 degrees around the site, 0.002 apart."""
    corners = [(118.2 + 0.002 * (k % 10), 34.9 + 0.002 * (k // 10)) for k in range(100)]
    return GeometryColumns.from_shapely([shapely.box(x, y, x + 0.001, y + 0.001) for x, y in corners])


def shifted(columns: GeometryColumns, offset) -> GeometryColumns:
    return replace(columns, xy=columns.xy + np.column_stack(offset(columns.xy[:, 0], columns.xy[:, 1])))


@pytest.mark.parametrize(("offset", "metres"), [(gcj02_offset, 519.7), (bd09_offset, 1265.9)])
def test_offset_at_the_site(offset, metres):
    # standards.md section 2
    dlon, dlat = offset(*SITE)
    assert GEOD.inv(118.3, 34.98, 118.3 + dlon[0], 34.98 + dlat[0])[2] == pytest.approx(metres, abs=0.1)


def test_there_is_no_offset_outside_china():
    assert gcj02_offset(np.array([5.0]), np.array([52.0])) == (0.0, 0.0)


@pytest.mark.parametrize(("system", "offset"), [("GCJ-02", gcj02_offset), ("BD-09", bd09_offset)])
def test_a_shifted_layer_is_recognised_against_its_reference(system, offset):
    suspicion = shift_suspicion(shifted(parcels(), offset), 4490, reference=parcels())
    assert suspicion is not None
    assert suspicion.system == system
    assert "100%" in suspicion.reasons_en[0]


def test_a_shifted_layer_in_a_plane_is_recognised():
    moved = transformed(shifted(parcels(), gcj02_offset), 4490, 4527)
    assert shift_suspicion(moved, 4527, reference=parcels()) is not None


def test_a_layer_in_its_place_is_not_suspected():
    assert shift_suspicion(parcels(), 4490, reference=parcels()) is None


def test_the_source_named_is_a_reason():
    suspicion = shift_suspicion(parcels(), 4490, source="高德地图导出")
    assert suspicion is not None
    assert suspicion.shift_m == pytest.approx(520, abs=30)


def test_without_reference_and_source_nothing_is_said():
    assert shift_suspicion(parcels(), 4490) is None


def test_a_layer_without_points_is_not_suspected():
    assert shift_suspicion(GeometryColumns.from_wkb([None]), 4490, reference=parcels()) is None
