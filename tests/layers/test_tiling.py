"""Versions of tiles, and which tiles stand ready."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.memory import LayerMemory
from layers.resident import ResidentLayers
from layers.store import Store, open_store, restore
from layers.tiling import TileSources, state, version
from tests.layers.store import sample

BUDGET_BYTES = 10_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.gpkg"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path, sample.catalogue()) as opened:
        write(opened)
        yield opened


def write(store: Store) -> None:
    with store.transaction(who="张三", why="") as transaction:
        transaction.insert("parcels", sample.rows({}))


def test_a_version_stays_while_nothing_changes(store: Store) -> None:
    assert version(store, "parcels") == version(store, "parcels")


def test_a_version_changes_with_the_layer(store: Store) -> None:
    before = version(store, "parcels"), version(store, "wells")
    write(store)
    assert version(store, "parcels") != before[0]
    assert version(store, "wells") == before[1]


def test_another_store_has_other_versions_at_the_same_revision(store: Store, tmp_path: Path) -> None:
    with open_store(tmp_path / "other.gpkg", sample.catalogue()) as other:
        write(other)
        assert other.revision("parcels") == store.revision("parcels")
        assert version(other, "parcels") != version(store, "parcels")


def test_a_restore_changes_every_version(store: Store, path: Path, tmp_path: Path) -> None:
    before = version(store, "parcels")
    store.backup(tmp_path / "backup.gpkg")
    restore(tmp_path / "backup.gpkg", path, replace=True)
    assert store.revision("parcels") == 1
    assert version(store, "parcels") != before


def test_another_style_changes_the_version(store: Store, path: Path) -> None:
    restyled = parse_definition(sample.PARCELS + '\n[style]\nsymbol = { fill = "#ff0000" }\n', place="x")
    before = version(store, "parcels")
    with open_store(path, Catalogue({**sample.catalogue(), "parcels": restyled})) as again:
        assert version(again, "parcels") != before


def test_tiles_are_prepared_once_a_version(store: Store) -> None:
    sources = TileSources(store, LayerMemory(BUDGET_BYTES))
    first = sources.get("parcels")
    assert first.version == version(store, "parcels")
    assert sources.get("parcels") is first
    write(store)
    assert sources.get("parcels").version == version(store, "parcels") != first.version


def test_tiles_of_before_a_restore_are_dropped(store: Store, path: Path, tmp_path: Path) -> None:
    sources = TileSources(store, LayerMemory(BUDGET_BYTES))
    store.backup(tmp_path / "backup.gpkg")
    first = sources.get("parcels")
    restore(tmp_path / "backup.gpkg", path, replace=True)
    assert sources.get("parcels") is not first


def test_tiles_of_the_past_stand_beside_the_latest(store: Store) -> None:
    sources = TileSources(store, LayerMemory(BUDGET_BYTES))
    write(store)
    latest, past = state(store, "parcels"), state(store, "parcels", 1)
    assert latest.revision > past.revision
    first = sources.of(latest)
    assert sources.of(past).version == past.version
    assert sources.of(latest) is first


def test_tiles_and_features_of_a_layer_share_one_memory(store: Store) -> None:
    memory = LayerMemory(BUDGET_BYTES)
    tiles, features = TileSources(store, memory).get("parcels"), ResidentLayers(store, memory).ready("parcels")
    assert features is not None
    assert memory.size_bytes == tiles.size_bytes + features.size_bytes
