"""How is GeoJSON written for maps and exchange?"""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow as pa

from gis.columns import GeometryColumns
from gis.crs import WGS84, is_geographic, same_datum, transformed
from gis.formats.fitting import fit_plain
from gis.formats.model import Note
from gis.formats.writing import Writing, moments_as_text
from gis.geojson import feature_collection_chunks

KEY = "fid"
"""The field that becomes the features' id."""

PRECISION = 9
"""Digits after the point of a degree: 0.1 mm, the coordinate precision of the land survey."""


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes RFC 7946: longitude, latitude to 0.1 mm; the field `fid` as id; the notice as the member `notice`.

    Raises CrsError where no transformation of known accuracy leads to WGS 84, GeometryError for mixed geometry kinds.
    """
    fitted = fit_plain(writing.fields)
    columns = transformed(GeometryColumns.from_wkb(writing.wkb), writing.epsg, WGS84)
    members = {"name": writing.name, **({"notice": writing.abstract} if writing.abstract else {})}
    ids = fitted.table.column(KEY) if KEY in fitted.table.column_names else None
    fields = _properties(fitted.table)
    with path.open("wb") as file:
        for chunk in feature_collection_chunks(
            columns, ids, fields, precision=PRECISION, extra_members=orjson.dumps(members)[1:-1]
        ):
            file.write(chunk)
    return [*_notes(writing.epsg), *fitted.notes]


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
