"""What area do a parcel and a zone have in common, without making the common shape?

A polygon is the signed sum of the strips below its edges, so the common area is the signed sum, over all pairs of an
edge of each, of the area below both. Edges below the parcel add nothing. Holes and parts are edges like any other, and
rings may run either way. Edges of a zone are sorted into bins along x, so that a parcel meets only those near it.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INTS, OUT_FLAGS, OUT_REALS, REALS, XY, compiled
from gis.kernels.rings import signed_area

FEW = 20_000
"""Pairs of edges that are simply all looked at; beyond, each edge of the parcel looks only into the bins it passes."""

MOST_WORK = 30_000_000
"""Pairs of edges after which GEOS is left to do it."""

_EPS = 2.0**-52
_PER_BIN = 4


@compiled()
def _turn(xy, rings, parts, part, r):
    """1 or -1: what makes the ring add to the polygon as a shell, or take away from it as a hole."""
    sign = 1.0 if signed_area(xy, rings[r], rings[r + 1]) > 0 else -1.0
    return sign if r == parts[part] else -sign


@compiled()
def bin_of(x, first, last, west, width):
    """The bin of a zone, from `first` to `last`, that x falls into, or the nearest."""
    return min(max(first + int(np.floor((x - west) / width)), first), last)


@compiled((XY, INTS, INTS, INTS, XY))
def binned(xy, rings, parts, features, boxes):
    """The edges of each zone in bins along x.

    Bins of each zone (offsets), where they begin and how wide they are, edges of each bin (offsets), and the edges:
    west, its y, east, its y, 1 for an upper side, -1 for a lower, 0 for one straight up; its first bin, and its vertex.
    """
    zones = len(features) - 1
    firsts, west, width = np.zeros(zones + 1, np.int64), np.zeros(zones), np.ones(zones)
    for k in range(zones):
        count, run = 0, 0.0
        for r in range(parts[features[k]], parts[features[k + 1]]):
            for i in range(rings[r], rings[r + 1] - 1):
                count, run = count + 1, run + abs(xy[i + 1, 0] - xy[i, 0])
        across = boxes[k, 2] - boxes[k, 0]
        bins = 1
        if count > 0 and across > 0:  # no more bins than keep each edge in a few
            bins = max(1, int(min(count / _PER_BIN, 3 * count * across / run)))
            west[k], width[k] = boxes[k, 0], across / bins
        firsts[k + 1] = firsts[k] + bins
    offsets = np.zeros(firsts[-1] + 1, np.int64)
    _sort_in(xy, rings, parts, features, firsts, west, width, offsets, np.empty((0, 7)), False)
    offsets = np.cumsum(offsets)
    edges = np.empty((offsets[-1], 7))
    _sort_in(xy, rings, parts, features, firsts, west, width, offsets.copy(), edges, True)
    return firsts, west, width, offsets, edges


@compiled()
def _sort_in(xy, rings, parts, features, firsts, west, width, offsets, edges, fill):
    """Counts the edges of each bin into the offset after it; or with `fill` writes them, moving the offsets on."""
    for k in range(len(features) - 1):
        first, last = firsts[k], firsts[k + 1] - 1
        for part in range(features[k], features[k + 1]):
            for r in range(parts[part], parts[part + 1]):
                turn = _turn(xy, rings, parts, part, r)
                for i in range(rings[r], rings[r + 1] - 1):
                    x0, y0, x1, y1, side = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1], -turn
                    if x0 > x1:
                        x0, y0, x1, y1, side = x1, y1, x0, y0, turn
                    elif x0 == x1:
                        side = 0.0
                    start, stop = bin_of(x0, first, last, west[k], width[k]), bin_of(x1, first, last, west[k], width[k])
                    for b in range(start, stop + 1):
                        if fill:
                            e = offsets[b]
                            edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3] = x0, y0, x1, y1
                            edges[e, 4], edges[e, 5], edges[e, 6] = side, start, i
                            offsets[b] += 1
                        else:
                            offsets[b + 1] += 1


@compiled()
def _below_both(a, i, b, j):
    """Area above 0 below edge i of a and edge j of b (west, y, east, y, side, slope); a lies above 0."""
    left, right = max(a[i, 0], b[j, 0]), min(a[i, 2], b[j, 2])
    if right <= left:
        return 0.0
    a0, a1 = a[i, 1] + a[i, 5] * (left - a[i, 0]), a[i, 1] + a[i, 5] * (right - a[i, 0])
    b0, b1 = b[j, 1] + b[j, 5] * (left - b[j, 0]), b[j, 1] + b[j, 5] * (right - b[j, 0])
    width = right - left
    if b0 <= 0 and b1 <= 0:
        return 0.0
    if b0 < 0 or b1 < 0:  # only where b is above 0
        t = b0 / (b0 - b1)
        if b0 < 0:
            a0, b0, width = a0 + (a1 - a0) * t, 0.0, width * (1 - t)
        else:
            a1, b1, width = a0 + (a1 - a0) * t, 0.0, width * t
    d0, d1 = a0 - b0, a1 - b1
    if d0 <= 0 and d1 <= 0:
        return 0.5 * width * (a0 + a1)
    if d0 >= 0 and d1 >= 0:
        return 0.5 * width * (b0 + b1)
    t = d0 / (d0 - d1)
    middle = a0 + (a1 - a0) * t
    if d0 < 0:
        return 0.5 * width * (t * (a0 + middle) + (1 - t) * (middle + b1))
    return 0.5 * width * (t * (b0 + middle) + (1 - t) * (middle + a1))


@compiled()
def _load(xy, rings, parts, features, k, x, y, edges):
    """The edges of parcel k, from (x, y) on, in `edges` or a longer array; how many, and its area."""
    total = rings[parts[features[k + 1]]] - rings[parts[features[k]]]
    if len(edges) < total:
        edges = np.empty((2 * total, 6))
    n, area = 0, 0.0
    for part in range(features[k], features[k + 1]):
        for r in range(parts[part], parts[part + 1]):
            own = signed_area(xy, rings[r], rings[r + 1])
            turn = 1.0 if (own > 0) == (r == parts[part]) else -1.0
            area += own * turn
            for i in range(rings[r], rings[r + 1] - 1):
                x0, y0, x1, y1, side = xy[i, 0] - x, xy[i, 1] - y, xy[i + 1, 0] - x, xy[i + 1, 1] - y, -turn
                if x0 == x1:
                    continue
                if x0 > x1:
                    x0, y0, x1, y1, side = x1, y1, x0, y0, turn
                edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3], edges[n, 4] = x0, y0, x1, y1, side
                edges[n, 5] = (y1 - y0) / (x1 - x0)
                n += 1
    return edges, n, area


@compiled()
def _near(zone, firsts, west, width, offsets, edges, x, y, across, up, near):
    """The zone's edges above or in the parcel's box, from (x, y) on: `near` or a longer array, how many, any inside."""
    first, last = firsts[zone], firsts[zone + 1] - 1
    start = bin_of(x, first, last, west[zone], width[zone])
    stop = bin_of(x + across, first, last, west[zone], width[zone])
    if len(near) < offsets[stop + 1] - offsets[start]:
        near = np.empty((2 * (offsets[stop + 1] - offsets[start]), 6))
    m, inside = 0, False
    for b in range(start, stop + 1):
        for e in range(offsets[b], offsets[b + 1]):
            x0, y0, x1, y1 = edges[e, 0] - x, edges[e, 1] - y, edges[e, 2] - x, edges[e, 3] - y
            if x1 <= 0 or x0 >= across or (y0 <= 0 and y1 <= 0):
                continue
            if b > start and edges[e, 5] < b:
                continue  # an earlier bin had it
            near[m, 0], near[m, 1], near[m, 2], near[m, 3], near[m, 4] = x0, y0, x1, y1, edges[e, 4]
            near[m, 5] = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
            inside = inside or y0 < up or y1 < up
            m += 1
    return near, m, inside


@compiled()
def _covers(near, m, x):
    """Whether the zone covers a box that none of its edges is in, given those above it and a place along it."""
    sides = 0.0
    for j in range(m):
        if near[j, 0] <= x < near[j, 2]:
            sides += near[j, 4]
    return sides > 0.5


@compiled()
def _sum_all(a, n, b, m):
    """Common area, and the sum of what was added up as positive numbers."""
    total = size = 0.0
    for j in range(m):
        west, east = b[j, 0], b[j, 2]
        if west == east:
            continue
        for i in range(n):
            if a[i, 0] < east and a[i, 2] > west:
                piece = _below_both(a, i, b, j)
                total += piece * a[i, 4] * b[j, 4]
                size += piece
    return total, size


@compiled()
def _sum_by_bins(a, n, zone, firsts, west, width, offsets, edges, x, y):
    """As `_sum_all`, each edge of the parcel against the bins it passes; whether it was done in time."""
    first, last = firsts[zone], firsts[zone + 1] - 1
    total = size = 0.0
    work, b = MOST_WORK, np.empty((1, 6))
    for i in range(n):
        start = bin_of(a[i, 0] + x, first, last, west[zone], width[zone])
        stop = bin_of(a[i, 2] + x, first, last, west[zone], width[zone])
        work -= offsets[stop + 1] - offsets[start]
        if work < 0:
            return total, size, False
        for k in range(start, stop + 1):
            for e in range(offsets[k], offsets[k + 1]):
                if (k > start and edges[e, 5] < k) or edges[e, 0] == edges[e, 2]:
                    continue
                b[0, 0], b[0, 1], b[0, 2], b[0, 3] = edges[e, 0] - x, edges[e, 1] - y, edges[e, 2] - x, edges[e, 3] - y
                b[0, 5] = (b[0, 3] - b[0, 1]) / (b[0, 2] - b[0, 0])
                piece = _below_both(a, i, b, 0)
                total += piece * a[i, 4] * edges[e, 4]
                size += piece
    return total, size, True


@compiled((INTS, INTS, XY, INTS, INTS, INTS, XY, INTS, REALS, REALS, INTS, XY, OUT_REALS, OUT_FLAGS, OUT_FLAGS))
def areas(pairs_parcel, pairs_zone, xy, rings, parts, features, boxes, firsts, west, width, offsets, edges,
          out, whole, doubtful):  # fmt: skip
    """The common area of each pair (sorted by parcel), 0 where rounding explains it.

    `whole` marks parcels that lie in the zone. `doubtful` marks areas that are less than a hundred times what rounding
    explains, and pairs that would take too long: those are for GEOS.
    """
    a, near, n, area, before = np.empty((64, 6)), np.empty((64, 6)), 0, 0.0, -1
    for k in range(len(pairs_parcel)):
        parcel, zone = pairs_parcel[k], pairs_zone[k]
        x, y = boxes[parcel, 0], boxes[parcel, 1]
        across, up = boxes[parcel, 2] - x, boxes[parcel, 3] - y
        if parcel != before:
            a, n, area = _load(xy, rings, parts, features, parcel, x, y, a)
            before = parcel
        near, m, inside = _near(zone, firsts, west, width, offsets, edges, x, y, across, up, near)
        if not inside:
            whole[k] = _covers(near, m, 0.5 * across)
            out[k] = area if whole[k] else 0.0
            continue
        done = True
        if n * m <= FEW:
            total, size = _sum_all(a, n, near, m)
        else:
            total, size, done = _sum_by_bins(a, n, zone, firsts, west, width, offsets, edges, x, y)
        spacing = _EPS * max(abs(x) + across, abs(y) + up)
        noise = 64 * _EPS * size + 2 * spacing * (across + up)
        out[k] = min(total, area) if total > noise else 0.0
        doubtful[k] = not done or noise < total < 100 * noise
        if done and total >= area - noise and not doubtful[k]:
            whole[k], out[k] = True, area
