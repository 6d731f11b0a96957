"""Which features is a recipe about?"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pyarrow as pa
import shapely

from layers.query import Query
from layers.report.figures import Figure
from layers.report.periods import days_of, year_before
from layers.report.recipes import Aggregate, Condition, Conditions, Range, Recipe, Relation
from layers.store import Store

Window = tuple[date, date]
"""The first and the last day of a period."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The features of a layer that meet conditions, by fid, and the revision they were read at (None: the latest)."""

    layer: str
    table: pa.Table
    revision: int | None

    @property
    def fids(self) -> tuple[int, ...]:
        """Their fids, in order."""
        return tuple(self.table["fid"].to_pylist())

    def values(self, field: str) -> list[Any]:
        """The values of one field, in the order of fids."""
        return list(self.table[field].to_pylist())

    def where(self, kept: Iterable[bool]) -> Rows:
        """Those of which `kept` is true."""
        return replace(self, table=self.table.filter(pa.array(list(kept), pa.bool_())))

    def within(self, time: str, windows: Sequence[Window]) -> Rows:
        """Those whose day in the field `time` lies in one of `windows`."""
        days = self.values(time)
        return self.where(day is not None and any(a <= day <= b for a, b in windows) for day in days)


@dataclass(frozen=True, slots=True)
class Reads:
    """What one answer reads of a store: the same features once, however many figures ask for them.

    `latest` is the revision meant where none is asked for, so that all figures see one state; None: the state at each
    read.
    """

    store: Store
    latest: int | None = None
    kept: dict[tuple[object, ...], pa.Table] = field(default_factory=dict)

    def table(self, layer: str, query: Query, as_of: int | None) -> pa.Table:
        """The features of `layer` that `query` selects, by fid, at a revision."""
        key = (layer, as_of, repr(query))
        if key not in self.kept:
            self.kept[key] = self.store.read(layer, query, as_of=as_of)
        return self.kept[key]


@dataclass(frozen=True, slots=True)
class Features:
    """The features a recipe is about, and of what region they were chosen by; of a growth, those of both years."""

    reads: Reads
    recipe: Recipe
    figure: Figure
    rows: Rows
    region: Rows | None

    def part(self) -> Rows:
        """Those that meet the recipe's `part` as well."""
        part, query = self.recipe.part or {}, Query(fids=self.rows.fids)
        fields = [self.recipe.field] if self.recipe.field else []
        return chosen(self.reads, self.recipe.layer, part, self.rows.revision, fields, query=query)


def features(reads: Reads, recipe: Recipe, figure: Figure, as_of: int | None) -> Features:
    """The features that the recipe of `figure` is about, at a revision (None: the latest), and those of its region.

    Raises InvalidQuery for a value that is not of its field's type.
    """
    fields = list(recipe.fields())
    shaped = recipe.aggregate is Aggregate.EARTHWORK or recipe.inside is not None
    region, query, union = None, Query(), None
    if recipe.inside is not None:
        region = chosen(reads, recipe.inside.layer, recipe.inside.filter, as_of, [], shaped=True)
        union = shapely.union_all(shapely.from_wkb(region.table["geom"].to_numpy()))
        query = Query(region=shapely.to_wkb(union)) if region.fids else Query(fids=())
    rows = chosen(reads, recipe.layer, recipe.filter, as_of, fields, shaped=shaped, query=query)
    if recipe.inside is not None and recipe.inside.relation is Relation.WITHIN and union is not None and rows.fids:
        rows = rows.where(shapely.covered_by(shapely.from_wkb(rows.table["geom"].to_numpy()), union).tolist())
    if recipe.time is not None:
        rows = rows.within(recipe.time, windows(recipe, figure))
    return Features(reads, recipe, figure, rows, region)


def windows(recipe: Recipe, figure: Figure) -> tuple[Window, ...]:
    """The period of the figure and, for a growth, the same one a year before."""
    now = days_of(figure.period)
    return (now, year_before(now)) if recipe.aggregate is Aggregate.GROWTH else (now,)


def chosen(
    reads: Reads,
    layer: str,
    conditions: Conditions,
    as_of: int | None,
    fields: Sequence[str],
    *,
    shaped: bool = False,
    query: Query = Query(),
) -> Rows:
    """The features that meet all conditions; several values of a field are asked for one by one, each once."""
    ranges = {name: each for name, each in conditions.items() if isinstance(each, Range)}
    equal = {name: _listed(each) for name, each in conditions.items() if name not in ranges}
    columns = list(dict.fromkeys([*fields, *ranges]))
    tables = [
        reads.table(
            layer, replace(query, equals=dict(zip(equal, each, strict=True)), fields=columns, geometry=shaped), as_of
        )
        for each in itertools.product(*equal.values())
    ]
    rows = Rows(layer, pa.concat_tables(tables).sort_by("fid"), as_of)
    for name, wanted in ranges.items():
        rows = rows.where(_lies_in(value, wanted) for value in rows.values(name))
    return rows


def _listed(condition: Condition) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(condition)) if isinstance(condition, tuple) else (condition,)


def _lies_in(value: Any, wanted: Range) -> bool:
    return value is not None and all(COMPARISONS[key](value, bound) for key, bound in wanted.bounds())


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "over": operator.gt,
    "below": operator.lt,
    "at_most": operator.le,
}
"""Key of a range -> how a value lies to its bound."""
