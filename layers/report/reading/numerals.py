"""Which number does a run of digits or Chinese numerals stand for?"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
STEPS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 10**4, "亿": 10**8}
HAN = "".join([*DIGITS, *STEPS])
"""Characters that a Chinese numeral begins with."""

_BELOW_TEN_THOUSAND = re.compile(
    r"(?:([一二两三四五六七八九])千)?(?:(零)?([一二两三四五六七八九])百)?"
    r"(?:(零)?([一二三四五六七八九])?(十))?(?:(零)?([一二两三四五六七八九]))?"
)


def han_value(text: str) -> int | None:
    """The whole number that `text` writes (二十六, 两千五百, 三万零四十); None where it is no well-formed numeral.

    Digits in a row (十四五, 二零二四) are no numeral: they are names and years.
    """
    for scale, size in reversed(SCALES.items()):
        if scale in text:
            high, _, low = text.partition(scale)
            above, below = han_value(high), _low_value(low, size)
            return None if above is None or below is None else above * size + below
    return _small_value(text)


def _low_value(text: str, size: int) -> int | None:
    """What follows 万 or 亿; a lone digit counts the step below (三万五 is 35,000)."""
    if not text:
        return 0
    if len(text) == 1 and text in DIGITS and text != "零":
        return DIGITS[text] * size // 10
    return han_value(text)


def _small_value(text: str) -> int | None:
    if text == "零":
        return 0
    found = _BELOW_TEN_THOUSAND.fullmatch(text)
    if not text or not found:
        return None
    thousands, _, hundreds, _, tens, ten, zero, ones = found.groups()
    value = 1000 * DIGITS.get(thousands or "", 0) + 100 * DIGITS.get(hundreds or "", 0)
    value += 10 * (DIGITS[tens] if tens else 1) if ten else 0
    if ones and not zero and not ten and (hundreds or thousands):
        return value + DIGITS[ones] * (10 if hundreds else 100)  # 三百五 is 350, 两千五 is 2,500
    return value + DIGITS.get(ones or "", 0)


def arabic_value(text: str) -> Decimal:
    """The number of `text`, digits with or without a decimal point and thousands separators."""
    return Decimal(text.replace(",", "").replace(" ", ""))


def scale_value(text: str) -> int:
    """What the scale `text` after a number multiplies it by: 万, 亿, 百万, 千; 1 for none."""
    value = 1
    for character in text:
        value *= STEPS.get(character) or SCALES[character]
    return value


def fraction_percent(above: str, below: str) -> Decimal | None:
    """The percentage that `below`分之`above` stands for, to four decimals (三分之二: 66.6667)."""
    whole, part = _any_value(below), _any_value(above)
    if not whole or part is None:
        return None
    percent = (part * 100 / whole).quantize(Decimal("0.0001")).normalize()
    return Decimal(f"{percent:f}")


def tenths_percent(text: str) -> Decimal | None:
    """The percentage that `text` with 成 stands for (九成: 90, 六成半 and 六成五: 65)."""
    count, _, rest = text.partition("成")
    tens = _any_value(count)
    return None if tens is None else tens * 10 + (5 if rest == "半" else DIGITS.get(rest, 0))


def _any_value(text: str) -> Decimal | None:
    if re.fullmatch(r"[\d,]+(?:\.\d+)?", text):
        return arabic_value(text)
    whole, point, decimals = text.partition("点")
    value = 100 if whole == "百" else han_value(whole)
    if value is None or not all(character in DIGITS for character in decimals):
        return None
    return Decimal(f"{value}.{''.join(str(DIGITS[c]) for c in decimals)}") if point and decimals else Decimal(value)
