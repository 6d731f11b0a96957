"""Which layers stand ready as vector tiles?"""

from __future__ import annotations

import threading
from collections import OrderedDict

from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.tiles import TileSource
from layers.query import Query
from layers.store import Store

WEB_MERCATOR = 3857


class TileSources:
    """Tile sources by layer and revision, the least recently used dropped when they outgrow `budget_bytes`.

    A source holds one revision of a layer; once the layer moves on, the old one is dropped.
    """

    def __init__(self, store: Store, budget_bytes: int) -> None:
        self._store = store
        self._budget_bytes = budget_bytes
        self._sources: OrderedDict[str, tuple[int, TileSource]] = OrderedDict()
        self._lock = threading.Lock()
        self._building: dict[str, threading.Lock] = {}

    def get(self, layer: str) -> TileSource:
        """The source of `layer` at its latest revision, made now if it is not there. Raises UnknownLayer."""
        revision = self._store.revision(layer)
        if (source := self._ready(layer, revision)) is not None:
            return source
        with self._lock:
            building = self._building.setdefault(layer, threading.Lock())
        with building:
            if (source := self._ready(layer, revision)) is None:
                source = self._made(layer)
                self._keep(layer, revision, source)
        return source

    def _ready(self, layer: str, revision: int) -> TileSource | None:
        with self._lock:
            held, source = self._sources.get(layer, (None, None))
            if held != revision:
                return None
            self._sources.move_to_end(layer)
            return source

    def _made(self, layer: str) -> TileSource:
        definition = self._store.catalogue[layer]
        rows = self._store.read(layer, Query(fields=tuple(sorted(definition.style.fields()))))
        columns = transformed(GeometryColumns.from_wkb(rows["geom"]), definition.crs, WEB_MERCATOR)
        return TileSource(layer, columns, rows["fid"].to_numpy(), rows.select(sorted(definition.style.fields())))

    def _keep(self, layer: str, revision: int, source: TileSource) -> None:
        with self._lock:
            self._sources[layer] = (revision, source)
            self._sources.move_to_end(layer)
            while (
                len(self._sources) > 1 and sum(kept.nbytes for _, kept in self._sources.values()) > self._budget_bytes
            ):
                self._sources.popitem(last=False)
