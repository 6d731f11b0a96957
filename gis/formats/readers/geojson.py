"""How is GeoJSON read, with or without the old `crs` member and in whatever encoding?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.formats.model import TableInfo
from gis.formats.readers import ogr
from gis.formats.readers.transcribed import in_utf8
from gis.formats.reading import Reading, Source
from gis.formats.reference import Reference, stated

DRIVER = "GeoJSON"
_WINDOW = 1 << 16
_CRS = re.compile(r'"crs"\s*:\s*(?=null|\{)')


def tables(source: Source) -> list[TableInfo]:
    """The one table of a GeoJSON text, under the file's name."""
    source, _ = in_utf8(source)
    epsg = reference(source.path).epsg
    return [TableInfo(source.stem, i.features, i.geometry, epsg, i.fields) for i in ogr.tables(source, DRIVER)]


@contextmanager
def read(source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
    """The features of a GeoJSON text; without a `crs` member they are in EPSG:4326 (RFC 7946, section 4)."""
    source, choice = in_utf8(source, encoding)
    with ogr.read(source, source.stem, DRIVER, layer=0, reference=reference(source.path)) as reading:
        reading.encoding = choice.encoding
        reading.notes += choice.notes
        yield reading


def reference(path: Path) -> Reference:
    """The CRS of the GeoJSON text `path`: that of its `crs` member (GeoJSON 2008), else EPSG:4326.

    Only the first and last 64 kB are searched, where writers put the member.
    """
    with path.open("rb") as file:
        head = file.read(_WINDOW)
        file.seek(max(_WINDOW, path.stat().st_size - _WINDOW))
        ends = (head.decode("utf-8", "replace"), file.read().decode("utf-8", "replace"))
    for text in ends:
        for found in _CRS.finditer(text):
            try:
                member, _ = json.JSONDecoder().raw_decode(text, found.end())
            except json.JSONDecodeError:
                continue
            if member is None or set(member) <= {"type", "properties"}:
                return _of_member(member)
    return Reference(4326, "WGS 84", degrees=True)


def _of_member(member: dict[str, object] | None) -> Reference:
    properties = (member or {}).get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    return stated(name if isinstance(name, str) else None)
