"""How are features written as GeoJSON (RFC 7946)?

`p` is the address of the next byte to write, `xy` and `z` those of the coordinates: see `gis.kernels.writing`.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np
from numba.core import types

from gis.kernels import BYTES, FLAGS, INT, INTS, OUT_BYTES, REALS, XY, compiled
from gis.kernels.digits import most_digits, put_decimal
from gis.kernels.winding import turn
from gis.kernels.writing import address, put_byte, put_copy, put_text, real_at

CELLS = types.Array(types.int64, 2, "C", readonly=True)
POINT, LINE, POLYGON = 1, 2, 3

FRAME = 160
"""More bytes than a feature takes for its braces, member names and type."""

_COMMA, _OPEN, _CLOSE, _N = 44, 91, 93, 110


@compiled()
def put_kind(p, kind, many):
    if kind == POINT:
        return put_text(p, '"MultiPoint"') if many else put_text(p, '"Point"')
    if kind == LINE:
        return put_text(p, '"MultiLineString"') if many else put_text(p, '"LineString"')
    return put_text(p, '"MultiPolygon"') if many else put_text(p, '"Polygon"')


@compiled((XY, REALS, INTS, INTS, INTS, INT, INT))
def room(xy, z, rings, parts, features, first, last):
    """No fewer bytes than the geometries of features first..last take; -1 if a coordinate is not finite."""
    r0, r1 = parts[features[first]], parts[features[last]]
    size, nothing = 3 * (features[last] - features[first]) + 3 * (r1 - r0) + 4 * (last - first), 0.0
    for i in range(rings[r0], rings[r1]):
        x, y = xy[i, 0], xy[i, 1]
        nothing += (x - x) + (y - y)
        size += 4 + most_digits(x) + most_digits(y)
    for i in range(rings[r0], rings[r1] if len(z) else rings[r0]):
        size += 1 + most_digits(z[i])
    return size if nothing == 0 else -1


@compiled()
def _put_position(p, xy, z, i, scale, fill):
    put_byte(p, _OPEN)
    p = put_decimal(p + 1, real_at(xy + 16 * i), scale, fill)
    put_byte(p, _COMMA)
    p = put_decimal(p + 1, real_at(xy + 16 * i + 8), scale, fill)
    if z != 0 and np.isfinite(real_at(z + 8 * i)):
        put_byte(p, _COMMA)
        p = put_decimal(p + 1, real_at(z + 8 * i), scale, fill)
    put_byte(p, _CLOSE)
    return p + 1


@compiled()
def _put_ring(p, xy, z, first, last, backwards, scale, fill):
    """Writes the vertices first..last, in brackets, in one order or the other."""
    put_byte(p, _OPEN)
    step = -1 if backwards else 1
    i = last - 1 if backwards else first
    for _ in range(last - first):
        p = _put_position(p + 1, xy, z, i, scale, fill)
        put_byte(p, _COMMA)
        i += step
    put_byte(p, _CLOSE)
    return p + 1


@compiled()
def _put_polygon(p, xy, z, rings, first, last, scale, fill):
    """Writes the polygon of rings first..last, the shell counter-clockwise, holes clockwise."""
    put_byte(p, _OPEN)
    for ring in range(first, last):
        wanted = 1.0 if ring == first else -1.0
        backwards = turn(xy, rings[ring], rings[ring + 1], scale) == -wanted
        p = _put_ring(p + 1, xy, z, rings[ring], rings[ring + 1], backwards, scale, fill)
        put_byte(p, _COMMA)
    put_byte(p, _CLOSE)
    return p + 1


@compiled()
def _put_geometry(p, kind, many, xy, z, rings, parts, first, last, scale, fill):
    """Writes the coordinates of the parts first..last; the next place."""
    put_byte(p, _OPEN)
    p += 1 if many or first == last else 0
    for part in range(first, last):
        ring = parts[part]
        if kind == POLYGON:
            p = _put_polygon(p, xy, z, rings, ring, parts[part + 1], scale, fill)
        elif kind == LINE:
            p = _put_ring(p, xy, z, rings[ring], rings[ring + 1], False, scale, fill)
        else:
            p = _put_position(p, xy, z, rings[ring], scale, fill)
        put_byte(p, _COMMA)
        p += 1
    p -= 1 if last > first else 0
    put_byte(p, _CLOSE)
    return p + 1 if many or first == last else p


@compiled()
def _put_cells(p, row, heads, head_ends, cells, cell_ends):
    """Writes the row's properties: the head of each column (comma, name, colon), then the value."""
    for column in range(len(cell_ends)):
        p = put_copy(p, heads + head_ends[column], head_ends[column + 1] - head_ends[column])
        p = put_copy(p, cells + cell_ends[column, row], cell_ends[column, row + 1] - cell_ends[column, row])
    return p


_GEOMETRIES = (INT, XY, REALS, INTS, INTS, INTS, FLAGS, FLAGS)


@compiled((*_GEOMETRIES, BYTES, INTS, BYTES, INTS, BYTES, CELLS, INT, INT, INT, OUT_BYTES))
def write(
    kind, xy, z, rings, parts, features, present, multi,
    ids, id_ends, heads, head_ends, cells, cell_ends, precision, first, last, out,
):  # fmt: skip
    """Writes the features first..last, a comma after each; the bytes written.

    `z` is empty to leave it out; an id that is empty or null is left out. The value of column c in row r spans
    cells[cell_ends[c, r] : cell_ends[c, r + 1]]; rows of ids and cells count from `first`.
    """
    p, scale, fill = address(out), 10.0**precision, 10 ** (16 - precision)
    at_xy, at_z = address(xy), address(z) if len(z) > 0 else 0
    at_ids, at_heads, at_cells = address(ids), address(heads), address(cells)
    for k in range(first, last):
        row = k - first
        p = put_text(p, '{"type":"Feature"')
        size = id_ends[row + 1] - id_ends[row]
        if size > 0 and ids[id_ends[row]] != _N:
            p = put_copy(put_text(p, ',"id":'), at_ids + id_ends[row], size)
        if present[k]:
            start, stop = features[k], features[k + 1]
            many = multi[k] or stop - start > 1
            p = put_text(put_kind(put_text(p, ',"geometry":{"type":'), kind, many), ',"coordinates":')
            p = _put_geometry(p, kind, many, at_xy, at_z, rings, parts, start, stop, scale, fill)
            p = put_text(p, '},"properties":{')
        else:
            p = put_text(p, ',"geometry":null,"properties":{')
        p = _put_cells(p, row, at_heads, head_ends, at_cells, cell_ends)
        p = put_text(p, "}},")
    return p - address(out)
