"""Closings of years are kept, on either engine, and go along in backups."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.store import Store, open_store, restore
from layers.store.closings import KeptClosing, YearClosed
from tests.layers.store import sample


def close(store: Store, year: int = 2030, *, revision: int = 1, again: bool = False) -> KeptClosing:
    return store.closings.add(year, revision, who="张三", why="年终", content='{"a": "亩"}', again=again)


def test_an_open_year_has_no_closing(store: Store) -> None:
    assert store.closings.of(2030) is None


def test_a_closing_is_kept_with_who_and_why(store: Store) -> None:
    made = close(store)
    assert store.closings.of(2030) == made
    assert (made.year, made.revision, made.who, made.why, made.content) == (2030, 1, "张三", "年终", '{"a": "亩"}')


def test_a_closed_year_is_not_closed_again_unasked(store: Store) -> None:
    close(store)
    with pytest.raises(YearClosed, match="--again"):
        close(store, revision=2)
    assert [each.revision for each in store.closings.listing(2030)] == [1]


def test_closing_again_keeps_the_closing_before(store: Store) -> None:
    close(store)
    close(store, revision=2, again=True)
    assert [each.revision for each in store.closings.listing(2030)] == [2, 1]


def test_years_are_closed_by_themselves(store: Store) -> None:
    close(store)
    close(store, 2031)
    assert [each.year for each in store.closings.listing()] == [2031, 2030]


def test_closings_survive_backup_and_restore(store: Store, tmp_path: Path) -> None:
    made = close(store)
    store.backup(tmp_path / "backup.gpkg")
    restore(tmp_path / "backup.gpkg", tmp_path / "other.gpkg")
    with open_store(tmp_path / "other.gpkg", sample.catalogue()) as other:
        assert other.closings.listing() == [made]


def test_closings_come_back_into_the_store_they_were_saved_from(store: Store, url: str, tmp_path: Path) -> None:
    made = close(store)
    store.backup(tmp_path / "backup.gpkg")
    close(store, 2031)
    restore(tmp_path / "backup.gpkg", url, replace=True)
    assert store.closings.listing() == [made]
