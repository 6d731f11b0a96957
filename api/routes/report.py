"""The figures of the annual report over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from layers.codes import code_list
from layers.report import QUALIFIERS, Figure, Report, read_report, report_years

router = APIRouter(prefix="/api/report", tags=["report"])


@router.get("", summary="报告年份 / Years of report")
def years() -> dict[str, Any]:
    """The years there is a report of."""
    return {"years": list(report_years())}


@router.get("/{year}", summary="年度报告数据 / Figures of the annual report")
def report(year: int) -> dict[str, Any]:
    """Every figure of one year's report, as printed."""
    return report_document(read_report(year))


def report_document(found: Report) -> dict[str, Any]:
    """`found` as the JSON document that the service and the command line give."""
    return {
        "year": found.year,
        "title_zh": found.title_zh,
        "title_en": found.title_en,
        "sections": [section.model_dump() for section in found.sections],
        "figures": [_figure_document(figure) for figure in found.figures],
    }


def _figure_document(figure: Figure) -> dict[str, Any]:
    unit = code_list("units")[figure.unit]
    number = figure.number
    return {
        **figure.model_dump(exclude_none=True),
        "value": int(number) if number == number.to_integral_value() and "." not in figure.value else float(number),
        "printed": figure.value,
        "unit_zh": unit.name_zh,
        "unit_en": unit.name_en,
        "qualifier_en": QUALIFIERS[figure.qualifier] if figure.qualifier else None,
    }
