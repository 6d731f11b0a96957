"""Does a report agree with that of the year before?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from layers.report.audit.finding import Case, Finding, Severity, written
from layers.report.audit.slips import slip_between
from layers.report.figures import Figure
from layers.report.precision import interval, printed_interval, shown
from layers.report.units import unit


def value_before(case: Case, figure: Figure) -> Iterator[Figure]:
    """What `figure` was a year before, in this report and in that of the year before, for the same months."""
    yield from (other for other in case.report.figures if other.previous_of == figure.code)
    earlier = _earlier(case, figure)
    if earlier is not None and unit(earlier.unit).measures_same(unit(figure.unit)):
        yield earlier


def _earlier(case: Case, figure: Figure) -> Figure | None:
    """The figure of the same code and the same months in the report of the year before."""
    if case.before is None:
        return None
    earlier = case.before.by_code.get(figure.code)
    months = figure.period.replace(str(case.report.year), str(case.before.year))
    return earlier if earlier is not None and earlier.period == months else None


def same_units_as_before(case: Case) -> Iterator[Finding]:
    """Figures in a unit that does not measure what it did the year before."""
    for figure in case.report.figures:
        earlier = _earlier(case, figure)
        if earlier is not None and not unit(earlier.unit).measures_same(unit(figure.unit)):
            yield Finding(
                "same_units_as_before", Severity.ERROR, (figure.code,), written("{} → {}", earlier, figure),
                f"“{figure.name_zh}”与上年的单位不是同一类。",
                f"“{figure.name_en}” is in another kind of unit than last year.",
            )  # fmt: skip


def restated_values(case: Case) -> Iterator[Finding]:
    """Last year's values that this report gives otherwise than last year's did."""
    for restated in case.report.figures:
        earlier = _earlier(case, case.figure(restated.previous_of)) if restated.previous_of else None
        if earlier is None or not unit(earlier.unit).measures_same(unit(restated.unit)):
            continue
        if not interval(earlier).meets(interval(restated)):
            yield Finding(
                "restated_values", Severity.WARNING, (restated.code,), written("{} ≠ {}", earlier, restated),
                f"“{restated.name_zh}”与上年报告所印的不同；如有修订请注明。",
                f"“{restated.name_en}” differs from what last year's report gives; say so if it was revised.",
            )  # fmt: skip


def jumps(case: Case) -> Iterator[Finding]:
    """Figures many times as large or as small as the year before, where no growth is printed to explain it."""
    explained = {growth.growth_of for growth in case.report.figures}
    for figure in case.report.figures:
        earlier = _earlier(case, figure)
        if earlier is None or figure.code in explained or figure.unit == "percent" or earlier.unit == "percent":
            continue
        if not unit(earlier.unit).measures_same(unit(figure.unit)) or _is_small(case, figure, earlier):
            continue
        now, then = interval(figure), interval(earlier)
        larger, smaller = (now, then) if now.low >= then.low else (then, now)
        factor = larger.over(smaller)
        if factor is not None and factor.low >= case.plausible.years.jump:
            hint = slip_between(larger, smaller, figure)
            yield Finding(
                "jumps", Severity.WARNING, (figure.code,), written("{} → {}", earlier, figure),
                f"“{figure.name_zh}”与上年相差约 {shown(factor.low, 1)} 倍，报告没有说明。{hint.zh}",
                f"“{figure.name_en}” is about {shown(factor.low, 1)} times off last year's, unexplained.{hint.en}",
            )  # fmt: skip


def _is_small(case: Case, figure: Figure, earlier: Figure) -> bool:
    largest = max(Fraction(figure.number), Fraction(earlier.number))
    return unit(figure.unit).is_count and largest < case.plausible.years.small_count


def repeated_digits(case: Case) -> Iterator[Finding]:
    """Figures with the very digits of the year before, too many of them for chance."""
    for figure in case.report.figures:
        earlier = _earlier(case, figure)
        if earlier is None or figure.qualifier or printed_interval(figure) != printed_interval(earlier):
            continue
        digits = "".join(map(str, figure.number.as_tuple().digits)).strip("0")
        if figure.unit == earlier.unit and len(digits) >= case.plausible.years.repeated_digits:
            yield Finding(
                "repeated_digits", Severity.NOTE, (figure.code,), written("{} = {}", earlier, figure),
                f"“{figure.name_zh}”与上年一字不差，请确认不是沿用旧数。",
                f"“{figure.name_en}” has the very digits of last year; make sure that it was not carried over.",
            )  # fmt: skip
