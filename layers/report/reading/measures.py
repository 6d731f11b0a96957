"""Which unit stands after a number?"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from layers.report.units import units

COMPOUNDS = re.compile(
    r"人均|户均|亩均|家均|部门|部分|人大|名列|名单|场所|位居|位于|位列|所有|时代|度假|度电价|面积|分之|分别|项目|条件|条例|条线|家庭"
)
"""Words that begin with the character of a unit and are none."""

SIZES = frozenset({"m2", "m", "m3", "kg", "yuan"})
"""Bases of size, weight and money: what they measure stands before the number, or after 的."""

RATES = re.compile(r"/(?:亩|斤|公斤|千克|吨|人|户|天|日|月|年|平方米|立方米|小时|株|头)")

_HAN_WORDS = frozenset("个家件项条处名位户人场次期轮批支台套座所辆间眼盏株头块类种份起例宗栋幢棵片天年亩吨斤元米岁")
"""Units of one character that a numeral from 一 to 十 can count (三家); others make words with it (十分, 三面)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit as printed, `word`, and its code in data/codes/units.csv (None where the list has none)."""

    word: str
    code: str | None


@cache
def _words() -> dict[str, str]:
    """Measure words and names of units, by the word, to the unit's code."""
    found = {unit.name_zh: unit.code for unit in units().values()}
    with (files("data") / "report" / "measure_words.csv").open(encoding="utf-8") as file:
        found |= {row["word"]: row["unit"] for row in csv.DictReader(file)}
    return {word: code for word, code in found.items() if not word.startswith(("万", "亿"))}


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(_words(), key=len, reverse=True)))


def measure_at(text: str, position: int) -> Measure | None:
    """The unit that stands in `text` at `position`, the longest that fits; None where there is none."""
    if COMPOUNDS.match(text, position):
        return None
    found = _pattern().match(text, position)
    if not found:
        return None
    rate = RATES.match(text, found.end())
    word = found[0] + (rate[0] if rate else "")
    return Measure(word, _words().get(word))


def is_size(code: str | None) -> bool:
    """Whether the unit `code` measures a size, a weight or money."""
    return code in units() and units()[code or ""].base in SIZES


def counts_in_characters(word: str) -> bool:
    """Whether a number in Chinese characters before `word` can be a count (三家), not only a word (三面)."""
    return word in _HAN_WORDS or len(word) > 1


def scaled(value: Decimal, scale: int, measure: Measure) -> tuple[str, str | None, str]:
    """The value in the unit that keeps the printed digits where there is one (240, wan_jin), else multiplied out.

    Returns the digits, the unit's code and the unit as a person would write it.
    """
    names = {unit.name_zh: unit.code for unit in units().values()}
    for prefix, size in (("亿", 10**8), ("万", 10**4)):
        unit = names.get(prefix + _base_name(measure))
        if scale % size == 0 and unit:
            return _multiplied(value, scale // size), unit, prefix + measure.word
    return _multiplied(value, scale), measure.code, measure.word


def _base_name(measure: Measure) -> str:
    unit = units().get(measure.code or "")
    return unit.name_zh if unit else measure.word


def digits(value: Decimal) -> str:
    """`value` in plain digits, its decimals as they came."""
    return f"{value:f}"


def _multiplied(value: Decimal, factor: int) -> str:
    """`value` times `factor`, without the zeros that multiplying leaves after the point."""
    text = digits(value * factor)
    return text.rstrip("0").rstrip(".") if factor > 1 and "." in text else text
