"""Windows answered by the short cut: the same as by a statement in full."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.types import Bounds
from layers.query import Query
from layers.store import Store, nearby, open_store
from layers.store.functions import _touches_box
from tests.layers.store import sample
from tests.layers.store.sample import EAST, NORTH, rows

WINDOW = Bounds(EAST + 3, NORTH + 3, EAST + 27, NORTH + 8)
ALL = 1_000


@pytest.fixture
def filled(store: Store) -> Store:
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows(*({"名称": str(k)} for k in range(5))))
    return store


@pytest.mark.parametrize("query", [Query(), Query(geometry=False), Query(fields=["名称"]), Query(fields=[])])
def test_a_window_gives_the_same_table_as_a_page_of_it(filled: Store, query: Query) -> None:
    short = filled.read("parcels", Query(bbox=WINDOW, fields=query.fields, geometry=query.geometry))
    page = Query(bbox=WINDOW, fields=query.fields, geometry=query.geometry, limit=ALL)
    assert short.num_rows == 2
    assert short.equals(filled.read("parcels", page), check_metadata=True)


def test_an_empty_window_gives_a_table_without_rows(filled: Store) -> None:
    nowhere = Query(bbox=Bounds(0, 0, 1, 1))
    assert filled.read("parcels", nowhere).equals(filled.read("parcels", Query(fids=())))


def test_a_window_is_answered_after_another_program_changed_the_schema(url: str) -> None:
    definition = sample.parcels()
    fewer = sample.Catalogue({"parcels": definition.model_copy(update={"fields": definition.fields[:1]})})
    with open_store(url, fewer) as before:
        assert before.read("parcels", Query(bbox=WINDOW)).num_rows == 0
        with open_store(url, sample.catalogue()) as after, after.transaction(who="a", why="b") as transaction:
            transaction.insert("parcels", rows({"名称": "一"}, {"名称": "二"}))
        for _ in range(2):  # by a statement in full, which takes notice, and then again by the short cut
            assert before.read("parcels", Query(bbox=WINDOW)).column("fid").to_pylist() == [1, 2]


def test_a_window_leaves_no_transaction_open(tmp_path: Path) -> None:
    # a reader left behind would keep VACUUM from taking its turn
    with open_store(tmp_path / "store.gpkg", sample.catalogue()) as store:
        store.read("parcels", Query(bbox=WINDOW))
        with store._engine.sql.raw_connection() as pooled:  # type: ignore[attr-defined]
            assert not pooled.driver_connection.in_transaction


def header(flags: int, envelope: np.ndarray) -> bytes:
    return b"GP\x00" + bytes([flags]) + b"\x00" * 4 + envelope.tobytes()


@pytest.mark.parametrize(
    ("flags", "form"),
    [(0b0011, "<f8"), (0b0010, ">f8"), (0b0001, None)],
    ids=["as written here", "big-endian", "no envelope"],
)
def test_blobs_are_told_apart_as_row_by_row(flags: int, form: str | None) -> None:
    corners = np.random.default_rng(1).random((300, 3, 2)) * 20
    shapes = shapely.polygons(corners)
    sides = shapely.bounds(shapes)[:, [0, 2, 1, 3]]
    empty = np.empty(0)
    values = [
        header(flags, empty if form is None else side.astype(form)) + shapely.to_wkb(shape)
        for shape, side in zip(shapes, sides, strict=True)
    ]
    window = Bounds(6, 6, 12, 9)
    expected = [k for k, value in enumerate(values) if _touches_box(value, *window)]
    assert 50 < len(expected) < 250
    assert nearby.touching(values, window) == expected
