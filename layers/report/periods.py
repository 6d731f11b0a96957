"""How is the period of a figure said?"""

from __future__ import annotations

import re

from babel.dates import get_month_names

MONTHS = re.compile(r"(\d{4})-(\d\d)/\1-(\d\d)")


def period_named(interval: str, language: str) -> str:
    """The year, or the months of one year, that an ISO 8601 interval names: "2024", "2024-01/2024-10"."""
    if not (months := MONTHS.fullmatch(interval)):
        return f"{interval}年" if language == "zh" and interval.isdigit() else interval
    year, first, last = months[1], int(months[2]), int(months[3])
    if language == "zh":
        return f"{year}年{first}—{last}月"
    names = get_month_names("abbreviated", locale="en")
    return f"{names[first]}–{names[last]} {year}"
