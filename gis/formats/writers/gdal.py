"""How are the formats written that GDAL knows: GeoPackage, shapefile, file geodatabase, FlatGeobuf?"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from gis.formats import sandbox
from gis.formats.fitting import Fitted, fit_flatgeobuf, fit_geodatabase, fit_plain, fit_shapefile
from gis.formats.model import GEOMETRY, Limits, Note
from gis.formats.shapes import read_wkb, sound_codes, write_wkb
from gis.formats.writing import Writing

_NAMES = {
    "POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon", "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString", "MULTIPOLYGON": "MultiPolygon",
}  # fmt: skip
_MULTI = {1: shapely.multipoints, 2: shapely.multilinestrings, 3: shapely.multipolygons}
_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Target:
    """One of GDAL's formats: its driver, how columns are made to fit, its options, and the name of its file."""

    driver: str
    fit: Callable[[pa.Table], Fitted]
    suffix: str
    layer_options: Callable[[Writing], dict[str, str]] = field(default=lambda writing: {})
    settings: dict[str, str] = field(default_factory=dict)


GEOPACKAGE = Target(
    "GPKG",
    fit_plain,
    ".gpkg",
    lambda writing: {"GEOMETRY_NAME": GEOMETRY, "IDENTIFIER": writing.name, "DESCRIPTION": writing.abstract},
)
FLATGEOBUF = Target(
    "FlatGeobuf",
    fit_flatgeobuf,
    ".fgb",
    lambda writing: {
        "TITLE": writing.name,
        "DESCRIPTION": writing.abstract,
        "SPATIAL_INDEX": "NO" if writing.wkb.null_count or not len(writing.wkb) else "YES",
    },
)
SHAPEFILE = Target("ESRI Shapefile", fit_shapefile, ".shp", lambda writing: {"ENCODING": "UTF-8"})
GEODATABASE = Target("OpenFileGDB", fit_geodatabase, ".gdb", lambda writing: {"LAYER_ALIAS": writing.name})


def write_geopackage(path: Path, writing: Writing) -> list[Note]:
    """A GeoPackage of one layer; the notice is its description. A field `fid` becomes the key."""
    return _write_file(path, writing, GEOPACKAGE)


def write_flatgeobuf(path: Path, writing: Writing) -> list[Note]:
    """A FlatGeobuf file; the notice is its description."""
    return _write_file(path, writing, FLATGEOBUF)


def write_shapefile(path: Path, writing: Writing) -> list[Note]:
    """A zip of a shapefile in UTF-8 with .cpg and .prj, fields.csv (short name, name, title) and README.txt."""
    with sandbox.workspace() as work:
        files, fitted, notes = _written(work, writing, SHAPEFILE)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(files.parent.iterdir()):
                archive.write(file, file.name)
            archive.writestr("fields.csv", _field_list(fitted, writing))
            _readme(archive, writing)
    return notes


def write_geodatabase(path: Path, writing: Writing) -> list[Note]:
    """A zip of a file geodatabase; the notice is README.txt beside it."""
    with sandbox.workspace() as work:
        folder, _, notes = _written(work, writing, GEODATABASE)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.rglob("*")):
                archive.write(file, f"{folder.name}/{file.relative_to(folder).as_posix()}")
            _readme(archive, writing)
    return notes


def _write_file(path: Path, writing: Writing, target: Target) -> list[Note]:
    with sandbox.workspace() as work:
        file, _, notes = _written(work, writing, target)
        shutil.move(file, path)
    return notes


def _written(work: Path, writing: Writing, target: Target) -> tuple[Path, Fitted, list[Note]]:
    """The file or folder that GDAL wrote below `work`, the columns as fitted, and the notes."""
    fitted = target.fit(writing.fields)
    wkb, kind = uniform(writing.wkb, writing.geometry)
    table = fitted.table.append_column(GEOMETRY, wkb)
    data = work / "data.arrow"
    with pa.OSFile(str(data), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table, max_chunksize=16_384)
    stem = _file_stem(writing.name)
    output = work / "work" / "out" / f"{stem}{target.suffix}"
    job = {
        "action": "write",
        "target": str(output),
        "layer": stem if target is SHAPEFILE else writing.name,
        "driver": target.driver,
        "geometry": _NAMES.get(kind, "Unknown"),
        "epsg": writing.epsg,
        "layer_options": {name: value for name, value in target.layer_options(writing).items() if value},
        "settings": target.settings,
    }
    answer = sandbox.run(job, work=work, readable=[data], limits=_LIMITS, place=writing.name)
    return output, fitted, [*fitted.notes, *(Note(**note) for note in answer["notes"])]


def uniform(wkb: pa.Array, geometry: str) -> tuple[pa.Array, str]:
    """`wkb` of one type and its OGC name: single parts become multiparts where `geometry` or a feature is multipart."""
    codes = sound_codes(wkb)
    kinds = set(np.unique(codes[codes > 0]).tolist())
    if geometry not in _NAMES or not kinds <= set(range(1, 7)) or len({(kind - 1) % 3 for kind in kinds}) > 1:
        return wkb, "GEOMETRY"
    if not geometry.startswith("MULTI") and not kinds & {4, 5, 6}:
        return wkb, geometry
    singles = np.flatnonzero((codes > 0) & (codes < 4))
    name = geometry if geometry.startswith("MULTI") else f"MULTI{geometry}"
    if not singles.size:
        return wkb, name
    shapes = read_wkb(wkb)
    shapes[singles] = _MULTI[int(codes[singles[0]])](shapes[singles], indices=np.arange(singles.size))
    return write_wkb(shapes), name


def _file_stem(name: str) -> str:
    """`name` as a file name on every system."""
    kept = "".join("_" if character in '<>:"/\\|?*' or ord(character) < 32 else character for character in name)
    return kept.strip(" .")[:60] or "data"


def _field_list(fitted: Fitted, writing: Writing) -> str:
    rows = [("field", "name", "title")]
    rows += [(short, name, writing.titles.get(name, "")) for short, name in fitted.names.items()]
    return "\ufeff" + "\r\n".join(",".join(_quoted(cell) for cell in row) for row in rows) + "\r\n"


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def _readme(archive: zipfile.ZipFile, writing: Writing) -> None:
    lines = [writing.name, f"EPSG:{writing.epsg}", *([writing.abstract] if writing.abstract else [])]
    archive.writestr("README.txt", "\ufeff" + "\r\n".join(lines) + "\r\n")
