"""Reading in this process, for formats that need no GDAL: the same path from reader to table, without a worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import shapely

from gis.formats.model import Note
from gis.formats.reading import Reader, Source, store


@dataclass(frozen=True)
class Read:
    """What came of a file."""

    data: pa.Table
    epsg: int | None
    encoding: str | None
    notes: tuple[Note, ...]

    @property
    def said(self) -> str:
        """All notes in English."""
        return " ".join(note.en for note in self.notes)

    @property
    def shapes(self) -> Sequence[shapely.Geometry]:
        """The geometries."""
        return shapely.from_wkb(self.data["geom"].to_pylist())


def read(reader: Reader, path: Path, *, encoding: str | None = None) -> Read:
    """The one table of `path`."""
    with reader.read(Source(path, path.stem), path.stem, encoding) as reading:
        outcome = store(reading, path.with_suffix(".arrow"))
        encoding = reading.encoding
    with pa.OSFile(str(path.with_suffix(".arrow"))) as file:
        return Read(pa.ipc.open_file(file).read_all(), outcome.epsg, encoding, outcome.notes)
