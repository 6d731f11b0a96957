"""What holds for PostGIS only."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from layers.errors import StoreError
from layers.store import Store, open_store
from layers.store.postgis import PostGisEngine
from tests.layers.store import sample
from tests.layers.store.sample import rows

pytestmark = pytest.mark.postgis


@pytest.fixture
def postgis(postgis_url: str) -> Iterator[Store]:
    with open_store(postgis_url, sample.catalogue()) as store:
        yield store


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def test_geometry_column_has_type_and_srid(postgis: Store, postgis_url: str) -> None:
    found = ask(
        postgis_url,
        "SELECT f_table_name, type, srid, coord_dimension FROM geometry_columns "
        "WHERE f_table_schema = current_schema() ORDER BY 1",
    )
    assert found == [
        ("parcels", "MULTIPOLYGON", 4547, 2), ("parcels_history", "MULTIPOLYGON", 4547, 2),
        ("wells", "POINT", 4490, 2), ("wells_history", "POINT", 4490, 2),
    ]  # fmt: skip


def test_geometry_has_a_spatial_index(postgis: Store, postgis_url: str) -> None:
    found = ask(
        postgis_url,
        "SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE '%USING gist (geom)'",
    )
    assert found == [(4,)]


def test_columns_have_types_of_their_own(postgis: Store, postgis_url: str) -> None:
    found = ask(
        postgis_url,
        "SELECT column_name, data_type, numeric_precision, numeric_scale FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = 'parcels' AND column_name IN ('产量', '日期', '时间') "
        "ORDER BY ordinal_position",
    )
    assert found == [
        ("产量", "numeric", 15, 2), ("日期", "date", None, None), ("时间", "timestamp with time zone", None, None),
    ]  # fmt: skip


def test_revisions_become_visible_in_the_order_of_their_numbers(postgis: Store, postgis_url: str) -> None:
    """A reader that has seen revision n must never later find one below n that it had not seen."""
    seen: list[list[int]] = []
    stop = threading.Event()

    def watch() -> None:
        with open_store(postgis_url, sample.catalogue()) as reader:
            while not stop.is_set():
                seen.append([revision.id for revision in reader.revisions()])

    def write() -> None:
        with open_store(postgis_url, sample.catalogue()) as writer:
            for _ in range(15):
                with writer.transaction(who="a", why="b") as transaction:
                    transaction.insert("parcels", rows({}))

    watcher = threading.Thread(target=watch)
    writers = [threading.Thread(target=write) for _ in range(4)]
    for thread in (watcher, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    watcher.join()
    # 4 writers of 15 revisions each
    assert (postgis.revision(), postgis.count("parcels")) == (60, 60)
    assert all(found == list(range(len(found), 0, -1)) for found in seen)


def test_second_writer_waits_for_the_first(postgis: Store, postgis_url: str) -> None:
    order: list[str] = []
    started = threading.Event()

    def second() -> None:
        with open_store(postgis_url, sample.catalogue()) as other:
            started.set()
            with other.transaction(who="b", why="second"):
                order.append("second")

    thread = threading.Thread(target=second)
    with postgis.transaction(who="a", why="first"):
        thread.start()
        started.wait()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert [revision.why for revision in postgis.revisions()] == ["second", "first"]


def test_stores_in_two_schemas_do_not_mix(postgis: Store, postgis_url: str) -> None:
    ask_schema = ask(postgis_url, "SELECT current_schema()")[0][0]
    inner = f"{ask_schema}_inner"
    with psycopg.connect(postgis_url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {inner}")
        try:
            # the first store is visible through the second's search_path
            with open_store(
                postgis_url.replace("search_path%3D", f"search_path%3D{inner},"), sample.catalogue()
            ) as other:
                with postgis.transaction(who="a", why="b") as transaction:
                    transaction.insert("parcels", rows({}))
                assert (postgis.count("parcels"), other.count("parcels")) == (1, 0)
        finally:
            connection.execute("SET client_min_messages = warning")
            connection.execute(f"DROP SCHEMA {inner} CASCADE")


def test_server_that_is_not_there_is_an_error_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://someone:secret@127.0.0.1:1/db", sample.catalogue())
    assert "secret" not in str(caught.value)
    assert caught.value.remedy_en


def test_url_shows_no_password(postgis_url: str) -> None:
    with open_store(postgis_url.replace("gaodu@", "gaodu:secret@"), sample.catalogue()) as store:
        assert "secret" not in store.url


def test_reader_sees_one_state(postgis: Store) -> None:
    with postgis._engine.reading() as connection:
        before = connection.execute(text("SELECT count(*) FROM parcels")).scalar_one()
        with postgis.transaction(who="a", why="b") as transaction:
            transaction.insert("parcels", rows({}))
        assert connection.execute(text("SELECT count(*) FROM parcels")).scalar_one() == before


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://u@localhost/d", True),
        ("postgresql:///d", True),
        ("postgresql://u@/d?host=/run/postgresql", True),
        ("postgresql://u@db.example.org/d", False),
        ("postgresql://u@/d?host=10.0.0.5", False),
    ],
)
def test_a_server_elsewhere_is_not_at_hand(address: str, expected: bool) -> None:
    assert PostGisEngine(address).is_at_hand is expected
