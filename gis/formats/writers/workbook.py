"""How is a workbook written for people who count in Excel?"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from gis.errors import FormatError
from gis.formats.model import Note
from gis.formats.writing import Writing, is_text, safe_text

MAX_ROWS = 1_048_575
"""Rows of an Excel sheet below its header."""

MAX_TEXT = 32_767
MAX_EXACT = 10**15
"""Excel keeps 15 digits of a number; longer integers are written as text."""

_EPOCH = datetime.date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was: earlier dates are written as text."""


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes the fields without the geometry under their titles; the notice goes on a second sheet and in print.

    Raises FormatError for more rows than a sheet holds.
    """
    table = writing.fields
    if table.num_rows > MAX_ROWS:
        raise FormatError(
            f"共 {table.num_rows:,} 行，超过 Excel 的 {MAX_ROWS:,} 行上限。",
            f"There are {table.num_rows:,} rows; a sheet holds {MAX_ROWS:,}.",
            remedy_zh="请导出为 CSV 或 GeoPackage，或先筛选。",
            remedy_en="Export CSV or GeoPackage, or select fewer rows.",
        )
    notes = [Note("Excel 表不含几何。", "The workbook holds no geometry.")]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
    book.set_properties({"title": writing.name, "comments": writing.abstract})
    sheet = book.add_worksheet(sheet_name(writing.name))
    notes += _fill(sheet, table, writing, _Formats(book))
    if writing.abstract:
        sheet.set_header(f"&L{writing.abstract[:200].replace('&', '&&')}")
        about = book.add_worksheet("说明 notice")
        about.write_string(0, 0, writing.abstract)
    book.close()
    return notes


class _Formats:
    """The cell formats of a workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.head: CellFormat = book.add_format({"bold": True})
        self.date: CellFormat = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment: CellFormat = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})


def sheet_name(name: str) -> str:
    """`name` as Excel allows it: at most 31 characters, none of []:*?/\\, no apostrophe at either end."""
    return re.sub(r"[\[\]:*?/\\]", "_", name).strip("'")[:31] or "data"


def _fill(sheet: Worksheet, table: pa.Table, writing: Writing, formats: _Formats) -> Iterator[Note]:
    heads = safe_text(pa.chunked_array([[writing.titles.get(name, name) for name in table.column_names]]))
    for column, head in enumerate(heads.to_pylist()):
        sheet.write_string(0, column, head, formats.head)
    sheet.freeze_panes(1, 0)
    if table.num_rows:
        sheet.autofilter(0, 0, table.num_rows, max(table.num_columns - 1, 0))
    put = _Cells(sheet, formats)
    shown = [safe_text(column.cast(pa.string())) if is_text(column.type) else column for column in table.columns]
    batches = pa.Table.from_arrays(shown, names=[str(i) for i in range(len(shown))]).to_batches(max_chunksize=4096)
    row = 0
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        for i in range(batch.num_rows):
            row += 1
            for place, values in enumerate(columns):
                put.cell(row, place, values[i])
    if any(pa.types.is_timestamp(column.type) for column in table.columns):
        yield Note("时间为 UTC。", "Times are in UTC.")
    yield from put.notes()


class _Cells:
    """Writes values by their type and counts what could not be written as it was."""

    def __init__(self, sheet: Worksheet, formats: _Formats) -> None:
        self.sheet, self.formats = sheet, formats
        self.long_numbers = self.cut_texts = 0
        self.kinds: dict[type, Callable[[int, int, Any], None]] = {
            str: self._text,
            bool: self.sheet.write_boolean,
            int: self._integer,
            float: self._real,
            Decimal: self._decimal,
            datetime.date: self._date,
            datetime.datetime: self._moment,
        }

    def cell(self, row: int, column: int, value: Any) -> None:
        if value is not None:
            self.kinds[type(value)](row, column, value)

    def notes(self) -> Iterator[Note]:
        if self.long_numbers:
            count = self.long_numbers
            yield Note(f"{count} 个超过 15 位的数按文本写出。", f"{count} numbers of over 15 digits became text.")
        if self.cut_texts:
            count = self.cut_texts
            yield Note(f"{count} 处文字超过 32767 字，已截断。", f"{count} texts were cut at 32,767 characters.")

    def _text(self, row: int, column: int, value: str) -> None:
        self.cut_texts += len(value) > MAX_TEXT
        self.sheet.write_string(row, column, value[:MAX_TEXT])

    def _integer(self, row: int, column: int, value: int) -> None:
        if abs(value) < MAX_EXACT:
            self.sheet.write_number(row, column, value)
        else:
            self.long_numbers += 1
            self.sheet.write_string(row, column, str(value))

    def _real(self, row: int, column: int, value: float) -> None:
        if math.isfinite(value):
            self.sheet.write_number(row, column, value)

    def _decimal(self, row: int, column: int, value: Decimal) -> None:
        if len(value.as_tuple().digits) <= 15:
            self.sheet.write_number(row, column, float(value))
        else:
            self.long_numbers += 1
            self.sheet.write_string(row, column, str(value))

    def _date(self, row: int, column: int, value: datetime.date) -> None:
        if value >= _EPOCH:
            self.sheet.write_datetime(row, column, value, self.formats.date)
        else:
            self.sheet.write_string(row, column, value.isoformat())

    def _moment(self, row: int, column: int, value: datetime.datetime) -> None:
        if value.date() >= _EPOCH:
            self.sheet.write_datetime(row, column, value.replace(tzinfo=None), self.formats.moment)
        else:
            self.sheet.write_string(row, column, value.isoformat())
