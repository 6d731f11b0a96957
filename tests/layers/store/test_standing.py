"""How a layer stands, as it is kept between commits."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.errors import UnknownLayer
from layers.store import Store, open_store, restore
from layers.store.standing import Standing, Standings
from tests.layers.store import sample


def write(store: Store) -> None:
    with store.transaction(who="张三", why="") as transaction:
        transaction.insert("parcels", sample.rows({}))


def write_in_vain(store: Store) -> None:
    with store.transaction(who="张三", why="") as transaction:
        transaction.insert("parcels", sample.rows({}))
        raise ZeroDivisionError


def test_a_layer_nobody_wrote_stands_at_zero(store: Store) -> None:
    assert store.standing("parcels") == Standing(store.identity, store.catalogue["parcels"], 0)


def test_an_empty_id_is_no_layer_though_the_store_was_asked_for(store: Store) -> None:
    assert store.identity
    with pytest.raises(UnknownLayer):
        store.standing("")


def test_a_commit_shows_at_once(store: Store) -> None:
    before = store.standing("parcels")
    write(store)
    assert (before.revision, store.standing("parcels").revision) == (0, 1)


def test_a_commit_of_another_program_shows_at_once(store: Store, url: str) -> None:
    before = store.standing("parcels")
    with open_store(url, sample.catalogue()) as other:
        write(other)
    assert (before.revision, store.standing("parcels").revision) == (0, 1)


def test_a_restore_shows_at_once(store: Store, url: str, tmp_path: Path) -> None:
    write(store)
    store.backup(tmp_path / "backup.gpkg")
    before = store.standing("parcels")
    restore(tmp_path / "backup.gpkg", url, replace=True)
    assert store.standing("parcels").identity == store.identity != before.identity


def test_what_was_written_before_a_rollback_does_not_show(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        write_in_vain(store)
    assert store.standing("parcels").revision == 0


def test_an_unknown_layer_has_no_standing(store: Store) -> None:
    with pytest.raises(UnknownLayer):
        store.standing("nope")


def test_nothing_is_kept_while_commits_cannot_be_told(store: Store) -> None:
    found = iter([store.standing("parcels"), store.standing("wells")])
    standings = Standings(lambda: None)
    assert standings.get("parcels", lambda _: next(found)) != standings.get("parcels", lambda _: next(found))
