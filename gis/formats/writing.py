"""What does a writer get, and how does its file appear whole or not at all?"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gis.errors import FormatError
from gis.formats.model import GEOMETRY, Note


@dataclass(frozen=True, slots=True)
class Writing:
    """A table to be written: its fields, and the geometry (WKB in EPSG:`epsg`) last under the name `geom`.

    `name` is the layer's; `geometry` the OGC name in capitals; `titles` the fields' names for people; `abstract` a
    notice that must travel with the data, "" for none.
    """

    data: pa.Table
    name: str
    epsg: int
    geometry: str
    titles: Mapping[str, str] = field(default_factory=dict)
    abstract: str = ""

    @property
    def fields(self) -> pa.Table:
        """The table without its geometry."""
        return self.data.drop_columns([GEOMETRY])

    @property
    def wkb(self) -> pa.Array:
        """The geometry column in one piece."""
        column = self.data.column(GEOMETRY).cast(pa.binary())
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


Writer = Callable[[Path, Writing], list[Note]]
"""Writes to a path that does not exist yet and gives the notes."""

Streamer = Callable[[Writing, Iterable[pa.Table]], Iterator[bytes]]
"""The bytes of a file piece by piece, of a Writing without rows and of the rows, table by table, as it has columns."""


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes `path`'s place at the end, or goes if something went wrong.

    Raises FormatError where the folder cannot be written in or is full.
    """
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:40]}-") as folder:
            temporary = Path(folder) / path.name
            yield temporary
            _synced(temporary)
            os.replace(temporary, path)
    except OSError as error:
        raise FormatError(
            f"无法写入：{error.strerror or error}。",
            f"It cannot be written: {error.strerror or error}.",
            place=path.name,
            remedy_zh="请检查文件夹是否存在、是否有权限、磁盘是否已满。",
            remedy_en="Check that the folder exists, is writable and has room.",
        ) from error


def _synced(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class Sink(io.RawIOBase):
    """A file to write to that nobody can seek in: what was written waits until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any) -> int:
        """Takes all of `data`."""
        part = bytes(data)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        """The bytes written so far."""
        return self._size

    def taken(self) -> bytes:
        """What was written since this was last asked."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def arranged(data: pa.Table) -> pa.Table:
    """`data` with its geometry last, dictionaries decoded; raises FormatError where it has no column `geom`."""
    if GEOMETRY not in data.column_names:
        raise FormatError(f"表中没有几何列“{GEOMETRY}”。", f"The table has no column {GEOMETRY!r}.")
    names = [name for name in data.column_names if name != GEOMETRY]
    columns = [_decoded(data.column(name)) for name in names]
    return pa.Table.from_arrays([*columns, data.column(GEOMETRY)], names=[*names, GEOMETRY])


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def safe_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text with an apostrophe before every value that a spreadsheet would take for a formula (OWASP, CSV injection).

    Full-width signs count as well: spreadsheets in Chinese and Japanese take them for the others.
    """
    risky = pc.match_substring_regex(column, r"^[=+\-@＝＋－＠\t\r\n]")
    return pc.if_else(pc.fill_null(risky, False), pc.binary_join_element_wise("'", column, ""), column)


def is_text(kind: pa.DataType) -> bool:
    """Whether `kind` is a string type."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def moments_as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as ISO 8601 text in UTC, with a Z."""
    utc = column.cast(pa.timestamp("ms", tz="UTC"), safe=False)
    whole = pc.all(pc.equal(pc.millisecond(utc), 0)).as_py() is not False
    return pc.strftime(utc.cast(pa.timestamp("s", tz="UTC"), safe=False) if whole else utc, format="%Y-%m-%dT%H:%M:%SZ")
