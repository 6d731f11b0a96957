"""How is CSV written, so that people, spreadsheets and GIS all read it?"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyproj
import shapely

from gis.errors import FormatError
from gis.formats.model import Note
from gis.formats.reference import stated
from gis.formats.shapes import read_wkb
from gis.formats.writing import Writing, appearing, is_text, moments_as_text, safe_text

WKT_FIELD = "WKT"
"""GDAL and QGIS take a column of this name for the geometry without being told."""

NOTICE_FIELD = "说明 notice"
_MARK = b"\xef\xbb\xbf"


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes UTF-8 with a byte order mark: the fields, the geometry as WKT last, then the notice in every row, if any.

    CSV has no place for the CRS: a .prj with its WKT goes beside the file, where GDAL looks for it.
    """
    _write(path, _with_wkt(writing))
    return [
        Note(
            f"CSV 不能记载坐标系：坐标为 EPSG:{writing.epsg}，另存于同名 .prj 文件。",
            f"CSV cannot state a CRS: coordinates are EPSG:{writing.epsg}, which the .prj file of the same name holds.",
        )
    ]


def pieces(writing: Writing, tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """The same text piece by piece; the .prj is left to the caller (`crs_text`)."""
    yield _MARK + _rows(_with_wkt(writing), include_header=True)
    for table in tables:
        yield _rows(_with_wkt(replace(writing, data=table)), include_header=False)


def _with_wkt(writing: Writing) -> pa.Table:
    wkt = pa.array(shapely.to_wkt(read_wkb(writing.wkb), rounding_precision=-1), type=pa.string())
    table = writing.fields.append_column(WKT_FIELD, wkt)
    if not writing.abstract:
        return table
    return table.append_column(NOTICE_FIELD, pa.array([writing.abstract] * table.num_rows, pa.string()))


def _rows(table: pa.Table, *, include_header: bool) -> bytes:
    out = io.BytesIO()
    pyarrow.csv.write_csv(_shown_table(table), out, pyarrow.csv.WriteOptions(include_header=include_header))
    return out.getvalue()


def rows_text(table: pa.Table) -> bytes:
    """A table without geometry as the CSV that `write_rows` writes."""
    return _MARK + _rows(table, include_header=True)


def is_companion_there(path: Path, epsg: int) -> bool:
    """Whether a .prj beside the CSV `path` already says EPSG:`epsg`.

    Raises FormatError where one says something else: it belongs to another file, a shapefile perhaps, whose CRS must
    not change. Case does not tell names apart, as on Windows and for GDAL.
    """
    wanted = path.with_suffix(".prj").name.lower()
    beside = [one for one in path.parent.glob("*") if one.name.lower() == wanted]
    for prj in beside:
        if stated(prj.read_text(encoding="utf-8", errors="replace")).epsg != epsg:
            raise FormatError(
                f"同名的 {prj.name} 已存在，记载的坐标系不是 EPSG:{epsg}；CSV 的坐标系须写在其中，不予覆盖。",
                f"{prj.name} exists and does not state EPSG:{epsg}; the CRS of the CSV would have to replace it.",
                place=path.name,
                remedy_zh=f"请换一个文件名或文件夹；如 {prj.name} 已无用，请先删除。",
                remedy_en=f"Choose another name or folder, or delete {prj.name} first if nothing needs it.",
            )
    return bool(beside)


def companion(path: Path, writing: Writing) -> None:
    """Writes the .prj beside the CSV `path`, whole or not at all."""
    with appearing(path.with_suffix(".prj")) as temporary:
        temporary.write_text(crs_text(writing.epsg), encoding="utf-8")


def crs_text(epsg: int) -> str:
    """What a .prj says of EPSG:`epsg`."""
    return pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")


def write_rows(path: Path, rows: pa.Table) -> None:
    """Writes a table without geometry as CSV in UTF-8 with a byte order mark, whole or not at all.

    Text that a spreadsheet would run as a formula gets an apostrophe; null is an empty cell, "" an empty quoted one.
    """
    with appearing(path) as temporary:
        _write(temporary, rows)


def _write(path: Path, table: pa.Table) -> None:
    with path.open("wb") as file:
        file.write(_MARK)
        pyarrow.csv.write_csv(_shown_table(table), file)


def _shown_table(table: pa.Table) -> pa.Table:
    names, columns = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        names.append(safe_text(pa.chunked_array([[name]]))[0].as_py())
        columns.append(_shown(column))
    return pa.Table.from_arrays(columns, names=names)


def _shown(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        return moments_as_text(column)
    return safe_text(column.cast(pa.string())) if is_text(column.type) else column
