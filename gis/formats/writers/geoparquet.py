"""How is GeoParquet written?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from gis.formats.model import GEOMETRY, Note
from gis.formats.shapes import read_wkb, sound_codes
from gis.formats.writing import Sink, Writing

_TYPES = ("", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
_COLUMN = "geometry"
_GROUP_ROWS = 65_536


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes GeoParquet 1.1: WKB, the CRS as PROJJSON, the notice under the metadata key `abstract`."""
    with path.open("wb") as file:
        file.writelines(pieces(writing, [writing.data]))
    return []


def pieces(writing: Writing, tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """The same file piece by piece: a row group for each table, of 65,536 rows at most; what they hold at the end."""
    sink, seen = Sink(), _Seen()
    schema = _named(writing.data).schema.remove_metadata()
    # a stored Arrow schema would hide the metadata, which are only known at the end, from those who read it
    with pq.ParquetWriter(sink, schema, compression="zstd", store_schema=False) as writer:
        for table in tables:
            seen.add(table.column(GEOMETRY))
            writer.write_table(_named(table).replace_schema_metadata(None), row_group_size=_GROUP_ROWS)
            yield sink.taken()
        writer.add_key_value_metadata(_metadata(writing, seen))
    yield sink.taken()


@dataclass(slots=True)
class _Seen:
    """The geometry types that came by, and how far their coordinates reach."""

    codes: set[int] = field(default_factory=set)
    bounds: Any = field(default_factory=lambda: np.array([np.inf, np.inf, -np.inf, -np.inf]))

    def add(self, column: pa.ChunkedArray) -> None:
        for chunk in column.cast(pa.binary()).chunks:
            self.codes |= set(np.unique(sound_codes(chunk)).tolist())
            west, south, east, north = shapely.total_bounds(read_wkb(chunk)) if len(chunk) else np.full(4, np.nan)
            self.bounds[:2] = np.fmin(self.bounds[:2], [west, south])
            self.bounds[2:] = np.fmax(self.bounds[2:], [east, north])


def _named(table: pa.Table) -> pa.Table:
    return table.rename_columns([_COLUMN if name == GEOMETRY else name for name in table.column_names])


def _metadata(writing: Writing, seen: _Seen) -> dict[str, str]:
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(_TYPES[code] for code in seen.codes if 0 < code < len(_TYPES)),
        "crs": pyproj.CRS.from_epsg(writing.epsg).to_json_dict(),
    }
    if np.isfinite(seen.bounds).all():
        column["bbox"] = [float(value) for value in seen.bounds]
    geo = {"version": "1.1.0", "primary_column": _COLUMN, "columns": {_COLUMN: column}}
    metadata = {"geo": json.dumps(geo), "name": writing.name}
    if writing.titles:
        metadata["titles"] = json.dumps(dict(writing.titles), ensure_ascii=False)
    if writing.abstract:
        metadata["abstract"] = writing.abstract
    return metadata
