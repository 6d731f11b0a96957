"""How is KML read, without GDAL and without following anything it links to?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from gis.errors import FormatError
from gis.formats.model import GEOMETRY, TableInfo
from gis.formats.readers.delimited import typed
from gis.formats.readers.transcribed import in_utf8
from gis.formats.reading import Reading, Source, summary, table_batches
from gis.formats.reference import Reference
from gis.formats.shapes import write_wkb
from gis.formats.values import field_name

_GEOMETRIES = {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"}
_FETCHED = {"NetworkLink", "NetworkLinkControl", "GroundOverlay"}


def tables(source: Source) -> list[TableInfo]:
    """The one table of a KML text: its placemarks, of whatever folder."""
    with read(source, source.stem, None) as reading:
        return [summary(reading)]


@contextmanager
def read(source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
    """The placemarks: name, description, folder and extended data as fields; coordinates in EPSG:4326.

    Numbers become numbers as in CSV: codes with leading zeros stay text. Raises FormatError for XML that is not
    well-formed, holds no placemark, or links to other files (NetworkLink).
    """
    source, choice = in_utf8(source, encoding)
    data = _table(source)
    reference = Reference(4326, "WGS 84", degrees=True)
    yield Reading(source.stem, data.schema, table_batches(data), reference, choice.encoding, notes=list(choice.notes))


def _table(source: Source) -> pa.Table:
    rows, shapes = [], []
    for fields, shape in _placemarks(source):
        rows.append(fields)
        shapes.append(shape)
    if not rows:
        raise FormatError("KML 中没有地标（Placemark）。", "The KML holds no Placemark.")
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [typed(pa.array([row.get(name) for row in rows], type=pa.string())) for name in names]
    shown = [field_name(name) for name in names]
    geometry = write_wkb(np.array(shapes, dtype=object), dimensions=3)
    return pa.Table.from_arrays([*columns, geometry], names=[*shown, GEOMETRY])


def _placemarks(source: Source) -> Iterator[tuple[dict[str, str], BaseGeometry | None]]:
    folders: list[str] = []
    open_tags: list[str] = []
    try:
        for event, element in ElementTree.iterparse(source.path, events=("start", "end")):
            tag = _tag(element)
            if event == "start":
                open_tags.append(tag)
                if tag in _FETCHED:
                    raise _links(tag)
                folders += [""] if tag == "Folder" else []
                continue
            open_tags.pop()
            if tag == "name" and open_tags and open_tags[-1] == "Folder":
                folders[-1] = _text(element)
            elif tag == "Folder":
                folders.pop()
                element.clear()
            elif tag == "Placemark":
                yield _fields(element, "/".join(folders)), _shape(element)
                element.clear()
    except ElementTree.ParseError as error:
        raise FormatError(
            f"KML 不是合格的 XML：{error}", f"The KML is not well-formed XML: {error}",
            remedy_zh="请重新导出。", remedy_en="Export it again.",
        ) from error  # fmt: skip


def _fields(placemark: ElementTree.Element, folder: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in placemark:
        if _tag(element) in {"name", "description"}:
            found[_tag(element)] = _text(element)
    if folder:
        found["folder"] = folder
    for element in placemark.iter():
        if _tag(element) == "SimpleData":
            found[element.get("name", "field")] = _text(element)
        elif _tag(element) == "Data":
            value = next((child for child in element if _tag(child) == "value"), None)
            found[element.get("name", "field")] = "" if value is None else _text(value)
    return found


def _shape(placemark: ElementTree.Element) -> BaseGeometry | None:
    return next((_geometry(element) for element in placemark if _tag(element) in _GEOMETRIES), None)


def _geometry(element: ElementTree.Element) -> BaseGeometry:
    tag = _tag(element)
    if tag == "MultiGeometry":
        return _collected([_geometry(child) for child in element if _tag(child) in _GEOMETRIES])
    try:
        if tag == "Point":
            return shapely.Point(_coordinates(element)[0])
        if tag == "Polygon":
            rings = {"outerBoundaryIs": [], "innerBoundaryIs": []}  # type: dict[str, list[list[tuple[float, ...]]]]
            for child in element:
                if _tag(child) in rings:
                    rings[_tag(child)] += [_coordinates(ring) for ring in child]
            return shapely.Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])
        return shapely.LineString(_coordinates(element))
    except (ValueError, IndexError, shapely.errors.GEOSException) as error:
        raise FormatError(f"KML 的 {tag} 坐标有误：{error}", f"Wrong coordinates in a KML {tag}: {error}") from error


def _collected(parts: list[BaseGeometry]) -> BaseGeometry:
    makers = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
    kinds = {part.geom_type for part in parts}
    return makers.get(kinds.pop() if len(kinds) == 1 else "", shapely.GeometryCollection)(parts)


def _coordinates(element: ElementTree.Element) -> list[tuple[float, ...]]:
    """Longitude, latitude and, where some altitude is not 0, altitude."""
    text = next((child.text or "" for child in element.iter() if _tag(child) == "coordinates"), "")
    points = [tuple(float(number) for number in part.split(",")) for part in text.split()]
    has_altitude = any(len(point) > 2 and point[2] != 0 for point in points)
    return [(*point, 0.0)[:3] if has_altitude else point[:2] for point in points]


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ElementTree.Element) -> str:
    return (element.text or "").strip()


def _links(tag: str) -> FormatError:
    return FormatError(
        f"KML 含有 {tag}，指向别处的数据，已拒绝。", f"The KML holds a {tag}, which points elsewhere; refused.",
        remedy_zh="请在 Google Earth 中把链接的内容另存为普通 KML。",
        remedy_en="Save the linked content as an ordinary KML.",
    )  # fmt: skip
