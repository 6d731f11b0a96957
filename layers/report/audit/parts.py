"""Are parts within their wholes, and are shares those of the counts?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import reduce

from layers.definition import Text
from layers.report.audit.finding import PRINTED, Case, Finding, Severity, amount, joined, written
from layers.report.audit.slips import slip_between
from layers.report.figures import Figure
from layers.report.precision import Interval, decimals, interval, last_place, shown
from layers.report.units import unit


def parts_within_wholes(case: Case) -> Iterator[Finding]:
    """Parts that exceed the whole that they are a part of, and rates beyond 100 %."""
    for part in case.report.figures:
        if part.part_of is None or not _comparable(part, case.figure(part.part_of)):
            continue
        whole = case.figure(part.part_of)
        if interval(whole).is_below(interval(part)):
            hint = slip_between(interval(part), interval(whole), part)
            yield Finding(
                "parts_within_wholes", Severity.ERROR, (part.code, whole.code), written("{} > {}", part, whole),
                f"“{part.name_zh}”是“{whole.name_zh}”的一部分，却大于它。{hint.zh}",
                f"“{part.name_en}” is a part of “{whole.name_en}” but larger.{hint.en}",
            )  # fmt: skip


def shares_within_hundred(case: Case) -> Iterator[Finding]:
    """Shares, and shares that exclude one another taken together, beyond 100 %."""
    for figures in _splits(case, of_shares=True):
        together = reduce(Interval.plus, map(interval, figures))
        if together.low > 1:
            whole = case.figure(figures[0].part_of or figures[0].code)
            total = sum((figure.number for figure in figures), start=Decimal(0))
            yield Finding(
                "shares_within_hundred", Severity.ERROR, tuple(figure.code for figure in figures),
                _hundred(figures, total),
                f"这些占比都以“{whole.name_zh}”为总数，合计不能超过 100 %。",
                f"These are shares of “{whole.name_en}” and cannot exceed 100 % together.",
            )  # fmt: skip


def _hundred(figures: list[Figure], total: Decimal) -> Text:
    if len(figures) == 1:
        return written("{} > 100 %", figures[0])
    return written("{} = {} % > 100 %", joined("+", figures), str(total))


def disjoint_parts(case: Case) -> Iterator[Finding]:
    """Parts that exclude one another and together exceed their whole."""
    for figures in _splits(case, of_shares=False):
        whole = case.figure(figures[0].part_of or figures[0].code)
        if len(figures) > 1 and interval(whole).is_below(reduce(Interval.plus, map(interval, figures))):
            yield Finding(
                "disjoint_parts", Severity.ERROR, (whole.code, *(figure.code for figure in figures)),
                written("{} > {}", joined("+", figures), whole),
                f"互不重叠的各部分之和大于“{whole.name_zh}”。",
                f"Parts that exclude one another add up to more than “{whole.name_en}”.",
            )  # fmt: skip


def sums(case: Case) -> Iterator[Finding]:
    """Totals that are not the sum of what they are said to be the sum of."""
    for total in case.report.figures:
        if not total.sum_of:
            continue
        parts = [case.figure(code) for code in total.sum_of]
        together = reduce(Interval.plus, map(interval, parts))
        if all(_comparable(part, total) for part in parts) and not together.meets(interval(total)):
            measure = unit(total.unit)
            value = shown((together.low + (together.high or together.low)) / 2 / measure.factor, decimals(total) + 2)
            yield Finding(
                "sums", Severity.ERROR, (total.code, *total.sum_of),
                written("{} = {} {}{} {}", joined("+", parts), value, measure, PRINTED, total),
                f"各部分之和不等于“{total.name_zh}”。",
                f"The parts do not add up to “{total.name_en}”.",
            )  # fmt: skip


def shares_of_counts(case: Case) -> Iterator[Finding]:
    """Percentages that are not the share their count has of the whole (rate x base against count)."""
    for share in case.report.figures:
        if share.share_of is None or share.part_of is None:
            continue
        count, whole = case.figure(share.share_of), case.figure(share.part_of)
        found = interval(count).over(interval(whole)) if _comparable(count, whole) else None
        if found is None or found.meets(interval(share)):
            continue
        near = found.meets(interval(share).widened(last_place(share) * unit(share.unit).factor / 2))
        yield _share_finding(share, count, whole, Severity.NOTE if near else Severity.ERROR)


def _share_finding(share: Figure, count: Figure, whole: Figure, severity: Severity) -> Finding:
    places = decimals(share)
    counted, base = interval(count), interval(whole)
    exact = counted.low / base.low
    implied = counted.low / interval(share).low if interval(share).low > 0 else None
    base_text = shown(implied / unit(whole.unit).factor, 0) if implied else "—"
    return Finding(
        "shares_of_counts", severity, (share.code, count.code, whole.code),
        written("{} / {} = {} %{} {}", amount(count), amount(whole), shown(exact * 100, places), PRINTED, share),
        f"“{share.name_zh}”与“{count.name_zh}”除以“{whole.name_zh}”不符"
        + ("，仅差末位，可能是截断。" if severity is Severity.NOTE else f"；若占比无误，总数应约为 {base_text}。"),
        f"“{share.name_en}” is not “{count.name_en}” divided by “{whole.name_en}”"
        + (
            "; only the last digit differs, perhaps cut off."
            if severity is Severity.NOTE
            else f"; if the share is right, the whole is about {base_text}."
        ),
    )  # fmt: skip


def _comparable(part: Figure, whole: Figure) -> bool:
    """Whether both are amounts of one kind; a share of a count is not."""
    return unit(part.unit).measures_same(unit(whole.unit))


def _splits(case: Case, *, of_shares: bool) -> list[list[Figure]]:
    """The parts of each whole by the split they belong to; a share without a split stands alone."""
    groups: dict[tuple[str, str, bool], list[Figure]] = defaultdict(list)
    for figure in case.report.figures:
        if figure.part_of is None or figure.change or figure.growth_of:
            continue
        is_share = not _comparable(figure, case.figure(figure.part_of)) and figure.unit == "percent"
        if is_share == of_shares:
            groups[figure.part_of, figure.split or figure.code, bool(figure.split)].append(figure)
    return [figures for figures in groups.values() if of_shares or len(figures) > 1]
