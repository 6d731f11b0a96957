"""How does a table get from a reader to the file the parent process opens?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from gis.errors import FormatError
from gis.formats.model import GEOMETRY, Note, TableInfo
from gis.formats.reference import Reference
from gis.formats.shapes import Shapes, common_name, geometry_codes, swapped
from gis.formats.values import Values, shown_name

MOMENT_TEXT = b"DateTime"
"""Value of the field metadata GDAL:OGR:type for columns that hold times as text."""


SOURCE_NAME = "source"
"""The stem of the name under which a file is handed on; a table named so takes the file's own name."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file or folder under a name of ours in the worker's folder, and its own name without the suffix."""

    path: Path
    stem: str


@dataclass(slots=True)
class Reading:
    """A table being read: batches of raw columns, the geometry (WKB) last under the name `geom`.

    `notes` may grow until the last batch is out. `geometryless` is a table without any geometry column.
    """

    name: str
    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]
    reference: Reference
    encoding: str | None = None
    encoding_sample: tuple[str, ...] = ()
    notes: list[Note] = field(default_factory=list)
    geometryless: bool = False


class Reader(Protocol):
    """One format: lists the tables of a source and reads one of them."""

    def tables(self, source: Source) -> list[TableInfo]: ...  # pragma: no cover

    def read(self, source: Source, table: str, encoding: str | None) -> AbstractContextManager[Reading]: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reading, beside the Arrow file."""

    epsg: int | None
    crs_name: str | None
    notes: tuple[Note, ...]


def store(reading: Reading, path: Path) -> Outcome:
    """Writes `reading` to the Arrow IPC file `path` in plain types and 2D WKB, and checks coordinates against the CRS.

    Coordinates that can only be latitude, longitude are exchanged; ones beyond 180 and 90 under a geographic CRS
    leave the CRS unknown. Both are reported.
    """
    values, shapes = Values(), Shapes(want_bounds=reading.reference.degrees)
    names = values.unique([name for name in reading.schema.names if name != GEOMETRY])
    schema = _plain(pa.RecordBatch.from_pylist([], schema=reading.schema), names, values, shapes).schema
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for batch in reading.batches:
            writer.write_batch(_plain(batch, names, values, shapes))
    notes = [*reading.notes, *values.notes(), *shapes.notes()]
    if reading.geometryless:
        return Outcome(None, None, tuple(notes))
    epsg, name = reading.reference.epsg, reading.reference.name
    if reading.reference.degrees and shapes.latitude_first:
        _swap(path)
        notes.append(
            Note(
                "坐标是纬度在前，已交换为经度、纬度。",
                "Coordinates were latitude first; exchanged to longitude, latitude.",
            )
        )
    elif reading.reference.degrees and shapes.beyond_degrees:
        epsg, name = None, None
        notes.append(_beyond_degrees(reading.reference))
    return Outcome(epsg, name, (*reading.reference.notes, *notes))


def _plain(batch: pa.RecordBatch, names: list[str], values: Values, shapes: Shapes) -> pa.RecordBatch:
    columns: dict[str, pa.Array] = {}
    attributes = [i for i, name in enumerate(batch.schema.names) if name != GEOMETRY]
    for name, i in zip(names, attributes, strict=True):
        column, metadata = batch.column(i), batch.schema.field(i).metadata or {}
        is_moment = metadata.get(b"GDAL:OGR:type") == MOMENT_TEXT and pa.types.is_string(column.type)
        plain = values.moments(name, column) if is_moment else values.plain(name, column)
        if plain is not None:
            columns[name] = plain
    if GEOMETRY in batch.schema.names:
        columns[GEOMETRY] = shapes.flat(batch.column(batch.schema.names.index(GEOMETRY)))
    else:
        columns[GEOMETRY] = pa.nulls(batch.num_rows, pa.binary())
    return pa.RecordBatch.from_pydict(columns)


def _swap(path: Path) -> None:
    other = path.with_suffix(".swapped")
    with pa.memory_map(str(path)) as source, pa.OSFile(str(other), "wb") as target:
        opened = pa.ipc.open_file(source)
        with pa.ipc.new_file(target, opened.schema) as writer:
            for i in range(opened.num_record_batches):
                batch = opened.get_batch(i)
                last = batch.num_columns - 1
                writer.write_batch(batch.set_column(last, GEOMETRY, swapped(batch.column(last))))
    other.replace(path)


def _beyond_degrees(reference: Reference) -> Note:
    return Note(
        f"坐标值超出经纬度范围，与坐标系“{reference.name}”不符；请指定投影坐标系。",
        f"The coordinates cannot be degrees, though the CRS says {reference.name!r}; please state it.",
    )


def only_table(found: Iterable[TableInfo], wanted: str | None) -> TableInfo:
    """The table `wanted`, or the only one there is; raises FormatError naming the choices."""
    tables = list(found)
    if not tables:
        raise FormatError("文件中没有任何表。", "The file holds no table.")
    chosen = [table for table in tables if wanted is None or table.name == wanted]
    if len(chosen) == 1:
        return chosen[0]
    choices = [table.name for table in tables]
    zh = f"文件中没有名为“{wanted}”的表。" if wanted else f"文件中有 {len(tables)} 个表。"
    en = f"The file has no table {wanted!r}." if wanted else f"The file holds {len(tables)} tables."
    raise FormatError(
        zh, en, remedy_zh=f"请选择一个表：{'、'.join(choices)}。", remedy_en=f"Choose one of: {', '.join(choices)}."
    )


def summary(reading: Reading) -> TableInfo:
    """What `reading` holds, told by reading it through: for formats that are read whole anyway."""
    names = tuple(shown_name(name) for name in reading.schema.names if name != GEOMETRY)
    rows, kinds = 0, set[int]()
    for batch in reading.batches:
        rows += batch.num_rows
        if not reading.geometryless:
            kinds |= set(np.unique(geometry_codes(batch.column(GEOMETRY))).tolist())
    kind = None if reading.geometryless else common_name(kinds)
    return TableInfo(reading.name, rows, kind, reading.reference.epsg, names)


def table_batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """`table` in batches of one schema."""
    yield from table.combine_chunks().to_batches(max_chunksize=65_536)
