"""The figures of the annual report: what it says, and where each figure stands."""

from layers.report.figures import QUALIFIERS, Figure, Report, Section, read_report, report_years

__all__ = ["QUALIFIERS", "Figure", "Report", "Section", "read_report", "report_years"]
