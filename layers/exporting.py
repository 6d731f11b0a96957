"""How does a layer leave as a file?"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from gis.formats import Note, write_table
from layers.errors import ExportRefused
from layers.notice import ILLUSTRATIVE
from layers.query import Query
from layers.store import Store


def export_layer(
    store: Store,
    layer: str,
    out: Path,
    *,
    query: Query = Query(),
    as_of: int | date | datetime | None = None,
    overwrite: bool = False,
) -> list[Note]:
    """Writes `layer` to `out` in the format of its suffix, whole or not at all; gives the decisions to report.

    The file holds the fields, the key `fid` and the computed `area_m2`, in the layer's CRS (GeoJSON: longitude and
    latitude). Illustrative data is marked as such in the file. Raises UnknownLayer, FormatError for a suffix that is
    not written, and ExportRefused where `out` exists and `overwrite` is not set.
    """
    definition = store.catalogue[layer]
    if out.exists() and not overwrite:
        raise ExportRefused(
            "文件已存在。", "The file exists already.", place=str(out),
            remedy_zh="换一个文件名，或加 --overwrite。", remedy_en="Choose another name, or add --overwrite.",
        )  # fmt: skip
    rows = store.read(layer, query, as_of=store.resolve(as_of)).drop_columns(["revision"])
    titles = {field.name: field.title.zh for field in definition.fields} | {
        "area_m2": "面积（平方米）",
        "fid": "要素号",
    }
    abstract = f"{ILLUSTRATIVE.zh} {ILLUSTRATIVE.en}" if store.is_illustrative(layer) else ""
    return write_table(
        out, rows, name=layer, epsg=definition.crs, geometry=definition.geometry.ogc, titles=titles, abstract=abstract
    )
