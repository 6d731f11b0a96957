"""What do the rings of polygons and the lengths of lines measure in the plane?"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INTS, OUT_REALS, XY, compiled


@compiled()
def signed_area(xy, first, last):
    """Area of the closed ring of vertices first..last, positive if it runs counter-clockwise (y up)."""
    x0, y0, total = xy[first, 0], xy[first, 1], 0.0
    for i in range(first + 1, last - 1):
        total += (xy[i, 0] - x0) * (xy[i + 1, 1] - y0) - (xy[i + 1, 0] - x0) * (xy[i, 1] - y0)
    return 0.5 * total


@compiled((XY, INTS, INTS, INTS, OUT_REALS))
def areas(xy, rings, parts, features, out):
    """Area of each polygon: shells less holes, whichever way they run."""
    for k in range(len(out)):
        total = 0.0
        for p in range(features[k], features[k + 1]):
            for r in range(parts[p], parts[p + 1]):
                area = abs(signed_area(xy, rings[r], rings[r + 1]))
                total += area if r == parts[p] else -area
        out[k] = total


@compiled((XY, INTS, INTS, INTS, OUT_REALS))
def lengths(xy, rings, parts, features, out):
    """Length of the lines (of the outlines of polygons) of each feature."""
    for k in range(len(out)):
        total = 0.0
        for r in range(parts[features[k]], parts[features[k + 1]]):
            for i in range(rings[r], rings[r + 1] - 1):
                total += np.hypot(xy[i + 1, 0] - xy[i, 0], xy[i + 1, 1] - xy[i, 1])
        out[k] = total
