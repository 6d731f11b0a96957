"""How does a chart of amounts by name look on paper?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layers.drawing.lettering import Lettering, Numbering
from layers.drawing.picture import Picture, finished, sheet

WIDTH_MM = 165
BAR_MM = 6.5
FRAME_MM = 22


@dataclass(frozen=True, slots=True)
class Bars:
    """Amounts by name, the largest first, in one unit, shown with so many decimals; colours as #rrggbb."""

    title: str
    names: Sequence[str]
    amounts: Sequence[float]
    unit: str
    decimals: int
    colours: Sequence[str]


def bar_picture(bars: Bars, letters: Lettering) -> Picture:
    """Horizontal bars with their amounts; names that cannot be drawn are numbered."""
    numbers = Numbering(letters)
    names = [numbers.drawn(name) for name in bars.names]
    figure = sheet(WIDTH_MM, FRAME_MM + BAR_MM * len(names))
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    drawn = axes.barh(range(len(names)), bars.amounts, color=list(bars.colours), height=0.68, edgecolor="#444444",
                      linewidth=0.4)  # fmt: skip
    axes.bar_label(drawn, [f"{amount:,.{bars.decimals}f}" for amount in bars.amounts], padding=3, fontsize=7.5)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.14)
    axes.tick_params(axis="x", labelsize=7.5, colors="#555555")
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.set_xlabel(letters.fitting(bars.unit), fontsize=8)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return finished(figure, letters, tuple(numbers.key))
