"""How is GeoParquet written?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from gis.formats.model import GEOMETRY, Note
from gis.formats.shapes import read_wkb, sound_codes
from gis.formats.writing import Writing

_TYPES = ("", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
_COLUMN = "geometry"


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes GeoParquet 1.1: WKB, the CRS as PROJJSON, the notice under the metadata key `abstract`."""
    geo = {"version": "1.1.0", "primary_column": _COLUMN, "columns": {_COLUMN: _column(writing)}}
    metadata = {"geo": json.dumps(geo), "name": writing.name}
    if writing.titles:
        metadata["titles"] = json.dumps(dict(writing.titles), ensure_ascii=False)
    if writing.abstract:
        metadata["abstract"] = writing.abstract
    names = [_COLUMN if name == GEOMETRY else name for name in writing.data.column_names]
    table = writing.data.set_column(len(names) - 1, GEOMETRY, pa.chunked_array([writing.wkb])).rename_columns(names)
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd", row_group_size=65_536)
    return []


def _column(writing: Writing) -> dict[str, Any]:
    codes = np.unique(sound_codes(writing.wkb))
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(_TYPES[code] for code in codes if 0 < code < len(_TYPES)),
        "crs": pyproj.CRS.from_epsg(writing.epsg).to_json_dict(),
    }
    bounds = shapely.total_bounds(read_wkb(writing.wkb)) if len(writing.wkb) else np.full(4, np.nan)
    if np.isfinite(bounds).all():
        column["bbox"] = [float(value) for value in bounds]
    return column
