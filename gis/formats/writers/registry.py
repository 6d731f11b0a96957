"""Which writer has each suffix?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from gis.errors import FormatError
from gis.formats.model import Note
from gis.formats.writers import boundary_points, delimited, dxf, gdal, geojson, geoparquet, workbook
from gis.formats.writing import Streamer, Writer, Writing, appearing, arranged

WRITERS: dict[str, Writer] = {
    ".csv": delimited.write,
    ".dxf": dxf.write,
    ".fgb": gdal.write_flatgeobuf,
    ".gdb.zip": gdal.write_geodatabase,
    ".geojson": geojson.write,
    ".gpkg": gdal.write_geopackage,
    ".parquet": geoparquet.write,
    ".shp.zip": gdal.write_shapefile,
    ".txt": boundary_points.write,
    ".xlsx": workbook.write,
}
"""The writer of each suffix that FORMATS says can be written."""

STREAMERS: dict[str, Streamer] = {
    ".csv": delimited.pieces,
    ".geojson": geojson.pieces,
    ".parquet": geoparquet.pieces,
}
"""The formats that can be written piece by piece, in the memory of one."""


def pieces(suffix: str, writing: Writing, tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """The bytes of a file in a format of STREAMERS; `writing` has no rows, `tables` have them."""
    return STREAMERS[suffix](writing, map(arranged, tables))


def write(path: Path, suffix: str, writing: Writing) -> list[Note]:
    """Writes `writing` to `path` in the format of `suffix`, whole or not at all; raises FormatError for another."""
    if suffix not in WRITERS:
        writable = " ".join(WRITERS)
        raise FormatError(
            f"不能写出 {suffix}。", f"{suffix} cannot be written.", place=path.name,
            remedy_zh=f"可写出：{writable}。", remedy_en=f"Choose one of: {writable}.",
        )  # fmt: skip
    wants_companion = suffix == ".csv" and not delimited.is_companion_there(path, writing.epsg)
    with appearing(path) as temporary:
        notes = WRITERS[suffix](temporary, writing)
    if wants_companion:
        delimited.companion(path, writing)
    return notes
