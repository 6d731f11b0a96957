from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.columns import GeometryColumns
from gis.errors import GisError
from gis.yields import parcel_yields
from tests.gis.grids import EPSG, cells, place

FIELD = GeometryColumns.from_shapely([shapely.Polygon(place([(0, 0), (100, 0), (100, 50), (0, 50)]))])
"""50 m x 100 m = 5000 m2 = 7.5 mu."""


@pytest.mark.parametrize(("unit", "rate"), [("kg/mu", 480), ("jin/mu", 960), ("kg/ha", 7200), ("t/ha", 7.2)])
def test_960_jin_a_mu_in_every_unit(unit, rate):
    found = parcel_yields(cells(np.full((5, 10), rate)), FIELD, EPSG, unit=unit)
    assert found.weight_kg[0] == pytest.approx(3600)  # 480 kg/mu x 7.5 mu
    assert found.weight_jin[0] == pytest.approx(7200)
    assert found.kg_per_mu[0] == pytest.approx(480)
    assert found.jin_per_mu[0] == pytest.approx(960)
    assert found.covered[0] == pytest.approx(1)


def test_cells_without_data_are_not_harvested():
    rates = np.full((5, 10), 480.0)
    rates[:, 5:] = np.nan
    found = parcel_yields(cells(rates), FIELD, EPSG, unit="kg/mu")
    assert (found.weight_kg[0], found.covered[0]) == (pytest.approx(1800), pytest.approx(0.5))
    assert found.kg_per_mu[0] == pytest.approx(480)


def test_legal_area_takes_the_mean_yield():
    rates = np.full((5, 10), 480.0)
    rates[:, 5:] = np.nan
    found = parcel_yields(cells(rates), FIELD, EPSG, unit="kg/mu", areas_m2=np.array([6000.0]))
    assert found.weight_kg[0] == pytest.approx(480 * 9)  # 6000 m2 = 9 mu
    assert found.area_m2[0] == 6000


def test_parcel_without_data_has_no_yield():
    found = parcel_yields(cells(np.full((5, 10), np.nan)), FIELD, EPSG, unit="kg/mu")
    assert np.isnan(found.weight_kg[0])
    assert found.covered[0] == 0


def test_unknown_unit_is_refused():
    with pytest.raises(GisError, match="jin/mu"):
        parcel_yields(cells(np.ones((5, 10))), FIELD, EPSG, unit="bushel/acre")


def test_wrong_number_of_areas_is_refused():
    with pytest.raises(GisError, match="one area a zone"):
        parcel_yields(cells(np.ones((5, 10))), FIELD, EPSG, unit="kg/mu", areas_m2=np.ones(2))
