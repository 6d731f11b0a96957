"""How large is a feature, by the method the law or the contract asks for?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyproj
from numpy.typing import NDArray

from gis import crs
from gis.columns import GeometryColumns, GeometryKind
from gis.errors import CrsError, GeometryError
from gis.kernels import area as kernels
from gis.units import round_half_up

Reals = NDArray[np.float64]

DENSIFY_M = 70.0
"""Edges longer than this get points in between in the Gauss-Krueger plane (standards.md 1.5)."""


class AreaMethod(StrEnum):
    """Official ellipsoidal area, planar area in the projected CRS, or geodesic area for comparison."""

    ELLIPSOIDAL = "ellipsoidal"
    PLANAR = "planar"
    GEODESIC = "geodesic"


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """The constants of 图斑椭球面积 (国土调查办发〔2008〕32号, TD/T 1055-2019 附录 D; standards.md 1.1)."""

    b_m: float
    e2: float
    second_e2: float
    c_m: float
    k: tuple[float, float, float, float, float]

    def trapezoid(self) -> tuple[float, float, float, float, float]:
        """A to E of the trapezoid formula (standards.md 1.2)."""
        e2, e4, e6, e8 = (self.e2**power for power in (1, 2, 3, 4))
        return (
            1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
            1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
            3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
            1 / 112 * e6 + 45 / 2304 * e8,
            5 / 2304 * e8,
        )

    def arc(self) -> tuple[float, float, float, float, float]:
        """The coefficients p of K0 X = B + sin B cos B (p1 + p2 sin2 B + ... + p5 sin8 B), X the arc of the meridian.

        The series in the third flattening n and sines of multiples of 2 B (Helmert 1880), to n**5.
        """
        root = math.sqrt(1 - self.e2)
        n = (1 - root) / (1 + root)
        s2, s4, s6 = -3 / 2 * n + 9 / 16 * n**3 - 3 / 32 * n**5, 15 / 16 * n**2 - 15 / 32 * n**4, -35 / 48 * n**3
        s6, s8, s10 = s6 + 105 / 256 * n**5, 315 / 512 * n**4, -693 / 1280 * n**5
        return (
            2 * s2 + 4 * s4 + 6 * s6 + 8 * s8 + 10 * s10,
            -8 * s4 - 32 * s6 - 80 * s8 - 160 * s10,
            32 * s6 + 192 * s8 + 672 * s10,
            -128 * s8 - 1024 * s10,
            512 * s10,
        )

    def row(self) -> Reals:
        """e'2, c, K0 to K4, b2, A to E as the coefficients of sin B to the powers 1, 3, 5, 7 and 9, and `arc`."""
        a, b, c, d, e = self.trapezoid()
        powers = (
            a - 3 * b + 5 * c - 7 * d + 9 * e,
            4 * b - 20 * c + 56 * d - 120 * e,
            16 * c - 112 * d + 432 * e,
            64 * d - 576 * e,
            256 * e,
        )
        row = np.array([self.second_e2, self.c_m, *self.k, self.b_m**2, *powers, *self.arc()])
        row.flags.writeable = False
        return row


ELLIPSOIDS = {
    "China 2000": Ellipsoid(
        6356752.314140356, 0.00669438002290, 0.00673949677548, 6399593.62586,
        (1.57048761144159e-07, 5.05250178820567e-03, 2.98472900956587e-05, 2.41626669230084e-07, 2.22241238938534e-09),
    ),
    "Xian 1980": Ellipsoid(
        6356755.29, 0.00669438499958795, 0.00673950181947292, 6399596.65198801,
        (1.57048687472752e-07, 5.05250559291393e-03, 2.98473350966158e-05, 2.41627215981336e-07, 2.22241909461273e-09),
    ),
}  # fmt: skip
"""By the name of the datum."""


def area_m2(
    columns: GeometryColumns,
    method: AreaMethod | str,
    epsg: int,
    *,
    decimals: int | None = None,
    rounded_steps: bool = True,
    densify_m: float = DENSIFY_M,
) -> Reals:
    """The area of each feature in m2, float64 (features,): NaN for None, 0 for empty, points and lines.

    `method`: "ellipsoidal" is 图斑椭球面积. A Gauss-Krueger CRS of CGCS2000 or Xian 1980 is measured in its own plane;
    degrees in the 3-degree zone of each feature's middle; another CRS is first taken to CGCS2000. "planar" is the area
    in the CRS's plane. "geodesic" (Karney 2013, edges are geodesics on the CGCS2000 ellipsoid) is for comparison.

    `decimals` rounds the result, halves up. The official method has three steps before that: coordinates to 0.1 mm and
    B, L to 1e-6 seconds (`rounded_steps`), and points in edges longer than `densify_m` (inf for none).

    The area of a part is that of its shell less those of its holes, each the absolute value of the signed sum; rings
    that cross themselves or lie outside their shell give what the formula gives: see gis.validity.

    Raises CrsError for planar area in degrees or web Mercator, and for a datum without constants; GeometryError naming
    the first feature that lies outside the plane or too large for a number.
    """
    try:
        measure = _METHODS[AreaMethod(method)]
    except ValueError:
        choices = ", ".join(AreaMethod)
        raise GeometryError(
            f"未知面积算法“{method}”；可用：{choices}。", f"{method!r} is no method of area; valid: {choices}."
        ) from None
    if columns.kind is not GeometryKind.POLYGON:
        return np.where(columns.present, 0.0, np.nan)
    ring_areas = measure(columns, epsg, rounded_steps, densify_m)
    areas = np.empty(len(columns))
    kernels.of_features(ring_areas, columns.part_offsets, columns.feature_offsets, columns.present, areas)
    too_large = np.flatnonzero(columns.present & ~np.isfinite(areas))
    if len(too_large):
        raise _out_of_range(int(too_large[0]), epsg)
    return areas if decimals is None else round_half_up(areas, decimals)


def _planar(columns: GeometryColumns, epsg: int, rounded_steps: bool, densify_m: float) -> Reals:
    system = crs.crs(epsg)
    if not crs.is_metric_plane(epsg):
        raise CrsError(
            f"EPSG:{epsg}（{system.name}）的坐标不能直接算平面面积。",
            f"Planar area has no meaning in EPSG:{epsg} ({system.name}).",
            remedy_zh="请用椭球面积，或先转换到高斯-克吕格投影。",
            remedy_en="Use the ellipsoidal area, or transform to a Gauss-Krueger zone first.",
        )
    areas = np.empty(len(columns.ring_offsets) - 1)
    with np.errstate(over="ignore", invalid="ignore"):
        kernels.planar(columns.xy, columns.ring_offsets, areas)
    metre = system.axis_info[0].unit_conversion_factor
    return areas * metre**2


def _ellipsoidal(columns: GeometryColumns, epsg: int, rounded_steps: bool, densify_m: float) -> Reals:
    if not densify_m > 0:
        raise GeometryError("加密间距须大于 0。", "densify_m must be more than 0.")
    measured, ellipsoid, zone = _in_a_plane(columns, epsg)
    rings = len(columns.ring_offsets) - 1
    meridians = np.full(rings, np.nan) if zone else _ring_meridians(measured)
    meridians.flags.writeable = False
    areas = np.empty(rings)
    easting = zone.false_easting_m if zone else 0.0
    error, ring = kernels.ellipsoidal(
        measured.xy, columns.ring_offsets, meridians, easting, ellipsoid.row(), densify_m, rounded_steps, areas
    )
    if error != kernels.OK:
        raise _outside(columns, int(ring), epsg) if error == kernels.OUTSIDE else _too_long(columns, int(ring))
    return areas


def _in_a_plane(columns: GeometryColumns, epsg: int) -> tuple[GeometryColumns, Ellipsoid, crs.GaussKrugerZone | None]:
    """The columns to measure: in a Gauss-Krueger zone of a datum with constants, or (None) in degrees on one."""
    datum, zone = crs.datum(epsg), crs.gauss_kruger_zone(epsg)
    if datum not in ELLIPSOIDS and datum in crs.OLD:
        raise CrsError(
            f"没有 {datum} 的椭球面积常数；可用：{', '.join(ELLIPSOIDS)}。",
            f"There are no constants of the ellipsoidal area for {datum}; there are for {', '.join(ELLIPSOIDS)}.",
        )
    if zone and datum in ELLIPSOIDS:
        return columns, ELLIPSOIDS[datum], zone
    if datum == "Xian 1980":
        return crs.transformed(columns, epsg, crs.XIAN_1980), ELLIPSOIDS[datum], None
    return crs.transformed(columns, epsg, crs.CGCS2000), ELLIPSOIDS["China 2000"], None


def _ring_meridians(columns: GeometryColumns) -> Reals:
    """The central meridian, for each ring, of the 3-degree zone in which the middle of its feature lies."""
    bounds = columns.bounds()
    meridians = 3 * crs.zone_numbers((bounds[:, 0] + bounds[:, 2]) / 2)
    rings = np.diff(columns.part_offsets[columns.feature_offsets])
    return np.repeat(meridians, rings)


def _geodesic(columns: GeometryColumns, epsg: int, rounded_steps: bool, densify_m: float) -> Reals:
    xy = crs.transformed(columns, epsg, crs.CGCS2000).xy
    geod = pyproj.Geod(a=6378137.0, rf=298.257222101)
    spans = zip(columns.ring_offsets[:-1].tolist(), columns.ring_offsets[1:].tolist(), strict=True)
    return np.array([geod.polygon_area_perimeter(xy[a:b, 0], xy[a:b, 1])[0] for a, b in spans])


_METHODS = {AreaMethod.ELLIPSOIDAL: _ellipsoidal, AreaMethod.PLANAR: _planar, AreaMethod.GEODESIC: _geodesic}


def _feature_of(columns: GeometryColumns, ring: int) -> int:
    rings_of_features = columns.part_offsets[columns.feature_offsets]
    return int(np.searchsorted(rings_of_features, ring, side="right")) - 1


def _too_long(columns: GeometryColumns, ring: int) -> GeometryError:
    feature = _feature_of(columns, ring)
    return GeometryError(
        f"第 {feature} 个要素（从 0 起）的边界过长，无法按要求加密。",
        f"The outline of feature {feature} (from 0) is too long to be densified as asked.",
        place=f"feature {feature}",
        remedy_zh="请检查坐标，或加大加密间距。",
        remedy_en="Check the coordinates, or densify at a greater distance.",
    )


def _outside(columns: GeometryColumns, ring: int, epsg: int) -> GeometryError:
    feature = _feature_of(columns, ring)
    xy = columns.xy[columns.ring_offsets[ring] : columns.ring_offsets[ring + 1]]
    x, y = xy[int(np.abs(xy).max(axis=1).argmax())]
    prefix, zone = crs.zone_prefix(float(x)), crs.gauss_kruger_zone(epsg)
    hint_zh, hint_en = "请检查坐标系。", "Check the coordinate system."
    if zone and prefix and prefix != (zone.number if zone.prefixed else None):
        hint_zh = f"横坐标带有带号 {prefix}，与 EPSG:{epsg} 不符。"
        hint_en = f"The easting begins with zone {prefix}, which EPSG:{epsg} is not."
    return GeometryError(
        f"第 {feature} 个要素（从 0 起）的点 ({x:.10g}, {y:.10g}) 不在 EPSG:{epsg} 的范围内，无法计算椭球面积。",
        f"Point ({x:.10g}, {y:.10g}) of feature {feature} (from 0) lies outside EPSG:{epsg}: no ellipsoidal area.",
        place=f"feature {feature}", remedy_zh=hint_zh, remedy_en=hint_en,
    )  # fmt: skip


def _out_of_range(feature: int, epsg: int) -> GeometryError:
    return GeometryError(
        f"第 {feature} 个要素（从 0 起）的坐标过大，面积无法表示。",
        f"The coordinates of feature {feature} (from 0) are too large for an area in EPSG:{epsg}.",
        place=f"feature {feature}",
        remedy_zh="请检查坐标系和坐标。",
        remedy_en="Check the coordinate system and the coordinates.",
    )
