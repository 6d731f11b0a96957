"""What SQL answers a query?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pyarrow as pa
import shapely
from sqlalchemy import ColumnElement, CompoundSelect, Select, Table, false, literal, literal_column, select, union_all

from gis.types import Bounds
from layers.definition import FieldDefinition, FieldType, LayerDefinition, Text
from layers.query import InvalidQuery, Query
from layers.store import codecs
from layers.store.engine import StoreEngine
from layers.store.filter_sql import RowFilter
from layers.store.ordering import following, ordering, ordering_fields
from layers.store.tables import AREA_M2, FID, GEOM, REVISION, UNTIL, Kind, StoredLayer
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
        """The columns that `query` returns, in order, those it orders by among them. Raises UnknownField."""
        fields: Sequence[str] = self.definition.field_names
        if query.fields is not None:
            asked = {self.definition.field(name).name for name in query.fields}
            asked |= {*ordering_fields(self.definition, query)}
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
        """The features of `query` in its order, from `after` on and at most `limit`."""
        if query.limit is not None and not 0 <= query.limit <= MAX_INTEGER:
            raise _unfit("limit", query.limit, "不小于 0 的整数", "an integer of 0 or more")
        columns = list(names)
        if query.order:
            wanted = dict.fromkeys([FID, *columns, *ordering_fields(self.definition, query)])
            rows = self.rows(query, wanted).subquery()
            keys = ordering(self.engine, self.definition, rows, query)
            ordered: Rows = select(*(rows.c[name] for name in columns)).order_by(*keys)
        else:
            ordered = self.rows(query, columns).order_by(literal_column(FID))
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
            yield following(self.engine, self.definition, table, query, partial(self._bound, table))
        if query.bbox is not None and not is_around(query.bbox, query.region):
            yield self.engine.near(table, checked_window(query), self.layer.epsg)
        if query.region is not None:
            yield self.engine.touches(table, query.region, _region_bounds(query.region), self.layer.epsg)
        if query.filter is not None:
            yield RowFilter(self.engine.filters, table, self.layer.epsg).condition(query.filter)
        for name, value in query.equals.items():
            yield self._equal(table, name, value)

    def _equal(self, table: Table, name: str, value: Any) -> ColumnElement[bool]:
        self.definition.field(name)
        given = self._bound(table, name, value)
        return table.c[name].is_(None) if given is None else table.c[name] == given

    def _bound(self, table: Table, name: str, value: Any) -> ColumnElement[Any] | None:
        """`value` as a parameter of the column's type; text is read as that type. Raises InvalidQuery."""
        field = COMPUTED.get(name) or self.definition.field(name)
        try:
            typed = value_from(field, value)
        except (ValueError, TypeError, AttributeError) as error:
            raise InvalidQuery(
                f"字段“{name}”的类型为 {field.type.value}，不能与“{value}”比较。",
                f"The field {name!r} is of type {field.type.value} and cannot equal {value!r}: {error}.",
                place=f"{self.definition.id}.{name}",
            ) from error
        if typed is None:
            return None
        kind = self.layer.kinds.get(name) or Kind(field.type.value)
        (encoded,) = self.engine.codecs[kind.base].encode(pa.array([typed], codecs.arrow_type(kind)))
        return literal(encoded, table.c[name].type)


NO_TITLE = Text(zh="", en="")
COMPUTED = {
    FID: FieldDefinition.model_construct(name=FID, title=NO_TITLE, type=FieldType.INTEGER),
    AREA_M2: FieldDefinition.model_construct(name=AREA_M2, title=NO_TITLE, type=FieldType.REAL),
}
"""The columns that are no fields of a layer file and order features all the same."""


def is_around(bbox: Bounds, region: bytes | None) -> bool:
    """Whether `bbox` is the rectangle around `region`, which then says all that it says."""
    return region is not None and _checked(bbox) == _region_bounds(region)


def unpaged(query: Query) -> Query:
    """`query` without `after`, `limit` and `order`, which say how to page and not what is asked for."""
    return replace(query, after=None, limit=None, order=())


def checked_window(query: Query) -> Bounds:
    """The bbox of `query`, which has one, in plain numbers. Raises InvalidQuery where it is no rectangle."""
    return _checked(Bounds(*(query.bbox or ())))


def _checked(bbox: Bounds) -> Bounds:
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
