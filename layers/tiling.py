"""Which layers stand ready as vector tiles?"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.tiles import TileSource
from layers.definition import LayerDefinition
from layers.query import Query
from layers.store import Store

WEB_MERCATOR = 3857


@dataclass(frozen=True, slots=True)
class _Held:
    """A layer's tiles at one revision, and about how many bytes they stand on."""

    revision: int
    source: TileSource
    size_bytes: int


class TileSources:
    """Tile sources by layer, the least recently used dropped when they outgrow `budget_bytes`.

    A source holds one revision of a layer; once the layer moves on, a new one takes its place.
    """

    def __init__(self, store: Store, budget_bytes: int) -> None:
        self._store = store
        self._budget_bytes = budget_bytes
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()
        self._building: dict[str, threading.Lock] = {}

    def get(self, layer: str) -> TileSource:
        """The source of `layer` at its latest revision, made now if it is not there. Raises UnknownLayer."""
        definition = self._store.catalogue[layer]
        revision = self._store.revision(layer)
        if (source := self._ready(layer, revision)) is not None:
            return source
        with self._lock:
            building = self._building.setdefault(layer, threading.Lock())
        with building:
            if (source := self._ready(layer, revision)) is None:
                held = _made(self._store, definition, revision)
                self._keep(layer, held)
                source = held.source
        return source

    def _ready(self, layer: str, revision: int) -> TileSource | None:
        with self._lock:
            held = self._held.get(layer)
            if held is None or held.revision != revision:
                return None
            self._held.move_to_end(layer)
            return held.source

    def _keep(self, layer: str, held: _Held) -> None:
        with self._lock:
            self._held[layer] = held
            self._held.move_to_end(layer)
            while len(self._held) > 1 and sum(kept.size_bytes for kept in self._held.values()) > self._budget_bytes:
                self._held.popitem(last=False)


def _made(store: Store, definition: LayerDefinition, revision: int) -> _Held:
    names = sorted(definition.style.fields())
    rows = store.read(definition.id, Query(fields=names), as_of=revision)
    columns = transformed(GeometryColumns.from_wkb(rows["geom"]), definition.crs, WEB_MERCATOR)
    source = TileSource(
        definition.id,
        columns,
        ids=rows["fid"].to_numpy(),
        attributes=rows.select(names),
        overview=definition.style.field,
    )
    return _Held(revision, source, columns.xy.nbytes + rows.nbytes)
