"""How is a number written in decimal digits, rounded right whatever its size?"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import INT, REAL, compiled
from gis.kernels.writing import leading_zeros, put_byte, put_word

LONGEST = 320
"""No double takes more bytes before the point, with the sign and what is written past the end."""

_WHOLE = 2.0**53
"""From here on doubles have no fraction."""

_TEN, _LIMB = np.uint64(10), np.uint64(1_000_000_000)
_HUNDRED_MILLION = np.uint64(100_000_000)
_SPLIT = 134217729.0
"""2**27 + 1, which parts a double in two halves (Dekker, Numerische Mathematik 1971)."""

_ZEROS = np.uint64(0x3030303030303030)
_SMALL = np.array([int.from_bytes(str(k).encode().ljust(3) + bytes([len(str(k))]), "little") for k in range(1000)])
"""The digits of 0 to 999, the first in the lowest byte, and in the fourth byte how many they are."""


@compiled()
def eight_digits(value):
    """The digits of a uint64 below 10**8, one a byte, the first in the lowest.

    Halved three times, all parts at once, each division a multiplication by the reciprocal that is exact for its range.
    """
    high = value // np.uint64(10_000)
    fours = high | ((value - high * np.uint64(10_000)) << np.uint64(32))
    high = ((fours * np.uint64(10_486)) >> np.uint64(20)) & np.uint64(0x0000007F0000007F)
    twos = high | ((fours - high * np.uint64(100)) << np.uint64(16))
    high = ((twos * np.uint64(103)) >> _TEN) & np.uint64(0x000F000F000F000F)
    return high | ((twos - high * _TEN) << np.uint64(8))


@compiled()
def put_whole(p, value):
    """Writes a uint64, and past its end what is written over; the place after it."""
    if value < np.uint64(1000):
        digits = np.uint64(_SMALL[value])
        put_word(p, digits)
        return p + np.int64(digits >> np.uint64(24))
    n, rest = 0, value
    while rest > np.uint64(0):
        rest //= _TEN
        n += 1
    return _put_padded(p, value, n)


@compiled()
def _put_padded(p, value, n):
    """Writes a uint64 with zeros in front, `n` digits in all; the place after it."""
    for k in range(p + n - 1, p - 1, -1):
        rest = value // _TEN
        put_byte(k, np.int64(np.uint64(48) + value - rest * _TEN))
        value = rest
    return p + n


@compiled()
def _put_share(p, share):
    """Writes share / 10**16 (a uint64, not 0) without zeros at the end: the digits after the point."""
    high = share // _HUNDRED_MILLION
    low = share - high * _HUNDRED_MILLION
    digits = eight_digits(high)
    put_word(p, digits | _ZEROS)
    if low > np.uint64(0):
        p += 8
        digits = eight_digits(low)
        put_word(p, digits | _ZEROS)
    return p + 8 - (leading_zeros(digits) >> 3)


@compiled()
def _put_huge(p, value):
    """Writes a double of 2**53 or more, every digit; the place after it."""
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
    p = put_whole(p, limbs[used - 1])
    for k in range(used - 2, -1, -1):
        p = _put_padded(p, limbs[k], 9)
    return p


@compiled()
def product_error(a, b, product):
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
        over += product_error(share, scale, product)
    return below + 1.0 if over >= 0 else below


@compiled((INT, REAL, REAL, INT))
def put_decimal(p, value, scale, fill):
    """Writes a finite `value`, rounded half up (away from 0) to the digits of `scale`; the place after it.

    `scale` is 10 to the power of the digits after the point, up to 15, and scale * `fill` is 10**16. There is no
    exponent, no zero at the end, no point without digits after it and no -0. Up to 8 bytes past the end are written.
    """
    size = abs(value)
    if size >= _WHOLE:
        put_byte(p, 45)
        return _put_huge(p + 1 if value < 0 else p, size)
    whole = np.floor(size)
    share = rounded_share(size - whole, scale)
    if share == scale:
        whole, share = whole + 1.0, 0.0
    put_byte(p, 45)
    if value < 0 and whole + share > 0:
        p += 1
    p = put_whole(p, np.uint64(np.int64(whole)))
    if share > 0:
        put_byte(p, 46)
        p = _put_share(p + 1, np.uint64(np.int64(share)) * np.uint64(fill))
    return p


@compiled()
def most_digits(value):
    """No fewer bytes than `put_decimal` takes for `value`, with what it writes past the end; NaN is of the largest."""
    if abs(value) < 1000.0:
        return 28
    return 44 if abs(value) < _WHOLE else LONGEST
