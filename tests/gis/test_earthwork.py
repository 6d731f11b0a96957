from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import shapely

from gis.columns import GeometryColumns
from gis.earthwork import cut_and_fill, earthwork_by_parcel
from gis.errors import RasterError
from gis.raster import ArrayCells, Grid, Raster
from tests.gis.grids import CRS, EPSG, NORTH, WEST, cells, place

BEFORE = cells([[10.0, 10.0, 10.0], [10.0, 10.0, np.nan]])
AFTER = cells([[12.0, 9.0, 10.0], [np.nan, 10.1, 11.0]])
"""+2, -1, 0; no data, +0.1, no data. A cell is 100 m2."""


def test_cut_and_fill_by_hand():
    found = cut_and_fill(BEFORE, AFTER)
    assert found.fill_m3 == pytest.approx(200 + 10)
    assert found.cut_m3 == pytest.approx(100)
    assert found.net_m3 == pytest.approx(110)
    assert (found.fill_m2, found.cut_m2) == (200, 100)
    assert (found.compared_m2, found.missing_m2) == (400, 200)
    assert found.mean_change_m == pytest.approx(110 / 400)


def test_changes_below_the_threshold_count_as_none():
    found = cut_and_fill(BEFORE, AFTER, threshold_m=0.5)
    assert (found.fill_m3, found.fill_m2, found.compared_m2) == (200, 100, 400)


def test_levelling_of_the_report():
    # 145,000 m3 over 1,080 mu = 720,000 m2: 0.2014 m in the mean
    ground = cells(np.zeros((72, 100)))
    filled = cells(np.full((72, 100), 145_000 / 720_000))
    found = cut_and_fill(ground, filled)
    assert found.compared_m2 == 720_000
    assert found.fill_m3 == pytest.approx(145_000)


def test_nothing_in_common_has_no_mean():
    assert np.isnan(cut_and_fill(cells([[np.nan]]), cells([[1.0]])).mean_change_m)


def test_grids_that_differ_are_refused():
    other = ArrayCells(Grid(2, 3, (10.0, 0, WEST + 3, 0, -10.0, NORTH), CRS), AFTER.values)
    with pytest.raises(RasterError, match="origin"):
        cut_and_fill(BEFORE, other)


def test_grids_that_differ_are_resampled_when_asked():
    columns = np.arange(20) + np.zeros((20, 1))
    plane = ArrayCells(Grid(20, 20, (10.0, 0, WEST - 57, 0, -10.0, NORTH + 43), CRS), (columns - 5.7) * 10.0)
    flat = cells(np.zeros((4, 4)))
    found = cut_and_fill(flat, plane, resample="bilinear")
    # the plane rises 1 m a metre eastwards from 0 at the corner less half a cell: 0, 10, 20, 30 m in the cells
    assert found.fill_m3 == pytest.approx((0 + 10 + 20 + 30) * 4 * 100)


def test_threshold_below_0_is_refused():
    with pytest.raises(RasterError, match="threshold"):
        cut_and_fill(BEFORE, AFTER, threshold_m=-1)


def test_parcels_share_cells():
    halves = [
        shapely.Polygon(place([(0, 0), (15, 0), (15, 20), (0, 20)])),
        shapely.Polygon(place([(15, 0), (30, 0), (30, 20), (15, 20)])),
    ]
    west, east = earthwork_by_parcel(BEFORE, AFTER, GeometryColumns.from_shapely(halves), EPSG)
    assert (west.fill_m3, west.cut_m3) == (pytest.approx(205), pytest.approx(50))
    assert (east.fill_m3, east.cut_m3) == (pytest.approx(5), pytest.approx(50))
    whole = cut_and_fill(BEFORE, AFTER)
    for name in dataclasses.asdict(whole):
        assert getattr(west, name) + getattr(east, name) == pytest.approx(getattr(whole, name))


@pytest.fixture
def surfaces(shared_data):
    folder = shared_data / "dem_dsm_dtm"
    with Raster(folder / "dtm.tif") as ground, Raster(folder / "dsm.tif") as surface:
        yield ground.band(1), surface.band(1)


def test_real_surface_above_real_ground(surfaces):
    found = cut_and_fill(*surfaces)
    assert found.net_m3 == pytest.approx(910_912.6, abs=0.1)  # the data set's notes: sum(dsm - dtm) * 4 m2


def test_real_surfaces_window_by_window(surfaces):
    whole, parts = cut_and_fill(*surfaces), cut_and_fill(*surfaces, window_cells=5000)
    assert dataclasses.astuple(parts) == pytest.approx(dataclasses.astuple(whole))


def test_real_scenes_of_two_years_lie_on_different_grids(shared_data):
    folder = shared_data / "rasters_ndvi" / "naip"
    with (
        Raster(folder / "m_4709963_se_14_1_20180716.tif") as one,
        Raster(folder / "m_4709963_se_14_1_20190904.tif") as two,
    ):
        with pytest.raises(RasterError, match="origin, rows and columns"):
            cut_and_fill(one.band(4), two.band(4))
        assert cut_and_fill(one.band(4), two.band(4), resample="bilinear").compared_m2 > 1e7
