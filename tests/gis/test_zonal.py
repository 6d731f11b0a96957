from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gis import zonal
from gis.columns import GeometryColumns
from gis.errors import CrsError, GeometryError, GisError, RasterError
from gis.raster import ArrayCells, CellWindow, Grid, Raster
from gis.soundness import valid_shapes
from gis.zonal import group_quantiles, zonal_statistics
from tests.gis.grids import EPSG, cells, grid, place, write
from tests.gis.zoo import LINES, POLYGONS

NINE = cells(np.arange(1.0, 10.0).reshape(3, 3))
"""1 2 3 / 4 5 6 / 7 8 9 in cells of 10 m."""


def made_valid(shape):
    """What an invalid polygon covers, as the engine takes it."""
    return valid_shapes(np.array([shape], dtype=object))[0]


def zone(*corners):
    return shapely.Polygon(place(corners))


def square(west, north, side):
    return zone((west, north), (west + side, north), (west + side, north + side), (west, north + side))


def stats(zones, source=NINE, **options):
    return zonal_statistics(source, GeometryColumns.from_shapely(zones), EPSG, **options)


def test_square_half_a_cell_in_takes_quarters_and_halves():
    # from (5, 5) to (15, 15): a quarter each of 1, 2, 4 and 5
    found = stats([square(5, 5, 10)])
    assert (found.count[0], found.total[0], found.mean[0]) == (1, 3, 3)
    assert (found.minimum[0], found.maximum[0]) == (1, 5)
    assert found.deviation[0] == pytest.approx(np.sqrt((4 + 1 + 1 + 4) / 4))


def test_whole_grid_counts_every_cell_once():
    found = stats([square(0, 0, 30)])
    assert (found.count[0], found.total[0]) == (9, 45)


def test_triangle_takes_half_of_the_cells_on_its_diagonal():
    # below the diagonal: half of 1, 5 and 9; all of 4, 7 and 8
    found = stats([zone((0, 0), (30, 30), (0, 30))])
    assert (found.count[0], found.total[0]) == (4.5, 0.5 * 15 + 19)


def test_hole_is_left_out():
    ring = shapely.Polygon(
        place([(0, 0), (30, 0), (30, 30), (0, 30)]), [place([(10, 10), (20, 10), (20, 20), (10, 20)])]
    )
    assert stats([ring]).total[0] == 40


def test_parts_of_a_multipolygon_add_up():
    assert stats([shapely.MultiPolygon([square(0, 0, 10), square(20, 20, 10)])]).total[0] == 10


def test_outside_the_raster_is_left_out():
    assert stats([square(-100, -100, 110)]).total[0] == 1


def test_zone_beside_the_raster_has_no_number():
    found = stats([square(100, 100, 10), None, POLYGONS["empty"]])
    assert found.count.tolist() == [0, 0, 0]
    assert np.isnan([found.total, found.mean, found.minimum, found.maximum, found.deviation]).all()


def test_cells_without_data_are_left_out():
    source = cells([[1.0, np.nan], [-9999.0, np.inf]], nodata=-9999)
    found = stats([square(0, 0, 20)], source)
    assert (found.count[0], found.total[0]) == (1, 1)


def test_covered_area_is_in_square_metres():
    assert stats([square(5, 5, 10)]).covered_m2[0] == 100


def test_bow_tie_counts_both_lobes():
    # two triangles of 2.25 cells each, left and right
    found = stats([zone((0, 0), (30, 30), (30, 0), (0, 30))])
    assert found.count[0] == pytest.approx(4.5)


def test_overlapping_parts_count_once():
    assert stats([shapely.MultiPolygon([square(0, 0, 20), square(10, 10, 20)])]).count[0] == 7


@pytest.mark.parametrize("window_cells", [1, 2, 7, 100])
def test_windows_of_any_size_give_the_same(window_cells):
    values = np.random.default_rng(1).random((40, 50))
    source = ArrayCells(grid(40, 50), values, block=(4, 4))
    zones = [square(3, 7, 333), zone((50, 50), (450, 380), (20, 390)), square(100, 100, 5)]
    whole, parts = (
        stats(zones, source, quantiles=[0.3]),
        stats(zones, source, quantiles=[0.3], window_cells=window_cells),
    )
    for name in ("count", "total", "mean", "minimum", "maximum", "deviation"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-9)
    np.testing.assert_allclose(parts.quantiles[0.3], whole.quantiles[0.3], rtol=1e-9)


def test_only_windows_with_a_zone_are_read():
    class Counting(ArrayCells):
        reads: list[CellWindow] = []  # noqa: RUF012

        def read(self, window):
            self.reads.append(window)
            return super().read(window)

    source = Counting(grid(1000, 1000), np.ones((1000, 1000)), block=(10, 10))
    stats([square(55, 55, 30), square(9000, 9000, 30)], source, window_cells=100)
    assert sum(w.rows * w.columns for w in source.reads) == 16 + 9  # 5.5 to 8.5 is 4 cells, 900 to 903 is 3


def test_large_offset_does_not_spoil_the_deviation():
    found = stats([square(0, 0, 30)], cells(1e9 + np.arange(1.0, 10.0).reshape(3, 3)))
    assert found.deviation[0] == pytest.approx(np.std(np.arange(1, 10)), rel=1e-9)


@pytest.mark.parametrize(("q", "expected"), [(0, 1), (0.25, 3), (0.5, 5), (1, 9)])
def test_quantiles_of_whole_cells_are_the_usual_ones(q, expected):
    assert stats([square(0, 0, 30)], quantiles=[q]).quantiles[q][0] == expected


def test_quantiles_in_batches_give_the_same(monkeypatch):
    source = cells(np.random.default_rng(2).random((30, 30)))
    zones = [square(x, y, 70) for x in range(0, 240, 30) for y in range(0, 240, 30)]
    whole = stats(zones, source, quantiles=[0.1, 0.9])
    monkeypatch.setattr(zonal, "HELD_CELLS", 100)
    parts = stats(zones, source, quantiles=[0.1, 0.9])
    assert all((whole.quantiles[q] == parts.quantiles[q]).all() for q in (0.1, 0.9))


def test_zone_too_large_for_quantiles_is_refused(monkeypatch):
    monkeypatch.setattr(zonal, "MAX_HELD_CELLS", 8)
    with pytest.raises(RasterError, match="9 cells"):
        stats([square(0, 0, 30)], quantiles=[0.5])


@pytest.mark.parametrize("q", [-0.1, 1.1, np.nan])
def test_quantile_outside_0_to_1_is_refused(q):
    with pytest.raises(GisError, match="0 to 1"):
        stats([square(0, 0, 30)], quantiles=[q])


def test_quantiles_of_zones_together_are_of_all_their_cells():
    columns = GeometryColumns.from_shapely([square(0, 0, 10), square(20, 20, 10), square(10, 10, 10)])
    # the first cell, 1, and the last, 9, together: halfway 5; the middle one by itself: 5
    found = group_quantiles(NINE, columns, EPSG, np.array([0, 0, 1]), [0.0, 0.5, 1.0])
    assert found.tolist() == [[1, 5, 9], [5, 5, 5]]


def test_a_group_without_cells_has_no_quantiles():
    columns = GeometryColumns.from_shapely([square(500, 500, 10)])
    assert np.isnan(group_quantiles(NINE, columns, EPSG, np.array([0]), [0.5])).all()


def test_a_group_too_large_for_quantiles_is_refused(monkeypatch):
    monkeypatch.setattr(zonal, "MAX_HELD_CELLS", 8)
    columns = GeometryColumns.from_shapely([square(0, 0, 30)])
    with pytest.raises(RasterError, match="9 cells"):
        group_quantiles(NINE, columns, EPSG, np.array([0]), [0.5])


def test_zones_in_another_crs_are_refused():
    with pytest.raises(CrsError, match="EPSG:4326"):
        zonal_statistics(NINE, GeometryColumns.from_shapely([square(0, 0, 10)]), 4326)


def test_raster_without_crs_is_refused():
    nowhere = ArrayCells(Grid(3, 3, grid(3, 3).transform, None), NINE.values)
    with pytest.raises(RasterError, match="no CRS"):
        stats([square(0, 0, 10)], nowhere)


def test_lines_are_refused():
    with pytest.raises(GeometryError, match="polygons"):
        stats([LINES["line"]])


def test_huge_coordinates_are_refused():
    with pytest.raises(GeometryError, match="Feature 0"):
        stats([POLYGONS["huge_coordinates"]])


@pytest.mark.parametrize("name", [n for n, g in POLYGONS.items() if n != "huge_coordinates" and g is not None])
def test_zoo_covers_its_area(name):
    shape = POLYGONS[name]
    moved = shapely.transform(shape, lambda p: place(p + 30))
    found = stats([moved], cells(np.ones((20, 20))))
    valid = made_valid(shape)
    assert found.covered_m2[0] == pytest.approx(valid.area, abs=1e-6)


EIGHTHS = st.integers(-40, 280).map(lambda v: v / 8)
"""In cells: multiples of an eighth, so that shared borders with cells are hit often and sums are exact."""


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(EIGHTHS, EIGHTHS), min_size=3, max_size=12), st.integers(0, 9))
def test_random_polygons_agree_with_exactextract(corners, seed):
    shape = made_valid(shapely.Polygon(corners))
    assume(shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty)
    # all differ: exactextract takes equal values as one, so that its median of 1, 1, 1, 3 is 2
    values = np.random.default_rng(seed).permutation(np.arange(900.0)).reshape(30, 30)
    values[values < 50] = np.nan
    placed = shapely.transform(shape, lambda p: place(p * 10))
    found = stats([placed], cells(values), quantiles=[0.5])
    feature = {"type": "Feature", "geometry": shapely.geometry.mapping(shapely.transform(shape, lambda p: p * [1, -1]))}
    oracle = NumPyRasterSource(values, xmin=0, ymin=-30, xmax=30, ymax=0, nodata=np.nan)
    wanted = exact_extract(oracle, feature, ["count", "sum", "mean", "stdev", "median"])[0]["properties"]
    # exactextract holds covered shares as float32
    assert found.count[0] == pytest.approx(wanted["count"], rel=1e-5, abs=1e-5)
    if wanted["count"] > 1e-3:
        assert found.total[0] == pytest.approx(wanted["sum"], rel=1e-5)
        assert found.mean[0] == pytest.approx(wanted["mean"], rel=1e-5)
        assert found.deviation[0] == pytest.approx(wanted["stdev"], rel=1e-3, abs=0.1)
        assert found.quantiles[0.5][0] == pytest.approx(wanted["median"], rel=1e-3, abs=0.1)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.floats(-50, 350), st.floats(-50, 350)), min_size=3, max_size=12))
def test_covered_area_is_that_of_the_polygon_in_the_raster(corners):
    shape = made_valid(zone(*corners))
    found = stats([zone(*corners)], cells(np.ones((30, 30))))
    inside = shapely.intersection(shape, square(0, 0, 300)).area
    assert found.covered_m2[0] == pytest.approx(inside, rel=1e-6, abs=1e-4)


def test_polygon_of_a_million_vertices():
    angle = np.linspace(0, 2 * np.pi, 1_000_000)
    circle = zone(*np.column_stack([150 + 100 * np.cos(angle), 150 + 100 * np.sin(angle)]))
    assert stats([circle], cells(np.ones((30, 30)))).covered_m2[0] == pytest.approx(np.pi * 100**2, rel=1e-9)


def test_ten_thousand_holes():
    holes = [
        place([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]) for x in range(1, 300, 3) for y in range(1, 300, 3)
    ]
    pierced = shapely.Polygon(place([(0, 0), (300, 0), (300, 300), (0, 300)]), holes)
    assert stats([pierced], cells(np.ones((30, 30)))).covered_m2[0] == pytest.approx(300**2 - 10_000)


def test_file_read_by_windows_of_its_blocks(tmp_path):
    values = np.random.default_rng(3).random((1, 200, 300)).astype(np.float32)
    path = write(tmp_path / "a.tif", values, tiled=True, blockxsize=64, blockysize=64, compress="deflate")
    with Raster(path) as raster:
        found = stats([square(0, 0, 2000)], raster.band(1), window_cells=5000)
    assert found.total[0] == pytest.approx(values[0, :200, :200].sum(dtype=float))


def test_real_elevation_in_strips_adds_up(shared_data):
    with Raster(shared_data / "dem_dsm_dtm" / "dtm.tif") as raster:
        west, south, east, north = raster.grid.bounds
        steps = np.linspace(west, east, 8)
        strips = [shapely.box(a, south, b, north) for a, b in itertools.pairwise(steps)]
        found = zonal_statistics(raster.band(1), GeometryColumns.from_shapely(strips), 26918)
        values = raster.band(1).read(CellWindow(0, 0, raster.grid.rows, raster.grid.columns))
    assert found.count.sum() == pytest.approx(73_021)  # valid cells, as the data set's notes say
    assert found.total.sum() == pytest.approx(np.nansum(values, dtype=float))
