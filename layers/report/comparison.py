"""How do two years' reports differ, figure by figure?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from layers.report.figures import Figure, Report
from layers.report.units import converted, unit


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that both reports give: `difference` in the unit of the later one, `percent` of the earlier value.

    `difference` is None where the units do not measure the same, `percent` also where the earlier value is 0 and for
    percentages, whose difference is in percentage points. `same_span` is False where the periods do not cover the same
    months, so that sums over them cannot be compared as they stand.
    """

    before: Figure
    after: Figure
    difference: Fraction | None
    percent: Fraction | None
    same_span: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports side by side: figures in both (in the order of the later), only in the earlier, only in the later."""

    before: Report
    after: Report
    changes: tuple[Change, ...]
    missing: tuple[Figure, ...]
    new: tuple[Figure, ...]


def compare(before: Report, after: Report) -> Comparison:
    """The two reports matched by code. Figures that are counted and not printed are compared like the others."""
    both = [figure for figure in after.figures if figure.code in before.by_code]
    return Comparison(
        before,
        after,
        tuple(_change(before.by_code[figure.code], figure) for figure in both),
        tuple(figure for figure in before.figures if figure.code not in after.by_code),
        tuple(figure for figure in after.figures if figure.code not in before.by_code),
    )


def _change(before: Figure, after: Figure) -> Change:
    same_span = span(before.period) == span(after.period)
    if not unit(before.unit).measures_same(unit(after.unit)):
        return Change(before, after, None, None, same_span)
    earlier = converted(before.number, before.unit, after.unit)
    difference = Fraction(after.number) - earlier
    relative = unit(after.unit).base != "ratio" and earlier != 0
    return Change(before, after, difference, difference / earlier * 100 if relative else None, same_span)


def span(period: str) -> tuple[str, str]:
    """The first and last month (01 to 12) that a period of a report file covers, whatever its year."""
    first, _, last = period.partition("/")
    return first[5:7] or "01", (last or first)[5:7] or "12"
