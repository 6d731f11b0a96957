"""How do the units of a report convert, exactly?"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files

from layers.errors import ReportError

MEASURED = frozenset(
    {"m2", "m", "m3", "kg", "yuan", "ratio", "percentage_point", "times", "kw", "kwh", "ton_per_day", "score", "degree"}
    | {"hour", "minute", "month", "year", "age", "kg/m2", "yuan/kg", "yuan/m2", "ug/m3"}
)
"""Bases whose amounts are rounded when printed; the other bases are counted, one by one."""

QUOTIENTS = {("m3", "m2"): "m", ("kg", "m2"): "kg/m2", ("yuan", "kg"): "yuan/kg", ("yuan", "m2"): "yuan/m2"}
"""(base of the amount, base it is divided by) -> base of the quotient."""


class UnitError(ReportError):
    """Two units do not measure the same thing."""

    code = "unit"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of data/codes/units.csv: one of it is `factor` of `base`."""

    code: str
    name_zh: str
    name_en: str
    base: str
    factor: Fraction

    @property
    def is_count(self) -> bool:
        """Whether amounts in the unit are whole numbers of things."""
        return self.base not in MEASURED

    def measures_same(self, other: Unit) -> bool:
        """Whether amounts in both can be compared; counts can, whatever word a report counts them by."""
        return self.base == other.base or (self.is_count and other.is_count)


def unit(code: str) -> Unit:
    """The unit called `code`; raises UnitError with the codes there are."""
    if code not in units():
        raise UnitError(
            f"没有计量单位“{code}”。", f"There is no unit {code!r}.", place="data/codes/units.csv",
            remedy_zh=f"可用单位：{'、'.join(units())}。", remedy_en=f"Units: {', '.join(units())}.",
        )  # fmt: skip
    return units()[code]


@cache
def units() -> dict[str, Unit]:
    """All units by their code."""
    with (files("data") / "codes" / "units.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {
            row["code"]: Unit(row["code"], row["name_zh"], row["name_en"], row["base"], Fraction(row["factor"]))
            for row in rows
        }


def converted(amount: Fraction | Decimal | int, source: str, target: str) -> Fraction:
    """`amount` of `source` in `target`, exactly; raises UnitError where they do not measure the same thing."""
    given, wanted = unit(source), unit(target)
    if not given.measures_same(wanted):
        raise UnitError(
            f"{given.name_zh}不能换算成{wanted.name_zh}。",
            f"{given.name_en} cannot be converted to {wanted.name_en}.",
            remedy_zh="请改用同类单位。",
            remedy_en="Use units of the same kind.",
        )
    return Fraction(amount) * given.factor / wanted.factor
