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
_STEEPEST = 1e300

_LANES = 8
"""Edges of a parcel are made up to a multiple of it with edges of no width, so that loops run in vectors."""


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
def _below_pair(a, i, x0, y0, x1, slope):
    """Area above 0 below edge i of the parcel and the edge from (x0, y0) to x1."""
    left, right = max(a[0, i], x0), min(a[2, i], x1)
    if right <= left:
        return 0.0
    a0, a1 = a[1, i] + a[3, i] * (left - a[0, i]), a[1, i] + a[3, i] * (right - a[0, i])
    b0, b1 = y0 + slope * (left - x0), y0 + slope * (right - x0)
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
def _load(xy, rings, parts, features, k, x, y, a):
    """Fills `a` with the edges of parcel k from (x, y) on: west, its y, east, slope, side; how many, and its area."""
    n, area = 0, 0.0
    for part in range(features[k], features[k + 1]):
        for r in range(parts[part], parts[part + 1]):
            own = signed_area(xy, rings[r], rings[r + 1])
            turn = 1.0 if (own > 0) == (r == parts[part]) else -1.0
            area += own * turn
            for i in range(rings[r], rings[r + 1] - 1):
                x0, y0, x1, y1, side = xy[i, 0] - x, xy[i, 1] - y, xy[i + 1, 0] - x, xy[i + 1, 1] - y, -turn
                if x0 > x1:
                    x0, y0, x1, y1, side = x1, y1, x0, y0, turn
                slope = (y1 - y0) / (x1 - x0)
                if abs(slope) < _STEEPEST:
                    a[0, n], a[1, n], a[2, n], a[3, n], a[4, n] = x0, y0, x1, slope, side
                    n += 1
    while n % _LANES != 0:
        a[0, n] = a[1, n] = a[2, n] = a[3, n] = a[4, n] = 0.0
        n += 1
    return n, area


@compiled()
def _near(start, stop, offsets, edges, x, y, across, up, found):
    """The edges in the bins start..stop above or in the parcel's box: how many, in `found`; and if any is in it."""
    count, inside = 0, False
    for b in range(start, stop + 1):
        begin = -1.0 if b == start else b - 0.5  # else an earlier bin had it
        for e in range(offsets[b], offsets[b + 1]):  # without a branch
            apart = (edges[e, 2] <= x) | (edges[e, 0] >= x + across) | (edges[e, 5] < begin)
            near = not (apart | ((edges[e, 1] <= y) & (edges[e, 3] <= y)))
            inside |= near & ((edges[e, 1] < y + up) | (edges[e, 3] < y + up))
            found[count] = e
            count += near
    return count, inside


@compiled()
def _covers(edges, found, count, x):
    """Whether the zone covers a box that none of its edges is in, given those above it and a place along it."""
    sides = 0.0
    for k in range(count):
        if edges[found[k], 0] <= x < edges[found[k], 2]:
            sides += edges[found[k], 4]
    return sides > 0.5


@compiled(any_order=True)
def _between(a, n, x0, x1):
    """Area of the parcel between x0 and x1, and the sum of what was added up as positive numbers."""
    total = size = 0.0
    for i in range(n):
        left, right = max(a[0, i], x0), min(a[2, i], x1)
        piece = (right - left) * (a[1, i] + a[3, i] * (0.5 * (left + right) - a[0, i]))
        piece = piece if right > left else 0.0
        total += piece * a[4, i]
        size += piece
    return total, size


@compiled(any_order=True)
def _below_both(a, n, x0, y0, x1, slope):
    """Area of the parcel below the edge from (x0, y0) to x1, and the sum of what was added up as positive numbers."""
    total = size = 0.0
    for i in range(n):
        left, right = max(a[0, i], x0), min(a[2, i], x1)
        a0, a1 = a[1, i] + a[3, i] * (left - a[0, i]), a[1, i] + a[3, i] * (right - a[0, i])
        b0, b1 = y0 + slope * (left - x0), y0 + slope * (right - x0)
        d0, d1 = abs(a0 - b0), abs(a1 - b1)
        t = d0 / max(d0 + d1, 1e-300)  # where they cross, if they do
        low0, low1 = min(a0, b0), min(a1, b1)
        middle = min(a0 + (a1 - a0) * t, b0 + (b1 - b0) * t)
        piece = 0.5 * (right - left) * (t * (low0 + middle) + (1 - t) * (middle + low1))
        piece = piece if right > left else 0.0
        total += piece * a[4, i]
        size += piece
    return total, size


@compiled()
def _sum_all(a, n, edges, found, count, x, y, up):
    """Common area, and the sum of what was added up as positive numbers."""
    total = size = 0.0
    for k in range(count):
        e = found[k]
        x0, y0, x1, y1 = edges[e, 0] - x, edges[e, 1] - y, edges[e, 2] - x, edges[e, 3] - y
        if y0 >= up and y1 >= up:
            piece, added = _between(a, n, x0, x1)
        else:
            slope = (y1 - y0) / (x1 - x0)
            if not abs(slope) < _STEEPEST:
                continue
            if y0 < 0:
                x0, y0 = x0 - y0 / slope, 0.0
            elif y1 < 0:
                x1 = x1 - y1 / slope
            piece, added = _below_both(a, n, x0, y0, x1, slope)
        total += edges[e, 4] * piece
        size += added
    return total, size


@compiled()
def _sum_by_bins(a, n, zone, firsts, west, width, offsets, edges, x, y):
    """As `_sum_all`, each edge of the parcel against the bins it passes; whether it was done in time."""
    first, last = firsts[zone], firsts[zone + 1] - 1
    total = size = 0.0
    work = MOST_WORK
    for i in range(n):
        start = bin_of(a[0, i] + x, first, last, west[zone], width[zone])
        stop = bin_of(a[2, i] + x, first, last, west[zone], width[zone])
        work -= offsets[stop + 1] - offsets[start]
        if work < 0:
            return total, size, False
        for k in range(start, stop + 1):
            for e in range(offsets[k], offsets[k + 1]):
                x0, y0, x1, y1 = edges[e, 0] - x, edges[e, 1] - y, edges[e, 2] - x, edges[e, 3] - y
                slope = (y1 - y0) / (x1 - x0)
                if (k > start and edges[e, 5] < k) or not abs(slope) < _STEEPEST:
                    continue
                piece = _below_pair(a, i, x0, y0, x1, slope)
                total += piece * a[4, i] * edges[e, 4]
                size += piece
    return total, size, True


@compiled((INTS, INTS, XY, INTS, INTS, INTS, XY, INTS, REALS, REALS, INTS, XY, OUT_REALS, OUT_FLAGS, OUT_FLAGS))
def areas(pairs_parcel, pairs_zone, xy, rings, parts, features, boxes, firsts, west, width, offsets, edges,
          out, whole, doubtful):  # fmt: skip
    """The common area of each pair (sorted by parcel), 0 where rounding explains it.

    `whole` marks parcels that lie in the zone. `doubtful` marks areas that are less than a hundred times what rounding
    explains, and pairs that would take too long: those are for GEOS.
    """
    most = 0
    for k in range(len(features) - 1):
        most = max(most, rings[parts[features[k + 1]]] - rings[parts[features[k]]])
    a = np.empty((5, most + _LANES))
    most = 0
    for k in range(len(firsts) - 1):
        most = max(most, offsets[firsts[k + 1]] - offsets[firsts[k]])
    found = np.empty(most + 1, np.int64)
    n, area, before = 0, 0.0, -1
    for k in range(len(pairs_parcel)):
        parcel, zone = pairs_parcel[k], pairs_zone[k]
        x, y = boxes[parcel, 0], boxes[parcel, 1]
        across, up = boxes[parcel, 2] - x, boxes[parcel, 3] - y
        first, last = firsts[zone], firsts[zone + 1] - 1
        start = bin_of(x, first, last, west[zone], width[zone])
        stop = bin_of(x + across, first, last, west[zone], width[zone])
        m, inside = _near(start, stop, offsets, edges, x, y, across, up, found)
        if not inside and not _covers(edges, found, m, x + 0.5 * across):
            continue
        if parcel != before:
            n, area = _load(xy, rings, parts, features, parcel, x, y, a)
            before = parcel
        if not inside:
            whole[k], out[k] = True, area
            continue
        done = True
        if n * m <= FEW:
            total, size = _sum_all(a, n, edges, found, m, x, y, up)
        else:
            total, size, done = _sum_by_bins(a, n, zone, firsts, west, width, offsets, edges, x, y)
        spacing = _EPS * max(abs(x) + across, abs(y) + up)
        noise = 64 * _EPS * size + 2 * spacing * (across + up)
        out[k] = min(total, area) if total > noise else 0.0
        doubtful[k] = not done or noise < total < 100 * noise
        if done and total >= area - noise and not doubtful[k]:
            whole[k], out[k] = True, area
