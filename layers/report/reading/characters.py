"""Which plain characters does a text stand for, one for one?"""

from __future__ import annotations

import re

_LIKE = str.maketrans(
    {
        **{chr(0xFF01 + i): chr(0x21 + i) for i in range(94)},  # full width to ASCII: digits, letters, % , ( ) :
        "　": " ",
        " ": " ",
        "．": ".",
        "—": "-",
        "–": "-",
        "－": "-",
        "―": "-",
        "～": "~",
        "〜": "~",
        "∼": "~",
        "﹪": "%",
        "﹣": "-",
        "；": ";",
        "〇": "零",
        "○": "零",
        "兩": "两",
        "萬": "万",
        "億": "亿",
        "\r": "\n",
        "\t": " ",
    }
)


_RUN = re.compile(r"(?:[\d.,:/+-]|[零一二两三四五六七八九十百千万亿、]){40,}|(.)\1{30,}")
"""Numerals without end and one character over and over: neither can be a figure, and patterns take long over them."""


def plain(text: str) -> str:
    """`text` with full-width forms, dashes and variants replaced one for one, so that every offset stays valid.

    Runs of numerals that are too long to be a number become spaces.
    """
    return _RUN.sub(lambda run: " " * len(run[0]), text.translate(_LIKE))
