"""Which layers stand ready in memory, so that their features need no database?"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gis.columns import GeometryColumns, GeometryKind, Ints, Reals
from gis.crs import transformed
from gis.errors import Problem
from gis.exact import ExactCoordinates
from gis.kernels import gather
from gis.packed import PackedFeatures, Packer
from gis.types import Bounds
from layers.definition import LayerDefinition
from layers.memory import Key, LayerMemory
from layers.query import Query
from layers.store import Store
from layers.store.standing import Standing
from layers.window import CRS84, EDGE_POINTS, MARGIN_DEGREES, NOTHING, in_degrees, within

log = logging.getLogger(__name__)

FORM = "features"
KEPT_APART = ("fid", "geom", "revision")
"""What is no property of a feature."""

ROUNDED_DEGREES = 2e-7
"""More than rounding to 7 digits moves a vertex."""

MOST_LATITUDE = 75.0
"""Beyond it a parallel bends too much for `_bend` to say how much."""

SELECTIONS = 64
"""Windows whose features are remembered, for the next page of each."""

PAUSE = 5.0
"""A layer is prepared anew only after so many times as long as preparing it took: edits may come one after another."""


class Page(NamedTuple):
    """The rows of a page of features, how many there are on all pages, and the key to go on after; None at the end."""

    rows: Ints
    matched: int
    following: int | None


@dataclass(frozen=True, slots=True, eq=False)
class ResidentLayer:
    """The features of one version of a layer in memory, in the order of their fids.

    `wkb_bytes` int32: the size of each geometry as stored; `revisions` int32: the revision that made each feature what
    it is. `extent` is in degrees; None for an empty layer.
    """

    standing: Standing
    features: PackedFeatures
    exact: ExactCoordinates
    wkb_bytes: NDArray[np.int32]
    revisions: NDArray[np.int32]
    extent: Bounds | None
    is_illustrative: bool
    _selected: OrderedDict[Bounds, Ints] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def definition(self) -> LayerDefinition:
        """The layer's definition."""
        return self.standing.definition

    @property
    def size_bytes(self) -> int:
        """The memory that it takes, without the windows remembered."""
        return self.features.size_bytes + self.exact.values.nbytes + 2 * self.wkb_bytes.nbytes

    def row(self, fid: int) -> int | None:
        """The row of a feature; None where there is no such feature."""
        row = int(np.searchsorted(self.features.ids, fid))
        return row if row < len(self.features) and self.features.ids[row] == fid else None

    def page(self, bbox: Bounds | None, *, after: int | None, limit: int, max_bytes: int) -> Page:
        """The first features in `bbox` (degrees, CRS84; None for everywhere) whose fid is greater than `after`.

        At most `limit`, whose geometry as stored takes at most `max_bytes`; at least one where there is any.
        """
        rows = None if bbox is None else self.selected(bbox)
        ids = self.features.ids if rows is None else self.features.ids[rows]
        first = 0 if after is None else int(np.searchsorted(ids, after, side="right"))
        last = min(first + limit, len(ids))
        chosen = np.arange(first, last) if rows is None else rows[first:last]
        fitting = int(np.searchsorted(np.cumsum(self.wkb_bytes[chosen]), max_bytes, side="right"))
        chosen = chosen[: max(fitting, 1)]
        is_all = first + len(chosen) >= len(ids)
        return Page(chosen, len(ids), None if is_all else int(self.features.ids[chosen[-1]]))

    def selected(self, bbox: Bounds) -> Ints:
        """The rows that intersect `bbox`, as `layers.window.windowed` and the store find them."""
        with self._lock:
            if (rows := self._selected.get(bbox)) is not None:
                self._selected.move_to_end(bbox)
                return rows
        rows = self._touching(bbox)
        with self._lock:
            self._selected[bbox] = rows
            while len(self._selected) > 1 and (
                len(self._selected) > SELECTIONS or sum(map(len, self._selected.values())) > len(self.features)
            ):
                self._selected.popitem(last=False)
        return rows

    def _touching(self, bbox: Bounds) -> Ints:
        window = None if self.extent is None else _cut(bbox, self.extent)
        margin = math.inf if window is None else _bend(window) + ROUNDED_DEGREES
        if window is None or not math.isfinite(margin):
            return self._touching_exactly(np.arange(len(self.features)), bbox)
        west, south, east, north = window
        near = self.features.index.query(west - margin, south - margin, east + margin, north + margin)
        sure = self.features.reaching(near, (west + margin, south + margin, east - margin, north - margin))
        if sure.all():
            return near
        return np.sort(np.concatenate([near[sure], self._touching_exactly(near[~sure], bbox)]))

    def _touching_exactly(self, rows: Ints, bbox: Bounds) -> Ints:
        """Those of `rows` that the store would find."""
        query = within(Query(), bbox, self.extent, self.definition.crs)
        if query is NOTHING:
            return np.empty(0, np.int64)
        if query.region is None:
            return rows
        region = shapely.from_wkb(query.region)
        shapely.prepare(region)
        return rows[np.asarray(shapely.intersects(region, self.shapes(rows)), np.bool_)]

    def shapes(self, rows: Ints) -> NDArray[np.object_]:
        """The geometries of `rows` in the layer's CRS as shapely objects, as they are stored but for the ends' turn."""
        held = self.features
        parts, features = gather.picked(held.features, rows)
        rings, part_offsets = gather.picked(held.parts, parts)
        vertices, ring_offsets = gather.picked(held.rings, rings)
        flags = held.present[rows], held.multi[rows]
        return GeometryColumns(
            held.kind, self.exact[vertices], None, ring_offsets, part_offsets, features, *flags
        ).to_shapely()


def _cut(bbox: Bounds, extent: Bounds) -> Bounds | None:
    """`bbox` cut to the room around the extent, as `layers.window` does; None where the common case does not hold."""
    west, south = max(bbox.west, extent.west - MARGIN_DEGREES), max(bbox.south, extent.south - MARGIN_DEGREES)
    east, north = min(bbox.east, extent.east + MARGIN_DEGREES), min(bbox.north, extent.north + MARGIN_DEGREES)
    is_common = bbox.west < bbox.east and west < east and south < north
    is_everywhere = (west, south, east, north) == (
        extent.west - MARGIN_DEGREES, extent.south - MARGIN_DEGREES,
        extent.east + MARGIN_DEGREES, extent.north + MARGIN_DEGREES,
    )  # fmt: skip
    return Bounds(west, south, east, north) if is_common and not is_everywhere else None


def _bend(window: Bounds) -> float:
    """More degrees than lie between a side of `window` and the chords that follow it in a projected CRS.

    A chord of s radians lies s**2 / 8 times the curve's curvature beside it, which for a parallel is tan(latitude) in a
    plane that keeps angles, and less for meridians within some degrees of the middle one; four times as much is given.
    """
    latitude = math.radians(max(abs(window.south), abs(window.north)))
    if latitude > math.radians(MOST_LATITUDE):
        return math.inf
    step = math.radians(max(window.east - window.west, window.north - window.south) / EDGE_POINTS)
    return math.degrees(step**2 / 2 * (1 + math.tan(latitude)) / math.cos(latitude))


class ResidentLayers:
    """The layers whose features stand ready, made in the background from the second request on.

    A layer is kept in one version; once the layer, its definition or the store changes, its features come from the
    store again, until the new version is ready.
    """

    def __init__(self, store: Store, memory: LayerMemory) -> None:
        self._store, self._memory = store, memory
        self._asked: dict[str, Standing] = {}
        self._not_before: dict[str, float] = {}
        self._refused: dict[str, Standing] = {}
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._maker: threading.Thread | None = None

    def get(self, layer: str) -> ResidentLayer | None:
        """`layer` in its latest version; None where it is not ready, and the store is to be asked.

        Raises UnknownLayer.
        """
        standing = self._store.standing(layer)
        found: ResidentLayer | None = self._memory.get(Key(FORM, layer), standing)
        if found is None and self._refused.get(layer) != standing:
            self._wanted(layer, standing)
        return found

    def ready(self, layer: str) -> ResidentLayer | None:
        """`layer` in its latest version, made now if it is not; None where it does not fit into the memory."""
        found = self.get(layer)
        return found or self._make(layer)

    def wait(self) -> None:
        """Returns once nothing is being made."""
        if (maker := self._maker) is not None:
            maker.join()

    def close(self) -> None:
        """Ends what is being made."""
        self._closed.set()
        self.wait()

    def _wanted(self, layer: str, standing: Standing) -> None:
        """Begins to make a layer that is asked for a second time."""
        with self._lock:
            if self._asked.get(layer) != standing:
                self._asked[layer] = standing
                return
            is_busy = self._maker is not None and self._maker.is_alive()
            if is_busy or self._closed.is_set() or time.monotonic() < self._not_before.get(layer, 0.0):
                return
            self._maker = threading.Thread(target=self._make, args=(layer,), name=f"resident-{layer}", daemon=True)
            self._maker.start()

    def _make(self, layer: str) -> ResidentLayer | None:
        start, made, standing = time.monotonic(), None, None
        try:
            standing = self._store.standing(layer)
            made = _made(self._store, standing, self._memory.budget_bytes, self._closed)
        except Problem as problem:
            log.warning("layer %s stays in the store: %s", layer, problem.text("en"))
        took = time.monotonic() - start
        if made is None:
            if standing is not None:
                self._refused[layer] = standing
        else:
            self._memory.keep(Key(FORM, layer), standing, made)
            log.info("layer %s stands ready: %d features, %.1f s", layer, len(made.features), took)
        self._not_before[layer] = time.monotonic() + PAUSE * took
        return made


def _made(store: Store, standing: Standing, budget_bytes: int, ended: threading.Event) -> ResidentLayer | None:
    """The layer as it stands; None where it outgrows the budget or what is done has `ended`."""
    definition = standing.definition
    kind = GeometryKind(definition.geometry.value.removeprefix("multi"))
    exact: list[Reals] = []
    wkb_bytes: list[NDArray[np.int32]] = []
    revisions: list[NDArray[np.int32]] = []
    packer: Packer | None = None
    size_bytes, extent = 0, np.array([math.inf, math.inf, -math.inf, -math.inf])
    with closing(store.batches(definition.id, as_of=standing.revision)) as batches:
        for batch in batches:
            columns = GeometryColumns.from_wkb(batch["geom"], kind=kind)
            rows = pa.Table.from_batches([batch]).drop_columns(list(KEPT_APART))
            packer = packer or Packer(kind, rows.column_names)
            size_bytes += packer.add(transformed(columns, definition.crs, CRS84), batch["fid"].to_numpy(), rows)
            exact.append(columns.xy)
            wkb_bytes.append(pc.binary_length(batch["geom"]).to_numpy(zero_copy_only=False).astype(np.int32))
            revisions.append(batch["revision"].to_numpy().astype(np.int32))
            extent = _grown(extent, columns.xy)
            if size_bytes > budget_bytes or ended.is_set():
                return None
    bounds = Bounds(*extent.tolist()) if np.isfinite(extent).all() else None
    return ResidentLayer(
        standing,
        (packer or Packer(kind, _property_names(store, definition.id))).packed(),
        ExactCoordinates.of(exact),
        np.concatenate([np.empty(0, np.int32), *wkb_bytes]),
        np.concatenate([np.empty(0, np.int32), *revisions]),
        None if bounds is None else in_degrees(bounds, definition.crs),
        store.is_illustrative(definition.id),
    )


def _grown(extent: Reals, xy: Reals) -> Reals:
    if not len(xy):
        return extent
    return np.concatenate([np.minimum(extent[:2], xy.min(axis=0)), np.maximum(extent[2:], xy.max(axis=0))])


def _property_names(store: Store, layer: str) -> list[str]:
    return [name for name in store.read(layer, NOTHING).column_names if name not in KEPT_APART]
