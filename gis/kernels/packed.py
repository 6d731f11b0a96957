"""How are features kept as integers written as GeoJSON (RFC 7946)?

Coordinates are whole numbers of 1e-7 degrees; `gis.packed` says how the rest is laid out. `p` is the address of the
next byte to write, in functions that begin with `_put` `xy` that of the coordinates: see `gis.kernels.writing`.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic

from gis.kernels import BYTES, FLAGS, INT, INTS, OUT_BYTES, OUT_FLAGS, REAL, XY, compiled
from gis.kernels.digits import eight_digits, put_whole, rounded_share
from gis.kernels.geojson import LINE, POLYGON, put_kind
from gis.kernels.winding import turn
from gis.kernels.writing import address, leading_zeros, put_byte, put_copy, put_text, put_word

SMALL = types.Array(types.int32, 2, "C", readonly=True)
OUT_SMALL = types.Array(types.int32, 2, "C")

PRECISION = 7
SCALE = 10_000_000
LARGEST = 2**31 - 1

FRAME = 190
"""More bytes than a feature takes for its braces, member names, type and id."""

VERTEX = 40
"""More bytes than a position takes, with what is written past its end."""

_COMMA, _OPEN, _CLOSE, _MINUS, _POINT = 44, 91, 93, 45, 46
_ZEROS = np.uint64(0x3030303030303030)
_TEN, _SCALE = np.uint64(10), np.uint64(SCALE)


def _degrees_at(typing_context: Any, place: Any) -> Any:
    """The int32 at an address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        loaded = builder.load(builder.inttoptr(arguments[0], ir.IntType(32).as_pointer()))
        return builder.sext(loaded, ir.IntType(64))

    return types.int64(types.int64), generate


degrees_at: Any = intrinsic(_degrees_at)


@compiled()
def _whole(value):
    """`value` degrees in 1e-7 degrees, the exact product rounded half up as `put_decimal` rounds it."""
    size = abs(value)
    degrees = np.floor(size)
    units = np.int64(degrees) * SCALE + np.int64(rounded_share(size - degrees, 1e7))
    return -units if value < 0 else units


@compiled((INT, XY, INTS, INTS, OUT_SMALL))
def pack(kind, xy, rings, parts, out):
    """Fills `out` with `xy` in 1e-7 degrees, shells counter-clockwise and holes clockwise; whether all of it fits."""
    at = address(xy)
    for part in range(len(parts) - 1):
        for ring in range(parts[part], parts[part + 1]):
            first, last = rings[ring], rings[ring + 1]
            wanted = 1.0 if ring == parts[part] else -1.0
            backwards = kind == POLYGON and turn(at, first, last, 1e7) == -wanted
            for k in range(last - first):
                i = last - 1 - k if backwards else first + k
                x, y = xy[i, 0], xy[i, 1]
                if not (abs(x) < 214.0 and abs(y) < 214.0):
                    return False
                out[first + k, 0], out[first + k, 1] = _whole(x), _whole(y)
    return True


@compiled((SMALL, INTS, INTS, REAL, REAL, REAL, REAL, OUT_FLAGS))
def reaching(xy, vertices, rows, west, south, east, north, out):
    """Whether a vertex of each of `rows` lies in the window, in 1e-7 degrees; a feature spans vertices[row]..."""
    for k in range(len(rows)):
        out[k] = False
        for i in range(vertices[rows[k]], vertices[rows[k] + 1]):
            if west <= xy[i, 0] <= east and south <= xy[i, 1] <= north:
                out[k] = True
                break


@compiled()
def _put_degrees(p, value):
    """Writes a number of 1e-7 degrees without zeros at the end; up to 8 bytes more; the place after it."""
    put_byte(p, _MINUS)
    p += 1 if value < 0 else 0
    size = np.uint64(abs(np.int64(value)))
    whole = size // _SCALE
    share = (size - whole * _SCALE) * _TEN
    p = put_whole(p, whole)
    if share > np.uint64(0):
        put_byte(p, _POINT)
        digits = eight_digits(share)
        put_word(p + 1, digits | _ZEROS)
        p += 9 - (leading_zeros(digits) >> 3)
    return p


@compiled()
def _put_position(p, xy, i):
    put_byte(p, _OPEN)
    p = _put_degrees(p + 1, degrees_at(xy + 8 * i))
    put_byte(p, _COMMA)
    p = _put_degrees(p + 1, degrees_at(xy + 8 * i + 4))
    put_byte(p, _CLOSE)
    return p + 1


@compiled()
def _put_ring(p, xy, first, last):
    put_byte(p, _OPEN)
    for i in range(first, last):
        p = _put_position(p + 1, xy, i)
        put_byte(p, _COMMA)
    put_byte(p, _CLOSE)
    return p + 1


@compiled()
def _put_polygon(p, xy, rings, first, last):
    put_byte(p, _OPEN)
    for ring in range(first, last):
        p = _put_ring(p + 1, xy, rings[ring], rings[ring + 1])
        put_byte(p, _COMMA)
    put_byte(p, _CLOSE)
    return p + 1


@compiled()
def _put_geometry(p, kind, many, xy, rings, parts, first, last):
    """Writes the coordinates of the parts first..last; the next place."""
    put_byte(p, _OPEN)
    p += 1 if many or first == last else 0
    for part in range(first, last):
        ring = parts[part]
        if kind == POLYGON:
            p = _put_polygon(p, xy, rings, ring, parts[part + 1])
        elif kind == LINE:
            p = _put_ring(p, xy, rings[ring], rings[ring + 1])
        else:
            p = _put_position(p, xy, rings[ring])
        put_byte(p, _COMMA)
        p += 1
    p -= 1 if last > first else 0
    put_byte(p, _CLOSE)
    return p + 1 if many or first == last else p


@compiled((SMALL, INTS, INTS, INTS, INTS))
def room(codes, starts, ends, vertices, rows):
    """No fewer bytes than the features `rows` take, without what stands before their properties."""
    size = 0
    for k in range(len(rows)):
        row = rows[k]
        size += FRAME + VERTEX * (vertices[row + 1] - vertices[row] + 1)
        for column in range(len(codes)):
            cell = starts[column] + codes[column, row]
            size += ends[cell + 1] - ends[cell]
    return size


_GEOMETRIES = (INT, SMALL, INTS, INTS, INTS, FLAGS, FLAGS)
_CELLS = (SMALL, INTS, INTS, BYTES)


@compiled((*_GEOMETRIES, INTS, BYTES, INTS, *_CELLS, INTS, OUT_BYTES))
def write(
    kind, xy, rings, parts, features, present, multi, ids, heads, head_ends, codes, starts, ends, cells, rows, out
):
    """Writes the features `rows`, a comma after each; the bytes written.

    The value of column c in row r is text number k = starts[c] + codes[c, r], which spans cells[ends[k]:ends[k + 1]].
    """
    p, at_xy, at_heads, at_cells = address(out), address(xy), address(heads), address(cells)
    for k in range(len(rows)):
        row = rows[k]
        p = put_text(p, '{"type":"Feature","id":')
        number = ids[row]
        put_byte(p, _MINUS)
        p = put_whole(p + 1 if number < 0 else p, np.uint64(abs(number)))
        if present[row]:
            start, stop = features[row], features[row + 1]
            many = multi[row] or stop - start > 1
            p = put_text(put_kind(put_text(p, ',"geometry":{"type":'), kind, many), ',"coordinates":')
            p = _put_geometry(p, kind, many, at_xy, rings, parts, start, stop)
            p = put_text(p, '},"properties":{')
        else:
            p = put_text(p, ',"geometry":null,"properties":{')
        for column in range(len(codes)):
            p = put_copy(p, at_heads + head_ends[column], head_ends[column + 1] - head_ends[column])
            cell = starts[column] + codes[column, row]
            p = put_copy(p, at_cells + ends[cell], ends[cell + 1] - ends[cell])
        p = put_text(p, "}},")
    return p - address(out)
