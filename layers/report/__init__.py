"""The figures of the annual report: what it says, and where each figure stands."""

from layers.report.figures import QUALIFIERS, Figure, Report, Section, UnknownFigure
from layers.report.files import parse_report, read_report, read_report_file, report_before, report_years

__all__ = [
    "QUALIFIERS",
    "Figure",
    "Report",
    "Section",
    "UnknownFigure",
    "parse_report",
    "read_report",
    "read_report_file",
    "report_before",
    "report_years",
]
