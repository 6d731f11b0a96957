"""The figures that a report's text gives: read, matched with known codes, drafted for a person to confirm."""

from layers.report.reading.model import Doubt, Extracted, Heading, Reading, SetAside
from layers.report.reading.text import read_text

__all__ = ["Doubt", "Extracted", "Heading", "Reading", "SetAside", "read_text"]
