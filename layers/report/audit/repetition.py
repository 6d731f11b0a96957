"""Is what stands twice in a report the same both times, and are words such as 余 and 近 right?"""

from __future__ import annotations

from collections.abc import Iterator

from layers.report.audit.finding import Case, Finding, Severity, amount, written
from layers.report.figures import Figure
from layers.report.precision import interval, last_place, step
from layers.report.units import unit


def same_thing_twice(case: Case) -> Iterator[Finding]:
    """Exact figures of one thing that differ: declared by `same_as`, or of one name and period."""
    for first, second in _pairs(case):
        if not first.qualifier and not second.qualifier and not interval(first).meets(interval(second)):
            yield Finding(
                "same_thing_twice", Severity.ERROR, (first.code, second.code), written("{} ≠ {}", first, second),
                f"“{first.name_zh}”在报告中出现两次，数值不同。",
                f"“{first.name_en}” stands twice in the report, and differs.",
            )  # fmt: skip


def qualifiers_and_values(case: Case) -> Iterator[Finding]:
    """余, 超, 近, 以上, 不足 against another statement of the same thing."""
    for first, second in _pairs(case):
        if not (first.qualifier or second.qualifier) or interval(first).meets(interval(second)):
            continue
        rough, other = (first, second) if first.qualifier else (second, first)
        too_small = interval(other).is_below(interval(rough)) == (rough.qualifier not in ("近", "不足"))
        yield Finding(
            "qualifiers_and_values", Severity.ERROR if too_small else Severity.WARNING, (rough.code, other.code),
            written("{} ≠ {}", rough, other),
            f"“{rough.name_zh}”所印“{rough.qualifier}”与另一处的数值不符。",
            f"The word beside “{rough.name_en}” ({rough.qualifier}) does not fit the other value.",
        )  # fmt: skip


def qualifiers_alone(case: Case) -> Iterator[Finding]:
    """余 after a number that is not round, more than all, less than nothing."""
    for figure in case.report.figures:
        if figure.qualifier == "余" and figure.number >= 100 and step(figure) == last_place(figure):
            yield Finding(
                "qualifiers_alone", Severity.NOTE, (figure.code,), amount(figure),
                f"“{figure.name_zh}”已精确到末位，不必加“余”。",
                f"“{figure.name_en}” is given to the last digit; 余 (and more) does not belong to it.",
            )  # fmt: skip
        share = figure.unit == "percent" and figure.part_of is not None
        if share and figure.qualifier in ("余", "超", "以上") and figure.number >= 100:
            yield Finding(
                "qualifiers_alone", Severity.ERROR, (figure.code,), written("{} > 100 %", figure),
                f"“{figure.name_zh}”不能超过 100 %。", f"“{figure.name_en}” cannot exceed 100 %.",
            )  # fmt: skip
        if figure.qualifier in ("近", "不足") and figure.number <= 0:
            yield Finding(
                "qualifiers_alone", Severity.WARNING, (figure.code,), amount(figure),
                f"“{figure.name_zh}”不能少于零。", f"“{figure.name_en}” cannot be less than nothing.",
            )  # fmt: skip


def _pairs(case: Case) -> Iterator[tuple[Figure, Figure]]:
    """Figures that state one thing, in comparable units; of one name only those counted by the same word."""
    named: dict[tuple[str, str, str | None, str], Figure] = {}
    for figure in case.report.figures:
        others = [case.figure(figure.same_as)] if figure.same_as else []
        key = (figure.name_zh, figure.period, figure.part_of, unit(figure.unit).base)
        if key in named and not figure.same_as:
            others.append(named[key])
        named.setdefault(key, figure)
        for other in others:
            if unit(figure.unit).measures_same(unit(other.unit)):
                yield other, figure
