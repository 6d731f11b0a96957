"""Small reports, made of the figures that a test needs."""

from __future__ import annotations

from typing import Any

from layers.report import Report
from layers.report.audit import Finding, audit


def figure(code: str, value: object, unit: str = "case", **keys: Any) -> dict[str, Any]:
    """A figure as a table of a report file; its name is its code unless keys say otherwise."""
    return {
        "code": code, "name_zh": code, "name_en": code, "value": str(value), "unit": unit, "period": "2030",
        "section": "all", "topic": "t", **keys,
    }  # fmt: skip


def report(*figures: dict[str, Any], year: int = 2030) -> Report:
    """A report of these figures."""
    placed = [{**each, "period": each["period"].replace("2030", str(year))} for each in figures]
    section = {"id": "all", "title_zh": "全部", "title_en": "All"}
    return Report.model_validate(
        {"year": year, "title_zh": "报告", "title_en": "Report", "sections": [section], "figures": placed}
    )


def found(*figures: dict[str, Any], before: Report | None = None) -> list[Finding]:
    """What the audit finds in a report of these figures."""
    return audit(report(*figures), before)


def graded(*figures: dict[str, Any], before: Report | None = None) -> list[tuple[str, str]]:
    """The rule and the severity of each finding."""
    return [(finding.rule, finding.severity.value) for finding in found(*figures, before=before)]


def last_year(*figures: dict[str, Any]) -> Report:
    """The report of the year before."""
    return report(*figures, year=2029)
