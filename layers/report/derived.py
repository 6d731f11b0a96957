"""What do the layers give for a figure, and does the report agree?"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from importlib.resources import as_file, files

import pyarrow as pa
import shapely

from gis.columns import GeometryColumns
from gis.earthwork import Earthwork, earthwork_by_parcel
from gis.errors import Problem
from gis.raster import Raster
from layers.definition import Text
from layers.errors import StoreError
from layers.query import Query
from layers.report.figures import Figure, Report
from layers.report.precision import printed_interval
from layers.report.recipes import Aggregate, Conditions, Recipe, RecipeError, Relation, Volume, fit, recipe_of
from layers.report.units import converted
from layers.report.words import told
from layers.store import Store


class Verdict(StrEnum):
    """Whether the layers give what the report states, within its printed precision, qualifier and tolerance."""

    AGREES = "agrees"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Source:
    """What a derived value stands on: the features of a layer at a revision.

    `checksum` is the SHA-256 of the fid, revision, stored area and summed field of each, in the order of fids: it
    changes when any of them does. `illustrative` says that they only show what the system does.
    """

    layer: str
    revision: int
    fids: tuple[int, ...]
    checksum: str
    illustrative: bool


@dataclass(frozen=True, slots=True)
class Surface:
    """A raster that a derived value stands on; `checksum` is the SHA-256 of its file."""

    name: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Derived:
    """What the layers give for `figure`.

    value       in the unit of the figure, exact but for the noise of summing areas; None if it could not be computed
    difference  derived less stated
    tolerance   what the recipe allows beyond the printed precision
    words       the recipe in words; empty if it could not be read
    sources     the layers, that of the features first, then that of the region
    problem     why there is no value
    """

    figure: Figure
    value: Fraction | None
    tolerance: Decimal
    verdict: Verdict
    words: Text
    sources: tuple[Source, ...] = ()
    surfaces: tuple[Surface, ...] = ()
    problem: Problem | None = None

    @property
    def difference(self) -> Fraction | None:
        """Derived less stated, in the unit of the figure."""
        return None if self.value is None else self.value - Fraction(self.figure.number)


AsOf = int | date | datetime | None


def derived(store: Store, report: Report, code: str, as_of: AsOf = None) -> Derived | None:
    """What the layers give for the figure `code`, None if it has no recipe.

    `as_of` is a revision or a date, before the recipe's own. What is wrong with a recipe or its layers stands in
    `problem`, so that other figures can still be computed. Raises UnknownFigure, InvalidQuery for a revision that is
    none, StoreError.
    """
    figure = report.figure(code)
    asked = store.resolve(as_of)
    place = report.place(code)
    try:
        recipe = recipe_of(figure, place)
        if recipe is None:
            return None
        unit = fit(recipe, figure, store.catalogue, place)
        features = _features(store, recipe, _revision(store, recipe, asked))
        made = AGGREGATES[recipe.aggregate](features)
    except StoreError:
        raise
    except Problem as problem:
        if not isinstance(problem, RecipeError):
            problem.place = f"{place}: {problem.place}" if problem.place else place
        return Derived(figure, None, Decimal(0), Verdict.FAILED, NO_WORDS, problem=problem)
    value = converted(made.amount, unit, figure.unit)
    sources = tuple(_source(store, rows) for rows in made.rows)
    words = told(recipe, figure, store.catalogue)
    return Derived(figure, value, recipe.tolerance, _verdict(figure, value, recipe), words, sources, made.surfaces)


def all_derived(store: Store, report: Report, as_of: AsOf = None) -> dict[str, Derived]:
    """What the layers give for every figure that has a recipe, by code; raises as `derived`."""
    found = ((code, derived(store, report, code, as_of)) for code in report.by_code)
    return {code: each for code, each in found if each is not None}


def _revision(store: Store, recipe: Recipe, asked: int | None) -> int | None:
    """The revision to read at; None, the latest, only where one read is all, so that several see one state."""
    at = store.resolve(recipe.as_of) if asked is None else asked
    several = recipe.inside or recipe.part or any(isinstance(value, tuple) for value in recipe.filter.values())
    return store.revision() if at is None and several else at


NO_WORDS = Text(zh="", en="")


def _verdict(figure: Figure, value: Fraction, recipe: Recipe) -> Verdict:
    stated = printed_interval(figure).widened(Fraction(recipe.tolerance))
    above = value >= stated.low
    return Verdict.AGREES if above and (stated.high is None or value <= stated.high) else Verdict.DIFFERS


@dataclass(frozen=True, slots=True)
class _Rows:
    """The features of a layer that meet conditions, by fid, and the revision they were read at (None: the latest)."""

    layer: str
    table: pa.Table
    revision: int | None

    @property
    def fids(self) -> tuple[int, ...]:
        return tuple(self.table["fid"].to_pylist())


@dataclass(frozen=True, slots=True)
class _Features:
    """The features a recipe is about, and of what region they were chosen by."""

    store: Store
    recipe: Recipe
    rows: _Rows
    region: _Rows | None

    def of(self, amount: Fraction | int, surfaces: tuple[Surface, ...] = ()) -> _Made:
        return _Made(Fraction(amount), (self.rows, *([self.region] if self.region else [])), surfaces)


@dataclass(frozen=True, slots=True)
class _Made:
    """A result in the unit of its aggregate, and what it was made of."""

    amount: Fraction
    rows: tuple[_Rows, ...]
    surfaces: tuple[Surface, ...]


def _features(store: Store, recipe: Recipe, as_of: int | None) -> _Features:
    fields = [recipe.field] if recipe.field else []
    shaped = recipe.aggregate is Aggregate.EARTHWORK
    if recipe.inside is None:
        return _Features(store, recipe, _rows(store, recipe.layer, recipe.filter, as_of, fields, shaped=shaped), None)
    region = _rows(store, recipe.inside.layer, recipe.inside.filter, as_of, [], shaped=True)
    union = shapely.union_all(shapely.from_wkb(region.table["geom"].to_numpy()))
    query = Query(region=shapely.to_wkb(union)) if region.fids else Query(fids=())
    rows = _rows(store, recipe.layer, recipe.filter, as_of, fields, shaped=True, query=query)
    if recipe.inside.relation is Relation.WITHIN and region.fids:
        inside = shapely.covered_by(shapely.from_wkb(rows.table["geom"].to_numpy()), union)
        rows = replace(rows, table=rows.table.filter(pa.array(inside)))
    return _Features(store, recipe, rows, region)


def _rows(
    store: Store,
    layer: str,
    conditions: Conditions,
    as_of: int | None,
    fields: Sequence[str],
    *,
    shaped: bool = False,
    query: Query = Query(),
) -> _Rows:
    """The features that meet all conditions; several values of a field are asked for one by one."""
    values = [value if isinstance(value, tuple) else (value,) for value in conditions.values()]
    tables = [
        store.read(
            layer,
            replace(query, equals=dict(zip(conditions, each, strict=True)), fields=fields, geometry=shaped),
            as_of=as_of,
        )
        for each in itertools.product(*values)
    ]
    return _Rows(layer, pa.concat_tables(tables).sort_by("fid"), as_of)


def _count(features: _Features) -> _Made:
    return features.of(features.rows.table.num_rows)


def _area(features: _Features) -> _Made:
    return features.of(Fraction(math.fsum(features.rows.table["area_m2"].to_pylist())))


def _sum(features: _Features) -> _Made:
    values = features.rows.table[features.recipe.field].to_pylist()
    return features.of(sum((Fraction(value) for value in values if value is not None), Fraction(0)))


def _rate(features: _Features) -> _Made:
    """The share in percent of the features that meet `part` as well."""
    rows, recipe = features.rows, features.recipe
    if not rows.fids:
        raise RecipeError(
            f"图层“{rows.layer}”没有符合条件的要素，算不出比率。",
            f"Layer {rows.layer!r} has no features of that kind, so that there is no rate.",
        )
    query = Query(fids=rows.fids)
    part = _rows(features.store, recipe.layer, recipe.part or {}, rows.revision, [], query=query)
    return features.of(Fraction(100 * len(part.fids), len(rows.fids)))


def _earthwork(features: _Features) -> _Made:
    """The volume within the features, cells counting by the share of them that the features cover."""
    rows, surfaces = features.rows, features.recipe.surfaces
    if surfaces is None or not rows.fids:
        raise RecipeError(
            f"图层“{rows.layer}”没有符合条件的要素，算不出土方。",
            f"Layer {rows.layer!r} has no features of that kind, so that there is no earthwork.",
        )
    definition = features.store.catalogue[rows.layer]
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
    return features.of(Fraction(math.fsum(VOLUMES[surfaces.volume](each) for each in found)), used)


VOLUMES: dict[Volume, Callable[[Earthwork], float]] = {
    Volume.CUT: lambda earthwork: earthwork.cut_m3,
    Volume.FILL: lambda earthwork: earthwork.fill_m3,
    Volume.MOVED: lambda earthwork: earthwork.cut_m3 + earthwork.fill_m3,
    Volume.NET: lambda earthwork: earthwork.net_m3,
}

AGGREGATES: dict[Aggregate, Callable[[_Features], _Made]] = {
    Aggregate.COUNT: _count,
    Aggregate.AREA: _area,
    Aggregate.SUM: _sum,
    Aggregate.RATE: _rate,
    Aggregate.EARTHWORK: _earthwork,
}
"""Aggregate -> how it is made of features; `layers.report.recipes.UNITS` says in which unit."""


def _source(store: Store, rows: _Rows) -> Source:
    plain = rows.table.drop_columns(["geom"]) if "geom" in rows.table.column_names else rows.table
    lines = (" ".join(map(str, row.values())) for row in plain.to_pylist())
    checksum = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    revision = store.revision(rows.layer) if rows.revision is None else rows.revision
    return Source(rows.layer, revision, rows.fids, checksum, store.is_illustrative(rows.layer))
