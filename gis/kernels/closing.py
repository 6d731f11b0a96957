"""How are fractions in a table made whole without changing a row's or a column's sum?

Each cell with a fraction shares its row and its column with another, because the sums are whole. So a walk from cell to
cell, along rows and columns in turn, comes back on itself; along that loop fractions are moved until one is whole.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import OUT_XY, compiled

NOTHING = 1e-6
"""Fractions below this, or this near 1, are rounding."""


@compiled()
def _is_open(value):
    return NOTHING < value < 1 - NOTHING


@compiled()
def _next(part, node, coming_from, along_row):
    """A row or column, other than the one come from, in which `node` has a fraction; -1 for none."""
    for k in range(part.shape[1] if along_row else part.shape[0]):
        if k != coming_from and _is_open(part[node, k] if along_row else part[k, node]):
            return k
    return -1


@compiled()
def _loop(part, row, seen, path):
    """Fills `path` with cells from `row` on until it meets itself: where the loop in it begins and ends."""
    rows = part.shape[0]
    seen[:] = -1
    node, before, along_row, n = row, -1, True, 0
    while seen[node if along_row else rows + node] < 0:
        seen[node if along_row else rows + node] = n
        following = _next(part, node, before, along_row)
        if following < 0:
            return 0, 0
        path[n, 0], path[n, 1] = (node, following) if along_row else (following, node)
        node, before, along_row, n = following, node, not along_row, n + 1
    return seen[node if along_row else rows + node], n


@compiled((OUT_XY,))
def make_whole(part):
    """Moves the fractions of `part` (0 to 1, rows and columns of whole sums) in place until each is 0 or 1."""
    rows, columns = part.shape
    seen, path = np.empty(rows + columns, np.int64), np.empty((rows + columns + 1, 2), np.int64)
    for row in range(rows):
        while _next(part, row, -1, True) >= 0:
            first, last = _loop(part, row, seen, path)
            if first == last:  # a fraction alone in its row or column is rounding
                column = _next(part, row, -1, True)
                part[row, column] = np.floor(part[row, column] + 0.5)
                continue
            step = 1.0
            for k in range(first, last):
                value = part[path[k, 0], path[k, 1]]
                step = min(step, 1 - value if (k - first) % 2 == 0 else value)
            for k in range(first, last):
                part[path[k, 0], path[k, 1]] += step if (k - first) % 2 == 0 else -step
