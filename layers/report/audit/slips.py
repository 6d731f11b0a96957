"""Which slip of a unit would explain that a number is so many times too large or too small?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from layers.definition import Text
from layers.report.figures import Figure
from layers.report.precision import Interval
from layers.report.units import unit


class Slip(NamedTuple):
    """A slip that makes a number `factor` times too large or too small, with amounts of `base` (None: of any)."""

    factor: Fraction
    base: str | None
    zh: str
    en: str


SLIPS = (
    Slip(Fraction(15), "m2", "亩与公顷混用", "mu for hectares"),
    Slip(Fraction(2000, 3), "m2", "亩与平方米混用", "mu for m²"),
    Slip(Fraction(2), "kg", "斤与公斤混用", "jin for kilograms"),
    Slip(Fraction(1000), "kg", "公斤与吨混用", "kilograms for tonnes"),
    Slip(Fraction(2000), "kg", "斤与吨混用", "jin for tonnes"),
    Slip(Fraction(10_000), None, "“万”多写或漏写", "万 (10,000) too many or too few"),
    Slip(Fraction(100_000_000), None, "“亿”多写或漏写", "亿 (100 million) too many or too few"),
    Slip(Fraction(10), None, "多写或漏写一位", "a digit too many or too few"),
)
"""What to look for, the likeliest first."""

NEAR = Fraction(5, 4)
"""How far a factor may be from that of a slip, since the numbers compared are seldom the same."""

NOTHING = Text(zh="", en="")


def slip_between(larger: Interval, smaller: Interval, *figures: Figure) -> Text:
    """What to look for where an amount is so much larger than another of its kind; empty for nothing known."""
    if smaller.low <= 0:
        return NOTHING
    factor = larger.low / smaller.low
    for known in _likely(figures):
        if known.factor > 2 and known.factor / NEAR <= factor <= known.factor * NEAR:
            return _told(known)
    return NOTHING


def slip_into(value: Interval, low: Fraction | None, high: Fraction | None, *figures: Figure) -> Text:
    """Which slip would bring a quotient of `figures` between `low` and `high`; empty for none."""
    for known in _likely(figures):
        for moved in (value.low / known.factor, value.low * known.factor):
            if (low is None or moved >= low) and (high is None or moved <= high):
                return _told(known)
    return NOTHING


def _likely(figures: tuple[Figure, ...]) -> Iterator[Slip]:
    bases = {unit(figure.unit).base for figure in figures}
    yield from (known for known in SLIPS if known.base is None or known.base in bases)


def _told(known: Slip) -> Text:
    return Text(zh=f"请查是否{known.zh}。", en=f" Look for {known.en}.")
