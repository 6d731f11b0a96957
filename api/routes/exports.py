"""A whole layer as a file."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.dependencies import StoreDep, get_export_places
from api.errors import Busy, NotFound
from gis.formats import FORMATS
from layers.exporting import export_layer

router = APIRouter(prefix="/exports", tags=["exports"])

EXPORTS = {suffix: form for suffix, form in FORMATS.items() if form.can_write}
"""What can be downloaded, by suffix."""

ZIP = "application/zip"
MEDIA_TYPES = {
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".shp.zip": ZIP,
    ".gdb.zip": ZIP,
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
    ".dxf": "image/vnd.dxf",
    ".txt": "text/plain",
}
"""Media types by suffix; others are bytes."""

COMPANIONS = {".csv": (".prj",)}
"""Formats that say something, here the CRS, in a file beside: they are sent with it in one zip."""


@router.get("/{file}", summary="下载图层 / Download a layer", response_class=FileResponse)
def export(file: str, store: StoreDep, places: Annotated[BoundedSemaphore, Depends(get_export_places)]) -> FileResponse:
    """The layer and format that the name of `file` says, such as land_use.gpkg: every feature, fields and areas.

    CSV comes in a zip, with its coordinate system in a .prj.
    """
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
    with export_place(places):
        folder = Path(tempfile.mkdtemp(prefix="gaodu-export-"))
        try:
            export_layer(store, layer, folder / file)
            made = _packed(folder / file, COMPANIONS[suffix]) if suffix in COMPANIONS else folder / file
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    done = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    media_type = ZIP if made.suffix == ".zip" else MEDIA_TYPES.get(suffix, "application/octet-stream")
    return FileResponse(made, filename=made.name, media_type=media_type, background=done)


@contextmanager
def export_place(places: BoundedSemaphore) -> Iterator[None]:
    """A place among the files that are written at once; raises Busy where there is none."""
    if not places.acquire(blocking=False):
        raise Busy(
            "正在生成其他下载文件。", "Other downloads are being prepared.",
            remedy_zh="请稍后再试。", remedy_en="Try again in a moment.",
        )  # fmt: skip
    try:
        yield
    finally:
        places.release()


def _packed(file: Path, companions: tuple[str, ...]) -> Path:
    """A zip, named after `file`, of `file` and its companions."""
    made = file.with_name(f"{file.name}.zip")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in (file, *(file.with_suffix(suffix) for suffix in companions)):
            archive.write(each, each.name)
    return made
