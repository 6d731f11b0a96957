from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.cell_classes import Classes, class_areas
from gis.columns import GeometryColumns
from gis.errors import GisError
from tests.gis.grids import EPSG, cells, place

SLOPES = cells([[1.0, 2.0, 2.1], [6.0, 26.0, np.nan]])
GRADES = Classes(limits=(2, 6, 15, 25))


def areas(classes, *corners):
    return class_areas(SLOPES, classes, GeometryColumns.from_shapely([shapely.Polygon(place(corners))]), EPSG)


def test_limit_belongs_to_the_class_below_it():
    assert GRADES.codes(np.array([1.0, 2.0, 2.1, 6.0, 26.0, np.nan])).tolist() == [0, 0, 1, 1, 4, -1]


def test_single_values_are_classes_in_the_order_given():
    assert Classes(values=(7, 1)).codes(np.array([1.0, 7.0, 3.0, np.inf])).tolist() == [1, 0, 2, -1]


def test_areas_of_slope_grades():
    found = areas(GRADES, (0, 0), (30, 0), (30, 20), (0, 20))
    assert found.area_m2.tolist() == [[200, 200, 0, 0, 100]]
    assert (found.other_m2[0], found.missing_m2[0]) == (0, 100)


def test_value_in_no_class_is_other():
    found = areas(Classes(values=(1, 2)), (0, 0), (30, 0), (30, 10), (0, 10))
    assert found.area_m2.tolist() == [[100, 100]]
    assert found.other_m2[0] == 100


def test_classes_close_to_the_area_of_a_zone_that_sticks_out():
    found = areas(GRADES, (-5, -7), (22, 3), (11, 40))
    whole = shapely.Polygon([(-5, -7), (22, 3), (11, 40)]).area
    assert found.area_m2.sum() + found.other_m2[0] + found.missing_m2[0] == pytest.approx(whole)


@pytest.mark.parametrize("options", [{}, {"limits": (2, 2)}, {"limits": (3, 1)}, {"values": (1, 1)},
                                     {"limits": (np.nan,)}, {"limits": (1,), "values": (1,)}])  # fmt: skip
def test_classes_that_make_no_sense_are_refused(options):
    with pytest.raises(GisError, match="ascending limits, or values that differ"):
        Classes(**options)
