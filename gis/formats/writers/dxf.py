"""How is DXF written, for those who draw?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import shapely
from ezdxf.entities.dxfgfx import DXFGraphic
from ezdxf.filemanagement import new
from ezdxf.layouts.layout import Modelspace
from shapely.geometry.base import BaseGeometry

from gis.errors import FormatError
from gis.formats.model import Note
from gis.formats.shapes import read_wkb
from gis.formats.writing import Writing

APPLICATION = "GAODU"
"""The name under which the fields stand as extended data (XDATA), one "name=value" each."""

_XDATA_CHARACTERS = 80
"""XDATA text holds 255 bytes; a character takes up to three."""

_FORBIDDEN = '<>/\\":;?*|=`,'


def write(path: Path, writing: Writing) -> list[Note]:
    """Writes polygons and lines as polylines and points as points, their fields as extended data.

    Holes are closed polylines on the layer `<name>_HOLE`. The notice and the CRS stand among the drawing's properties,
    the notice also as a text below the geometry. Raises FormatError for geometry collections.
    """
    drawing = new("R2010")
    drawing.appids.add(APPLICATION)
    properties = {"name": writing.name, "crs": f"EPSG:{writing.epsg}", "abstract": writing.abstract}
    for name, value in properties.items():
        drawing.header.custom_vars.append(name, value)
    layer = "".join("_" if character in _FORBIDDEN else character for character in writing.name)
    space, shapes, missing = drawing.modelspace(), read_wkb(writing.wkb), 0
    for shape, fields in zip(shapes, writing.fields.to_pylist(), strict=True):
        missing += shape is None
        for entity in _drawn(space, shape, layer) if shape is not None else []:
            entity.set_xdata(APPLICATION, [(1000, text) for text in _texts(fields)])
    if writing.abstract and len(shapes):
        west, south, east, _ = shapely.total_bounds(shapes)
        height = max(east - west, 1.0) / 100
        space.add_text(writing.abstract, height=height, dxfattribs={"insert": (west, south - 3 * height)})
    drawing.saveas(path)
    left_out = [Note(f"{missing} 个要素没有几何，未写出。", f"{missing} features have no geometry; left out.")]
    stated = Note(
        f"DXF 不能记载坐标系：坐标为 EPSG:{writing.epsg}。", f"DXF cannot state a CRS: it is EPSG:{writing.epsg}."
    )
    return [stated, *(left_out if missing else [])]


def _drawn(space: Modelspace, shape: BaseGeometry, layer: str) -> list[DXFGraphic]:
    if shape.geom_type not in _DRAW:
        raise FormatError(f"DXF 不能写出 {shape.geom_type}。", f"DXF cannot hold a {shape.geom_type}.")
    return _DRAW[shape.geom_type](space, shape, layer)


def _polygon(space: Modelspace, shape: Any, layer: str) -> list[DXFGraphic]:
    rings = [] if shape.is_empty else [(shape.exterior, layer), *((ring, f"{layer}_HOLE") for ring in shape.interiors)]
    return [
        space.add_lwpolyline([xy[:2] for xy in ring.coords[:-1]], close=True, dxfattribs={"layer": name})
        for ring, name in rings
    ]


def _line(space: Modelspace, shape: Any, layer: str) -> list[DXFGraphic]:
    return [space.add_lwpolyline([xy[:2] for xy in shape.coords], dxfattribs={"layer": layer})]


def _point(space: Modelspace, shape: Any, layer: str) -> list[DXFGraphic]:
    return [] if shape.is_empty else [space.add_point((shape.x, shape.y), dxfattribs={"layer": layer})]


def _parts(space: Modelspace, shape: Any, layer: str) -> list[DXFGraphic]:
    return [entity for part in shape.geoms for entity in _drawn(space, part, layer)]


_DRAW: dict[str, Callable[[Modelspace, Any, str], list[DXFGraphic]]] = {
    "Polygon": _polygon, "LineString": _line, "Point": _point,
    "MultiPolygon": _parts, "MultiLineString": _parts, "MultiPoint": _parts,
}  # fmt: skip


def _texts(fields: dict[str, Any]) -> list[str]:
    known = (f"{name}={value}" for name, value in fields.items() if value is not None)
    return [text.replace("\r", " ").replace("\n", " ")[:_XDATA_CHARACTERS] for text in known]
