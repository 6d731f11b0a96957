"""Which figures does the annual report give?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from layers.codes import code_list
from layers.errors import ReportError

QUALIFIERS = {"余": "and more", "超": "over", "近": "nearly", "以上": "and above", "不足": "less than"}
"""What a report says beside a number, and its English."""


class UnknownFigure(ReportError):
    """The report has no figure of that code."""

    code = "unknown_figure"


_DIGITS = re.compile(r"-?[0-9]+([.][0-9]+)?")
_MOST_DIGITS = 40


def _printed(text: str) -> str:
    if len(text) > _MOST_DIGITS or not _DIGITS.fullmatch(text):
        raise ValueError(f"{text[:_MOST_DIGITS]!r} is not a number written in digits, such as 1570 or 8.9")
    return text


def _unit(unit: str) -> str:
    if unit not in code_list("units"):
        raise ValueError(f"unknown unit {unit!r}; units are {', '.join(code_list('units'))}")
    return unit


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Strict):
    """A section of the report, by its heading."""

    id: str
    title_zh: str
    title_en: str


class Figure(_Strict):
    """One figure: `value` holds the digits exactly as printed, in `unit` (data/codes/units.csv).

    The head of data/report/2024.toml says what each key means. Keys that name other figures by their code:

    growth_of     this percentage is the growth of that figure on the year before; a decline with `change` "down"
    part_of       this is a part of that figure; for a percentage, that figure is what it is a share of (the whole)
    share_of      this percentage is the share that that count has, of `part_of` where the report gives the whole
    rate_of       (count, base): this figure is the one for each of the other, such as output for each mu
    sum_of        this figure is the sum of those
    same_as       this figure states that one once more
    previous_of   this figure is what that one was a year before

    `recipe` is as written: `layers.report.recipes` reads it, so that a wrong one spoils its own figure only.
    """

    code: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    name_zh: str
    name_en: str
    value: Annotated[str, AfterValidator(_printed)]
    unit: Annotated[str, AfterValidator(_unit)]
    period: str
    section: str
    topic: str
    qualifier: Literal["余", "超", "近", "以上", "不足"] | None = None
    counted: Literal[True] | None = None
    change: Literal["down"] | None = None
    prices: Literal["current", "constant"] | None = None
    basis: Literal["paddy", "milled"] | None = None
    split: str | None = None
    growth_of: str | None = None
    part_of: str | None = None
    share_of: str | None = None
    rate_of: tuple[str, str] | None = None
    sum_of: tuple[str, ...] | None = None
    same_as: str | None = None
    previous_of: str | None = None
    note_zh: str | None = None
    note_en: str | None = None
    recipe: dict[str, Any] | None = None

    @property
    def number(self) -> Decimal:
        """The value as an exact number, in `unit`."""
        return Decimal(self.value)

    def references(self) -> Iterator[str]:
        """The codes of the other figures that this one refers to."""
        yield from filter(None, (self.growth_of, self.part_of, self.share_of, self.same_as, self.previous_of))
        yield from (*(self.rate_of or ()), *(self.sum_of or ()))


class Report(_Strict):
    """The figures of one year's report, by section."""

    year: int
    title_zh: str
    title_en: str
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]
    _places: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _references_hold(self) -> Report:
        codes = Counter(figure.code for figure in self.figures)
        twice = [code for code, count in codes.items() if count > 1]
        if twice:
            raise ValueError(f"figures named twice: {', '.join(twice)}")
        sections = {section.id for section in self.sections}
        for figure in self.figures:
            if figure.section not in sections:
                raise ValueError(f"{figure.code}: no section {figure.section!r}; sections are {', '.join(sections)}")
            for other in figure.references():
                if other not in codes or other == figure.code:
                    raise ValueError(f"{figure.code}: refers to {other!r}, which is no other figure")
        return self

    @cached_property
    def by_code(self) -> dict[str, Figure]:
        """The figures by their code, in the report's order."""
        return {figure.code: figure for figure in self.figures}

    def figure(self, code: str) -> Figure:
        """The figure called `code`; raises UnknownFigure with those of its topic, or all topics."""
        if code in self.by_code:
            return self.by_code[code]
        topic = code.partition(".")[0]
        near = [known for known in self.by_code if known.startswith(f"{topic}.")]
        choices = near or sorted({known.partition(".")[0] + ".…" for known in self.by_code})
        raise UnknownFigure(
            f"{self.year} 年的报告没有指标“{code}”。",
            f"The report of {self.year} has no figure {code!r}.",
            remedy_zh=f"可选：{'、'.join(choices)}。",
            remedy_en=f"Choose one of: {', '.join(choices)}.",
        )

    def place(self, code: str) -> str:
        """File and line where a figure stands, for messages; its code alone for a report that came from no file."""
        return self._places.get(code, code)

    def placed(self, places: dict[str, str]) -> Report:
        """This report, with the file and line of its figures by code."""
        self._places.update(places)
        return self
