"""How are features too small to be drawn in a tile shown together, truthfully in place, class and area?

Their areas are spread over a grid of cells; in every block of cells as many are painted as the area in the block fills
(at least one: nothing vanishes), the fullest first, each in the class that has most of it. The painted cells of a class
become one multipolygon, traced along their outlines.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np
from numba import types

from gis.kernels import INT, INTS, REAL, REALS, XY, compiled

INTS_2D = types.Array(types.int64, 2, "C")

BLOCK = 4
"""Cells along the side of a block; it divides the cells along a tile."""

_SPECK = 1e-3
"""The share of a feature that is not worth a cell of its own."""


@compiled((INTS, XY, REAL, REAL, REAL, REAL))
def divided(found, boxes, left, top, scale, size):
    """The items of `found` that are larger than `size` tile units in either direction, and the rest."""
    large, small = np.empty(len(found), np.int64), np.empty(len(found), np.int64)
    m = n = 0
    for k in range(len(found)):
        feature = found[k]
        wide, high = (boxes[feature, 2] - boxes[feature, 0]) * scale, (boxes[feature, 3] - boxes[feature, 1]) * scale
        is_large = (wide > size) | (high > size)
        large[m], small[n] = feature, feature  # and left in one of them
        m += is_large
        n += not is_large
    return large[:m], small[:n]


@compiled((XY, REALS, INTS, INT, REAL, REAL, REAL, INT, REAL, REAL))
def spread(boxes, amounts, classes, kinds, left, top, scale, side, cell, size):
    """Spreads amounts (in full cells) over the cells that each box, of at most `size` tile units, meets.

    The cells that are met (row * side + column), the amounts of each class in them (cells, kinds), and the number of
    boxes of each class whose centre is in the tile.
    """
    reach = np.int64(size / cell) + 2
    room = min(side * side, len(boxes) * reach * reach)
    places, filled, met = np.empty(room, np.int64), np.zeros((room, kinds)), 0
    number, counts = np.full(side * side, -1, np.int32), np.zeros(kinds, np.int64)
    for k in range(len(boxes)):
        kind = classes[k]
        x0, x1 = (boxes[k, 0] - left) * scale / cell, (boxes[k, 2] - left) * scale / cell
        y0, y1 = (top - boxes[k, 3]) * scale / cell, (top - boxes[k, 1]) * scale / cell
        amount = max(amounts[k], 1e-9)
        middle_x, middle_y = 0.5 * (x0 + x1), 0.5 * (y0 + y1)
        if 0 <= middle_x < side and 0 <= middle_y < side:
            counts[kind] += 1
        width, height = x1 - x0, y1 - y0
        for row in range(max(0, int(np.floor(y0))), min(side - 1, int(np.floor(y1))) + 1):
            up = min(y1, row + 1.0) - max(y0, float(row))
            up = up / height if height > 0 else 1.0
            for column in range(max(0, int(np.floor(x0))), min(side - 1, int(np.floor(x1))) + 1):
                across = min(x1, column + 1.0) - max(x0, float(column))
                across = across / width if width > 0 else 1.0
                if across > _SPECK and up > _SPECK:
                    place = row * side + column
                    if number[place] < 0:
                        number[place], places[met] = met, place
                        met += 1
                    filled[number[place], kind] += amount * across * up
    return places[:met], filled[:met], counts


@compiled((INTS, XY, INT))
def painted(places, filled, side):
    """The class of each cell (side, side), -1 where it is left blank, from what `spread` found.

    What a class is owed or has had too much of in a block is carried on to the next, so that small classes show.
    """
    kinds, blocks = filled.shape[1], side // BLOCK
    out, owed, here = np.full((side, side), -1), np.zeros(kinds), np.zeros(kinds)
    number, busy = np.full(side * side, -1, np.int32), np.zeros(blocks * blocks, np.bool_)
    for k in range(len(places)):
        number[places[k]] = k
        busy[places[k] // side // BLOCK * blocks + places[k] % side // BLOCK] = True
    fullness, found = np.empty(BLOCK * BLOCK), np.empty(BLOCK * BLOCK, np.int64)
    for up in range(blocks):
        for step in range(blocks):
            across = step if up % 2 == 0 else blocks - 1 - step  # there and back: blocks adjoin
            if not busy[up * blocks + across]:
                continue
            n, fill, total = 0, 0.0, 0.0
            for k in range(BLOCK * BLOCK):
                cell = number[(up * BLOCK + k // BLOCK) * side + across * BLOCK + k % BLOCK]
                if cell >= 0:
                    amount = 0.0
                    for kind in range(kinds):
                        amount += filled[cell, kind]
                        here[kind] += filled[cell, kind]
                    fullness[n], found[n] = -amount, cell
                    fill, total, n = fill + min(1.0, amount), total + amount, n + 1
            count = min(n, max(1, int(fill + 0.5)))
            for kind in range(kinds):
                owed[kind] += here[kind] * count / total
                here[kind] = 0.0
            ranked = np.argsort(fullness[:n], kind="mergesort")
            for k in range(count):
                cell = found[ranked[k]]
                kind = _most_wanted(filled, cell, owed)
                owed[kind] -= 1.0
                out[places[cell] // side, places[cell] % side] = kind
    return out


@compiled()
def _most_wanted(filled, place, owed):
    """The class for cell `place`: what lies in it, weighed with what each class is owed."""
    best, most = -1, -np.inf
    for kind in range(len(owed)):
        amount = filled[place, kind]
        if amount > 0:
            wanted = owed[kind] * amount if owed[kind] > 0 else owed[kind]
            if wanted > most:
                best, most = kind, wanted
    return best


@compiled()
def _components(cells, painted_cells, labels, stack):
    """Numbers the cells that hang together by their sides within a class from 0 on; how many there are."""
    count = 0
    for place in painted_cells:
        row, column = place // len(cells), place % len(cells)
        if labels[row, column] < 0:
            _flood(cells, labels, row, column, count, stack)
            count += 1
    return count


@compiled()
def _places(cells):
    """The painted cells, row by row."""
    out, n = np.empty(cells.size, np.int64), 0
    for row in range(len(cells)):
        for column in range(len(cells)):
            out[n] = row * len(cells) + column
            n += cells[row, column] >= 0
    return out[:n]


@compiled()
def _flood(cells, labels, row, column, label, stack):
    """Numbers one component with `label`; `stack` has room for all painted cells."""
    side, kind = len(cells), cells[row, column]
    labels[row, column] = label
    depth, stack[0, 0], stack[0, 1] = 1, row, column
    while depth > 0:
        depth -= 1
        r, c = stack[depth, 0], stack[depth, 1]
        for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            y, x = r + dr, c + dc
            if 0 <= y < side and 0 <= x < side and cells[y, x] == kind and labels[y, x] < 0:
                labels[y, x] = label
                stack[depth, 0], stack[depth, 1] = y, x
                depth += 1


@compiled()
def _label(labels, row, column):
    inside = 0 <= row < len(labels) and 0 <= column < len(labels)
    return labels[row, column] if inside else -1


@compiled()
def _trace(labels, label, row, column, used, out, n):
    """Writes the outline that runs along the top of the cell (row, column), component on its right, from n on.

    Headings: 0 right, 1 down, 2 left, 3 up. Where two cells of the component meet at a corner only, the outline goes
    on along the other cell: rings then touch at points but never themselves. Marks the tops of cells it passes.
    """
    r, c, heading = row, column, 0
    while True:
        if heading == 0:
            used[r, c] = True
        r += 1 if heading == 1 else (-1 if heading == 3 else 0)
        c += 1 if heading == 0 else (-1 if heading == 2 else 0)
        left = _label(labels, r - (1 if heading in (0, 3) else 0), c - (1 if heading >= 2 else 0))
        right = _label(labels, r - (1 if heading >= 2 else 0), c - (1 if heading in (1, 2) else 0))
        turn = 3 if left == label else (0 if right == label else 1)
        if turn != 0:
            out[n, 0], out[n, 1] = c, r
            n += 1
        heading = (heading + turn) % 4
        if r == row and c == column and heading == 0:
            return n


@compiled((INTS_2D, INT))
def outlines(cells, cell):
    """The painted cells of each class as a multipolygon in tile units, `cell` units a cell.

    Vertices, ends of rings, of parts (in rings) and of features (in parts), and the class of each feature.
    """
    side, painted_cells = len(cells), _places(cells)
    # no more than four corners, and a ring and a hole, a cell: arrays that stay the same keep the loops fast
    out, n, most = np.empty((4 * len(painted_cells), 2), np.int64), 0, 2 * len(painted_cells)
    ends, keys, rings = np.empty(most, np.int64), np.empty(most, np.int64), 0
    labels, used = np.full((side, side), -1), np.zeros((side, side), np.bool_)
    count = _components(cells, painted_cells, labels, np.empty((len(painted_cells) + 1, 2), np.int64))
    for place in painted_cells:
        row, column = place // side, place % side
        label = labels[row, column]
        if not used[row, column] and _label(labels, row - 1, column) != label:
            n = _trace(labels, label, row, column, used, out, n)
            ends[rings], keys[rings] = n, cells[row, column] * count + label
            rings += 1
    return _grouped(out, ends[:rings], keys[:rings], count, cell)


@compiled()
def _grouped(out, ends, keys, count, cell):
    """Rings in the order of `keys` = class * count + component; the first ring of a component is its shell."""
    xy = np.empty((ends[-1] if len(ends) else 0, 2), np.int64)
    ring_ends, part_ends = np.empty(len(ends), np.int64), np.empty(len(ends), np.int64)
    feature_ends, classes = np.empty(len(ends), np.int64), np.empty(len(ends), np.int64)
    n, parts, features, before = 0, 0, 0, -1
    order = np.argsort(keys, kind="mergesort")
    for k in range(len(order)):
        ring, key = order[k], keys[order[k]]
        for i in range(ends[ring - 1] if ring > 0 else 0, ends[ring]):
            xy[n, 0], xy[n, 1] = out[i, 0] * cell, out[i, 1] * cell
            n += 1
        if key != before:
            parts += 1
            if before < 0 or key // count != before // count:
                classes[features] = key // count
                features += 1
        before = key
        ring_ends[k], part_ends[parts - 1], feature_ends[features - 1] = n, k + 1, parts
    return xy, ring_ends, part_ends[:parts], feature_ends[:features], classes[:features]


@compiled((INTS_2D, INT, INT))
def dashes(cells, cell, kinds):
    """The painted cells of each class as lines through the middle of each run of cells, as `outlines`."""
    side = len(cells)
    runs = np.empty((side * side, 4), np.int64)
    count = 0
    for kind in range(kinds):
        for row in range(side):
            column = 0
            while column < side:
                start = column
                while column < side and cells[row, column] == kind:
                    column += 1
                if column > start:
                    runs[count, 0], runs[count, 1], runs[count, 2], runs[count, 3] = kind, row, start, column
                    count += 1
                column += 1
    xy = np.empty((2 * count, 2), np.int64)
    feature_ends, classes, features = np.empty(kinds, np.int64), np.empty(kinds, np.int64), 0
    for k in range(count):
        kind, row, start, stop = runs[k]
        xy[2 * k, 0], xy[2 * k + 1, 0] = start * cell, stop * cell
        xy[2 * k, 1] = xy[2 * k + 1, 1] = row * cell + cell // 2
        if k == 0 or kind != runs[k - 1, 0]:
            classes[features] = kind
            features += 1
        feature_ends[features - 1] = k + 1
    ends = np.arange(1, count + 1)
    return xy, 2 * ends, ends, feature_ends[:features], classes[:features]
