"""How are coordinates kept in half the memory without losing a digit?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.columns import Ints, Reals

SCALES = (1e4, 1e9)
"""Units of a coordinate: 0.1 mm, 1e-9 degrees, the precisions of the land survey."""

_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class ExactCoordinates:
    """Coordinates (vertices, 2): as they are, or, where that gives back every double, as int32 units from an origin."""

    values: NDArray[np.int32] | Reals
    origin: Reals
    scale: float

    @classmethod
    def of(cls, pieces: Sequence[Reals]) -> ExactCoordinates:
        """The coordinates of all `pieces`, one after another."""
        if not pieces:
            return cls(np.empty((0, 2)), np.zeros(2), 1.0)
        for scale in SCALES:
            if (found := _units(pieces, scale)) is not None:
                return found
        return cls(np.concatenate(pieces), np.zeros(2), 1.0)

    def __getitem__(self, vertices: Ints) -> Reals:
        """The coordinates of `vertices`, (vertices, 2) float64."""
        found: Reals = (self.values[vertices] + self.origin) / self.scale
        return found


def _units(pieces: Sequence[Reals], scale: float) -> ExactCoordinates | None:
    """`pieces` in units of 1 / `scale`; None where they do not all fit or would change."""
    origin = np.rint(next((piece[0] for piece in pieces if len(piece)), np.zeros(2)) * scale)
    whole: list[NDArray[np.int32]] = []
    for piece in pieces:
        units = np.rint(piece * scale) - origin
        if not (np.abs(units) <= _LARGEST).all():
            return None
        whole.append(units.astype(np.int32))
        if not ((whole[-1] + origin) / scale == piece).all():
            return None
    return ExactCoordinates(np.concatenate(whole), origin, scale)
