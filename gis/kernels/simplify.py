"""How far may a line be simplified before each of its vertices goes?

Douglas and Peucker (Cartographica 1973), once for all tolerances: what is kept for a tolerance are the vertices whose
weight is above it. The work is bounded.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np
from numba import types

from gis.kernels import FLAG, INTS, XY, compiled

WEIGHTS = types.Array(types.float32, 1, "C", readonly=True)

_WORK = 64
"""Each vertex is looked at so often at most on average; what is left then is kept as it is."""

_DEEPEST = 64


@compiled((XY, INTS, FLAG))
def weights(xy, rings, closed):
    """The tolerance up to which each vertex is kept, float32 in the units of `xy`; infinite for ends and small rings.

    A ring that is closed repeats its first vertex at the end, and is divided first at the vertex farthest from it.
    """
    out = np.full(len(xy), np.inf, np.float32)
    spans, limits = np.empty((_DEEPEST, 2), np.int64), np.empty(_DEEPEST)
    for r in range(len(rings) - 1):
        first, last = rings[r], rings[r + 1] - 1
        if last - first <= (4 if closed else 1):
            continue
        if closed:
            far = _from_first(xy, first, last)
            _weigh(xy, first, far, out, spans, limits)
            _weigh(xy, far, last, out, spans, limits)
        else:
            _weigh(xy, first, last, out, spans, limits)
    return out


@compiled()
def _from_first(xy, first, last):
    """The vertex farthest from the first."""
    far, most = first, -1.0
    for i in range(first + 1, last):
        dx, dy = xy[i, 0] - xy[first, 0], xy[i, 1] - xy[first, 1]
        if dx * dx + dy * dy > most:
            far, most = i, dx * dx + dy * dy
    return far


@compiled()
def _weigh(xy, start, stop, out, spans, limits):
    """Writes the weights between two vertices that are kept."""
    spans[0, 0], spans[0, 1], limits[0] = start, stop, np.inf
    depth, work = 1 if stop - start > 1 else 0, _WORK * (stop - start + 1)
    while depth > 0:
        depth -= 1
        a, b, limit = spans[depth, 0], spans[depth, 1], limits[depth]
        work -= b - a
        if work < 0 or depth + 2 > _DEEPEST:
            continue
        far, most = _farthest(xy, a, b)
        limit = min(limit, most)  # it goes with the one that divides what it lies in
        out[far] = limit
        # the longer half goes below: no deeper than the logarithm of the vertices
        longer_first = far - a > b - far
        for second in range(2):
            left = longer_first != (second == 1)
            c, d = (a, far) if left else (far, b)
            if d - c > 1:
                spans[depth, 0], spans[depth, 1], limits[depth] = c, d, limit
                depth += 1


@compiled()
def _farthest(xy, a, b):
    """The vertex between a and b farthest from the segment between them, and its distance."""
    x0, y0 = xy[a, 0], xy[a, 1]
    dx, dy = xy[b, 0] - x0, xy[b, 1] - y0
    length = dx * dx + dy * dy
    far, most = a + 1, -1.0  # squares of distances times that of the length: one division in all
    scale = length if length > 0 else 1.0
    for i in range(a + 1, b):
        px, py = xy[i, 0] - x0, xy[i, 1] - y0
        along = px * dx + py * dy
        if along <= 0:
            apart = (px * px + py * py) * scale
        elif along >= length:
            apart = ((px - dx) * (px - dx) + (py - dy) * (py - dy)) * scale
        else:
            cross = px * dy - py * dx
            apart = cross * cross
        if apart > most:
            far, most = i, apart
    return far, np.sqrt(most / scale)
