"""How is CSV read: where is the geometry, and which columns are numbers rather than codes?"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely

from gis.errors import FormatError
from gis.formats import encodings
from gis.formats.model import GEOMETRY, Note, TableInfo
from gis.formats.reading import Reading, Source, summary, table_batches
from gis.formats.reference import Reference, stated
from gis.formats.shapes import readable, readable_wkt, refusable, write_wkb
from gis.formats.values import MOMENT, field_name

_WKT = (
    r"(?i)^\s*(SRID=\d+;)?\s*"
    r"(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)\s*(Z|M|ZM)?\s*(\(|EMPTY)"
)
_HEX_WKB = r"(?i)^0[01](0[1-7]000000|000000[0-1][0-7])[0-9a-f]{8,}$|^01[0-9a-f]{2}0000[2aAeE]0[0-9a-f]{8,}$"
_INTEGER = r"^-?(0|[1-9]\d{0,14})$"
_REAL = r"^-?(0|[1-9]\d{0,14})(\.\d+([eE][+-]?\d{1,3})?)?$"
_DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
_MOMENT = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$"
_TYPES = (
    (_INTEGER, pa.int64()), (_REAL, pa.float64()), (_DATE, pa.date32()), (_MOMENT, MOMENT),
    (r"^(true|false)$", pa.bool_()),
)  # fmt: skip
"""What every value of a column must look like for it to be of a type other than text."""

_USUAL_NAMES = ("wkt", "geom", "geometry", "the_geom", "shape", "wkb")


def tables(source: Source) -> list[TableInfo]:
    """The one table of a CSV text."""
    with read(source, source.stem, None) as reading:
        return [summary(reading)]


@contextmanager
def read(source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
    """The rows of a CSV text, its WKT (or hex WKB) column as geometry.

    A column is numeric only if no value has a leading zero or more than 15 digits before the point; unquoted empty
    cells are null. WKT that cannot be read is handed on as bytes that are no geometry, the text itself, so that its
    row alone can be rejected. Raises FormatError for rows of another length than the header.
    """
    text, choice = encodings.text_of(source.path, encoding)
    rows = _rows(text)
    place = _geometry_place(rows)
    fields = [(name, typed(column)) for i, (name, column) in _numbered(rows) if i != place]
    notes = list(choice.notes)
    arrays, names = [column for _, column in fields], [field_name(name) for name, _ in fields]
    reference = Reference()
    if place is not None:
        geometry, reference = _geometry(rows.column(place).combine_chunks(), source)
        arrays, names = [*arrays, geometry], [*names, GEOMETRY]
        notes += _ignored(rows, place)
    data = pa.Table.from_arrays(arrays, names=names)
    yield Reading(
        source.stem, data.schema, table_batches(data), reference, choice.encoding,
        encodings.sample(_words(data)), notes, geometryless=place is None,
    )  # fmt: skip


def _rows(text: str) -> pa.Table:
    header, _, rest = text.partition("\n")
    delimiter = max(",\t;|", key=lambda mark: len(re.sub(r'"[^"]*"', "", header).split(mark)))
    names = next(csv.reader([header.rstrip("\r")], delimiter=delimiter), [])
    if not any(name.strip() for name in names):
        raise FormatError("CSV 没有表头。", "The CSV has no header.")
    names = [name.strip() for name in names]
    if not rest.strip():
        return pa.table([pa.nulls(0, pa.string()) for _ in names], names=names)
    raw = rest.encode()
    try:
        return pyarrow.csv.read_csv(
            pa.BufferReader(raw),
            read_options=pyarrow.csv.ReadOptions(
                column_names=[str(i) for i in range(len(names))],
                block_size=len(raw) + 1,
                use_threads=False,
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=len(names) > 1
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={str(i): pa.string() for i in range(len(names))},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        ).rename_columns(names)
    except pa.ArrowInvalid as error:
        raise FormatError(
            f"CSV 的行列不齐：{str(error)[:200]}", f"The CSV's rows are uneven: {str(error)[:200]}",
            remedy_zh="请检查该行的逗号和引号。", remedy_en="Check the commas and quotes of that row.",
        ) from error  # fmt: skip


def _numbered(rows: pa.Table) -> Iterator[tuple[int, tuple[str, pa.Array]]]:
    for i, name in enumerate(rows.column_names):
        yield i, (name, rows.column(i).combine_chunks())


def _geometry_place(rows: pa.Table) -> int | None:
    """The column that holds WKT or hex WKB in its first hundred values; a usual name goes before another.

    Where the name is a usual one, half of the values are enough.
    """
    usual = [name.lower() in _USUAL_NAMES for name in rows.column_names]
    found = [i for i, (_, column) in _numbered(rows) if _share(column) >= (0.5 if usual[i] else 1)]
    return min(found, key=lambda i: (not usual[i], i), default=None)


def _share(column: pa.Array) -> float:
    """Which share of the first hundred values is WKT, or hex WKB."""
    values = column.drop_null()[:100]
    counts = [pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0 for pattern in (_WKT, _HEX_WKB)]
    return max(counts) / len(values) if len(values) else 0.0


def _matches(column: pa.Array, pattern: str) -> bool:
    values = column.drop_null()[:100]
    return len(values) > 0 and bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _geometry(column: pa.Array, source: Source) -> tuple[pa.Array, Reference]:
    if pc.sum(pc.match_substring_regex(column.drop_null()[:100], _WKT)).as_py() == 0:
        shapes = readable(column)
        numbers = {int(n) for n in np.unique(shapely.get_srid(shapes[shapely.is_geometry(shapes)]))} - {0}
    else:
        numbers, bare = _without_srid(column)
        shapes = readable_wkt(bare)
    wkb = write_wkb(shapes, dimensions=4)
    wrong = pa.array(~shapely.is_geometry(shapes) & np.asarray(column.is_valid()))
    cells = pa.array([refusable(cell.encode()) for cell in column.filter(wrong).to_pylist()], type=pa.binary())
    return pc.replace_with_mask(wkb, wrong, cells), _reference(numbers, source)


def _without_srid(column: pa.Array) -> tuple[set[int], pa.Array]:
    """The EPSG codes of `SRID=n;` before WKT (EWKT), and the WKT without them."""
    if not pc.any(pc.match_substring_regex(column, r"(?i)^\s*SRID=")).as_py():
        return set(), column
    found = pc.struct_field(pc.extract_regex(column, r"(?i)^\s*SRID=(?P<srid>\d+);"), "srid")
    bare = pc.replace_substring_regex(column, r"(?i)^\s*SRID=\d+;", "")
    return {int(number) for number in pc.unique(found).to_pylist() if number}, bare


def _reference(numbers: set[int], source: Source) -> Reference:
    """The CRS that the rows state (SRID=n;...), else that of a .prj beside the file, else none."""
    if len(numbers) == 1:
        return stated(f"EPSG:{numbers.pop()}")
    if numbers:
        listed = ", ".join(str(n) for n in sorted(numbers))
        raise FormatError(f"各行的坐标系不同：{listed}。", f"The rows are in different CRSs: {listed}.")
    prj = source.path.with_suffix(".prj")
    return stated(prj.read_text(encoding="utf-8", errors="replace") if prj.exists() else None)


def typed(column: pa.Array) -> pa.Array:
    """Text as a number, date, time with a zone, or true and false where every value is one and none could be a code."""
    values = column.drop_null()
    if len(values) == 0:
        return column
    for pattern, kind in _TYPES:
        if pc.all(pc.match_substring_regex(values, pattern)).as_py():
            try:
                return column.cast(kind)
            except pa.ArrowInvalid:  # 2023-02-30
                return column
    return column


def _ignored(rows: pa.Table, place: int) -> list[Note]:
    others = [name for i, (name, column) in _numbered(rows) if i != place and _matches(column, _WKT)]
    if not others:
        return []
    chosen, left = rows.column_names[place], "、".join(others)
    return [Note(f"几何取自列“{chosen}”；列 {left} 保留为文本。", f"Geometry from {chosen!r}; {left} stays text.")]


def _words(data: pa.Table) -> Iterator[str]:
    yield from data.column_names
    for column in data.columns:
        if pa.types.is_string(column.type):
            yield from (word for word in pc.unique(column).to_pylist() if word)
