"""How are columns made to fit a format that holds fewer types, shorter names and shorter text?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from gis.errors import FormatError
from gis.formats.model import Note
from gis.formats.writing import is_text, moments_as_text

NAME_BYTES, TEXT_BYTES, DBF_FIELDS = 10, 254, 255
"""What a .dbf holds: bytes of a field name, bytes of a text, fields."""

_DBF_INTEGER = 10**17
"""GDAL writes integers to a .dbf 18 characters wide, the sign among them."""

_EXACT_IN_DOUBLE = 2**53


@dataclass(slots=True)
class Fitted:
    """Columns as the format takes them; `names` gives each one's original name; `notes` what was changed."""

    table: pa.Table
    names: dict[str, str]
    notes: list[Note] = field(default_factory=list)


def fit_plain(table: pa.Table) -> Fitted:
    """For GeoPackage and FlatGeobuf: decimals of over 15 digits become text, others doubles; the rest stays."""
    notes: list[Note] = []
    columns = [_without_decimals(name, column, notes) for name, column in _named(table)]
    return _fitted(table.column_names, columns, table.column_names, notes)


def fit_flatgeobuf(table: pa.Table) -> Fitted:
    """As `fit_plain`, and dates become dates with a time: FlatGeobuf has no other."""
    fitted = fit_plain(table)
    columns = [_dated(name, column, fitted.notes) for name, column in _named(fitted.table)]
    return _fitted(table.column_names, columns, table.column_names, fitted.notes)


def fit_geodatabase(table: pa.Table) -> Fitted:
    """For a file geodatabase that ArcGIS before Pro 3.2 opens, too: integers are 32-bit, else doubles, else text."""
    notes: list[Note] = []
    columns = []
    for name, column in _named(table):
        column = _without_decimals(name, column, notes)
        if pa.types.is_integer(column.type):
            column = _narrowed(name, column, notes)
        elif pa.types.is_boolean(column.type):
            column = column.cast(pa.int16())
        columns.append(_dated(name, column, notes))
    return _fitted(table.column_names, columns, table.column_names, notes)


def fit_shapefile(table: pa.Table) -> Fitted:
    """For a .dbf: names of at most ten bytes, text of at most 254 bytes, no times, integers of at most 17 digits.

    Raises FormatError for more than 255 fields.
    """
    if table.num_columns > DBF_FIELDS:
        raise FormatError(
            f"共 {table.num_columns} 个字段，Shapefile 最多 {DBF_FIELDS} 个。",
            f"There are {table.num_columns} fields; a shapefile holds {DBF_FIELDS}.",
            remedy_zh="请导出为 GeoPackage。", remedy_en="Export GeoPackage instead.",
        )  # fmt: skip
    notes: list[Note] = []
    short = short_names(table.column_names, NAME_BYTES)
    columns = [_dbf_column(name, column, notes) for name, column in _named(table)]
    changed = [f"{name} → {cut}" for name, cut in zip(table.column_names, short, strict=True) if name != cut]
    if changed:
        listed = "；".join(changed)
        notes.append(
            Note(
                f"字段名超过 10 字节，已缩短（对照表见 fields.csv）：{listed}",
                f"Field names of over 10 bytes were cut (see fields.csv): {listed.replace('；', '; ')}",
            )
        )
    return _fitted(short, columns, table.column_names, notes)


def short_names(names: Iterable[str], limit_bytes: int, *, taken: Iterable[str] = ()) -> list[str]:
    """`names` within `limit_bytes` of UTF-8, cut between characters.

    Case aside, they differ from one another and from those `taken`; a number at the end makes them.
    """
    gone = {name.lower() for name in taken}
    result = []
    for name in names:
        short, number = cut_text(name, limit_bytes), 0
        while short.lower() in gone:
            number += 1
            short = cut_text(name, limit_bytes - len(f"_{number}")) + f"_{number}"
        gone.add(short.lower())
        result.append(short)
    return result


def cut_text(text: str, limit_bytes: int) -> str:
    """The beginning of `text` within `limit_bytes` of UTF-8, never cut within a character."""
    return text.encode()[:limit_bytes].decode(errors="ignore")


def _named(table: pa.Table) -> list[tuple[str, pa.ChunkedArray]]:
    return list(zip(table.column_names, table.columns, strict=True))


def _fitted(shown: list[str], columns: list[pa.ChunkedArray], names: list[str], notes: list[Note]) -> Fitted:
    return Fitted(pa.Table.from_arrays(columns, names=shown), dict(zip(shown, names, strict=True)), notes)


def _without_decimals(name: str, column: pa.ChunkedArray, notes: list[Note]) -> pa.ChunkedArray:
    if not pa.types.is_decimal(column.type):
        return column
    if column.type.precision <= 15 or _decimal_digits(column) <= 15:
        return column.cast(pa.float64())
    notes.append(Note(f"字段 {name} 超过 15 位，按文本写出。", f"{name} has over 15 digits; written as text."))
    return column.cast(pa.string())


def _dated(name: str, column: pa.ChunkedArray, notes: list[Note]) -> pa.ChunkedArray:
    if not pa.types.is_date(column.type):
        return column
    notes.append(Note(f"字段 {name} 的日期按日期时间写出。", f"Dates of {name} are written as date and time."))
    return column.cast(pa.timestamp("ms"))


def _decimal_digits(column: pa.ChunkedArray) -> int:
    """The most digits that a value of a decimal column has."""
    texts = pc.replace_substring_regex(column.cast(pa.string()), r"^-?0*\.?0*|\.", "")
    return int(pc.max(pc.utf8_length(texts)).as_py() or 0)


def _largest(column: pa.ChunkedArray) -> int:
    limits = pc.min_max(column)
    return int(max(abs(limits["min"].as_py() or 0), abs(limits["max"].as_py() or 0)))


def _narrowed(name: str, column: pa.ChunkedArray, notes: list[Note]) -> pa.ChunkedArray:
    largest = _largest(column)
    if largest < 2**31:
        return column.cast(pa.int32())
    if largest <= _EXACT_IN_DOUBLE:
        notes.append(Note(f"字段 {name} 的大整数按双精度写出。", f"Large integers of {name} are written as doubles."))
        return column.cast(pa.float64())
    notes.append(Note(f"字段 {name} 的大整数按文本写出。", f"Large integers of {name} are written as text."))
    return column.cast(pa.string())


def _dbf_column(name: str, column: pa.ChunkedArray, notes: list[Note]) -> pa.ChunkedArray:
    column = _without_decimals(name, column, notes)
    if pa.types.is_integer(column.type) and _largest(column) >= _DBF_INTEGER:
        notes.append(Note(f"字段 {name} 的大整数按文本写出。", f"Large integers of {name} are written as text."))
        column = column.cast(pa.string())
    if pa.types.is_timestamp(column.type):
        notes.append(Note(f"字段 {name} 的时间按文本写出（UTC）。", f"Times of {name} are written as text (UTC)."))
        column = moments_as_text(column)
    return _dbf_text(name, column, notes) if is_text(column.type) else column


def _dbf_text(name: str, column: pa.ChunkedArray, notes: list[Note]) -> pa.ChunkedArray:
    long = pc.fill_null(pc.greater(pc.binary_length(column.cast(pa.string())), TEXT_BYTES), False)
    count = int(pc.sum(long).as_py() or 0)
    if pc.any(pc.equal(column, "")).as_py():
        notes.append(Note(f"字段 {name} 的空字符串将读作空值。", f"Empty text in {name} will be read as null."))
    if not count:
        return column
    notes.append(
        Note(
            f"字段 {name} 有 {count} 处文字超过 254 字节，已截断。",
            f"{count} texts of {name} were longer than 254 bytes and were cut.",
        )
    )
    values = [value if value is None else cut_text(value, TEXT_BYTES) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(values, type=pa.string())])
