"""Do the sample's registers hold records in the numbers that the report gives?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import shapely

from tests.data.conftest import Sample

Row = dict[str, Any]
REGISTERS = ("work_orders", "grid_requests", "disputes", "petitions", "hazards", "inspections", "water_supply")
BEGUN = {"work_orders": "SLRQ", "grid_requests": "SJRQ", "disputes": "SJRQ", "petitions": "DJRQ", "hazards": "FXRQ"}
ENDED = {layer: "ZGRQ" if layer == "hazards" else "BJRQ" for layer in BEGUN}


def count(sample: Sample, layer: str, what: Callable[[Row], object]) -> int:
    return sum(1 for row in sample.table(layer).drop_columns(["geom"]).to_pylist() if what(row))


def orders(row: Row) -> bool:
    return bool(row["SLRQ"].year == 2024)


# 3494 / 3523 = 99.177 %, 3443 / 3523 = 97.729 %, 3457 / 3523 = 98.127 %: the numbers next to the percentages printed
@pytest.mark.parametrize(("field", "yes"), [("SFXY", 3494), ("SFJJ", 3443), ("SFMY", 3457)])
def test_orders_of_2024_are_3523(sample: Sample, field: str, yes: int) -> None:
    assert count(sample, "work_orders", orders) == 3523
    assert count(sample, "work_orders", lambda row: orders(row) and row[field] == "1") == yes


@pytest.mark.parametrize(("category", "number"), [("01", 1237), ("02", 1164), ("03", 413), ("04", 46)])
def test_orders_by_category(sample: Sample, category: str, number: int) -> None:
    assert count(sample, "work_orders", lambda row: orders(row) and row["GDLB"] == category) == number


def test_no_other_number_of_orders_is_nearer_to_a_printed_percentage() -> None:
    printed = {"99.17": 3494, "97.74": 3443, "98.14": 3457, "35.11": 1237, "33.03": 1164}
    for text, number in printed.items():
        off = {n: abs(Decimal(100 * n) / 3523 - Decimal(text)) for n in (number - 1, number, number + 1)}
        assert min(off, key=lambda n: off[n]) == number


def test_property_orders_fell_by_a_fifth(sample: Sample) -> None:
    # 413 / 516 = 0.8004
    assert count(sample, "work_orders", lambda row: row["SLRQ"].year == 2023) == 516
    assert {row["GDLB"] for row in sample.table("work_orders").to_pylist() if row["SLRQ"].year == 2023} == {"03"}


def test_environmental_orders_are_all_settled(sample: Sample) -> None:
    assert count(sample, "work_orders", lambda row: row["GDLB"] == "04" and row["CLZT"] != "3") == 0


def test_visits_and_groups(sample: Sample) -> None:
    rows = [row for row in sample.table("petitions").to_pylist() if row["XFXS"] == "1" and row["DJRQ"].year == 2024]
    groups = [row["RC"] for row in rows if row["SFJT"] == "1"]
    assert (len(rows), sum(row["RC"] for row in rows), len(groups), sum(groups)) == (51, 69, 5, 20)


def test_first_petitions_fell_by_30_percent(sample: Sample) -> None:
    # 35 / 50 = 0.7
    years = Counter(row["DJRQ"].year for row in sample.table("petitions").to_pylist() if row["SFCX"] == "1")
    assert years == {2024: 35, 2023: 50}


def test_provincial_and_old_cases(sample: Sample) -> None:
    assert count(sample, "petitions", lambda row: row["XFXS"] == "4" and row["CLZT"] == "4") == 19
    states = Counter(row["CLZT"] for row in sample.table("petitions").to_pylist() if row["SFJA"] == "1")
    assert states == {"3": 8, "2": 1}


def test_disputes_settled_on_time_are_96_percent(sample: Sample) -> None:
    assert Counter(sample.column("disputes", "SFAS")) == {"1": 144, "2": 6}
    assert set(sample.column("disputes", "SFSL")) == {"1"}
    assert count(sample, "disputes", lambda row: row["JFLY"] == "1" and row["CLZT"] == "3") == 23


def test_hazards_are_1980_and_more_in_four_fields_all_put_right(sample: Sample) -> None:
    assert 1980 < len(sample.table("hazards")) < 1990
    assert set(sample.column("hazards", "YHLY")) == {"1", "2", "3", "4"}
    assert set(sample.column("hazards", "ZGZT")) == {"3"}


def test_two_sites_of_each_kind_are_closed_down(sample: Sample) -> None:
    closed = [row["XCDX"] for row in sample.table("inspections").to_pylist() if row["CZJG"] == "3"]
    assert Counter(closed) == {"1": 2, "2": 2}


def test_1047_households_and_six_estates_have_water(sample: Sample) -> None:
    assert sum(number or 0 for number in sample.column("water_supply", "XTHS")) == 1047
    assert Counter(sample.column("water_supply", "GSLX")) == {"1": 46, "2": 6}
    assert set(sample.column("water_supply", "SFTS")) == {"1"}


def test_village_incomes_stand_on_both_sides_of_the_thresholds(sample: Sample) -> None:
    rows = sample.table("village_income").to_pylist()
    villages = [row["SRJE"] for row in rows if row["CLX"] == "1"]
    hamlets = [row["SRJE"] for row in rows if row["CLX"] == "2"]
    assert (len(villages), sum(amount >= 50 for amount in villages)) == (12, 10)
    assert sum(amount < 5 for amount in hamlets) == 4


def test_the_class_of_income_is_that_of_the_amount(sample: Sample) -> None:
    for row in sample.table("village_income").to_pylist():
        assert int(row["SRFD"]) == 1 + sum(row["SRJE"] >= floor for floor in (5, 10, 50))


def test_funds_received_are_881_million(sample: Sample) -> None:
    # 8.81 yi yuan = 88,100 wan yuan; a large project is above 100,000 wan yuan
    assert (len(sample.table("investment_projects")), sum(sample.column("investment_projects", "DWZJ"))) == (26, 88_100)
    assert max(sample.column("investment_projects", "TZE")) < 100_000


@pytest.mark.parametrize("layer", BEGUN)
def test_nothing_ends_before_it_begins_or_after_the_year(sample: Sample, layer: str) -> None:
    for row in sample.table(layer).to_pylist():
        ended = row[ENDED[layer]]
        assert ended is None or row[BEGUN[layer]] <= ended <= date(2024, 12, 31)


@pytest.mark.parametrize("layer", [layer for layer in REGISTERS if layer != "petitions"])
def test_a_record_lies_in_the_grid_cell_it_names(sample: Sample, layer: str) -> None:
    point, cell = shapely.STRtree(sample.shapes("grids")).query(sample.shapes(layer), predicate="within")
    codes, named = sample.column("grids", "WGBM"), sample.column(layer, "WGBM")
    assert np.array_equal(np.sort(point), np.arange(len(named)))
    assert all(codes[c] == named[p] for p, c in zip(point, cell, strict=True))
