"""How do all features of a selection leave as one file?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fastapi import Response

from api.asking.coordinates import CRS84, epsg_crs
from api.asking.selection import AREA_M2, Selection
from api.delivery.downloads import MEDIA_TYPES, PACKED, Download, disposition, opened
from api.representations.geojson import crs_header
from api.representations.model import Representation
from gis.formats import FORMATS
from layers.definition import Text
from layers.exporting import Export

FILES = {
    "gpkg": ".gpkg",
    "fgb": ".fgb",
    "parquet": ".parquet",
    "shp.zip": ".shp.zip",
    "xlsx": ".xlsx",
    "geojson-file": ".geojson",
    "csv-file": PACKED,
}
"""The suffix of each file by the name that `f=` takes; the last two are pages under their shorter names."""

IN_DEGREES = ".geojson"
"""The format that is in CRS84 whatever CRS is asked for (RFC 7946, 4)."""


def file_representations() -> dict[str, Representation]:
    """The forms that are files of all features matched, or of as many as `limit` says, by the name that `f=` takes."""
    return {name: _representation(suffix) for name, suffix in FILES.items()}


def _representation(suffix: str) -> Representation:
    form = FORMATS[".csv" if suffix == PACKED else suffix]
    title = Text(zh=f"{form.title_zh}（文件）", en=f"{form.name} (file)")
    return Representation(MEDIA_TYPES[suffix], title, _items(suffix), is_paged=False)


def _items(suffix: str) -> Callable[[Selection], Response]:
    def items(selection: Selection) -> Response:
        definition, properties = selection.definition, selection.properties
        crs = CRS84 if suffix == IN_DEGREES else selection.crs or epsg_crs(definition.crs)
        export = Export(
            selection.store,
            definition,
            replace(selection.query, limit=selection.limit),
            selection.revision,
            epsg=definition.crs if suffix == IN_DEGREES else crs.epsg,
            dropped=(AREA_M2,) if properties is not None and AREA_M2 not in properties else (),
        )
        name = disposition(f"{selection.layer}{suffix}", f"{definition.title.zh}{suffix}")
        return Download(
            partial(opened, export, suffix),
            selection.request.app.state.export_places,
            media_type=MEDIA_TYPES[suffix],
            headers={"Content-Disposition": name, **crs_header(crs)},
        )

    return items
