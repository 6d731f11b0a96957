"""The features of a window, as they are found for its pages and its count, on both engines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from gis.types import Bounds
from layers.query import InvalidQuery, Query
from layers.store import Store
from layers.store.located import MOST_HELD, Windows
from tests.layers.store.sample import EAST, NORTH, rows

TRIANGLE = shapely.Polygon([(EAST - 1, NORTH - 1), (EAST + 61, NORTH - 1), (EAST - 1, NORTH + 30)])
"""It holds the first of the parcels, which are squares of 10 m that begin 20 m apart, and cuts the next two."""


@pytest.fixture
def filled(store: Store) -> Store:
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows(*[{} for _ in range(6)]))
    return store


def pages(store: Store, query: Query, as_of: int) -> list[list[int]]:
    found: list[list[int]] = []
    while True:
        batches = list(store.batches("parcels", query, as_of=as_of, size=2, first=1))
        fids = [fid for batch in batches for fid in batch["fid"].to_pylist()]
        if not fids:
            return found
        found.append(fids)
        query = replace(query, after=fids[-1])


def test_the_pages_of_a_region_hold_what_touches_it(filled: Store) -> None:
    assert pages(filled, Query(region=shapely.to_wkb(TRIANGLE), limit=2), 1) == [[1, 2], [3]]


def test_a_region_counts_what_touches_it(filled: Store) -> None:
    assert filled.count("parcels", Query(region=shapely.to_wkb(TRIANGLE))) == 3


def test_a_bbox_beside_a_region_limits_it(filled: Store) -> None:
    bbox = Bounds(EAST + 15, NORTH, EAST + 45, NORTH + 10)
    query = Query(bbox=bbox, region=shapely.to_wkb(TRIANGLE), limit=9)
    assert (pages(filled, query, 1), filled.count("parcels", query)) == ([[2, 3]], 2)


def test_an_edit_shows_in_the_next_page_and_count(filled: Store) -> None:
    query = Query(region=shapely.to_wkb(TRIANGLE), limit=9)
    before = pages(filled, query, 1), filled.count("parcels", query)
    with filled.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [2])
    after = pages(filled, query, 2), filled.count("parcels", query)
    assert (before, after) == (([[1, 2, 3]], 3), ([[1, 3]], 2))


def test_a_page_of_the_past_holds_what_was_there(filled: Store) -> None:
    with filled.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [2])
    assert pages(filled, Query(region=shapely.to_wkb(TRIANGLE), limit=9), 1) == [[1, 2, 3]]


def test_an_edge_is_told_exactly_where_boxes_of_32_bits_would_not(filled: Store) -> None:
    beside = shapely.box(EAST + 10 + 1e-4, NORTH, EAST + 20 - 1e-4, NORTH + 10)
    query = Query(region=shapely.to_wkb(beside), limit=9)
    assert (pages(filled, query, 1), filled.count("parcels", query)) == ([], 0)


def test_a_wrong_region_is_named(filled: Store) -> None:
    with pytest.raises(InvalidQuery):
        filled.count("parcels", Query(region=b"\x00"))


def test_windows_are_forgotten_when_they_hold_too_much(filled: Store) -> None:
    windows, standing, asked = Windows(), filled.standing("parcels"), []
    for name in (b"a", b"b", b"a"):

        def read(name: bytes = name) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
            asked.append(name)
            return np.arange(MOST_HELD, dtype=np.int64)

        windows.get(standing, Query(region=name), read)
        windows.get(standing, Query(region=name), read)
    assert asked == [b"a", b"b", b"a"]
