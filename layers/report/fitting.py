"""Does a recipe fit the catalogue, and what unit is its result in?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.resources import files

from gis.errors import Problem
from layers.catalogue import Catalogue
from layers.definition import FieldDefinition, FieldType, LayerDefinition
from layers.report.figures import Figure
from layers.report.periods import days_of
from layers.report.recipes import Aggregate, Conditions, Range, Recipe, RecipeError, Region
from layers.report.units import converted, unit


def fit(recipe: Recipe, figure: Figure, catalogue: Catalogue, place: str) -> str:
    """The unit that the recipe's result is in, after checking layers, fields and units against the catalogue.

    Raises RecipeError naming `place`, and what there is instead.
    """
    try:
        layer = catalogue[recipe.layer]
        for conditions in (recipe.filter, recipe.part or {}):
            _fit_conditions(conditions, layer)
        if recipe.inside is not None:
            _fit_region(recipe.inside, layer, catalogue)
        if recipe.time is not None:
            _fit_time(layer.field(recipe.time), layer, figure)
        found = UNITS[recipe.aggregate](recipe, layer, figure)
        converted(1, found, figure.unit)
    except RecipeError as error:
        raise RecipeError(
            error.zh, error.en, place=place, remedy_zh=error.remedy_zh, remedy_en=error.remedy_en
        ) from error
    except Problem as error:
        raise RecipeError(
            f"“{figure.code}”的算法有误：{error.zh}", f"The recipe of {figure.code} is wrong: {error.en}", place=place,
            remedy_zh=error.remedy_zh, remedy_en=error.remedy_en,
        ) from error  # fmt: skip
    return found


def _fit_conditions(conditions: Conditions, layer: LayerDefinition) -> None:
    for name, condition in conditions.items():
        field = layer.field(name)
        if isinstance(condition, Range):
            _fit_range(condition, field, layer)


def _fit_range(wanted: Range, field: FieldDefinition, layer: LayerDefinition) -> None:
    days = [isinstance(bound, date) for _, bound in wanted.bounds()]
    if (field.type.is_number and not any(days)) or (field.type is FieldType.DATE and all(days)):
        return
    raise RecipeError(
        f"字段“{layer.id}.{field.name}”的类型为 {field.type.value}，不能按此范围选取。",
        f"The field {layer.id}.{field.name} is of type {field.type.value}, which has no such range.",
        remedy_zh="数字字段的界限用数字，日期字段的用日期。",
        remedy_en="Bounds are numbers for a field with numbers, and dates for one with dates.",
    )


def _fit_time(field: FieldDefinition, layer: LayerDefinition, figure: Figure) -> None:
    days_of(figure.period)
    if field.type is not FieldType.DATE:
        dates = [each.name for each in layer.fields if each.type is FieldType.DATE]
        raise RecipeError(
            f"字段“{layer.id}.{field.name}”不是日期。",
            f"The field {layer.id}.{field.name} holds no dates.",
            remedy_zh=f"日期字段：{'、'.join(dates)}。",
            remedy_en=f"Fields with dates: {', '.join(dates)}.",
        )


def _fit_region(region: Region, layer: LayerDefinition, catalogue: Catalogue) -> None:
    other = catalogue[region.layer]
    _fit_conditions(region.filter, other)
    if not other.geometry.has_area or other.crs != layer.crs:
        raise RecipeError(
            f"范围图层“{other.id}”须为面图层，且坐标系与“{layer.id}”相同（EPSG:{layer.crs}）。",
            f"The region layer {other.id!r} must hold polygons in the CRS of {layer.id!r} (EPSG:{layer.crs}).",
        )


def _number_field(name: str, layer: LayerDefinition) -> FieldDefinition:
    field = layer.field(name)
    if not field.type.is_number:
        numbers = [each.name for each in layer.fields if each.type.is_number]
        raise RecipeError(
            f"字段“{layer.id}.{field.name}”不是数字，不能求和。",
            f"The field {layer.id}.{field.name} holds no numbers to sum.",
            remedy_zh=f"数字字段：{'、'.join(numbers)}。",
            remedy_en=f"Fields with numbers: {', '.join(numbers)}.",
        )
    return field


def _unit_of_count(_: Recipe, __: LayerDefinition, ___: Figure) -> str:
    return "item"


def _unit_of_distinct(recipe: Recipe, layer: LayerDefinition, _: Figure) -> str:
    layer.field(recipe.field or "")
    return "item"


def _unit_of_area(_: Recipe, layer: LayerDefinition, __: Figure) -> str:
    if layer.area is None:
        raise RecipeError(f"图层“{layer.id}”没有面积。", f"Layer {layer.id!r} has no areas.")
    return "m2"


def _unit_of_sum(recipe: Recipe, layer: LayerDefinition, figure: Figure) -> str:
    return recipe.unit or _number_field(recipe.field or "", layer).unit or figure.unit


def _unit_of_share(recipe: Recipe, layer: LayerDefinition, _: Figure) -> str:
    if recipe.field is not None:
        _number_field(recipe.field, layer)
    return "percent"


def _unit_of_ratio(recipe: Recipe, layer: LayerDefinition, figure: Figure) -> str:
    """For each feature, the unit of the field; for each one of another field, the recipe must say it."""
    field = _number_field(recipe.field or "", layer)
    if recipe.per is None:
        return recipe.unit or field.unit or figure.unit
    units = [each.unit for each in (field, _number_field(recipe.per, layer)) if each.unit]
    if recipe.unit is None and not all(unit(each).is_count for each in units):
        raise RecipeError(
            f"“{field.name}”与“{recipe.per}”之比的单位不明。",
            f"It is not said what unit {field.name} for each {recipe.per} is in.",
            remedy_zh="请在算法中写明 unit。",
            remedy_en="Say it as unit in the recipe.",
        )
    return recipe.unit or "item"


def _unit_of_earthwork(recipe: Recipe, layer: LayerDefinition, _: Figure) -> str:
    if not layer.geometry.has_area:
        raise RecipeError(f"图层“{layer.id}”不是面图层。", f"Layer {layer.id!r} holds no polygons.")
    for name in (recipe.surfaces.before, recipe.surfaces.after) if recipe.surfaces else ():
        if name not in rasters():
            raise RecipeError(
                f"没有栅格“{name}”。", f"There is no raster {name!r}.",
                remedy_zh=f"可用：{'、'.join(rasters())}。", remedy_en=f"Rasters: {', '.join(rasters())}.",
            )  # fmt: skip
    return "m3"


UNITS: dict[Aggregate, Callable[[Recipe, LayerDefinition, Figure], str]] = {
    Aggregate.COUNT: _unit_of_count,
    Aggregate.AREA: _unit_of_area,
    Aggregate.SUM: _unit_of_sum,
    Aggregate.RATE: _unit_of_share,
    Aggregate.DISTINCT: _unit_of_distinct,
    Aggregate.RATIO: _unit_of_ratio,
    Aggregate.GROWTH: _unit_of_share,
    Aggregate.EARTHWORK: _unit_of_earthwork,
}
"""Aggregate -> the unit of its result, after checking what it needs."""


def rasters() -> tuple[str, ...]:
    """The names of the rasters that a recipe may use, sorted."""
    names = (file.name for file in (files("data") / "sample").iterdir())
    return tuple(sorted(name.removesuffix(".tif") for name in names if name.endswith(".tif")))
