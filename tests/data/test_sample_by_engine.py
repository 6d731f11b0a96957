"""Does the engine find the report's output and earthwork in the sample's rasters?"""

from __future__ import annotations

import numpy as np
import pytest

from gis.columns import GeometryColumns
from gis.earthwork import cut_and_fill, earthwork_by_parcel
from gis.raster import Raster
from gis.yields import parcel_yields
from tests.data.conftest import SAMPLE, Sample

VALLEY = "东高都花谷土地整理"


def valley(sample: Sample) -> GeometryColumns:
    projects = np.array([project == VALLEY for project in sample.column("farmland_protection", "XMMC")])
    return GeometryColumns.from_shapely(sample.shapes("farmland_protection")[projects])


def test_output_of_each_field_is_that_of_the_yield_raster(sample: Sample) -> None:
    with Raster(SAMPLE / "yield_2024.tif") as raster:
        fields = GeometryColumns.from_shapely(sample.shapes("paddy_transfer"))
        found = parcel_yields(raster.band(1), fields, 4527, unit="kg/ha")
    assert np.abs(found.weight_jin - np.array(sample.column("paddy_transfer", "CL"))).max() < 1.01
    assert found.covered.min() == pytest.approx(1, abs=1e-9)


def test_earthwork_over_the_rasters_is_145000_m3_of_cut(sample: Sample) -> None:
    with Raster(SAMPLE / "elevation_before.tif") as before, Raster(SAMPLE / "elevation_after.tif") as after:
        found = cut_and_fill(before.band(1), after.band(1))
    assert (found.cut_m3, found.fill_m3, found.missing_m2) == (145_000, 0, 0)


def test_earthwork_within_the_flower_valley_is_all_of_it(sample: Sample) -> None:
    with Raster(SAMPLE / "elevation_before.tif") as before, Raster(SAMPLE / "elevation_after.tif") as after:
        found = earthwork_by_parcel(before.band(1), after.band(1), valley(sample), 4527)
    assert sum(each.cut_m3 for each in found) == pytest.approx(145_000, abs=1e-3)
    assert sum(each.fill_m3 for each in found) == pytest.approx(0, abs=1e-6)
