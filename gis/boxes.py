"""Which features have a bounding box in a window?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gis.columns import Ints, Reals
from gis.kernels import boxtree

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class BoxIndex:
    """A packed R-tree over bounding boxes; read-only, so that threads share it. Build it with `BoxIndex.over`."""

    nodes: Reals
    levels: Ints
    order: Ints

    @classmethod
    def over(cls, bounds: Reals) -> BoxIndex:
        """The index over `bounds` (items, 4): west, south, east, north; items with NaN (None, empty) are left out."""
        bounds = readonly(np.asarray(bounds, np.float64))
        items = readonly(np.flatnonzero(np.isfinite(bounds).all(axis=1)).astype(np.int64))
        codes = np.empty(len(items), np.int64)
        if len(items):
            west, south = bounds[items, :2].min(axis=0)
            east, north = bounds[items, 2:].max(axis=0)
            boxtree.hilbert_codes(bounds, items, west, south, east, north, codes)
        order = items[np.argsort(codes, kind="stable")]
        levels = [0, len(items)]
        while levels[-1] - levels[-2] > 1:
            levels.append(levels[-1] - (levels[-2] - levels[-1]) // boxtree.NODE)
        nodes, starts = np.empty((levels[-1], 4)), readonly(np.asarray(levels, np.int64))
        nodes[: len(items)] = bounds[order]
        boxtree.fill_levels(nodes, starts)
        return cls(readonly(nodes), starts, readonly(order))

    def query(self, west: float, south: float, east: float, north: float) -> Ints:
        """The items whose boxes meet the window, borders included, ascending."""
        found: Ints = boxtree.query(self.nodes, self.levels, self.order, west, south, east, north)
        found.sort()
        return found

    def pairs(self, bounds: Reals) -> tuple[Ints, Ints]:
        """(row of `bounds`, item) of every two boxes that meet, by row, then by item; NaN rows meet nothing."""
        rows, items = boxtree.pairs(self.nodes, self.levels, self.order, readonly(bounds), 0, len(bounds))
        return rows, items


def readonly(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """A read-only, contiguous view of `array`: the type that kernels are compiled for."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
