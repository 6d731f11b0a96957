"""Which polygons may not be valid, so that GEOS has to look at them?

A quick test that never passes an invalid polygon over: a part whose edges meet anywhere but at the ends of neighbours,
or whose holes do not lie in its shell, is suspect. Some suspects are valid (a hole that touches the shell at a point).
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np
from numba import types

from gis.kernels import FLAGS, INTS, XY, compiled

FEW, _FEW_RINGS = 48, 8
_EPS = 8 * 2.0**-53


@compiled()
def _edges(xy, starts, stops, first, last, ends, where):
    """Edges of the rings first..last without those of no length: x0, y0, x1, y1; ring, place in it, edges of it.

    Fills `ends` and `where`, or longer arrays; those, and how many edges there are.
    """
    total = 0
    for r in range(first, last):
        total += stops[r] - starts[r]
    if len(ends) < total:
        ends, where = np.empty((2 * total, 4)), np.empty((2 * total, 3), np.int64)
    m = 0
    for r in range(first, last):
        begin = m
        for i in range(starts[r], stops[r]):
            j = i + 1 if i + 1 < stops[r] else starts[r]
            if xy[i, 0] != xy[j, 0] or xy[i, 1] != xy[j, 1]:
                ends[m, 0], ends[m, 1], ends[m, 2], ends[m, 3] = xy[i, 0], xy[i, 1], xy[j, 0], xy[j, 1]
                where[m, 0], where[m, 1] = r, m - begin
                m += 1
        for k in range(begin, m):
            where[k, 2] = m - begin
    return ends, where, m


@compiled()
def side_of(x0, y0, x1, y1, x, y):
    """-1, 0 or 1: on which side of the line (x, y) lies; 0 as well where rounding may decide."""
    left, right = (x1 - x0) * (y - y0), (x - x0) * (y1 - y0)
    doubt = _EPS * (abs(left) + abs(right))
    if left - right > doubt:
        return 1
    return -1 if right - left > doubt else 0


@compiled()
def _meet(ax, ay, bx, by, cx, cy, dx, dy):
    """Whether the edges a-b and c-d have a point in common, or may have."""
    if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx):
        return False
    if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
        return False
    if side_of(ax, ay, bx, by, cx, cy) * side_of(ax, ay, bx, by, dx, dy) > 0:
        return False
    return side_of(cx, cy, dx, dy, ax, ay) * side_of(cx, cy, dx, dy, bx, by) <= 0


@compiled()
def turn_of_star(xy, start, stop):
    """1 or -1 for a ring known to run once round a point amid four of its vertices, always left or always right.

    Such a ring is simple, and that is the sign of its area. 0 for others, as for all with vertices that repeat.
    """
    quarter = (stop - start) // 4
    x = 0.25 * xy[start, 0] + 0.25 * xy[start + quarter, 0]
    y = 0.25 * xy[start, 1] + 0.25 * xy[start + quarter, 1]
    x += 0.25 * xy[start + 2 * quarter, 0] + 0.25 * xy[start + 3 * quarter, 0]
    y += 0.25 * xy[start + 2 * quarter, 1] + 0.25 * xy[start + 3 * quarter, 1]
    turns = passes = 0
    for i in range(start, stop):  # without a branch
        j = i + 1 if i + 1 < stop else start
        x0, y0, x1, y1 = xy[i, 0] - x, xy[i, 1] - y, xy[j, 0] - x, xy[j, 1] - y
        left, right = x0 * y1, x1 * y0
        doubt = _EPS * (abs(left) + abs(right))
        turns += (left - right > doubt) - (right - left > doubt)
        passes += (y0 < 0) != (y1 < 0)
    return turns // (stop - start) if abs(turns) == stop - start and passes == 2 else 0


@compiled()
def _is_convex(xy, start, stop):
    """Whether a ring is known to be convex: it turns one way only, and round once. False where it may be."""
    turn, across, up = 0, 0, 0  # the sign of the last turn and step, and how often steps changed their sign
    changes_x = changes_y = 0
    for i in range(start, stop):
        j = i + 1 if i + 1 < stop else start
        k = j + 1 if j + 1 < stop else start
        side = side_of(xy[i, 0], xy[i, 1], xy[j, 0], xy[j, 1], xy[k, 0], xy[k, 1])
        dx, dy = xy[j, 0] - xy[i, 0], xy[j, 1] - xy[i, 1]
        back = side == 0 and dx * (xy[k, 0] - xy[j, 0]) + dy * (xy[k, 1] - xy[j, 1]) < 0
        if side * turn < 0 or back or (dx == 0 and dy == 0):
            return False
        turn = side if side != 0 else turn
        if dx != 0:
            changes_x += (dx > 0) != (across > 0) and across != 0
            across = 1 if dx > 0 else -1
        if dy != 0:
            changes_y += (dy > 0) != (up > 0) and up != 0
            up = 1 if dy > 0 else -1
    return turn != 0 and changes_x <= 2 and changes_y <= 2


@compiled()
def _small_ring_is_simple(xy, start, stop, low, high):
    """Whether a ring of few edges is known to be simple; False where the general test has to look.

    `low` and `high` (2, edges) are scratch for the boxes of the edges.
    """
    n = stop - start
    if n < 3:
        return False
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        k = j + 1 if j + 1 < n else 0
        ax, ay, bx, by = xy[start + i, 0], xy[start + i, 1], xy[start + j, 0], xy[start + j, 1]
        ux, uy, vx, vy = bx - ax, by - ay, xy[start + k, 0] - bx, xy[start + k, 1] - by
        if (ux == 0 and uy == 0) or (
            ux * vx + uy * vy < 0 and side_of(ax, ay, bx, by, xy[start + k, 0], xy[start + k, 1]) == 0
        ):
            return False
        low[0, i], high[0, i] = min(ax, bx), max(ax, bx)
        low[1, i], high[1, i] = min(ay, by), max(ay, by)
    for i in range(n - 2):
        west, south, east, north, meets = low[0, i], low[1, i], high[0, i], high[1, i], 0
        for c in range(i + 2, n - 1 if i == 0 else n):  # without a branch
            meets |= (low[0, c] <= east) & (high[0, c] >= west) & (low[1, c] <= north) & (high[1, c] >= south)
        if meets and _edge_meets(xy, start, n, i):
            return False
    return True


@compiled()
def is_plain_ring(xy, start, stop, low, high):
    """Whether a ring is known to be simple; `low` and `high` (2, FEW) are scratch. False where it may be."""
    if turn_of_star(xy, start, stop) != 0:
        return True
    return stop - start <= FEW and (_is_convex(xy, start, stop) or _small_ring_is_simple(xy, start, stop, low, high))


@compiled()
def _edge_meets(xy, start, n, i):
    """Whether edge i of a ring of n meets one after it that is not its neighbour."""
    a, b = start + i, start + i + 1
    for c in range(i + 2, n - 1 if i == 0 else n):
        d = start + (c + 1 if c + 1 < n else 0)
        if _meet(xy[a, 0], xy[a, 1], xy[b, 0], xy[b, 1], xy[start + c, 0], xy[start + c, 1], xy[d, 0], xy[d, 1]):
            return True
    return False


@compiled()
def _conflict(ends, where, i, j):
    """Whether two edges of a part meet where they must not."""
    if where[i, 0] == where[j, 0]:
        gap = abs(where[i, 1] - where[j, 1])
        if gap == 1 or gap == where[i, 2] - 1:
            return where[i, 2] == 2 or _folds(ends, i, j)
    return _meet(ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3], ends[j, 0], ends[j, 1], ends[j, 2], ends[j, 3])


@compiled()
def _folds(ends, i, j):
    """Whether two neighbouring edges lie on one another."""
    ux, uy = ends[i, 2] - ends[i, 0], ends[i, 3] - ends[i, 1]
    vx, vy = ends[j, 2] - ends[j, 0], ends[j, 3] - ends[j, 1]
    return ux * vx + uy * vy < 0 and abs(ux * vy - uy * vx) <= _EPS * (abs(ux * vy) + abs(uy * vx))


@compiled()
def _edges_conflict(ends, where, m):
    """Whether any two of m edges conflict; a part that would take too long is said to."""
    if m <= FEW:
        for i in range(m):
            for j in range(i + 1, m):
                if _conflict(ends, where, i, j):
                    return True
        return False
    west = np.minimum(ends[:m, 0], ends[:m, 2])
    order = np.argsort(west)
    work = 400 * m
    for a in range(m):
        i = order[a]
        east = max(ends[i, 0], ends[i, 2])
        for b in range(a + 1, m):
            j = order[b]
            if west[j] > east:
                break
            work -= 1
            if work < 0 or _conflict(ends, where, i, j):
                return True
    return False


@compiled()
def encloses(xy, start, stop, x, y):
    """Whether the ring goes round (x, y)."""
    inside = False
    for i in range(start, stop):
        j = i + 1 if i + 1 < stop else start
        x0, y0, x1, y1 = xy[i, 0], xy[i, 1], xy[j, 0], xy[j, 1]
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


@compiled()
def _box(xy, start, stop):
    west = south = np.inf
    east = north = -np.inf
    for i in range(start, stop):
        west, south = min(west, np.float64(xy[i, 0])), min(south, np.float64(xy[i, 1]))
        east, north = max(east, np.float64(xy[i, 0])), max(north, np.float64(xy[i, 1]))
    return west, south, east, north


@compiled()
def _nested(outer, inner):
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


@compiled()
def _misplaced(xy, starts, stops, first, last):
    """Whether a hole lies outside the shell or in another hole, given that no edges meet."""
    if last - first == 1:
        return False
    boxes = np.empty((last - first, 4))
    for r in range(first, last):
        boxes[r - first, :] = _box(xy, starts[r], stops[r])
    for r in range(first + 1, last):
        x, y = np.float64(xy[starts[r], 0]), np.float64(xy[starts[r], 1])
        if not encloses(xy, starts[first], stops[first], x, y):
            return True
        for other in range(first + 1, last):
            inner = other != r and _nested(boxes[other - first], boxes[r - first])
            if inner and encloses(xy, starts[other], stops[other], x, y):
                return True
    return False


@compiled()
def _is_plain(xy, starts, stops, first, last, low, high):
    """Whether a part of few small rings is known to be valid: simple rings, each hole clear of all other edges."""
    for r in range(first, last):
        if not is_plain_ring(xy, starts[r], stops[r], low, high):
            return False
    for hole in range(first + 1, last):
        box = _box(xy, starts[hole], stops[hole])
        for other in range(first, hole):
            if _enters(xy, starts[other], stops[other], box):
                return False
            if encloses(xy, starts[other], stops[other], box[0], box[1]) != (other == first):
                return False
    return True


@compiled()
def _enters(xy, start, stop, box):
    """Whether the box of an edge of the ring meets a box."""
    for i in range(start, stop):
        j = i + 1 if i + 1 < stop else start
        apart = max(xy[i, 0], xy[j, 0]) < box[0] or min(xy[i, 0], xy[j, 0]) > box[2]
        if not (apart or max(xy[i, 1], xy[j, 1]) < box[1] or min(xy[i, 1], xy[j, 1]) > box[3]):
            return True
    return False


@compiled()
def _parts_meet(xy, starts, stops, parts, first, last):
    """Whether the boxes of two parts overlap by more than a border, or would take too long to compare."""
    if last - first > 2000:
        return True
    boxes = np.empty((last - first, 4))
    for p in range(first, last):
        boxes[p - first, :] = _box(xy, starts[parts[p]], stops[parts[p]])
    for a in range(last - first):
        for b in range(a):
            across = min(boxes[a, 2], boxes[b, 2]) - max(boxes[a, 0], boxes[b, 0])
            up = min(boxes[a, 3], boxes[b, 3]) - max(boxes[a, 1], boxes[b, 1])
            if across > 0 and up > 0:
                return True
    return False


_WHOLE = types.Array(types.int64, 2, "C", readonly=True)


@compiled((XY, INTS, INTS, INTS, INTS, FLAGS), (_WHOLE, INTS, INTS, INTS, INTS, FLAGS))
def suspects(xy, starts, stops, parts, features, wanted):
    """Whether each of the `wanted` polygons may be invalid.

    Ring r has the vertices starts[r]..stops[r] without a closing one; `parts` and `features` are offsets.
    """
    found = np.zeros(len(features) - 1, np.bool_)
    ends, where = np.empty((64, 4)), np.empty((64, 3), np.int64)
    low, high = np.empty((2, FEW)), np.empty((2, FEW))
    for k in range(len(found)):
        if not wanted[k]:
            continue
        for p in range(features[k], features[k + 1]):
            first, last = parts[p], parts[p + 1]
            if last - first == 1 and is_plain_ring(xy, starts[first], stops[first], low, high):
                continue
            if 1 < last - first <= _FEW_RINGS and _is_plain(xy, starts, stops, first, last, low, high):
                continue
            ends, where, m = _edges(xy, starts, stops, first, last, ends, where)
            found[k] = m < 3 * (last - first) or _edges_conflict(ends, where, m)
            found[k] = found[k] or _misplaced(xy, starts, stops, first, last)
            if found[k]:
                break
        if not found[k] and features[k + 1] - features[k] > 1:
            found[k] = _parts_meet(xy, starts, stops, parts, features[k], features[k + 1])
    return found
