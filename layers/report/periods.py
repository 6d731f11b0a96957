"""When is the period of a figure, and how is it said?"""

from __future__ import annotations

import calendar
import re
from datetime import date

from babel.dates import get_month_names

from layers.errors import ReportError

MONTHS = re.compile(r"(\d{4})-(\d\d)/\1-(\d\d)")
MONTH = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])")
YEAR = re.compile(r"[1-9]\d{3}")


def period_named(interval: str, language: str) -> str:
    """The year, or the months of one year, that an ISO 8601 interval names: "2024", "2024-01/2024-10"."""
    if not (months := MONTHS.fullmatch(interval)):
        return f"{interval}年" if language == "zh" and interval.isdigit() else interval
    year, first, last = months[1], int(months[2]), int(months[3])
    if language == "zh":
        return f"{year}年{first}—{last}月"
    names = get_month_names("abbreviated", locale="en")
    return f"{names[first]}–{names[last]} {year}"


def days_of(interval: str) -> tuple[date, date]:
    """The first and the last day of an ISO 8601 interval of years or months; raises ReportError for another text.

    >>> days_of("2024-01/2024-06")
    (datetime.date(2024, 1, 1), datetime.date(2024, 6, 30))
    """
    first, _, last = interval.partition("/")
    ends = _month_or_year(first), _month_or_year(last or first)
    if ends[0] is None or ends[1] is None or ends[0][0] > ends[1][1]:
        raise ReportError(
            f"期间“{interval}”无法识别。", f"The period {interval!r} cannot be read.",
            remedy_zh="请写年份或首末两个月，如 2024 或 2024-01/2024-10。",
            remedy_en="Write a year, or the first and the last month: 2024, 2024-01/2024-10.",
        )  # fmt: skip
    return ends[0][0], ends[1][1]


def year_before(window: tuple[date, date]) -> tuple[date, date]:
    """The same months, whole ones, a year before."""
    first, last = window
    return first.replace(year=first.year - 1), _last_day(last.year - 1, last.month)


def _month_or_year(text: str) -> tuple[date, date] | None:
    if YEAR.fullmatch(text):
        return date(int(text), 1, 1), date(int(text), 12, 31)
    if found := MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), _last_day(year, month)
    return None


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
