"""How is GeoJSON written for maps and exchange?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import shapely

from gis.columns import GeometryColumns
from gis.crs import WGS84, is_geographic, same_datum, transformed
from gis.formats.fitting import fit_plain
from gis.formats.model import GEOMETRY, Note
from gis.formats.shapes import read_wkb
from gis.formats.writing import Writing, moments_as_text

KEY = "fid"
"""The field that becomes the features' id."""

_BATCH = 8192


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes RFC 7946: longitude, latitude; outer rings anticlockwise; the notice as the member `notice`.

    Raises CrsError where no transformation of known accuracy leads to WGS 84.
    """
    fitted = fit_plain(writing.fields)
    notes = [*_notes(writing.epsg), *fitted.notes]
    head = {"type": "FeatureCollection", "name": writing.name}
    if writing.abstract:
        head["notice"] = writing.abstract
    with path.open("wb") as file:
        file.write(orjson.dumps(head)[:-1] + b',"features":[')
        for number, text in enumerate(_features(fitted.table, writing)):
            file.write((b",\n" if number else b"\n") + text)
        file.write(b"\n]}\n")
    return notes


def _notes(epsg: int) -> list[Note]:
    if is_geographic(epsg) and same_datum(epsg, WGS84):
        return []
    return [
        Note(
            f"坐标由 EPSG:{epsg} 转换为经纬度（RFC 7946）。",
            f"Coordinates were brought from EPSG:{epsg} to longitude and latitude (RFC 7946).",
        )
    ]


def _features(fields: pa.Table, writing: Writing) -> Iterator[bytes]:
    data = fields.append_column(GEOMETRY, writing.data.column(GEOMETRY))
    for batch in data.to_batches(max_chunksize=_BATCH):
        table = pa.Table.from_batches([batch])
        wkb = transformed(GeometryColumns.from_wkb(table.column(GEOMETRY)), writing.epsg, WGS84).to_wkb()
        texts = shapely.to_geojson(shapely.orient_polygons(read_wkb(wkb)))
        for row, geometry in zip(_properties(table).to_pylist(), texts, strict=True):
            feature = {"type": "Feature", "properties": row}
            if row.get(KEY) is not None:
                feature["id"] = row.pop(KEY)
            feature["geometry"] = orjson.Fragment(geometry) if geometry is not None else None
            yield orjson.dumps(feature)


def _properties(table: pa.Table) -> pa.Table:
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name != GEOMETRY:
            columns[name] = moments_as_text(column) if pa.types.is_timestamp(column.type) else column
    return pa.table(columns)
