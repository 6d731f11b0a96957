"""Which boxes meet a window? A packed Hilbert R-tree in two flat arrays.

Layout: level 0 holds the boxes themselves in Hilbert order, each level above holds the union of every NODE boxes below,
up to one root; `levels` are the rows at which they begin. Hilbert R-tree: Kamel and Faloutsos, VLDB 1994.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INT, INTS, OUT_INTS, OUT_XY, REAL, XY, compiled

NODE = 8
_GROUP = 64
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
def _with_room(found, count, more):
    """`found` with its first `count`, or a longer array with them, so that `more` go in after them."""
    if count + more <= len(found):
        return found
    longer = np.empty(2 * (count + more), np.int64)
    longer[:count] = found[:count]
    return longer


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
def _meets(nodes, k, west, south, east, north):
    """Whether box k meets the window, without a branch."""
    return (nodes[k, 0] <= east) & (nodes[k, 2] >= west) & (nodes[k, 1] <= north) & (nodes[k, 3] >= south)


@compiled()
def _search(nodes, levels, order, west, south, east, north, found, count, stack):
    """Appends to `found` the items whose boxes meet the window, borders included; `found` and its new count."""
    if len(order) == 0:
        return found, count
    top = len(levels) - 2
    depth, stack[0], stack[1] = 2 if _meets(nodes, levels[top], west, south, east, north) else 0, top, 0
    while depth > 0:
        depth -= 2
        level, place = stack[depth], stack[depth + 1]
        node, span = levels[level] + place, NODE**level
        inside = (
            nodes[node, 0] >= west and nodes[node, 2] <= east and nodes[node, 1] >= south and nodes[node, 3] <= north
        )
        first, last = place * span, min((place + 1) * span, len(order))
        if level <= 1 or inside:
            found = _with_room(found, count, last - first)
            for k in range(first, last):
                found[count] = order[k]  # and left there if it meets
                count += inside or _meets(nodes, k, west, south, east, north)
            continue
        below = levels[level - 1]
        for child in range(min((place + 1) * NODE, levels[level] - below) - 1, place * NODE - 1, -1):
            stack[depth], stack[depth + 1] = level - 1, child  # and left there if it meets
            depth += 2 if _meets(nodes, below + child, west, south, east, north) else 0
    return found, count


@compiled((XY, INTS, INTS, REAL, REAL, REAL, REAL))
def query(nodes, levels, order, west, south, east, north):
    """The items whose boxes meet the window, in Hilbert order."""
    stack = np.empty(2 * NODE * len(levels) + 2, np.int64)
    found, count = _search(nodes, levels, order, west, south, east, north, np.empty(256, np.int64), 0, stack)
    return found[:count]


@compiled()
def _united(boxes, first, last):
    """The box around boxes first..last, and whether it is small enough for one search to serve them all."""
    west = south = np.inf
    east = north = -np.inf
    run = 0.0
    for k in range(first, last):
        if boxes[k, 0] <= boxes[k, 2]:
            west, south = min(west, boxes[k, 0]), min(south, boxes[k, 1])
            east, north = max(east, boxes[k, 2]), max(north, boxes[k, 3])
            run += boxes[k, 2] - boxes[k, 0] + boxes[k, 3] - boxes[k, 1]
    return west, south, east, north, last - first == 1 or east - west + north - south <= 2 * run


@compiled()
def _sort(found, count):
    """Sorts the first `count` of `found`."""
    if count > 2 * _GROUP:
        found[:count].sort()
        return
    for k in range(1, count):
        value, place = found[k], k
        while place > 0 and found[place - 1] > value:
            found[place] = found[place - 1]
            place -= 1
        found[place] = value


@compiled((XY, INTS, INTS, XY, INT, INT))
def pairs(nodes, levels, order, boxes, first, last):
    """(box, item) of every box from `first` to before `last` and every item that meet; by box, then by item.

    Boxes that follow one another and lie together are looked up together.
    """
    stack = np.empty(2 * NODE * len(levels) + 2, np.int64)
    items, count = np.empty(2 * (last - first) + 16, np.int64), 0
    counts, group = np.zeros(last - first, np.int64), np.empty(256, np.int64)
    place = np.empty(0 if len(order) == 0 else order.max() + 1, np.int64)
    for k in range(len(order)):
        place[order[k]] = k
    near, start, size = np.empty((256, 4)), first, 1
    while start < last:
        size = min(2 * size, _GROUP)
        west, south, east, north, together = _united(boxes, start, min(start + size, last))
        while not together:
            size //= 2
            west, south, east, north, together = _united(boxes, start, min(start + size, last))
        stop = min(start + size, last)
        group, found = _search(nodes, levels, order, west, south, east, north, group, 0, stack)
        _sort(group, found)
        if len(near) < found:
            near = np.empty((2 * found, 4))
        for g in range(found):
            near[g] = nodes[place[group[g]]]
        for k in range(start, stop):
            items = _with_room(items, count, found)
            before, west, south, east, north = count, boxes[k, 0], boxes[k, 1], boxes[k, 2], boxes[k, 3]
            for g in range(found):
                items[count] = group[g]  # and left there if it meets; NaN (None or empty) meets nothing
                count += _meets(near, g, west, south, east, north)
            counts[k - first] = count - before
        start = stop
    return np.repeat(np.arange(first, last), counts), items[:count]
