from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.boxes import BoxIndex

BOX = st.tuples(st.integers(-20, 20), st.integers(-20, 20), st.integers(0, 9), st.integers(0, 9))


def as_bounds(boxes):
    return np.array([(x, y, x + w, y + h) for x, y, w, h in boxes], float).reshape(-1, 4)


def meet(a, b):
    return a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1]


@settings(deadline=None)
@given(st.lists(BOX, max_size=100), BOX)
def test_query_finds_what_a_loop_finds(boxes, window):
    bounds, wanted = as_bounds(boxes), as_bounds([window])[0]
    assert BoxIndex.over(bounds).query(*wanted).tolist() == [k for k, b in enumerate(bounds) if meet(b, wanted)]


@settings(deadline=None)
@given(st.lists(BOX, max_size=40), st.lists(BOX, max_size=40))
def test_pairs_are_what_two_loops_find(boxes, others):
    bounds, rows = as_bounds(boxes), as_bounds(others)
    found = zip(*(a.tolist() for a in BoxIndex.over(bounds).pairs(rows)), strict=True)
    assert list(found) == [(i, k) for i, a in enumerate(rows) for k, b in enumerate(bounds) if meet(a, b)]


def test_none_and_empty_meet_nothing():
    bounds = np.array([[np.nan] * 4, [0, 0, 1, 1]])
    index = BoxIndex.over(bounds)
    assert index.query(-9, -9, 9, 9).tolist() == [1]
    assert [a.tolist() for a in index.pairs(bounds)] == [[1], [1]]


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 64, 65, 5000])
def test_every_size_is_found_whole(count):
    bounds = np.repeat(np.arange(count, dtype=float)[:, None], 4, axis=1)
    assert len(BoxIndex.over(bounds).query(-1, -1, count, count)) == count
