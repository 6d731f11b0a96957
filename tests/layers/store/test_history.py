"""The contract of revisions and of reading the past, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from layers.query import InvalidQuery
from layers.store import Counts, Store, writing
from tests.layers.store.sample import rows, square


@pytest.fixture
def lived(store: Store) -> Store:
    """1: three parcels in. 2: the first renamed, the third deleted, a fourth in. 3: the first deleted."""
    with store.transaction(who="张三", why="导入") as transaction:
        transaction.insert("parcels", rows({"名称": "一"}, {"名称": "二"}, {"名称": "三"}))
    with store.transaction(who="李四", why="更正") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["一改"]}))
        transaction.delete("parcels", [3])
        transaction.insert("parcels", rows({"名称": "四", "geom": square(9)}))
    with store.transaction(who="王五", why="撤销") as transaction:
        transaction.delete("parcels", [1])
    return store


def names(store: Store, as_of: int | None) -> list[tuple[int, str]]:
    table = store.read("parcels", as_of=as_of)
    return list(zip(table.column("fid").to_pylist(), table.column("名称").to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (0, []),
        (1, [(1, "一"), (2, "二"), (3, "三")]),
        (2, [(1, "一改"), (2, "二"), (4, "四")]),
        (3, [(2, "二"), (4, "四")]),
        (None, [(2, "二"), (4, "四")]),
    ],
)
def test_layer_as_of_a_revision(lived: Store, as_of: int | None, expected: list[tuple[int, str]]) -> None:
    assert names(lived, as_of) == expected


def test_past_is_read_as_it_was(lived: Store) -> None:
    before = lived.read("parcels", as_of=2)
    with lived.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [2, 4], "geom": [square(5), square(6)]}))
    assert lived.read("parcels", as_of=2).equals(before)


def test_revisions_say_who_why_and_how_many(lived: Store) -> None:
    found = [(r.id, r.who, r.why, dict(r.layers)) for r in lived.revisions()]
    assert found == [
        (3, "王五", "撤销", {"parcels": Counts(0, 0, 1)}),
        (2, "李四", "更正", {"parcels": Counts(1, 1, 1)}),
        (1, "张三", "导入", {"parcels": Counts(3, 0, 0)}),
    ]


def test_revisions_have_a_moment_in_utc(lived: Store) -> None:
    moment = lived.revisions(limit=1)[0].at
    assert moment.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - moment) < timedelta(hours=1)


def test_newest_revisions_come_first_and_limited(lived: Store) -> None:
    assert [revision.id for revision in lived.revisions(limit=2)] == [3, 2]


def test_revisions_of_a_layer(lived: Store) -> None:
    assert lived.revisions("wells") == []
    assert (lived.revision("wells"), lived.revision("parcels"), lived.revision()) == (0, 3, 3)


def test_changes_have_operation_before_and_after(lived: Store) -> None:
    found = [
        (change.fid, change.operation, change.before and change.before["名称"], change.after and change.after["名称"])
        for change in lived.changes(2)
    ]
    assert found == [(1, "update", "一", "一改"), (3, "delete", "三", None), (4, "insert", None, "四")]


def test_changes_of_a_row_that_changed_again(lived: Store) -> None:
    # revision 2 made the row that revision 3 deleted: both are in the history by now
    (change,) = [change for change in lived.changes(2) if change.fid == 1]
    assert (change.before, change.after) != (None, None)
    (deleted,) = lived.changes(3)
    assert deleted.before == change.after


def test_changes_hold_every_column(lived: Store) -> None:
    inserted = next(lived.changes(1))
    row = lived.read("parcels", as_of=1).to_pylist()[0]
    assert inserted.after == {name: value for name, value in row.items() if name not in ("fid", "revision")}


def test_changes_of_another_layer(lived: Store) -> None:
    assert list(lived.changes(2, "wells")) == []


def test_changes_of_no_revision(lived: Store) -> None:
    assert list(lived.changes(99)) == []


def test_row_changed_twice_in_one_revision_is_one_change(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows({"名称": "一"}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["二"]}))
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["三"]}))
    (change,) = store.changes(2)
    assert change.before
    assert change.after
    assert (change.before["名称"], change.after["名称"]) == ("一", "三")


def test_row_inserted_and_deleted_in_one_revision_leaves_no_trace(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows({}))
        transaction.delete("parcels", [1])
    assert list(store.changes(1)) == []
    assert store.revisions()[0].layers == {"parcels": Counts(0, 0, 0)}


CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def dated(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Revision 1 on 30 June 2024 at 23:59:59.999 in China, revision 2 one millisecond later, on 1 July."""
    for moment in (datetime(2024, 6, 30, 15, 59, 59, 999_000, UTC), datetime(2024, 6, 30, 16, 0, tzinfo=UTC)):
        monkeypatch.setattr(writing, "now", lambda moment=moment: moment)
        with store.transaction(who="a", why="b"):
            pass
    return store


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2024, 6, 29), 0),
        (date(2024, 6, 30), 1),
        (date(2024, 7, 1), 2),
        (date.max, 2),
        (datetime(2024, 6, 30, 16, 0, tzinfo=UTC), 2),
        (datetime(2024, 7, 1, 0, 0, tzinfo=CHINA), 2),
        (datetime(2024, 6, 30, 23, 59, 59, 999_500), 1),  # no zone: China's
        (0, 0),
        (1, 1),
        (None, None),
    ],
)
def test_revision_in_force(dated: Store, as_of: int | date | None, expected: int | None) -> None:
    assert dated.resolve(as_of) == expected


@pytest.mark.parametrize("as_of", [-1, 3, 2**70])
def test_revision_that_is_not_there_is_refused(dated: Store, as_of: int) -> None:
    with pytest.raises(InvalidQuery, match="revision"):
        dated.resolve(as_of)


def test_clock_set_back_does_not_reorder_revisions(dated: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    with dated.transaction(who="a", why="b"):
        pass
    assert dated.resolve(date(2024, 7, 1)) == 3


def test_sample_data_is_illustrative(store: Store) -> None:
    with store.transaction(who="a", why="sample", illustrative=True) as transaction:
        transaction.insert("parcels", rows({}))
    assert (store.is_illustrative("parcels"), store.is_illustrative("wells")) == (True, False)
    assert store.revisions()[0].illustrative


def test_edited_sample_data_stays_illustrative(store: Store) -> None:
    with store.transaction(who="a", why="sample", illustrative=True) as transaction:
        transaction.insert("parcels", rows({}))
    with store.transaction(who="a", why="edit") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["改"]}))
    assert store.is_illustrative("parcels")


def test_replaced_sample_data_is_illustrative_no_more(store: Store) -> None:
    with store.transaction(who="a", why="sample", illustrative=True) as transaction:
        transaction.insert("parcels", rows({}))
    with store.transaction(who="a", why="real data") as transaction:
        transaction.delete("parcels", [1])
        transaction.insert("parcels", rows({}))
    assert not store.is_illustrative("parcels")
