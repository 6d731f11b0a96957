"""Which edges of a coverage lie against each other, and what is left at its borders?

An edge is named by its first vertex. Places are compared on a grid of the coordinate precision, `per_unit` cells
a unit, so that noise in the last digits of a coordinate does not part what lies together.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import FLAGS, INTS, OUT_INTS, OUT_REALS, REAL, XY, compiled

ALONE, CONFLICT, NO_EDGE = -1, -2, -3
"""No edge lies against this one; more than one does, or one with its inside on the same side; it has no length."""

_A, _B = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)
_EDGE = (1 << 34) - 1
"""The bits of a table entry that name an edge: enough for 8 billion vertices."""


@compiled()
def _mixed(h):
    """The bits of a uint64 well mixed (the finaliser of MurmurHash3)."""
    h ^= h >> _SHIFT
    h *= _A
    h ^= h >> _SHIFT
    h *= _B
    return h ^ (h >> _SHIFT)


@compiled()
def _place(xy, i, per_unit):
    return np.int64(np.rint(xy[i, 0] * per_unit)), np.int64(np.rint(xy[i, 1] * per_unit))


@compiled()
def _hash(x, y):
    return _mixed(np.uint64(x) * _B + _mixed(np.uint64(y)))


@compiled()
def _lies_on(xy, i, j, per_unit):
    """0 if the edges i and j differ, 1 if they run the same way, -1 if opposite ways."""
    a, b = _place(xy, i, per_unit), _place(xy, i + 1, per_unit)
    c, d = _place(xy, j, per_unit), _place(xy, j + 1, per_unit)
    if a == c and b == d:
        return 1
    return -1 if a == d and b == c else 0


@compiled((XY, INTS, FLAGS, REAL, OUT_INTS))
def match(xy, rings, turned, per_unit, twins):
    """Fills `twins` (an entry a vertex): the edge against which each lies, or ALONE, CONFLICT, NO_EDGE.

    `turned` rings have their inside on the right. Two edges lie against each other if they join the same places and
    have their insides on opposite sides.
    """
    size = 16
    while size < 1.5 * len(xy):
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int64)  # 31 bits of the hash, then twice the first edge of a place, then its side
    for r in range(len(rings) - 1):
        side = 1 if turned[r] else 0
        x, y = _place(xy, rings[r], per_unit)
        start = _hash(x, y)
        for i in range(rings[r], rings[r + 1] - 1):
            x1, y1 = _place(xy, i + 1, per_unit)
            if x1 == x and y1 == y:
                twins[i] = NO_EDGE
                continue
            stop = _hash(x1, y1)
            h = _mixed(start + stop)
            x, y, start = x1, y1, stop
            slot, tag, way = h & mask, np.int64(h >> np.uint64(35)), 0
            while table[slot] >= 0 and way == 0:
                if table[slot] >> 34 == tag:
                    way = _lies_on(xy, i, (table[slot] & _EDGE) >> 1, per_unit)
                if way == 0:
                    slot = (slot + np.uint64(1)) & mask
            if way == 0:
                table[slot], twins[i] = (tag << 34) | (2 * i + side), ALONE
            else:
                _join(twins, i, (table[slot] & _EDGE) >> 1, (way < 0) == (side == table[slot] & 1))
        twins[rings[r + 1] - 1] = NO_EDGE


@compiled()
def _join(twins, i, other, opposed):
    """Joins edge i with the first edge of its place, or marks both and what that one was joined with."""
    if opposed and twins[other] == ALONE:
        twins[i], twins[other] = other, i
        return
    twins[i] = CONFLICT
    if twins[other] >= 0:
        twins[twins[other]] = CONFLICT
    twins[other] = CONFLICT


@compiled((XY, INTS, INTS, REAL, OUT_INTS))
def fingerprints(xy, rings, ring_ends, per_unit, out):
    """A number for each feature that depends on its edges, but not on where its rings begin or which way they run.

    `ring_ends` are the offsets feature -> rings. Different shapes have different numbers but for one case in 2**64.
    """
    for k in range(len(ring_ends) - 1):
        total = np.uint64(0)
        for r in range(ring_ends[k], ring_ends[k + 1]):
            x, y = _place(xy, rings[r], per_unit)
            start = _hash(x, y)
            for i in range(rings[r], rings[r + 1] - 1):
                x, y = _place(xy, i + 1, per_unit)
                stop = _hash(x, y)
                if stop != start:
                    total += _mixed(start + stop)
                start = stop
        out[k] = np.int64(total)


@compiled((XY, INTS, REAL, OUT_REALS))
def sharp(xy, rings, least_cosine, cosines):
    """Fills `cosines` (an entry a vertex) with that of the angle at the vertex where it is `least_cosine` or more.

    Elsewhere NaN. Repeated vertices are passed over; the angle is that between the two edges, inside or outside.
    """
    for r in range(len(rings) - 1):
        first, last = rings[r], rings[r + 1] - 1
        cosines[last] = np.nan
        before = last - 1
        while before > first and xy[before, 0] == xy[first, 0] and xy[before, 1] == xy[first, 1]:
            before -= 1
        for i in range(first, last):
            cosines[i] = np.nan
            ax, ay = xy[before, 0] - xy[i, 0], xy[before, 1] - xy[i, 1]
            bx, by = xy[i + 1, 0] - xy[i, 0], xy[i + 1, 1] - xy[i, 1]
            if bx == 0 and by == 0:
                continue
            before = i
            length = np.sqrt((ax * ax + ay * ay) * (bx * bx + by * by))
            if length > 0:
                cosine = (ax * bx + ay * by) / length
                if cosine >= least_cosine:
                    cosines[i] = min(cosine, 1.0)


@compiled()
def _turn_from(ax, ay, bx, by):
    """How far the direction b is turned counter-clockwise from a: grows from 0 to 4 with the angle; 4 for no turn."""
    dot, cross = ax * bx + ay * by, ax * by - ay * bx
    cosine = dot / np.sqrt((ax * ax + ay * ay) * (bx * bx + by * by))
    if cross > 0 or (cross == 0 and dot < 0):
        return 1 - cosine
    return 3 + cosine


@compiled((XY, INTS, INTS, INTS, OUT_INTS))
def follow(places, starts, stops, leaving, after):
    """Fills `after`: the edge that follows each along the void on its right, -1 where none leaves its end.

    Edges run from place `starts` to place `stops`, sorted by `starts`, and `leaving` are the offsets place -> edges.
    Of several edges that leave a place it is the first met counter-clockwise from the way one came.
    """
    for e in range(len(starts)):
        x, y = places[stops[e], 0], places[stops[e], 1]
        back_x, back_y = places[starts[e], 0] - x, places[starts[e], 1] - y
        least, after[e] = 5.0, -1
        for f in range(leaving[stops[e]], leaving[stops[e] + 1]):
            turn = _turn_from(back_x, back_y, places[stops[f], 0] - x, places[stops[f], 1] - y)
            if turn < least:
                least, after[e] = turn, f


@compiled((INTS, OUT_INTS, OUT_INTS))
def loops(after, order, ends):
    """Fills `order` with edges loop by loop, and `ends` with where each loop ends; returns how many loops there are.

    Edges that lead into a loop without being part of one are left out.
    """
    seen = np.zeros(len(after), np.int64)
    filled, count = 0, 0
    for start in range(len(after)):
        e, walk = start, start + 1
        while e >= 0 and seen[e] == 0:
            seen[e] = walk
            e = after[e]
        if e >= 0 and seen[e] == walk:
            f = e
            while True:
                order[filled] = f
                filled += 1
                f = after[f]
                if f == e:
                    break
            ends[count] = filled
            count += 1
    return count
