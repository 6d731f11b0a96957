"""When periods are, and how they are said."""

from __future__ import annotations

from datetime import date

import pytest

from layers.errors import ReportError
from layers.report.periods import days_of, period_named, year_before


@pytest.mark.parametrize(
    ("interval", "language", "expected"),
    [
        ("2024", "zh", "2024年"),
        ("2024", "en", "2024"),
        ("2024-01/2024-10", "zh", "2024年1—10月"),
        ("2024-01/2024-10", "en", "Jan–Oct 2024"),
        ("2024-11/2025-02", "en", "2024-11/2025-02"),
    ],
)
def test_periods_are_written_out(interval: str, language: str, expected: str) -> None:
    assert period_named(interval, language) == expected


@pytest.mark.parametrize(
    ("interval", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-01/2023-06", date(2023, 1, 1), date(2023, 6, 30)),
        ("2023-11/2024-02", date(2023, 11, 1), date(2024, 2, 29)),
        ("2023/2024", date(2023, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(interval: str, first: date, last: date) -> None:
    assert days_of(interval) == (first, last)


@pytest.mark.parametrize("interval", ["", "spring", "24", "2024-13", "2024-00", "2024-1", "0000", "2024/2023", "/"])
def test_other_texts_are_no_period(interval: str) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        days_of(interval)


def test_the_year_before_has_whole_months() -> None:
    # February has 29 days in 2024 and 28 in 2023
    assert year_before(days_of("2024-02")) == (date(2023, 2, 1), date(2023, 2, 28))
    assert year_before(days_of("2025-02")) == (date(2024, 2, 1), date(2024, 2, 29))
