"""How does a file reach a client in flat memory, and what happens when the client goes away?"""

from __future__ import annotations

import base64
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import NamedTuple
from urllib.parse import quote

from anyio import CancelScope, CapacityLimiter, create_task_group, to_thread
from fastapi import Response
from starlette.types import Receive, Scope, Send

from api.errors import Busy
from gis.formats import STREAMED, crs_text
from gis.formats.writing import Sink
from layers.exporting import Export

PIECE_BYTES = 1 << 20
"""Bytes of a finished file read at a time."""

ZIP = "application/zip"
MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".csv.zip": ZIP,
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".dxf": "image/vnd.dxf",
    ".fgb": "application/flatgeobuf",
    ".gdb.zip": ZIP,
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".shp.zip": ZIP,
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media types by suffix."""

PACKED = ".csv.zip"
"""A CSV with its coordinate system in a .prj beside it."""


class File(NamedTuple):
    """A file on its way: what its headers say of it, and its bytes. Closing the bytes lets go of all behind them."""

    headers: Mapping[str, str]
    pieces: Generator[bytes, None, None]


def opened(export: Export, suffix: str) -> File:
    """The features of `export` as a file in the format `suffix`: written on the way, or else whole beforehand.

    A file that is whole beforehand states its SHA-256 in Repr-Digest (RFC 9530) and its length.
    """
    if suffix == PACKED:
        return File({}, _packed(export))
    if suffix in STREAMED:
        return File({}, export.pieces(suffix))
    folder = Path(tempfile.mkdtemp(prefix="gaodu-export-"))
    try:
        made = folder / f"{export.definition.id}{suffix}"
        export.write(made)
        with made.open("rb") as file:
            digest = base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    headers = {"Repr-Digest": f"sha-256=:{digest}:", "Content-Length": str(made.stat().st_size)}
    return File(headers, _read(made))


def checksum(export: Export, suffix: str, name: str) -> File:
    """What `sha256sum` says of the file `name` that `opened` writes on the way, as a text of one line."""

    def line() -> Generator[bytes, None, None]:
        digest, file = hashlib.sha256(), opened(export, suffix)
        try:
            for piece in file.pieces:
                digest.update(piece)
                yield b""  # so that a client that goes away ends it
        finally:
            file.pieces.close()
        yield f"{digest.hexdigest()}  {name}\n".encode()

    return File({}, line())


def _read(file: Path) -> Generator[bytes, None, None]:
    """The bytes of `file`, whose folder goes with it."""
    try:
        with file.open("rb") as source:
            while piece := source.read(PIECE_BYTES):
                yield piece
    finally:
        shutil.rmtree(file.parent, ignore_errors=True)


def _packed(export: Export) -> Generator[bytes, None, None]:
    """A zip, written on the way, of the CSV and its .prj."""
    sink, name = Sink(), export.definition.id
    pieces = export.pieces(".csv")
    try:
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(zipfile.ZipInfo(f"{name}.csv"), "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield sink.taken()
            archive.writestr(zipfile.ZipInfo(f"{name}.prj"), crs_text(export.epsg or export.definition.crs))
        yield sink.taken()
    finally:
        pieces.close()


def disposition(name: str, title: str) -> str:
    """Content-Disposition of a file to be saved as `title`, or as `name` (ASCII) by clients that know no other.

    RFC 6266, 4.3.
    """
    return f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(title, safe='')}"


class Download(Response):
    """Sends a file in pieces that are made in a thread; ends the reading and frees its place when the client goes."""

    def __init__(
        self, open_file: Callable[[], File], places: BoundedSemaphore, *, media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(None, media_type=media_type, headers={**headers, "Content-Encoding": "identity"})
        del self.headers["content-length"]
        self._open_file, self._places = open_file, places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Busy where no place is free, and what stands against the file's first piece."""
        with export_place(self._places):
            limiter = CapacityLimiter(1)
            file = await to_thread.run_sync(self._open_file, limiter=limiter)
            try:
                first = await to_thread.run_sync(next, file.pieces, b"", limiter=limiter)
                self.headers.update(file.headers)
                async with _while_connected(receive):
                    await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                    await send({"type": "http.response.body", "body": first, "more_body": True})
                    while True:
                        piece = await to_thread.run_sync(next, file.pieces, None, limiter=limiter)
                        if piece is None:
                            break
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
            finally:
                with CancelScope(shield=True):
                    await to_thread.run_sync(file.pieces.close, limiter=limiter)


@asynccontextmanager
async def _while_connected(receive: Receive) -> AsyncIterator[None]:
    """Cancels what is done within when the client disconnects."""

    async def listen(scope: CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async with create_task_group() as group:
        group.start_soon(listen, group.cancel_scope)
        yield
        group.cancel_scope.cancel()


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
