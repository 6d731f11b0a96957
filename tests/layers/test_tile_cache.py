"""Tiles that are kept, and those that go."""

from layers.tile_cache import OVERHEAD_BYTES, TileCache, packed, unpacked


def test_a_tile_is_the_same_unpacked() -> None:
    assert unpacked(packed(b"tile" * 100)) == b"tile" * 100


def test_nothing_stays_nothing() -> None:
    assert (packed(b""), unpacked(b"")) == (b"", b"")


def test_the_least_recently_used_goes_first() -> None:
    cache = TileCache(2 * (OVERHEAD_BYTES + 10))
    for column in (0, 1):
        cache.put(("v", 5, column, 0), bytes(10))
    cache.get(("v", 5, 0, 0))
    cache.put(("v", 5, 2, 0), bytes(10))
    assert [cache.get(("v", 5, column, 0)) is not None for column in (0, 1, 2)] == [True, False, True]


def test_what_is_kept_stays_within_the_budget() -> None:
    cache = TileCache(10_000)
    for column in range(1_000):
        cache.put(("v", 10, column, 0), bytes(column % 300))
    assert 0 < cache.size_bytes <= 10_000


def test_a_tile_larger_than_the_budget_is_not_kept() -> None:
    cache = TileCache(1_000)
    cache.put(("v", 0, 0, 0), bytes(1_000))
    assert (cache.get(("v", 0, 0, 0)), cache.size_bytes) == (None, 0)


def test_a_tile_put_twice_counts_once() -> None:
    cache = TileCache(10_000)
    for _ in range(2):
        cache.put(("v", 0, 0, 0), bytes(100))
    assert cache.size_bytes == OVERHEAD_BYTES + 100
