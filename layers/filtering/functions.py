"""Which functions may a filter call?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from layers.definition import Text
from layers.filtering.expression import ValueType
from layers.filtering.folding import accenti, casei

TIMES = (ValueType.DATE, ValueType.MOMENT)


@dataclass(frozen=True, slots=True)
class Function:
    """A function: what it gives, the type of its result, the types each argument may have, and its reference."""

    name: str
    description: Text
    returns: ValueType
    arguments: tuple[tuple[ValueType, ...], ...]
    reference: Callable[..., Any]


def _of_text(name: str, zh: str, en: str, reference: Callable[[str], Any], returns: ValueType) -> Function:
    return Function(name, Text(zh=zh, en=en), returns, ((ValueType.TEXT,),), reference)


def _of_number(name: str, zh: str, en: str, reference: Callable[[float], float]) -> Function:
    return Function(name, Text(zh=zh, en=en), ValueType.NUMBER, ((ValueType.NUMBER,),), reference)


def _of_time(name: str, zh: str, en: str, reference: Callable[[date], int]) -> Function:
    return Function(name, Text(zh=zh, en=en), ValueType.NUMBER, (TIMES,), reference)


def _named(*functions: Function) -> Mapping[str, Function]:
    return {function.name: function for function in functions}


FUNCTIONS = _named(
    _of_text("casei", "不分大小写", "Text without differences of case", casei, ValueType.TEXT),
    _of_text("accenti", "不分重音符号", "Text without accents", accenti, ValueType.TEXT),
    _of_text("length", "字符数", "Number of characters", lambda text: float(len(text)), ValueType.NUMBER),
    _of_number("abs", "绝对值", "Magnitude", abs),
    _of_number("floor", "不大于它的最大整数", "Greatest whole number not above", lambda x: float(math.floor(x))),
    _of_number("ceil", "不小于它的最小整数", "Least whole number not below", lambda x: float(math.ceil(x))),
    _of_time("year", "年（UTC）", "Year, in UTC", lambda moment: moment.year),
    _of_time("month", "月（UTC）", "Month of the year, in UTC", lambda moment: moment.month),
    _of_time("day", "日（UTC）", "Day of the month, in UTC", lambda moment: moment.day),
)
"""The functions a filter may name, in any case of letters."""

DAY_START, DAY_END = "day_start", "day_end"


def day_start(day: date) -> datetime:
    """The first millisecond of a day, in UTC."""
    return datetime.combine(day, time(), UTC)


def day_end(day: date) -> datetime:
    """The last millisecond of a day, in UTC."""
    return datetime.combine(day, time(23, 59, 59, 999_000), UTC)


DAYS = _named(
    Function(DAY_START, Text(zh="一日之始", en="Start of a day"), ValueType.MOMENT, ((ValueType.DATE,),), day_start),
    Function(DAY_END, Text(zh="一日之末", en="End of a day"), ValueType.MOMENT, ((ValueType.DATE,),), day_end),
)
"""What dates become where they meet moments; not for filters to name."""
