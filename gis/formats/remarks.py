"""How much of a text that a library or a strange file gave may be shown to a person?"""

from __future__ import annotations

import unicodedata

LONGEST = 300
"""Characters shown of what a library says."""

_UNSHOWN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode's categories of control and format characters and of lone surrogates."""


def legible(text: str) -> str:
    """`text` on one line, without control characters and what stands for bytes that did not decode (U+FFFD).

    >>> legible("no such\\ttable: \\x1b[31mSt\\ufffd\\x00")
    'no such table: [31mSt'
    """
    kept = (" " if char.isspace() else char for char in text if char.isspace() or _is_shown(char))
    return " ".join("".join(kept).split())


def shortened(text: str, longest: int = LONGEST) -> str:
    """`text` made legible and cut to `longest` characters, the last of them then an ellipsis."""
    clean = legible(text)
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


def _is_shown(char: str) -> bool:
    return char != "\ufffd" and unicodedata.category(char) not in _UNSHOWN
