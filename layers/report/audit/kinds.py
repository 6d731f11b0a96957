"""Do figures that belong together have units that do?"""

from __future__ import annotations

from collections.abc import Iterator

from layers.report.audit.finding import Case, Finding, Severity, joined
from layers.report.audit.rates import fits
from layers.report.figures import Figure
from layers.report.units import unit


def units_of_relations(case: Case) -> Iterator[Finding]:
    """Growths and shares that are no percentages, parts, sums and repetitions in another kind of unit."""
    for figure in case.report.figures:
        for other, wanted_zh, wanted_en in _misfits(case, figure):
            yield Finding(
                "units_of_relations", Severity.ERROR, (figure.code, *(each.code for each in other)),
                joined(";", (figure, *other)),
                f"“{figure.name_zh}”的单位“{unit(figure.unit).name_zh}”不对：应为{wanted_zh}。",
                f"“{figure.name_en}” cannot be in {unit(figure.unit).name_en}: it must be {wanted_en}.",
            )  # fmt: skip


def _misfits(case: Case, figure: Figure) -> Iterator[tuple[tuple[Figure, ...], str, str]]:
    own = unit(figure.unit)
    if (figure.growth_of or figure.share_of) and own.base != "ratio":
        yield (case.figure(figure.growth_of or figure.share_of or ""),), "百分数", "a percentage"
    for code in filter(None, (figure.part_of, figure.same_as, figure.previous_of, *(figure.sum_of or ()))):
        other = case.figure(code)
        share = code == figure.part_of and own.base == "ratio"
        if not share and not own.measures_same(unit(other.unit)):
            yield (other,), f"与“{other.name_zh}”同类的单位", f"of the kind of “{other.name_en}”"
    if figure.rate_of:
        count, base = map(case.figure, figure.rate_of)
        if not fits(unit(count.unit), unit(base.unit), own):
            yield (
                (count, base),
                f"“{count.name_zh}”除以“{base.name_zh}”的单位",
                f"that of “{count.name_en}” divided by “{base.name_en}”",
            )
