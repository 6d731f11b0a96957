"""How is a number written in decimal digits, rounded right whatever its size?"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INT, OUT_BYTES, REAL, compiled

LONGEST = 312
"""No double has more digits before the point, sign and slack included."""

_WHOLE = 2.0**53
"""From here on doubles have no fraction."""

_TEN = np.uint64(10)
_LIMB = np.uint64(1_000_000_000)
_SPLIT = 134217729.0
"""2**27 + 1, which parts a double in two halves (Dekker, Numerische Mathematik 1971)."""


@compiled()
def put_whole(out, p, value):
    """Writes a uint64; the next place."""
    n, rest = 1, value
    while rest >= _TEN:
        rest //= _TEN
        n += 1
    for k in range(p + n - 1, p - 1, -1):
        rest = value // _TEN
        out[k] = np.uint8(np.uint64(48) + value - rest * _TEN)
        value = rest
    return p + n


@compiled()
def _put_huge(out, p, value):
    """Writes a double of 2**53 or more, every digit; the next place."""
    bits = np.float64(value).view(np.uint64)
    shift = np.int64((bits >> np.uint64(52)) & np.uint64(0x7FF)) - 1075
    mantissa = (bits & np.uint64(0xFFFFFFFFFFFFF)) | np.uint64(0x10000000000000)
    limbs = np.zeros(36, np.uint64)  # 9 digits each, the lowest first
    limbs[0], limbs[1] = mantissa % _LIMB, mantissa // _LIMB
    used = 2
    while shift > 0:
        step = shift if shift < 30 else 30
        carry = np.uint64(0)
        for k in range(used):
            product = (limbs[k] << np.uint64(step)) + carry
            carry = product // _LIMB
            limbs[k] = product - carry * _LIMB
        if carry > np.uint64(0):
            limbs[used] = carry
            used += 1
        shift -= step
    while limbs[used - 1] == np.uint64(0):
        used -= 1
    p = put_whole(out, p, limbs[used - 1])
    for k in range(used - 2, -1, -1):
        p = _put_padded(out, p, limbs[k], 9)
    return p


@compiled()
def _put_padded(out, p, value, n):
    """Writes a uint64 with zeros in front, `n` digits in all; the next place."""
    for k in range(p + n - 1, p - 1, -1):
        rest = value // _TEN
        out[k] = np.uint8(np.uint64(48) + value - rest * _TEN)
        value = rest
    return p + n


@compiled()
def _product_error(a, b, product):
    """What a * b is more than `product`, its nearest double (Dekker 1971)."""
    c, d = _SPLIT * a, _SPLIT * b
    a1, b1 = c - (c - a), d - (d - b)
    a2, b2 = a - a1, b - b1
    return a2 * b2 - (((product - a1 * b1) - a2 * b1) - a1 * b2)


@compiled((REAL, REAL))
def rounded_share(share, scale):
    """`share` (0 or more, below 1) times `scale` (a power of 10 up to 10**15), rounded to the nearest, halves up.

    It is the exact product that is rounded, not its nearest double.
    """
    product = share * scale
    below = np.floor(product)
    over = product - below - 0.5
    if abs(over) <= product * 2.0**-52:
        over += _product_error(share, scale, product)
    return below + 1.0 if over >= 0 else below


@compiled((OUT_BYTES, INT, REAL, INT, REAL))
def put_decimal(out, p, value, precision, scale):
    """Writes a finite `value` rounded half up (away from 0) to `precision` digits; `scale` is 10**precision.

    No exponent, no zeros at the end, no point without digits after it, no -0. Returns the next place.
    """
    size = abs(value)
    if size >= _WHOLE:
        if value < 0:
            out[p] = 45
            p += 1
        return _put_huge(out, p, size)
    whole = np.floor(size)
    share = rounded_share(size - whole, scale)
    if share == scale:
        whole, share = whole + 1.0, 0.0
    if value < 0 and (whole > 0 or share > 0):
        out[p] = 45
        p += 1
    p = put_whole(out, p, np.uint64(whole))
    if share > 0:
        out[p] = 46
        p = _put_padded(out, p + 1, np.uint64(share), precision)
        while out[p - 1] == 48:
            p -= 1
    return p


@compiled()
def most_digits(value, precision):
    """No fewer bytes than `put_decimal` writes for `value`; not finite counts as the largest."""
    if abs(value) < 1000.0:
        return 5 + precision
    return (17 if abs(value) < _WHOLE else LONGEST) + 1 + precision
