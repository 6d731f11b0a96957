"""Which boxes meet a window? A packed Hilbert R-tree in two flat arrays.

Layout: level 0 holds the boxes themselves in Hilbert order, each level above holds the union of every NODE boxes below,
up to one root; `levels` are the rows at which they begin. Hilbert R-tree: Kamel and Faloutsos, VLDB 1994.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INT, INTS, OUT_INTS, OUT_XY, REAL, XY, compiled

NODE = 8
_ORDER = 16


@compiled((XY, INTS, REAL, REAL, REAL, REAL, OUT_INTS))
def hilbert_codes(boxes, items, west, south, east, north, out):
    """Position on a Hilbert curve of order 16 over the window of the centre of each of `items`."""
    side = 2**_ORDER - 1
    across = side / (east - west) if east > west else 0.0
    up = side / (north - south) if north > south else 0.0
    for k in range(len(items)):
        box = boxes[items[k]]
        x = np.int64(((box[0] + box[2]) * 0.5 - west) * across)
        y = np.int64(((box[1] + box[3]) * 0.5 - south) * up)
        code, s = 0, 2 ** (_ORDER - 1)
        while s > 0:
            right, top = 1 if x & s else 0, 1 if y & s else 0
            code += s * s * ((3 * right) ^ top)
            if top == 0:
                if right == 1:
                    x, y = side - x, side - y
                x, y = y, x
            s >>= 1
        out[k] = code


@compiled((OUT_XY, INTS))
def fill_levels(nodes, levels):
    """Unites boxes upwards, level by level, once level 0 of `nodes` is filled."""
    for level in range(1, len(levels) - 1):
        below, here, above = levels[level - 1], levels[level], levels[level + 1]
        for node in range(here, above):
            first = below + (node - here) * NODE
            nodes[node] = nodes[first]
            for child in range(first + 1, min(first + NODE, here)):
                nodes[node, 0] = min(nodes[node, 0], nodes[child, 0])
                nodes[node, 1] = min(nodes[node, 1], nodes[child, 1])
                nodes[node, 2] = max(nodes[node, 2], nodes[child, 2])
                nodes[node, 3] = max(nodes[node, 3], nodes[child, 3])


@compiled()
def append(found, count, value):
    """`found` with `value` at place `count`, twice as long if it was full."""
    if count == len(found):
        longer = np.empty(2 * len(found), np.int64)
        longer[:count] = found
        found = longer
    found[count] = value
    return found


@compiled()
def _search(nodes, levels, order, west, south, east, north, found, count, stack):
    """Appends to `found` the items whose boxes meet the window, borders included; `found` and its new count."""
    if len(order) == 0:
        return found, count
    depth, top = 2, len(levels) - 2
    stack[0], stack[1] = top, 0
    while depth > 0:
        depth -= 2
        level, place = stack[depth], stack[depth + 1]
        node = levels[level] + place
        if nodes[node, 0] > east or nodes[node, 2] < west or nodes[node, 1] > north or nodes[node, 3] < south:
            continue
        inside = (
            nodes[node, 0] >= west and nodes[node, 2] <= east and nodes[node, 1] >= south and nodes[node, 3] <= north
        )
        if level == 0 or inside:
            span = NODE**level
            for k in range(place * span, min((place + 1) * span, len(order))):
                found = append(found, count, order[k])
                count += 1
            continue
        width = levels[level] - levels[level - 1]
        for child in range(min((place + 1) * NODE, width) - 1, place * NODE - 1, -1):
            stack[depth], stack[depth + 1] = level - 1, child
            depth += 2
    return found, count


@compiled((XY, INTS, INTS, REAL, REAL, REAL, REAL))
def query(nodes, levels, order, west, south, east, north):
    """The items whose boxes meet the window, in Hilbert order."""
    stack = np.empty(2 * NODE * len(levels) + 2, np.int64)
    found, count = _search(nodes, levels, order, west, south, east, north, np.empty(256, np.int64), 0, stack)
    return found[:count]


@compiled((XY, INTS, INTS, XY, INT, INT))
def pairs(nodes, levels, order, boxes, first, last):
    """(box, item) of every box from `first` to before `last` and every item that meet; by box, then by item."""
    stack = np.empty(2 * NODE * len(levels) + 2, np.int64)
    items, count = np.empty(2 * (last - first) + 16, np.int64), 0
    counts = np.zeros(last - first, np.int64)
    for k in range(first, last):
        west, south, east, north = boxes[k]
        if not west <= east:  # NaN: None or empty
            continue
        before = count
        items, count = _search(nodes, levels, order, west, south, east, north, items, count, stack)
        if count - before > 1:
            items[before:count].sort()
        counts[k - first] = count - before
    return np.repeat(np.arange(first, last), counts), items[:count]
