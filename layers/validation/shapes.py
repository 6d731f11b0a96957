"""Do geometries fit the layer?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis.area import area_m2
from gis.columns import GeometryColumns, GeometryKind
from gis.errors import GeometryError
from layers.definition import GeometryType, LayerDefinition
from layers.validation.faults import Fault, each, whole
from layers.validation.values import plain

GEOM = "geom"

Reals = NDArray[np.float64]
Mask = NDArray[np.bool_]
Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Form:
    """A geometry type of layers: its single and multi type numbers in shapely, and which of the two it is."""

    single: shapely.GeometryType
    multi: shapely.GeometryType
    is_multi: bool
    gather: Callable[..., Any]
    kind: GeometryKind

    @property
    def type(self) -> shapely.GeometryType:
        """The type that the layer holds."""
        return self.multi if self.is_multi else self.single


def _forms(
    singles: GeometryType, multis: GeometryType, types: tuple[Any, Any], gather: Callable[..., Any], kind: GeometryKind
) -> dict[GeometryType, Form]:
    return {
        singles: Form(*types, False, gather, kind),
        multis: Form(*types, True, gather, kind),
    }


_TYPES = shapely.GeometryType
FORMS: dict[GeometryType, Form] = {
    **_forms(GeometryType.POINT, GeometryType.MULTIPOINT,
             (_TYPES.POINT, _TYPES.MULTIPOINT), shapely.multipoints, GeometryKind.POINT),
    **_forms(GeometryType.LINE, GeometryType.MULTILINE,
             (_TYPES.LINESTRING, _TYPES.MULTILINESTRING), shapely.multilinestrings, GeometryKind.LINE),
    **_forms(GeometryType.POLYGON, GeometryType.MULTIPOLYGON,
             (_TYPES.POLYGON, _TYPES.MULTIPOLYGON), shapely.multipolygons, GeometryKind.POLYGON),
}  # fmt: skip

NAMES_ZH = {
    _TYPES.POINT: "点", _TYPES.LINESTRING: "线", _TYPES.LINEARRING: "环", _TYPES.POLYGON: "面",
    _TYPES.MULTIPOINT: "多点", _TYPES.MULTILINESTRING: "多线", _TYPES.MULTIPOLYGON: "多面",
    _TYPES.GEOMETRYCOLLECTION: "几何集合",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shapes:
    """Checked geometries: 2D little-endian ISO WKB, (n, 4) bounds west, south, east, north, and areas in m2.

    `area_m2` is None for layers without area; rows with a fault hold null, NaN and NaN.
    """

    wkb: pa.Array
    bounds: Reals
    area_m2: Reals | None


@dataclass(slots=True)
class _Check:
    """Geometries on their way through the checks: a feature that fails one is None from then on."""

    shapes: Objects
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, bad: Mask, text: Callable[[int], tuple[str, str]], remedy: tuple[str, str]) -> None:
        self.faults += each(bad, GEOM, text, remedy)
        if bad.any():
            self.shapes = self.shapes.copy()
            self.shapes[bad] = None


REDRAW = ("请补上几何或删去该要素。", "Draw the geometry or leave the feature out.")
REPAIR = ("请先修复几何（gaodu import 会修复并报告面积变化）。",
          "Repair the geometry first (gaodu import does and reports the change of area).")  # fmt: skip
RESEND = ("请以 WKB 提供几何。", "Give the geometry as WKB.")


def checked(definition: LayerDefinition, values: pa.Array) -> tuple[Shapes, list[Fault]]:
    """The geometries of WKB or EWKB `values` as the layer holds them, and a fault for each that does not fit.

    Z and M are dropped, singles become multis where the layer holds multis, and multis of one part singles where it
    holds singles. Refused are: none, empty, damaged, not finite, invalid, of another type, of several parts where the
    layer holds singles, and an SRID other than the layer's.
    """
    values = plain(values)
    if not (pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type) or pa.types.is_null(values.type)):
        fault = whole(GEOM, f"几何列的类型是 {values.type}，不是 WKB。",
                      f"The geometry column is of type {values.type}, not WKB.", RESEND)  # fmt: skip
        return _result(definition, np.full(len(values), None, object)), [fault]
    check = _Check(_decoded(values))
    missing = np.asarray(values.is_null().to_numpy(zero_copy_only=False), np.bool_)
    check.faults += each(missing, GEOM, lambda _: ("没有几何。", "There is no geometry."), REDRAW)
    damaged = shapely.is_missing(check.shapes) & ~missing
    check.refuse(damaged, lambda _: ("几何不是有效的 WKB。", "The geometry is not valid WKB."), RESEND)
    _check_content(definition, check)
    _fit_type(definition, check)
    _check_validity(check)
    result = _result(definition, check.shapes)
    return result, check.faults + _unmeasured(definition, result)


def _decoded(values: pa.Array) -> Objects:
    blobs = np.asarray(values.to_pylist(), object)
    with np.errstate(invalid="ignore"):
        shapes: Objects = shapely.from_wkb(blobs, on_invalid="ignore")
    return shapes


def _check_content(definition: LayerDefinition, check: _Check) -> None:
    empty = shapely.is_empty(check.shapes) & ~shapely.is_missing(check.shapes)
    check.refuse(empty, lambda _: ("几何为空。", "The geometry is empty."), REDRAW)
    srids = shapely.get_srid(check.shapes)
    check.refuse(
        (srids > 0) & (srids != definition.crs),
        lambda i: (
            f"几何的坐标系为 EPSG:{srids[i]}，图层为 EPSG:{definition.crs}。",
            f"The geometry is in EPSG:{srids[i]}, the layer in EPSG:{definition.crs}.",
        ),
        ("请先转换坐标系。", "Transform the geometry first."),
    )
    check.shapes = shapely.force_2d(check.shapes)
    finite = np.isfinite(shapely.bounds(check.shapes)).all(axis=1)
    coordinates, owners = shapely.get_coordinates(check.shapes, return_index=True)
    strange = np.zeros(len(check.shapes), np.bool_)
    strange[owners[~np.isfinite(coordinates).all(axis=1)]] = True
    check.refuse(
        (strange | ~finite) & ~shapely.is_missing(check.shapes),
        lambda _: ("几何含有非有限坐标（NaN 或无穷大）。", "A coordinate is not finite (NaN or infinity)."),
        REDRAW,
    )


def _fit_type(definition: LayerDefinition, check: _Check) -> None:
    form = FORMS[definition.geometry]
    types = shapely.get_type_id(check.shapes)
    parts = shapely.get_num_geometries(check.shapes)
    other = (types >= 0) & (types != form.single) & (types != form.multi)
    check.refuse(other, lambda i: _other_type(types[i], form), ("请删去该要素，或放到合适的图层。",
                 "Leave the feature out, or put it into a layer of its type."))  # fmt: skip
    if form.is_multi:
        singles = np.flatnonzero(types == form.single)
        if len(singles):
            check.shapes = check.shapes.copy()
            check.shapes[singles] = form.gather(check.shapes[singles], indices=np.arange(len(singles)))
        return
    check.refuse(
        (types == form.multi) & (parts > 1),
        lambda i: (
            f"几何有 {parts[i]} 个部件，图层只接受单部件。",
            f"The geometry has {parts[i]} parts; the layer holds single parts.",
        ),
        ("请拆分为多个要素，或把图层改为多部件类型。", "Split it into features, or make the layer a multi type."),
    )
    check.shapes = shapely.get_geometry(check.shapes, 0)


def _other_type(number: int, form: Form) -> tuple[str, str]:
    try:
        came = _TYPES(number)
        name_zh, name = NAMES_ZH.get(came, came.name), came.name
    except ValueError:
        name_zh = name = f"type {number}"
    return (
        f"几何类型为{name_zh}，图层为{NAMES_ZH[form.type]}。",
        f"The geometry is a {name}, the layer holds {form.type.name}.",
    )


def _check_validity(check: _Check) -> None:
    bad = ~shapely.is_valid(check.shapes) & ~shapely.is_missing(check.shapes)
    reasons = dict(zip(np.flatnonzero(bad), shapely.is_valid_reason(check.shapes[bad]), strict=True))
    check.refuse(
        bad,
        lambda i: (f"几何无效：{reasons[i]}。", f"The geometry is invalid: {reasons[i]}."),
        REPAIR,
    )


def _result(definition: LayerDefinition, shapes: Objects) -> Shapes:
    wkb = pa.array(
        shapely.to_wkb(shapes, output_dimension=2, byte_order=1, include_srid=False, flavor="iso"), pa.binary()
    )
    return Shapes(wkb, shapely.bounds(shapes), _areas(definition, wkb))


def _areas(definition: LayerDefinition, wkb: pa.Array) -> Reals | None:
    """The areas; NaN for null, and for a geometry that the method cannot measure, such as one outside of the CRS."""
    if definition.area is None:
        return None
    return _measured(definition, GeometryColumns.from_wkb(wkb, kind=FORMS[definition.geometry].kind))


def _measured(definition: LayerDefinition, columns: GeometryColumns) -> Reals:
    """The areas, by halves where one cannot be measured, as it keeps the others from it."""
    try:
        return _area(definition, columns)
    except GeometryError:
        half = len(columns) // 2
        if not half:
            return np.full(len(columns), np.nan)
        parts = (range(half), range(half, len(columns)))
        return np.concatenate([_measured(definition, columns.take(part)) for part in parts])


def _area(definition: LayerDefinition, columns: GeometryColumns) -> Reals:
    if definition.area is None:
        return np.full(len(columns), np.nan)
    areas = area_m2(columns, definition.area.method.value, definition.crs, decimals=definition.area.decimals)
    return np.asarray(areas, np.float64)


def _unmeasured(definition: LayerDefinition, result: Shapes) -> list[Fault]:
    """A fault for every geometry without an area, with the remedy that the measurement gave."""
    if result.area_m2 is None:
        return []
    found = []
    for index in np.flatnonzero(np.isnan(result.area_m2) & ~np.isnan(result.bounds[:, 0])):
        try:
            _area(definition, GeometryColumns.from_wkb(result.wkb.slice(index, 1)))
        except GeometryError as error:
            zh, en = f"无法计算面积（EPSG:{definition.crs}）。", f"It has no area in EPSG:{definition.crs}."
            found.append(Fault(int(index), GEOM, zh, en, error.remedy_zh, error.remedy_en))
    return found
