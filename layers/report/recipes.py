"""How does a figure follow from the layers?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationError, model_validator

from layers.definition import Strict
from layers.errors import ReportError
from layers.report.figures import Figure

Finite = Annotated[float, Field(allow_inf_nan=False)]
Value = str | bool | int | Finite | date
Bound = int | Finite | date


class RecipeError(ReportError):
    """A figure's recipe is wrong."""

    code = "recipe"


class Aggregate(StrEnum):
    """What is made of the features.

    count      their number
    area       the sum of their stored areas
    sum        the sum of `field`
    rate       the share of those that meet `part`, in percent: by number, or by the sum of `field`
    distinct   how many values of `field` there are
    ratio      the sum of `field` for each feature, or for each one of the sum of `per`
    growth     the change in percent on the same period a year before, of their number or of the sum of `field`;
               of a figure with `change` "down" it is the fall
    earthwork  the volume of earth moved within them between two elevation models
    """

    COUNT = "count"
    AREA = "area"
    SUM = "sum"
    RATE = "rate"
    DISTINCT = "distinct"
    RATIO = "ratio"
    GROWTH = "growth"
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


class Range(Strict):
    """Between which values of its field a feature lies; features without a value lie in no range."""

    at_least: Bound | None = None
    over: Bound | None = None
    below: Bound | None = None
    at_most: Bound | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if not any(True for _ in self.bounds()):
            raise ValueError(f"a range needs one of {', '.join(type(self).model_fields)}")
        return self

    def bounds(self) -> Iterator[tuple[str, Bound]]:
        """The bounds given, by their keys."""
        for key in type(self).model_fields:
            if (bound := getattr(self, key)) is not None:
                yield key, bound


def _kind(condition: object) -> str:
    if isinstance(condition, dict | Range):
        return "range"
    return "values" if isinstance(condition, list | tuple) else "value"


Values = Annotated[tuple[Value, ...], Field(min_length=1)]
Condition = Value | Values | Range
Conditions = dict[
    str,
    Annotated[
        Annotated[Value, Tag("value")] | Annotated[Values, Tag("values")] | Annotated[Range, Tag("range")],
        Discriminator(_kind),
    ],
]
"""Field -> the value it has, or one of several, or a range."""


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
    time            a date field: only features whose day lies in the period of the figure
    inside          only those that lie within, or touch, a region
    aggregate       what is made of them, with `field`, `part` and `per` as `Aggregate` says
    unit            of the result, where the layer does not say
    surfaces        of an earthwork
    tolerance       how far the figure may be off beyond its printed precision, in its unit
    as_of           the day whose state is meant, unless another is asked for; without either it is the latest
    method_zh, _en  what else is to be known
    """

    layer: str
    filter: Conditions = Field(default_factory=dict)
    time: str | None = None
    inside: Region | None = None
    aggregate: Aggregate
    field: str | None = None
    part: Conditions | None = None
    per: str | None = None
    unit: str | None = None
    surfaces: Surfaces | None = None
    tolerance: Annotated[Decimal, BeforeValidator(_tolerance), Field(ge=0)] = Decimal(0)
    as_of: date | None = None
    method_zh: str | None = None
    method_en: str | None = None

    @model_validator(mode="after")
    def _keys_fit_aggregate(self) -> Self:
        for key, takers in TAKERS.items():
            given = getattr(self, key) is not None
            if given and self.aggregate not in takers:
                raise ValueError(f"aggregate {self.aggregate.value!r} takes no {key}; {_listed(takers)} do")
            if not given and takers.get(self.aggregate):
                raise ValueError(f"aggregate {self.aggregate.value!r} needs {key}")
        if self.aggregate is Aggregate.GROWTH and self.time is None:
            raise ValueError("aggregate 'growth' needs time, to tell the year before")
        return self

    def fields(self) -> tuple[str, ...]:
        """The fields that are read besides those that conditions equal: of sums, of time and of ranges."""
        ranged = [name for name, condition in self.filter.items() if isinstance(condition, Range)]
        return tuple(dict.fromkeys(name for name in (self.field, self.per, self.time, *ranged) if name))


TAKERS: dict[str, dict[Aggregate, bool]] = {
    "field": {
        Aggregate.SUM: True, Aggregate.DISTINCT: True, Aggregate.RATIO: True,
        Aggregate.RATE: False, Aggregate.GROWTH: False,
    },
    "part": {Aggregate.RATE: True},
    "per": {Aggregate.RATIO: False},
    "surfaces": {Aggregate.EARTHWORK: True},
}  # fmt: skip
"""Key -> the aggregates that take it, and whether they need it."""


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


def _listed(aggregates: dict[Aggregate, bool]) -> str:
    return ", ".join(repr(aggregate.value) for aggregate in aggregates)


def _wrong(figure: Figure, place: str, zh: str, en: str, keys: Any) -> RecipeError:
    return RecipeError(
        f"“{figure.code}”的算法有误：{zh}", f"The recipe of {figure.code} is wrong: {en}", place=place,
        remedy_zh=f"可用的键：{keys}。", remedy_en=f"Keys: {keys}.",
    )  # fmt: skip
