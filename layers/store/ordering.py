"""In which order do features come, and which ones follow a given one?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from numbers import Integral
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, or_

from layers.definition import LayerDefinition
from layers.errors import UnknownField
from layers.filtering.expression import ValueType
from layers.filtering.queryables import queryables, sortables
from layers.query import InvalidQuery, Order, Query
from layers.store.engine import StoreEngine
from layers.store.tables import FID
from layers.validation.values import MAX_INTEGER, MIN_INTEGER

Bound = Callable[[str, Any], ColumnElement[Any] | None]
"""Column name and value -> the value as the database takes it, None for no value. Raises InvalidQuery."""


def ordering_fields(definition: LayerDefinition, query: Query) -> list[str]:
    """The fields that `query` orders by. Raises UnknownField, and InvalidQuery for geometry."""
    known, able = queryables(definition), sortables(definition)
    for key in query.order:
        if key.field not in known:
            raise UnknownField(definition.id, key.field, able)
        if key.field not in able:
            raise InvalidQuery(
                f"不能按“{key.field}”排序。", f"Features cannot be ordered by {key.field!r}.",
                place=f"{definition.id}.{key.field}",
                remedy_zh=f"可排序的字段：{'、'.join(able)}。", remedy_en=f"Sortable fields: {', '.join(able)}.",
            )  # fmt: skip
    return [key.field for key in query.order]


def ordering(engine: StoreEngine, definition: LayerDefinition, rows: FromClause, query: Query) -> Iterator[Any]:
    """What `rows` are ordered by: NULLs as if they were greater than any value, the fid last."""
    for key in query.order:
        column = _ordered(engine, definition, rows, key.field)
        yield column.desc().nulls_first() if key.descending else column.asc().nulls_last()
    yield rows.c[FID].asc()


def following(
    engine: StoreEngine, definition: LayerDefinition, table: FromClause, query: Query, bound: Bound
) -> ColumnElement[bool]:
    """Whether a row comes after the one that `query.after` names. Raises InvalidQuery where it names none."""
    values, fid = _position(query)
    found: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for key, value in zip(query.order, values, strict=True):
        column, given = _ordered(engine, definition, table, key.field), bound(key.field, value)
        found.append(and_(*same, _beyond(column, given, key)))
        same.append(column.is_(None) if given is None else column == given)
    found.append(and_(*same, table.c[FID] > fid))
    return or_(*found)


def _beyond(column: ColumnElement[Any], given: ColumnElement[Any] | None, key: Order) -> ColumnElement[bool]:
    if given is None:
        return column.is_not(None) if key.descending else false()
    return column < given if key.descending else or_(column > given, column.is_(None))


def _ordered(engine: StoreEngine, definition: LayerDefinition, rows: FromClause, name: str) -> ColumnElement[Any]:
    column = rows.c[name]
    return engine.filters.by_code_point(column) if queryables(definition)[name].type is ValueType.TEXT else column


def _position(query: Query) -> tuple[Sequence[Any], int]:
    after = query.after
    parts = list(after) if isinstance(after, Sequence) and not isinstance(after, str) else [after]
    fid: Any = parts[-1] if parts else None
    fitting = isinstance(fid, Integral) and len(parts) == len(query.order) + 1
    if not fitting or not MIN_INTEGER <= int(fid) <= MAX_INTEGER:
        raise InvalidQuery(
            f"after 的值“{after}”无效，应为排序字段的值和 64 位整数的要素号。",
            f"after is {after!r}; it must be the values of the ordering fields and a fid, a 64-bit integer.",
            place="after",
        )
    return parts[:-1], int(fid)
