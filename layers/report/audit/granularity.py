"""Can a whole number of the stated count give this percentage?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from layers.report.audit.finding import PRINTED, Case, Finding, Severity, written
from layers.report.figures import Figure
from layers.report.precision import decimals, interval, last_place, shown
from layers.report.units import unit


def possible_percentages(case: Case) -> Iterator[Finding]:
    """Percentages that no whole numerator of the stated whole gives at the printed precision.

    A whole of 10**(2 + digits) or more gives every percentage of so many digits: of those nothing is said, nor of
    wholes and percentages with a qualifier.
    """
    for share in case.report.figures:
        if share.part_of is None or not _is_plain_share(share):
            continue
        whole = case.figure(share.part_of)
        if unit(whole.unit).is_count and whole.qualifier is None and whole.number >= 1:
            yield from _impossible(case, share, whole)


def possible_wholes(case: Case) -> Iterator[Finding]:
    """Percentages that a stated count has of no whole number, where the whole is not stated."""
    for share in case.report.figures:
        if share.share_of is None or share.part_of is not None or not _is_plain_share(share):
            continue
        count = case.figure(share.share_of)
        found = interval(share)
        if not unit(count.unit).is_count or count.qualifier or count.number < 1 or found.low <= 0 or not found.high:
            continue
        number = Fraction(count.number)
        least, most = number / found.high, number / found.low
        if math.ceil(least) > math.floor(most):
            yield _no_whole(share, count, number, most)


def _no_whole(share: Figure, count: Figure, number: Fraction, most: Fraction) -> Finding:
    below, above = math.floor(most), math.floor(most) + 1
    places = decimals(share) + 2
    tried = "; ".join(f"{count.number} / {base} = {shown(number / base * 100, places)} %" for base in (below, above))
    return Finding(
        "possible_wholes", Severity.WARNING, (share.code, count.code), written("{}{} {}", tried, PRINTED, share),
        f"没有一个整数总数能使“{count.name_zh}”{count.number} 占“{share.name_zh}”所印的比率：三者有一个不符。",
        f"There is no whole number of which {count.number} ({count.name_en}) is the printed “{share.name_en}”: "
        "count, whole or rate is another.",
    )  # fmt: skip


def _is_plain_share(figure: Figure) -> bool:
    return figure.unit == "percent" and figure.qualifier is None and not figure.change and figure.growth_of is None


def _impossible(case: Case, share: Figure, whole: Figure) -> Iterator[Finding]:
    base, places = int(whole.number), decimals(share)
    if base >= 10 ** (2 + places):
        return
    found = interval(share)
    low, high = math.ceil(found.low * base), math.floor((found.high or found.low) * base)
    if low <= high:
        return
    near = [Fraction(numerator, base) * 100 for numerator in (high, low)]
    units_off = min(abs(value - Fraction(share.number)) for value in near) / last_place(share)
    cut_off = 0 < near[1] - Fraction(share.number) < last_place(share)
    grade = "cut_off" if cut_off else ("far" if units_off >= case.plausible.granularity.error_from_units else "near")
    severity, zh, en = GRADES[grade]
    chance = Fraction(base + 1, 10 ** (2 + places) + 1) * 100
    tried = "; ".join(
        f"{numerator} / {base} = {shown(value, places + 2)} %"
        for numerator, value in zip((high, low), near, strict=True)
    )
    yield Finding(
        "possible_percentages", severity, (share.code, whole.code), written("{}{} {}", tried, PRINTED, share),
        f"“{whole.name_zh}”{base} 的任何整数份额四舍五入都得不到 {share.value} %（此精度的百分数中有 "
        f"{shown(chance, 0)} % 可由该总数得到）：{zh}",
        f"No whole number of {base} ({whole.name_en}) rounds to {share.value} % ({shown(chance, 0)} % of all "
        f"percentages of this precision can be had from it): {en}",
    )  # fmt: skip


GRADES = {
    "cut_off": (Severity.NOTE, "可能是截去尾数而未四舍五入。", "its digits may have been cut off, not rounded."),
    "near": (
        Severity.WARNING,
        "比率的基数可能不是该总数，或数字有误。",
        "its base may be another count, or a digit is wrong.",
    ),
    "far": (
        Severity.ERROR,
        "与最近的可能值相差很大，舍入不能解释；基数或比率有误。",
        "it is far from the nearest possible, more than rounding explains; base or rate is wrong.",
    ),
}
"""How surprising an impossible percentage is -> severity, and what may lie behind it."""
