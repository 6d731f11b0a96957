"""What does a sum come to, on any engine?

Numbers are doubles; one of 1e150 or more, a division by 0 and a root of a negative number give no value, and what is
nearer to 0 than 1e-146 is 0, so that no step can overflow or underflow: databases answer that with errors, infinities
or nothing. The stores do the same steps in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal

LARGEST = 1e150
SPECK = 1e-130
"""Added and taken away again: rounds numbers below 1e-114 to multiples of 1e-146 and leaves all others as they are."""

EXPONENT_LIMIT = 345.0
"""e**345 is just below LARGEST."""

DIGITS = 15
"""Significant decimal digits that remainders are computed with, so that 0.3 % 0.1 is 0."""

_EXACT = Context(prec=700)


def held(number: float | None) -> float | None:
    """`number` within the limits; None beyond them."""
    if number is None or not abs(number) < LARGEST:
        return None
    return (float(number) + SPECK) - SPECK


def remainder(a: float | None, b: float | None) -> float | None:
    """a - b * trunc(a / b) of the decimals nearest to `a` and `b`; it has the sign of `a`."""
    if a is None or b is None or b == 0:
        return None
    return float(_EXACT.remainder(Decimal(f"{a:.{DIGITS}g}"), Decimal(f"{b:.{DIGITS}g}")))


def power(a: float | None, b: float | None) -> float | None:
    """`a` to the power of `b`."""
    if a is None or b is None:
        return None
    if a == 0:
        return None if b < 0 else float(b == 0)
    if a < 0 and b != math.trunc(b):
        return None
    size = b * math.log(abs(a))
    if size > EXPONENT_LIMIT:
        return None
    return 0.0 if size < -EXPONENT_LIMIT else math.pow(a, b)


def quotient(a: float, b: float) -> float | None:
    """a / b."""
    return a / b if b else None


def whole_quotient(a: float, b: float) -> float | None:
    """a / b without its fraction."""
    return float(math.trunc(a / b)) if b else None


ARITHMETIC: dict[str, Callable[[float, float], float | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": quotient,
    "div": whole_quotient,
    "%": remainder,
    "^": power,
}
"""Operator -> its result for two held numbers."""


def computed(operator: str, left: float | None, right: float | None) -> float | None:
    """What `left operator right` comes to; None for no value."""
    a, b = held(left), held(right)
    return None if a is None or b is None else ARITHMETIC[operator](a, b)
