"""How does a layer leave as a file?"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.formats import Note, stream_table, write_table
from layers.definition import LayerDefinition
from layers.errors import ExportRefused
from layers.notice import ILLUSTRATIVE
from layers.query import Query
from layers.store import Store

AT_ONCE = 5_000
"""Features read, and written, at a time."""

GEOM, REVISION = "geom", "revision"
NOTHING = Query(fids=())


@dataclass(frozen=True, slots=True)
class Export:
    """What is to leave: the features of a layer that `query` selects at revision `as_of` (None: now).

    Files hold the fields, the key `fid` and the computed `area_m2`, without the columns `dropped`, in EPSG:`epsg`, the
    layer's own CRS by default (GeoJSON: longitude and latitude). Illustrative data is marked as such in the file.
    """

    store: Store
    definition: LayerDefinition
    query: Query = Query()
    as_of: int | None = None
    epsg: int | None = None
    dropped: tuple[str, ...] = ()

    def pieces(self, suffix: str) -> Generator[bytes, None, None]:
        """The file in the format `suffix`, one of `gis.formats.STREAMED`, piece by piece in flat memory.

        All of it shows one state of the store, let go when the iterator ends or is closed. A CSV states no CRS.
        """
        with closing(self._tables()) as tables:
            yield from stream_table(suffix, self._schema(), tables, **self._about())

    def write(self, out: Path) -> list[Note]:
        """Writes the file `out` in the format of its suffix, whole or not at all; gives the decisions to report.

        Rows wait in a temporary file beside `out`, not in memory. Raises FormatError for a suffix that is not written.
        """
        with self._spooled(out.parent) as rows:
            return write_table(out, rows, **self._about())

    @contextmanager
    def _spooled(self, folder: Path) -> Iterator[pa.Table]:
        """The rows as a table that lies in a temporary file, and is read from there where it is needed."""
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".gaodu-", suffix=".arrow") as file:
            with closing(self._tables()) as tables, pa.ipc.new_file(file, self._schema()) as spool:
                for table in tables:
                    spool.write_table(table)
            file.flush()
            with pa.memory_map(file.name) as source:
                yield pa.ipc.open_file(source).read_all()

    def _tables(self) -> Generator[pa.Table, None, None]:
        batches = self.store.batches(self.definition.id, self.query, as_of=self.as_of, size=AT_ONCE)
        with closing(batches):
            for batch in batches:
                yield self._fitted(pa.Table.from_batches([batch]))

    def _schema(self) -> pa.Schema:
        return self._fitted(self.store.read(self.definition.id, NOTHING)).schema

    def _fitted(self, rows: pa.Table) -> pa.Table:
        """`rows` in the CRS and with the columns wanted."""
        wanted = None if self.query.fields is None else {"fid", GEOM, "area_m2", *self.query.fields}
        unwanted = {REVISION, *self.dropped} - {"fid", GEOM}
        names = [name for name in rows.column_names if name not in unwanted and (wanted is None or name in wanted)]
        rows = rows.select(names)
        if self.epsg in (None, self.definition.crs):
            return rows
        moved = transformed(GeometryColumns.from_wkb(rows[GEOM]), self.definition.crs, self.epsg).to_wkb()
        return rows.set_column(names.index(GEOM), GEOM, moved.cast(pa.binary()))

    def _about(self) -> dict[str, Any]:
        fields = {field.name: field.title.zh for field in self.definition.fields}
        layer = self.definition.id
        return {
            "name": layer,
            "epsg": self.epsg or self.definition.crs,
            "geometry": self.definition.geometry.ogc,
            "titles": {**fields, "area_m2": "面积（平方米）", "fid": "要素号"},
            "abstract": f"{ILLUSTRATIVE.zh} {ILLUSTRATIVE.en}" if self.store.is_illustrative(layer) else "",
        }


def export_layer(
    store: Store,
    layer: str,
    out: Path,
    *,
    query: Query = Query(),
    as_of: int | date | datetime | None = None,
    overwrite: bool = False,
) -> list[Note]:
    """Writes `layer` to `out` in the format of its suffix, as `Export.write`; gives the decisions to report.

    Raises UnknownLayer, FormatError for a suffix that is not written, and ExportRefused where `out` exists and
    `overwrite` is not set.
    """
    definition = store.catalogue[layer]
    if out.exists() and not overwrite:
        raise ExportRefused(
            "文件已存在。", "The file exists already.", place=str(out),
            remedy_zh="换一个文件名，或加 --overwrite。", remedy_en="Choose another name, or add --overwrite.",
        )  # fmt: skip
    return Export(store, definition, query, store.resolve(as_of)).write(out)
