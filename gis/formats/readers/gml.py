"""How is GML read, without its schema and without following links?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gis.formats.model import TableInfo
from gis.formats.readers import ogr
from gis.formats.readers.transcribed import in_utf8
from gis.formats.reading import Reading, Source

DRIVER = "GML"


def tables(source: Source) -> list[TableInfo]:
    """The feature types of a GML text."""
    return ogr.tables(in_utf8(source)[0], DRIVER)


@contextmanager
def read(source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
    """The features of the type `table`; axes are exchanged where the CRS puts latitude first (GDAL's rule)."""
    source, choice = in_utf8(source, encoding)
    with ogr.read(source, table, DRIVER, DOWNLOAD_SCHEMA="NO", SKIP_RESOLVE_ELEMS="ALL") as reading:
        reading.encoding = choice.encoding
        reading.notes += choice.notes
        yield reading
