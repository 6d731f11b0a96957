"""The figures that a report's text gives: read, matched with known codes, drafted for a person to confirm."""

from layers.report.reading.documents import read_file, text_of
from layers.report.reading.drafting import draft, draft_text
from layers.report.reading.matching import Match, matches
from layers.report.reading.model import Doubt, Extracted, Heading, Reading, SetAside
from layers.report.reading.proposal import Draft, Proposal, proposed
from layers.report.reading.text import read_text

__all__ = [
    "Doubt",
    "Draft",
    "Extracted",
    "Heading",
    "Match",
    "Proposal",
    "Reading",
    "SetAside",
    "draft",
    "draft_text",
    "matches",
    "proposed",
    "read_file",
    "read_text",
    "text_of",
]
