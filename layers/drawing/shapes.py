"""How do the features of one symbol become something that matplotlib draws?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from gis.columns import GeometryColumns, GeometryKind
from layers.style import Symbol

POINTS_PER_PIXEL = 0.5
"""Widths and radii are meant for a screen; a sheet of paper is looked at from nearer."""


def draw(axes: Axes, columns: GeometryColumns, symbol: Symbol, order: float) -> None:
    """Draws all features in one go, so that a hundred thousand cost little more than one."""
    if len(columns.xy):
        DRAWN[columns.kind](axes, columns, symbol, order)


def oriented(wkb: Any) -> GeometryColumns:
    """Columns of WKB with holes the other way round than shells, as filling a path of many rings needs it."""
    shapes = shapely.from_wkb(wkb.to_numpy())
    return GeometryColumns.from_wkb(shapely.to_wkb(shapely.orient_polygons(shapes)))


def _areas(axes: Axes, columns: GeometryColumns, symbol: Symbol, order: float) -> None:
    patch = PathPatch(_path(columns, closed=True), zorder=order, **area_look(symbol))
    axes.add_patch(patch)


def _lines(axes: Axes, columns: GeometryColumns, symbol: Symbol, order: float) -> None:
    look = area_look(symbol) | {"facecolor": "none", "hatch": None}
    axes.add_patch(PathPatch(_path(columns, closed=False), zorder=order, **look))


def _marks(axes: Axes, columns: GeometryColumns, symbol: Symbol, order: float) -> None:
    x, y = columns.xy.T
    axes.plot(x, y, zorder=order, **_mark_look(symbol))


DRAWN: dict[GeometryKind, Callable[[Axes, GeometryColumns, Symbol, float], None]] = {
    GeometryKind.POLYGON: _areas,
    GeometryKind.LINE: _lines,
    GeometryKind.POINT: _marks,
}


def sample(symbol: Symbol, kind: GeometryKind, title: str) -> Artist:
    """The entry of a legend."""
    if kind is GeometryKind.POLYGON:
        return Patch(label=title, **area_look(symbol))
    if kind is GeometryKind.POINT:
        return Line2D([], [], label=title, **_mark_look(symbol))
    return Line2D([], [], label=title, color=symbol.stroke or "none", linewidth=symbol.width * POINTS_PER_PIXEL)


def area_look(symbol: Symbol) -> dict[str, Any]:
    """What matplotlib's patches call the parts of a symbol."""
    fill = (symbol.fill, symbol.fill_opacity) if symbol.fill else "none"
    dash = (0, [float(part) * POINTS_PER_PIXEL for part in symbol.dash.split()]) if symbol.dash else "solid"
    return {
        "facecolor": fill,
        "edgecolor": symbol.stroke or "none",
        "linewidth": symbol.width * POINTS_PER_PIXEL,
        "linestyle": dash,
        "hatch": "/////" if symbol.hatch else None,
        "hatch_linewidth": 0.25,
    }


def _mark_look(symbol: Symbol) -> dict[str, Any]:
    return {
        "linestyle": "none",
        "marker": "o",
        "markersize": symbol.radius * POINTS_PER_PIXEL * 2,
        "markerfacecolor": symbol.fill or "none",
        "markeredgecolor": symbol.stroke or "none",
        "markeredgewidth": symbol.width * POINTS_PER_PIXEL,
    }


def _path(columns: GeometryColumns, *, closed: bool) -> Path:
    codes = np.full(len(columns.xy), Path.LINETO, np.uint8)
    codes[columns.ring_offsets[:-1]] = Path.MOVETO
    if closed:
        codes[columns.ring_offsets[1:] - 1] = Path.CLOSEPOLY
    return Path(columns.xy, codes)
