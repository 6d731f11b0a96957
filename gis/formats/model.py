"""What do the reader and the writer of a format exchange with their callers?"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

GEOMETRY = "geom"
"""The name of the last column of every table read: WKB, two-dimensional, null where a feature has no geometry."""


@dataclass(frozen=True, slots=True)
class Note:
    """A decision that was taken while reading or writing, to be shown to the person in their language."""

    zh: str
    en: str

    def text(self, language: str = "zh") -> str:
        """The note in `language` ("zh" or "en")."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Limits:
    """How much reading one file may take; a file that needs more is refused.

    `memory_bytes` is the address space of the worker, `seconds` the wall-clock time, `cpu_seconds` the processor
    time, `output_bytes` the largest file the worker may write. Archives: `archive_entries` members,
    `archive_bytes` unpacked, and at most `archive_ratio` times the packed size (past the first 64 MB).
    """

    memory_bytes: int = 4 << 30
    seconds: float = 600.0
    cpu_seconds: int = 600
    output_bytes: int = 8 << 30
    archive_entries: int = 10_000
    archive_bytes: int = 4 << 30
    archive_ratio: int = 100


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One table of a file; `geometry` is the OGC name in capitals, None where the table has no geometry."""

    name: str
    features: int | None
    geometry: str | None
    epsg: int | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table as it was read.

    `data` holds the file's fields under their names and, last, the column `geom`. Types are string, int64, double,
    bool, decimal128, date32 and timestamp[ms, UTC]. `epsg` is None where the file does not say (the caller asks);
    `crs_name` is the name of what it does say. `encoding` is the one the text was decoded with, and
    `encoding_sample` up to ten distinct values with characters beyond ASCII, for a person to judge it by.
    """

    name: str
    data: pa.Table
    epsg: int | None
    crs_name: str | None
    encoding: str | None
    encoding_sample: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name in English and Chinese, and what we do with it."""

    name: str
    title_zh: str
    can_read: bool
    can_write: bool
