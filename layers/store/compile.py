"""What SQL answers a query?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import shapely
from sqlalchemy import ColumnElement, CompoundSelect, Select, Table, false, literal, literal_column, select, union_all

from gis.types import Bounds
from layers.definition import LayerDefinition
from layers.query import InvalidQuery, Query
from layers.store import codecs
from layers.store.engine import StoreEngine
from layers.store.tables import AREA_M2, FID, GEOM, REVISION, UNTIL, StoredLayer
from layers.validation.values import MAX_INTEGER, MIN_INTEGER, value_from

Rows = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from: the tables of a layer in an engine."""

    engine: StoreEngine
    layer: StoredLayer


@dataclass(frozen=True, slots=True)
class Source(Origin):
    """A layer's features in force at revision `as_of`, or now (None)."""

    definition: LayerDefinition
    as_of: int | None

    def names(self, query: Query) -> list[str]:
        """The columns that `query` returns, in order. Raises UnknownField."""
        fields: Sequence[str] = self.definition.field_names
        if query.fields is not None:
            asked = {self.definition.field(name).name for name in query.fields}
            fields = [name for name in fields if name in asked]
        geometry = [GEOM] if query.geometry else []
        area = [AREA_M2] if self.layer.has_area else []
        return [FID, *fields, *geometry, *area, REVISION]

    def rows(self, query: Query, names: Iterable[str], *, raw: bool = False) -> Rows:
        """The features that fit the conditions of `query`, in any order; `raw` leaves geometry as it is stored.

        Raises UnknownField and InvalidQuery.
        """
        columns = list(names)
        selects = [
            select(*(self._column(table, name, raw=raw) for name in columns)).where(
                *in_force, *self._conditions(table, query)
            )
            for table, in_force in self._tables()
        ]
        return selects[0] if len(selects) == 1 else union_all(*selects)

    def page(self, query: Query, names: Iterable[str]) -> Rows:
        """The features of `query` by fid, from `after` on and at most `limit`."""
        if query.limit is not None and not 0 <= query.limit <= MAX_INTEGER:
            raise _unfit("limit", query.limit, "不小于 0 的整数", "an integer of 0 or more")
        rows = self.rows(query, names)
        ordered = rows.order_by(literal_column(FID))
        return ordered if query.limit is None else ordered.limit(int(query.limit))

    def _tables(self) -> Iterator[tuple[Table, list[ColumnElement[bool]]]]:
        current, history = self.layer.current, self.layer.history
        if self.as_of is None:
            yield current, []
            return
        yield current, [current.c[REVISION] <= self.as_of]
        yield history, [history.c[REVISION] <= self.as_of, history.c[UNTIL] > self.as_of]

    def _column(self, table: Table, name: str, *, raw: bool) -> ColumnElement[Any]:
        column = table.c[name]
        return self.engine.geometry_out(column).label(GEOM) if name == GEOM and not raw else column

    def _conditions(self, table: Table, query: Query) -> Iterator[ColumnElement[bool]]:
        if query.fids is not None:
            fids = [int(fid) for fid in query.fids if MIN_INTEGER <= fid <= MAX_INTEGER]
            yield self.engine.among(table.c[FID], fids) if fids else false()
        if query.after is not None:
            if not MIN_INTEGER <= query.after <= MAX_INTEGER:
                raise _unfit("after", query.after, "64 位整数", "a 64-bit integer")
            yield table.c[FID] > int(query.after)
        if query.bbox is not None:
            yield self.engine.near(table, _window(query.bbox), self.layer.epsg)
        if query.region is not None:
            yield self.engine.touches(table, query.region, _region_bounds(query.region), self.layer.epsg)
        for name, value in query.equals.items():
            yield self._equal(table, name, value)

    def _equal(self, table: Table, name: str, value: Any) -> ColumnElement[bool]:
        field = self.definition.field(name)
        column = table.c[name]
        try:
            typed = value_from(field, value)
        except ValueError as error:
            raise InvalidQuery(
                f"字段“{name}”的类型为 {field.type.value}，不能与“{value}”比较。",
                f"The field {name!r} is of type {field.type.value} and cannot equal {value!r}: {error}.",
                place=f"{self.definition.id}.{name}",
            ) from error
        if typed is None:
            return column.is_(None)
        kind = self.layer.kinds[name]
        (encoded,) = self.engine.codecs[kind.base].encode(pa.array([typed], codecs.arrow_type(kind)))
        return column == literal(encoded, column.type)


def unpaged(query: Query) -> Query:
    """`query` without `after` and `limit`, which say how to page and not what is asked for."""
    return Query(query.bbox, query.region, query.fids, query.equals)


def _window(bbox: Bounds) -> Bounds:
    bounds = Bounds(*(float(side) for side in bbox))
    if not all(math.isfinite(side) for side in bounds) or bounds.west > bounds.east or bounds.south > bounds.north:
        raise _unfit("bbox", tuple(bbox), "西、南、东、北四个有限数，西不大于东，南不大于北",
                     "west, south, east, north: finite, west not beyond east, south not beyond north")  # fmt: skip
    return bounds


def _region_bounds(region: bytes) -> Bounds:
    try:
        shape = shapely.from_wkb(region)
    except (shapely.errors.GEOSException, TypeError) as error:
        raise _unfit("region", "WKB", "有效的面", "a valid polygon") from error
    if shape is None or "Polygon" not in shape.geom_type or shape.is_empty or not shape.is_valid:
        raise _unfit("region", "WKB", "有效的面", "a valid polygon")
    return Bounds(*shape.bounds)


def _unfit(name: str, value: object, zh: str, en: str) -> InvalidQuery:
    return InvalidQuery(f"{name} 的值“{value}”无效，应为{zh}。", f"{name} is {value}; it must be {en}.", place=name)
