from __future__ import annotations

from dataclasses import dataclass

from layers.memory import Key, LayerMemory


@dataclass(frozen=True)
class Item:
    size_bytes: int


A, B, C = Key("features", "a"), Key("features", "b"), Key("tiles", "a")


def test_what_is_kept_is_found_in_its_version() -> None:
    memory, item = LayerMemory(100), Item(10)
    memory.keep(A, 1, item)
    assert memory.get(A, 1) is item


def test_what_is_kept_of_another_version_is_dropped_at_once() -> None:
    memory = LayerMemory(100)
    memory.keep(A, 1, Item(10))
    assert memory.get(A, 2) is None
    assert memory.size_bytes == 0


def test_the_least_recently_used_goes_beyond_the_budget() -> None:
    memory = LayerMemory(25)
    memory.keep(A, 1, Item(10))
    memory.keep(B, 1, Item(10))
    memory.get(A, 1)
    memory.keep(C, 1, Item(10))
    assert [memory.get(key, 1) is None for key in (A, B, C)] == [False, True, False]


def test_the_last_one_stays_whatever_its_size() -> None:
    memory = LayerMemory(25)
    memory.keep(A, 1, Item(10))
    memory.keep(B, 1, Item(1_000))
    assert memory.get(A, 1) is None
    assert memory.size_bytes == 1_000
