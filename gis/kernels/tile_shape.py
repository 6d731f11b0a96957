"""What is left of a geometry in a tile: simplified, clipped and rounded to whole tile units?

Tile units run right and down; a ring here is open (its first vertex is not repeated). Vertices whose weight
(gis.kernels.simplify) is not above the limit are left out.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INTS, REAL, XY, compiled
from gis.kernels.clip import clip_room, clipped_rings, clipped_segment, fills
from gis.kernels.crossing import FEW, is_plain_ring, turn_of_star
from gis.kernels.simplify import WEIGHTS


@compiled()
def whole_ring(xy, weights, first, last, limit, left, top, scale, out, at):
    """Writes what `placed` and `rounded_ring` make of vertices first..last of `xy` from `at` on; the next place."""
    m = at
    for i in range(first, last):
        if weights[i] > limit:
            m = _put(out, at, m, (xy[i, 0] - left) * scale, (top - xy[i, 1]) * scale)
    return _closed(out, at, m)


@compiled()
def rounded_ring(ring, first, last, out, at):
    """Writes vertices first..last in whole units from `at` on, without repeated, collinear and backtracking ones."""
    m = at
    for i in range(first, last):
        m = _put(out, at, m, ring[i, 0], ring[i, 1])
    return _closed(out, at, m)


@compiled()
def _put(out, at, m, x, y):
    """Writes a vertex at m in whole units, or over vertices from `at` on that add nothing to it; the next place."""
    column, row = np.int64(np.floor(x + 0.5)), np.int64(np.floor(y + 0.5))
    while m > at and _adds_nothing(out, at, m, column, row):
        m -= 1
    out[m, 0], out[m, 1] = column, row
    return m + 1


@compiled()
def _closed(out, at, m):
    """Drops vertices at..m that add nothing where the ring closes; the next place, `at` if no area is left."""
    first = at
    while m - first > 2:
        if _cross(out, m - 2, m - 1, first) == 0:
            m -= 1
        elif _cross(out, m - 1, first, first + 1) == 0:
            first += 1
        else:
            break
    if m - first < 3:
        return at
    for i in range(first, m if first > at else first):
        out[at + i - first, 0], out[at + i - first, 1] = out[i, 0], out[i, 1]
    return at + m - first


@compiled()
def _adds_nothing(out, at, m, x, y):
    """Whether vertex m - 1 repeats (x, y) or lies on a line with the one before and (x, y)."""
    x1, y1 = out[m - 1, 0], out[m - 1, 1]
    if x1 == x and y1 == y:
        return True
    if m - 1 == at:
        return False
    x0, y0 = out[m - 2, 0], out[m - 2, 1]
    return (x1 - x0) * (y - y0) == (x - x0) * (y1 - y0)


@compiled()
def _cross(out, i, j, k):
    return (out[j, 0] - out[i, 0]) * (out[k, 1] - out[i, 1]) - (out[k, 0] - out[i, 0]) * (out[j, 1] - out[i, 1])


@compiled()
def turned(out, start, stop, shell, turn):
    """Turns the ring so that a shell has positive area by the surveyor's formula, a hole negative.

    `turn` is the sign of its area, 0 where that is not known.
    """
    area = np.int64(turn)
    for i in range(start, stop if turn == 0 else start):
        j = i + 1 if i + 1 < stop else start
        area += out[i, 0] * out[j, 1] - out[j, 0] * out[i, 1]
    if (area > 0) != shell:
        for i in range((stop - start) // 2):
            a, b = start + i, stop - 1 - i
            out[a, 0], out[b, 0] = out[b, 0], out[a, 0]
            out[a, 1], out[b, 1] = out[b, 1], out[a, 1]


@compiled()
def placed(xy, weights, first, last, limit, left, top, scale, ring):
    """Writes the vertices first..last whose weight is above the limit in tile units to `ring`; how many."""
    n = 0
    for i in range(first, last):
        ring[n, 0] = (xy[i, 0] - left) * scale
        ring[n, 1] = (top - xy[i, 1]) * scale
        n += weights[i] > limit
    return n


@compiled()
def extent(chosen, rings, parts, features):
    """Vertices, rings and parts of the chosen features, and the vertices of the longest ring."""
    vertices = ring_count = part_count = longest = 0
    for feature in chosen:
        first, last = parts[features[feature]], parts[features[feature + 1]]
        part_count += features[feature + 1] - features[feature]
        ring_count += last - first
        vertices += rings[last] - rings[first]
        for r in range(first, last):
            longest = max(longest, rings[r + 1] - rings[r])
    return vertices, ring_count, part_count, longest


@compiled()
def _crosses(boxes, feature, left, top, scale, low, high):
    """Whether the box of a feature reaches over the square low..high."""
    if (boxes[feature, 0] - left) * scale < low or (boxes[feature, 2] - left) * scale > high:
        return True
    return (top - boxes[feature, 3]) * scale < low or (top - boxes[feature, 1]) * scale > high


@compiled()
def _settled(out, start, stop, hole, lower, upper):
    """Turns a ring in whole units as shells and holes are; whether it is known to be simple."""
    turn = turn_of_star(out, start, stop)
    turned(out, start, stop, not hole, turn)
    return turn != 0 or is_plain_ring(out, start, stop, lower, upper)


@compiled()
def _written(ring, pieces, count, hole, plain, out, vertices, ring_ends, ring_count, part_ends, part_count, lower,
             upper):  # fmt: skip
    """Rounds and turns the pieces of a ring, each a part if `plain`: vertices, rings, parts, if one is in doubt."""
    doubtful = False
    for piece in range(count):
        end = rounded_ring(ring, pieces[piece - 1] if piece > 0 else 0, pieces[piece], out, vertices)
        if end == vertices:
            continue
        doubtful |= not (_settled(out, vertices, end, hole, lower, upper) and plain)
        ring_ends[ring_count] = end
        vertices, ring_count = end, ring_count + 1
        if plain:
            part_ends[part_count] = ring_count
            part_count += 1
    return vertices, ring_count, part_count, doubtful


@compiled((INTS, XY, WEIGHTS, INTS, INTS, INTS, XY, REAL, REAL, REAL, REAL, REAL, REAL))
def polygons(chosen, xy, weights, rings, parts, features, boxes, left, top, scale, low, high, limit):
    """The `chosen` polygons in tile units: vertices, ends of rings, of parts (in rings) and of features (in parts).

    The last array tells where a polygon is that lies in the tile but is too thin for a single ring; NaN for others.
    One before it tells which may be invalid: those of several rings, and those not known to be simple.
    Holes are cut one unit short of where shells are cut, out of sight: so they stay holes and need no repair.
    """
    total, all_rings, all_parts, longest = extent(chosen, rings, parts, features)
    # arrays that stay the same keep the loops fast; what is not written to costs nothing
    out, vertices = np.empty((clip_room(total), 2), np.int64), 0
    ring_ends, ring_count = np.empty(all_rings + total, np.int64), 0
    part_ends, part_count = np.empty(all_parts + total, np.int64), 0
    feature_ends, lost = np.empty(len(chosen), np.int64), np.full((len(chosen), 2), np.nan)
    buffers = np.empty((3, clip_room(longest), 2))
    ends = np.empty((2, longest + 1), np.int64)
    ring, pieces = buffers[0], ends[0]
    doubt, lower, upper = np.zeros(len(chosen), np.bool_), np.empty((2, FEW)), np.empty((2, FEW))
    for k in range(len(chosen)):
        feature = chosen[k]
        crosses = _crosses(boxes, feature, left, top, scale, low, high)
        parts_before, part = part_count, features[feature]
        if not crosses and features[feature + 1] - part == 1 and parts[part + 1] - parts[part] == 1:  # nearly all
            first, last = rings[parts[part]], rings[parts[part] + 1]
            end = whole_ring(xy, weights, first, last - 1, limit, left, top, scale, out, vertices)
            if end > vertices:
                doubt[k] = not _settled(out, vertices, end, False, lower, upper)
                ring_ends[ring_count], part_ends[part_count] = end, ring_count + 1
                vertices, ring_count, part_count = end, ring_count + 1, part_count + 1
            else:
                lost[k, 0], lost[k, 1] = (xy[first, 0] - left) * scale, (top - xy[first, 1]) * scale
            feature_ends[k] = part_count
            continue
        for part in range(features[feature], features[feature + 1]):
            rings_before, plain = ring_count, parts[part + 1] - parts[part] == 1
            for r in range(parts[part], parts[part + 1]):
                first, last, hole = rings[r], rings[r + 1], r > parts[part]
                n = placed(xy, weights, first, last - 1, limit, left, top, scale, ring)
                count, pieces[0] = 1, n
                if crosses:
                    short = 1.0 if hole else 0.0
                    count = clipped_rings(buffers, ends, n, low + short, high - short, hole or plain)
                    if hole and count == 1 and fills(ring, pieces[0], low + short, high - short):
                        ring_count = rings_before  # the tile lies in the hole
                        vertices = ring_ends[ring_count - 1] if ring_count > 0 else 0
                        break
                written = ring_count
                vertices, ring_count, part_count, doubtful = _written(
                    ring, pieces, count, hole, plain, out, vertices, ring_ends, ring_count, part_ends, part_count,
                    lower, upper,
                )  # fmt: skip
                doubt[k] |= doubtful
                if not hole and ring_count == written:  # the shell is gone, and its holes with it
                    if count > 0 and pieces[count - 1] > 0:
                        lost[k, 0], lost[k, 1] = ring[0, 0], ring[0, 1]
                    break
            if not plain and ring_count > rings_before:
                part_ends[part_count] = ring_count
                part_count += 1
        if part_count > parts_before:
            lost[k, 0] = lost[k, 1] = np.nan
        doubt[k] |= part_count > parts_before + 1
        feature_ends[k] = part_count
    return out[:vertices], ring_ends[:ring_count], part_ends[:part_count], feature_ends, doubt, lost


@compiled((INTS, XY, WEIGHTS, INTS, INTS, INTS, XY, REAL, REAL, REAL, REAL, REAL, REAL))
def lines(chosen, xy, weights, rings, parts, features, boxes, left, top, scale, low, high, limit):
    """The `chosen` lines in tile units, as `polygons`; a line that leaves the tile and comes back is two parts."""
    total, all_lines, _, longest = extent(chosen, rings, parts, features)
    out, vertices = np.empty((2 * total, 2), np.int64), 0
    ends, count = np.empty(total + all_lines, np.int64), 0
    feature_ends, lost = np.empty(len(chosen), np.int64), np.full((len(chosen), 2), np.nan)
    line = np.empty((longest + 1, 2))
    for k in range(len(chosen)):
        before = count
        for part in range(features[chosen[k]], features[chosen[k] + 1]):
            r = parts[part]
            n = placed(xy, weights, rings[r], rings[r + 1], limit, left, top, scale, line)
            start = vertices
            for i in range(n - 1):
                x0, y0, x1, y1 = line[i, 0], line[i, 1], line[i + 1, 0], line[i + 1, 1]
                enters, leaves = clipped_segment(x0, y0, x1, y1, low, high)
                if enters <= leaves:
                    if vertices == start or enters > 0:
                        start, vertices, count = _ended(start, vertices, ends, count)
                        vertices = _added(out, start, vertices, x0 + enters * (x1 - x0), y0 + enters * (y1 - y0))
                    vertices = _added(out, start, vertices, x0 + leaves * (x1 - x0), y0 + leaves * (y1 - y0))
                    lost[k, 0], lost[k, 1] = x0 + enters * (x1 - x0), y0 + enters * (y1 - y0)
            start, vertices, count = _ended(start, vertices, ends, count)
        if count > before:
            lost[k, 0] = lost[k, 1] = np.nan
        feature_ends[k] = count
    return out[:vertices], ends[:count], np.arange(1, count + 1), feature_ends, np.zeros(len(chosen), np.bool_), lost


@compiled()
def _added(out, start, vertices, x, y):
    x, y = np.int64(np.floor(x + 0.5)), np.int64(np.floor(y + 0.5))
    if vertices > start and out[vertices - 1, 0] == x and out[vertices - 1, 1] == y:
        return vertices
    out[vertices, 0], out[vertices, 1] = x, y
    return vertices + 1


@compiled()
def _ended(start, vertices, ends, count):
    """Ends the line part begun at `start`, dropping it if it has one vertex only: next start, vertices, parts."""
    if vertices - start < 2:
        return start, start, count
    ends[count] = vertices
    return vertices, vertices, count + 1


@compiled((INTS, XY, WEIGHTS, INTS, INTS, INTS, XY, REAL, REAL, REAL, REAL, REAL, REAL))
def points(chosen, xy, weights, rings, parts, features, boxes, left, top, scale, low, high, limit):
    """The `chosen` points in tile units, as `polygons`: each point is a ring of one vertex."""
    total, _, _, _ = extent(chosen, rings, parts, features)
    out, count = np.empty((total, 2), np.int64), 0
    feature_ends = np.empty(len(chosen), np.int64)
    for k in range(len(chosen)):
        for part in range(features[chosen[k]], features[chosen[k] + 1]):
            i = rings[parts[part]]
            x, y = (xy[i, 0] - left) * scale, (top - xy[i, 1]) * scale
            if low <= x <= high and low <= y <= high:
                out[count, 0], out[count, 1] = np.int64(np.floor(x + 0.5)), np.int64(np.floor(y + 0.5))
                count += 1
        feature_ends[k] = count
    ends = np.arange(1, count + 1)
    nowhere = np.full((len(chosen), 2), np.nan)
    return out[:count], ends, ends.copy(), feature_ends, np.zeros(len(chosen), np.bool_), nowhere
