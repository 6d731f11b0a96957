"""For which period does a number hold?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_HAN_MONTHS = {name: i for i, name in enumerate([*"一二三四五六七八九十", "十一", "十二"], 1)}
_MONTH = r"1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"


@dataclass(frozen=True, slots=True)
class Period:
    """A period as written at offset `start`, and what it stands for: a year or "first month/last month"."""

    start: int
    end: int
    text: str


def report_year(text: str) -> int | None:
    """The year that `text` (plain) reports on: of its title or first lines, else the year named most often."""
    years = [_written_year(year) for year in re.findall(rf"(?<!\d)({_A_YEAR})\s*年", text)]
    if not years:
        return None
    head = re.search(rf"(?<!\d)({_A_YEAR})\s*年度?[^\n,。]{{0,12}}(?:总结|报告|回顾|情况|以来)", text[:1500])
    return _written_year(head[1]) if head else max(set(years), key=years.count)


def report_period(text: str, year: int) -> str:
    """The period that the title of `text` (plain) names (上半年, 前三季度), else the whole `year`."""
    title = re.search(r"[^\n。]{0,60}(?:总结|报告|回顾|汇报)", text[:300])
    named = [found.text for found in periods(title[0], year) if "/" in found.text] if title else []
    return named[0] if named else str(year)


def heading_period(titles: Iterable[str], usual: str) -> str:
    """The year that the highest of the headings `titles` names (2025年工作安排), else `usual`."""
    named = [found[1] for title in titles if (found := re.search(r"(20\d\d)年", title))]
    return named[0] if named and named[0] != usual[:4] else usual


def _written_year(text: str) -> int:
    return int("".join(str("零一二三四五六七八九".find(c)) if c in "零一二三四五六七八九" else c for c in text))


def periods(text: str, year: int) -> list[Period]:
    """The periods named in `text` (plain) of the report on `year`, by position."""
    found: dict[int, Period] = {}
    for pattern, meaning in _FORMS:
        for match in pattern.finditer(text):
            if not any(start <= match.start() < kept.end for start, kept in found.items()):
                found[match.start()] = Period(*match.span(), meaning(match, year))
    return sorted(found.values(), key=lambda period: period.start)


def _months(match: re.Match[str], year: int) -> str:
    year = _named_year(match, year)
    return f"{year}-{_month(match['first']):02d}/{year}-{_month(match['last']):02d}"


def _upto(match: re.Match[str], year: int) -> str:
    year = _named_year(match, year)
    return f"{year}-01/{year}-{_month(match['last']):02d}"


def _named_year(match: re.Match[str], year: int) -> int:
    return int(match["year"]) if match["year"] else year


def _month(text: str) -> int:
    return _HAN_MONTHS[text] if text in _HAN_MONTHS else int(text)


def _part(first: int, last: int) -> Callable[[re.Match[str], int], str]:
    return lambda match, year: f"{_named_year(match, year)}-{first:02d}/{_named_year(match, year)}-{last:02d}"


def _whole(shift: int) -> Callable[[re.Match[str], int], str]:
    return lambda match, year: str(year + shift)


_A_YEAR = r"20\d\d|二零[零一二三四五六七八九]{2}"
_YEAR = r"(?:(?P<year>20\d\d)年|今年|本年)?"
_COMPARED = r"(?<![比较是与同])"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], str]], ...] = (
    (re.compile(rf"{_COMPARED}{_YEAR}(?P<first>{_MONTH})月?\s*[-~至到]\s*(?P<last>{_MONTH})月份?"), _months),
    (re.compile(rf"截[至止]到?{_YEAR}(?P<last>{_MONTH})月(?:份|底|末|\d+日)?"), _upto),
    (re.compile(rf"{_COMPARED}{_YEAR}上半年"), _part(1, 6)),
    (re.compile(rf"{_COMPARED}{_YEAR}下半年"), _part(7, 12)),
    (re.compile(rf"{_COMPARED}{_YEAR}前三个?季度"), _part(1, 9)),
    (re.compile(rf"{_COMPARED}{_YEAR}前两个?季度"), _part(1, 6)),
    (re.compile(rf"{_COMPARED}{_YEAR}第?一季度"), _part(1, 3)),
    (re.compile(rf"{_COMPARED}{_YEAR}第?二季度"), _part(4, 6)),
    (re.compile(rf"{_COMPARED}{_YEAR}第?三季度"), _part(7, 9)),
    (re.compile(rf"{_COMPARED}{_YEAR}第?四季度"), _part(10, 12)),
    (re.compile(r"(?P<year>20\d\d)年(?=以来)"), lambda match, year: _since(int(match["year"]), year)),
    (re.compile(rf"{_COMPARED}(?P<year>{_A_YEAR})年度?"), lambda match, year: str(_written_year(match["year"]))),
    (re.compile(rf"{_COMPARED}(?:去年|上年)(?!同期)"), _whole(-1)),
    (re.compile(r"明年|下一年"), _whole(1)),
    (re.compile(r"今年来?|本年度?|全年|年内|一年来|年初以来"), _whole(0)),
)


def _since(first: int, year: int) -> str:
    return str(year) if first >= year else f"{first}-01/{year}-12"


def period_at(found: list[Period], begin: int, position: int, usual: str) -> str:
    """The period of a number at `position` in the sentence from `begin`; `usual` where the sentence names none."""
    within = [period.text for period in found if begin <= period.start and period.end <= position]
    return within[-1] if within else usual
