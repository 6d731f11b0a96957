"""Which share of each cell does a polygon cover, and what do the covered cells add up to?

Exact, by the signed area to the right of each edge: cells an edge passes get their part of it, all cells to the right
the whole, which a running sum over the row then hands on. Places are (column, row), rows downwards.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np
from numba import types

from gis.kernels import INT, INTS, OUT_INTS, OUT_REALS, OUT_XY, XY, compiled
from gis.kernels.rings import signed_area

WEIGHT, SUM, SHIFT, FIRST, SECOND, LEAST, MOST, RISE_WEIGHT, RISE, FALL_WEIGHT = range(10)
"""Columns of totals: covered cells, sum, a value near the mean, first and second moment about it, least, most, cells
above 0, their sum, and cells below 0."""

COLUMNS = 10
LEAST_COVER = 1e-9
"""Less of a cell than this is rounding."""

FLOATS = types.Array(types.float32, 2, "C")
DOUBLES = types.Array(types.float64, 2, "C")
CODES = types.Array(types.int64, 2, "C")


@compiled()
def _add_edge(cover, width, height, x0, y0, x1, y1, sign):
    """Adds an edge to `cover` (height rows of width + 2), what lies outside its rows or columns moved to the border."""
    if y0 == y1:
        return
    if y0 > y1:
        x0, y0, x1, y1, sign = x1, y1, x0, y0, -sign
    slope = (x1 - x0) / (y1 - y0)
    top, bottom = max(y0, 0.0), min(y1, float(height))
    while top < bottom:
        row = int(top)
        below = min(bottom, row + 1.0)
        _add_in_row(cover, row * (width + 2), width, x0 + (top - y0) * slope, x0 + (below - y0) * slope,
                    (below - top) * sign)  # fmt: skip
        top = below


@compiled()
def _add_in_row(cover, start, width, xa, xb, rise):
    """Adds an edge within one row from xa to xb, which rises by `rise`."""
    left, right = min(xa, xb), max(xa, xb)
    if left >= width:
        return
    if right <= 0:
        cover[start] += rise
        return
    whole = right - left
    if left < 0:
        cover[start] += rise * (-left / whole)
        left = 0.0
    limit = min(right, float(width))
    if int(left) == int(limit) or left == limit:
        column, share = int(left), (limit - left) / whole if whole > 0 else 1.0
        middle = 0.5 * (left + limit) - column
        cover[start + column] += rise * share * (1 - middle)
        cover[start + column + 1] += rise * share * middle
        return
    while left < limit:
        column = int(left)
        step = min(limit, column + 1.0)
        share, middle = (step - left) / whole, 0.5 * (left + step) - column
        cover[start + column] += rise * share * (1 - middle)
        cover[start + column + 1] += rise * share * middle
        left = step


@compiled()
def _cover(xy, rings, parts, features, zone, row, column, height, width, cover):
    """Fills `cover` for the cells of a window, as steps along each row: a running sum gives the covered shares."""
    for k in range(height * (width + 2)):
        cover[k] = 0.0
    for part in range(features[zone], features[zone + 1]):
        for r in range(parts[part], parts[part + 1]):
            first, last = rings[r], rings[r + 1]
            sign = -1.0 if signed_area(xy, first, last) > 0 else 1.0
            if r > parts[part]:
                sign = -sign
            for i in range(first, last - 1):
                y0, y1 = xy[i, 1] - row, xy[i + 1, 1] - row
                if (y0 > 0 or y1 > 0) and (y0 < height or y1 < height):
                    _add_edge(cover, width, height, xy[i, 0] - column, y0, xy[i + 1, 0] - column, y1, sign)


@compiled()
def _frame(boxes, zone, window):
    """The rows and columns of the window (row, column, rows, columns) that a zone's box meets."""
    top, left = max(np.floor(boxes[zone, 1]), window[0]), max(np.floor(boxes[zone, 0]), window[1])
    bottom = min(np.ceil(boxes[zone, 3]), window[0] + window[2])
    right = min(np.ceil(boxes[zone, 2]), window[1] + window[3])
    return int(top), int(left), max(0, int(bottom) - int(top)), max(0, int(right) - int(left))


@compiled()
def _roomy(cover, height, width):
    return cover if len(cover) >= height * (width + 2) else np.empty(2 * height * (width + 2))


_ZONES = (INTS, XY, INTS, INTS, INTS, XY, INTS)


@compiled((FLOATS, *_ZONES, OUT_XY), (DOUBLES, *_ZONES, OUT_XY))
def accumulate(values, members, xy, rings, parts, features, boxes, window, totals):
    """Adds the cells of a window to `totals` of the zones in `members`; `xy` and `boxes` are (column, row) places."""
    cover = np.empty(4096)
    for zone in members:
        row, column, height, width = _frame(boxes, zone, window)
        if height == 0 or width == 0:
            continue
        cover = _roomy(cover, height, width)
        _cover(xy, rings, parts, features, zone, row, column, height, width, cover)
        for r in range(height):
            share, at = 0.0, r * (width + 2)
            for c in range(width):
                share += cover[at + c]
                if share > LEAST_COVER:
                    value = np.float64(values[row - window[0] + r, column - window[1] + c])
                    if np.isfinite(value):
                        _add(totals, zone, value, min(share, 1.0))


@compiled()
def _add(totals, zone, value, share):
    if totals[zone, WEIGHT] == 0:
        totals[zone, SHIFT] = totals[zone, LEAST] = totals[zone, MOST] = value
    apart = value - totals[zone, SHIFT]
    totals[zone, WEIGHT] += share
    totals[zone, SUM] += share * value
    totals[zone, FIRST] += share * apart
    totals[zone, SECOND] += share * apart * apart
    totals[zone, LEAST] = min(totals[zone, LEAST], value)
    totals[zone, MOST] = max(totals[zone, MOST], value)
    if value > 0:
        totals[zone, RISE_WEIGHT] += share
        totals[zone, RISE] += share * value
    elif value < 0:
        totals[zone, FALL_WEIGHT] += share


@compiled((CODES, *_ZONES, OUT_XY))
def tally(codes, members, xy, rings, parts, features, boxes, window, totals):
    """Adds the covered cells of each code 0.. to the columns of `totals`; codes below 0 are left out."""
    cover = np.empty(4096)
    for zone in members:
        row, column, height, width = _frame(boxes, zone, window)
        if height == 0 or width == 0:
            continue
        cover = _roomy(cover, height, width)
        _cover(xy, rings, parts, features, zone, row, column, height, width, cover)
        for r in range(height):
            share, at = 0.0, r * (width + 2)
            for c in range(width):
                share += cover[at + c]
                code = codes[row - window[0] + r, column - window[1] + c]
                if share > LEAST_COVER and code >= 0:
                    totals[zone, code] += min(share, 1.0)


@compiled((FLOATS, *_ZONES), (DOUBLES, *_ZONES))
def collect(values, members, xy, rings, parts, features, boxes, window):
    """Zone, value and covered share of every cell with data in a window, zone by zone."""
    cover, n = np.empty(4096), 0
    zones, found, shares = np.empty(1024, np.int64), np.empty(1024), np.empty(1024)
    for zone in members:
        row, column, height, width = _frame(boxes, zone, window)
        if height == 0 or width == 0:
            continue
        cover = _roomy(cover, height, width)
        _cover(xy, rings, parts, features, zone, row, column, height, width, cover)
        if n + height * width > len(zones):
            size = 2 * (n + height * width)
            zones, found, shares = _longer_ints(zones, n, size), _longer(found, n, size), _longer(shares, n, size)
        for r in range(height):
            share, at = 0.0, r * (width + 2)
            for c in range(width):
                share += cover[at + c]
                value = np.float64(values[row - window[0] + r, column - window[1] + c])
                if share > LEAST_COVER and np.isfinite(value):
                    zones[n], found[n], shares[n] = zone, value, min(share, 1.0)
                    n += 1
    return zones[:n], found[:n], shares[:n]


@compiled()
def _longer(array, n, size):
    out = np.empty(size)
    out[:n] = array[:n]
    return out


@compiled()
def _longer_ints(array, n, size):
    out = np.empty(size, np.int64)
    out[:n] = array[:n]
    return out


@compiled((OUT_REALS, OUT_REALS, OUT_INTS, OUT_REALS, OUT_XY))
def quantiles(values, shares, starts, wanted, out):
    """Weighted quantiles of each run starts[k]:starts[k + 1] of values; NaN for an empty run.

    Between the values in order, at (k * w_k + (n - 1) * sum of the weights before) of (n - 1) * sum of all weights,
    it is linear (W. Huber, stats.stackexchange.com/a/13223); equal weights give the usual linear quantile. Cells of
    equal value stay cells, unlike in exactextract, whose median of 1, 1, 1, 3 is 2.
    """
    for k in range(len(starts) - 1):
        first, n = starts[k], starts[k + 1] - starts[k]
        order = np.argsort(values[first : first + n])
        total = 0.0
        for i in range(n):
            total += shares[first + i]
        for q in range(len(wanted)):
            target, before, last_place, last_value = wanted[q] * (n - 1) * total, 0.0, 0.0, np.nan
            for i in range(n):
                value, share = values[first + order[i]], shares[first + order[i]]
                place = i * share + (n - 1) * before
                if place >= target or i == n - 1:
                    gap = place - last_place
                    part = min(1.0, (target - last_place) / gap) if i > 0 and gap > 0 else 1.0
                    last_value = value if i == 0 else last_value + part * (value - last_value)
                    break
                last_place, last_value, before = place, value, before + share
            out[k, q] = last_value


@compiled()
def _reach(boxes, zone, rows, columns, window_rows, window_columns):
    """First and last row and column of the windows that a zone's box meets; an empty range for none."""
    west, north, east, south = boxes[zone, 0], boxes[zone, 1], boxes[zone, 2], boxes[zone, 3]
    if not (west < columns and east > 0 and north < rows and south > 0):
        return 0, -1, 0, -1
    left, right = int(max(0.0, west)) // window_columns, int(min(east, columns - 0.5)) // window_columns
    return int(max(0.0, north)) // window_rows, int(min(south, rows - 0.5)) // window_rows, left, right


@compiled((XY, INT, INT, INT, INT))
def visits(boxes, rows, columns, window_rows, window_columns):
    """Which zones meet each window of a grid: offsets a window, row by row, and the zones in order."""
    across = (columns + window_columns - 1) // window_columns
    down = (rows + window_rows - 1) // window_rows
    offsets = np.zeros(across * down + 1, np.int64)
    for zone in range(len(boxes)):
        top, bottom, left, right = _reach(boxes, zone, rows, columns, window_rows, window_columns)
        for r in range(top, bottom + 1):
            for c in range(left, right + 1):
                offsets[r * across + c + 1] += 1
    offsets = np.cumsum(offsets)
    zones, place = np.empty(offsets[-1], np.int64), offsets.copy()
    for zone in range(len(boxes)):
        top, bottom, left, right = _reach(boxes, zone, rows, columns, window_rows, window_columns)
        for r in range(top, bottom + 1):
            for c in range(left, right + 1):
                zones[place[r * across + c]] = zone
                place[r * across + c] += 1
    return offsets, zones
