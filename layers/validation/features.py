"""Which rows of a table become features of a layer?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from layers.definition import LayerDefinition
from layers.errors import UnknownField
from layers.validation import shapes, values
from layers.validation.faults import Fault, first, whole

FID, AREA_M2, REVISION = "fid", "area_m2", "revision"
CHUNK = 20_000
"""Features checked at a time, so that a large table needs little memory beside its own."""


@dataclass(frozen=True, slots=True)
class Features:
    """Checked features: the fields given, in their stored Arrow types, and the geometries, None if not given."""

    fields: dict[str, pa.Array]
    shapes: shapes.Shapes | None
    size: int


def valid_features(
    definition: LayerDefinition, rows: pa.Table, *, partial: bool = False
) -> Iterator[tuple[int, Features]]:
    """The checked features of `rows` in chunks, each with the index of its first row.

    Columns are fields and `geom` (WKB). Fields left out are null; with `partial`, fields and geometry left out stay
    out. Raises UnknownField, and InvalidFeature with the first fault.
    """
    for start, features, found in _checked(definition, rows, partial=partial):
        fault = first(found)
        if fault is not None:
            raise fault.error(definition.id)
        yield start, features


def faults(definition: LayerDefinition, rows: pa.Table, *, partial: bool = False) -> list[Fault]:
    """Everything that keeps `rows` out of the layer, by index; an empty list if they fit. Raises UnknownField."""
    found = [fault for _, _, chunk in _checked(definition, rows, partial=partial) for fault in chunk]
    columns = {fault.field: fault for fault in found if fault.index is None}
    rest = [fault for fault in found if fault.index is not None and fault.field not in columns]
    return [*columns.values(), *sorted(rest, key=lambda fault: fault.index or 0)]


def _checked(
    definition: LayerDefinition, rows: pa.Table, *, partial: bool
) -> Iterator[tuple[int, Features, list[Fault]]]:
    absent = _column_faults(definition, rows, partial=partial)
    for start in range(0, max(rows.num_rows, 1), CHUNK):
        features, found = _chunk(definition, rows.slice(start, CHUNK), partial=partial)
        yield start, features, [*absent, *(fault.moved(start) for fault in found)]


def _column_faults(definition: LayerDefinition, rows: pa.Table, *, partial: bool) -> list[Fault]:
    known = {*definition.field_names, shapes.GEOM}
    names = rows.column_names
    if AREA_M2 in names:
        remedy = ("请去掉该列。", "Leave the column out.")
        return [whole(AREA_M2, "面积由系统计算，不能给定。", "The area is computed and may not be given.", remedy)]
    for name in names:
        if name not in known or names.count(name) > 1:
            raise UnknownField(definition.id, name, (*definition.field_names, shapes.GEOM))
    if partial or not rows.num_rows:
        return []
    needed = [field.name for field in definition.fields if field.required] + [shapes.GEOM]
    return [
        whole(name, "缺少必需的列。", "A required column is missing.", ("请补上该列。", "Add the column."))
        for name in needed
        if name not in names
    ]


def _chunk(definition: LayerDefinition, rows: pa.Table, *, partial: bool) -> tuple[Features, list[Fault]]:
    found: list[Fault] = []
    columns: dict[str, pa.Array] = {}
    for field in definition.fields:
        if field.name in rows.column_names:
            column = values.checked(field, _whole_array(rows, field.name))
            columns[field.name] = column.values
            found += column.faults
        elif not partial:
            columns[field.name] = pa.nulls(rows.num_rows, values.arrow_type(field))
    drawn = None
    if shapes.GEOM in rows.column_names:
        drawn, more = shapes.checked(definition, _whole_array(rows, shapes.GEOM))
        found += more
    return Features(columns, drawn, rows.num_rows), found


def _whole_array(rows: pa.Table, name: str) -> pa.Array:
    column = rows.column(name)
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([*column.chunks] or [pa.nulls(0)])
