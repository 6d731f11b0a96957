"""The annual report as a file to send: figures stated and derived, findings, charts and maps."""

from layers.report.writing.composition import composed
from layers.report.writing.files import WRITERS, suffix_of, write_report

__all__ = ["WRITERS", "composed", "suffix_of", "write_report"]
