"""How are parcels written as a text of boundary points?"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gis.columns import GeometryColumns
from gis.crs import transformed, zone_of
from gis.errors import FormatError
from gis.formats.boundary_text import Parcel, Point, compose
from gis.formats.boundary_zones import DATUMS, Plane, plane_of
from gis.formats.model import Note
from gis.formats.shapes import read_wkb
from gis.formats.writing import Writing
from gis.units import ha_from_m2

ENCODING = "gb18030"
"""What the programs that take this format read."""

SOURCES = {
    "地块编号": ("地块编号", "DKBM", "TBBH", "BSM", "fid"),
    "地块名称": ("地块名称", "DKMC", "name", "名称"),
    "图幅号": ("图幅号", "TFH"),
    "地块用途": ("地块用途", "TDYT", "DLMC"),
    "地类编码": ("地类编码", "DLBM"),
}
"""Which field of the table fills which of the parcel line, the first there is."""


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes polygons in their Gauss-Kruger zone, east with the zone in front, X north, rings closed, area in hectares.

    Degrees on CGCS2000 are brought into the 3-degree zone of their middle. The area is the column area_m2 where there
    is one, else planar. The text is GB18030 with CRLF. Raises FormatError for other CRSs and other geometry.
    """
    shapes, plane, notes = _in_zone(writing)
    rows = writing.fields.to_pylist()
    parcels = []
    for number, (shape, fields) in enumerate(zip(shapes, rows, strict=True), start=1):
        if shape is None or shape.is_empty:
            notes.append(Note(f"第 {number} 个要素没有几何，未写出。", f"Feature {number} has no geometry; left out."))
            continue
        parcels.append(_parcel(number, shape, fields, plane))
    path.write_bytes(compose(_header(writing, plane), parcels).encode(ENCODING))
    return [*notes, Note("文本编码为 GB18030（兼容 GBK）。", "The text is GB18030 (holds GBK).")]


def _in_zone(writing: Writing) -> tuple[np.ndarray, Plane, list[Note]]:
    plane = plane_of(writing.epsg)
    if plane is not None:
        return read_wkb(writing.wkb), plane, []
    if not pyproj.CRS.from_epsg(writing.epsg).is_geographic:
        raise FormatError(
            f"EPSG:{writing.epsg} 不是高斯克吕格坐标系，不能写成界址点坐标。",
            f"EPSG:{writing.epsg} is no Gauss-Kruger CRS; boundary points cannot be written in it.",
            remedy_zh="请先转换到 CGCS2000 3 度带（如 EPSG:4527）。",
            remedy_en="Bring it into a 3-degree zone of CGCS2000 (such as EPSG:4527) first.",
        )
    west, _, east, _ = shapely.total_bounds(read_wkb(writing.wkb))
    zone = zone_of(float(west + east) / 2) if np.isfinite(west) else zone_of(117.0)
    moved = transformed(GeometryColumns.from_wkb(writing.wkb), writing.epsg, zone.epsg)
    note = Note(
        f"坐标由 EPSG:{writing.epsg} 转换到 EPSG:{zone.epsg}（3 度带 {zone.number} 带）。",
        f"Coordinates were brought from EPSG:{writing.epsg} to EPSG:{zone.epsg} (3-degree zone {zone.number}).",
    )
    return read_wkb(moved.to_wkb()), Plane("CGCS2000", zone), [note]


def _header(writing: Writing, plane: Plane) -> dict[str, str]:
    datum = next(sign for sign, name in DATUMS.items() if name == plane.datum)
    return {
        "格式版本号": "1.01版本",
        "数据产生单位": "",
        "数据产生日期": datetime.date.today().isoformat(),
        "坐标系": f"{datum}国家大地坐标系" if datum == "2000" else f"{datum}坐标系",
        "几度分带": str(plane.zone.width),
        "投影类型": "高斯克吕格",
        "计量单位": "米",
        "带号": str(plane.zone.number),
        "精度": "0.0001",
        "转换参数": ",,,,,,",
        **({"说明": writing.abstract} if writing.abstract else {}),
    }


def _parcel(number: int, shape: BaseGeometry, fields: dict[str, Any], plane: Plane) -> Parcel:
    if shape.geom_type not in {"Polygon", "MultiPolygon"}:
        raise FormatError(
            f"界址点坐标只能写出面，第 {number} 个要素是 {shape.geom_type}。",
            f"Boundary points hold polygons; feature {number} is a {shape.geom_type}.",
        )
    points = _points(shape, 0.0 if plane.zone.prefixed else plane.zone.number * 1e6)
    area_m2 = fields.get("area_m2") or shape.area
    attributes = {name: _value(fields, sources) for name, sources in SOURCES.items()}
    attributes |= {"界址点数": str(len(points)), "地块面积": f"{ha_from_m2(area_m2):.4f}", "记录图形属性": "面"}
    attributes["地块编号"] = attributes["地块编号"] or str(number)
    return Parcel(0, attributes, points)


def _points(shape: Any, offset_m: float) -> list[Point]:
    """The points of every ring, numbered on through the parcel; the first of a ring is repeated to close it."""
    polygons = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    points: list[Point] = []
    number = 0
    for ring_number, ring in enumerate(rings, start=1):
        first = number + 1
        for i, (east, north, *_) in enumerate(ring.coords):
            is_closing = i == len(ring.coords) - 1
            number += not is_closing
            label = f"J{first if is_closing else number}"
            points.append(Point(0, label, ring_number, north, east + offset_m))
    return points


def _value(fields: dict[str, Any], sources: tuple[str, ...]) -> str:
    value = next((fields[name] for name in sources if fields.get(name) not in (None, "")), "")
    return str(value).translate({ord(mark): " " for mark in ",，@\r\n"})
