"""Between which numbers does a printed figure lie?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from layers.report.figures import Figure
from layers.report.units import unit


class Interval(NamedTuple):
    """All numbers from `low` to `high`, both included, none of them negative but by subtraction; None is no bound."""

    low: Fraction
    high: Fraction | None

    def meets(self, other: Interval) -> bool:
        """Whether a number lies in both."""
        return not self.is_below(other) and not other.is_below(self)

    def is_below(self, other: Interval) -> bool:
        """Whether every number of this one is less than every number of the other."""
        return self.high is not None and self.high < other.low

    def widened(self, by: Fraction) -> Interval:
        """With `by` more on both sides."""
        return Interval(self.low - by, None if self.high is None else self.high + by)

    def plus(self, other: Interval) -> Interval:
        """What sums of two numbers, one of each, lie in."""
        bounded = self.high is not None and other.high is not None
        return Interval(self.low + other.low, (self.high or 0) + (other.high or Fraction()) if bounded else None)

    def over(self, other: Interval) -> Interval | None:
        """What quotients of two numbers lie in; None where the divisor may be 0 or is not above it."""
        if other.low <= 0:
            return None
        low = Fraction(0) if other.high is None else self.low / (other.high if self.low >= 0 else other.low)
        return Interval(low, None if self.high is None else self.high / other.low)

    def times(self, factor: Fraction) -> Interval:
        """All numbers multiplied by `factor`, which is positive."""
        return Interval(self.low * factor, None if self.high is None else self.high * factor)


def last_place(figure: Figure) -> Fraction:
    """One in the last digit printed, in the figure's unit: 0.01 for 10.72, 1 for 2500."""
    return Fraction(10) ** exponent(figure)


def decimals(figure: Figure) -> int:
    """How many digits are printed after the point."""
    return max(0, -exponent(figure))


def exponent(figure: Figure) -> int:
    """The power of ten of the last digit printed."""
    found = figure.number.as_tuple().exponent
    return found if isinstance(found, int) else 0


def step(figure: Figure) -> Fraction:
    """One in the last digit that is not 0, in the figure's unit: 100 for 2500, 10 for 1980; what 余 adds less than."""
    digits = "".join(map(str, figure.number.as_tuple().digits))
    zeros = len(digits) - len(digits.rstrip("0")) if exponent(figure) >= 0 and figure.number else 0
    return Fraction(10) ** (exponent(figure) + zeros)


def _rounded(figure: Figure) -> Interval:
    measure, value = unit(figure.unit), Fraction(figure.number)
    exact = measure.is_count and measure.factor == 1 and not decimals(figure)
    half = Fraction(0) if exact else last_place(figure) / 2
    return Interval(value - half, value + half)


BOUNDS: dict[str | None, Callable[[Figure], Interval]] = {
    None: _rounded,
    "余": lambda figure: Interval(Fraction(figure.number), Fraction(figure.number) + step(figure)),
    "近": lambda figure: Interval(Fraction(figure.number) - step(figure), Fraction(figure.number)),
    "超": lambda figure: Interval(Fraction(figure.number), None),
    "以上": lambda figure: Interval(Fraction(figure.number), None),
    "不足": lambda figure: Interval(Fraction(0), Fraction(figure.number)),
}
"""Qualifier -> what a figure with it may stand for."""


def printed_interval(figure: Figure) -> Interval:
    """What a figure may stand for, in its unit: its rounding, or what its qualifier leaves open; counts are exact."""
    return BOUNDS[figure.qualifier](figure)


def interval(figure: Figure) -> Interval:
    """What a figure may stand for, in the base of its unit; a decline is negative."""
    found = printed_interval(figure).times(unit(figure.unit).factor)
    if figure.change == "down" and found.high is not None:
        return Interval(-found.high, -found.low)
    return found


def rounded(value: Fraction, places: int) -> Decimal:
    """`value` as a decimal of so many digits after the point, halves away from zero (四舍五入)."""
    scaled = value * 10**places
    whole = Decimal(scaled.numerator) / Decimal(scaled.denominator)
    return whole.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-places)


def significant(value: Fraction, digits: int = 4) -> str:
    """`value` as text with so many digits from the first that is not 0, and no less than its whole part."""
    size = abs(value)
    places = digits - 1
    while size and size < 1:
        size, places = size * 10, places + 1
    while size >= 10 and places > 0:
        size, places = size / 10, places - 1
    return shown(value, places)


def shown(value: Fraction, places: int = 2) -> str:
    """`value` as text: at most so many digits after the point, no zeros at the end."""
    text = f"{rounded(value, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
