"""How does well-known binary become flat coordinates and offsets, and back?

Both byte orders, ISO and extended (EWKB) type codes, Z and M (M is dropped). Every length is checked against the end of
its value before it is believed, so that damaged bytes end in an error code and never in a read outside the buffer.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import BYTES, FLAGS, INT, INTS, OUT_BYTES, OUT_FLAGS, OUT_INTS, OUT_REALS, OUT_XY, REALS, XY, compiled
from gis.kernels.unaligned import load_f64, load_u32

OK, TRUNCATED, ORDER, TYPE, MEMBER, MIXED, SHORT, OPEN, TRAILING, NOT_FINITE, NO_SHELL = range(11)
"""What may be wrong with a value."""

POINT, LINE, POLYGON = 1, 2, 3
"""The WKB codes of the single types; a multi type is 3 more."""

_NAN = np.uint64(0x7FF8000000000000)


@compiled()
def _layout(code):
    """What a type code says, packed: 1 to 6 for the type, 8 times the doubles a point, 64 if the third is Z; or 0.

    Packed because these few lines run once a geometry, and tuples and booleans make them five times as slow.
    """
    has_z, has_m = (code >> 31) & 1, (code >> 30) & 1  # EWKB
    code &= 0x1FFFFFFF
    iso = code // 1000
    base = code - iso * 1000
    if iso > 3 or base < 1 or base > 6:
        return 0
    has_z |= iso & 1
    has_m |= iso >> 1
    return base + 8 * (2 + has_z + has_m) + 64 * has_z


@compiled()
def _header(data, p, end):
    """Error, layout and where the header ends."""
    if end - p < 5:
        return TRUNCATED, 0, p
    if data[p] > 1:
        return ORDER, 0, p
    code = load_u32(data, p + 1, data[p] == 0)
    layout = _layout(code)
    p += 5 + ((code >> 29) & 1) * 4  # EWKB: an SRID may follow
    if layout == 0:
        return TYPE, 0, p
    return (TRUNCATED if p > end else OK), layout, p


@compiled()
def _is_empty_point(data, p, big):
    return np.isnan(load_f64(data, p, big)) and np.isnan(load_f64(data, p + 8, big))


@compiled()
def _measure_point(data, p, end, big, step):
    """Error, next position, rings, vertices."""
    if end - p < step:
        return TRUNCATED, p, 0, 0
    points = 0 if _is_empty_point(data, p, big) else 1
    return OK, p + step, points, points


@compiled()
def _measure_rings(data, p, end, big, kind, step):
    """Error, next position, rings (or lines) and vertices that are not empty; `step` is the bytes of a point."""
    rings, kept, vertices = 1, 0, 0
    if kind == POLYGON:
        if end - p < 4:
            return TRUNCATED, p, 0, 0
        rings = load_u32(data, p, big)
        p += 4
    for ring in range(rings):
        if end - p < 4:
            return TRUNCATED, p, 0, 0
        points = load_u32(data, p, big)
        p += 4 + points * step
        if p > end:
            return TRUNCATED, p, 0, 0
        if points > 0:
            if points < kind:
                return SHORT, p, 0, 0
            if kept == 0 and ring > 0:
                return NO_SHELL, p, 0, 0
            kept += 1
            vertices += points
    return OK, p, kept, vertices


@compiled((BYTES, INTS, FLAGS, INT, OUT_INTS))
def measure(data, offsets, present, kind, totals):
    """Adds up what `fill` will write: totals = single geometries with Z, parts, rings, vertices.

    `kind` is the single type code all must have, 0 to take the first one's. Returns error, feature, kind.
    """
    with_z, parts, rings, vertices = 0, 0, 0, 0
    for feature in range(len(present)):
        if not present[feature]:
            continue
        p, end = offsets[feature], offsets[feature + 1]
        if p < 0 or end < p or end > len(data):
            return TRUNCATED, feature, kind
        error, layout, p = _header(data, p, end)
        if error != OK:
            return error, feature, kind
        base, members, big = layout & 7, 1, data[offsets[feature]] == 0
        found = base - 3 if base > 3 else base
        if base > 3:
            if end - p < 4:
                return TRUNCATED, feature, kind
            members = load_u32(data, p, big)
            p += 4
        kind = kind or found
        if found != kind:
            return MIXED, feature, kind
        for _ in range(members):
            if base > 3:
                big = p < end and data[p] == 0
                error, layout, p = _header(data, p, end)
                if error == TYPE or (error == OK and layout & 7 != kind):
                    error = MEMBER
                if error != OK:
                    return error, feature, kind
            step = ((layout >> 3) & 7) * 8
            if kind == POINT:
                error, p, kept, points = _measure_point(data, p, end, big, step)
            else:
                error, p, kept, points = _measure_rings(data, p, end, big, kind, step)
            if error != OK:
                return error, feature, kind
            with_z += layout >> 6
            parts += 1 if kept > 0 else 0
            rings += kept
            vertices += points
        if p != end:
            return TRAILING, feature, kind
    totals[0], totals[1], totals[2], totals[3] = with_z, parts, rings, vertices
    return OK, 0, kind


@compiled()
def _fill_z(data, p, big, step, with_z, points, at, z):
    """Copies the Z of `points` points, NaN without one; 0.0 unless one is infinite."""
    infinite = 0.0
    for k in range(points):
        value = load_f64(data, p + k * step + 16, big) if with_z else np.nan
        z[at + k] = value
        infinite += 1.0 if np.isinf(value) else 0.0
    return infinite


@compiled((BYTES, INTS, FLAGS, OUT_XY, OUT_REALS, OUT_INTS, OUT_INTS, OUT_INTS, OUT_FLAGS))
def fill(data, offsets, present, xy, z, rings, parts, features, multi):
    """Writes coordinates and offsets of values that `measure` has passed; `z` is empty to drop Z. Error, feature.

    In one piece, because a call for each ring takes twice as long as all the copying.
    """
    part, ring, vertex = 0, 0, 0
    for feature in range(len(present)):
        if present[feature]:
            p, end = offsets[feature], offsets[feature + 1]
            big = data[p] == 0
            _, layout, p = _header(data, p, end)
            base, members = layout & 7, 1
            multi[feature] = base > 3
            if base > 3:
                members = load_u32(data, p, big)
                p += 4
            for _ in range(members):
                if base > 3:
                    big = data[p] == 0
                    _, layout, p = _header(data, p, end)
                kind, step, before, count = layout & 7, ((layout >> 3) & 7) * 8, ring, 1
                if kind == POLYGON:
                    count = load_u32(data, p, big)
                    p += 4
                for _ in range(count):
                    points, skipped = 1, 0
                    if kind != POINT:
                        points = load_u32(data, p, big)
                        p += 4
                    elif _is_empty_point(data, p, big):
                        points, skipped = 0, 1
                    fault = 0.0
                    for k in range(points):
                        x, y = load_f64(data, p + k * step, big), load_f64(data, p + k * step + 8, big)
                        xy[vertex + k, 0] = x
                        xy[vertex + k, 1] = y
                        fault += (x - x) + (y - y)  # NaN where one is not finite
                    if len(z) > 0:
                        fault += _fill_z(data, p, big, step, layout >> 6 == 1, points, vertex, z)
                    if fault != 0:
                        return NOT_FINITE, feature
                    p += (points + skipped) * step
                    if points > 0:
                        last = vertex + points - 1
                        if kind == POLYGON and (xy[vertex, 0] != xy[last, 0] or xy[vertex, 1] != xy[last, 1]):
                            return OPEN, feature
                        vertex += points
                        ring += 1
                        rings[ring] = vertex
                if ring > before:
                    part += 1
                    parts[part] = ring
        features[feature + 1] = part
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
