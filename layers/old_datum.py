"""How are coordinates of Xian 1980 and Beijing 1954 taken in?

Their way to CGCS2000 has no public parameters of useful accuracy (standards.md 2), so that what is read as it is could
neither be laid over other layers nor on a map, and its area would not be the official one.
"""

from __future__ import annotations

import math

import pyarrow as pa

from gis import crs
from gis.columns import GeometryColumns
from gis.crs import DatumParameters
from gis.errors import CrsError
from gis.formats import Note
from layers.errors import ImportRefused

CONVENTIONS = ("position_vector", "coordinate_frame")


def parameters_of(text: str) -> DatumParameters:
    """The seven parameters to CGCS2000 in a text: dx,dy,dz (m),rx,ry,rz (arc seconds),scale (ppm),convention.

    The convention is position_vector (EPSG 9606) or coordinate_frame (EPSG 9607). Raises ImportRefused for others.
    """
    *numbers, convention = (part.strip() for part in text.replace("，", ",").split(","))
    try:
        dx, dy, dz, rx, ry, rz, scale = (float(number) for number in numbers)
    except ValueError as error:
        raise _unfit(text) from error
    if convention not in CONVENTIONS or not all(math.isfinite(value) for value in (dx, dy, dz, rx, ry, rz, scale)):
        raise _unfit(text)
    return DatumParameters(
        dx, dy, dz, rx, ry, rz, scale, "position_vector" if convention == CONVENTIONS[0] else "coordinate_frame"
    )


def on_cgcs2000(
    geometry: pa.Array, epsg: int, parameters: DatumParameters | None, *, place: str
) -> tuple[pa.Array, int, list[Note]]:
    """WKB `geometry` in EPSG `epsg` on CGCS2000 where that is an old datum: with its new EPSG code and what was done.

    Degrees stay degrees and a zone stays that zone. Geometry on other datums is left as it is. Raises CrsError for an
    old datum without `parameters`, and for a plane of one that is no zone of China's.
    """
    old = crs.datum(epsg)
    if old not in crs.OLD:
        return geometry, epsg, []
    if parameters is None:
        raise _wanting(old, epsg, place)
    target = _counterpart(epsg)
    moved = crs.transformed(GeometryColumns.from_wkb(geometry), epsg, target, parameters=parameters)
    note = Note(
        f"坐标按给定的七参数由 EPSG:{epsg}（{old}）转换为 EPSG:{target}（CGCS2000）。",
        f"Coordinates were taken from EPSG:{epsg} ({old}) to EPSG:{target} (CGCS2000) by the seven parameters given.",
    )
    return moved.to_wkb(), target, [note]


def _counterpart(epsg: int) -> int:
    """The CRS of CGCS2000 that has the zone of `epsg`, or degrees as it has."""
    if crs.is_geographic(epsg):
        return crs.CGCS2000
    zone = crs.gauss_kruger_zone(epsg)
    if zone is None:
        raise CrsError(
            f"EPSG:{epsg} 不是高斯-克吕格投影带，无法对应到 CGCS2000。",
            f"EPSG:{epsg} is no Gauss-Krueger zone, and has no counterpart on CGCS2000.",
        )
    return zone.epsg


def _wanting(old: str, epsg: int, place: str) -> CrsError:
    return CrsError(
        f"EPSG:{epsg} 属于 {old}：到 CGCS2000 没有公开的、精度可靠的转换参数，不能叠加，也得不到法定面积；未导入。",
        f"EPSG:{epsg} is on {old}: no public parameters of useful accuracy lead to CGCS2000, so that the data would fit"
        " no other layer and have no official area; nothing was taken in.",
        place=place,
        remedy_zh="请由测绘主管部门转换到 CGCS2000 后再导入，或用 --datum-parameters 给出其七参数。",
        remedy_en="Have your survey office transform the data to CGCS2000 first, or give its seven parameters as"
        " --datum-parameters.",
    )


def _unfit(text: str) -> ImportRefused:
    return ImportRefused(
        f"七参数“{text}”无效。",
        f"{text!r} is not seven parameters.",
        remedy_zh="应为：dx,dy,dz（米）,rx,ry,rz（秒）,尺度（ppm）,position_vector 或 coordinate_frame。",
        remedy_en="Give dx,dy,dz (m),rx,ry,rz (arc seconds),scale (ppm),position_vector or coordinate_frame.",
    )
