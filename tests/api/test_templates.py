"""Templates: numbers, periods, and that every text has its English."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.messages.extract import extract_from_dir

from api.pages.templates import number, printed, translations
from api.web import TEMPLATES


def texts_of_templates() -> set[str]:
    found = extract_from_dir(
        TEMPLATES,
        method_map=[("**.html", "jinja2.ext:babel_extract")],
        options_map={"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}},
    )
    return {str(text) for _, _, text, *_ in found}


def test_every_text_has_its_english() -> None:
    assert texts_of_templates() - set(translations()) == set()


def test_no_english_is_left_over() -> None:
    assert set(translations()) - texts_of_templates() == set()


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (1234567.891, 2, "1,234,567.89"),
        (2.675, 2, "2.68"),  # half up, though the double is a little less
        (0, 0, "0"),
        (2400000, 0, "2,400,000"),
        (Decimal("12.5"), 0, "13"),
        (None, 2, "–"),
    ],
)
def test_numbers_have_separators_and_are_rounded_half_up(
    value: float | Decimal | None, decimals: int, expected: str
) -> None:
    assert number(value, decimals) == expected


@pytest.mark.parametrize(("digits", "expected"), [("222740.23", "222,740.23"), ("8.90", "8.90"), ("46", "46")])
def test_a_figure_keeps_the_decimals_it_was_printed_with(digits: str, expected: str) -> None:
    assert printed(digits) == expected
