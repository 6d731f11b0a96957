"""How is GeoParquet read, and Parquet with a bare WKB column?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gis.errors import FormatError
from gis.formats.model import GEOMETRY, Note, TableInfo
from gis.formats.reading import Reading, Source
from gis.formats.reference import Reference, stated
from gis.formats.shapes import readable
from gis.formats.values import field_name

_NAMES = ("geometry", "geom", "wkb_geometry", "wkb", "shape", "the_geom")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column is the geometry, in which CRS, of which types, and which columns only index it."""

    column: str | None
    reference: Reference
    kinds: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()


def tables(source: Source) -> list[TableInfo]:
    """The one table of a Parquet file."""
    file = _opened(source)
    layout = _layout(file)
    names = [name for name in file.schema_arrow.names if name != layout.column and name not in layout.skipped]
    kinds = {kind.split(" ")[0].upper() for kind in layout.kinds}
    kind = (kinds.pop() if len(kinds) == 1 else "GEOMETRY") if layout.column else None
    return [TableInfo(source.stem, file.metadata.num_rows, kind, layout.reference.epsg, tuple(names))]


@contextmanager
def read(source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
    """The rows of a Parquet file; CRS from the `geo` metadata (PROJJSON; none means OGC:CRS84)."""
    file = _opened(source)
    layout = _layout(file)
    schema = file.schema_arrow
    kept = [field for field in schema if field.name != layout.column and field.name not in layout.skipped]
    fields = [field.with_name(field_name(field.name)) for field in kept]
    names = [field.name for field in kept]
    if layout.column:
        fields, names = [*fields, pa.field(GEOMETRY, pa.binary())], [*names, layout.column]
    shown = pa.schema(fields)

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for batch in file.iter_batches(batch_size=16_384):
                columns = [_storage(batch.column(name), name == layout.column) for name in names]
                yield pa.RecordBatch.from_arrays(columns, schema=shown)
        except (pa.ArrowInvalid, OSError) as error:
            raise _damaged(error) from error

    yield Reading(source.stem, shown, batches(), layout.reference, "utf-8", geometryless=layout.column is None)


def _opened(source: Source) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(source.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise _damaged(error) from error


def _storage(column: pa.Array, is_geometry: bool) -> pa.Array:
    if isinstance(column.type, pa.BaseExtensionType) and is_geometry:
        column = column.storage
    return column.cast(pa.binary()) if is_geometry else column


def _layout(file: pq.ParquetFile) -> Layout:
    raw = (file.metadata.metadata or {}).get(b"geo")
    if raw is None:
        return _guessed(file)
    try:
        geo = json.loads(raw)
        name = geo["primary_column"]
        column = geo["columns"][name]
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(error) from error
    if str(column.get("encoding", "")).upper() != "WKB":
        raise FormatError(
            f"不支持几何编码“{column.get('encoding')}”。",
            f"The geometry encoding {column.get('encoding')!r} is not supported.",
            remedy_zh="请以 WKB 编码重新导出 GeoParquet。",
            remedy_en="Write the GeoParquet again with WKB encoding.",
        )
    covering = column.get("covering", {}).get("bbox", {})
    boxes = frozenset(str(place[0]) for place in covering.values() if place)
    return Layout(name, _reference(column), tuple(column.get("geometry_types", ())), boxes)


def _reference(column: dict[str, Any]) -> Reference:
    if "crs" not in column:
        return Reference(4326, "WGS 84 (CRS84)", degrees=True)
    crs = column["crs"]
    return stated(None if crs is None else json.dumps(crs) if isinstance(crs, dict) else str(crs))


def _guessed(file: pq.ParquetFile) -> Layout:
    """The first binary column, those of a usual name before others, whose values are WKB."""
    schema = file.schema_arrow
    binary = [f.name for f in schema if _is_wkb_typed(f.type)]
    for name in sorted(binary, key=lambda n: (n.lower() not in _NAMES, binary.index(n))):
        first = next(file.iter_batches(batch_size=100, columns=[name]), None)
        if first is not None and _holds_wkb(_storage(first.column(0), True)):
            note = Note(
                f"文件没有 GeoParquet 元数据，列“{name}”按 WKB 几何读取。",
                f"There is no GeoParquet metadata; the column {name!r} was read as WKB.",
            )
            missing = stated(None)
            return Layout(name, Reference(notes=(note, *missing.notes)))
    return Layout(None, Reference())


def _is_wkb_typed(kind: pa.DataType) -> bool:
    kind = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _holds_wkb(values: pa.Array) -> bool:
    """Whether most values are WKB: single ones may be damaged."""
    read = int(np.count_nonzero(readable(values)))
    return bool(0 < len(values) - values.null_count <= 2 * read)


def _damaged(error: Exception) -> FormatError:
    return FormatError(
        f"Parquet 文件已损坏或不受支持：{error}", f"The Parquet file is damaged or not supported: {error}",
        remedy_zh="请重新导出。", remedy_en="Export it again.",
    )  # fmt: skip
