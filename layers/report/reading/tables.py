"""Which numbers of a text stand in a table pasted into it, and in which unit?

A table's rows have the same number of cells; its head names what stands in the columns. The unit stands in a column of
its own (单位), in brackets in the head of the column (同比增长（%）) or in brackets beside the row's name (耕地（亩）).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeVar

from layers.report.reading.measures import Measure, measure_at, scaled
from layers.report.reading.model import Doubt
from layers.report.reading.numerals import SCALES, arabic_value, scale_value

FEWEST_CELLS, FEWEST_ROWS = 3, 2
_CELL = re.compile(r"[^\s|│]+")
_NUMBER = re.compile(r"[+-]?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位")
_NUMBERING = re.compile(r"序号|编号|名次|排名|代码|电话")
_YEAR = re.compile(r"(20\d\d)年?")
_BRACKETED = re.compile(r"\((?P<unit>[^()]{1,8})\)|(?P<percent>[±+-]?%)")
_SCALE = re.compile(r"[十百千]?[万亿]{1,2}(?=.)")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell with its place in the text."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit and the scale before it: 万元 is 10,000 yuan."""

    measure: Measure
    scale: int


def table_mentions(text: str, make: Callable[..., Made]) -> list[Made]:
    """The numbers of `text` (plain) in tables whose unit is known, each as `make(start, end, ...)` of a mention."""
    return [make(*found) for rows in _tables(text) for found in _of_table(rows)]


def _tables(text: str) -> Iterator[list[list[_Cell]]]:
    """Runs of lines with equally many cells: a head and rows with numbers."""
    lines = []
    for line in re.finditer(r"[^\n]+", text):
        cells = [_Cell(line.start() + c.start(), line.start() + c.end(), c[0]) for c in _CELL.finditer(line[0])]
        lines.append(cells)
    for size, run in groupby(lines, key=len):
        rows = list(run)
        if size < FEWEST_CELLS or len(rows) <= FEWEST_ROWS or any(_NUMBER.fullmatch(cell.words) for cell in rows[0]):
            continue
        if all(any(_NUMBER.fullmatch(cell.words) for cell in row) for row in rows[1:]):
            yield rows


def _of_table(rows: Sequence[Sequence[_Cell]]) -> Iterator[tuple[Any, ...]]:
    head = [cell.words for cell in rows[0]]
    years = [int(found[1]) for words in head if (found := _YEAR.fullmatch(words))]
    own = next((place for place, words in enumerate(head) if _UNIT_COLUMN.fullmatch(words)), None)
    for row in rows[1:]:
        of_row = _unit(row[own].words) if own is not None else _bracketed(row[0].words)
        for place, cell in enumerate(row):
            number = _NUMBER.fullmatch(cell.words)
            unit = _bracketed(head[place]) or of_row
            if number and unit and not _NUMBERING.search(head[place]):
                year = _YEAR.fullmatch(head[place])
                earlier = bool(year) and int(head[place][:4]) != max(years)
                before = row[own].start if own == place - 1 and place else cell.start
                yield _found(cell, number, unit, before, earlier=earlier)


def _found(cell: _Cell, number: re.Match[str], unit: _Unit, before: int, *, earlier: bool) -> tuple[Any, ...]:
    start = cell.start + number.start("digits")
    value, code, name = scaled(Decimal(arabic_value(number["digits"])), unit.scale, unit.measure)
    doubts = ((Doubt.PERIOD,) if earlier else ()) + ((Doubt.UNKNOWN_UNIT,) if code is None else ())
    return start, cell.end, before, cell.end, number["digits"], value, code, name, None, doubts


def _bracketed(words: str) -> _Unit | None:
    """The unit in brackets, or the per cent sign, of a column's head or a row's name."""
    found = _BRACKETED.search(words)
    if not found:
        return None
    return _unit(found["unit"].lstrip("±+-")) if found["unit"] else _unit("%")


def _unit(words: str) -> _Unit | None:
    """The unit that `words` are, with the scale before it; None where they are none."""
    scale = _SCALE.match(words)
    rest = words[scale.end() :] if scale else words
    measure = measure_at(rest, 0)
    if not measure or len(measure.word) != len(rest):
        return None
    return _Unit(measure, scale_value(scale[0]) if scale and set(scale[0]) & set(SCALES) else 1)
