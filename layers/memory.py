"""What is kept of layers in memory, and how much of it?"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, NamedTuple, Protocol


class Key(NamedTuple):
    """What is kept, such as "tiles" or "features", of which layer, and as of which past revision; None: the latest."""

    form: str
    layer: str
    revision: int | None = None


class Sized(Protocol):
    """What knows about how many bytes it stands on."""

    @property
    def size_bytes(self) -> int:
        """The bytes."""


class _Held(NamedTuple):
    version: Any
    item: Sized


class LayerMemory:
    """Forms of layers, each in one version, the least recently used dropped when they outgrow `budget_bytes`.

    One memory for all forms. What is kept of another version than the one asked for is dropped at once. Safe for
    several threads.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._held: OrderedDict[Key, _Held] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, version: Any) -> Any | None:
        """What is kept under `key` of `version`; None where there is nothing."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            if held.version != version:
                del self._held[key]
                return None
            self._held.move_to_end(key)
            return held.item

    def keep(self, key: Key, version: Any, item: Sized) -> None:
        """Keeps `item`, which is the last to go, in the place of what was kept under `key`."""
        with self._lock:
            self._held[key] = _Held(version, item)
            self._held.move_to_end(key)
            while len(self._held) > 1 and self._size_bytes() > self.budget_bytes:
                self._held.popitem(last=False)

    @property
    def size_bytes(self) -> int:
        """About how many bytes all that is kept stands on."""
        with self._lock:
            return self._size_bytes()

    def _size_bytes(self) -> int:
        return sum(held.item.size_bytes for held in self._held.values())
