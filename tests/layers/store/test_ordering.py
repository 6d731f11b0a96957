"""Features in an order asked for, page by page, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from layers.errors import UnknownField
from layers.query import InvalidQuery, Order, Query
from tests.layers.store.sample import rows

NAMES = ["b", None, "稻", "B", "", "é", "a"]
"""Fids 1 to 7. By code point: "" B a b é 稻, and the one without a name."""


@pytest.fixture
def named(store):
    features = [
        {"名称": name, "产量": Decimal(n % 3), "有效": (None, True, False)[n % 3]} for n, name in enumerate(NAMES)
    ]
    with store.transaction(who="t", why="t") as transaction:
        transaction.insert("parcels", rows(*features))
    return store


def fids(store, *order, **conditions):
    return store.read("parcels", Query(order=order, **conditions))["fid"].to_pylist()


def paged(store, *order, size=2):
    found, query = [], Query(order=order, limit=size)
    while page := store.read("parcels", query).to_pylist():
        found += [row["fid"] for row in page]
        query = Query(order=order, limit=size, after=query.position(page[-1]))
    return found


def test_text_is_ordered_by_code_point_with_none_last(named):
    assert fids(named, Order("名称")) == [5, 4, 7, 1, 6, 3, 2]


def test_descending_is_the_other_way_round(named):
    assert fids(named, Order("名称", descending=True)) == [2, 3, 6, 1, 7, 4, 5]


def test_the_fid_decides_between_equals(named):
    assert fids(named, Order("产量", descending=True)) == [3, 6, 2, 5, 1, 4, 7]


def test_false_comes_before_true_and_none_last(named):
    assert fids(named, Order("有效")) == [3, 6, 2, 5, 1, 4, 7]


def test_several_fields_order_one_after_the_other(named):
    assert fids(named, Order("有效"), Order("fid", descending=True)) == [6, 3, 5, 2, 7, 4, 1]


@pytest.mark.parametrize("field", ["名称", "产量", "有效", "户数", "坡度", "日期", "时间", "fid", "area_m2"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_every_feature_once_in_the_order(named, field, descending):
    order = Order(field, descending)
    assert paged(named, order) == fids(named, order)


def test_pages_go_through_blocks_of_features_without_a_value(store):
    days = [date(2024, 1, 2), None, None, date(2024, 1, 1), None]
    with store.transaction(who="t", why="t") as transaction:
        transaction.insert("parcels", rows(*({"日期": day, "时间": None} for day in days)))
    assert paged(store, Order("日期"), Order("时间", descending=True)) == [4, 1, 2, 3, 5]


def test_the_position_may_be_text_as_it_comes_in_an_address(store):
    moments = [datetime(2024, 5, 1, 8, minute, tzinfo=UTC) for minute in (30, 10, 20)]
    with store.transaction(who="t", why="t") as transaction:
        transaction.insert("parcels", rows(*({"时间": moment} for moment in moments)))
    assert fids(store, Order("时间"), after=("2024-05-01T08:10:00+00:00", 2)) == [3, 1]


def test_an_earlier_revision_is_ordered_too(named):
    with named.transaction(who="t", why="t") as transaction:
        transaction.delete("parcels", [5, 1])
    past = named.read("parcels", Query(order=(Order("名称"),), limit=4), as_of=1)
    assert past["fid"].to_pylist() == [5, 4, 7, 1]


def test_the_ordering_field_comes_with_the_fields_asked_for(named):
    table = named.read("parcels", Query(fields=("DLBM",), order=(Order("名称"),), geometry=False))
    assert table.column_names == ["fid", "DLBM", "名称", "area_m2", "revision"]


def test_an_unknown_field_is_refused_with_the_sortable_ones(named):
    with pytest.raises(UnknownField, match="名称"):
        fids(named, Order("nothing"))


def test_geometry_does_not_order(named):
    with pytest.raises(InvalidQuery, match="geom"):
        fids(named, Order("geom"))


@pytest.mark.parametrize("after", [3, (3,), ("a", "b", 3), ("a", 2**63), ("a", "3"), (), ("a", None), "a3"])
def test_a_position_of_another_shape_is_refused(named, after):
    with pytest.raises(InvalidQuery):
        fids(named, Order("名称"), after=after)


@pytest.mark.parametrize("value", ["x", [1], {}, True])
def test_a_position_of_another_type_is_refused(named, value):
    with pytest.raises(InvalidQuery):
        fids(named, Order("户数"), after=(value, 1))
