"""What does a layer, or a map of several, look like in one tile, and in which version?"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.tiles import TileSource, tile_window, tiles_of
from layers.definition import LayerDefinition
from layers.memory import Key, LayerMemory
from layers.query import Query
from layers.store import Store
from layers.tile_cache import TileCache, packed

WEB_MERCATOR = 3857
FORM = "tiles"

DIGITS = 16
"""Hexadecimal digits of a version: 64 bits."""

Moment = int | date | datetime | None
"""A revision, a date or a time; None is now."""

_DIGESTS: dict[int, tuple[LayerDefinition, bytes]] = {}
"""What definitions draw in short, by their place in memory, as hashing one takes longer than finding a tile.

Fields that the style does not read are left out, so that roles who see more or less of them share their tiles.
"""

_MOST_DIGESTS = 1_000


class State(NamedTuple):
    """A layer as its tiles show it: its definition, its revision, whether a later one is there, and a short text that
    names store, revision and how it is drawn."""

    definition: LayerDefinition
    revision: int
    past: bool
    version: str


def version(store: Store, layer: str) -> str:
    """A short text that changes with all that tiles of `layer` show: the store, its revision, how it is drawn.

    It may stand in addresses and as an ETag. Raises UnknownLayer.
    """
    return state(store, layer).version


def state(store: Store, layer: str, as_of: Moment = None) -> State:
    """The layer now or as of a revision or date. Raises UnknownLayer, and InvalidQuery for no such revision."""
    identity, definition, latest = store.standing(layer)
    asked = store.resolve(as_of)
    revision = latest if asked is None else min(asked, latest)
    shown = hashlib.sha256(f"{identity} {revision} ".encode() + _digest(definition))
    return State(definition, revision, revision < latest, shown.hexdigest()[:DIGITS])


def version_of(states: Sequence[State]) -> str:
    """The version of a tile of several layers, in that order; that of the layer for one."""
    if len(states) == 1:
        return states[0].version
    return hashlib.sha256(" ".join(each.version for each in states).encode()).hexdigest()[:DIGITS]


def _digest(definition: LayerDefinition) -> bytes:
    held = _DIGESTS.get(id(definition))
    if held is None or held[0] is not definition:
        if len(_DIGESTS) >= _MOST_DIGESTS:
            _DIGESTS.clear()
        drawn = definition.model_dump_json(include={"id", "crs", "geometry", "style"})
        held = definition, hashlib.sha256(drawn.encode()).digest()
        _DIGESTS[id(definition)] = held
    return held[1]


@dataclass(frozen=True, slots=True)
class Tiles:
    """A layer's tiles of one version, and about how many bytes they stand on."""

    version: str
    source: TileSource
    size_bytes: int


class TileSources:
    """Tile sources by layer, kept in `memory`.

    A source holds one version of a layer; once the layer, its definition or the store changes, a new one takes its
    place. Past revisions are held beside the latest.
    """

    def __init__(self, store: Store, memory: LayerMemory) -> None:
        self._store, self._memory = store, memory
        self._lock = threading.Lock()
        self._building: dict[str, threading.Lock] = {}

    def get(self, layer: str) -> Tiles:
        """The tiles of `layer` in its latest version, prepared now if they are not. Raises UnknownLayer."""
        return self.of(state(self._store, layer))

    def of(self, state: State) -> Tiles:
        """The tiles of a layer in that state, prepared now if they are not."""
        if (held := self._ready(state)) is not None:
            return held
        with self._lock:
            building = self._building.setdefault(state.definition.id, threading.Lock())
        with building:
            if (held := self._ready(state)) is None:
                held = _made(self._store, state)
                self._memory.keep(_place(state), state.version, held)
        return held

    def _ready(self, state: State) -> Tiles | None:
        found: Tiles | None = self._memory.get(_place(state), state.version)
        return found


def _place(state: State) -> Key:
    return Key(FORM, state.definition.id, state.revision if state.past else None)


class PackedTiles:
    """Tiles of layers and of maps of several, each compressed once and kept in a cache of `budget_bytes`.

    An edit shows at once, as the version is part of what a tile is kept under; tiles of old versions are never asked
    for again, and go first.
    """

    def __init__(self, sources: TileSources, budget_bytes: int) -> None:
        self._sources, self._cache = sources, TileCache(budget_bytes)

    def held(self, version: str, z: int, x: int, y: int) -> bytes | None:
        """The tile of that version, packed, if it is kept."""
        return self._cache.get((version, z, x, y))

    def get(self, states: Sequence[State], z: int, x: int, y: int) -> bytes:
        """The tile of layers in that order, bottom first, packed (`layers.tile_cache`).

        Raises GisError for a tile that is not in the matrix."""
        tile_window(z, x, y)
        key = version_of(states), z, x, y
        found = self._cache.get(key)
        if found is None:
            found = packed(tiles_of((self._sources.of(each).source for each in states), z, x, y))
            self._cache.put(key, found)
        return found


def _made(store: Store, state: State) -> Tiles:
    definition = state.definition
    names = sorted(definition.style.fields())
    query = Query(fields=names)
    rows = None if state.past else store.read(definition.id, query)
    if rows is None or store.standing(definition.id).revision != state.revision:
        rows = store.read(definition.id, query, as_of=state.revision)
    columns = transformed(GeometryColumns.from_wkb(rows["geom"]), definition.crs, WEB_MERCATOR)
    source = TileSource(
        definition.id,
        columns,
        ids=rows["fid"].to_numpy(),
        attributes=rows.select(names),
        overview=definition.style.field,
    )
    return Tiles(state.version, source, columns.xy.nbytes + rows.nbytes)
