"""What lies where its coordinate columns say, and what is refused."""

from __future__ import annotations

import pyarrow as pa
import pytest
import shapely

from gis.errors import FormatError
from gis.formats.coordinate_columns import likely, located


def table(x, y):
    return pa.table({"x": x, "y": y, "name": ["a"] * len(x)})


def places(x, y, *, in_degrees=True):
    return list(shapely.from_wkb(located(table(x, y), "x", "y", in_degrees=in_degrees)["geom"].to_numpy()))


def test_row_lies_at_its_east_and_north():
    assert places([118.3, 118], [35.0, 34]) == [shapely.Point(118.3, 35), shapely.Point(118, 34)]


def test_columns_are_kept():
    assert located(table([1], [2]), "x", "y", in_degrees=True).column_names == ["x", "y", "name", "geom"]


def test_row_without_a_coordinate_has_no_place():
    assert places([118.3, None, 1.0], [None, 35.0, 2.0]) == [None, None, shapely.Point(1, 2)]


def test_text_of_numbers_is_read():
    assert places([" 118.30", ""], ["+35", "1"]) == [shapely.Point(118.3, 35), None]


@pytest.mark.parametrize("cell", ["118°18′", "12,5", "NaN", "1e999", "x"])
def test_cell_that_is_no_number_is_named(cell):
    with pytest.raises(FormatError, match="row 2 of column 'x' is no coordinate"):
        places(["118", cell], ["35", "35"])


def test_column_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(FormatError, match="no column 'lon'") as refused:
        located(table([1], [2]), "lon", "y", in_degrees=True)
    assert "x, y, name" in refused.value.remedy_en


@pytest.mark.parametrize(
    ("x", "y", "in_degrees"),
    [([35.0], [118.3], True), ([3_872_200], [39_618_700], False), ([3_872_200], [618_700], False)],
    ids=["latitude first", "northing first, with zone", "northing first"],
)
def test_columns_the_other_way_round_are_refused(x, y, in_degrees):
    with pytest.raises(FormatError, match="is no easting"):
        places(x, y, in_degrees=in_degrees)


def test_eastings_and_northings_of_china_are_taken():
    assert places([39_618_700], [3_872_200], in_degrees=False) == [shapely.Point(39_618_700, 3_872_200)]


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["id", "Long", "lat"], ("Long", "lat")), (["经度", "纬度"], ("经度", "纬度")),
        (["x", "name"], None), ([], None),
    ],
)  # fmt: skip
def test_columns_that_look_like_coordinates(names, hint):
    assert likely(names) == hint
