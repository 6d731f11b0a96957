"""What features does a layer hold, and what do they add up to?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from layers.errors import UnknownField
from layers.query import InvalidQuery, Query
from layers.store import codecs
from layers.store.compile import Origin, Rows, Source, checked_window, unpaged
from layers.store.tables import AREA_M2, GEOM, Kind, StoredLayer

CHUNK = 20_000
"""Rows turned into Arrow at a time."""

GROWTH, SMALL_BYTES = 4, 250_000
"""How many times as many rows a batch holds as the one before it, and the size from which on they grow no more."""


@dataclass(frozen=True, slots=True)
class Group:
    """Features that share `key`: how many, and per summed column its total (None if all are null) and values."""

    key: tuple[Any, ...]
    count: int
    sums: tuple[float | None, ...]
    counts: tuple[int, ...]


def arrow_schema(layer: StoredLayer, names: Sequence[str]) -> pa.Schema:
    """The Arrow schema of a layer's columns: fid and revision int64, geom binary, fields by type."""
    return _schema(tuple(names), tuple([layer.kinds.get(name) for name in names]))


@lru_cache(maxsize=1024)
def _schema(names: tuple[str, ...], kinds: tuple[Kind | None, ...]) -> pa.Schema:
    layer = StoredLayer("", {name: kind for name, kind in zip(names, kinds, strict=True) if kind})
    return pa.schema([(name, _arrow_type(layer, name)) for name in names])


def _arrow_type(layer: StoredLayer, name: str) -> pa.DataType:
    if name == GEOM:
        return pa.binary()
    return codecs.arrow_type(layer.kinds[name]) if name in layer.kinds else pa.int64()


def batches(
    connection: Connection, origin: Origin, statement: Rows, names: Sequence[str], *, size: int, streamed: bool,
    first: int | None = None,
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    """The rows of `statement`, whose columns are `names`, in batches of `size`.

    With `first` they begin with so many rows, and grow to `size` as long as they are small. `streamed` keeps rows in
    the database until they are asked for.
    """
    schema = arrow_schema(origin.layer, names)
    options = {"yield_per": size} if streamed else {}
    count = size if first is None else first
    with connection.execute(statement, execution_options=options) as result:
        while rows := result.fetchmany(count):
            batch = pa.RecordBatch.from_arrays(_decoded(origin, names, rows, schema), schema=schema)
            if batch.nbytes < SMALL_BYTES:
                count = min(GROWTH * count, size)
            yield batch


def _decoded(source: Origin, names: Sequence[str], rows: Sequence[Any], schema: pa.Schema) -> list[pa.Array]:
    arrays = []
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        if name == GEOM:
            arrays.append(source.engine.decode_geometry(values))
        else:
            arrays.append(decode(source, name, values, schema.field(name).type))
    return arrays


def decode(source: Origin, name: str, values: Sequence[Any], wanted: pa.DataType) -> pa.Array:
    """A column of driver values as Arrow."""
    kind = source.layer.kinds.get(name)
    codec = codecs.PLAIN if kind is None else source.engine.codecs[kind.base]
    return codec.decode(values, wanted)


def table(connection: Connection, source: Source, query: Query) -> pa.Table:
    """All features of `query`."""
    names = source.names(query)
    statement = source.page(query, names)
    found = batches(connection, source, statement, names, size=CHUNK, streamed=False)
    return pa.Table.from_batches(found, arrow_schema(source.layer, names))


def window(source: Source, query: Query, version: int) -> pa.Table | None:
    """What `table` gives of a `query` that is nothing but a window, by the engine's short cut; None without one."""
    names, bounds = tuple(source.names(query)), checked_window(query)
    with source.engine.window(source.layer, names, bounds, version=version, size=CHUNK) as chunks:
        if chunks is None:
            return None
        schema = arrow_schema(source.layer, names)
        found = [
            pa.RecordBatch.from_arrays(_decoded(source, names, rows, schema), schema=schema) for rows in chunks if rows
        ]
    return pa.Table.from_batches(found, schema)


def is_window(query: Query) -> bool:
    """Whether `query` has no condition but its bbox, and no page or order."""
    return query.bbox is not None and query == Query(bbox=query.bbox, fields=query.fields, geometry=query.geometry)


def count(connection: Connection, source: Source, query: Query) -> int:
    """How many features fit the conditions of `query`."""
    rows = source.rows(unpaged(query), ["fid"]).subquery()
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())


def aggregate(
    connection: Connection, source: Source, *, by: Sequence[str], sums: Sequence[str], query: Query
) -> list[Group]:
    """Groups by the values of the fields `by`, ordered by key with None last."""
    for name in by:
        source.definition.field(name)
    for name in sums:
        _check_summed(source, name)
    names = list(dict.fromkeys([*by, *sums])) or ["fid"]
    rows = source.rows(unpaged(query), names).subquery()
    keys = [rows.c[name] for name in by]
    totals = [item for name in sums for item in (func.sum(_addend(source, rows, name)), func.count(rows.c[name]))]
    found = connection.execute(select(*keys, func.count(), *totals).select_from(rows).group_by(*keys)).all()
    columns = list(zip(*found, strict=True)) or [()] * (len(by) + 1)
    decoded = [
        decode(source, name, columns[i], _arrow_type(source.layer, name)).to_pylist() for i, name in enumerate(by)
    ]
    key_tuples = list(zip(*decoded, strict=True)) if by else [()] * len(found)
    groups = [_group(source, key, row[len(by) :], sums) for key, row in zip(key_tuples, found, strict=True)]
    return sorted(groups, key=lambda group: [(value is None, value) for value in group.key])


def _check_summed(source: Source, name: str) -> None:
    if name == AREA_M2:
        if not source.layer.has_area:
            raise UnknownField(source.definition.id, name, source.definition.field_names)
        return
    field = source.definition.field(name)
    if not field.type.is_number:
        raise InvalidQuery(
            f"字段“{name}”的类型为 {field.type.value}，不能求和。",
            f"The field {name!r} is of type {field.type.value} and has no sum.",
            place=f"{source.definition.id}.{name}",
        )


def _addend(source: Source, rows: FromClause, name: str) -> ColumnElement[Any]:
    kind = source.layer.kinds[name]
    column = rows.c[name]
    return source.engine.decimal_digits(column, kind.number) if kind.base == "decimal" else column


def _group(source: Source, key: tuple[Any, ...], values: Sequence[Any], sums: Sequence[str]) -> Group:
    totals = tuple(_total(source, name, values[1 + 2 * i]) for i, name in enumerate(sums))
    return Group(key, int(values[0]), totals, tuple(int(values[2 + 2 * i]) for i in range(len(sums))))


def _total(source: Source, name: str, value: Any) -> float | None:
    """An exact integer for integers, the nearest double for decimals and reals."""
    if value is None:
        return None
    kind = source.layer.kinds[name]
    if kind.base == "decimal":
        return float(Decimal(int(value)).scaleb(-kind.number))
    return int(value) if kind.base == "integer" else float(value)
