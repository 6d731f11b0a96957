"""Are recipes read, and mistakes in them named?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from layers.catalogue import load_catalogue
from layers.report import Figure, read_report
from layers.report.fitting import fit
from layers.report.recipes import Aggregate, RecipeError, Volume, recipe_of
from tests.layers.report.audit.made import figure

CATALOGUE = load_catalogue()
COUNT = {"layer": "grids", "aggregate": "count"}


def made(recipe: dict[str, Any], unit: str = "item") -> Figure:
    return Figure.model_validate(figure("a.b", 46, unit, recipe=recipe))


def fitted(recipe: dict[str, Any], unit: str = "item") -> str:
    found = made(recipe, unit)
    read = recipe_of(found, "x.toml:7")
    assert read is not None
    return fit(read, found, CATALOGUE, "x.toml:7")


@pytest.mark.parametrize("figure_", [f for f in read_report(2024).figures if f.recipe], ids=lambda f: f.code)
def test_every_recipe_of_the_report_fits_the_catalogue(figure_: Figure) -> None:
    recipe = recipe_of(figure_, "")
    assert recipe is not None
    fit(recipe, figure_, CATALOGUE, "")


def test_a_figure_without_recipe_has_none() -> None:
    assert recipe_of(Figure.model_validate(figure("a.b", 46)), "") is None


def test_all_keys_are_read() -> None:
    recipe = recipe_of(
        made(
            {
                "layer": "farmland_protection", "filter": {"SJNF": [2023, 2024]}, "aggregate": "earthwork",
                "inside": {"layer": "villages", "filter": {"XZQMC": "红日村"}, "relation": "touches"},
                "surfaces": {"before": "elevation_before", "after": "elevation_after", "volume": "cut"},
                "tolerance": "0.5", "as_of": date(2024, 12, 31), "method_zh": "法", "method_en": "way",
            }
        ),
        "",
    )  # fmt: skip
    assert recipe is not None
    assert (recipe.aggregate, recipe.tolerance) == (Aggregate.EARTHWORK, Decimal("0.5"))
    assert recipe.filter == {"SJNF": (2023, 2024)}
    assert recipe.surfaces is not None
    assert recipe.surfaces.volume is Volume.CUT


@pytest.mark.parametrize(
    ("recipe", "unit", "expected"),
    [
        (COUNT, "item", "item"),
        ({"layer": "grids", "aggregate": "area"}, "mu", "m2"),
        ({"layer": "clinics", "aggregate": "sum", "field": "TZJE"}, "yuan", "wan_yuan"),
        ({"layer": "paddy_transfer", "aggregate": "sum", "field": "CL", "unit": "kg"}, "t", "kg"),
        ({"layer": "enterprises", "aggregate": "rate", "part": {"SFBQ": "1"}}, "percent", "percent"),
        ({"layer": "work_orders", "aggregate": "growth", "time": "SLRQ"}, "percent", "percent"),
        ({"layer": "hazards", "aggregate": "distinct", "field": "YHLY"}, "item", "item"),
        ({"layer": "petitions", "aggregate": "ratio", "field": "RC"}, "person_time", "person_time"),
        ({"layer": "water_supply", "aggregate": "ratio", "field": "XTHS", "per": "ZHS"}, "item", "item"),
        (
            {"layer": "village_income", "aggregate": "ratio", "field": "SRJE", "per": "ND", "unit": "yuan"},
            "wan_yuan",
            "yuan",
        ),
    ],
)
def test_the_unit_of_the_result(recipe: dict[str, Any], unit: str, expected: str) -> None:
    assert fitted(recipe, unit) == expected


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"aggregate": "count"}, "layer"),
        ({**COUNT, "aggregate": "median"}, "aggregate"),
        ({**COUNT, "colour": "red"}, "colour"),
        ({**COUNT, "field": "WGBM"}, "'count' takes no field; 'sum', 'distinct', 'ratio', 'rate', 'growth' do"),
        ({"layer": "clinics", "aggregate": "sum"}, "'sum' needs field"),
        ({"layer": "clinics", "aggregate": "rate"}, "'rate' needs part"),
        ({**COUNT, "aggregate": "earthwork"}, "'earthwork' needs surfaces"),
        ({**COUNT, "per": "WGBM"}, "'count' takes no per; 'ratio' do"),
        ({"layer": "work_orders", "aggregate": "growth"}, "'growth' needs time"),
        ({**COUNT, "filter": {"WGBM": {}}}, "a range needs one of at_least, over, below, at_most"),
        ({**COUNT, "filter": {"WGBM": {"above": 3}}}, "above"),
        ({**COUNT, "filter": {"WGBM": []}}, "at least 1 item"),
        ({**COUNT, "filter": {"WGBM": {"below": float("nan")}}}, "finite"),
        ({**COUNT, "tolerance": "-1"}, "tolerance"),
        ({**COUNT, "tolerance": "much"}, "not a number"),
    ],
)
def test_a_recipe_with_wrong_keys_is_refused_with_its_place(recipe: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message) as caught:
        recipe_of(made(recipe), "x.toml:7")
    assert caught.value.place == "x.toml:7"
    assert "layer, filter" in caught.value.remedy_en


@pytest.mark.parametrize(
    ("recipe", "unit", "message", "remedy"),
    [
        ({**COUNT, "layer": "cells"}, "item", "no layer 'cells'", "grids"),
        ({**COUNT, "filter": {"NAME": "x"}}, "item", "no field 'NAME'", "WGBM"),
        ({"layer": "enterprises", "aggregate": "rate", "part": {"GONE": "1"}}, "percent", "no field 'GONE'", "SFBQ"),
        ({"layer": "clinics", "aggregate": "sum", "field": "GONE"}, "wan_yuan", "no field 'GONE'", "TZJE"),
        ({"layer": "clinics", "aggregate": "sum", "field": "WSSMC"}, "wan_yuan", "no numbers", "TZJE"),
        ({"layer": "clinics", "aggregate": "area"}, "mu", "no areas", ""),
        ({"layer": "clinics", "aggregate": "sum", "field": "TZJE"}, "mu", "cannot be converted", ""),
        ({**COUNT, "time": "GONE"}, "item", "no field 'GONE'", "WGBM"),
        ({"layer": "petitions", "aggregate": "count", "time": "RC"}, "item", "holds no dates", "DJRQ, BJRQ"),
        ({"layer": "hazards", "aggregate": "distinct", "field": "GONE"}, "item", "no field 'GONE'", "YHLY"),
        ({"layer": "petitions", "aggregate": "ratio", "field": "XFXS"}, "item", "no numbers", "RC"),
        ({"layer": "petitions", "aggregate": "ratio", "field": "RC", "per": "XFXS"}, "item", "no numbers", "RC"),
        (
            {"layer": "investment_projects", "aggregate": "ratio", "field": "DWZJ", "per": "TZE"},
            "item", "not said what unit", "unit in the recipe",
        ),
        ({"layer": "petitions", "aggregate": "growth", "time": "DJRQ", "field": "XFXS"}, "percent", "no numbers", "RC"),
        ({**COUNT, "filter": {"WGBM": {"over": 3}}}, "item", "no such range", "numbers for a field"),
        (
            {"layer": "petitions", "aggregate": "count", "filter": {"RC": {"over": date(2024, 1, 1)}}},
            "item", "no such range", "dates for one with dates",
        ),
        ({"layer": "petitions", "aggregate": "count", "time": "DJRQ"}, "mu", "cannot be converted", ""),
        ({**COUNT, "inside": {"layer": "clinics"}}, "item", "must hold polygons", ""),
        ({**COUNT, "inside": {"layer": "villages", "filter": {"GONE": 1}}}, "item", "no field 'GONE'", "XZQMC"),
        (
            {"layer": "grids", "aggregate": "earthwork", "surfaces": {"before": "elevation_before", "after": "gone"}},
            "m3", "no raster 'gone'", "elevation_after",
        ),
        (
            {"layer": "clinics", "aggregate": "earthwork", "surfaces": {"before": "a", "after": "b"}},
            "m3", "no polygons", "",
        ),
    ],
)  # fmt: skip
def test_a_recipe_that_does_not_fit_is_refused(recipe: dict[str, Any], unit: str, message: str, remedy: str) -> None:
    with pytest.raises(RecipeError, match=message) as caught:
        fitted(recipe, unit)
    assert caught.value.place == "x.toml:7"
    assert remedy in caught.value.remedy_en
