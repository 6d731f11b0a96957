"""Is the land-use layer a coverage, and do the divisions and fields nest?"""

from __future__ import annotations

import csv
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
import shapely

from layers.codes import code_list
from tests.data.conftest import Sample

ROOT = Path(__file__).resolve().parents[2]
VILLAGES = ROOT.parent / "shared" / "data" / "division_codes" / "gaodu_371311007_villages.csv"
LEAST_M2 = {"农用地": 400, "建设用地": 200, "未利用地": 600}
"""Minimum mapping areas, standards.md 5.1."""


def groups() -> dict[str, str]:
    with (ROOT / "data" / "codes" / "land_use.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["group"] for row in csv.DictReader(file)}


def test_there_are_at_least_6000_parcels(sample: Sample) -> None:
    assert len(sample.shapes("land_use")) >= 6000


@pytest.mark.parametrize("layer", ["land_use", "villages", "grids", "industrial_cluster", "farmland_protection"])
def test_neighbours_share_every_vertex_and_nothing_overlaps(sample: Sample, layer: str) -> None:
    assert bool(shapely.coverage_is_valid(sample.shapes(layer)))


@pytest.mark.parametrize("layer", ["land_use", "villages", "grids"])
def test_there_is_no_gap(sample: Sample, layer: str) -> None:
    shapes = sample.shapes(layer)
    assert bool(shapely.coverage_is_valid(shapes, gap_width=0.1))
    union = shapely.coverage_union_all(shapes)
    assert (union.geom_type, len(union.interiors)) == ("Polygon", 0)
    assert shapely.equals(union, sample.shapes("township")[0])


def test_the_township_has_the_area_of_its_parcels(sample: Sample) -> None:
    # 9,000 parcels, each rounded to 0.01 m2: the sum of the round-off stays below 1 m2 of 39 km2
    whole = sample.areas_m2("township").sum()
    assert sample.areas_m2("land_use").sum() == pytest.approx(whole, abs=1)
    assert 35e6 < whole < 45e6


@pytest.mark.parametrize(("inner", "outer"), [("land_use", "grids"), ("grids", "villages"), ("villages", "township")])
def test_each_lies_in_one(sample: Sample, inner: str, outer: str) -> None:
    shapes = sample.shapes(inner)
    which, _ = shapely.STRtree(sample.shapes(outer)).query(shapes, predicate="covered_by")
    assert np.array_equal(np.sort(which), np.arange(len(shapes)))


def test_villages_are_the_twelve_of_the_sub_district(sample: Sample) -> None:
    if not VILLAGES.exists():
        pytest.skip("the list of divisions is not in this checkout")
    with VILLAGES.open(encoding="utf-8", newline="") as file:
        real = {row["code"]: row["name"].removesuffix("村民委员会") for row in csv.DictReader(file)}
    assert dict(zip(*(sample.column("villages", f) for f in ("XZQDM", "XZQMC")), strict=True)) == real


def test_there_are_46_grid_cells_and_every_village_has_some(sample: Sample) -> None:
    counts = Counter(sample.column("grids", "XZQDM"))
    assert (sum(counts.values()), len(counts)) == (46, 12)


def test_surveyed_area_of_a_village_is_the_sum_of_its_parcels(sample: Sample) -> None:
    sums: Counter[str] = Counter()
    for unit, area in zip(*(sample.column("land_use", f) for f in ("ZLDWDM", "TBMJ")), strict=True):
        sums[unit[:12]] += area
    assert dict(sums) == dict(zip(*(sample.column("villages", f) for f in ("XZQDM", "DCMJ")), strict=True))
    assert sum(sums.values()) == sample.column("township", "DCMJ")[0]


def test_stated_areas_are_the_official_ones(sample: Sample) -> None:
    stated = np.array(sample.column("land_use", "TBMJ"), dtype=float)
    assert np.array_equal(stated, sample.areas_m2("land_use"))


def test_deducted_area_is_share_times_area_and_the_rest_remains(sample: Sample) -> None:
    fields = ("DLBM", "TBMJ", "KCXS", "KCMJ", "TBDLMJ", "KCDLBM")
    for code, area, share, less, rest, what in zip(*(sample.column("land_use", f) for f in fields), strict=True):
        assert (share is not None) == code.startswith("01")
        assert rest == area - (less or 0)
        assert less is None or less == (area * share).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert (what == "1203") == bool(share)


def test_names_of_land_uses_are_those_of_the_codes(sample: Sample) -> None:
    names = {code: entry.name_zh for code, entry in code_list("land_use").items()}
    assert all(
        names[code] == name
        for code, name in zip(*(sample.column("land_use", f) for f in ("DLBM", "DLMC")), strict=True)
    )


def test_no_parcel_is_below_its_minimum_mapping_area(sample: Sample) -> None:
    least = np.array([LEAST_M2[groups()[code]] for code in sample.column("land_use", "DLBM")])
    assert bool((sample.areas_m2("land_use") >= least).all())


def test_some_parcels_have_holes_and_the_holes_are_parcels(sample: Sample) -> None:
    shapes = sample.shapes("land_use")
    assert (shapely.get_num_interior_rings(shapes) > 0).sum() > 20


def test_the_land_looks_like_a_township(sample: Sample) -> None:
    codes = Counter(sample.column("land_use", "DLBM"))
    wanted = {"0101", "0102", "0103", "0201", "0601", "0702", "1003", "1006", "1101", "1104", "1107", "1203"}
    assert wanted <= set(codes)


def test_contracted_parcels_lie_within_one_cultivated_parcel(sample: Sample) -> None:
    codes = np.array(sample.column("land_use", "DLBM"))
    fields = np.flatnonzero(np.char.startswith(codes.astype(str), "01"))
    shapes = sample.shapes("contracted_parcels")
    parcel, field = shapely.STRtree(sample.shapes("land_use")[fields]).query(shapes, predicate="within")
    assert np.array_equal(np.sort(parcel), np.arange(len(shapes)))
    uses = dict(zip(("0101", "0102", "0103"), ("011", "012", "013"), strict=True))
    stated = np.array(sample.column("contracted_parcels", "TDLYLX"))
    assert all(stated[p] == uses[str(codes[fields[f]])] for p, f in zip(parcel, field, strict=True))


def test_contracted_parcels_do_not_meet(sample: Sample) -> None:
    shapes = sample.shapes("contracted_parcels")
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert bool((one == other).all())


def test_contracted_areas_are_planar_in_m2_and_mu(sample: Sample) -> None:
    m2 = sample.column("contracted_parcels", "SCMJ")
    assert np.array_equal(np.array(m2, dtype=float), sample.areas_m2("contracted_parcels", "planar"))
    # 1 mu is 2000/3 m2
    mu = [(area * 3 / 2000).quantize(Decimal("0.01"), ROUND_HALF_UP) for area in m2]
    assert mu == sample.column("contracted_parcels", "SCMJM")


def test_protected_parcels_are_land_use_parcels(sample: Sample) -> None:
    parcels = {shape.wkb for shape in sample.shapes("land_use")}
    for layer in ("farmland_protection", "paddy_transfer", "idle_land"):
        assert {shape.wkb for shape in sample.shapes(layer)} <= parcels
