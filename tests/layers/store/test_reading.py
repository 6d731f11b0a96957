"""The contract of reading, on both engines."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from gis.types import Bounds
from layers.errors import UnknownField, UnknownLayer
from layers.query import InvalidQuery, Query
from layers.store import Store
from tests.layers.store import sample
from tests.layers.store.sample import EAST, NORTH, rows


@pytest.fixture
def filled(store: Store) -> Store:
    """Five parcels of 10 m by 10 m, 20 m apart; the third has no values."""
    features: list[dict[str, Any]] = [
        {"名称": "一"},
        {"名称": "二", "户数": 7},
        sample.BLANK,
        {"名称": "100%"},
        {"名称": "1000"},
    ]
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows(*features))
    return store


def fids(store: Store, query: Query, as_of: int | None = None) -> list[int]:
    found: list[int] = store.read("parcels", query, as_of=as_of).column("fid").to_pylist()
    return found


def window(west_m: float, south_m: float, east_m: float, north_m: float) -> Bounds:
    return Bounds(EAST + west_m, NORTH + south_m, EAST + east_m, NORTH + north_m)


def test_everything_comes_by_fid(filled: Store) -> None:
    assert fids(filled, Query()) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("bbox", "expected"),
    [
        (window(-5, -5, 5, 5), [1]),
        (window(2, 2, 3, 3), [1]),
        (window(10, 0, 20, 10), [1, 2]),  # touches the edges of both
        (window(11, 0, 19, 10), []),
        (window(-1e6, -1e6, 1e6, 1e6), [1, 2, 3, 4, 5]),
        (window(25, 5, 25, 5), [2]),  # a point
        (window(5, 5, 25, 5), [1, 2]),  # a line
        (window(10 + 1e-4, 0, 20 - 1e-4, 10), []),  # finer than the R-tree's 32 bits, which are 1/32 m here
    ],
)
def test_bbox_is_exact(filled: Store, bbox: Bounds, expected: list[int]) -> None:
    assert fids(filled, Query(bbox=bbox)) == expected


def test_bbox_asks_for_the_geometry_and_not_its_box(store: Store) -> None:
    triangle = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows({"geom": shapely.to_wkb(triangle)}))
    assert fids(store, Query(bbox=window(8, 8, 9, 9))) == []


def test_bbox_of_the_past(filled: Store) -> None:
    with filled.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [1])
    assert fids(filled, Query(bbox=window(2, 2, 3, 3)), as_of=1) == [1]


@pytest.mark.parametrize(
    "bbox", [Bounds(1, 0, 0, 1), Bounds(0, 1, 1, 0), Bounds(math.nan, 0, 1, 1), Bounds(0, 0, math.inf, 1)]
)
def test_bbox_inside_out_is_refused(filled: Store, bbox: Bounds) -> None:
    with pytest.raises(InvalidQuery):
        filled.read("parcels", Query(bbox=bbox))


def test_region_is_exact(filled: Store) -> None:
    # the diagonal half of a square over the first two parcels touches only the first
    half = shapely.Polygon([(EAST, NORTH), (EAST + 19, NORTH), (EAST, NORTH + 19)])
    assert fids(filled, Query(region=shapely.to_wkb(half))) == [1]


@pytest.mark.parametrize(
    "region", [b"", b"nonsense", shapely.to_wkb(shapely.Point(0, 0)), shapely.to_wkb(shapely.Polygon())]
)
def test_region_that_is_no_wkb_is_refused(filled: Store, region: bytes) -> None:
    with pytest.raises(InvalidQuery):
        filled.read("parcels", Query(region=region))


@pytest.mark.parametrize(("wanted", "expected"), [((2, 4, 99), [2, 4]), ((), []), ((2**70,), []), ((5, 5), [5])])
def test_fids_that_are_there(filled: Store, wanted: tuple[int, ...], expected: list[int]) -> None:
    assert fids(filled, Query(fids=wanted)) == expected


def test_fids_of_an_array(filled: Store) -> None:
    assert fids(filled, Query(fids=np.array([2, 4]), after=np.int64(1))) == [2, 4]


def test_many_fids(filled: Store) -> None:
    # more than any database takes as parameters
    assert fids(filled, Query(fids=range(2, 300_000))) == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("equals", "expected"),
    [
        ({"名称": "二"}, [2]),
        ({"名称": ""}, [3]),
        ({"名称": "100%"}, [4]),  # not a pattern
        ({"名称": "100_"}, []),
        ({"名称": "' OR 1=1 --"}, []),
        ({"户数": None}, [3]),
        ({"户数": 7}, [2]),
        ({"户数": "7"}, [2]),
        ({"户数": 2**53 + 1}, [1, 4, 5]),  # a double would be 2**53
        ({"户数": 2**53}, []),
        ({"产量": "100"}, [1, 2, 4, 5]),
        ({"产量": 100.0}, [1, 2, 4, 5]),
        ({"坡度": 0.1}, [1, 2, 4, 5]),
        ({"有效": "true"}, [1, 2, 4, 5]),
        ({"日期": "2024-02-29"}, [1, 2, 4, 5]),
        ({"日期": date(2024, 2, 28)}, []),
        ({"时间": "2024-05-01T16:30:00.125+08:00"}, [1, 2, 4, 5]),
        ({"名称": "二", "户数": 8}, []),
    ],
)
def test_equal_values(filled: Store, equals: dict[str, Any], expected: list[int]) -> None:
    assert fids(filled, Query(equals=equals)) == expected


@pytest.mark.parametrize(
    "equals",
    [{"户数": "many"}, {"户数": 2**63}, {"户数": 1.5}, {"日期": "2024-02-30"}, {"名称": 1}, {"名称": "a\0"},
     {"名称": "\ud800"}, {"产量": "1.005"}, {"坡度": "nan"}, {"有效": "perhaps"}],
)  # fmt: skip
def test_value_of_another_type_is_refused(filled: Store, equals: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuery):
        filled.read("parcels", Query(equals=equals))


@pytest.mark.parametrize("name", ["dlbm", 'fid" OR 1=1 --', "geom"])
def test_field_that_is_not_there_is_refused(filled: Store, name: str) -> None:
    with pytest.raises(UnknownField):
        filled.read("parcels", Query(equals={name: 1}))
    with pytest.raises(UnknownField):
        filled.read("parcels", Query(fields=[name]))


def test_pages_follow_each_other(filled: Store) -> None:
    assert fids(filled, Query(limit=2)) == [1, 2]
    assert fids(filled, Query(limit=2, after=2)) == [3, 4]
    assert fids(filled, Query(limit=2, after=4)) == [5]


def test_limit_of_nothing(filled: Store) -> None:
    assert fids(filled, Query(limit=0)) == []


@pytest.mark.parametrize("query", [Query(limit=-1), Query(limit=2**63), Query(after=2**63)])
def test_page_that_cannot_be_is_refused(filled: Store, query: Query) -> None:
    with pytest.raises(InvalidQuery):
        filled.read("parcels", query)


def test_fields_asked_for_come_in_the_layers_order(filled: Store) -> None:
    table = filled.read("parcels", Query(fields=["户数", "DLBM"], geometry=False))
    assert table.column_names == ["fid", "DLBM", "户数", "area_m2", "revision"]


def test_layer_without_area_has_no_area_column(store: Store) -> None:
    assert store.read("wells").column_names == ["fid", *sample.wells().field_names, "geom", "revision"]


def test_count_is_of_all_pages(filled: Store) -> None:
    assert filled.count("parcels", Query(limit=1, after=3)) == 5


def test_count_of_what_fits(filled: Store) -> None:
    assert filled.count("parcels", Query(bbox=window(0, 0, 25, 5))) == 2


def test_extent_is_exact(filled: Store) -> None:
    # the fifth parcel begins 80 m east and is 10 m wide
    assert filled.extent("parcels") == window(0, 0, 90, 10)


def test_extent_shrinks_with_what_is_deleted(filled: Store) -> None:
    with filled.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [1, 5])
    assert filled.extent("parcels") == window(20, 0, 70, 10)
    assert filled.extent("parcels", as_of=1) == window(0, 0, 90, 10)


def test_extent_follows_what_is_moved(filled: Store) -> None:
    with filled.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [5], "geom": [sample.square(-1)]}))
    assert filled.extent("parcels") == window(-20, 0, 70, 10)


def test_extent_of_nothing(store: Store) -> None:
    assert store.extent("parcels") is None
    assert store.extent("parcels", as_of=0) is None


def test_extent_of_what_was_emptied(filled: Store) -> None:
    with filled.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [1, 2, 3, 4, 5])
    assert filled.extent("parcels") is None


def test_batches_are_what_read_returns(filled: Store) -> None:
    batches = list(filled.batches("parcels", size=2))
    assert [batch.num_rows for batch in batches] == [2, 2, 1]
    assert pa.Table.from_batches(batches).equals(filled.read("parcels"))


def test_batches_of_the_past_come_by_fid(filled: Store) -> None:
    with filled.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [2, 4], "名称": ["x", "y"]}))
    batches = list(filled.batches("parcels", as_of=1, size=2))
    assert pa.Table.from_batches(batches).column("fid").to_pylist() == [1, 2, 3, 4, 5]


def test_batches_see_one_state_while_others_write(filled: Store) -> None:
    batches = filled.batches("parcels", size=1)
    next(batches)
    with filled.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [2, 3, 4, 5])
    assert sum(batch.num_rows for batch in batches) == 4


def test_iterator_left_alone_keeps_no_connection(filled: Store) -> None:
    batches = filled.batches("parcels", size=1)
    next(batches)
    batches.close()
    assert filled._engine.sql.pool.checkedout() == 0


def test_groups_by_a_field(filled: Store) -> None:
    groups = filled.aggregate("parcels", by=["户数"], sums=["area_m2", "产量", "户数"])
    # squares of 100 m2; 7 once, 2**53 + 1 three times, and one without values
    assert [(g.key, g.count, g.counts) for g in groups] == [
        ((7,), 1, (1, 1, 1)),
        ((2**53 + 1,), 3, (3, 3, 3)),
        ((None,), 1, (1, 0, 0)),
    ]
    assert [g.sums[0] for g in groups] == pytest.approx([100.0, 300.0, 100.0])
    assert [g.sums[1:] for g in groups] == [(100.0, 7), (300.0, 3 * (2**53 + 1)), (None, None)]


def test_one_group_over_everything(filled: Store) -> None:
    (group,) = filled.aggregate("parcels", by=[], sums=["产量"])
    assert (group.key, group.count, group.sums, group.counts) == ((), 5, (400.0,), (4,))


def test_one_group_over_nothing(store: Store) -> None:
    (group,) = store.aggregate("parcels", by=[], sums=["area_m2"])
    assert (group.count, group.sums, group.counts) == (0, (None,), (0,))


def test_no_groups_over_nothing(store: Store) -> None:
    assert store.aggregate("parcels", by=["DLBM"], sums=[]) == []


@pytest.mark.parametrize("name", list(sample.FULL))
def test_keys_have_the_type_of_their_field(filled: Store, name: str) -> None:
    keys = [group.key[0] for group in filled.aggregate("parcels", by=[name], sums=[])]
    assert type(sample.FULL[name]) in {type(key) for key in keys}


def test_groups_of_what_fits_and_of_the_past(filled: Store) -> None:
    with filled.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [1])
    (group,) = filled.aggregate("parcels", by=["DLBM"], sums=[], query=Query(equals={"名称": "一"}), as_of=1)
    assert (group.key, group.count) == (("0101",), 1)


def test_sums_of_decimals_are_exact(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", _tenths())
    (group,) = store.aggregate("parcels", by=[], sums=["产量"])
    # ten times 0.1 is 0.9999999999999999 in doubles
    assert group.sums == (1.0,)


def _tenths() -> pa.Table:
    table = rows(*[{}] * 10)
    position = table.column_names.index("产量")
    return table.set_column(position, "产量", pa.array([0.1] * 10))


def test_sum_of_a_text_is_refused(filled: Store) -> None:
    with pytest.raises(InvalidQuery):
        filled.aggregate("parcels", by=[], sums=["名称"])


def test_sum_of_the_area_of_points_is_refused(store: Store) -> None:
    with pytest.raises(UnknownField):
        store.aggregate("wells", by=[], sums=["area_m2"])


@pytest.mark.parametrize("method", ["read", "count", "extent", "is_illustrative", "definition_text", "revision"])
def test_layer_that_is_not_there_is_refused(store: Store, method: str) -> None:
    with pytest.raises(UnknownLayer, match="parcels"):
        getattr(store, method)("nowhere")
