from __future__ import annotations

import numpy as np

from gis.boxes import readonly
from gis.kernels.simplify import weights


def weighed(*corners, closed=False):
    xy = np.array(corners, np.float64)
    return weights(readonly(xy), readonly(np.array([0, len(xy)])), closed).tolist()


def test_vertex_is_kept_up_to_its_distance_from_the_line_without_it():
    # (2, 3) lies 3 above the line from (0, 0) to (10, 0); the ends always stay
    assert weighed((0, 0), (2, 3), (10, 0)) == [np.inf, 3.0, np.inf]


def test_vertex_goes_with_the_one_that_divides_its_line():
    # (5, 1) divides first, 1 above the base; (6, -1) is farther than that from (5, 1)-(10, 0), but goes with it
    inner = weighed((0, 0), (5, 1), (6, -1), (10, 0))
    assert inner[1] == 1.0
    assert inner[2] == 1.0


def test_ring_is_divided_at_its_first_vertex_and_the_one_farthest_from_it():
    # (0, 0) and (10, 10) stay; (10, 0) and (0, 10) lie half a diagonal from it: sqrt(50); (5, 0) on an edge goes
    ring = weighed((0, 0), (5, 0), (10, 0), (10, 10), (0, 10), (0, 0), closed=True)
    assert ring == [np.inf, 0.0, np.float32(50**0.5), np.inf, np.float32(50**0.5), np.inf]


def test_rings_of_four_corners_stay_whole():
    assert weighed((0, 0), (9, 0), (9, 9), (0, 9), (0, 0), closed=True) == [np.inf] * 5
