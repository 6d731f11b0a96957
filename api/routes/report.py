"""The figures of the annual report over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.documents import report_document
from layers.report import read_report, report_years

router = APIRouter(prefix="/api/report", tags=["report"])


@router.get("", summary="报告年份 / Years of report")
def years() -> dict[str, Any]:
    """The years there is a report of."""
    return {"years": list(report_years())}


@router.get("/{year}", summary="年度报告数据 / Figures of the annual report")
def report(year: int) -> dict[str, Any]:
    """Every figure of one year's report, as printed."""
    return report_document(read_report(year))
