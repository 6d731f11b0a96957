"""Under which headings does a place in a text stand?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from layers.report.reading.model import Heading

_N = "一二三四五六七八九十"
_LEVELS = (
    (1, re.compile(rf"^ *(?P<mark>第[{_N}]+[部章]分?|[{_N}]+[、.]) *(?P<title>[^\n]{{0,200}})", re.MULTILINE)),
    (2, re.compile(rf"^ *(?P<mark>\([{_N}]+\))[、.]? *(?P<title>[^\n]{{0,200}})", re.MULTILINE)),
    (3, re.compile(
        rf"(?:^|(?<=[。;\n:])) *(?P<mark>\(?\d{{1,2}}(?:[、)]|\.(?!\d))|其?[{_N}]是|[①-⑳])"
        r" *(?P<title>[^\n。;,:]{0,200})",
        re.MULTILINE,
    )),
)  # fmt: skip
LONGEST = 60
"""A heading that runs on in its line ends at its first full stop, and is cut at so many characters."""


def headings(text: str) -> tuple[Heading, ...]:
    """The headings of `text` (plain), by position: 一、 or 第一部分, (一), then 一是, 1. and (1)."""
    found = [
        Heading(match.start("mark"), level, match["mark"], _title(match["title"]))
        for level, pattern in _LEVELS
        for match in pattern.finditer(text)
    ]
    return tuple(sorted(found, key=lambda heading: heading.start))


def _title(words: str) -> str:
    return re.split(r"[。!?]", words, maxsplit=1)[0].strip()[:LONGEST]


def path_at(found: Sequence[Heading], position: int) -> tuple[Heading, ...]:
    """The headings over `position`, the highest level first."""
    path: dict[int, Heading] = {}
    for heading in found:
        if heading.start > position:
            break
        path = {level: kept for level, kept in path.items() if level < heading.level} | {heading.level: heading}
    return tuple(path[level] for level in sorted(path))
