"""Backups, restores and moves from one engine to the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pysqlite3.dbapi2 as sqlite
import pytest
import shapely

from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.errors import StoreError
from layers.store import Store, open_store, restore
from tests.layers.store import sample
from tests.layers.store.sample import rows, square

NEW = sample.PARCELS.replace('"parcels"', '"新图层"')


def fill(store: Store) -> None:
    """Every kind of value and of change, in a layer of the catalogue, in one of points, and in a kept one."""
    edge: dict[str, Any] = {"户数": -(2**63), "产量": -9_999_999_999_999.99, "坡度": 5e-324, "名称": "𠀀'\";%\n\\"}
    table = rows({}, sample.BLANK, {"户数": 2**63 - 1, "名称": " ", "有效": False})
    with store.transaction(who="张三", why="导入", illustrative=True) as transaction:
        transaction.insert("parcels", table)
        transaction.create_layer(parse_definition(NEW, place="x"), NEW)
        transaction.insert("新图层", rows({}))
        transaction.insert("wells", pa.table({"geom": [shapely.to_wkb(shapely.Point(118.31, 34.9))]}))
    with store.transaction(who="李四", why="") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], **{name: [value] for name, value in edge.items()}}))
        transaction.update("新图层", pa.table({"fid": [1], "geom": [square(3, 7.5)]}))
        transaction.delete("wells", [1])
    with store.transaction(who="王五", why="删") as transaction:
        transaction.delete("parcels", [3])


def dump(store: Store) -> dict[str, Any]:
    """Everything that can be read from a store, at every revision."""
    layers = list(store.catalogue)
    return {
        "revisions": store.revisions(),
        "features": {
            (layer, revision): store.read(layer, as_of=revision).to_pylist()
            for layer in layers
            for revision in (None, *range(store.revision() + 1))
        },
        "types": {layer: store.read(layer).schema for layer in layers},
        "changes": {revision: list(store.changes(revision)) for revision in range(store.revision() + 1)},
        "texts": {layer: store.definition_text(layer) for layer in layers},
        "extents": {layer: store.extent(layer) for layer in layers},
        "illustrative": {layer: store.is_illustrative(layer) for layer in layers},
    }


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    return store


def restored(backup: Path, target: str | Path) -> dict[str, Any]:
    restore(backup, target)
    with open_store(target, sample.catalogue()) as store:
        return dump(store)


def test_backup_restores_to_the_same(filled: Store, tmp_path: Path) -> None:
    filled.backup(tmp_path / "backup.gpkg")
    assert restored(tmp_path / "backup.gpkg", tmp_path / "restored.gpkg") == dump(filled)


@pytest.mark.postgis
def test_geopackage_to_postgis_to_geopackage_is_the_same(tmp_path: Path, postgis_url: str) -> None:
    with open_store(tmp_path / "first.gpkg", sample.catalogue()) as first:
        fill(first)
        first.backup(tmp_path / "there.gpkg")
        expected = dump(first)
    assert restored(tmp_path / "there.gpkg", postgis_url) == expected
    with open_store(postgis_url, sample.catalogue()) as middle:
        middle.backup(tmp_path / "back.gpkg")
    assert restored(tmp_path / "back.gpkg", tmp_path / "last.gpkg") == expected


def test_restored_store_goes_on(filled: Store, tmp_path: Path) -> None:
    filled.backup(tmp_path / "backup.gpkg")
    restore(tmp_path / "backup.gpkg", tmp_path / "restored.gpkg")
    with open_store(tmp_path / "restored.gpkg", sample.catalogue()) as store:
        with store.transaction(who="a", why="b") as transaction:
            # 3 was deleted before the backup
            assert transaction.insert("parcels", rows({})) == [4]
        assert store.revision() == 4


def test_backup_is_one_file_not_in_wal_mode(filled: Store, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    filled.backup(folder / "backup.gpkg")
    assert [path.name for path in folder.iterdir()] == ["backup.gpkg"]
    # bytes 18 and 19 are 1 for a rollback journal, 2 for WAL (sqlite.org/fileformat2.html, 1.3.3)
    assert (folder / "backup.gpkg").read_bytes()[18:20] == b"\x01\x01"


def test_backup_holds_what_is_committed_while_a_writer_is_busy(filled: Store, tmp_path: Path) -> None:
    expected = dump(filled)
    with filled.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows({}))
        filled.backup(tmp_path / "backup.gpkg")
    assert restored(tmp_path / "backup.gpkg", tmp_path / "restored.gpkg") == expected


def test_backup_does_not_overwrite(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "there.gpkg").write_text("precious")
    with pytest.raises(StoreError, match="exists"):
        filled.backup(tmp_path / "there.gpkg")
    assert (tmp_path / "there.gpkg").read_text() == "precious"


def test_restore_does_not_overwrite(filled: Store, url: str, tmp_path: Path) -> None:
    expected = dump(filled)
    filled.backup(tmp_path / "backup.gpkg")
    with pytest.raises(StoreError, match="already"):
        restore(tmp_path / "backup.gpkg", url)
    assert dump(filled) == expected


def test_restore_replaces_when_asked_under_an_open_store(filled: Store, url: str, tmp_path: Path) -> None:
    expected = dump(filled)
    filled.backup(tmp_path / "backup.gpkg")
    with filled.transaction(who="a", why="mistake") as transaction:
        transaction.delete("parcels", [1, 2])
    restore(tmp_path / "backup.gpkg", url, replace=True)
    assert dump(filled) == expected


def test_restore_of_an_older_backup_leaves_newer_layers_empty(store: Store, url: str, tmp_path: Path) -> None:
    with open_store(tmp_path / "old.gpkg", Catalogue({"parcels": sample.parcels()})) as old:
        old.backup(tmp_path / "backup.gpkg")
    restore(tmp_path / "backup.gpkg", url, replace=True)
    assert store.count("wells") == 0


def test_restore_from_a_geopackage_of_others_is_refused(tmp_path: Path) -> None:
    connection = sqlite.connect(str(tmp_path / "theirs.gpkg"))
    connection.executescript("PRAGMA application_id = 1196444487; CREATE TABLE theirs (a);")
    connection.close()
    with pytest.raises(StoreError, match="not a backup"):
        restore(tmp_path / "theirs.gpkg", tmp_path / "target.gpkg")


def test_restore_from_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        restore(tmp_path / "none.gpkg", tmp_path / "target.gpkg")


def test_restore_gives_the_store_a_new_identity(filled: Store, url: str, tmp_path: Path) -> None:
    before = filled.identity
    filled.backup(tmp_path / "backup.gpkg")
    restore(tmp_path / "backup.gpkg", url, replace=True)
    assert filled.identity != before


def test_backup_that_is_used_as_a_store_has_its_own_identity(filled: Store, tmp_path: Path) -> None:
    filled.backup(tmp_path / "backup.gpkg")
    with open_store(tmp_path / "backup.gpkg", sample.catalogue()) as copy:
        assert copy.identity != filled.identity
