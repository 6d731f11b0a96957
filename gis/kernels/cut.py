"""Which shape do a parcel and a zone have in common, where their outlines simply cross?

Follows the outline of the parcel while it is in the zone, then that of the zone while it is in the parcel, and so on
from crossing to crossing (Weiler and Atherton, SIGGRAPH 1977). Only crossings that rounding cannot put in doubt are
taken, of one shell of each; all other pairs are left to GEOS.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import FLAGS, INTS, REALS, XY, compiled
from gis.kernels.boxtree import append
from gis.kernels.crossing import encloses, side_of
from gis.kernels.overlap import bin_of
from gis.kernels.rings import signed_area

MOST_CROSSINGS = 64
MOST_WORK = 200_000
"""Pairs of edges beyond which GEOS is as fast."""


@compiled()
def _candidates(zone, firsts, west, width, offsets, edges, box, found):
    """The vertices at which zone edges in the box begin: `found` or a longer array, and how many."""
    first, last = firsts[zone], firsts[zone + 1] - 1
    start = bin_of(box[0], first, last, west[zone], width[zone])
    stop = bin_of(box[2], first, last, west[zone], width[zone])
    count = 0
    for b in range(start, stop + 1):
        for e in range(offsets[b], offsets[b + 1]):
            if b > start and edges[e, 5] < b:
                continue  # an earlier bin had it
            low, high = min(edges[e, 1], edges[e, 3]), max(edges[e, 1], edges[e, 3])
            if edges[e, 2] >= box[0] and edges[e, 0] <= box[2] and high >= box[1] and low <= box[3]:
                found = append(found, count, np.int64(edges[e, 6]))
                count += 1
    return found, count


@compiled()
def _shell_of(at, m, vertices, count, xy, start, stop, zone_xy, rings, shells):
    """The one shell that all crossings are on; -1 where they are on more rings, or a ring lies within the parcel."""
    ring = np.searchsorted(rings, at[0, 1], side="right") - 1
    for k in range(1, m):
        if not rings[ring] <= at[k, 1] < rings[ring + 1]:
            return -1
    for k in range(count):
        i = vertices[k]
        elsewhere = not rings[ring] <= i < rings[ring + 1]
        if elsewhere and encloses(xy, start, stop - 1, zone_xy[i, 0], zone_xy[i, 1]):
            return -1
    return ring if shells[ring] else -1


@compiled()
def _crossings(xy, start, n, zone_xy, vertices, count, at, where):
    """Fills `at` (edge of the parcel, of the zone, 1 where the parcel enters) and `where` (shares along both, x, y).

    The number of crossings; -1 where one is in doubt or there are too many.
    """
    m = 0
    for i in range(n):
        ax, ay, bx, by = xy[start + i, 0], xy[start + i, 1], xy[start + i + 1, 0], xy[start + i + 1, 1]
        west, east, south, north = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        for k in range(count):
            j = vertices[k]
            cx, cy, dx, dy = zone_xy[j, 0], zone_xy[j, 1], zone_xy[j + 1, 0], zone_xy[j + 1, 1]
            if (cx < west and dx < west) or (cx > east and dx > east):
                continue
            if (cy < south and dy < south) or (cy > north and dy > north):
                continue
            c, d = side_of(ax, ay, bx, by, cx, cy), side_of(ax, ay, bx, by, dx, dy)
            a, b = side_of(cx, cy, dx, dy, ax, ay), side_of(cx, cy, dx, dy, bx, by)
            if c * d > 0 or a * b > 0:
                continue
            if c == 0 or d == 0 or a == 0 or b == 0 or m == MOST_CROSSINGS:
                return -1
            ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
            turn = ux * vy - uy * vx
            along = ((cx - ax) * vy - (cy - ay) * vx) / turn
            at[m, 0], at[m, 1], at[m, 2] = i, j, 1 if turn < 0 else 0
            where[m, 0], where[m, 1] = along, ((cx - ax) * uy - (cy - ay) * ux) / turn
            where[m, 2], where[m, 3] = ax + along * ux, ay + along * uy
            m += 1
    return m


@compiled()
def _ranked(at, where, m, column, order, rank):
    """Sorts crossings along the parcel (column 0) or the zone (1): `order` lists them, `rank` is its inverse."""
    for k in range(m):
        place = k
        while place > 0:
            other = order[place - 1]
            before = at[k, column] < at[other, column]
            same = at[k, column] == at[other, column]
            if not (before or (same and where[k, column] < where[other, column])):
                break
            order[place] = other
            place -= 1
        order[place] = k
    for k in range(m):
        rank[order[k]] = k


@compiled()
def _put(out, n, first, x, y):
    """Appends a vertex unless it repeats the last one of the ring that begins at `first`."""
    if n > first and out[n - 1, 0] == x and out[n - 1, 1] == y:
        return out, n
    if n == len(out):
        longer = np.empty((2 * n, 2))
        longer[:n] = out
        out = longer
    out[n, 0], out[n, 1] = x, y
    return out, n + 1


@compiled()
def _follow(xy, start, n, forward, edge, share, to_edge, to_share, out, count, first):
    """Appends the vertices of a ring of n edges from one place on it to another, against its order if not `forward`."""
    steps = (to_edge - edge) % n if forward else (edge - to_edge) % n
    passed = to_share < share if forward else to_share > share
    if steps == 0 and to_edge == edge and passed:
        steps = n
    for k in range(steps):
        i = start + ((edge + 1 + k) % n if forward else (edge - k) % n)
        out, count = _put(out, count, first, xy[i, 0], xy[i, 1])
    return out, count


@compiled()
def _trace(xy, start, n, ccw, zone_xy, zone_start, zone_n, zone_ccw, at, where, m, out, count, ends, rings):
    """Appends the closed rings of the common shape; out, count, ends, rings, and whether all went well."""
    orders, ranks = np.empty((2, m), np.int64), np.empty((2, m), np.int64)
    _ranked(at, where, m, 0, orders[0], ranks[0])
    _ranked(at, where, m, 1, orders[1], ranks[1])
    done = np.zeros(m, np.bool_)
    step, zone_step = 1 if ccw else -1, 1 if zone_ccw else -1
    for begin in range(m):
        if done[begin] or at[begin, 2] == 0:
            continue
        first, here = count, begin
        while True:
            if done[here]:
                return out, count, ends, rings, False
            done[here] = True
            out, count = _put(out, count, first, where[here, 2], where[here, 3])
            exit_ = orders[0, (ranks[0, here] + step) % m]
            if at[exit_, 2] == 1 or done[exit_]:
                return out, count, ends, rings, False
            done[exit_] = True
            out, count = _follow(
                xy, start, n, ccw, at[here, 0], where[here, 0], at[exit_, 0], where[exit_, 0], out, count, first
            )
            out, count = _put(out, count, first, where[exit_, 2], where[exit_, 3])
            here = orders[1, (ranks[1, exit_] + zone_step) % m]
            out, count = _follow(
                zone_xy, zone_start, zone_n, zone_ccw, at[exit_, 1] - zone_start, where[exit_, 1],
                at[here, 1] - zone_start, where[here, 1], out, count, first,
            )  # fmt: skip
            if at[here, 2] == 0:
                return out, count, ends, rings, False
            if here == begin:
                break
        out, count = _put(out, count, first, out[first, 0], out[first, 1])
        if count - first < 4:
            return out, count, ends, rings, False
        ends = append(ends, rings, count)
        rings += 1
    return out, count, ends, rings, True


@compiled((INTS, INTS, REALS, XY, INTS, INTS, INTS, XY, XY, INTS, FLAGS, INTS, REALS, REALS, INTS, XY))
def shapes(pairs_parcel, pairs_zone, areas, xy, rings, parts, features, boxes, zone_xy, zone_rings, shells,
           firsts, west, width, offsets, edges):  # fmt: skip
    """The common shapes of pairs: vertices of closed rings, ends of rings, and rings of each pair (offsets).

    Each ring is a polygon. A pair without rings is for GEOS; `areas` are what the shapes must measure.
    """
    out, count = np.empty((1024, 2)), 0
    ends, ring_count = np.empty(256, np.int64), 0
    pair_rings = np.zeros(len(pairs_parcel) + 1, np.int64)
    at, where = np.empty((MOST_CROSSINGS, 3), np.int64), np.empty((MOST_CROSSINGS, 4))
    vertices = np.empty(256, np.int64)
    for k in range(len(pairs_parcel)):
        parcel, zone = pairs_parcel[k], pairs_zone[k]
        pair_rings[k + 1] = ring_count
        part = features[parcel]
        if features[parcel + 1] - part != 1 or parts[part + 1] - parts[part] != 1:
            continue
        start, stop = rings[parts[part]], rings[parts[part] + 1]
        vertices, near = _candidates(zone, firsts, west, width, offsets, edges, boxes[parcel], vertices)
        if near == 0 or near * (stop - start) > MOST_WORK:
            continue
        m = _crossings(xy, start, stop - start - 1, zone_xy, vertices, near, at, where)
        if m < 2:
            continue
        shell = _shell_of(at, m, vertices, near, xy, start, stop, zone_xy, zone_rings, shells)
        if shell < 0:
            continue
        zone_start, zone_stop = zone_rings[shell], zone_rings[shell + 1]
        ccw, zone_ccw = signed_area(xy, start, stop) > 0, signed_area(zone_xy, zone_start, zone_stop) > 0
        if ccw != zone_ccw:  # what enters depends on the way both run
            for c in range(m):
                at[c, 2] = 1 - at[c, 2]
        before, before_rings = count, ring_count
        out, count, ends, ring_count, well = _trace(
            xy, start, stop - start - 1, ccw, zone_xy, zone_start, zone_stop - zone_start - 1, zone_ccw,
            at, where, m, out, count, ends, ring_count,
        )  # fmt: skip
        measured, first = 0.0, before
        for ring in range(before_rings, ring_count):
            measured += signed_area(out, first, ends[ring])
            first = ends[ring]
        if not well or abs(measured - areas[k]) > 1e-6 * areas[k]:
            count, ring_count = before, before_rings
        pair_rings[k + 1] = ring_count
    return out[:count], ends[:ring_count], pair_rings
