"""Which jobs can the limited process do: list the tables of a file, read one, write one, keep a raster?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from gis.errors import FormatError
from gis.formats.model import Limits, TableInfo
from gis.formats.reading import Reader, only_table, store
from gis.formats.signatures import check
from gis.formats.sources import Member, members

READERS = {
    ".shp": "shapefile",
    ".gpkg": "ogr",
    ".gdb": "ogr",
    ".fgb": "ogr",
    ".geojson": "geojson",
    ".json": "geojson",
    ".gml": "ogr",
    ".kml": "kml",
    ".parquet": "geoparquet",
    ".csv": "delimited",
    ".txt": "boundary_points",
    ".dxf": "dxf",
}
"""The module of `gis.formats.readers` by suffix; one that reads several formats has a table READERS of its own.

Archives are opened first, and their members read by suffix. Only the module wanted is imported, since every file
starts a process and some libraries are slow to load.
"""

_NAMED_BY_FILE = frozenset({".csv", ".dxf", ".geojson", ".json", ".kml", ".parquet", ".shp", ".txt"})
"""Formats of one table that has the file's name; to read it there is no need to list it first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A table, the member of the archive it lies in, and its name there."""

    member: Member
    inner_name: str
    info: TableInfo


def list_tables(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Every table of the file."""
    return {"tables": [asdict(found.info) for found in _found(job, limits, _listed)]}


def read_table(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """One table, written to job["data"] as Arrow."""
    found = _found(job, limits, _named)
    chosen = only_table([one.info for one in found], job["table"])
    place = next(one for one in found if one.info is chosen)
    reader = _reader(place.member)
    with reader.read(place.member.source, place.inner_name, job["encoding"]) as reading:
        outcome = store(reading, Path(job["data"]))
        return {
            "name": chosen.name,
            "epsg": outcome.epsg,
            "crs_name": outcome.crs_name,
            "encoding": reading.encoding,
            "encoding_sample": list(reading.encoding_sample),
            "notes": [asdict(note) for note in outcome.notes],
        }


def write_table(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """A table written by GDAL."""
    answer: dict[str, Any] = import_module("gis.formats.writers.ogr").write(job)
    return answer


def keep_raster(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """A GeoTIFF checked and copied as a COG."""
    answer: dict[str, Any] = import_module("gis.geotiff").keep(job, limits)
    return answer


JOBS: dict[str, Callable[[dict[str, Any], Limits], dict[str, Any]]] = {
    "tables": list_tables,
    "read": read_table,
    "write": write_table,
    "raster": keep_raster,
}


def _reader(member: Member) -> Reader:
    module = import_module(f"gis.formats.readers.{READERS[member.suffix]}")
    reader: Reader = getattr(module, "READERS", {}).get(member.suffix, module)
    return reader


def _listed(member: Member) -> list[TableInfo]:
    return _reader(member).tables(member.source)


def _named(member: Member) -> list[TableInfo]:
    if member.suffix in _NAMED_BY_FILE:
        return [TableInfo(member.source.stem, None, None, None, ())]
    return _listed(member)


def _found(job: dict[str, Any], limits: Limits, lister: Callable[[Member], list[TableInfo]]) -> list[Found]:
    handed, suffix, work = [Path(name) for name in job["readable"]], job["suffix"], Path(job["work"])
    check(handed[0], suffix)
    found: list[Found] = []
    for member in members(handed, suffix, job["stem"], work, limits, frozenset(READERS)):
        try:
            check(member.source.path, member.suffix)
            infos = lister(member)
        except FormatError as error:
            error.place = error.place or member.source.stem + member.suffix
            raise
        found += [Found(member, info.name, info) for info in infos]
    return _distinct(found)


def _distinct(found: list[Found]) -> list[Found]:
    """Tables of one name in several members of an archive take the member's name in front."""
    names = [one.info.name for one in found]
    result = []
    for one in found:
        stem = one.member.source.stem
        shared = names.count(one.info.name) > 1
        name = f"{stem}{one.member.suffix}/{one.info.name}" if shared else one.info.name
        result.append(replace(one, info=replace(one.info, name=name)))
    return result
