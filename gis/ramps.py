"""Which colour does a value of a raster have?"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.errors import RasterError

_STEPS = 255
"""Colours of a ramp; index 0 is transparent."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """Colours by value: `stops` are (value, "#rrggbb") with values ascending.

    Between stops colours run into one another; with `stepped` a colour holds from its stop up to the next. Values
    beyond the first or last stop have its colour, except below the first of a stepped ramp: those are transparent.
    Raises RasterError for fewer than two stops (one if stepped), more than 255, values that do not ascend and colours
    that are none.
    """

    stops: tuple[tuple[float, str], ...]
    stepped: bool = False

    def __post_init__(self) -> None:
        values = np.array([value for value, _ in self.stops], np.float64)
        enough = (1 if self.stepped else 2) <= len(values) <= _STEPS
        if not enough or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
            raise RasterError("色带的值须递增。", "The values of a colour ramp must ascend.")
        if bad := [colour for _, colour in self.stops if not re.fullmatch("#[0-9a-fA-F]{6}", colour)]:
            raise RasterError(f"不是颜色：{bad[0]}。", f"This is no colour: {bad[0]}.", remedy_en="Write #rrggbb.")

    def palette(self) -> NDArray[np.uint8]:
        """(256, 4) RGBA: 0 is transparent, the others are the colours that `indices` means."""
        values = np.array([value for value, _ in self.stops])
        colours = np.array([list(bytes.fromhex(colour[1:])) for _, colour in self.stops], np.float64)
        out = np.zeros((_STEPS + 1, 4), np.uint8)
        out[1:, 3] = 255
        if self.stepped:
            out[1 : len(colours) + 1, :3] = colours
            return out
        middles = values[0] + (np.arange(_STEPS) + 0.5) / _STEPS * (values[-1] - values[0])
        for channel in range(3):
            out[1:, channel] = np.rint(np.interp(middles, values, colours[:, channel]))
        return out

    def indices(self, values: NDArray[np.floating]) -> NDArray[np.uint8]:
        """The place of each value in the palette; 0, transparent, for NaN."""
        first, last = self.stops[0][0], self.stops[-1][0]
        if self.stepped:
            places = np.searchsorted([value for value, _ in self.stops], values, side="right").astype(np.float64)
        else:
            places = 1 + np.clip((values - first) * (_STEPS / (last - first)), 0, _STEPS - 1)
        return np.where(np.isnan(values), 0, places).astype(np.uint8)


NDVI = Ramp(
    ((-0.2, "#8c8c8c"), (0.0, "#c8b48c"), (0.2, "#f0e6a0"), (0.4, "#b4d264"), (0.6, "#5aaa3c"), (0.9, "#0a5a1e"))
)
"""Vegetation from bare soil to dense crops."""

ELEVATION_CHANGE = Ramp(((-2.0, "#b2182b"), (0.0, "#f7f7f7"), (2.0, "#2166ac")))
"""Metres: cut in red, fill in blue."""
