"""What holds for GeoPackage files only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyproj
import pysqlite3.dbapi2 as sqlite
import pytest
import shapely
from sqlalchemy import event

from gis.types import Bounds
from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.errors import StoreError
from layers.query import Query
from layers.store import Store, open_store, places
from tests.layers.store import sample
from tests.layers.store.sample import rows

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "高都 #1?.gpkg"


def opened(path: Path) -> Store:
    return open_store(path, sample.catalogue())


def sql(path: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite.connect(str(path))
    try:
        found: list[tuple[object, ...]] = connection.execute(statement).fetchall()
        return found
    finally:
        connection.close()


def make(path: Path, script: str) -> None:
    connection = sqlite.connect(str(path))
    connection.executescript(script)
    connection.close()


def insert(store: Store, *features: dict[str, object]) -> None:
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows(*features))


def python(code: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_file_says_what_it_is(path: Path) -> None:
    opened(path).close()
    # "GPKG" in ASCII, and version 1.4.0
    assert sql(path, "PRAGMA application_id") == [(0x47504B47,)]
    assert sql(path, "PRAGMA user_version") == [(10400,)]


def test_contents_list_layers_and_revisions_only(path: Path) -> None:
    opened(path).close()
    assert sql(path, "SELECT table_name, data_type FROM gpkg_contents ORDER BY 1") == [
        ("gaodu_revisions", "attributes"), ("parcels", "features"), ("wells", "features"),
    ]  # fmt: skip


def test_crs_is_written_as_wkt(path: Path) -> None:
    opened(path).close()
    ((wkt,),) = sql(path, "SELECT definition FROM gpkg_spatial_ref_sys WHERE srs_id = 4547")
    assert pyproj.CRS.from_wkt(str(wkt)).to_epsg() == 4547


def test_crs_without_wkt_1_is_known_by_its_code(path: Path) -> None:
    definition = parse_definition(sample.POINTS.replace("4490", "6244"), place="x")
    open_store(path, Catalogue({"wells": definition})).close()
    found = sql(path, "SELECT organization, definition FROM gpkg_spatial_ref_sys WHERE srs_id = 6244")
    assert found == [("EPSG", "undefined")]


def test_required_crs_entries_are_there(path: Path) -> None:
    opened(path).close()
    found = sql(path, "SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1")
    assert found == [(-1,), (0,), (4326,), (4490,), (4547,)]


@pytest.mark.parametrize("count", [3, 600])
def test_rtree_holds_every_feature(path: Path, count: int) -> None:
    # few go through the triggers, many directly
    with opened(path) as store:
        insert(store, *[{}] * count)
        with store.transaction(who="a", why="b") as transaction:
            transaction.delete("parcels", [1])
            transaction.update("parcels", pa.table({"fid": [2], "geom": [sample.square(-1)]}))
    assert sql(path, "SELECT count(*) FROM rtree_parcels_geom") == [(count - 1,)]
    ((least,),) = sql(path, "SELECT min(minx) FROM rtree_parcels_geom")
    assert least == sample.EAST - 20


def test_triggers_are_the_standards(path: Path) -> None:
    with opened(path) as store:
        insert(store, *[{}] * 600)
    found = sql(path, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'parcels' ORDER BY 1")
    names = ("delete", "insert", "update2", "update4", "update5", "update6", "update7")
    assert found == [(f"rtree_parcels_geom_{name}",) for name in names]


def test_store_runs_in_wal_mode(path: Path) -> None:
    with opened(path):
        assert sql(path, "PRAGMA journal_mode") == [("wal",)]


def test_gdal_reads_a_backup(path: Path, tmp_path: Path) -> None:
    with opened(path) as store:
        insert(store, {"名称": "一"}, sample.BLANK)
        with store.transaction(who="a", why="b") as transaction:
            transaction.delete("parcels", [1])
        store.backup(tmp_path / "copy.gpkg")
    code = """
import json, sys, pyogrio
path = sys.argv[1]
frame = pyogrio.read_dataframe(path, layer="parcels", fid_as_index=True)
print(json.dumps({
    "layers": sorted(pyogrio.list_layers(path)[:, 0]), "fids": list(frame.index), "crs": frame.crs.to_epsg(),
    "names": list(frame["名称"]), "area": list(frame.geometry.area), "columns": list(frame.columns),
}))
"""
    result = python(code, tmp_path / "copy.gpkg")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {
        "layers": ["gaodu_revisions", "parcels", "wells"], "fids": [2], "crs": 4547, "names": [""], "area": [100.0],
        "columns": [*sample.FULL, "area_m2", "revision", "geometry"],
    }  # fmt: skip


def test_gdal_filters_by_the_rtree(path: Path, tmp_path: Path) -> None:
    with opened(path) as store:
        insert(store, *[{}] * 600)
        store.backup(tmp_path / "copy.gpkg")
    window = (sample.EAST + 21, sample.NORTH, sample.EAST + 22, sample.NORTH + 1)
    code = (
        "import sys, pyogrio; print(len(pyogrio.read_dataframe(sys.argv[1], layer='parcels', bbox=eval(sys.argv[2]))))"
    )
    result = python(code, tmp_path / "copy.gpkg", window)
    assert result.stdout.strip() == "1"


def test_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with opened(path) as store:
        assert store.revision() == 0


def test_geopackage_of_others_is_taken_into_use(path: Path) -> None:
    connection = sqlite.connect(str(path))
    connection.executescript(
        "PRAGMA application_id = 1196444487; CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);"
    )
    connection.close()
    with opened(path) as store:
        insert(store, {})
    assert sql(path, "SELECT a FROM theirs") == [(1,)]


def test_table_of_others_is_not_touched(path: Path) -> None:
    make(path, "PRAGMA application_id = 1196444487; CREATE TABLE parcels (a);")
    with pytest.raises(StoreError, match="parcels"):
        opened(path)


@pytest.mark.parametrize("content", [b"hello" * 1000, b"\x89PNG" + b"\0" * 1000])
def test_file_of_another_kind_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a GeoPackage"):
        opened(path)
    assert path.read_bytes() == content


def test_sqlite_file_of_another_kind_is_refused(path: Path) -> None:
    make(path, "CREATE TABLE theirs (a);")
    with pytest.raises(StoreError, match="not a GeoPackage"):
        opened(path)


def test_store_of_a_newer_program_is_refused(path: Path) -> None:
    opened(path).close()
    make(path, "UPDATE gaodu_facts SET value = 99 WHERE name = 'format';")
    with pytest.raises(StoreError, match="newer"):
        opened(path)


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="folder"):
        opened(tmp_path)


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        opened(tmp_path / "none" / "x.gpkg")


def test_place_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StoreError, match="read-only"):
        opened(tmp_path / "x.gpkg")


def test_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 1 0:1 / / rw - ext4 /dev/a rw\n2 1 0:2 / {tmp_path} rw - cifs //server/share rw\n")
    monkeypatch.setattr(places, "MOUNTS", mounts)
    with pytest.raises(StoreError, match="cifs"):
        opened(tmp_path / "x.gpkg")


def test_unknown_kind_of_store_is_refused() -> None:
    with pytest.raises(StoreError, match="mysql"):
        open_store("mysql://host/db", sample.catalogue())


def test_damaged_file_is_named(path: Path) -> None:
    with opened(path) as store:
        insert(store, *[{}] * 100)
    content = bytearray(path.read_bytes())
    content[4096 : len(content) : 1] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError):
        opened(path).read("parcels")


def test_full_disk_is_told_and_loses_nothing(path: Path) -> None:
    with opened(path) as store:
        insert(store, {})

        def fill_up(connection: Any, _: object) -> None:
            connection.execute("PRAGMA max_page_count = 120")

        event.listen(store._engine.sql, "connect", fill_up)
        store._engine.sql.dispose()
        with pytest.raises(StoreError, match="disk is full"):
            insert(store, *[{}] * 5000)
        assert (store.count("parcels"), store.revision()) == (1, 1)
        insert(store, {})
        assert store.revision() == 2


def test_reader_does_not_wait_for_a_writer(path: Path) -> None:
    with opened(path) as store:
        insert(store, {})
        with store.transaction(who="a", why="b") as transaction:
            transaction.delete("parcels", [1])
            with opened(path) as other:
                assert (store.count("parcels"), other.count("parcels")) == (1, 1)
        assert store.count("parcels") == 0


def test_threads_write_one_after_the_other(path: Path) -> None:
    with opened(path) as store:
        threads = [threading.Thread(target=lambda: [insert(store, {}) for _ in range(10)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (store.count("parcels"), store.revision()) == (40, 40)


def test_writer_that_waits_too_long_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.store.geopackage.BUSY_S", 0.1)
    with (
        opened(path) as store,
        store.transaction(who="a", why="b"),
        pytest.raises(StoreError, match="Another program"),
        store.transaction(who="c", why="d"),
    ):
        pass


WRITER = """
import sys
from layers.store import open_store
from tests.layers.store import sample
path, times, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open_store(path, sample.catalogue()) as store:
    for _ in range(times):
        with store.transaction(who="writer", why="test") as transaction:
            transaction.insert("parcels", sample.rows(*[{}] * size))
            print("written", flush=True)
        print("committed", flush=True)
"""


def test_two_processes_writing_at_once_lose_nothing(path: Path) -> None:
    opened(path).close()
    command = [sys.executable, "-c", WRITER, str(path), "20", "5"]
    writers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    with opened(path) as store:
        # 2 processes, 20 transactions of 5 features each
        assert (store.count("parcels"), store.revision()) == (200, 40)
        assert [revision.layers["parcels"].inserted for revision in store.revisions()] == [5] * 40


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.1])
def test_writer_killed_leaves_all_of_a_transaction_or_nothing(path: Path, delay_s: float) -> None:
    opened(path).close()
    command = [sys.executable, "-c", WRITER, str(path), "1000", "3000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(3):
            writer.stdout.readline()
        # it has committed once and is in, or right after, its second insert
        time.sleep(delay_s)
        writer.send_signal(signal.SIGKILL)
        committed = 1 + writer.stdout.read().count("committed")
    with opened(path) as store:
        revision = store.revision()
        assert revision in (committed, committed + 1)
        assert store.count("parcels") == 3000 * revision
        # the R-tree went with it
        assert store.count("parcels", Query(bbox=store.extent("parcels"))) == 3000 * revision
        insert(store, {})
        assert store.revision() == revision + 1


def test_bbox_goes_through_the_rtree(path: Path) -> None:
    with opened(path) as store:
        insert(store, *[{}] * 600)
        seen: list[str] = []
        with store._engine.sql.connect() as connection:
            raw = connection.connection.driver_connection
            raw.create_function("gaodu_touches_box", 5, lambda *_: seen.append("called") or 1)
        window = Bounds(sample.EAST, sample.NORTH, sample.EAST + 30, sample.NORTH + 1)
        store.read("parcels", Query(bbox=window, limit=600))
        # of 600 features, only the two whose boxes meet the window are looked at
        assert len(seen) == 2


def test_point_layers_have_an_extent_too(path: Path) -> None:
    with opened(path) as store:
        with store.transaction(who="a", why="b") as transaction:
            transaction.insert(
                "wells", pa.table({"geom": shapely.to_wkb(shapely.points([118.3, 118.4], [34.9, 34.8]))})
            )
        assert store.extent("wells") == Bounds(118.3, 34.8, 118.4, 34.9)
    assert sql(path, "SELECT min_x, max_y FROM gpkg_contents WHERE table_name = 'wells'") == [(118.3, 34.9)]
