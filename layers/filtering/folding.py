"""When are two texts the same but for case or accents?

These are the references; PostgreSQL computes the same with its own functions (layers.store.filter_postgis).
"""

from __future__ import annotations

import re
import unicodedata

MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""The blocks of combining marks. Those of Japanese stand elsewhere: they make other letters."""

STROKED, PLAIN = "øØđĐłŁħĦŧŦƀɃɨƗıðÐɵƟʉɄ", "oOdDlLhHtTbBiIidDoOuU"
"""Letters that Unicode does not take apart, though people write them without the stroke: København, Kobenhavn."""

LIGATURES = {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "TH"}
"""Letters that people write as two."""

FINAL_SIGMA, SIGMA = "ς", "σ"

_MARK = re.compile(f"[{MARKS}]")
_STROKES = str.maketrans(STROKED, PLAIN)


def casei(text: str) -> str:
    """`text` without differences of case: lower, upper and lower case by Unicode's full mappings (ẞ, ß, SS: ss)."""
    return text.lower().upper().lower().replace(FINAL_SIGMA, SIGMA)


def accenti(text: str) -> str:
    """`text` without accents: taken apart (NFD), marks and strokes dropped, ligatures opened, put together (NFC)."""
    plain = _MARK.sub("", unicodedata.normalize("NFD", text)).translate(_STROKES)
    for ligature, letters in LIGATURES.items():
        plain = plain.replace(ligature, letters)
    return unicodedata.normalize("NFC", plain)
