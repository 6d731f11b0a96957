"""图斑椭球面积 written down once more, as plainly as standards.md section 1 has it: the oracle of test_area."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

B_M, E2, SECOND_E2, C_M = 6356752.314140356, 0.00669438002290, 0.00673949677548, 6399593.62586
K = (1.57048761144159e-07, 5.05250178820567e-03, 2.98472900956587e-05, 2.41626669230084e-07, 2.22241238938534e-09)
RHO = 206264.8062471

E4, E6, E8 = E2**2, E2**3, E2**4
A = 1 + 3 / 6 * E2 + 30 / 80 * E4 + 35 / 112 * E6 + 630 / 2304 * E8
B = 1 / 6 * E2 + 15 / 80 * E4 + 21 / 112 * E6 + 420 / 2304 * E8
C = 3 / 80 * E4 + 7 / 112 * E6 + 180 / 2304 * E8
D = 1 / 112 * E6 + 45 / 2304 * E8
E = 5 / 2304 * E8


def to_digits(value: float, digits: int) -> float:
    return math.floor(value * 10**digits + 0.5) / 10**digits


def to_ellipsoid(x: float, y: float, meridian: float) -> tuple[float, float]:
    """B and L in seconds of northing x and distance y east of the meridian."""
    e = K[0] * x
    s = math.sin(e)
    bf = e + math.cos(e) * (K[1] * s - K[2] * s**3 + K[3] * s**5 - K[4] * s**7)
    t, eta = math.tan(bf), SECOND_E2 * math.cos(bf) ** 2
    v2 = 1 + eta
    u = y / (C_M / math.sqrt(v2))
    lat = bf - 0.5 * v2 * t * u**2
    lat += (5 + 3 * t**2 + eta - 9 * eta * t**2) * v2 * t * u**4 / 24
    lat -= (61 + 90 * t**2 + 45 * t**4) * v2 * t * u**6 / 720
    lon = u - (1 + 2 * t**2 + eta) * u**3 / 6
    lon += (5 + 28 * t**2 + 24 * t**4 + 6 * eta + 8 * eta * t**2) * u**5 / 120
    return lat * RHO, meridian * 3600 + lon / math.cos(bf) * RHO


def trapezoid(one: tuple[float, float], two: tuple[float, float]) -> float:
    db, bm, dl = two[0] - one[0], (one[0] + two[0]) / 2, (one[1] + two[1]) / 2
    return (
        2 * B_M**2 * dl
        * (
            A * math.sin(db / 2) * math.cos(bm) - B * math.sin(3 * db / 2) * math.cos(3 * bm)
            + C * math.sin(5 * db / 2) * math.cos(5 * bm) - D * math.sin(7 * db / 2) * math.cos(7 * bm)
            + E * math.sin(9 * db / 2) * math.cos(9 * bm)
        )
    )  # fmt: skip


def between(start: float, end: float, part: int, parts: int) -> float:
    """A point on an edge to 4 decimals, halves up, in exact fractions: a midpoint is often a half."""
    one, two = Fraction(f"{start:.4f}"), Fraction(f"{end:.4f}")
    return float(Fraction(math.floor((one + (two - one) * part / parts) * 10**4 + Fraction(1, 2)), 10**4))


def ring_area_m2(ring, *, meridian=117.0, easting=39_500_000.0, rounded=True, densify_m=70.0) -> float:
    """The signed area of a closed ring of (east, north)."""
    plane = []
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        if rounded:
            x1, y1, x2, y2 = (to_digits(v, 4) for v in (x1, y1, x2, y2))
        length = math.hypot(x2 - x1, y2 - y1)
        points = int(length / densify_m) if length > densify_m else 0
        for k in range(points + 1):
            if rounded:
                plane.append((between(x1, x2, k, points + 1), between(y1, y2, k, points + 1)))
            else:
                plane.append((x1 + (x2 - x1) * k / (points + 1), y1 + (y2 - y1) * k / (points + 1)))
    seconds = [to_ellipsoid(y, x - easting, meridian) for x, y in plane]
    if rounded:
        seconds = [(to_digits(lat, 6), to_digits(lon, 6)) for lat, lon in seconds]
    radians = [(lat / RHO, lon / RHO) for lat, lon in seconds]
    return sum(trapezoid(p, q) for p, q in zip(radians, radians[1:] + radians[:1], strict=True))


def area_m2(polygon, **options) -> float:
    """The area of a shapely polygon: shell less holes."""
    shell = abs(ring_area_m2(list(polygon.exterior.coords), **options))
    return shell - sum(abs(ring_area_m2(list(hole.coords), **options)) for hole in polygon.interiors)
