"""How does well-known binary become flat coordinates and offsets, and back?

Both byte orders, ISO and extended (EWKB) type codes, Z and M (M is dropped). Every length is checked against the end of
its value before it is believed, so that damaged bytes end in an error code and never in a read outside the buffer.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import BYTES, FLAGS, INT, INTS, OUT_BYTES, OUT_FLAGS, OUT_INTS, OUT_REALS, OUT_XY, REALS, XY, compiled

OK, TRUNCATED, ORDER, TYPE, MEMBER, MIXED, SHORT, OPEN, TRAILING, NOT_FINITE, NO_SHELL = range(11)
"""What may be wrong with a value."""

POINT, LINE, POLYGON = 1, 2, 3
"""The WKB codes of the single types; a multi type is 3 more."""

_1, _2, _3 = np.uint64(1), np.uint64(2), np.uint64(3)
_NAN = np.uint64(0x7FF8000000000000)


@compiled()
def _u32(data, p, big):
    q = np.uint64(p)  # an unsigned index needs no test for being negative, so that the loads become one
    a, b, c, d = np.uint32(data[q]), np.uint32(data[q + _1]), np.uint32(data[q + _2]), np.uint32(data[q + _3])
    if big:
        a, b, c, d = d, c, b, a
    return np.int64(a | (b << np.uint32(8)) | (c << np.uint32(16)) | (d << np.uint32(24)))


@compiled()
def _f64(data, p, big):
    first, second = np.uint64(_u32(data, p, big)), np.uint64(_u32(data, p + 4, big))
    low, high = (second, first) if big else (first, second)
    return np.uint64(low | (high << np.uint64(32))).view(np.float64)


@compiled()
def _header(data, p, end):
    """Error, byte order, type code 1 to 6 (0: another), doubles a point, whether the third is Z, next position."""
    if end - p < 5:
        return TRUNCATED, False, 0, 2, False, p
    order = data[p]
    if order > 1:
        return ORDER, False, 0, 2, False, p
    big = order == 0
    code = _u32(data, p + 1, big)
    p += 5
    has_z, has_m = code & 0x80000000 != 0, code & 0x40000000 != 0
    if code & 0x20000000 != 0:  # EWKB: an SRID follows
        if end - p < 4:
            return TRUNCATED, big, 0, 2, False, p
        p += 4
    code &= 0x1FFFFFFF
    iso = code // 1000
    if iso > 3 or code % 1000 < 1 or code % 1000 > 6:
        return TYPE, big, 0, 2, False, p
    has_z, has_m = has_z or iso == 1 or iso == 3, has_m or iso >= 2
    return OK, big, code % 1000, 2 + has_z + has_m, has_z, p


@compiled()
def _count(data, p, end, big, least):
    """Error, number of items of at least `least` bytes each, next position."""
    if end - p < 4:
        return TRUNCATED, 0, p
    count = _u32(data, p, big)
    p += 4
    return (TRUNCATED, 0, p) if count * least > end - p else (OK, count, p)


@compiled()
def _measure_rings(data, p, end, big, kind, doubles, totals):
    """Adds the rings (lines, points) and vertices of one single geometry to `totals`; error, next position, rings."""
    if kind == POINT:
        if end - p < 8 * doubles:
            return TRUNCATED, p, 0
        empty = np.isnan(_f64(data, p, big)) and np.isnan(_f64(data, p + 8, big))
        totals[2] += 0 if empty else 1
        totals[3] += 0 if empty else 1
        return OK, p + 8 * doubles, 0 if empty else 1
    rings = 1
    if kind == POLYGON:
        error, rings, p = _count(data, p, end, big, 4)
        if error != OK:
            return error, p, 0
    kept = 0
    for ring in range(rings):
        error, points, p = _count(data, p, end, big, 8 * doubles)
        if error != OK:
            return error, p, 0
        p += points * 8 * doubles
        if points == 0:
            continue
        if points < kind:
            return SHORT, p, 0
        if kind == POLYGON and kept == 0 and ring > 0:
            return NO_SHELL, p, 0
        kept += 1
        totals[3] += points
    totals[2] += kept
    return OK, p, kept


@compiled()
def _measure(data, p, end, totals):
    """Adds one value's parts, rings and vertices to `totals`; error and single type code."""
    error, big, code, doubles, has_z, p = _header(data, p, end)
    if error != OK:
        return error, 0
    kind, members = code, 1
    if code > 3:
        kind = code - 3
        error, members, p = _count(data, p, end, big, 9)
        if error != OK:
            return error, 0
    for _ in range(members):
        if code > 3:
            error, big, member, doubles, has_z, p = _header(data, p, end)
            if error != OK or member != kind:
                return (MEMBER if error in (OK, TYPE) else error), 0
        totals[0] += has_z
        error, p, kept = _measure_rings(data, p, end, big, kind, doubles, totals)
        if error != OK:
            return error, 0
        totals[1] += kept > 0
    return (OK if p == end else TRAILING), kind


@compiled((BYTES, INTS, FLAGS, INT, OUT_INTS))
def measure(data, offsets, present, kind, totals):
    """Adds up what `fill` will write: totals = single geometries with Z, parts, rings, vertices.

    `kind` is the single type code all must have, 0 to take the first one's. Returns error, feature, kind.
    """
    for feature in range(len(present)):
        if not present[feature]:
            continue
        start, end = offsets[feature], offsets[feature + 1]
        if start < 0 or end < start or end > len(data):
            return TRUNCATED, feature, kind
        error, found = _measure(data, start, end, totals)
        if error != OK:
            return error, feature, kind
        kind = kind or found
        if found != kind:
            return MIXED, feature, kind
    return OK, 0, kind


@compiled()
def _fill_points(data, p, big, doubles, has_z, points, at, xy, z):
    """Copies `points` points to row `at` on; whether all are finite."""
    finite, step = True, 8 * doubles
    for k in range(points):
        q = p + k * step
        x, y = _f64(data, q, big), _f64(data, q + 8, big)
        xy[at + k, 0] = x
        xy[at + k, 1] = y
        finite &= np.isfinite(x) & np.isfinite(y)
    if len(z) > 0:
        for k in range(points):
            value = _f64(data, p + k * step + 16, big) if has_z else np.nan
            z[at + k] = value
            finite &= not np.isinf(value)
    return finite


@compiled()
def _fill_rings(data, p, big, kind, doubles, has_z, at, xy, z, rings):
    """Copies one single geometry; error, next position. `at` = next part, ring, vertex and is moved on."""
    count = 1
    if kind == POLYGON:
        count = _u32(data, p, big)
        p += 4
    for _ in range(count):
        points = 1
        if kind != POINT:
            points = _u32(data, p, big)
            p += 4
        elif np.isnan(_f64(data, p, big)) and np.isnan(_f64(data, p + 8, big)):
            return OK, p + 8 * doubles
        if points == 0:
            continue
        first, last = at[2], at[2] + points - 1
        if not _fill_points(data, p, big, doubles, has_z, points, first, xy, z):
            return NOT_FINITE, p
        if kind == POLYGON and (xy[first, 0] != xy[last, 0] or xy[first, 1] != xy[last, 1]):
            return OPEN, p
        p += points * 8 * doubles
        at[2] += points
        at[1] += 1
        rings[at[1]] = at[2]
    return OK, p


@compiled((BYTES, INTS, FLAGS, OUT_XY, OUT_REALS, OUT_INTS, OUT_INTS, OUT_INTS, OUT_FLAGS))
def fill(data, offsets, present, xy, z, rings, parts, features, multi):
    """Writes coordinates and offsets of values that `measure` has passed; `z` is empty to drop Z. Error, feature."""
    at = np.zeros(3, np.int64)
    for feature in range(len(present)):
        if present[feature]:
            p, end = offsets[feature], offsets[feature + 1]
            _, big, code, doubles, has_z, p = _header(data, p, end)
            multi[feature] = code > 3
            members = 1
            if code > 3:
                members = _u32(data, p, big)
                p += 4
            for _ in range(members):
                if code > 3:
                    _, big, _, doubles, has_z, p = _header(data, p, end)
                kind = code - 3 if code > 3 else code
                before = at[1]
                error, p = _fill_rings(data, p, big, kind, doubles, has_z, at, xy, z, rings)
                if error != OK:
                    return error, feature
                if at[1] > before:
                    at[0] += 1
                    parts[at[0]] = at[1]
        features[feature + 1] = at[0]
    return OK, 0


@compiled()
def _has_z(z, first, last):
    for k in range(first, last if len(z) else first):  # noqa: SIM110 - numba knows no any()
        if not np.isnan(z[k]):
            return True
    return False


@compiled((INT, REALS, INTS, INTS, INTS, FLAGS, FLAGS, OUT_INTS))
def sizes(kind, z, rings, parts, features, present, multi, out):
    """Bytes of each feature's WKB, added up: `out` has one more entry than there are features."""
    for feature in range(len(present)):
        first, last = features[feature], features[feature + 1]
        r0, r1 = parts[first], parts[last]
        doubles = 3 if _has_z(z, rings[r0], rings[r1]) else 2
        size = 9 if multi[feature] else 0
        size += (last - first) * 5 + (rings[r1] - rings[r0]) * 8 * doubles
        size += (r1 - r0) * 4 if kind != POINT else 0
        size += (last - first) * 4 if kind == POLYGON else 0
        if not multi[feature] and first == last:
            size = 21 if kind == POINT else 9
        out[feature + 1] = out[feature] + (size if present[feature] else 0)


@compiled()
def _put_u32(out, p, value):
    for k in range(4):
        out[p + k] = np.uint8((value >> (8 * k)) & 255)
    return p + 4


@compiled()
def _put_f64(out, p, bits):
    for k in range(8):
        out[p + k] = np.uint8((bits >> np.uint64(8 * k)) & np.uint64(255))
    return p + 8


@compiled()
def _put_header(out, p, code, with_z):
    out[p] = 1
    return _put_u32(out, p + 1, code + (1000 if with_z else 0))


@compiled()
def _put_part(out, p, kind, with_z, first, last, rings, xy, z):
    """Writes one single geometry made of rings `first` to `last`; next position."""
    p = _put_header(out, p, kind, with_z)
    if kind == POLYGON:
        p = _put_u32(out, p, last - first)
    for ring in range(first, last):
        if kind != POINT:
            p = _put_u32(out, p, rings[ring + 1] - rings[ring])
        for k in range(rings[ring], rings[ring + 1]):
            p = _put_f64(out, p, np.float64(xy[k, 0]).view(np.uint64))
            p = _put_f64(out, p, np.float64(xy[k, 1]).view(np.uint64))
            if with_z:
                p = _put_f64(out, p, np.float64(z[k]).view(np.uint64))
    return p


@compiled((INT, XY, REALS, INTS, INTS, INTS, FLAGS, FLAGS, INTS, OUT_BYTES))
def write(kind, xy, z, rings, parts, features, present, multi, offsets, out):
    """Writes little-endian ISO WKB of every feature at `offsets`, as added up by `sizes`."""
    for feature in range(len(present)):
        if not present[feature]:
            continue
        p, first, last = offsets[feature], features[feature], features[feature + 1]
        with_z = _has_z(z, rings[parts[first]], rings[parts[last]])
        if multi[feature]:
            p = _put_header(out, p, kind + 3, with_z)
            p = _put_u32(out, p, last - first)
        elif first == last:
            p = _put_header(out, p, kind, False)
            if kind == POINT:
                p = _put_f64(out, p, _NAN)
                p = _put_f64(out, p, _NAN)
            else:
                p = _put_u32(out, p, 0)
        for part in range(first, last):
            p = _put_part(out, p, kind, with_z, parts[part], parts[part + 1], rings, xy, z)
