"""A whole layer as a file."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.dependencies import StoreDep
from api.errors import NotFound
from layers.exporting import export_layer

router = APIRouter(prefix="/exports", tags=["exports"])

EXPORTS = {
    ".geojson": ("GeoJSON", "application/geo+json"),
    ".gpkg": ("GeoPackage", "application/geopackage+sqlite3"),
    ".shp.zip": ("Shapefile", "application/zip"),
    ".xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".csv": ("CSV", "text/csv"),
    ".parquet": ("GeoParquet", "application/vnd.apache.parquet"),
}
"""What can be downloaded: suffix -> the name people know it by, and its media type."""


@router.get("/{file}", summary="下载图层 / Download a layer", response_class=FileResponse)
def export(file: str, store: StoreDep) -> FileResponse:
    """The layer and format that the name of `file` says, such as land_use.gpkg: every feature, fields and areas."""
    layer, point, rest = file.partition(".")
    suffix = point + rest
    if suffix not in EXPORTS:
        raise NotFound(
            f"没有“{suffix}”格式的下载。",
            f"There is no download as {suffix!r}.",
            place=file,
            remedy_zh=f"可用格式：{'、'.join(EXPORTS)}。",
            remedy_en=f"Formats: {', '.join(EXPORTS)}.",
        )
    folder = Path(tempfile.mkdtemp(prefix="gaodu-export-"))
    try:
        export_layer(store, layer, folder / file)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    done = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(folder / file, filename=file, media_type=EXPORTS[suffix][1], background=done)
