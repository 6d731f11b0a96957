"""Is this data shifted as the coordinates of Chinese web maps are (GCJ-02, BD-09)?

A shifted layer lies about 500 m (GCJ-02) or 1300 m (BD-09) beside the cadastre. This module reports the suspicion with
its reasons; it never converts: the law forbids it without a licence, and a guess must not become a coordinate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.columns import GeometryColumns
from gis.crs import CGCS2000, is_geographic, transformed

Reals = NDArray[np.float64]

_CHINA = (72.0, 0.8, 137.9, 55.9)
_SOURCES = {
    "GCJ-02": ("gcj", "火星", "高德", "amap", "autonavi", "腾讯", "tencent", "qq地图"),
    "BD-09": ("bd-09", "bd09", "百度", "baidu"),
}
_SAMPLE = 2000
_TOLERANCE_DEGREES = 3e-5
"""About 3 m: the offset formula is known to about a metre, digitised corners to a few."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a layer may be in `system`, and how far its coordinates would then be off in metres."""

    system: str
    shift_m: float
    reasons_zh: tuple[str, ...]
    reasons_en: tuple[str, ...]


def gcj02_offset(longitude: Reals, latitude: Reals) -> tuple[Reals, Reals]:
    """What GCJ-02 adds to WGS 84 longitude and latitude, in degrees; 0 outside the rectangle around China.

    The published reconstruction of the offset (Krassovsky ellipsoid, origin 105E 35N).
    """
    x, y = longitude - 105.0, latitude - 35.0
    root, pi = np.sqrt(np.abs(x)), np.pi
    short = (20 * np.sin(6 * pi * x) + 20 * np.sin(2 * pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + short
    north += (20 * np.sin(pi * y) + 40 * np.sin(pi * y / 3)) * 2 / 3
    north += (160 * np.sin(pi * y / 12) + 320 * np.sin(pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + short
    east += (20 * np.sin(pi * x) + 40 * np.sin(pi * x / 3)) * 2 / 3
    east += (150 * np.sin(pi * x / 12) + 300 * np.sin(pi * x / 30)) * 2 / 3
    a, e2, phi = 6378245.0, 0.00669342162296594323, np.radians(latitude)
    w2 = 1 - e2 * np.sin(phi) ** 2
    west, south, right, top = _CHINA
    inside = (longitude >= west) & (longitude <= right) & (latitude >= south) & (latitude <= top)
    dlon = np.degrees(east / (a / np.sqrt(w2) * np.cos(phi)))
    dlat = np.degrees(north / (a * (1 - e2) / (w2 * np.sqrt(w2))))
    return np.where(inside, dlon, 0.0), np.where(inside, dlat, 0.0)


def bd09_offset(longitude: Reals, latitude: Reals) -> tuple[Reals, Reals]:
    """What BD-09 adds to WGS 84 longitude and latitude, in degrees: GCJ-02 and a second shift."""
    dlon, dlat = gcj02_offset(longitude, latitude)
    x, y = longitude + dlon, latitude + dlat
    turn = np.pi * 3000 / 180
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * turn)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * turn)
    return radius * np.cos(angle) + 0.0065 - longitude, radius * np.sin(angle) + 0.006 - latitude


OFFSETS: dict[str, Callable[[Reals, Reals], tuple[Reals, Reals]]] = {"GCJ-02": gcj02_offset, "BD-09": bd09_offset}


def shift_suspicion(
    columns: GeometryColumns, epsg: int, *, reference: GeometryColumns | None = None, source: str = ""
) -> Suspicion | None:
    """Why `columns` may be in GCJ-02 or BD-09; None without a reason.

    `reference` is a layer of the same things in EPSG:4490 (parcels, boundaries): if its corners are met only after the
    offset is taken off, the layer is shifted. `source` is what the file says of its origin: a web map named there is a
    reason too. Without both nothing is said: the numbers alone cannot tell. Errors as `gis.crs.transformed`.
    """
    xy = _sample(columns, epsg)
    for system, offset in OFFSETS.items():
        reasons = [reason for reason in (_named(source, system), _matched(xy, reference, offset)) if reason]
        if reasons:
            return Suspicion(
                system, _shift_m(xy, offset), tuple(zh for zh, _ in reasons), tuple(en for _, en in reasons)
            )
    return None


def _sample(columns: GeometryColumns, epsg: int) -> Reals:
    """At most 2000 vertices, evenly chosen, as longitude and latitude on CGCS2000."""
    if len(columns) == 0 or len(columns.xy) == 0:
        return np.empty((0, 2))
    step = max(1, len(columns.xy) // _SAMPLE)
    if is_geographic(epsg):
        return columns.xy[::step]
    points = GeometryColumns.from_shapely(shapely.points(columns.xy[::step]))
    return transformed(points, epsg, CGCS2000).xy


def _named(source: str, system: str) -> tuple[str, str] | None:
    word = next((word for word in _SOURCES[system] if word in source.lower()), None)
    if word is None:
        return None
    return (f"来源写有“{word}”，属 {system} 坐标", f"the source names {word!r}, whose maps are {system}")


def _matched(
    xy: Reals, reference: GeometryColumns | None, offset: Callable[[Reals, Reals], tuple[Reals, Reals]]
) -> tuple[str, str] | None:
    if reference is None or len(xy) == 0 or len(reference.xy) == 0:
        return None
    tree = shapely.STRtree(shapely.points(reference.xy))
    as_is, moved = _met(tree, xy), _met(tree, _taken_off(xy, offset))
    if moved < 0.5 or moved < 2 * as_is:
        return None
    return (
        f"减去偏移后 {moved:.0%} 的点与参照图层重合，原样只有 {as_is:.0%}",
        f"{moved:.0%} of the points meet the reference once the offset is taken off, {as_is:.0%} as they are",
    )


def _taken_off(xy: Reals, offset: Callable[[Reals, Reals], tuple[Reals, Reals]]) -> Reals:
    """Where `xy` would lie without the offset, which is a function of that place: found by repetition, to 1 mm."""
    place = xy
    for _ in range(6):
        place = xy - np.column_stack(offset(place[:, 0], place[:, 1]))
    return place


def _met(tree: shapely.STRtree, xy: Reals) -> float:
    """The share of points within 3 m of one in the tree."""
    found = tree.query_nearest(shapely.points(xy), max_distance=_TOLERANCE_DEGREES, all_matches=False)[0]
    return len(found) / len(xy)


def _shift_m(xy: Reals, offset: Callable[[Reals, Reals], tuple[Reals, Reals]]) -> float:
    """The mean length of the offset in metres on a sphere."""
    if len(xy) == 0:
        return 0.0
    dlon, dlat = offset(xy[:, 0], xy[:, 1])
    return float(np.mean(np.hypot(dlon * np.cos(np.radians(xy[:, 1])), dlat)) * 111_195)
