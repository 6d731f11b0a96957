"""How is a vector file read through GDAL, with one driver allowed?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pyogrio.raw

from gis.errors import FormatError
from gis.formats.drivers import only
from gis.formats.model import GEOMETRY, Note, TableInfo
from gis.formats.readers.transcribed import in_utf8
from gis.formats.reading import SOURCE_NAME, Reader, Reading, Source
from gis.formats.reference import Reference, stated
from gis.formats.shapes import CURVES, absent_as_null, geometry_codes
from gis.formats.values import field_name

OWN_TABLES = frozenset({"layer_styles", "qgis_projects"})
"""Tables that QGIS keeps its own settings in; not listed as data."""


@dataclass(frozen=True, slots=True)
class Direct:
    """The reader of a format that GDAL's `driver` reads as it is; its text is UTF-8 by the format's own rule."""

    driver: str

    def tables(self, source: Source) -> list[TableInfo]:
        """The tables of `source`."""
        return tables(source, self.driver)

    def read(self, source: Source, table: str, encoding: str | None) -> AbstractContextManager[Reading]:
        """The table `table`; `encoding` has nothing to say."""
        return read(source, table, self.driver)


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The reader of an XML format that reaches GDAL's `driver` in UTF-8, with `options` for opening it."""

    driver: str
    options: Mapping[str, Any]

    def tables(self, source: Source) -> list[TableInfo]:
        """The feature types of `source`."""
        return tables(in_utf8(source)[0], self.driver)

    @contextmanager
    def read(self, source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
        """The features of the type `table`; axes are exchanged where the CRS puts latitude first (GDAL's rule)."""
        source, choice = in_utf8(source, encoding)
        with read(source, table, self.driver, **self.options) as reading:
            reading.encoding = choice.encoding
            reading.notes += choice.notes
            yield reading


READERS: dict[str, Reader] = {
    ".gpkg": Direct("GPKG"),
    ".gdb": Direct("OpenFileGDB"),
    ".fgb": Direct("FlatGeobuf"),
    # without its schema and without following links
    ".gml": Transcribed("GML", {"DOWNLOAD_SCHEMA": "NO", "SKIP_RESOLVE_ELEMS": "ALL"}),
}
"""The readers of the formats that differ in GDAL's driver only."""


def tables(source: Source, driver: str, encoding: str | None = None) -> list[TableInfo]:
    """The tables that `driver` finds in `source`; raises FormatError where it cannot open it.

    `encoding` is what GDAL takes text for, where the driver has a choice.
    """
    with only(driver):
        layers = _attempt(lambda: pyogrio.list_layers(str(source.path)))
        return [_info(source, str(name), kind, encoding) for name, kind in layers if str(name) not in OWN_TABLES]


def _info(source: Source, layer: str, kind: str | None, encoding: str | None) -> TableInfo:
    info = _attempt(
        lambda: pyogrio.read_info(str(source.path), layer=layer, encoding=encoding, force_feature_count=True)
    )
    count = int(info["features"])
    return TableInfo(
        name=shown_name(source, layer),
        features=count if count >= 0 else None,
        geometry=_ogc_name(kind),
        epsg=stated(info["crs"]).epsg if kind and info["crs"] else None,
        fields=tuple(str(name) for name in info["fields"]),
    )


@contextmanager
def read(
    source: Source,
    table: str,
    driver: str,
    *,
    layer: str | int | None = None,
    reference: Reference | None = None,
    **options: Any,
) -> Iterator[Reading]:
    """The table `table` of `source` through `driver`; `options` are GDAL's open options and pyogrio's arguments.

    `layer` is GDAL's name or number of it where that is known; `reference` overrides what the driver says about the
    CRS.
    """
    path = str(source.path)
    layer = _layer_name(source, table, driver) if layer is None else layer
    with only(driver):
        opening = pyogrio.raw.open_arrow(
            path, layer=layer, use_pyarrow=True, datetime_as_string=True, batch_size=16_384, **options
        )
        meta, reader = _attempt(opening.__enter__)
        try:
            geometry = _geometry_place(reader.schema, meta)
            schema = _renamed(reader.schema, geometry)
            notes: list[Note] = []
            yield Reading(
                name=table,
                schema=schema,
                batches=_batches(reader, schema, geometry, (path, layer), notes),
                notes=notes,
                reference=reference or (stated(meta["crs"]) if geometry is not None else Reference()),
                geometryless=geometry is None,
                encoding="utf-8",
            )
        finally:
            opening.__exit__(None, None, None)


def shown_name(source: Source, layer: str) -> str:
    """The name of `layer` as people know it."""
    return source.stem if layer == SOURCE_NAME else layer


def _layer_name(source: Source, table: str, driver: str) -> str:
    with only(driver):
        names = [str(name) for name, _ in _attempt(lambda: pyogrio.list_layers(str(source.path)))]
    return next((name for name in names if shown_name(source, name) == table), table)


def _geometry_place(schema: pa.Schema, meta: dict[str, Any]) -> int | None:
    for i, field in enumerate(schema):
        if (field.metadata or {}).get(b"ARROW:extension:name") in {b"geoarrow.wkb", b"ogc.wkb"}:
            return i
    return None


def _renamed(schema: pa.Schema, geometry: int | None) -> pa.Schema:
    """`schema` with the geometry last under its own name; a field that holds that name already gets another."""
    fields = [field.with_name(field_name(field.name)) for field in schema]
    if geometry is not None:
        fields = [*fields[:geometry], *fields[geometry + 1 :], pa.field(GEOMETRY, pa.binary())]
    return pa.schema(fields)


def _batches(
    reader: pa.RecordBatchReader,
    schema: pa.Schema,
    geometry: int | None,
    place: tuple[str, str | int],
    notes: list[Note],
) -> Iterator[pa.RecordBatch]:
    done = 0
    while (batch := _attempt(lambda: next(reader, None))) is not None:
        columns = list(batch.columns)
        if geometry is not None:
            wkb = absent_as_null(columns.pop(geometry).cast(pa.binary()))
            if np.isin(geometry_codes(wkb) % 1000, CURVES).any():
                wkb = _straightened(place, done, batch.num_rows)
                notes[:] = [_STRAIGHTENED]
            columns.append(wkb)
        done += batch.num_rows
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


_STRAIGHTENED = Note("圆弧已化为折线（每 4 度一个点）。", "Arcs were made straight, with a vertex every 4 degrees.")


def _straightened(place: tuple[str, str | int], skip: int, count: int) -> pa.Array:
    """The geometries of a batch again, with arcs as GDAL's polylines."""
    path, layer = place
    _, _, wkb, _ = pyogrio.raw.read(path, layer=layer, columns=[], skip_features=skip, max_features=count)
    return pa.array(wkb, type=pa.binary())


def _ogc_name(kind: str | None) -> str | None:
    if kind is None or kind == "None":
        return None
    name = re.sub(r"(2\.5D |3D | Z| M|ZM)", "", str(kind)).strip().upper().replace(" ", "")
    straight = {"CURVEPOLYGON": "POLYGON", "MULTISURFACE": "MULTIPOLYGON", "COMPOUNDCURVE": "LINESTRING"}
    straight |= {"CIRCULARSTRING": "LINESTRING", "MULTICURVE": "MULTILINESTRING", "UNKNOWN": "GEOMETRY"}
    return straight.get(name, name)


def _attempt(action: Any) -> Any:
    """The result of `action`, with GDAL's errors as FormatError."""
    try:
        return action()
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FieldError) as error:
        raise refusal(str(error)) from error
    except (pyogrio.errors.GeometryError, pa.ArrowInvalid, UnicodeDecodeError, RuntimeError) as error:
        raise refusal(str(error)) from error


def refusal(reason: str) -> FormatError:
    """The error for what GDAL cannot read."""
    reason = reason.split("; It might help")[0].strip()
    return FormatError(
        f"无法读取，文件内容与后缀不符或已损坏：{reason}",
        f"It cannot be read; it is not what its suffix says, or damaged: {reason}",
        remedy_zh="请在 GIS 软件中打开检查，并重新导出。",
        remedy_en="Open it in a GIS to check, and export it again.",
    )
