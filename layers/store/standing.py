"""Has anything been committed since we last looked, and if not, how did a layer stand?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from layers.catalogue import Catalogue
from layers.definition import LayerDefinition

T = TypeVar("T")
STORE = None
"""Stands for the store among ids of layers, of which any text may be one."""

MOST_HELD = 4_096
"""Layers whose standing is kept; beyond it all are forgotten."""


class Standing(NamedTuple):
    """The store's identity, a layer's definition and its latest revision, all of one state of the store."""

    identity: str
    definition: LayerDefinition
    revision: int


class State(NamedTuple):
    """The store's identity, its catalogue as it is seen, and its latest revision, all of one state of the store."""

    identity: str
    catalogue: Catalogue
    revision: int


class Facts:
    """What was worked out of layers, each thing kept as long as its layer stands as it did then."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, Any], tuple[Standing, Any]] = {}

    def get(self, standing: Standing, name: Any, read: Callable[[], Any]) -> Any:
        """The fact `name` (hashable) of the layer that stands so: as kept, or by `read`, whose errors pass."""
        key = standing.definition.id, name
        held = self._held.get(key)
        if held is not None and held[0] == standing:
            return held[1]
        if len(self._held) >= MOST_HELD:
            self._held = {}
        value = read()
        self._held[key] = standing, value
        return value


class Standings:
    """How layers stood when they were last asked for, as long as `pulse` gives the same.

    `pulse` is a value that every commit to the store changes, whoever made it; None where it cannot be told, so that
    nothing is kept. It is asked before the layer is read: what is kept may be newer than its pulse, never older.
    """

    def __init__(self, pulse: Callable[[], Any]) -> None:
        self._pulse = pulse
        self._held: dict[str | None, Any] = {}
        self._beat: Any = None
        self._lock = threading.Lock()

    def get(self, layer: str | None, read: Callable[[Any], T]) -> T:
        """How `layer` stands, or the store itself under STORE: as kept, or by `read`, whose errors pass."""
        beat = self._pulse()
        with self._lock:
            if beat is None or beat != self._beat or len(self._held) >= MOST_HELD:
                self._held, self._beat = {}, beat
            held = self._held
        found: T | None = held.get(layer)
        if found is None:
            found = held[layer] = read(layer)  # of an outdated `held`, nobody asks again
        return found
