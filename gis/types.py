"""Which small types does the engine speak in?"""

from __future__ import annotations

from typing import NamedTuple


class Bounds(NamedTuple):
    """A rectangle in the units of its CRS, axes x (east) then y (north)."""

    west: float
    south: float
    east: float
    north: float
