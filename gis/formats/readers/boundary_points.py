"""How do the points of a boundary-point text become parcels, and what had to be decided?"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyproj
from shapely.geometry.base import BaseGeometry

from gis.crs import GaussKrugerZone
from gis.errors import FormatError
from gis.formats import encodings
from gis.formats.boundary_text import EXTRA_FIELDS, PARCEL_FIELDS, Document, Parcel, Point, parse
from gis.formats.boundary_zones import GEOGRAPHIC, Plane, datum_of, width_of
from gis.formats.model import GEOMETRY, TableInfo
from gis.formats.readers.boundary_rings import shape
from gis.formats.readers.decisions import Decisions
from gis.formats.reading import Reading, Source, summary, table_batches
from gis.formats.reference import Reference
from gis.formats.shapes import write_wkb
from gis.units import ha_from_m2, m2_from_ha, m2_from_mu

AREA_FIELD, LABELS_FIELD = "地块面积_公顷", "界址点号"
AREA_TOLERANCE = 0.01
"""How far a stated area may be from the geometry's, relatively, before it is reported or taken for another unit."""

_M2_FROM: dict[str, Callable[[float], float]] = {
    "公顷": m2_from_ha, "ha": m2_from_ha, "亩": m2_from_mu, "平方米": float, "m2": float, "㎡": float,
}  # fmt: skip
"""How an area in a unit becomes one in m2."""

_ENGLISH = {"公顷": "hectares", "ha": "hectares", "亩": "mu", "平方米": "m2", "m2": "m2", "㎡": "m2"}


def tables(source: Source) -> list[TableInfo]:
    """The one table of a boundary-point text."""
    with read(source, source.stem, None) as reading:
        return [summary(reading)]


@contextmanager
def read(source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
    """The parcels of a boundary-point text, x east and y north; every liberty the text takes is a note.

    The magnitude of a coordinate tells north from east and wins over the header, as the prefix of an easting wins
    over the header's zone. Without a datum in the header the CRS is left unknown. Raises FormatError, naming the line,
    for coordinates that fit nowhere in China, rings of fewer than three points, and lines that are none of the format.
    """
    text, choice = encodings.text_of(source.path, encoding)
    document, decisions = parse(text), Decisions()
    if not any(parcel.points for parcel in document.parcels):
        raise FormatError(
            "文本中没有界址点坐标。", "The text holds no boundary points.",
            remedy_zh="请确认这是界址点坐标 TXT；点表请指明坐标列。",
            remedy_en="Check that it is a boundary-point text; of a table of points, name the coordinate columns.",
        )  # fmt: skip
    _general(document, decisions)
    kinds = [_east_first(parcel, decisions) for parcel in document.parcels]
    reference = _reference(document, {kind for kind, _ in kinds}, [xy for _, xy in kinds], decisions)
    shapes = [shape(p, xy, decisions) for p, (_, xy) in zip(document.parcels, kinds, strict=True)]
    data = _table(document, shapes, reference.degrees, decisions)
    notes = [*choice.notes, *decisions.notes()]
    sample = encodings.sample(value for parcel in document.parcels for value in parcel.attributes.values())
    yield Reading(source.stem, data.schema, table_batches(data), reference, choice.encoding, sample, notes)


def _general(document: Document, decisions: Decisions) -> None:
    if document.has_wide_marks:
        decisions.note("文中有全角符号，已按半角读取。", "Full-width marks were read as half-width ones.")
    if not document.header:
        decisions.note("缺少文件头 [属性描述]。", "The header [属性描述] is missing.")
    if document.has_bare_points:
        decisions.note("点前没有地块行，作为一个地块读取。", "Points without a parcel line were read as one parcel.")
    if document.has_ringless_points:
        decisions.note("点行没有圈号，按第 1 圈读取。", "Point lines without a ring number were read as ring 1.")
    if any(extra in parcel.attributes for parcel in document.parcels for extra in EXTRA_FIELDS):
        decisions.note("地块行多于 8 个字段，多出的也已读取。", "Parcel lines have more than 8 fields; all were read.")
    if re.search(r"[1-9]", document.header.get("转换参数", "")):
        decisions.note("文件头有转换参数，未应用。", "The header's transformation parameters were not applied.")
    unit = document.header.get("计量单位", "")
    if unit and "米" not in unit and "度" not in unit:
        raise FormatError(f"不支持的计量单位“{unit}”。", f"The unit {unit!r} is not supported; metres are.")
    for parcel in [p for p in document.parcels if not p.points]:
        decisions.note("地块没有坐标，已跳过。", "Parcels without points were left out.", parcel.label)
    document.parcels = [parcel for parcel in document.parcels if parcel.points]


def _kind(value: float) -> str:
    """What a coordinate can be in China by its magnitude: prefixed east, north, east, longitude, latitude."""
    for kind, low, high in (("prefixed", 1.3e7, 4.6e7), ("north", 1.8e6, 6.1e6), ("east", 1e5, 9e5)):
        if low <= value < high:
            return kind
    return "longitude" if 73 <= value <= 136 else "latitude" if 3 <= value <= 54 else "none"


_ORDERS = {
    ("north", "prefixed"): ("prefixed", True), ("prefixed", "north"): ("prefixed", False),
    ("north", "east"): ("east", True), ("east", "north"): ("east", False),
    ("latitude", "longitude"): ("degrees", True), ("longitude", "latitude"): ("degrees", False),
}  # fmt: skip
"""By the kinds of first and second coordinate: how eastings are written, and whether north stands first (the rule)."""


def _east_first(parcel: Parcel, decisions: Decisions) -> tuple[str, np.ndarray]:
    """How the parcel's eastings are written, and its points as (east, north)."""
    first = parcel.points[0]
    order = _ORDERS.get((_kind(first.first), _kind(first.second)))
    for point in parcel.points:
        if order is None or _ORDERS.get((_kind(point.first), _kind(point.second))) != order:
            raise _nowhere(point)
    kind, is_north_first = order if order else ("", True)
    if not is_north_first:
        decisions.note(
            "坐标为东坐标在前，已按数值大小认定。", "East stands before north; told by magnitude.", parcel.label
        )
    places = [(p.second, p.first) if is_north_first else (p.first, p.second) for p in parcel.points]
    return kind, np.array(places, dtype=np.float64)


def _nowhere(point: Point) -> FormatError:
    return FormatError(
        f"第 {point.line} 行的坐标 {point.first:g}, {point.second:g} 不在中国范围内或与前面各点不一致。",
        f"{point.first:g}, {point.second:g} in line {point.line} lie nowhere in China, or differ in kind.",
        remedy_zh="请检查 X、Y 的位数和带号。",
        remedy_en="Check the digits of X and Y and the zone.",
    )


def _reference(document: Document, kinds: set[str], places: list[np.ndarray], decisions: Decisions) -> Reference:
    if len(kinds) > 1:
        raise FormatError(
            "各地块的坐标写法不同（有的带带号，有的不带，或有经纬度）。",
            "The parcels write coordinates differently (with zone, without, or in degrees).",
            remedy_zh="请拆成几个文件。", remedy_en="Split the text.",
        )  # fmt: skip
    stated_datum = document.header.get("坐标系", "")
    datum = datum_of(stated_datum)
    if datum is None:
        decisions.note(
            f"文件头没有可识别的坐标系（“{stated_datum}”），请指定。",
            f"The header names no known datum ({stated_datum!r}); please state the CRS.",
        )
    kind = kinds.pop()
    if kind == "degrees":
        decisions.note("坐标是经纬度（度）。", "Coordinates are longitude and latitude in degrees.")
        epsg = GEOGRAPHIC.get(datum or "")
        return Reference(epsg, stated_datum or None, degrees=True)
    zone = _zone(document, kind == "prefixed", places, decisions)
    if zone is None or datum is None:
        return Reference(None, stated_datum or None)
    plane = Plane(datum, GaussKrugerZone(zone, width_of(zone) or 3, kind == "prefixed"))
    return Reference(plane.epsg, pyproj.CRS.from_epsg(plane.epsg).name)


def _zone(document: Document, prefixed: bool, places: list[np.ndarray], decisions: Decisions) -> int | None:
    """The zone number: that of the eastings, else that of the header."""
    stated = re.search(r"\d+", document.header.get("带号", ""))
    header = int(stated[0]) if stated else None
    if prefixed:
        zones = {int(zone) for xy in places for zone in np.unique(xy[:, 0] // 1e6)}
        if len(zones) > 1:
            listed = ", ".join(str(zone) for zone in sorted(zones))
            raise FormatError(f"坐标含多个带号：{listed}。", f"The eastings carry several zones: {listed}.")
        zone = zones.pop()
        if header not in (None, zone):
            decisions.note(
                f"文件头带号为 {header}，坐标带号为 {zone}；以坐标为准。",
                f"The header says zone {header}, the eastings {zone}; the eastings were followed.",
            )
        _check_width(document, zone, decisions)
        return zone if width_of(zone) else None
    if header is None or width_of(header) is None:
        decisions.note("坐标没有带号，文件头也没有，请指定坐标系。", "Neither eastings nor header give the zone.")
        return None
    decisions.note(f"坐标没有带号，取文件头的 {header} 带。", f"Eastings carry no zone; the header says {header}.")
    _check_width(document, header, decisions)
    return header


def _check_width(document: Document, zone: int, decisions: Decisions) -> None:
    stated = re.search(r"\d+", document.header.get("几度分带", ""))
    if stated and int(stated[0]) != width_of(zone):
        decisions.note(
            f"文件头为 {stated[0]} 度带，{zone} 带是 {width_of(zone)} 度带；以带号为准。",
            f"The header says {stated[0]}-degree zones, but {zone} is one of {width_of(zone)} degrees.",
        )


def _table(document: Document, shapes: list[BaseGeometry], degrees: bool, decisions: Decisions) -> pa.Table:
    names = [name for name in PARCEL_FIELDS if name not in ("界址点数", "地块面积")]
    more = dict.fromkeys(name for p in document.parcels for name in p.attributes if name not in PARCEL_FIELDS)
    columns: dict[str, pa.Array] = {
        name: pa.array([p.attributes.get(name) or None for p in document.parcels], type=pa.string())
        for name in [*names, *more]
    }
    columns[AREA_FIELD] = pa.array(
        [_area_ha(p, shape, degrees, decisions) for p, shape in zip(document.parcels, shapes, strict=True)],
        type=pa.float64(),
    )
    columns[LABELS_FIELD] = pa.array([_labels(parcel) for parcel in document.parcels], type=pa.string())
    columns[GEOMETRY] = write_wkb(np.array(shapes, dtype=object))
    return pa.table(columns)


def _labels(parcel: Parcel) -> str:
    """The labels of the points in their order, rings apart by semicolons."""
    labels = parcel.points[0].label
    for before, point in zip(parcel.points, parcel.points[1:], strict=False):
        labels += (";" if point.ring != before.ring else ",") + point.label
    return labels


def _area_ha(parcel: Parcel, geometry: BaseGeometry, degrees: bool, decisions: Decisions) -> float | None:
    """The stated area in hectares; its unit is the one written, else the one in which it agrees with the geometry."""
    stated = re.fullmatch(r"([\d.]+)\s*(\D*)", parcel.attributes.get("地块面积", ""))
    if not stated or not geometry.area:
        return None
    value, unit = float(stated[1]), stated[2].strip()
    true_ha = _geometry_ha(geometry, degrees)
    if unit in _M2_FROM:
        decisions.note(f"面积写明单位“{unit}”。", f"The area names its unit, {_ENGLISH[unit]}.", parcel.label)
        area = _ha(value, unit)
    else:
        fitting = (name for name in ("公顷", "亩", "平方米") if _agree(_ha(value, name), true_ha))
        unit = next(fitting, "公顷")
        area = _ha(value, unit)
        if unit != "公顷":
            zh = f"面积按几何判断为{unit}（规定为公顷），已换算为公顷。"
            en = f"The area is in {_ENGLISH[unit]}, not hectares, by the geometry; converted."
            decisions.note(zh, en, parcel.label)
    if not _agree(area, true_ha):
        zh = f"写明面积 {area:.4f} 公顷与几何面积 {true_ha:.4f} 公顷不符。"
        decisions.note(zh, f"The stated area of {area:.4f} ha is not the geometry's, {true_ha:.4f} ha.", parcel.label)
    return area


def _ha(value: float, unit: str) -> float:
    return ha_from_m2(_M2_FROM[unit](value))


def _agree(one_ha: float, other_ha: float) -> bool:
    return math.isclose(one_ha, other_ha, rel_tol=AREA_TOLERANCE)


def _geometry_ha(geometry: BaseGeometry, degrees: bool) -> float:
    area_m2 = abs(pyproj.Geod(ellps="GRS80").geometry_area_perimeter(geometry)[0]) if degrees else geometry.area
    return ha_from_m2(float(area_m2))
