"""Which plain characters does a text stand for, one for one?"""

from __future__ import annotations

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


def plain(text: str) -> str:
    """`text` with full-width forms, dashes and variants replaced one for one, so that every offset stays valid."""
    return text.translate(_LIKE)
