"""How are features written as GeoJSON (RFC 7946)?"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np
from numba.core import types

from gis.kernels import BYTES, FLAGS, INT, INTS, OUT_BYTES, REALS, XY, compiled
from gis.kernels.digits import most_digits, put_decimal
from gis.kernels.rings import signed_area

CELLS = types.Array(types.int64, 2, "C", readonly=True)
POINT, LINE, POLYGON = 1, 2, 3


def _text(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(text.encode(), np.uint8)


_FEATURE = _text('{"type":"Feature"')
_ID = _text(',"id":')
_GEOMETRY = _text(',"geometry":{"type":"')
_NO_GEOMETRY = _text(',"geometry":null,"properties":{')
_COORDINATES = _text('","coordinates":')
_PROPERTIES = _text('},"properties":{')
_MULTI, _POINT, _LINE, _POLYGON = _text("Multi"), _text("Point"), _text("LineString"), _text("Polygon")

_NULL = ord("n")

FRAME = 160
"""More bytes than all of these."""


@compiled()
def _put_text(out, p, text):
    for k in range(len(text)):
        out[p + k] = text[k]
    return p + len(text)


@compiled()
def _put_span(out, p, text, first, last):
    for k in range(last - first):
        out[p + k] = text[first + k]
    return p + last - first


@compiled()
def _put_kind(out, p, kind, multi):
    if multi:
        p = _put_text(out, p, _MULTI)
    if kind == POINT:
        return _put_text(out, p, _POINT)
    if kind == LINE:
        return _put_text(out, p, _LINE)
    return _put_text(out, p, _POLYGON)


@compiled((XY, REALS, INTS, INTS, INTS, INT, INT, INT))
def room(xy, z, rings, parts, features, precision, first, last):
    """No fewer bytes than the geometries of features first..last take; -1 if a coordinate is not finite."""
    r0, r1 = parts[features[first]], parts[features[last]]
    size, nothing = 3 * (features[last] - features[first]) + 3 * (r1 - r0) + 4 * (last - first), 0.0
    for i in range(rings[r0], rings[r1]):
        x, y = xy[i, 0], xy[i, 1]
        nothing += (x - x) + (y - y)
        size += 4 + most_digits(x, precision) + most_digits(y, precision)
    for i in range(rings[r0], rings[r1] if len(z) else rings[r0]):
        size += 1 + most_digits(z[i], precision)
    return size if nothing == 0 else -1


@compiled()
def _put_position(out, p, xy, z, i, precision, scale):
    out[p] = 91
    p = put_decimal(out, p + 1, xy[i, 0], precision, scale)
    out[p] = 44
    p = put_decimal(out, p + 1, xy[i, 1], precision, scale)
    if len(z) > 0 and np.isfinite(z[i]):
        out[p] = 44
        p = put_decimal(out, p + 1, z[i], precision, scale)
    out[p] = 93
    return p + 1


@compiled()
def _put_ring(out, p, xy, z, first, last, backwards, precision, scale):
    """Writes the vertices first..last, in brackets, in one order or the other; the next place."""
    out[p] = 91
    p += 1
    for k in range(last - first):
        p = _put_position(out, p, xy, z, last - 1 - k if backwards else first + k, precision, scale)
        out[p] = 44
        p += 1
    if last > first:
        p -= 1
    out[p] = 93
    return p + 1


@compiled()
def _put_part(out, p, kind, xy, z, rings, first, last, precision, scale):
    """Writes one point, line or polygon of rings first..last, the shell counter-clockwise, holes clockwise."""
    if kind == POINT:
        return _put_position(out, p, xy, z, rings[first], precision, scale)
    if kind == LINE:
        return _put_ring(out, p, xy, z, rings[first], rings[first + 1], False, precision, scale)
    out[p] = 91
    p += 1
    for ring in range(first, last):
        area = signed_area(xy, rings[ring], rings[ring + 1])
        backwards = area < 0 if ring == first else area > 0
        p = _put_ring(out, p, xy, z, rings[ring], rings[ring + 1], backwards, precision, scale)
        out[p] = 44
        p += 1
    out[p - 1] = 93
    return p


@compiled()
def _put_geometry(out, p, kind, many, xy, z, rings, parts, first, last, precision, scale):
    """Writes the coordinates of the parts first..last; the next place."""
    if many or first == last:
        out[p] = 91
        p += 1
    for part in range(first, last):
        p = _put_part(out, p, kind, xy, z, rings, parts[part], parts[part + 1], precision, scale)
        out[p] = 44
        p += 1
    if first == last:
        p += 1
    if many or first == last:
        out[p - 1] = 93
        return p
    return p - 1


@compiled()
def _put_cells(out, p, row, heads, head_ends, cells, cell_ends):
    """Writes the row's properties: the head of each column (comma, name, colon), then the value."""
    for column in range(len(cell_ends)):
        p = _put_span(out, p, heads, head_ends[column], head_ends[column + 1])
        p = _put_span(out, p, cells, cell_ends[column, row], cell_ends[column, row + 1])
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
    p, scale = 0, 10.0**precision
    for k in range(first, last):
        row = k - first
        p = _put_text(out, p, _FEATURE)
        if id_ends[row + 1] > id_ends[row] and ids[id_ends[row]] != _NULL:
            p = _put_text(out, p, _ID)
            p = _put_span(out, p, ids, id_ends[row], id_ends[row + 1])
        if present[k]:
            many = multi[k] or features[k + 1] - features[k] > 1
            p = _put_kind(out, _put_text(out, p, _GEOMETRY), kind, many)
            p = _put_text(out, p, _COORDINATES)
            p = _put_geometry(out, p, kind, many, xy, z, rings, parts, features[k], features[k + 1], precision, scale)
            p = _put_text(out, p, _PROPERTIES)
        else:
            p = _put_text(out, p, _NO_GEOMETRY)
        p = _put_cells(out, p, row, heads, head_ends, cells, cell_ends)
        out[p], out[p + 1], out[p + 2] = 125, 125, 44
        p += 3
    return p
