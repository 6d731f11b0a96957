"""Do the sample's totals equal the report's figures?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from shapely.geometry import mapping

from layers.report import read_report
from tests.data.conftest import Sample

VALLEY = "东高都花谷土地整理"


def figure(code: str) -> float:
    return float(next(each.value for each in read_report(2024).figures if each.code == code))


def valley(sample: Sample) -> NDArray[np.bool_]:
    return np.array([project == VALLEY for project in sample.column("farmland_protection", "XMMC")])


def cents(areas: NDArray[np.float64]) -> int:
    return int(np.rint(areas * 100).astype(np.int64).sum())


def independent_m2(shape: Any) -> float:
    """The area of a polygon without hole by the trapezoid series of the standard, with PROJ for the coordinates.

    standards.md 1.2 with the coefficients computed there; edges cut every 70 m; nothing rounded.
    """
    ring = shapely.get_coordinates(shapely.segmentize(shape.exterior, 70))
    to_degrees = pyproj.Transformer.from_crs(4527, 4490, always_xy=True)
    lon, lat = (np.radians(part) for part in to_degrees.transform(*ring.T))
    d_lat, mean_lat = np.diff(lat), (lat[1:] + lat[:-1]) / 2
    d_lon = (lon[1:] + lon[:-1]) / 2 - np.radians(117)
    series = (1.0033640898341927, -0.0011241893819271072, 1.6994594735188535e-06, -2.717857845577432e-09, 4.358419e-12)
    terms = (c * np.sin(n * d_lat / 2) * np.cos(n * mean_lat) for c, n in zip(series, (1, 3, 5, 7, 9), strict=True))
    return abs(float((2 * 6356752.314140356**2 * d_lon * sum(terms)).sum()))


def test_idle_land_is_1570_mu(sample: Sample) -> None:
    # 1570 mu x 2000/3 m2 = 1,046,666.67 m2
    assert figure("land.idle_revitalised") == 1570
    assert cents(sample.areas_m2("idle_land")) == 104_666_667


def test_all_idle_land_is_revitalised(sample: Sample) -> None:
    assert set(sample.column("idle_land", "ZT")) == {"3"}


def test_idle_land_lies_in_the_industrial_cluster(sample: Sample) -> None:
    plots = sample.shapes("idle_land")
    which, _ = shapely.STRtree(sample.shapes("industrial_cluster")).query(plots, predicate="covered_by")
    assert np.array_equal(np.sort(which), np.arange(len(plots)))


def test_flower_valley_is_1080_mu(sample: Sample) -> None:
    # 1080 mu x 2000/3 m2 = 720,000 m2
    assert figure("flower_valley.area") == 1080
    assert cents(sample.areas_m2("farmland_protection")[valley(sample)]) == 72_000_000


def test_flower_valley_lies_in_its_village(sample: Sample) -> None:
    names = np.array(sample.column("farmland_protection", "XZQMC"))
    assert set(names[valley(sample)]) == {"东高都村"}


def test_transferred_paddy_is_2500_mu_and_a_little(sample: Sample) -> None:
    mu = sample.areas_m2("paddy_transfer").sum() * 0.0015
    assert figure("paddy.transferred") < mu < 2600


@pytest.mark.parametrize(("layer", "total_m2"), [("idle_land", 1_046_666.67), ("farmland_protection", 720_000.0)])
def test_totals_agree_with_the_formula_written_out_anew(sample: Sample, layer: str, total_m2: float) -> None:
    shapes = sample.shapes(layer)[valley(sample)] if layer == "farmland_protection" else sample.shapes(layer)
    holes = sum(independent_m2(shapely.Polygon(ring)) for shape in shapes for ring in shape.interiors)
    assert sum(map(independent_m2, shapes)) - holes == pytest.approx(total_m2, abs=1)


def test_output_is_2_4_million_jin(sample: Sample) -> None:
    # 240 wan jin
    assert figure("paddy.output") == 240
    assert sum(sample.column("paddy_transfer", "CL")) == 2_400_000


def test_output_per_mu_is_plausible(sample: Sample) -> None:
    # standards.md 6: warn outside 600 to 1500 jin a mu
    per_mu = np.array(sample.column("paddy_transfer", "CL")) / (sample.areas_m2("paddy_transfer") * 0.0015)
    assert 600 < per_mu.min() < per_mu.max() < 1500


def test_output_is_that_of_the_yield_raster(sample: Sample) -> None:
    # exact coverage by another programme: kg/ha x 0.01 ha a cell x 2 jin a kg
    values, transform, nodata = sample.raster("yield_2024")
    height, width = values.shape
    west, north = transform.c, transform.f
    raster = NumPyRasterSource(values, west, north - 10 * height, west + 10 * width, north, nodata=nodata)
    features = [{"type": "Feature", "geometry": mapping(shape)} for shape in sample.shapes("paddy_transfer")]
    sums = [row["properties"]["sum"] for row in exact_extract(raster, features, "sum")]
    jin = np.array(sums) * 0.01 * 2
    assert np.abs(jin - np.array(sample.column("paddy_transfer", "CL"))).max() < 1.01
    assert jin.sum() == pytest.approx(2_400_000, abs=2)


def test_every_cell_that_a_paddy_touches_has_a_yield(sample: Sample) -> None:
    values, transform, nodata = sample.raster("yield_2024")
    rows, columns = np.nonzero(values == nodata)
    cells = shapely.box(*cell_bounds(transform, rows, columns))
    area = shapely.union_all(sample.shapes("paddy_transfer"))
    shapely.prepare(area)
    assert not shapely.relate_pattern(cells, area, "T********").any()


def cell_bounds(transform: Any, rows: Any, columns: Any) -> tuple[Any, Any, Any, Any]:
    west, north = transform.c + transform.a * columns, transform.f + transform.e * rows
    return west, north + transform.e, west + transform.a, north


def test_transferred_and_contract_areas_agree(sample: Sample) -> None:
    stated = np.array(sample.column("paddy_transfer", "LZMJ"), dtype=float)
    assert np.array_equal(stated, sample.areas_m2("paddy_transfer"))


def test_fields_of_a_contract_are_counted(sample: Sample) -> None:
    contracts = sample.column("paddy_transfer", "LZHTBM")
    assert all(
        contracts.count(c) == n for c, n in zip(contracts, sample.column("paddy_transfer", "LZDKS"), strict=True)
    )


def test_earthwork_is_145000_m3_of_cut_and_no_fill(sample: Sample) -> None:
    # 14.5 wan m3; heights are multiples of 1/1024 m, cells of 25 m2, so the sum is exact
    before, transform, _ = sample.raster("elevation_before")
    after, _, _ = sample.raster("elevation_after")
    assert transform.a == 5
    assert (before >= after).all()
    assert (before - after).sum() * 25 == 145_000


def test_only_cells_inside_the_flower_valley_change(sample: Sample) -> None:
    before, transform, _ = sample.raster("elevation_before")
    after, _, _ = sample.raster("elevation_after")
    rows, columns = np.nonzero(before != after)
    area = shapely.union_all(sample.shapes("farmland_protection")[valley(sample)])
    shapely.prepare(area)
    assert bool(shapely.covers(area, shapely.box(*cell_bounds(transform, rows, columns))).all())


def test_elevation_models_have_one_grid_on_whole_cells(sample: Sample) -> None:
    (before, one, _), (after, other, _) = sample.raster("elevation_before"), sample.raster("elevation_after")
    assert (before.shape, one) == (after.shape, other)
    assert (one.c % 5, one.f % 5) == (0, 0)


def test_seven_of_nineteen_enterprises_lie_in_the_relocation_area(sample: Sample) -> None:
    inside = shapely.contains(sample.shapes("relocation_area")[0], sample.shapes("enterprises"))
    assert (len(inside), int(inside.sum())) == (19, 7)
    assert [flag == "1" for flag in sample.column("enterprises", "SFBQ")] == inside.tolist()


def test_eight_enterprises_entered_in_2024(sample: Sample) -> None:
    assert sample.column("enterprises", "SGNF").count(2024) == figure("industry.enterprises_entered") == 8


def test_seventeen_clinics_cost_400000_yuan(sample: Sample) -> None:
    amounts = sample.column("clinics", "TZJE")
    assert (len(amounts), sum(amounts)) == (17, 40)


@pytest.mark.parametrize(
    "layer",
    ["enterprises", "clinics", "projects", "investment_projects", "water_supply", "village_income", "work_orders",
     "grid_requests", "disputes", "petitions", "hazards", "inspections"],
)  # fmt: skip
def test_points_lie_in_the_village_they_name(sample: Sample, layer: str) -> None:
    points, villages = sample.shapes(layer), sample.column("villages", "XZQMC")
    point, village = shapely.STRtree(sample.shapes("villages")).query(points, predicate="within")
    assert np.array_equal(np.sort(point), np.arange(len(points)))
    names = sample.column(layer, "XZQMC")
    assert all(names[p] == villages[v] for p, v in zip(point, village, strict=True))
