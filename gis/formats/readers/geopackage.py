"""How is GeoPackage read?"""

from __future__ import annotations

from contextlib import AbstractContextManager

from gis.formats.model import TableInfo
from gis.formats.readers import ogr
from gis.formats.reading import Reading, Source

DRIVER = "GPKG"


def tables(source: Source) -> list[TableInfo]:
    """The tables of `source`."""
    return ogr.tables(source, DRIVER)


def read(source: Source, table: str, encoding: str | None) -> AbstractContextManager[Reading]:
    """The table `table`; its text is UTF-8 by the format's own rule, so that `encoding` has nothing to say."""
    return ogr.read(source, table, DRIVER)
