"""What areas do rings enclose, in the plane and on the ellipsoid?

The ellipsoidal area follows 图斑椭球面积 (standards.md 1.2 to 1.5). `ellipsoid` is the row of numbers that
`gis.area.Ellipsoid.row` gives: e'2, c, K0 to K4, b2 and the coefficients of F and of the arc below.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import FLAG, FLAGS, INTS, OUT_REALS, REAL, REALS, XY, compiled

OK, OUTSIDE, TOO_LONG = range(3)
"""What may be wrong with a ring: it reaches out of the plane, or its outline would need too many points."""

_RHO = 206264.8062471
_BATCH = 4096
_MAX_EXTRA = 1e7
_MAX_EAST_M, _MAX_NORTH_M = 600_000.0, 9_000_000.0
"""Beyond, the series of the method no longer hold: about 6 degrees from the meridian, 80 degrees from the equator."""


@compiled((XY, INTS, OUT_REALS))
def planar(xy, rings, out):
    """The signed area of each ring, counter-clockwise positive, from its first vertex so that digits are kept."""
    for r in range(len(out)):
        first = rings[r]
        x0, y0 = xy[first, 0], xy[first, 1]
        twice = 0.0
        for k in range(first + 1, rings[r + 1] - 1):
            x1, y1, x2, y2 = xy[k, 0] - x0, xy[k, 1] - y0, xy[k + 1, 0] - x0, xy[k + 1, 1] - y0
            twice += x1 * y2 - x2 * y1
        out[r] = twice * 0.5


@compiled((REALS, INTS, INTS, FLAGS, OUT_REALS), (OUT_REALS, INTS, INTS, FLAGS, OUT_REALS))
def of_features(ring_areas, parts, features, present, out):
    """Shell less holes, each as an absolute value, summed over the parts; NaN where there is no geometry."""
    for k in range(len(out)):
        total = 0.0
        for part in range(features[k], features[k + 1]):
            total += abs(ring_areas[parts[part]])
            for hole in range(parts[part] + 1, parts[part + 1]):
                total -= abs(ring_areas[hole])
        out[k] = total if present[k] else np.nan


@compiled()
def _sin_cos(x):
    """Sine and cosine of an angle within 1.6 of 0, by their series: without calls, so that a loop is vectorised."""
    q = x * x
    s = 1 / 51090942171709440000.0
    s = 1 / 121645100408832000.0 - q * s
    s = 1 / 355687428096000.0 - q * s
    s = 1 / 1307674368000.0 - q * s
    s = 1 / 6227020800.0 - q * s
    s = 1 / 39916800.0 - q * s
    s = 1 / 362880.0 - q * s
    s = 1 / 5040.0 - q * s
    s = 1 / 120.0 - q * s
    s = 1 / 6.0 - q * s
    c = 1 / 1124000727777607680000.0
    c = 1 / 2432902008176640000.0 - q * c
    c = 1 / 6402373705728000.0 - q * c
    c = 1 / 20922789888000.0 - q * c
    c = 1 / 87178291200.0 - q * c
    c = 1 / 479001600.0 - q * c
    c = 1 / 3628800.0 - q * c
    c = 1 / 40320.0 - q * c
    c = 1 / 720.0 - q * c
    c = 1 / 24.0 - q * c
    c = 1 / 2.0 - q * c
    return x - x * q * s, 1 - q * c


@compiled()
def _turned(s, c, d):
    """Sine and cosine of an angle that is `d` (within 0.02) more than that of sine `s` and cosine `c`."""
    q = d * d
    sd = d * (1 - q * (1 / 6 - q * (1 / 120 - q / 5040)))
    cd = 1 - q * (1 / 2 - q * (1 / 24 - q * (1 / 720 - q / 40320)))
    return s * cd + c * sd, c * cd - s * sd


@compiled()
def _to_ellipsoid(north, east, count, ellipsoid, rounded):
    """Replaces plane coordinates by F(B) (in `north`) and longitude from the meridian (in `east`), standards.md 1.4.

    F is the bracket of the trapezoid (1.2) written for one end, as a polynomial in sin B: 2 sin(dB/2) cos Bm is
    sin B2 - sin B1, and so on for the multiples. With `rounded`, B and L are rounded to 1e-6 seconds, halves up.
    """
    second, c = ellipsoid[0], ellipsoid[1]
    k0, k1, k2, k3, k4 = ellipsoid[2], ellipsoid[3], ellipsoid[4], ellipsoid[5], ellipsoid[6]
    f1, f3, f5, f7, f9 = ellipsoid[8], ellipsoid[9], ellipsoid[10], ellipsoid[11], ellipsoid[12]
    grain = _RHO * 1e6
    back, to_radius = 1 / grain, 1 / c
    for i in range(count):
        e = k0 * north[i]
        s, co = _sin_cos(e)
        q = s * s
        d = co * s * (k1 - q * (k2 - q * (k3 - q * k4)))
        s, co = _turned(s, co, d)
        secant = 1 / co
        t = s * secant
        t2, eta = t * t, second * co * co
        v2 = 1 + eta
        u = east[i] * np.sqrt(v2) * to_radius
        u2 = u * u
        b6 = (61 + 90 * t2 + 45 * t2 * t2) * (1 / 720)
        b4 = (5 + 3 * t2 + eta - 9 * eta * t2) * (1 / 24)
        less = v2 * t * u2 * (0.5 - u2 * (b4 - u2 * b6))
        l5 = (5 + 28 * t2 + 24 * t2 * t2 + 6 * eta + 8 * eta * t2) * (1 / 120)
        l3 = (1 + 2 * t2 + eta) * (1 / 6)
        lon = u * (1 - u2 * (l3 - u2 * l5)) * secant
        if rounded:
            lat = e + d - less
            less = e + d - np.floor(lat * grain + 0.5) * back
            lon = np.floor(lon * grain + 0.5) * back
        s, co = _turned(s, co, -less)
        q = s * s
        north[i] = s * (f1 + q * (f3 + q * (f5 + q * (f7 + q * f9))))
        east[i] = lon


@compiled()
def _to_plane(xy, first, last, meridian, ellipsoid, at, north, east):
    """Projects degrees to the Gauss-Krueger plane of `meridian`: the series of which _to_ellipsoid has the inverse."""
    second, c, per_arc = ellipsoid[0], ellipsoid[1], 1 / ellipsoid[2]
    p1, p2, p3, p4, p5 = ellipsoid[13], ellipsoid[14], ellipsoid[15], ellipsoid[16], ellipsoid[17]
    radian = np.pi / 180
    for k in range(first, last):
        lat, lon = xy[k, 1] * radian, (xy[k, 0] - meridian) * radian
        s, co = _sin_cos(lat)
        q = s * s
        arc = lat + s * co * (p1 + q * (p2 + q * (p3 + q * (p4 + q * p5))))
        t, eta = s / co, second * co * co
        t2, m = t * t, lon * co
        m2, n = m * m, c / np.sqrt(1 + eta)
        x6 = (61 - 58 * t2 + t2 * t2 + 270 * eta - 330 * eta * t2) * (1 / 720)
        x4 = (5 - t2 + 9 * eta + 4 * eta * eta) * (1 / 24)
        y5 = (5 - 18 * t2 + t2 * t2 + 14 * eta - 58 * eta * t2) * (1 / 120)
        y3 = (1 - t2 + eta) * (1 / 6)
        north[at + k - first] = arc * per_arc + n * t * m2 * (0.5 + m2 * (x4 + m2 * x6))
        east[at + k - first] = n * m * (1 + m2 * (y3 + m2 * y5))


@compiled()
def _load(xy, first, last, meridian, easting, ellipsoid, rounded, north, east):
    """Puts vertices `first` to `last` into the plane, to 0.1 mm with `rounded`; whether all fit there."""
    count = last - first
    if np.isnan(meridian):
        for k in range(count):
            north[k], east[k] = xy[first + k, 1], xy[first + k, 0]
    else:
        easting = 0.0
        _to_plane(xy, first, last, meridian, ellipsoid, 0, north, east)
    outside = 0
    if rounded:
        for k in range(count):
            north[k] = np.floor(north[k] * 1e4 + 0.5) / 1e4
            east[k] = (np.floor(east[k] * 1e4 + 0.5) - easting * 1e4) / 1e4
            outside += 0 if (abs(north[k]) <= _MAX_NORTH_M) & (abs(east[k]) <= _MAX_EAST_M) else 1
    else:
        for k in range(count):
            east[k] -= easting
            outside += 0 if (abs(north[k]) <= _MAX_NORTH_M) & (abs(east[k]) <= _MAX_EAST_M) else 1
    return outside == 0


@compiled()
def _longer(values, count):
    """`values` with room for `count` of them."""
    if count <= len(values):
        return values
    longer = np.empty(2 * count, np.float64)
    longer[: len(values)] = values
    return longer


@compiled()
def _is_long(north, east, k, limit):
    dx, dy = north[k + 1] - north[k], east[k + 1] - east[k]
    return dx * dx + dy * dy > limit


@compiled()
def _any_long(north, east, rings, first, last, densify_m):
    """Whether an edge of rings `first` to `last` is longer than `densify_m`."""
    start, limit, found = rings[first], densify_m * densify_m, 0
    for k in range(rings[last] - start - 1):  # over the ends of rings too, which are then taken off
        found += 1 if _is_long(north, east, k, limit) else 0
    for r in range(first + 1, last):
        found -= 1 if _is_long(north, east, rings[r] - start - 1, limit) else 0
    return found > 0


@compiled()
def _extra(north, east, first, last, densify_m):
    """How many points densifying inserts into the ring at `first` to `last`."""
    total = 0.0
    for k in range(first, last - 1):
        if _is_long(north, east, k, densify_m * densify_m):
            dx, dy = north[k + 1] - north[k], east[k + 1] - east[k]
            total += np.floor(np.sqrt(dx * dx + dy * dy) / densify_m)
    return total


@compiled()
def _between(start, end, part, parts):
    """The point `part` of `parts` on the way, to 0.1 mm; exact, because halves are common and must all go up."""
    grain = np.rint(start * 1e4)
    return (grain + np.floor((np.rint(end * 1e4) - grain) * part / parts + 0.5)) / 1e4


@compiled()
def _densify(north, east, first, last, densify_m, rounded, at, out_north, out_east):
    """Writes a ring from place `at` on, with int(length / densify_m) points in each edge longer than that; the end."""
    for k in range(first, last):
        out_north[at], out_east[at] = north[k], east[k]
        at += 1
        if k < last - 1 and _is_long(north, east, k, densify_m * densify_m):
            dx, dy = north[k + 1] - north[k], east[k + 1] - east[k]
            points = int(np.sqrt(dx * dx + dy * dy) / densify_m)
            for j in range(1, points + 1):
                if rounded:
                    out_north[at] = _between(north[k], north[k + 1], j, points + 1)
                    out_east[at] = _between(east[k], east[k + 1], j, points + 1)
                else:
                    out_north[at] = north[k] + dx * j / (points + 1)
                    out_east[at] = east[k] + dy * j / (points + 1)
                at += 1
    return at


@compiled()
def _sum_rings(bracket, longitude, ends, first, last, factor, out):
    """The signed areas of the rings `first` to `last` that lie one after another and stop at `ends`."""
    start = 0
    for r in range(first, last):
        z0, l0 = bracket[start], longitude[start]
        total = 0.0
        for k in range(start + 1, ends[r - first] - 1):
            total += (longitude[k] + longitude[k + 1] - 2 * l0) * (bracket[k + 1] - bracket[k])
        if ends[r - first] - start > 1:
            total += (longitude[start + 1] - l0) * (bracket[start + 1] - z0)
        out[r] = 0.5 * factor * total
        start = ends[r - first]


@compiled()
def _batch_end(rings, meridians, first):
    """The ring before which a batch that begins with ring `first` ends: of one meridian and about _BATCH vertices."""
    last = first + 1
    while last < len(meridians) and rings[last + 1] - rings[first] <= _BATCH:
        if meridians[last] != meridians[first] and not (np.isnan(meridians[last]) and np.isnan(meridians[first])):
            break
        last += 1
    return last


@compiled((XY, INTS, REALS, REAL, REALS, REAL, FLAG, OUT_REALS))
def ellipsoidal(xy, rings, meridians, easting, ellipsoid, densify_m, rounded, out):
    """The signed official area in m2 of each ring; returns an error and the first ring that has it.

    `meridians` holds the central meridian of each ring where `xy` is in degrees, NaN where it is in a Gauss-Krueger
    plane of false easting `easting`.
    """
    north, east = np.empty(_BATCH), np.empty(_BATCH)
    dense_north, dense_east = np.empty(2 * _BATCH), np.empty(2 * _BATCH)
    first = 0
    while first < len(out):
        last = _batch_end(rings, meridians, first)
        start, count = rings[first], rings[last] - rings[first]
        north, east = _longer(north, count), _longer(east, count)
        if not _load(xy, start, rings[last], meridians[first], easting, ellipsoid, rounded, north, east):
            for r in range(first, last):
                if not _load(xy, rings[r], rings[r + 1], meridians[r], easting, ellipsoid, rounded, north, east):
                    return OUTSIDE, r
        ends = rings[first + 1 : last + 1] - start
        if _any_long(north, east, rings, first, last, densify_m):
            filled = 0
            for r in range(first, last):
                a, b = rings[r] - start, rings[r + 1] - start
                extra = _extra(north, east, a, b, densify_m)
                if extra > _MAX_EXTRA:
                    return TOO_LONG, r
                room = filled + b - a + int(extra)
                dense_north, dense_east = _longer(dense_north, room), _longer(dense_east, room)
                filled = _densify(north, east, a, b, densify_m, rounded, filled, dense_north, dense_east)
                ends[r - first] = filled
            _to_ellipsoid(dense_north, dense_east, filled, ellipsoid, rounded)
            _sum_rings(dense_north, dense_east, ends, first, last, ellipsoid[7], out)
        else:
            _to_ellipsoid(north, east, count, ellipsoid, rounded)
            _sum_rings(north, east, ends, first, last, ellipsoid[7], out)
        first = last
    return OK, -1
