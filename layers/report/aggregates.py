"""What is made of the features that a recipe is about?"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import as_file, files
from typing import Any

from gis.columns import GeometryColumns
from gis.earthwork import Earthwork, earthwork_by_parcel
from gis.raster import Raster
from layers.report.choosing import Features, Rows, windows
from layers.report.recipes import Aggregate, RecipeError, Volume


@dataclass(frozen=True, slots=True)
class Surface:
    """A raster that a derived value stands on; `checksum` is the SHA-256 of its file."""

    name: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Made:
    """A result in the unit of its aggregate, and the rasters it was made of."""

    amount: Fraction
    surfaces: tuple[Surface, ...] = ()


def made(features: Features) -> Made:
    """What the recipe's aggregate makes of the features; raises RecipeError where there is nothing to divide by."""
    return AGGREGATES[features.recipe.aggregate](features)


def _count(features: Features) -> Made:
    return Made(Fraction(features.rows.table.num_rows))


def _area(features: Features) -> Made:
    return Made(Fraction(math.fsum(features.rows.values("area_m2"))))


def _sum(features: Features) -> Made:
    return Made(_amount(features.rows, features.recipe.field))


def _distinct(features: Features) -> Made:
    values = features.rows.values(features.recipe.field or "")
    return Made(Fraction(len({value for value in values if value is not None})))


def _rate(features: Features) -> Made:
    """The share in percent of those that meet `part` as well, by number or by the sum of the field."""
    field = features.recipe.field
    whole = _divisor(features.rows, _amount(features.rows, field))
    return Made(100 * _amount(features.part(), field) / whole)


def _ratio(features: Features) -> Made:
    rows, recipe = features.rows, features.recipe
    return Made(_amount(rows, recipe.field) / _divisor(rows, _amount(rows, recipe.per)))


def _growth(features: Features) -> Made:
    """The change in percent on the year before; a fall is positive where the figure is one."""
    recipe, rows = features.recipe, features.rows
    parts = [rows.within(recipe.time or "", [window]) for window in windows(recipe, features.figure)]
    now, before = (_amount(each, recipe.field) for each in parts)
    change = 100 * (now / _divisor(rows, before) - 1)
    return Made(-change if features.figure.change == "down" else change)


def _amount(rows: Rows, field: str | None) -> Fraction:
    """The sum of a field, where missing values count nothing; without a field, the number of features."""
    return Fraction(rows.table.num_rows) if field is None else _total(rows.values(field))


def _total(values: Iterable[Any]) -> Fraction:
    return sum((Fraction(value) for value in values if value is not None), Fraction(0))


def _divisor(rows: Rows, amount: Fraction) -> Fraction:
    if amount == 0:
        raise RecipeError(
            f"图层“{rows.layer}”没有符合条件的要素可作分母，算不出比率。",
            f"Layer {rows.layer!r} has no features of that kind to divide by, so that there is no rate.",
        )
    return amount


def _earthwork(features: Features) -> Made:
    """The volume within the features, cells counting by the share of them that the features cover."""
    rows, surfaces = features.rows, features.recipe.surfaces
    if surfaces is None or not rows.fids:
        raise RecipeError(
            f"图层“{rows.layer}”没有符合条件的要素，算不出土方。",
            f"Layer {rows.layer!r} has no features of that kind, so that there is no earthwork.",
        )
    definition = features.reads.store.catalogue[rows.layer]
    with ExitStack() as stack:
        names = (surfaces.before, surfaces.after)
        paths = [stack.enter_context(as_file(files("data") / "sample" / f"{name}.tif")) for name in names]
        before, after = (stack.enter_context(Raster(path)).band(1) for path in paths)
        parcels = GeometryColumns.from_wkb(rows.table["geom"])
        found = earthwork_by_parcel(before, after, parcels, definition.crs)
        used = tuple(
            Surface(name, hashlib.sha256(path.read_bytes()).hexdigest())
            for name, path in zip(names, paths, strict=True)
        )
    return Made(Fraction(math.fsum(VOLUMES[surfaces.volume](each) for each in found)), used)


VOLUMES: dict[Volume, Callable[[Earthwork], float]] = {
    Volume.CUT: lambda earthwork: earthwork.cut_m3,
    Volume.FILL: lambda earthwork: earthwork.fill_m3,
    Volume.MOVED: lambda earthwork: earthwork.cut_m3 + earthwork.fill_m3,
    Volume.NET: lambda earthwork: earthwork.net_m3,
}

AGGREGATES: dict[Aggregate, Callable[[Features], Made]] = {
    Aggregate.COUNT: _count,
    Aggregate.AREA: _area,
    Aggregate.SUM: _sum,
    Aggregate.RATE: _rate,
    Aggregate.DISTINCT: _distinct,
    Aggregate.RATIO: _ratio,
    Aggregate.GROWTH: _growth,
    Aggregate.EARTHWORK: _earthwork,
}
"""Aggregate -> how it is made of features; `layers.report.fitting.UNITS` says in which unit."""
