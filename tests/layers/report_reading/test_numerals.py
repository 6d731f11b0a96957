"""Are numerals read as they are written?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.report.reading.numerals import arabic_value, fraction_percent, han_value, scale_value, tenths_percent

ONES = "零一二三四五六七八九"


def written(number: int) -> str:
    """`number` below ten thousand in Chinese characters, as schools teach it."""
    places = [(1000, "千"), (100, "百"), (10, "十"), (1, "")]
    text, gap = "", False
    for size, name in places:
        digit = number // size % 10
        if digit:
            text += ("零" if gap and text else "") + ONES[digit] + name
            gap = False
        else:
            gap = True
    return text or "零"


@given(st.integers(0, 9999))
def test_what_is_written_is_read(number: int) -> None:
    assert han_value(written(number)) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [("两", 2), ("十", 10), ("十五", 15), ("二十六", 26), ("两千五百", 2500), ("三百五", 350), ("两千五", 2500),
     ("三万五", 35000), ("三万零四十", 30040), ("一亿两千万", 120_000_000), ("二千三百一十五", 2315)],
)  # fmt: skip
def test_numerals_in_characters(text: str, value: int) -> None:
    assert han_value(text) == value


@pytest.mark.parametrize("text", ["十四五", "二零二四", "三三", "百千", "一二", ""])
def test_digits_in_a_row_are_no_numeral(text: str) -> None:
    assert han_value(text) is None


def test_thousands_separators_are_dropped() -> None:
    assert arabic_value("1,234,567.80") == Decimal("1234567.80")


@pytest.mark.parametrize(("text", "value"), [("", 1), ("万", 10_000), ("百万", 1_000_000), ("万亿", 10**12)])
def test_scales(text: str, value: int) -> None:
    assert scale_value(text) == value


@pytest.mark.parametrize(("text", "percent"), [("九成", 90), ("6成", 60), ("六成半", 65), ("九成五", 95), ("两成", 20)])
def test_tenths(text: str, percent: int) -> None:
    assert tenths_percent(text) == percent


@pytest.mark.parametrize(
    ("above", "below", "percent"),
    [
        ("九十五", "百", "95"),
        ("九十五点五", "百", "95.5"),
        ("三", "四", "75"),
        ("二", "三", "66.6667"),
        ("百", "百", "100"),
    ],
)
def test_fractions(above: str, below: str, percent: str) -> None:
    assert str(fraction_percent(above, below)) == percent


def test_a_fraction_of_nothing_is_none() -> None:
    assert fraction_percent("三", "零") is None
