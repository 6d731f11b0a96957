"""Where do features go that could not be taken in?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import shapely

from gis.formats import write_rows
from layers.intake import Rejected

FIELD = "字段 "
"""Stands before the names of the file's own fields, so that none is taken for one of ours."""

RejectedTable = tuple[str, pa.Table, Sequence[Rejected]]


def write_rejects(path: Path, tables: Sequence[RejectedTable]) -> Path | None:
    """Writes the rejected features of each (name, table, rejected) to a CSV at `path`, and gives it; None if none.

    A row holds the table, the row number in the file from 1, the cause in both languages, its geometry as WKT and the
    feature's own fields.
    """
    parts = [_rows(name, source, rejected) for name, source, rejected in tables if rejected]
    if not parts:
        return None
    write_rows(path, pa.concat_tables(parts, promote_options="permissive"))
    return path


def _rows(name: str, source: pa.Table, rejected: Sequence[Rejected]) -> pa.Table:
    rows = source.take([item.row for item in rejected])
    told = {
        "表 table": [name] * len(rejected),
        "行 row": [item.row + 1 for item in rejected],
        "原因 cause": [item.zh for item in rejected],
        "cause": [item.en for item in rejected],
        "几何 WKT": [_wkt(blob) for blob in rows["geom"].to_pylist()],
    }
    own = {f"{FIELD}{column}": rows[column].cast(pa.string()) for column in rows.column_names if column != "geom"}
    return pa.table({key: pa.array(values) for key, values in told.items()} | own)


def _wkt(blob: bytes | None) -> str | None:
    """The geometry as WKT; what cannot be read is shown as the text the file held, or else as hexadecimal digits."""
    if blob is None:
        return None
    with suppress(shapely.errors.GEOSException, NotImplementedError):
        return str(shapely.to_wkt(shapely.from_wkb(blob), rounding_precision=-1))
    with suppress(UnicodeDecodeError):
        text = blob.lstrip(b"\0").decode()
        if text.isprintable():
            return text
    return blob.hex()
