"""What is a picture for a page of paper?"""

from __future__ import annotations

import io
from dataclasses import dataclass

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from layers.drawing.lettering import Lettering

DPI = 170
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, its size on paper, and what its numbers stand for where names could not be drawn (see Lettering)."""

    png: bytes
    width_mm: float
    height_mm: float
    key: tuple[str, ...] = ()


def sheet(width_mm: float, height_mm: float) -> Figure:
    """An empty figure of that size; without pyplot, so that threads can draw at once."""
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def finished(figure: Figure, letters: Lettering, key: tuple[str, ...] = ()) -> Picture:
    """The picture of `figure`, every text of it in the families of `letters`; the same bytes for the same figure."""
    for text in figure.findobj(lambda artist: hasattr(artist, "set_fontfamily")):
        text.set_fontfamily(list(letters.families))  # type: ignore[attr-defined]
    written = io.BytesIO()
    figure.savefig(written, format="png", metadata={"Software": None})
    width, height = figure.get_size_inches()
    return Picture(written.getvalue(), width * MM_PER_INCH, height * MM_PER_INCH, key)
