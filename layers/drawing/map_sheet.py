"""How does a layer look as a map on paper?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gis.columns import GeometryColumns, GeometryKind
from gis.crs import crs, metric_plane, transformed
from gis.types import Bounds
from layers.definition import LayerDefinition, Text
from layers.drawing.lettering import Lettering, Numbering
from layers.drawing.picture import Picture, finished, sheet
from layers.drawing.shapes import draw, oriented, sample
from layers.legend import LegendEntry, legend
from layers.notice import ILLUSTRATIVE
from layers.query import Query
from layers.store import Store
from layers.style import Symbol

WIDTH_MM, HEIGHT_MM = 165.0, 101.0
MAP = (0.006, 0.088, 0.755, 0.84)
"""Where the map stands on the sheet: left, bottom, width and height as shares of it; the legend stands to its right."""

MARGIN = 0.04
LEAST_M = 100.0
"""A map shows at least this much, also of a single point."""

MOST_ENTRIES = 18

OUTLINES = {"villages": Symbol(stroke="#8c8c8c", width=1.0, dash="6 3"), "township": Symbol(stroke="#333333", width=2)}
"""Layers drawn below for orientation, where a catalogue has them; the names of the first are written."""

PLATE = {"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.65, "linewidth": 0}
NORTH = Text(zh="北", en="N")
LEGEND = Text(zh="图例", en="Legend")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Features in the plane of the map."""

    definition: LayerDefinition
    rows: pa.Table
    columns: GeometryColumns


def map_picture(store: Store, layer: str, letters: Lettering, *, as_of: int | None = None) -> Picture | None:
    """The map of `layer` at a revision over the outlines, with title, legend, scale bar and north arrow.

    Drawn in the layer's plane, or the Gauss-Krueger zone of its middle; None where the layer has no features.
    """
    definition = store.catalogue[layer]
    found = _read(store, layer, as_of, plane=None)
    if found is None:
        return None
    above, plane = found
    outlines = [
        _read(store, name, as_of, plane=plane) for name in OUTLINES if name in store.catalogue and name != layer
    ]
    below = [outline[0] for outline in outlines if outline]
    figure = sheet(WIDTH_MM, HEIGHT_MM)
    axes = figure.add_axes(MAP)
    numbers = Numbering(letters)
    entries = list(_classes(above))
    for each in below:
        draw(axes, each.columns, OUTLINES[each.definition.id], 1)
    for order, (entry, rows) in enumerate(entries, 2):
        draw(axes, above.columns.take(rows), entry.symbol, order)
    _frame(axes, [above, *below])
    _write_names(axes, below, numbers)
    _legend(axes, above, [entry for entry, _ in entries], letters)
    _scale_bar(axes)
    _north_arrow(axes, letters)
    figure.text(MAP[0], 0.948, letters.fitting(definition.title.get(letters.language)), fontsize=12, weight="bold")
    figure.text(MAP[0], 0.014, _foot(store, layer, plane, letters), fontsize=6.5, color="#444444")
    return finished(figure, letters, tuple(numbers.key))


def _read(store: Store, layer: str, as_of: int | None, *, plane: int | None) -> tuple[_Drawn, int] | None:
    """The features in `plane`, or in a plane of metres of their own, and its EPSG code."""
    definition = store.catalogue[layer]
    fields = [name for name in (definition.style.field, definition.style.label) if name]
    rows = store.read(layer, Query(fields=list(dict.fromkeys(fields))), as_of=as_of)
    if not rows.num_rows:
        return None
    columns = oriented(rows["geom"])
    if plane is None:
        columns, plane = metric_plane(columns, definition.crs)
    elif definition.crs != plane:
        columns = transformed(columns, definition.crs, plane)
    return _Drawn(definition, rows, columns), plane


def _classes(drawn: _Drawn) -> Iterator[tuple[LegendEntry, NDArray[np.int64]]]:
    """The entries of the legend that features have, and which features those are; all others last."""
    entries, field = legend(drawn.definition), drawn.definition.style.field
    left = np.ones(drawn.rows.num_rows, np.bool_)
    if field:
        values = drawn.rows[field].cast(pa.string())
        for entry in entries[:-1]:
            here = pc.fill_null(pc.equal(values, str(entry.value)), False).to_numpy() & left
            if here.any():
                yield entry, np.flatnonzero(here)
            left &= ~here
    if left.any():
        yield entries[-1], np.flatnonzero(left)


def _frame(axes: Axes, drawn: Sequence[_Drawn]) -> None:
    """Opens the map on everything drawn, with one scale in both directions, and takes the coordinates off its edge."""
    xy = np.concatenate([each.columns.xy for each in drawn])
    extent = Bounds(*xy.min(axis=0), *xy.max(axis=0))
    ratio = (MAP[2] * WIDTH_MM) / (MAP[3] * HEIGHT_MM)
    height = max(extent.north - extent.south, (extent.east - extent.west) / ratio, LEAST_M) * (1 + 2 * MARGIN)
    x, y = (extent.west + extent.east) / 2, (extent.south + extent.north) / 2
    axes.set_xlim(x - height * ratio / 2, x + height * ratio / 2)
    axes.set_ylim(y - height / 2, y + height / 2)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#fbfaf6")


def _write_names(axes: Axes, below: Sequence[_Drawn], numbers: Numbering) -> None:
    """The names of the villages within them, numbered where they cannot be drawn."""
    named = [each for each in below if each.definition.style.label and each.columns.kind is GeometryKind.POLYGON]
    for each in named[:1]:
        places = shapely.point_on_surface(each.columns.to_shapely())
        names = each.rows[each.definition.style.label].to_pylist()
        for place, name in zip(places, names, strict=True):
            if name and place is not None and not place.is_empty:
                axes.text(place.x, place.y, numbers.drawn(str(name)), fontsize=6.5, ha="center", va="center",
                          color="#222222", zorder=100, clip_on=True,
                          bbox=PLATE)  # fmt: skip


def _legend(axes: Axes, drawn: _Drawn, entries: Sequence[LegendEntry], letters: Lettering) -> None:
    english = letters.language == "en"
    handles = [
        sample(entry.symbol, drawn.columns.kind, letters.fitting(entry.title_en if english else entry.title_zh))
        for entry in entries[:MOST_ENTRIES]
    ]
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize=7, borderaxespad=0.2,
        title=LEGEND.get(letters.language), title_fontsize=8, alignment="left", handlelength=1.6, labelspacing=0.7,
    )  # fmt: skip


def _scale_bar(axes: Axes) -> None:
    """A bar of a round length, at most a quarter of the map, in two halves."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    length_m = round_length_m((east - west) / 4)
    x, y, thick = west + (east - west) * 0.03, south + (north - south) * 0.035, (north - south) * 0.008
    for half, colour in enumerate(("#222222", "white")):
        axes.add_patch(_bar(x + half * length_m / 2, y, length_m / 2, thick, colour))
    for share in (0, 1):
        axes.text(x + share * length_m, y + thick * 1.6, _length(length_m * share), fontsize=6.5, zorder=102,
                  ha="center" if share else "left", va="bottom")  # fmt: skip


def _bar(x: float, y: float, width: float, height: float, colour: str) -> Rectangle:
    return Rectangle((x, y), width, height, facecolor=colour, edgecolor="#222222", linewidth=0.5, zorder=101)


def round_length_m(most_m: float) -> float:
    """The largest of 1, 2, 5, 10, 20, 50... metres that is not above `most_m`, which is positive."""
    power = 10.0 ** np.floor(np.log10(most_m))
    return float(max(step * power for step in (1, 2, 5) if step * power <= most_m * (1 + 1e-9)))


def _length(length_m: float) -> str:
    return f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m" if length_m else "0"


def _north_arrow(axes: Axes, letters: Lettering) -> None:
    axes.annotate(
        NORTH.get(letters.language), xy=(0.955, 0.975), xytext=(0.955, 0.875), xycoords="axes fraction",
        ha="center", va="center", fontsize=9, zorder=103,
        arrowprops={"arrowstyle": "-|>", "facecolor": "#222222", "linewidth": 1.2},
    )  # fmt: skip


def _foot(store: Store, layer: str, plane: int, letters: Lettering) -> str:
    """The CRS and, for illustrative data, the notice."""
    notice = ILLUSTRATIVE.get(letters.language) if store.is_illustrative(layer) else ""
    return "\n".join(filter(None, (f"{crs(plane).name} (EPSG:{plane})", notice)))
