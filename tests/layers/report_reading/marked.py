"""Passages with their figures marked: ⟨printed=value unit⟩."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PASSAGES = sorted((Path(__file__).parent / "passages").glob("*.txt"))
_MARK = re.compile(r"⟨(?P<printed>[^=⟩]+)=(?P<value>[\d.]+) (?P<unit>\w+)⟩")


@dataclass(frozen=True)
class Marked:
    start: int
    printed: str
    value: str
    unit: str | None


def passage(path: Path) -> tuple[str, list[Marked]]:
    """The text of a passage without marks, and the figures marked in it."""
    text, marks, last = "", [], 0
    raw = path.read_text("utf-8")
    for found in _MARK.finditer(raw):
        text += raw[last : found.start()]
        unit = None if found["unit"] == "None" else found["unit"]
        marks.append(Marked(len(text), found["printed"], found["value"], unit))
        text, last = text + found["printed"], found.end()
    return text + raw[last:], marks


def report(body: str, year: int = 2030) -> str:
    """`body` as the one section of a report on `year`."""
    return f"{year}年工作总结\n一、主要工作\n{body}\n"
