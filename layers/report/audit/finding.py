"""What does a rule find, and what does it look at?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from layers.definition import Text
from layers.report.audit.plausible import Plausible
from layers.report.figures import Figure, Report
from layers.report.units import Unit, unit


class Severity(StrEnum):
    """How bad a finding is: cannot be right; is hardly right, or not as meant; is to be known or asked."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a report that a person should look at.

    rule      the name of the rule in RULES
    figures   the codes of the figures involved, the one that it is about first
    sum       the arithmetic in both languages, such as "413 / 3523 = 11.72 %, printed 10.72 %"
    zh, en    what it means and what to do, in one or two sentences
    """

    rule: str
    severity: Severity
    figures: tuple[str, ...]
    sum: Text
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at: a report, the year before's if there is one, and what is held for plausible."""

    report: Report
    before: Report | None
    plausible: Plausible

    def figure(self, code: str) -> Figure:
        """The figure that another one refers to."""
        return self.report.by_code[code]


Rule = Callable[[Case], Iterator[Finding]]


ZH = {None: "{}", "余": "{}余", "以上": "{}以上", "超": "超{}", "近": "近{}", "不足": "不足{}"}
EN = {None: "{}", "余": "{}+", "以上": "≥{}", "超": ">{}", "近": "nearly {}", "不足": "<{}"}
"""Qualifier -> how a number with it is written in a sum."""

PRINTED = Text(zh="，所印", en=", printed")


def amount(figure: Figure) -> Text:
    """The figure as printed, without its unit: 2500余, 10.72."""
    return Text(zh=ZH[figure.qualifier].format(figure.value), en=EN[figure.qualifier].format(figure.value))


def measured(figure: Figure) -> Text:
    """The figure as printed with its unit: 2500余亩, 10.72 %."""
    digits, measure = amount(figure), unit(figure.unit)
    gap = " " if measure.name_zh in ("%", "‰") else ""
    times = " × " if measure.name_en[0].isdigit() else " "
    return Text(zh=f"{digits.zh}{gap}{measure.name_zh}", en=f"{digits.en}{times}{measure.name_en}")


def written(template: str, *parts: Figure | Unit | Text | str) -> Text:
    """`template` with a part at each {}, in both languages: a figure with its unit, a unit by its name."""
    texts = [_text(part) for part in parts]
    return Text(zh=template.format(*(text.zh for text in texts)), en=template.format(*(text.en for text in texts)))


def joined(sign: str, figures: Iterable[Figure]) -> Text:
    """The figures with their units and the sign between them."""
    listed = list(figures)
    return written(f" {sign} ".join(["{}"] * len(listed)), *listed)


def _text(part: Figure | Unit | Text | str) -> Text:
    if isinstance(part, Figure):
        return measured(part)
    if isinstance(part, Unit):
        return Text(zh=part.name_zh, en=part.name_en)
    return part if isinstance(part, Text) else Text(zh=part, en=part)
