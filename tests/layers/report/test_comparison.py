"""Are two years' figures compared by code, in one unit, and only where they can be?"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from layers.report import Report
from layers.report.comparison import Change, compare, span


def report(year: int, **figures: tuple[Any, ...]) -> Report:
    """A report with figures by the last part of their code: value, unit and, if not the year, period."""
    return Report.model_validate(
        {
            "year": year, "title_zh": "总结", "title_en": "Report",
            "sections": [{"id": "all", "title_zh": "全部", "title_en": "All"}],
            "figures": [
                {"code": f"x.{code}", "name_zh": code, "name_en": code, "value": given[0], "unit": given[1],
                 "period": given[2] if len(given) > 2 else str(year), "section": "all", "topic": "x"}
                for code, given in figures.items()
            ],
        }
    )  # fmt: skip


def change(before: tuple[Any, ...], after: tuple[Any, ...]) -> Change:
    (only,) = compare(report(2024, a=before), report(2025, a=after)).changes
    return only


def test_difference_and_percent() -> None:
    found = change(("80", "mu"), ("100", "mu"))
    assert (found.difference, found.percent) == (20, 25)


def test_units_of_one_measure_are_converted_to_the_later() -> None:
    # 40.44 亿元 are 404,400 万元; 444,840 is 40,440 more, 10 %
    found = change(("40.44", "yi_yuan"), ("444840", "wan_yuan"))
    assert (found.difference, found.percent) == (40440, 10)


def test_percentages_differ_in_points_only() -> None:
    found = change(("97.74", "percent"), ("98.2", "percent"))
    assert (found.difference, found.percent) == (Fraction(46, 100), None)


def test_from_nothing_there_is_no_percent() -> None:
    found = change(("0", "case"), ("3", "case"))
    assert (found.difference, found.percent) == (3, None)


def test_units_of_different_measures_are_not_subtracted() -> None:
    found = change(("80", "mu"), ("100", "jin"))
    assert (found.difference, found.percent) == (None, None)


def test_what_one_year_alone_has() -> None:
    found = compare(report(2024, a=("1", "mu"), b=("2", "mu")), report(2025, b=("2", "mu"), c=("3", "mu")))
    assert [figure.code for figure in found.missing] == ["x.a"]
    assert [figure.code for figure in found.new] == ["x.c"]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("2024-01/2024-10", "2025-01/2025-10", True),
        ("2024-01/2024-10", "2025", False),
        ("2024", "2025-01/2025-12", True),
    ],
)
def test_periods_of_different_length_are_told(before: str, after: str, same: bool) -> None:
    assert change(("1", "mu", before), ("1", "mu", after)).same_span is same


def test_the_span_of_a_year_is_its_twelve_months() -> None:
    assert span("2024") == ("01", "12")
