"""Which vector formats are read and written, and how?

`tables` lists what a file holds, `read_table` reads one table as Arrow with WKB, `write_table` writes one. Whatever
comes from outside is read in a separate, limited process (`sandbox`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from gis.errors import FormatError
from gis.formats import sandbox
from gis.formats.model import GEOMETRY, Format, Limits, Note, SourceTable, TableInfo
from gis.formats.writers.delimited import crs_text, write_rows
from gis.formats.writing import Writing, arranged

__all__ = [
    "FORMATS",
    "GEOMETRY",
    "STREAMED",
    "Format",
    "Limits",
    "Note",
    "SourceTable",
    "TableInfo",
    "crs_text",
    "read_table",
    "stream_table",
    "suffix_of",
    "tables",
    "write_rows",
    "write_table",
]

FORMATS: dict[str, Format] = {
    ".shp": Format("Shapefile", "Shapefile", can_read=True, can_write=False),
    ".shp.zip": Format("Shapefile (zip)", "Shapefile 压缩包", can_read=True, can_write=True),
    ".zip": Format("ZIP archive", "ZIP 压缩包", can_read=True, can_write=False),
    ".gpkg": Format("GeoPackage", "GeoPackage", can_read=True, can_write=True),
    ".gpkg.zip": Format("GeoPackage (zip)", "GeoPackage 压缩包", can_read=True, can_write=False),
    ".gdb": Format("File geodatabase", "文件地理数据库", can_read=True, can_write=False),
    ".gdb.zip": Format("File geodatabase (zip)", "文件地理数据库压缩包", can_read=True, can_write=True),
    ".fgb": Format("FlatGeobuf", "FlatGeobuf", can_read=True, can_write=True),
    ".geojson": Format("GeoJSON", "GeoJSON", can_read=True, can_write=True),
    ".json": Format("GeoJSON", "GeoJSON", can_read=True, can_write=False),
    ".gml": Format("GML", "GML", can_read=True, can_write=False),
    ".kml": Format("KML", "KML", can_read=True, can_write=False),
    ".kmz": Format("KMZ", "KMZ", can_read=True, can_write=False),
    ".parquet": Format("GeoParquet", "GeoParquet", can_read=True, can_write=True),
    ".xlsx": Format("Excel workbook", "Excel 工作簿", can_read=False, can_write=True),
    ".csv": Format("CSV with WKT", "CSV（含 WKT）", can_read=True, can_write=True),
    ".dxf": Format("DXF", "DXF", can_read=True, can_write=True),
    ".txt": Format("Boundary points", "界址点坐标文本", can_read=True, can_write=True),
}
"""The formats by suffix (lower case, with the dot)."""

STREAMED = (".csv", ".geojson", ".parquet")
"""The formats that `stream_table` writes."""


_DATABASE = (
    "请在 ArcGIS 中导出为文件地理数据库（.gdb）或 Shapefile（.shp）。",
    "Export it from ArcGIS as a file geodatabase (.gdb) or shapefile (.shp).",
)
_PART = ("请提供 .shp 文件（或整套文件的 zip）。", "Give the .shp file, or a zip of all its parts.")
_TABLE = ("请在 Excel 中另存为 CSV UTF-8（.csv）。", "Save it from Excel as CSV UTF-8 (.csv).")
_ARCHIVE = ("请重新压缩为 .zip。", "Pack it as a .zip.")
REMEDIES: dict[str, tuple[str, str]] = {
    ".mdb": _DATABASE, ".accdb": _DATABASE, ".dbf": _PART, ".shx": _PART, ".prj": _PART, ".xls": _TABLE,
    ".rar": _ARCHIVE, ".7z": _ARCHIVE, ".dwg": ("请在 CAD 中另存为 DXF。", "Save it from CAD as DXF."),
}  # fmt: skip
"""What to do about files that are often brought and cannot be read, in Chinese and English."""


def suffix_of(path: Path) -> str:
    """The suffix of FORMATS that `path` ends in, the longest one; raises FormatError naming those there are."""
    name = path.name.lower()
    found = [suffix for suffix in FORMATS if name.endswith(suffix)]
    if found:
        return max(found, key=len)
    remedy_zh, remedy_en = REMEDIES.get(
        path.suffix.lower(), (f"支持：{' '.join(FORMATS)}。", f"Supported: {' '.join(FORMATS)}.")
    )
    raise FormatError(
        f"不支持的文件格式“{path.suffix}”。",
        f"The format {path.suffix!r} is not supported.",
        place=path.name,
        remedy_zh=remedy_zh,
        remedy_en=remedy_en,
    )


def tables(path: Path, *, limits: Limits = Limits()) -> list[TableInfo]:  # noqa: B008 (frozen)
    """The tables in the file (or .gdb folder) `path`, in its order; those in which QGIS keeps settings are left out.

    Raises FormatError where the file is missing, not what its suffix says, damaged, or beyond `limits`.
    """
    with sandbox.workspace() as work:
        answer = sandbox.run(_job("tables", path), work=work, readable=_readable(path), limits=limits, place=path.name)
    return [TableInfo(**{**info, "fields": tuple(info["fields"])}) for info in answer["tables"]]


def read_table(
    path: Path,
    table: str | None = None,
    *,
    encoding: str | None = None,
    suffix: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> SourceTable:
    """The table `table` of `path`, or its only one, with every decision taken on the way as a note.

    `encoding` overrides the one found from the bytes (shapefiles, CSV, text), `suffix` says how to read a file that is
    not named for it (".csv" for a table in a .txt). Raises FormatError where the file is
    missing, not what its suffix says, damaged, beyond `limits`, or holds several tables and none is named.
    """
    with sandbox.workspace() as work:
        data = work / "work" / "data.arrow"
        named = {} if suffix is None else {"suffix": suffix}
        job = {**_job("read", path), **named, "table": table, "encoding": encoding, "data": str(data)}
        answer = sandbox.run(job, work=work, readable=_readable(path), limits=limits, place=path.name)
        return SourceTable(
            name=answer["name"],
            data=sandbox.mapped(data),
            epsg=answer["epsg"],
            crs_name=answer["crs_name"],
            encoding=answer["encoding"],
            encoding_sample=tuple(answer["encoding_sample"]),
            notes=tuple(Note(**note) for note in answer["notes"]),
        )


def write_table(
    path: Path,
    data: pa.Table,
    *,
    name: str,
    epsg: int,
    geometry: str,
    titles: Mapping[str, str] | None = None,
    abstract: str = "",
) -> list[Note]:
    """Writes `data` to `path` in the format of its suffix, whole or not at all, and gives the decisions to report.

    `data` has a column `geom` (WKB in EPSG:`epsg`); `geometry` is the OGC name of its type (POLYGON...); `titles` are
    the fields' names for people; `abstract` is a notice that the file must carry. An existing file is replaced.
    Raises FormatError for a suffix that is not written and for what the format cannot hold.
    """
    from gis.formats.writers.registry import write  # loads the engine's kernels, which the worker does without

    return write(path, suffix_of(path), Writing(arranged(data), name, epsg, geometry, titles or {}, abstract))


def stream_table(
    suffix: str,
    schema: pa.Schema,
    tables: Iterable[pa.Table],
    *,
    name: str,
    epsg: int,
    geometry: str,
    titles: Mapping[str, str] | None = None,
    abstract: str = "",
) -> Iterator[bytes]:
    """The bytes of a file in the format `suffix`, one of `STREAMED`, piece by piece in the memory of one of `tables`.

    `schema` is that of every table; the rest as `write_table`. A CSV states no CRS here.
    """
    from gis.formats.writers.registry import pieces  # as in write_table

    empty = arranged(schema.empty_table())
    return pieces(suffix, Writing(empty, name, epsg, geometry, titles or {}, abstract), tables)


def _job(action: str, path: Path) -> dict[str, object]:
    suffix = suffix_of(path)
    if not path.exists():
        raise FormatError("文件不存在。", "The file does not exist.", place=str(path))
    if not FORMATS[suffix].can_read:
        raise FormatError(f"{suffix} 只能写出，不能读取。", f"{suffix} is written only, not read.", place=path.name)
    return {"action": action, "suffix": suffix, "stem": path.name[: -len(suffix)]}


def _readable(path: Path) -> list[Path]:
    """What the worker may open: the file first, then what shares its stem in the same folder (.dbf, .prj, -wal)."""
    path = path.resolve()
    stem = path.name[: -len(suffix_of(path))].lower() + "."
    beside = (one for one in path.parent.iterdir() if one.name.lower().startswith(stem) and one != path)
    return [path, *beside]
