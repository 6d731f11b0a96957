"""Which way round does a ring run once its coordinates are rounded?

`xy` is the address of the coordinates, see `gis.kernels.writing`; a ring is closed.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INT, REAL, compiled
from gis.kernels.digits import product_error, rounded_share
from gis.kernels.writing import real_at

_EXACT = 2.0**52
_ROUNDING = 2.0**-50
_TOO_LARGE, _SMALLER = 1e140, 2.0**-600


@compiled((INT, INT, INT, REAL))
def turn(xy, first, last, scale):
    """1.0 if the ring of vertices first..last runs counter-clockwise (y up), -1.0 if clockwise, 0.0 if neither.

    It is the sign of the area that counts, of the ring rounded to 1 / `scale`; of the ring as it is where its doubles
    are coarser than that, as they are read back. The area as it is decides where rounding and floating point cannot
    change its sign: a vertex moves by 0.5 / scale at most in x and in y, which changes twice the area by at most the
    outline's length (in x plus in y) / scale, and a little.
    """
    x0, y0 = real_at(xy + 16 * first), real_at(xy + 16 * first + 8)
    area, length, x, y = 0.0, 0.0, 0.0, 0.0
    for i in range(first + 1, last):
        next_x, next_y = real_at(xy + 16 * i) - x0, real_at(xy + 16 * i + 8) - y0
        area += x * next_y - next_x * y
        length += abs(next_x - x) + abs(next_y - y)
        x, y = next_x, next_y
    n = last - first
    if abs(area) > (length + n / scale) / scale + n * length * length * _ROUNDING:
        return 1.0 if area > 0 else -1.0
    return _rounded_turn(xy, first, last, scale)


@compiled()
def _rounded_turn(xy, first, last, scale):
    """The same with every product and sum in twice the digits of a double (Ogita, Rump and Oishi, SISC 2005, Dot2)."""
    largest = 0.0
    for k in range(2 * first, 2 * last):
        largest = max(largest, abs(real_at(xy + 8 * k)))
    x0, y0 = _on_grid(xy + 16 * first, scale, largest), _on_grid(xy + 16 * first + 8, scale, largest)
    x, y, total, rest = 0.0, 0.0, 0.0, 0.0
    for i in range(first + 1, last):
        next_x = _on_grid(xy + 16 * i, scale, largest) - x0
        next_y = _on_grid(xy + 16 * i + 8, scale, largest) - y0
        total, rest = _added(total, rest, x, next_y)
        total, rest = _added(total, rest, -next_x, y)
        x, y = next_x, next_y
    return np.sign(total + rest)


@compiled()
def _on_grid(place, scale, largest):
    """The coordinate in units of 1 / scale, a whole number, where a double holds it; else as it is, or smaller."""
    value = real_at(place)
    if largest * scale < _EXACT:
        size = abs(value)
        whole = np.floor(size)
        units = whole * scale + rounded_share(size - whole, scale)
        return units if value > 0 else -units
    return value * _SMALLER if largest > _TOO_LARGE else value


@compiled()
def _added(total, rest, a, b):
    """total + a * b, and what has been rounded off so far."""
    product = a * b
    new = total + product
    part = new - total
    return new, rest + product_error(a, b, product) + ((total - (new - part)) + (product - part))
