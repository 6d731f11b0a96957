"""Files for tests, made byte by byte so that nothing in them is somebody else's decision."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import shapely

SQUARE = [(39618700.0, 3872200.0), (39618700.0, 3872350.0), (39618900.0, 3872350.0), (39618900.0, 3872200.0)]
"""200 m by 150 m in EPSG:4527, clockwise as a shapefile wants: 30,000 m2, 3 hectares, 45 mu."""

PRJ_4527 = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_39",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",39500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)

Field = tuple[bytes, str, int, int]
"""Name, type, width, decimals of a .dbf field."""


def dbf(fields: Sequence[Field], rows: Iterable[Sequence[bytes]], *, language_driver: int = 0) -> bytes:
    """A .dbf; text is left-aligned, numbers right-aligned."""
    rows = list(rows)
    head_bytes, row_bytes = 33 + 32 * len(fields), 1 + sum(width for _, _, width, _ in fields)
    head = struct.pack("<B3BIHH16xBB2x", 3, 124, 1, 1, len(rows), head_bytes, row_bytes, 0, language_driver)
    described = b"".join(
        name.ljust(11, b"\0")[:11] + kind.encode() + bytes(4) + bytes([width, decimals]) + bytes(14)
        for name, kind, width, decimals in fields
    )
    body = b"".join(
        b" " + b"".join(v.ljust(f[2]) if f[1] == "C" else v.rjust(f[2]) for v, f in zip(row, fields, strict=True))
        for row in rows
    )
    return head + described + b"\r" + body + b"\x1a"


def shp(rings: Sequence[Sequence[tuple[float, float]]]) -> tuple[bytes, bytes]:
    """The .shp and .shx of one polygon a ring."""
    records, index, at = b"", b"", 50
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    for number, ring in enumerate(rings, start=1):
        points = [*ring, ring[0]]
        box = (min(x for x, _ in ring), min(y for _, y in ring), max(x for x, _ in ring), max(y for _, y in ring))
        content = struct.pack("<i4dii", 5, *box, 1, len(points)) + struct.pack("<i", 0)
        content += b"".join(struct.pack("<2d", *point) for point in points)
        index += struct.pack(">ii", at, len(content) // 2)
        records += struct.pack(">ii", number, len(content) // 2) + content
        at += 4 + len(content) // 2
    bounds = struct.pack("<8d", min(xs), min(ys), max(xs), max(ys), 0, 0, 0, 0)

    def head(size: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size // 2) + struct.pack("<ii", 1000, 5) + bounds

    return head(100 + len(records)) + records, head(100 + len(index)) + index


def shapefile(
    folder: Path,
    *,
    name: str = "parcels",
    fields: Sequence[Field] = ((b"NAME", "C", 20, 0),),
    rows: Sequence[Sequence[bytes]] = ((b"a",),),
    language_driver: int = 0,
    cpg: str | None = None,
    prj: str | None = PRJ_4527,
) -> Path:
    """A shapefile of squares, one a row; gives the .shp."""
    folder.mkdir(parents=True, exist_ok=True)
    squares = [[(x + 1000 * i, y) for x, y in SQUARE] for i in range(len(rows))]
    shapes, index = shp(squares)
    parts = {".shp": shapes, ".shx": index, ".dbf": dbf(fields, rows, language_driver=language_driver)}
    parts |= {".cpg": cpg.encode()} if cpg else {}
    parts |= {".prj": prj.encode()} if prj else {}
    for suffix, content in parts.items():
        (folder / f"{name}{suffix}").write_bytes(content)
    return folder / f"{name}.shp"


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """A zip of `members` by name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def geojson(path: Path, *features: tuple[dict[str, object], object], **members: object) -> Path:
    """A FeatureCollection of (properties, geometry) with extra members."""
    listed = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    text = json.dumps({"type": "FeatureCollection", **members, "features": listed}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def point(x: float, y: float) -> dict[str, object]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": [x, y]}


def parcels(**columns: pa.Array) -> pa.Table:
    """A table of as many squares in EPSG:4527 as the columns are long; of one without columns."""
    count = len(next(iter(columns.values()))) if columns else 1
    boxes = [shapely.box(39618700 + 1000 * i, 3872200, 39618900 + 1000 * i, 3872350) for i in range(count)]
    return pa.table({**columns, "geom": pa.array(shapely.to_wkb(boxes).tolist(), type=pa.binary())})
