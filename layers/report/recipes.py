"""How does a figure follow from the layers?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from gis.errors import Problem
from layers.catalogue import Catalogue
from layers.definition import FieldDefinition, FieldType, LayerDefinition, Strict
from layers.errors import ReportError
from layers.report.figures import Figure
from layers.report.units import converted

NUMBERS = (FieldType.INTEGER, FieldType.REAL, FieldType.DECIMAL)

Value = str | bool | int | float | date


class RecipeError(ReportError):
    """A figure's recipe is wrong."""

    code = "recipe"


class Aggregate(StrEnum):
    """What is made of the features: their number, the sum of their stored areas, the sum of a field, the share of those
    that meet `part`, the volume of earth moved within them between two elevation models."""

    COUNT = "count"
    AREA = "area"
    SUM = "sum"
    RATE = "rate"
    EARTHWORK = "earthwork"


class Relation(StrEnum):
    """How features lie to a region."""

    WITHIN = "within"
    TOUCHES = "touches"


class Volume(StrEnum):
    """Which volume of an earthwork: taken away, brought, both together, or what was brought less what was taken."""

    CUT = "cut"
    FILL = "fill"
    MOVED = "moved"
    NET = "net"


def _tolerance(text: object) -> object:
    try:
        return Decimal(text) if isinstance(text, str) else text
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None


Conditions = dict[str, Value | tuple[Value, ...]]
"""Field -> the value it has, or one of several."""


class Region(Strict):
    """The union of the features of a polygon layer that meet `filter`."""

    layer: str
    filter: Conditions = Field(default_factory=dict)
    relation: Relation = Relation.WITHIN


class Surfaces(Strict):
    """Two elevation models in metres (files of data/sample without their ending), and which volume between them."""

    before: str
    after: str
    volume: Volume = Volume.MOVED


class Recipe(Strict):
    """How a figure is computed.

    layer, filter   the features: those whose fields have these values; a list of values means any of them
    inside          only those that lie within, or touch, a region
    aggregate       what is made of them; `field` is summed, `part` are the conditions that a rate counts
    unit            of the field, where its layer does not say
    surfaces        of an earthwork
    tolerance       how far the figure may be off beyond its printed precision, in its unit
    as_of           the day whose state is meant, unless another is asked for; without either it is the latest
    method_zh, _en  what else is to be known
    """

    layer: str
    filter: Conditions = Field(default_factory=dict)
    inside: Region | None = None
    aggregate: Aggregate
    field: str | None = None
    part: Conditions | None = None
    unit: str | None = None
    surfaces: Surfaces | None = None
    tolerance: Annotated[Decimal, BeforeValidator(_tolerance), Field(ge=0)] = Decimal(0)
    as_of: date | None = None
    method_zh: str | None = None
    method_en: str | None = None

    @model_validator(mode="after")
    def _keys_fit_aggregate(self) -> Self:
        for key, aggregate in NEEDED.items():
            if (getattr(self, key) is not None) != (self.aggregate is aggregate):
                raise ValueError(f"{key} belongs to aggregate {aggregate.value!r}, which needs it")
        return self


NEEDED = {"field": Aggregate.SUM, "part": Aggregate.RATE, "surfaces": Aggregate.EARTHWORK}
"""Key -> the one aggregate that has it."""


def recipe_of(figure: Figure, place: str) -> Recipe | None:
    """The recipe of a figure, None without one; raises RecipeError naming `place`, key and the valid keys."""
    if figure.recipe is None:
        return None
    try:
        return Recipe.model_validate(figure.recipe)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        message = str(first["msg"]).removeprefix("Value error, ")
        raise _wrong(
            figure, place, f"{key}：{message}" if key else message, f"{key}: {message}" if key else message,
            ", ".join(Recipe.model_fields),
        ) from error  # fmt: skip


def fit(recipe: Recipe, figure: Figure, catalogue: Catalogue, place: str) -> str:
    """The unit that the recipe's result is in, after checking layers, fields and units against the catalogue.

    Raises RecipeError naming `place`, and what there is instead.
    """
    try:
        layer = catalogue[recipe.layer]
        for name in (*recipe.filter, *(recipe.part or {})):
            layer.field(name)
        if recipe.inside is not None:
            _fit_region(recipe.inside, layer, catalogue)
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


def _fit_region(region: Region, layer: LayerDefinition, catalogue: Catalogue) -> None:
    other = catalogue[region.layer]
    for name in region.filter:
        other.field(name)
    if not other.geometry.has_area or other.crs != layer.crs:
        raise RecipeError(
            f"范围图层“{other.id}”须为面图层，且坐标系与“{layer.id}”相同（EPSG:{layer.crs}）。",
            f"The region layer {other.id!r} must hold polygons in the CRS of {layer.id!r} (EPSG:{layer.crs}).",
        )


def _unit_of_count(_: Recipe, __: LayerDefinition, ___: Figure) -> str:
    return "item"


def _unit_of_area(_: Recipe, layer: LayerDefinition, __: Figure) -> str:
    if layer.area is None:
        raise RecipeError(f"图层“{layer.id}”没有面积。", f"Layer {layer.id!r} has no areas.")
    return "m2"


def _unit_of_sum(recipe: Recipe, layer: LayerDefinition, figure: Figure) -> str:
    field: FieldDefinition = layer.field(recipe.field or "")
    if field.type not in NUMBERS:
        raise RecipeError(
            f"字段“{layer.id}.{field.name}”不是数字，不能求和。",
            f"The field {layer.id}.{field.name} holds no numbers to sum.",
            remedy_zh=f"数字字段：{'、'.join(_number_fields(layer))}。",
            remedy_en=f"Fields with numbers: {', '.join(_number_fields(layer))}.",
        )
    return recipe.unit or field.unit or figure.unit


def _number_fields(layer: LayerDefinition) -> list[str]:
    return [field.name for field in layer.fields if field.type in NUMBERS]


def _unit_of_rate(_: Recipe, __: LayerDefinition, ___: Figure) -> str:
    return "percent"


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


UNITS = {
    Aggregate.COUNT: _unit_of_count,
    Aggregate.AREA: _unit_of_area,
    Aggregate.SUM: _unit_of_sum,
    Aggregate.RATE: _unit_of_rate,
    Aggregate.EARTHWORK: _unit_of_earthwork,
}
"""Aggregate -> the unit of its result, after checking what it needs."""


def rasters() -> tuple[str, ...]:
    """The names of the rasters that a recipe may use, sorted."""
    names = (file.name for file in (files("data") / "sample").iterdir())
    return tuple(sorted(name.removesuffix(".tif") for name in names if name.endswith(".tif")))


def _wrong(figure: Figure, place: str, zh: str, en: str, keys: Any) -> RecipeError:
    return RecipeError(
        f"“{figure.code}”的算法有误：{zh}", f"The recipe of {figure.code} is wrong: {en}", place=place,
        remedy_zh=f"可用的键：{keys}。", remedy_en=f"Keys: {keys}.",
    )  # fmt: skip
