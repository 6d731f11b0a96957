"""Which figures does the annual report give?"""

from __future__ import annotations

import tomllib
from collections import Counter
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from layers.codes import code_list
from layers.errors import ReportError, UnknownYear

QUALIFIERS = {"余": "and more", "超": "over", "近": "nearly", "以上": "and above"}
"""What a report says beside a number, and its English."""


def _printed(text: str) -> str:
    try:
        Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
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

    `growth_of` and `part_of` name the figure that this one is the growth, or a part, of.
    """

    code: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    name_zh: str
    name_en: str
    value: Annotated[str, AfterValidator(_printed)]
    unit: Annotated[str, AfterValidator(_unit)]
    period: str
    section: str
    topic: str
    qualifier: Literal["余", "超", "近", "以上"] | None = None
    growth_of: str | None = None
    part_of: str | None = None
    note_zh: str | None = None
    note_en: str | None = None

    @property
    def number(self) -> Decimal:
        """The value as an exact number, in `unit`."""
        return Decimal(self.value)


class Report(_Strict):
    """The figures of one year's report, by section."""

    year: int
    title_zh: str
    title_en: str
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]

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
            for other in filter(None, (figure.growth_of, figure.part_of)):
                if other not in codes:
                    raise ValueError(f"{figure.code}: refers to {other!r}, which is no figure")
        return self


def report_years() -> tuple[int, ...]:
    """The years there is a report of, sorted."""
    names = (file.name for file in (files("data") / "report").iterdir())
    return tuple(sorted(int(name[:-5]) for name in names if name.endswith(".toml") and name[:-5].isdigit()))


def read_report(year: int) -> Report:
    """The report of `year` from data/report/<year>.toml; raises ReportError naming file, key and cause."""
    name = f"data/report/{year}.toml"
    if year not in report_years():
        years = "、".join(map(str, report_years()))
        raise UnknownYear(
            f"没有 {year} 年的报告。",
            f"There is no report for {year}.",
            place=name,
            remedy_zh=f"已有年份：{years}。",
            remedy_en=f"Years: {years.replace('、', ', ')}.",
        )
    try:
        return Report.model_validate(tomllib.loads((files("data") / "report" / f"{year}.toml").read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ReportError(f"不是有效的 TOML：{error}", f"This is not valid TOML: {error}", place=name) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = f"{name}: {'.'.join(map(str, first['loc']))}"
        raise ReportError(
            f"报告文件有误：{first['msg']}", f"The report is wrong: {first['msg']}", place=place
        ) from error
