"""How is GeoJSON written for maps and exchange?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pyarrow as pa

from gis.columns import GeometryColumns
from gis.crs import WGS84, is_geographic, same_datum, transformed
from gis.formats.fitting import Fitted, fit_plain
from gis.formats.model import Note
from gis.formats.writing import Writing, moments_as_text
from gis.geojson import Batch, feature_collection_of

KEY = "fid"
"""The field that becomes the features' id."""

PRECISION = 9
"""Digits after the point of a degree: 0.1 mm, the coordinate precision of the land survey."""


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes RFC 7946: longitude, latitude to 0.1 mm; the field `fid` as id; the notice as the member `notice`.

    The number of features stands at the end, as `numberReturned`, which is how a file cut short shows.
    Raises CrsError where no transformation of known accuracy leads to WGS 84, GeometryError for mixed geometry kinds.
    """
    fitted = fit_plain(writing.fields)
    with path.open("wb") as file:
        file.writelines(_text(writing, [(writing.wkb, fitted)]))
    return [*_notes(writing.epsg), *fitted.notes]


def pieces(writing: Writing, tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """The same text piece by piece; errors as `write`, each when its rows have their turn."""
    parts = (replace(writing, data=table) for table in tables)
    return _text(writing, ((part.wkb, fit_plain(part.fields)) for part in parts))


def _text(writing: Writing, parts: Iterable[tuple[pa.Array, Fitted]]) -> Iterator[bytes]:
    members = {"name": writing.name, **({"notice": writing.abstract} if writing.abstract else {})}
    count = 0

    def batches() -> Iterator[Batch]:
        nonlocal count
        kind = None
        for wkb, fitted in parts:
            columns = GeometryColumns.from_wkb(wkb, kind=kind)
            kind = columns.kind if columns.present.any() else kind
            count += len(columns)
            ids = fitted.table.column(KEY) if KEY in fitted.table.column_names else None
            yield transformed(columns, writing.epsg, WGS84), ids, _properties(fitted.table)

    return feature_collection_of(
        batches(),
        precision=PRECISION,
        extra_members=orjson.dumps(members)[1:-1],
        last_members=lambda: b'"numberReturned":%d' % count,
    )


def _notes(epsg: int) -> list[Note]:
    if is_geographic(epsg) and same_datum(epsg, WGS84):
        return []
    return [
        Note(
            f"坐标由 EPSG:{epsg} 转换为经纬度（RFC 7946）。",
            f"Coordinates were brought from EPSG:{epsg} to longitude and latitude (RFC 7946).",
        )
    ]


def _properties(table: pa.Table) -> pa.Table:
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name != KEY:
            columns[name] = moments_as_text(column) if pa.types.is_timestamp(column.type) else column
    return pa.table(columns)
