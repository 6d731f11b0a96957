"""A layer as a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.asking.parameters import no_others
from api.delivery.downloads import MEDIA_TYPES, PACKED, Download, checksum, disposition, opened
from api.dependencies import AsOfDep, StoreDep, get_export_places
from api.errors import NotFound
from gis.formats import FORMATS, STREAMED
from layers.exporting import Export
from layers.store import Store

router = APIRouter(prefix="/exports", tags=["exports"], dependencies=[Depends(no_others)])

EXPORTS = {suffix: form for suffix, form in FORMATS.items() if form.can_write}
"""What can be downloaded, by suffix."""

SENT = {".csv": PACKED}
"""What is sent in the place of a format: one that says something, here the CRS, in a file beside."""

CHECKSUM = ".sha256"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the name of a file says: the layer, the format, and whether only the checksum is wanted."""

    layer: str
    suffix: str
    is_checksum: bool

    @property
    def sent(self) -> str:
        """The suffix under which it is sent."""
        return SENT.get(self.suffix, self.suffix)


@router.get("/{file}", summary="下载图层 / Download a layer", response_class=Response)
def export(
    file: str,
    request: Request,
    store: StoreDep,
    asof: AsOfDep,
    places: Annotated[BoundedSemaphore, Depends(get_export_places)],
) -> Response:
    """The layer and format that the name of `file` says, such as land_use.gpkg: every feature, fields and areas.

    CSV comes in a zip, with its coordinate system in a .prj. GeoJSON, CSV and GeoParquet are written while they are
    sent; with `.sha256` after their names they give a checksum of the file that the header Link of the download names.
    The others are written first, and state their SHA-256 in Repr-Digest.
    """
    asked = _asked(file)
    definition = store.catalogue[asked.layer]
    revision = store.revision() if asof is None else store.resolve(asof)
    selected = Export(store, definition, as_of=revision)
    name = f"{asked.layer}{asked.sent}"
    if asked.is_checksum:
        source = partial(checksum, selected, asked.sent, f"{definition.title.zh}{asked.sent}")
        return Download(source, places, media_type="text/plain; charset=utf-8", headers={"ETag": _tag(store, revision)})
    headers = {
        "Content-Disposition": disposition(name, f"{definition.title.zh}{asked.sent}"),
        "ETag": _tag(store, revision),
    }
    if asked.suffix in STREAMED:
        address = request.url.replace(path=f"{request.url.path}{CHECKSUM}", query=f"asof={revision}")
        headers["Link"] = f'<{address}>; rel="describedby"; type="text/plain"'
    return Download(partial(opened, selected, asked.sent), places, media_type=MEDIA_TYPES[asked.sent], headers=headers)


def _asked(file: str) -> _Asked:
    is_checksum = file.endswith(CHECKSUM)
    layer, point, rest = file.removesuffix(CHECKSUM).partition(".")
    suffix = point + rest
    if suffix not in EXPORTS or (is_checksum and suffix not in STREAMED):
        raise NotFound(
            f"没有“{suffix}”格式的下载。"
            if suffix not in EXPORTS
            else f"“{suffix}”的校验值在下载的 Repr-Digest 头中。",
            f"There is no download as {suffix!r}."
            if suffix not in EXPORTS
            else f"The checksum of {suffix} stands in the header Repr-Digest of the download.",
            place=file,
            remedy_zh=f"可用格式：{'、'.join(EXPORTS)}。",
            remedy_en=f"Formats: {', '.join(EXPORTS)}.",
        )
    return _Asked(layer, suffix, is_checksum)


def _tag(store: Store, revision: int | None) -> str:
    return f'W/"{store.identity[:8]}-{revision}"'
