"""Are amounts per mu, per visit or per square metre those of the figures they follow from, and plausible?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from layers.definition import Text
from layers.report.audit.finding import PRINTED, Case, Finding, Severity, amount, written
from layers.report.audit.plausible import Range
from layers.report.audit.slips import NOTHING, slip_between, slip_into
from layers.report.figures import Figure
from layers.report.precision import Interval, decimals, interval, last_place, shown, significant
from layers.report.units import QUOTIENTS, Unit, unit


def printed_rates(case: Case) -> Iterator[Finding]:
    """Rates that are not their count divided by their base: yield x area against output."""
    for rate in case.report.figures:
        if rate.rate_of is None:
            continue
        count, base = map(case.figure, rate.rate_of)
        if not fits(unit(count.unit), unit(base.unit), unit(rate.unit)):
            continue
        found = interval(count).over(interval(base))
        if found is None or found.meets(interval(rate)):
            continue
        near = found.meets(interval(rate).widened(last_place(rate) * unit(rate.unit).factor / 2))
        yield _rate_finding(rate, count, base, found, Severity.NOTE if near else Severity.ERROR)


def _rate_finding(rate: Figure, count: Figure, base: Figure, found: Interval, severity: Severity) -> Finding:
    quotient = exact_quotient(count, base) / unit(rate.unit).factor
    stated = interval(rate)
    larger, smaller = (found, stated) if found.low > stated.low else (stated, found)
    hint = slip_between(larger, smaller, rate, count, base)
    if severity is Severity.NOTE:
        hint = Text(zh="仅差末位，可能是截断。", en=" Only the last digit differs, perhaps cut off.")
    return Finding(
        "printed_rates", severity, (rate.code, count.code, base.code),
        written("{} / {} = {} {}{} {}", count, base, shown(quotient, decimals(rate) + 1), unit(rate.unit), PRINTED,
                amount(rate)),
        f"“{rate.name_zh}”不等于“{count.name_zh}”除以“{base.name_zh}”。{hint.zh}",
        f"“{rate.name_en}” is not “{count.name_en}” divided by “{base.name_en}”.{hint.en}",
    )  # fmt: skip


def plausible_quotients(case: Case) -> Iterator[Finding]:
    """Quotients of two figures outside what is plausible or defined (data/report/plausible.toml): yields, depths,
    prices, persons in a collective petition."""
    for limits in case.plausible.ranges:
        figures = case.report.by_code
        if limits.of not in figures or limits.per not in figures:
            continue
        count, base = figures[limits.of], figures[limits.per]
        if not fits(unit(count.unit), unit(base.unit), unit(limits.unit)):
            yield _unfit(limits, count, base)
            continue
        found = interval(count).over(interval(base))
        if found is not None:
            yield from _outside(limits, count, base, _as_paddy(limits, count, found))


def _as_paddy(limits: Range, count: Figure, found: Interval) -> Interval:
    """The quotient in the limits' unit; of milled rice, the paddy that it was milled from."""
    found = found.times(1 / unit(limits.unit).factor)
    if count.basis != "milled" or limits.milled_from_paddy is None:
        return found
    least, most = limits.milled_from_paddy
    return Interval(found.low / most, None if found.high is None else found.high / least)


def _outside(limits: Range, count: Figure, base: Figure, found: Interval) -> Iterator[Finding]:
    for severity, low, high in (
        (Severity.ERROR, limits.refuse_below, limits.refuse_above),
        (Severity.WARNING, limits.warn_below, limits.warn_above),
    ):
        below = low is not None and found.high is not None and found.high < low
        above = high is not None and found.low > high
        if below or above:
            counted = unit(limits.unit).is_count
            hint = NOTHING if counted else slip_into(found, *_widest(limits), count, base)
            yield Finding(
                "plausible_quotients", severity, (count.code, base.code), _quotient(limits, count, base),
                f"{limits.name_zh}过{'低' if below else '高'}：{limits.why_zh}。{hint.zh}",
                f"Too {'low' if below else 'high'}: {limits.name_en}; {limits.why_en}.{hint.en}",
            )  # fmt: skip
            return


def _widest(limits: Range) -> tuple[Fraction | None, Fraction | None]:
    """Between which quotients nothing is said."""
    return limits.warn_below or limits.refuse_below, limits.warn_above or limits.refuse_above


def _quotient(limits: Range, count: Figure, base: Figure) -> Text:
    value = exact_quotient(count, base) / unit(limits.unit).factor
    return written("{} / {} = {} {}", count, base, significant(value), unit(limits.unit))


def _unfit(limits: Range, count: Figure, base: Figure) -> Finding:
    wanted = unit(limits.unit)
    return Finding(
        "plausible_quotients", Severity.ERROR, (count.code, base.code), written("{} / {}", count, base),
        f"{limits.name_zh}应以{wanted.name_zh}计，这两个数的单位得不出：有一个单位有误。",
        f"The unit of the {limits.name_en} is {wanted.name_en}, which these do not give: one of them is wrong.",
    )  # fmt: skip


def grain_basis(case: Case) -> Iterator[Finding]:
    """Weights of rice that do not say whether paddy or milled rice is meant."""
    for limits in case.plausible.ranges:
        figures = case.report.by_code
        count, base = figures.get(limits.of), figures.get(limits.per)
        if not limits.basis or limits.milled_from_paddy is None or count is None or base is None or count.basis:
            continue
        found = interval(count).over(interval(base))
        if found is None or not fits(unit(count.unit), unit(base.unit), unit(limits.unit)):
            continue
        value = exact_quotient(count, base) / unit(limits.unit).factor
        least, most = (shown(value / rate, 0) for rate in reversed(limits.milled_from_paddy))
        measure = unit(limits.unit)
        yield Finding(
            "grain_basis", Severity.NOTE, (count.code, base.code), _quotient(limits, count, base),
            f"请注明“{count.name_zh}”是稻谷还是大米：如为大米，折合稻谷单产 {least}–{most} {measure.name_zh}。",
            f"Say whether “{count.name_en}” is paddy or milled rice: if milled, the yield of paddy is {least}–{most} "
            f"{measure.name_en}.",
        )  # fmt: skip


def exact_quotient(count: Figure, base: Figure) -> Fraction:
    """The printed values divided, in the bases of their units; the divisor is not 0."""
    dividend = Fraction(count.number) * unit(count.unit).factor
    return dividend / (Fraction(base.number) * unit(base.unit).factor)


def fits(count: Unit, base: Unit, quotient: Unit) -> bool:
    """Whether an amount in the first unit divided by one in the second is in the third."""
    if base.is_count:
        return count.measures_same(quotient)
    return QUOTIENTS.get((count.base, base.base)) == quotient.base
