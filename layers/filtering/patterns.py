"""Does a text fit a pattern of LIKE?

% stands for any characters, _ for one, and a backslash takes the meaning from the character after it (OGC 21-065r2,
7.3); a backslash at the end is itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from layers.filtering.expression import Wildcard
from layers.filtering.problems import refusal

ESCAPE = "\\"
Pattern = tuple[str | Wildcard, ...]

MAX_PATTERN = 1_000
"""Characters of a pattern: the time to match grows with them times those of the text."""


def parse_pattern(text: str) -> Pattern:
    """`text` as plain texts and wildcards; several % in a row are one. Raises InvalidFilter for a long one."""
    if len(text) > MAX_PATTERN:
        raise refusal(f"LIKE 的模式最多 {MAX_PATTERN} 个字符。", f"A pattern has {MAX_PATTERN} characters at most.")
    found: list[str | Wildcard] = []
    escaped = False
    for character in text:
        if not escaped and character == ESCAPE:
            escaped = True
            continue
        wildcard = Wildcard(character) if not escaped and character in tuple(Wildcard) else None
        escaped = False
        if wildcard is None:
            _add_plain(found, character)
        elif not (wildcard is Wildcard.ANY and found and found[-1] is Wildcard.ANY):
            found.append(wildcard)
    if escaped:
        _add_plain(found, ESCAPE)
    return tuple(found)


def _add_plain(found: list[str | Wildcard], character: str) -> None:
    if found and not isinstance(found[-1], Wildcard):
        found[-1] += character
    else:
        found.append(character)


def matches(pattern: Sequence[str | Wildcard], text: str) -> bool:
    """Whether the whole of `text` fits."""
    first, *others = _between_any(pattern)
    if not others:
        return re.fullmatch(first, text, re.DOTALL) is not None
    *middle, last = others
    start = re.compile(first, re.DOTALL).match(text)
    position = start.end() if start else -1
    for piece in middle:  # the leftmost place for each piece leaves most room for the next
        found = re.compile(piece, re.DOTALL).search(text, position) if position >= 0 else None
        position = found.end() if found else -1
    end = re.search(f"(?:{last})\\Z", text[position:], re.DOTALL) if position >= 0 else None
    return end is not None


def _between_any(pattern: Sequence[str | Wildcard]) -> list[str]:
    """The pieces between the %s as regular expressions without repetition."""
    pieces = [""]
    for part in pattern:
        if part is Wildcard.ANY:
            pieces.append("")
        else:
            pieces[-1] += "." if part is Wildcard.ONE else re.escape(part)
    return pieces
