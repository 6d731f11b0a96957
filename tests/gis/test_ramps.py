from __future__ import annotations

import numpy as np
import pytest

from gis.errors import RasterError
from gis.ramps import ELEVATION_CHANGE, NDVI, Ramp

GREY = Ramp(((0, "#000000"), (255, "#ffffff")))
GRADES = Ramp(((0, "#00ff00"), (2, "#ffff00"), (6, "#ff0000")), stepped=True)


def colours(ramp, *values):
    return ["#" + bytes(c[:3]).hex() if c[3] else None for c in ramp.palette()[ramp.indices(np.array(values, float))]]


def test_grey_is_grey():
    # 255 steps over 0..255: value 127.4 lies in step 127, whose middle is 127.5
    assert colours(GREY, 0, 127.4, 255) == ["#000000", "#808080", "#fefefe"]


def test_values_beyond_the_stops_have_the_outermost_colours():
    assert colours(GREY, -9, 999) == ["#000000", "#fefefe"]


def test_no_data_is_transparent():
    assert colours(GREY, np.nan) == [None]


def test_steps_hold_up_to_the_next():
    assert colours(GRADES, 0, 1.99, 2, 6, 99, -0.1) == ["#00ff00", "#00ff00", "#ffff00", "#ff0000", "#ff0000", None]


@pytest.mark.parametrize("ramp", [NDVI, ELEVATION_CHANGE])
def test_ready_ramps_have_a_palette(ramp):
    assert ramp.palette().shape == (256, 4)


@pytest.mark.parametrize(
    "stops",
    [
        (),
        ((0, "#000000"),),
        ((1, "#000000"), (1, "#ffffff")),
        ((0, "red"), (1, "#ffffff")),
        ((np.nan, "#000000"), (1, "#ffffff")),
    ],
)
def test_ramp_that_makes_no_sense_is_refused(stops):
    with pytest.raises(RasterError):
        Ramp(stops)
