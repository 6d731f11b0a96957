"""What is a written report made of, whatever the file?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from layers.drawing import Bars, Picture


class Tone(StrEnum):
    """How a mark is meant."""

    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the decimals it is to be shown with, and a word before or after it (超1080, 2500余)."""

    value: Decimal
    before: str = ""
    after: str = ""

    @property
    def decimals(self) -> int:
        """The digits after the point."""
        exponent = self.value.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def text(self) -> str:
        """The number with thousands separators and its words."""
        return f"{self.before}{self.value:,.{self.decimals}f}{self.after}"


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that is to be seen at a glance."""

    text: str
    tone: Tone


Cell = str | Amount | Mark | None
"""None is nothing to say, shown as a dash or left empty."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, its width on paper, and whether numbers stand in it."""

    title: str
    width_mm: float
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in groups; on paper a table each, in a workbook one sheet with the groups as its first column."""

    title: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    grouped_by: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two; a notice is to be seen."""

    text: str
    is_notice: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Amounts by name: `picture` draws them for paper, a workbook makes a chart of its own."""

    bars: Bars
    picture: Callable[[], Picture]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """A map of a layer, and what is to be said below it."""

    title: str
    picture: Picture
    note: str = ""


Block = Paragraph | Table | Chart | Map


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter of a document, a sheet of a workbook."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole report: its title, a line below it, a notice for every page ("" for none), and its parts."""

    language: str
    title: str
    subtitle: str
    notice: str
    parts: tuple[Part, ...]
