"""Which figures does the text of a report give?"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from layers.errors import ReportError
from layers.report.reading.changes import attached
from layers.report.reading.characters import plain
from layers.report.reading.headings import headings, path_at
from layers.report.reading.mentions import Mention, mentions
from layers.report.reading.model import Doubt, Extracted, Heading, Reading
from layers.report.reading.periods import Period, heading_period, period_at, periods, report_period, report_year
from layers.report.reading.phrases import phrase

LONGEST_SENTENCE = 1500
"""Text without a full stop is cut at so many characters from the number."""

_PLAN = re.compile(r"计划|打算|安排|目标|思路|展望|谋划|下一步|明年")


def read_text(text: str, year: int | None = None) -> Reading:
    """The figures of the report `text`, the numbers in it that are none, and its headings, each with its offset.

    `year` is the year reported on; without it, it is read from the text. Raises ReportError where the text names no
    year or holds no figure, as it is no report then.
    """
    shown = plain(text)
    found, aside = mentions(shown)
    reported = year or report_year(shown)
    if reported is None or not found:
        raise _no_report(no_year=bool(found))
    heads, named, usual = headings(shown), periods(shown, reported), report_period(shown, reported)
    figures = [_extracted(shown, found, i, heads, named, usual) for i in range(len(found))]
    return Reading(reported, heads, tuple(attached(shown, figures)), tuple(aside))


def _extracted(
    text: str, found: Sequence[Mention], i: int, heads: tuple[Heading, ...], named: list[Period], usual: str
) -> Extracted:
    mention = found[i]
    floor = found[i - 1].outer_end if i and found[i - 1].outer_end <= mention.outer_start else 0
    later = (other.outer_start for other in found[i + 1 : i + 6] if other.outer_start >= mention.outer_end)
    ceiling = len(text) if mention.value == "0" else next(later, len(text))
    words = phrase(text, mention, floor, ceiling)
    begin = sentence_start(text, heads, mention.start)
    path = path_at(heads, mention.start)
    headed = heading_period((heading.title for heading in path if heading.level < 3), usual)
    period = period_at(named, begin, mention.start, headed)
    doubts = [*mention.doubts, *([Doubt.PERIOD] if not period.startswith(usual[:4]) else [])]
    if path and _PLAN.search(path[0].title):
        doubts.append(Doubt.PLAN)
    return Extracted(
        mention.start, mention.end, mention.printed, mention.value, mention.unit, mention.unit_zh, words.name, period,
        mention.qualifier, path, words.change, None, None, None, words.clause, _sentence(text, begin, mention.end),
        tuple(doubts),
    )  # fmt: skip


def sentence_start(text: str, heads: Sequence[Heading], position: int) -> int:
    """Where the sentence at `position` begins: after a full stop, a new line or the mark of a heading."""
    reach = max(0, position - LONGEST_SENTENCE)
    stop = max(reach - 1, *(text.rfind(mark, reach, position) for mark in "。!?\n")) + 1
    before = bisect_right(heads, position, key=lambda heading: heading.start)
    return max(stop, heads[before - 1].start if before else 0)


def _sentence(text: str, begin: int, end: int) -> str:
    stop = re.compile(r"[。!?\n]").search(text, end, end + LONGEST_SENTENCE)
    return text[begin : stop.start() if stop else end + LONGEST_SENTENCE]


def _no_report(*, no_year: bool) -> ReportError:
    if no_year:
        return ReportError(
            "文中没有写明年份。", "The text names no year.",
            remedy_zh="请用 --year 指明报告年份。", remedy_en="Name the report's year with --year.",
        )  # fmt: skip
    return ReportError(
        "文中没有带单位的数字，不像是工作报告。",
        "The text holds no number with a unit, so that it does not look like a report.",
        remedy_zh="请确认选对了文件。",
        remedy_en="Check that this is the file you meant.",
    )
