"""How are the formats read that GDAL needs no help with: GeoPackage, file geodatabase, FlatGeobuf?"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from gis.formats.model import TableInfo
from gis.formats.readers import ogr
from gis.formats.reading import Reading, Source


@dataclass(frozen=True, slots=True)
class Plain:
    """Reads through `driver` with nothing added; text is UTF-8 by the format's own rule."""

    driver: str

    def tables(self, source: Source) -> list[TableInfo]:
        """The tables of `source`."""
        return ogr.tables(source, self.driver)

    def read(self, source: Source, table: str, encoding: str | None) -> AbstractContextManager[Reading]:
        """The table `table`; `encoding` has nothing to say here."""
        return ogr.read(source, table, self.driver)


GEOPACKAGE = Plain("GPKG")
GEODATABASE = Plain("OpenFileGDB")
FLATGEOBUF = Plain("FlatGeobuf")
