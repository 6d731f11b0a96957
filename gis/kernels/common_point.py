"""At which point may one put a finger on what two polygons have in common, and how long is its outline at most?"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INTS, OUT_REALS, OUT_XY, XY, compiled

ENOUGH, _MOST = 2, 15
"""Lines across the common box after which the best point so far is taken, and after which none is looked for."""


@compiled()
def _cuts(xy, first, last, y, out):
    """Where a ring, closed by its last vertex, cuts the line at `y`: `out` or a longer array, and how many."""
    count = 0
    for i in range(first, last - 1):
        low, high = xy[i, 1], xy[i + 1, 1]
        if (low > y) != (high > y):
            if count == len(out):
                longer = np.empty(2 * count)
                longer[:count] = out
                out = longer
            out[count] = xy[i, 0] + (y - low) / (high - low) * (xy[i + 1, 0] - xy[i, 0])
            count += 1
    return out, count


@compiled()
def _across(xy, rings, first, last, y, out):
    """Where the rings first..last cut the line at `y`, sorted: `out` or a longer array, and how many."""
    total, part = 0, np.empty(64)
    for r in range(first, last):
        part, count = _cuts(xy, rings[r], rings[r + 1], y, part)
        if total + count > len(out):
            longer = np.empty(2 * (total + count))
            longer[:total] = out[:total]
            out = longer
        out[total : total + count] = part[:count]
        total += count
    out[:total].sort()
    return out, total


@compiled()
def _widest(a, m, b, n):
    """The middle and the width of the widest stretch within pairs of `a` and of `b`; width 0 without one."""
    i, j, middle, width = 0, 0, 0.0, 0.0
    while i + 1 < m and j + 1 < n:
        west, east = max(a[i], b[j]), min(a[i + 1], b[j + 1])
        if east - west > width:
            middle, width = 0.5 * (west + east), east - west
        if a[i + 1] < b[j + 1]:
            i += 2
        else:
            j += 2
    return middle, width


@compiled((INTS, INTS, XY, INTS, INTS, XY, OUT_XY))
def points(ones, twos, xy, rings, ring_ends, boxes, out):
    """Fills `out` with a point within both polygons of each pair; NaN where a few lines across met none.

    `ring_ends` are the offsets feature -> rings, `boxes` those of the features. Holes count as such.
    """
    a, b = np.empty(256), np.empty(256)
    for k in range(len(ones)):
        one, two = ones[k], twos[k]
        south, north = max(boxes[one, 1], boxes[two, 1]), min(boxes[one, 3], boxes[two, 3])
        best, out[k, 0], out[k, 1] = 0.0, np.nan, np.nan
        share, step = 0.5, 0.5
        for line in range(_MOST):
            y = south + share * (north - south)
            a, m = _across(xy, rings, ring_ends[one], ring_ends[one + 1], y, a)
            b, n = _across(xy, rings, ring_ends[two], ring_ends[two + 1], y, b)
            middle, width = _widest(a, m, b, n)
            if width > best:
                best, out[k, 0], out[k, 1] = width, middle, y
            if best > 0 and line + 1 >= ENOUGH:
                break
            share += 2 * step  # 1/2, then 1/4 and 3/4, then the eighths between...
            if share >= 1:
                step /= 2
                share = step


@compiled()
def _length_near(xy, first, last, west, south, east, north):
    """The length of the edges whose boxes meet the window, each at most as long as the window is from end to end."""
    most, total = np.hypot(east - west, north - south), 0.0
    for i in range(first, last - 1):
        x0, y0, x1, y1 = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
        if max(x0, x1) >= west and min(x0, x1) <= east and max(y0, y1) >= south and min(y0, y1) <= north:
            total += min(most, np.hypot(x1 - x0, y1 - y0))
    return total


@compiled((INTS, INTS, XY, INTS, INTS, XY, OUT_REALS))
def longest_outlines(ones, twos, xy, rings, ring_ends, boxes, out):
    """Fills `out` with what the outline of the common shape of each pair is no longer than; arguments as `points`.

    It is made of parts of both outlines, within the box that both boxes share.
    """
    for k in range(len(ones)):
        one, two = ones[k], twos[k]
        west, south = max(boxes[one, 0], boxes[two, 0]), max(boxes[one, 1], boxes[two, 1])
        east, north = min(boxes[one, 2], boxes[two, 2]), min(boxes[one, 3], boxes[two, 3])
        out[k] = 0.0
        for feature in (one, two):
            for r in range(ring_ends[feature], ring_ends[feature + 1]):
                out[k] += _length_near(xy, rings[r], rings[r + 1], west, south, east, north)
