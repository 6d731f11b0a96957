"""Which coordinate systems may be mixed, and how do coordinates get from one to another?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from gis.errors import CrsError, GeometryError

if TYPE_CHECKING:
    from gis.columns import GeometryColumns

CGCS2000 = 4490
WGS84 = 4326
"""Geographic, like CRS84 here: coordinates are always x = east or longitude, y = north or latitude."""
XIAN_1980 = 4610
BEIJING_1954 = 4214

_GEOCENTRIC = {"China 2000", "World Geodetic System 1984 ensemble", "World Geodetic System 1984"}
"""Datums that agree within a decimetre; PROJ takes CGCS2000 to WGS 84 as the identity."""
OLD = {"Xian 1980", "Beijing 1954", "New Beijing"}
"""Datums without public parameters of useful accuracy (standards.md 2)."""

FAR_DEGREES = 3.0
"""The width of a zone: a plane is still used in the zones beside its own, where distances are off by about 0.1 %."""

Width = Literal[3, 6]


@dataclass(frozen=True, slots=True)
class GaussKrugerZone:
    """A Gauss-Krueger zone of 3 or 6 degrees; `prefixed` says whether eastings begin with the zone number."""

    number: int
    width: Width = 3
    prefixed: bool = True

    @property
    def central_meridian(self) -> float:
        """Longitude in degrees."""
        return 3.0 * self.number if self.width == 3 else 6.0 * self.number - 3

    @property
    def false_easting_m(self) -> float:
        """What is added to the distance from the central meridian."""
        return self.number * 1e6 + 500_000 if self.prefixed else 500_000

    @property
    def epsg(self) -> int:
        """The EPSG code on CGCS2000; raises CrsError for a zone outside China (3 degrees: 25-45, 6 degrees: 13-23)."""
        first, last, prefixed, plain = _EPSG_ZONES[self.width]
        if not first <= self.number <= last:
            raise CrsError(
                f"CGCS2000 {self.width} 度带只有 {first}–{last} 带，没有 {self.number} 带。",
                f"CGCS2000 has zones {first}-{last} of {self.width} degrees, not {self.number}.",
            )
        return (prefixed if self.prefixed else plain) + self.number


_EPSG_ZONES = {3: (25, 45, 4488, 4509), 6: (13, 23, 4478, 4489)}
"""Width: first and last zone, and what is added to the zone number for the EPSG code with and without prefix."""


@dataclass(frozen=True, slots=True)
class DatumParameters:
    """Seven parameters (布尔沙模型) from an old datum to CGCS2000, as the user's survey office gives them.

    Shifts in metres, rotations in arc seconds, scale in parts per million. `convention` is how rotations turn
    ("position_vector": the point, EPSG 9606; "coordinate_frame": the axes, EPSG 9607, the opposite sign); it has no
    default, because guessing wrong is off by many metres. Heights are taken as 0 above the ellipsoid.
    """

    dx_m: float
    dy_m: float
    dz_m: float
    rx_arcsec: float
    ry_arcsec: float
    rz_arcsec: float
    scale_ppm: float
    convention: Literal["position_vector", "coordinate_frame"]


@cache
def crs(epsg: int) -> CRS:
    """The coordinate system of an EPSG code; raises CrsError for one that is unknown, vertical or geocentric."""
    try:
        found = CRS.from_epsg(epsg)
    except pyproj.exceptions.CRSError as error:
        raise CrsError(f"未知坐标系 EPSG:{epsg}。", f"EPSG:{epsg} is not a known coordinate system.") from error
    if found.geodetic_crs is None or found.is_geocentric or not (found.is_geographic or found.is_projected):
        raise CrsError(
            f"EPSG:{epsg}（{found.name}）不是平面或经纬度坐标系。",
            f"EPSG:{epsg} ({found.name}) is neither projected nor geographic.",
        )
    return found


def is_geographic(epsg: int) -> bool:
    """Whether coordinates are longitude and latitude in degrees; raises CrsError for an unknown code."""
    return bool(crs(epsg).is_geographic)


@cache
def is_north_first(epsg: int) -> bool:
    """Whether EPSG writes northing or latitude before easting or longitude; raises CrsError for an unknown code."""
    return str(crs(epsg).axis_info[0].direction) == "north"


def is_metric_plane(epsg: int) -> bool:
    """Whether lengths and areas may be read off the coordinates: a projected CRS, but no Mercator of the world."""
    system = crs(epsg)
    method = system.coordinate_operation.method_name if system.coordinate_operation else ""
    return bool(system.is_projected) and not ("Mercator (" in method or "Pseudo Mercator" in method)


def metric_plane(columns: GeometryColumns, epsg: int) -> tuple[GeometryColumns, int]:
    """`columns` in a plane of metres, and the EPSG code of that plane.

    A metric CRS is left as it is; other columns go to the 3-degree Gauss-Krueger zone of CGCS2000 in which their middle
    lies. Raises CrsError outside China's zones and for a plane that is not in metres; else as `transformed`.
    """
    if is_metric_plane(epsg):
        if crs(epsg).axis_info[0].unit_conversion_factor != 1:
            raise CrsError(f"EPSG:{epsg} 的单位不是米。", f"EPSG:{epsg} is not in metres.")
        return columns, epsg
    degrees = transformed(columns, epsg, CGCS2000)
    middle = (degrees.xy[:, 0].min() + degrees.xy[:, 0].max()) / 2 if len(degrees.xy) else 117.0
    plane = zone_of(float(middle)).epsg
    return transformed(degrees, CGCS2000, plane), plane


def datum(epsg: int) -> str:
    """The name of the datum as EPSG has it: "China 2000", "Xian 1980"..."""
    geodetic = crs(epsg).geodetic_crs
    return str(geodetic.datum.name) if geodetic and geodetic.datum else ""


@cache
def gauss_kruger_zone(epsg: int) -> GaussKrugerZone | None:
    """The zone of a Gauss-Krueger CRS on any datum; None for another CRS."""
    operation = crs(epsg).coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return None
    value = {parameter.name: float(parameter.value) for parameter in operation.params}
    meridian, easting = value["Longitude of natural origin"], value["False easting"]
    if (value["Scale factor at natural origin"], value["Latitude of natural origin"], value["False northing"]) != (
        1,
        0,
        0,
    ):
        return None
    for width, number in ((6, (meridian + 3) / 6), (3, meridian / 3)):
        is_prefixed = easting == number * 1e6 + 500_000
        # without a prefix, a meridian of both widths is called a 3-degree zone: the plane is the same
        if number == int(number) and (is_prefixed or (easting == 500_000 and width == 3)):
            return GaussKrugerZone(int(number), 3 if width == 3 else 6, is_prefixed)
    return None


def zone_of(longitude: float, width: Width = 3, *, prefixed: bool = True) -> GaussKrugerZone:
    """The zone that holds `longitude` in degrees.

    A 3-degree zone reaches from 1.5 degrees west of its meridian up to, but not including, 1.5 degrees east of it:
    118.5 is in zone 40, 118.3 (高都街道) in zone 39. Raises CrsError for what is not a longitude.
    """
    if not -180 <= longitude <= 180:
        raise CrsError(f"经度 {longitude} 超出范围。", f"{longitude} is not a longitude.")
    return GaussKrugerZone(int(zone_numbers(np.array([longitude]), width)[0]), width, prefixed)


def zone_numbers(longitudes: NDArray[np.float64], width: Width = 3) -> NDArray[np.float64]:
    """The number of the zone of each longitude in degrees; NaN gives NaN."""
    return np.floor((longitudes + 1.5) / 3) if width == 3 else np.floor(longitudes / 6) + 1


def zone_prefix(easting_m: float) -> int | None:
    """The zone number that an easting begins with (8 digits before the point, 39618700 -> 39); None without one."""
    return int(easting_m // 1e6) if 1e7 <= easting_m < 1e8 else None


def zone_border_km(longitude: float, latitude: float, width: Width = 3) -> float:
    """Distance in km along the parallel to the nearer border of the zone, on a sphere of the earth's radius."""
    meridian = zone_of(longitude, width).central_meridian
    degrees = width / 2 - abs(longitude - meridian)
    return math.radians(degrees) * 6371.0 * math.cos(math.radians(latitude))


def transformed(
    columns: GeometryColumns, source_epsg: int, target_epsg: int, *, parameters: DatumParameters | None = None
) -> GeometryColumns:
    """`columns` in another CRS; x stays east or longitude, y north or latitude, Z is left as it is.

    CGCS2000 and WGS 84 are taken as one. Raises CrsError for an unknown CRS; for Xian 1980 or Beijing 1954 against
    another datum without `parameters`; and where PROJ knows no transformation between the datums. Raises GeometryError
    naming the first feature that has no place in the target CRS.
    """
    steps = _steps(source_epsg, target_epsg, parameters)
    if not steps:
        return columns
    x, y = columns.xy[:, 0].copy(), columns.xy[:, 1].copy()
    for step in steps:
        x, y = step.transform(x, y, inplace=True)
    xy = np.column_stack([x, y])
    bad = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if len(bad):
        raise _outside(columns, int(bad[0]), target_epsg)
    return replace(columns, xy=xy)


def outside(columns: GeometryColumns, epsg: int) -> NDArray[np.bool_]:
    """Whether each vertex lies more than FAR_DEGREES outside the area that EPSG gives for the CRS of `columns`.

    An area that crosses the antimeridian, and a CRS without one, count as the whole world. Raises GeometryError for a
    vertex that has no longitude and latitude.
    """
    area = crs(epsg).area_of_use
    if area is None or area.west > area.east or len(columns.xy) == 0:
        return np.zeros(len(columns.xy), np.bool_)
    geodetic = crs(epsg).geodetic_crs
    degrees = transformed(columns, epsg, int(geodetic.to_epsg() or epsg) if geodetic else epsg).xy
    low = np.array([area.west - FAR_DEGREES, area.south - FAR_DEGREES])
    high = np.array([area.east + FAR_DEGREES, area.north + FAR_DEGREES])
    return np.asarray(((degrees < low) | (degrees > high)).any(axis=1))


@cache
def same_datum(one_epsg: int, other_epsg: int) -> bool:
    """Whether two CRSs share a datum, CGCS2000 and WGS 84 counting as one."""
    one, other = datum(one_epsg), datum(other_epsg)
    return one == other or {one, other} <= _GEOCENTRIC


def _steps(source: int, target: int, parameters: DatumParameters | None) -> list[Transformer]:
    """The transformers to apply in turn; none where nothing changes."""
    if source == target:
        return []
    if same_datum(source, target):
        return [_transformer(source, target, True)]
    if not {datum(source), datum(target)} & OLD:
        return _steps_over_wgs84(source, target)
    return _steps_with_parameters(source, target, parameters)


def _steps_over_wgs84(source: int, target: int) -> list[Transformer]:
    """Other datums go over WGS 84, for which EPSG lists transformations; CGCS2000 joins there as the identity."""
    to_wgs84 = _transformer(source, WGS84, datum(source) in _GEOCENTRIC)
    from_wgs84 = _transformer(WGS84, target, datum(target) in _GEOCENTRIC)
    return [to_wgs84, from_wgs84]


def _steps_with_parameters(source: int, target: int, parameters: DatumParameters | None) -> list[Transformer]:
    """Plane to degrees, the seven parameters between the ellipsoids, degrees to plane."""
    forward = datum(source) in OLD
    if parameters is None or (forward and datum(target) in OLD):
        raise _refusal(source, target)
    old = crs(source if forward else target).geodetic_crs
    degrees = int(old.to_epsg() or 0) if old else 0
    if forward:
        return [*_steps(source, degrees, None), _shift(degrees, parameters, "fwd"), *_steps(CGCS2000, target, None)]
    return [*_steps(source, CGCS2000, None), _shift(degrees, parameters, "inv"), *_steps(degrees, target, None)]


@cache
def _transformer(source: int, target: int, ballpark: bool) -> Transformer:
    """pyproj keeps one PROJ object a thread behind each Transformer, so that a cached one may be shared.

    Looking for the operation between two CRSs takes PROJ 0.2 s, and pyproj would do so in every thread again: where
    there is but one operation, it is found once and then made from its own definition.
    """
    try:
        found = Transformer.from_crs(crs(source), crs(target), always_xy=True, allow_ballpark=ballpark)
        definition = found.definition
        return Transformer.from_pipeline(definition) if definition.startswith("proj=") else found
    except pyproj.exceptions.ProjError as error:
        raise CrsError(
            f"没有从 EPSG:{source} 到 EPSG:{target} 的可靠转换。",
            f"No transformation of known accuracy leads from EPSG:{source} to EPSG:{target}.",
        ) from error


@cache
def _shift(old_epsg: int, p: DatumParameters, way: Literal["fwd", "inv"]) -> Transformer:
    """Degrees on the old ellipsoid to degrees on that of CGCS2000 (EPSG methods 9606 and 9607), or back."""
    old, new = crs(old_epsg).ellipsoid, crs(CGCS2000).ellipsoid
    if old is None or new is None:
        raise CrsError(f"EPSG:{old_epsg} 没有椭球。", f"EPSG:{old_epsg} has no ellipsoid.")
    steps = [
        "+proj=unitconvert +xy_in=deg +xy_out=rad",
        f"+proj=cart +a={old.semi_major_metre!r} +rf={old.inverse_flattening!r}",
        f"+proj=helmert +x={p.dx_m!r} +y={p.dy_m!r} +z={p.dz_m!r} +rx={p.rx_arcsec!r} +ry={p.ry_arcsec!r}"
        f" +rz={p.rz_arcsec!r} +s={p.scale_ppm!r} +convention={p.convention}",
        f"+inv +proj=cart +a={new.semi_major_metre!r} +rf={new.inverse_flattening!r}",
        "+proj=unitconvert +xy_in=rad +xy_out=deg",
    ]
    if way == "inv":
        steps = [step.removeprefix("+inv ") if "+inv" in step else f"+inv {step}" for step in reversed(steps)]
    return Transformer.from_pipeline(" ".join(["+proj=pipeline", *(f"+step {step}" for step in steps)]))


def _refusal(source: int, target: int) -> CrsError:
    names = f"{datum(source)} (EPSG:{source}) → {datum(target)} (EPSG:{target})"
    return CrsError(
        f"没有公开的、精度可靠的转换参数：{names}。",
        f"No public parameters of useful accuracy exist: {names}.",
        remedy_zh="请提供测绘主管部门给出的七参数（到 CGCS2000），或由其转换后再导入。",
        remedy_en="Give the seven parameters (to CGCS2000) of your survey office, or have it transform the data.",
    )


def _outside(columns: GeometryColumns, vertex: int, epsg: int) -> GeometryError:
    feature = int(np.searchsorted(columns.vertex_offsets, vertex, side="right")) - 1
    x, y = columns.xy[vertex]
    return GeometryError(
        f"第 {feature} 个要素（从 0 起）的点 ({x:g}, {y:g}) 在 EPSG:{epsg} 中没有位置。",
        f"Point ({x:g}, {y:g}) of feature {feature} (from 0) has no place in EPSG:{epsg}.",
        place=f"feature {feature}",
        remedy_zh="请检查源坐标系是否填错。",
        remedy_en="Check whether the source CRS is the right one.",
    )
