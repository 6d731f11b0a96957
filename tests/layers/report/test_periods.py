"""How periods are said."""

from __future__ import annotations

import pytest

from layers.report.periods import period_named


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
