"""How are features written as a layer of a Mapbox Vector Tile (2.1)?

Protobuf by hand: a field is a tag byte (number * 8 + wire type) and a value; wire type 0 is a varint, 1 eight bytes,
2 a length and bytes. Numbers of fields are those of vector_tile.proto.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np
from numba import types

from gis.kernels import BYTES, FLAGS, INT, INTS, OUT_INTS, compiled

CODES = types.Array(types.int32, 2, "C", readonly=True)
POINT, LINE, POLYGON = 1, 2, 3
_7F, _80 = np.uint64(127), np.uint64(128)


@compiled()
def varint(out, p, value):
    """Writes an unsigned number at p; the next place."""
    v = np.uint64(value)
    while v >= _80:
        out[p] = np.uint8((v & _7F) | _80)
        v >>= np.uint64(7)
        p += 1
    out[p] = np.uint8(v)
    return p + 1


@compiled()
def varint_length(value):
    """How many bytes `varint` writes."""
    v, n = np.uint64(value), 1
    while v >= _80:
        v >>= np.uint64(7)
        n += 1
    return n


@compiled()
def _zigzag(out, p, value):
    return varint(out, p, (value << 1) ^ (value >> 63))


@compiled((BYTES, INTS))
def string_values(data, offsets):
    """Layer.values entries of UTF-8 texts, one after another, and their offsets."""
    ends = np.zeros(len(offsets), np.int64)
    for k in range(len(offsets) - 1):
        n = offsets[k + 1] - offsets[k]
        inner = 1 + varint_length(n) + n
        ends[k + 1] = ends[k] + 1 + varint_length(inner) + inner
    out = np.empty(ends[-1], np.uint8)
    for k in range(len(offsets) - 1):
        n, p = offsets[k + 1] - offsets[k], ends[k]
        out[p] = 0x22
        p = varint(out, p + 1, 1 + varint_length(n) + n)
        out[p] = 0x0A
        p = varint(out, p + 1, n)
        out[p : p + n] = data[offsets[k] : offsets[k + 1]]
    return out, ends


@compiled((INTS,))
def integer_values(numbers):
    """Layer.values entries of integers: uint_value, or sint_value below 0; and their offsets."""
    ends = np.zeros(len(numbers) + 1, np.int64)
    out, p = np.empty(len(numbers) * 13, np.uint8), 0
    for k in range(len(numbers)):
        v = numbers[k]
        coded = np.uint64(v) if v >= 0 else np.uint64((v << 1) ^ (v >> 63))
        out[p], out[p + 1], out[p + 2] = 0x22, 1 + varint_length(coded), 0x28 if v >= 0 else 0x30
        p = varint(out, p + 3, coded)
        ends[k + 1] = p
    return out[:p], ends


@compiled()
def _commands(out, p, kind, xy, ring_ends, part_ends, first, last):
    """Writes the geometry of the parts first..last; the next place."""
    x = y = np.int64(0)
    ring = part_ends[first - 1] if first > 0 else 0
    start = ring_ends[ring - 1] if ring > 0 else 0
    if kind == POINT:
        p = varint(out, p, ((last - first) << 3) | 1)
    for r in range(ring, part_ends[last - 1]):
        if kind != POINT:
            p = varint(out, p, 9)
        for i in range(start, ring_ends[r]):
            if kind != POINT and i == start + 1:
                p = varint(out, p, ((ring_ends[r] - start - 1) << 3) | 2)
            p = _zigzag(out, p, xy[i, 0] - x)
            p = _zigzag(out, p, xy[i, 1] - y)
            x, y = xy[i, 0], xy[i, 1]
        if kind == POLYGON:
            p = varint(out, p, 15)
        start = ring_ends[r]
    return p


@compiled()
def _tags(out, p, row, merged, overview, codes, shared, slots, used, values, count):
    """Writes key and value numbers of a feature, and the values that are new to `values`; place, how many values.

    A value is its number in the store of values; a `merged` number n is written to `values` as -1 - n.
    """
    for column in range(codes.shape[1]):
        code = codes[row, column]
        if code < 0 or (merged > 0 and column != overview):
            continue
        place = slots[code] if shared[column] else 0
        if place == 0:
            values[count] = code
            count += 1
            place = used + count
            if shared[column]:
                slots[code] = place
        p = varint(out, p, column)
        p = varint(out, p, place - 1)
    if merged > 0:
        values[count] = -1 - merged
        count += 1
        p = varint(out, p, codes.shape[1])
        p = varint(out, p, used + count - 1)
    return p, count


INTS_2D = types.Array(types.int64, 2, "C", readonly=True)


@compiled((INT, INTS_2D, INTS, INTS, INTS, INTS, INTS, INTS, FLAGS, INT, CODES, FLAGS, OUT_INTS, INT))
def features(kind, xy, ring_ends, part_ends, feature_ends, rows, merged, ids, with_id, overview, codes, shared, slots,
             used):  # fmt: skip
    """Layer.features of the geometries that have a part, and the numbers of the values they use, in order.

    rows      row of each feature in `ids`, `with_id` and `codes` (numbers of its values, -1 for none; one a column)
    merged    0, or how many features one stands for: then it has no id, the attribute `overview` (a column, -1 for
              none) and their number under the last key
    shared    whether a column's values repeat, so that `slots` (zeros at first, one a value) keeps their place
    used      how many values earlier features of the tile have used
    """
    columns, ring_count = codes.shape[1] + 1, part_ends[-1] if len(part_ends) > 0 else 0
    # the most that there can be; what is not written to costs nothing
    out, p = np.empty(len(rows) * (64 + 20 * columns) + 11 * (len(xy) + ring_count), np.uint8), 0
    tags, width, shape = np.empty(20 * columns, np.uint8), 0, np.empty(11 * (len(xy) + ring_count) + 16, np.uint8)
    values, count = np.empty(len(rows) * columns, np.int64), 0
    for k in range(len(rows)):
        first, last = feature_ends[k - 1] if k > 0 else 0, feature_ends[k]
        if first == last:
            continue
        width, count = _tags(tags, 0, rows[k], merged[k], overview, codes, shared, slots, used, values, count)
        size = _commands(shape, 0, kind, xy, ring_ends, part_ends, first, last)
        has_id = merged[k] == 0 and with_id[rows[k]]
        length = (1 + varint_length(ids[rows[k]])) if has_id else 0
        length += (1 + varint_length(width) + width) if width > 0 else 0
        length += 3 + varint_length(size) + size
        out[p] = 0x12
        p = varint(out, p + 1, length)
        if has_id:
            out[p] = 0x08
            p = varint(out, p + 1, ids[rows[k]])
        if width > 0:
            out[p] = 0x12
            p = varint(out, p + 1, width)
            for i in range(width):
                out[p + i] = tags[i]
            p += width
        out[p], out[p + 1], out[p + 2] = 0x18, kind, 0x22
        p = varint(out, p + 3, size)
        for i in range(size):
            out[p + i] = shape[i]
        p += size
    return out[:p], values[:count]


@compiled((OUT_INTS, BYTES, INTS))
def values(used, data, offsets):
    """Layer.values of the `used` numbers, as `features` returns them, from the store of values."""
    size = 0
    for number in used:
        size += offsets[number + 1] - offsets[number] if number >= 0 else 13
    out, p = np.empty(size, np.uint8), 0
    for number in used:
        if number >= 0:
            start, length = offsets[number], offsets[number + 1] - offsets[number]
            for i in range(length):
                out[p + i] = data[start + i]
            p += length
        else:
            out[p], out[p + 1], out[p + 2] = 0x22, 1 + varint_length(-1 - number), 0x28
            p = varint(out, p + 3, -1 - number)
    return out[:p]
