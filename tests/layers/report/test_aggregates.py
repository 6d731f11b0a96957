"""What do recipes make of a table that can be worked out by hand, on either engine?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from layers.report.derived import Verdict
from layers.store import Store, open_store
from tests.layers.report.hand_made import catalogue, fill, given, value
from tests.services import postgis_schema

COUNT = {"aggregate": "count"}
THIS_YEAR = {"time": "DAY"}


@pytest.fixture(scope="module", params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def calls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    def opened(url: str) -> Iterator[Store]:
        with open_store(url, catalogue()) as store:
            fill(store)
            yield store

    if request.param == "geopackage":
        path: Path = tmp_path_factory.mktemp("calls") / "calls.gpkg"
        yield from opened(str(path))
    else:
        with postgis_schema() as url:
            yield from opened(url)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2024", 4), ("2024-01/2024-06", 2), ("2024-07/2024-12", 2), ("2024-02/2024-05", 0), ("2024-06", 1),
        ("2023", 4), ("2023-12/2024-01", 2), ("2023/2025", 9),
    ],
)  # fmt: skip
def test_a_count_within_the_period_of_the_figure(calls: Store, period: str, expected: int) -> None:
    assert value(calls, COUNT | THIS_YEAR, period=period) == expected


def test_without_time_every_feature_counts(calls: Store) -> None:
    assert value(calls, COUNT) == 10


def test_a_sum_leaves_missing_values_out(calls: Store) -> None:
    # 4 + 2 + 3
    assert value(calls, {**THIS_YEAR, "aggregate": "sum", "field": "PERSONS"}, "person_time") == 9


# costs: 4.99, 5.00, 50.00, 50.01, 60.00, and five without
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"at_least": 5}, 4), ({"over": 5}, 3), ({"below": 5}, 1), ({"at_most": 5}, 2),
        ({"at_least": 5, "below": 50.01}, 2), ({"over": 60}, 0), ({"at_least": 0}, 5),
    ],
)  # fmt: skip
def test_a_range_of_numbers(calls: Store, wanted: dict[str, Any], expected: int) -> None:
    assert value(calls, {**COUNT, "filter": {"COST": wanted}}) == expected


def test_a_rate_by_number(calls: Store) -> None:
    # 2 of 4
    assert value(calls, {**THIS_YEAR, "aggregate": "rate", "part": {"DONE": "1"}}, "percent") == 50


def test_a_rate_by_the_sum_of_a_field(calls: Store) -> None:
    # 4 + 2 of 4 + 2 + 3 persons
    recipe = {**THIS_YEAR, "aggregate": "rate", "part": {"DONE": "1"}, "field": "PERSONS"}
    assert value(calls, recipe, "percent") == Fraction(200, 3)


def test_a_rate_of_those_within_a_range(calls: Store) -> None:
    # 5.00 and 50.00 of 2024's four
    recipe = {**THIS_YEAR, "aggregate": "rate", "part": {"COST": {"at_least": 5}}}
    assert value(calls, recipe, "percent") == 50


def test_the_number_of_different_values(calls: Store) -> None:
    assert value(calls, {**THIS_YEAR, "aggregate": "distinct", "field": "KIND"}) == 2
    assert value(calls, {"aggregate": "distinct", "field": "KIND"}) == 3


def test_missing_values_are_no_value_of_their_own(calls: Store) -> None:
    # 4, 2, 3
    assert value(calls, {**THIS_YEAR, "aggregate": "distinct", "field": "PERSONS"}) == 3


def test_a_ratio_for_each_feature(calls: Store) -> None:
    # 9 persons in 4 calls
    recipe = {**THIS_YEAR, "aggregate": "ratio", "field": "PERSONS"}
    assert value(calls, recipe, "person_time") == Fraction(9, 4)


def test_a_ratio_of_two_sums(calls: Store) -> None:
    # 59.99 wan yuan for 9 persons
    recipe = {**THIS_YEAR, "aggregate": "ratio", "field": "COST", "per": "PERSONS", "unit": "wan_yuan"}
    assert value(calls, recipe, "wan_yuan") == Fraction(5999, 900)


@pytest.mark.parametrize(
    ("recipe", "period", "percent"),
    [
        ({}, "2024", 0),  # 4 after 4
        ({"filter": {"KIND": "a"}}, "2024", -50),  # 2 after 4
        ({"filter": {"KIND": "a"}}, "2024-01/2024-06", 0),  # 2 after 2
        ({"field": "PERSONS"}, "2024", Fraction(25, 2)),  # 9 after 8
    ],
)
def test_growth_on_the_same_period_a_year_before(
    calls: Store, recipe: dict[str, Any], period: str, percent: int
) -> None:
    assert value(calls, {**THIS_YEAR, "aggregate": "growth", **recipe}, "percent", period=period) == percent


def test_a_fall_is_positive_where_the_figure_is_one(calls: Store) -> None:
    recipe = {**THIS_YEAR, "aggregate": "growth", "filter": {"KIND": "a"}}
    assert value(calls, recipe, "percent", change="down") == 50


def test_growth_stands_on_the_features_of_both_years(calls: Store) -> None:
    found = given(calls, {**THIS_YEAR, "aggregate": "growth"}, "percent")
    assert [len(source.fids) for source in found.sources] == [8]


@pytest.mark.parametrize(
    "recipe",
    [
        {**THIS_YEAR, "aggregate": "growth", "filter": {"KIND": "b"}},
        {"aggregate": "rate", "part": {"DONE": "1"}, "filter": {"KIND": "z"}},
        {"aggregate": "rate", "part": {"DONE": "1"}, "field": "COST", "filter": {"KIND": "b"}, "time": "DAY"},
        {"aggregate": "ratio", "field": "COST", "filter": {"KIND": "z"}},
        {"aggregate": "ratio", "field": "COST", "per": "PERSONS", "unit": "wan_yuan", "filter": {"KIND": "z"}},
    ],
)
def test_nothing_to_divide_by_is_said(calls: Store, recipe: dict[str, Any]) -> None:
    period = "2023" if recipe.get("field") == "COST" else "2024"
    found = given(calls, recipe, "wan_yuan" if recipe["aggregate"] == "ratio" else "percent", period=period)
    assert (found.verdict, found.value) == (Verdict.FAILED, None)
    assert found.problem is not None
    assert "to divide by" in found.problem.en
    assert found.problem.place == "a.b"


def test_a_period_that_cannot_be_read_fails_with_its_place(calls: Store) -> None:
    found = given(calls, COUNT | THIS_YEAR, period="spring")
    assert found.problem is not None
    assert "'spring'" in found.problem.en
    assert found.problem.place == "a.b"


@pytest.mark.parametrize(
    ("recipe", "zh", "en"),
    [
        (
            {**COUNT, **THIS_YEAR, "filter": {"COST": {"at_least": 5, "below": 50}}},
            "图层“来电”中费用不低于5万元且不足50万元、日期在2024年的要素：要素个数，单位个。",
            "Features of “Calls” with Cost at least 5 (10 000 yuan) and below 50 (10 000 yuan) and Day in 2024: how "
            "many there are, in items.",
        ),
        (
            {"aggregate": "distinct", "field": "KIND"},
            "图层“来电”的全部要素：“类别”不同取值的个数，单位个。",
            "Features of “Calls”: how many different values of “Kind” there are, in items.",
        ),
        (
            {"aggregate": "ratio", "field": "PERSONS"},
            "图层“来电”的全部要素：平均每个要素的“人次”，单位个。",
            "Features of “Calls”: “Persons” for each of them, on average, in items.",
        ),
        (
            {"aggregate": "ratio", "field": "PERSONS", "per": "PERSONS"},
            "图层“来电”的全部要素：“人次”之和除以“人次”之和，单位个。",
            "Features of “Calls”: sum of “Persons” divided by that of “Persons”, in items.",
        ),
    ],
)
def test_recipes_in_words(calls: Store, recipe: dict[str, Any], zh: str, en: str) -> None:
    words = given(calls, recipe).words
    assert (words.zh, words.en) == (zh, en)


def test_shares_and_changes_in_words(calls: Store) -> None:
    share = given(calls, {"aggregate": "rate", "part": {"DONE": "1"}, "field": "PERSONS"}, "percent").words
    assert share.zh == "图层“来电”的全部要素：其中办结为是的“人次”占比，单位%。"
    assert share.en == "Features of “Calls”: share of those with Done Yes, by “Persons”, in %."
    fall = given(calls, {**THIS_YEAR, "aggregate": "growth"}, "percent", change="down", period="2024-01/2024-06").words
    assert fall.zh == "图层“来电”中日期在2024年1—6月的要素：个数比上年同期的降幅，单位%。"
    assert "fall of their number on the same period a year before" in fall.en
