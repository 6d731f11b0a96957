"""Do growth rates follow from the values of two years, and from which base?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from layers.report.audit.finding import PRINTED, Case, Finding, Severity, written
from layers.report.audit.years import value_before
from layers.report.figures import Figure
from layers.report.precision import Interval, decimals, interval, last_place, shown
from layers.report.units import unit


def growth_of_values(case: Case) -> Iterator[Finding]:
    """Growths that are not those of the two years' values; growth at constant prices need not be."""
    for growth in case.report.figures:
        if growth.growth_of is None or growth.unit != "percent" or growth.prices == "constant":
            continue
        figure = case.figure(growth.growth_of)
        if growth.period != figure.period:  # 1-10月增长 beside a value of the year
            continue
        for earlier in value_before(case, figure):
            ratio = interval(figure).over(interval(earlier))
            if ratio is None:
                continue
            found = Interval(ratio.low - 1, None if ratio.high is None else ratio.high - 1)
            if not found.meets(interval(growth)):
                yield _growth_finding(case, growth, figure, earlier, found)


def _growth_finding(case: Case, growth: Figure, figure: Figure, earlier: Figure, found: Interval) -> Finding:
    severity, zh, en = _grade(case, growth, figure, found)
    exact = Fraction(figure.number) * unit(figure.unit).factor / (
        Fraction(earlier.number) * unit(earlier.unit).factor
    ) - 1  # fmt: skip
    value, sign = shown(exact * 100, decimals(growth) + 1), "−" if growth.change == "down" else ""
    return Finding(
        "growth_of_values", severity, (growth.code, figure.code),
        written("{} / {} − 1 = {} %{} {}{}", figure, earlier, value, PRINTED, sign, growth),
        f"“{growth.name_zh}”与两年的数值不符：{zh}",
        f"“{growth.name_en}” does not follow from the values of two years: {en}",
    )  # fmt: skip


def _grade(case: Case, growth: Figure, figure: Figure, found: Interval) -> tuple[Severity, str, str]:
    stated, points = interval(growth), case.plausible.growth.price_points / 100
    if found.meets(stated.widened(last_place(growth) / 200)):
        return Severity.NOTE, "仅差末位，可能是截断。", "only the last digit differs, perhaps cut off."
    if growth.prices is None and unit(figure.unit).base == "yuan" and found.meets(stated.widened(points)):
        return (
            Severity.NOTE,
            "如按可比价（不变价）计算则不是错误，请注明口径。",
            "at constant prices it is no error; say which prices it is at.",
        )
    high = found.high
    if high is not None and (high < 0 < stated.low or (stated.high is not None and stated.high < 0 < found.low)):
        return Severity.ERROR, "增减方向相反。", "one rises where the other falls."
    return Severity.ERROR, "请核对增幅和上年数。", "check the growth and last year's value."


def implied_bases(case: Case) -> Iterator[Finding]:
    """Growths that imply an impossible base: a decline beyond 100 %, or a count that was no whole number."""
    for growth in case.report.figures:
        if growth.unit != "percent" or (growth.growth_of is None and growth.change is None):
            continue
        if growth.change == "down" and growth.number > 100:
            yield Finding(
                "implied_bases", Severity.ERROR, (growth.code,), written("{} > 100 %", growth),
                f"“{growth.name_zh}”：降幅不能超过 100 %。", f"“{growth.name_en}”: nothing falls by more than 100 %.",
            )  # fmt: skip
        elif growth.growth_of is not None:
            yield from _base_no_whole(case, growth, case.figure(growth.growth_of))


def _base_no_whole(case: Case, growth: Figure, figure: Figure) -> Iterator[Finding]:
    base = implied_base(growth, figure)
    if base is None or base.high is None or not unit(figure.unit).is_count or figure.qualifier or growth.qualifier:
        return
    factor = unit(figure.unit).factor
    if factor == 1 and decimals(figure) == 0 and math.ceil(base.low) > math.floor(base.high):
        yield Finding(
            "implied_bases", Severity.WARNING, (growth.code, figure.code),
            written("{} – {}", shown(base.low, 2), shown(base.high, 2)),
            f"按“{growth.name_zh}”推算，“{figure.name_zh}”的上年数在此两数之间，其中没有整数。",
            f"By “{growth.name_en}”, “{figure.name_en}” was between these a year before, and no whole number is.",
        )  # fmt: skip


def bases_of_parts(case: Case) -> Iterator[Finding]:
    """Parts that, by the growths of part and whole, were larger than their whole a year before."""
    growths = {growth.growth_of: growth for growth in case.report.figures if growth.growth_of}
    for part in case.report.figures:
        if part.code not in growths or part.part_of not in growths:
            continue
        whole = case.figure(part.part_of)
        if not unit(part.unit).measures_same(unit(whole.unit)):
            continue
        bases = [_loose_base(case, growths[figure.code], figure) for figure in (part, whole)]
        if bases[0] and bases[1] and bases[1].is_below(bases[0]):
            was = [shown(base.low / unit(whole.unit).factor, 2) for base in bases if base]
            yield Finding(
                "bases_of_parts", Severity.WARNING,
                (part.code, whole.code, growths[part.code].code, growths[whole.code].code),
                written("{} > {} {}", *was, unit(whole.unit)),
                f"按增幅推算，上年“{part.name_zh}”大于“{whole.name_zh}”。",
                f"By their growths, “{part.name_en}” was larger than “{whole.name_en}” a year before.",
            )  # fmt: skip


def implied_base(growth: Figure, figure: Figure, *, widened_by: Fraction = Fraction(0)) -> Interval | None:
    """The value a year before that a growth implies, in the base of the figure's unit; None where it is open."""
    rate = interval(growth).widened(widened_by)
    return interval(figure).over(Interval(1 + rate.low, None if rate.high is None else 1 + rate.high))


def _loose_base(case: Case, growth: Figure, figure: Figure) -> Interval | None:
    """The implied base, with room for prices where nothing is said of them."""
    money = unit(figure.unit).base == "yuan" and growth.prices != "current"
    return implied_base(growth, figure, widened_by=case.plausible.growth.price_points / 100 if money else Fraction(0))
