"""Which layers stand ready as vector tiles?"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.tiles import TileSource
from layers.definition import LayerDefinition
from layers.query import Query
from layers.store import Store

WEB_MERCATOR = 3857


DIGITS = 16
"""Hexadecimal digits of a version: 64 bits."""


class _State(NamedTuple):
    """A layer as its tiles show it: its definition, its latest revision, and the text that names both."""

    definition: LayerDefinition
    revision: int
    version: str


def version(store: Store, layer: str) -> str:
    """A short text that changes with all that tiles of `layer` show: the store, its revision, the definition.

    It may stand in addresses and as an ETag. Raises UnknownLayer.
    """
    return _state(store, layer).version


def _state(store: Store, layer: str) -> _State:
    identity, definition, revision = store.identity, store.catalogue[layer], store.revision(layer)
    shown = "\n".join((identity, str(revision), definition.model_dump_json()))
    return _State(definition, revision, hashlib.sha256(shown.encode()).hexdigest()[:DIGITS])


@dataclass(frozen=True, slots=True)
class Tiles:
    """A layer's tiles of one version, and about how many bytes they stand on."""

    version: str
    source: TileSource
    size_bytes: int


class TileSources:
    """Tile sources by layer, the least recently used dropped when they outgrow `budget_bytes`.

    A source holds one version of a layer; once the layer, its definition or the store changes, a new one takes its
    place.
    """

    def __init__(self, store: Store, budget_bytes: int) -> None:
        self._store = store
        self._budget_bytes = budget_bytes
        self._held: OrderedDict[str, Tiles] = OrderedDict()
        self._lock = threading.Lock()
        self._building: dict[str, threading.Lock] = {}

    def get(self, layer: str) -> Tiles:
        """The tiles of `layer` in its latest version, prepared now if they are not. Raises UnknownLayer."""
        state = _state(self._store, layer)
        if (held := self._ready(layer, state.version)) is not None:
            return held
        with self._lock:
            building = self._building.setdefault(layer, threading.Lock())
        with building:
            if (held := self._ready(layer, state.version)) is None:
                held = _made(self._store, state)
                self._keep(layer, held)
        return held

    def _ready(self, layer: str, version: str) -> Tiles | None:
        with self._lock:
            held = self._held.get(layer)
            if held is None or held.version != version:
                return None
            self._held.move_to_end(layer)
            return held

    def _keep(self, layer: str, held: Tiles) -> None:
        with self._lock:
            self._held[layer] = held
            self._held.move_to_end(layer)
            while len(self._held) > 1 and sum(kept.size_bytes for kept in self._held.values()) > self._budget_bytes:
                self._held.popitem(last=False)


def _made(store: Store, state: _State) -> Tiles:
    definition = state.definition
    names = sorted(definition.style.fields())
    rows = store.read(definition.id, Query(fields=names), as_of=state.revision)
    columns = transformed(GeometryColumns.from_wkb(rows["geom"]), definition.crs, WEB_MERCATOR)
    source = TileSource(
        definition.id,
        columns,
        ids=rows["fid"].to_numpy(),
        attributes=rows.select(names),
        overview=definition.style.field,
    )
    return Tiles(state.version, source, columns.xy.nbytes + rows.nbytes)
