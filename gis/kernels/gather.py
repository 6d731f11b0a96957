"""Which items do offsets span, and within which bounds?"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INTS, OUT_INTS, OUT_XY, XY, compiled


@compiled((INTS,))
def is_ascending(offsets):
    """Whether no offset is less than the one before."""
    for k in range(1, len(offsets)):  # noqa: SIM110 - numba knows no all()
        if offsets[k] < offsets[k - 1]:
            return False
    return True


@compiled((INTS, INTS), (INTS, OUT_INTS))
def picked(offsets, items):
    """The children of `items` one after another, and the offsets that span them."""
    spans = np.zeros(len(items) + 1, np.int64)
    for k in range(len(items)):
        spans[k + 1] = spans[k] + offsets[items[k] + 1] - offsets[items[k]]
    children = np.empty(spans[-1], np.int64)
    for k in range(len(items)):
        for j in range(spans[k], spans[k + 1]):
            children[j] = offsets[items[k]] + j - spans[k]
    return children, spans


@compiled((XY, INTS, OUT_XY))
def bounds(xy, offsets, out):
    """West, south, east, north of the vertices of each item; NaN where it has none."""
    for k in range(len(offsets) - 1):
        first, last = offsets[k], offsets[k + 1]
        west = south = np.inf
        east = north = -np.inf
        for i in range(first, last):
            x, y = xy[i, 0], xy[i, 1]
            west, east = min(west, x), max(east, x)
            south, north = min(south, y), max(north, y)
        if first == last:
            west = south = east = north = np.nan
        out[k, 0], out[k, 1], out[k, 2], out[k, 3] = west, south, east, north
