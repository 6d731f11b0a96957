"""How are features written as a layer of a Mapbox Vector Tile (2.1)?

Protobuf by hand: a field is a tag byte (number * 8 + wire type) and a value; wire type 0 is a varint, 1 eight bytes,
2 a length and bytes. Numbers of fields are those of vector_tile.proto.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np
from numba import types

from gis.kernels import BYTES, FLAGS, INT, INTS, OUT_INTS, compiled
from gis.kernels.writing import address, int_at, moved_on, put_byte, put_copy

CODES = types.Array(types.int32, 2, "C", readonly=True)
POINT, LINE, POLYGON = 1, 2, 3
_7F, _80 = np.uint64(127), np.uint64(128)


@compiled()
def _varint(p, value):
    """Writes an unsigned number at the address p; the next."""
    v = np.uint64(value)
    while v >= _80:
        p += put_byte(p, np.int64((v & _7F) | _80))
        v >>= np.uint64(7)
    return p + put_byte(p, np.int64(v))


@compiled()
def _varint_length(value):
    """How many bytes `_varint` writes."""
    v, n = np.uint64(value), 1
    while v >= _80:
        v >>= np.uint64(7)
        n += 1
    return n


@compiled()
def _zigzag(p, value):
    return _varint(p, (value << 1) ^ (value >> 63))


@compiled()
def _closed(start, p):
    """Writes the length of what stands from the address after `start` to p, and moves that on if need be; the next."""
    length = p - start - 1
    if length >= 128:
        p = moved_on(start + 1, length, _varint_length(length) - 1)
    _varint(start, length)
    return p


@compiled((BYTES, INTS))
def string_values(data, offsets):
    """Layer.values entries of UTF-8 texts, one after another, and their offsets."""
    ends = np.zeros(len(offsets), np.int64)
    for k in range(len(offsets) - 1):
        n = offsets[k + 1] - offsets[k]
        inner = 1 + _varint_length(n) + n
        ends[k + 1] = ends[k] + 1 + _varint_length(inner) + inner
    out = np.empty(ends[-1], np.uint8)
    p, source = address(out), address(data)
    for k in range(len(offsets) - 1):
        n = offsets[k + 1] - offsets[k]
        p += put_byte(p, 0x22)
        p = _varint(p, 1 + _varint_length(n) + n)
        p += put_byte(p, 0x0A)
        p = put_copy(_varint(p, n), source + offsets[k], n)
    return out, ends


@compiled((INTS,))
def integer_values(numbers):
    """Layer.values entries of integers: uint_value, or sint_value below 0; and their offsets."""
    ends = np.zeros(len(numbers) + 1, np.int64)
    out = np.empty(len(numbers) * 13, np.uint8)
    start = p = address(out)
    for k in range(len(numbers)):
        v = numbers[k]
        coded = np.uint64(v) if v >= 0 else np.uint64((v << 1) ^ (v >> 63))
        p += put_byte(p, 0x22)
        p += put_byte(p, 1 + _varint_length(coded))
        p += put_byte(p, 0x28 if v >= 0 else 0x30)
        p = _varint(p, coded)
        ends[k + 1] = p - start
    return out[: ends[-1]], ends


@compiled((CODES, BYTES, INTS))
def rows_of_values(codes, data, offsets):
    """The entries of each row one after another, and the offsets of rows: entry k of `data` spans its offsets."""
    ends = np.zeros(len(codes) + 1, np.int64)
    for row in range(len(codes)):
        ends[row + 1] = ends[row]
        for code in codes[row]:
            ends[row + 1] += offsets[code + 1] - offsets[code] if code >= 0 else 0
    out = np.empty(ends[-1], np.uint8)
    p, source = address(out), address(data)
    for row in range(len(codes)):
        for code in codes[row]:
            if code >= 0:
                p = put_copy(p, source + offsets[code], offsets[code + 1] - offsets[code])
    return out, ends


@compiled()
def _commands(p, kind, xy, ring_ends, part_ends, first, last):
    """Writes the geometry of the parts first..last; the next address. `xy` is the address of the vertices."""
    x = y = np.int64(0)
    ring = part_ends[first - 1] if first > 0 else 0
    start = ring_ends[ring - 1] if ring > 0 else 0
    if kind == POINT:
        p = _varint(p, ((last - first) << 3) | 1)
    for r in range(ring, part_ends[last - 1]):
        if kind != POINT:
            p = _varint(p, 9)
        for i in range(start, ring_ends[r]):
            if kind != POINT and i == start + 1:
                p = _varint(p, ((ring_ends[r] - start - 1) << 3) | 2)
            column, row = int_at(xy + 16 * i), int_at(xy + 16 * i + 8)
            p = _zigzag(p, column - x)
            p = _zigzag(p, row - y)
            x, y = column, row
        if kind == POLYGON:
            p = _varint(p, 15)
        start = ring_ends[r]
    return p


@compiled()
def _own_tags(p, row, codes, shared, placed):
    """Writes key and value numbers of the columns whose values stand in the tile row by row; address, how many."""
    before = placed
    for column in range(len(shared)):
        if not shared[column] and codes[row, column] >= 0:
            p = _varint(_varint(p, column), placed)
            placed += 1
    return p, placed - before


@compiled()
def _shared_tags(p, row, only, codes, shared, slots, placed, values, count):
    """As `_own_tags` for columns whose values stand in the tile once (`only` that one, if it is 0 or more).

    Values that are new go to `values` from `count` on.
    """
    before = placed
    for column in range(len(shared)):
        code = codes[row, column]
        if not shared[column] or code < 0 or (only >= -1 and column != only):
            continue
        if slots[code] == 0:
            placed += 1
            slots[code] = placed
            values[count + placed - before - 1] = code
        p = _varint(_varint(p, column), slots[code] - 1)
    return p, placed - before


INTS_2D = types.Array(types.int64, 2, "C", readonly=True)


@compiled((INT, INTS_2D, INTS, INTS, INTS, INTS, INTS, INTS, FLAGS, INT, CODES, FLAGS, INT, OUT_INTS, INT))
def features(kind, xy, ring_ends, part_ends, feature_ends, rows, merged, ids, with_id, overview, codes, shared,
             repeated, slots, placed):  # fmt: skip
    """Layer.features of the geometries that have a part; the entries they use; how many values those are.

    rows      row of each feature in `ids`, `with_id` and `codes` (numbers of its values, -1 for none; one a column)
    merged    0, or how many features one stands for: then it has no id, the attribute `overview` (a column, -1 for
              none) and their number under the last key
    shared    whether a column's values repeat, so that `slots` (zeros at first, one a value) keeps their place
    repeated  number of values that repeat: entry `repeated` + row holds all others of a row; entry -1 - n is number n
    placed    how many values earlier features of the tile have used
    """
    ring_count = part_ends[-1] if len(part_ends) > 0 else 0
    # the most that there can be; what is not written to costs nothing
    out = np.empty(len(rows) * (64 + 20 * (len(shared) + 1)) + 11 * (len(xy) + ring_count), np.uint8)
    values, count, before = np.empty(len(rows) * (len(shared) + 2), np.int64), 0, placed
    begin = p = address(out)
    for k in range(len(rows)):
        first, last, row = feature_ends[k - 1] if k > 0 else 0, feature_ends[k], rows[k]
        if first == last:
            continue
        p += put_byte(p, 0x12)
        start, p = p, p + 1
        if merged[k] == 0 and with_id[row]:
            p = _varint(p + put_byte(p, 0x08), ids[row])
        tags = p + put_byte(p, 0x12)
        p, only = tags + 1, -2
        if merged[k] > 0:
            p, values[count], only = _varint(_varint(p, len(shared)), placed), -1 - merged[k], overview
            count, placed = count + 1, placed + 1
        else:
            p, own = _own_tags(p, row, codes, shared, placed)
            values[count] = repeated + row
            count, placed = count + (own > 0), placed + own
        p, more = _shared_tags(p, row, only, codes, shared, slots, placed, values, count)
        count, placed = count + more, placed + more
        p = _closed(tags, p) if p > tags + 1 else tags - 1
        p += put_byte(p, 0x18)
        p += put_byte(p, kind)
        shape = p + put_byte(p, 0x22)
        p = _closed(shape, _commands(shape + 1, kind, address(xy), ring_ends, part_ends, first, last))
        p = _closed(start, p)
    return out[: p - begin], values[:count], placed - before


@compiled((OUT_INTS, BYTES, INTS))
def values(used, data, offsets):
    """Layer.values of the `used` numbers, as `features` returns them, from the store of entries."""
    size = 0
    for number in used:
        size += offsets[number + 1] - offsets[number] if number >= 0 else 13
    out = np.empty(size, np.uint8)
    begin = p = address(out)
    source = address(data)
    for number in used:
        if number >= 0:
            p = put_copy(p, source + offsets[number], offsets[number + 1] - offsets[number])
        else:
            p += put_byte(p, 0x22)
            p += put_byte(p, 1 + _varint_length(-1 - number))
            p = _varint(p + put_byte(p, 0x28), -1 - number)
    return out[: p - begin]
