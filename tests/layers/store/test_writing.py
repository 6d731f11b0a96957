"""The contract of writing, on both engines."""

from __future__ import annotations

import pyarrow as pa
import pytest
import shapely

from layers.definition import parse_definition
from layers.errors import DefinitionError, InvalidFeature, StaleWrite, StoreError, UnknownField, UnknownLayer
from layers.query import Query
from layers.store import Store, open_store
from tests.layers.store import sample
from tests.layers.store.sample import rows, square

NEW = sample.PARCELS.replace('"parcels"', '"新图层"')


def insert(store: Store, table: pa.Table, layer: str = "parcels") -> list[int]:
    with store.transaction(who="张三", why="测试") as transaction:
        return transaction.insert(layer, table)


def value(store: Store, name: str, fid: int = 1) -> object:
    return store.read("parcels", Query(fids=[fid])).column(name)[0].as_py()


def test_values_come_back_as_they_went_in(store: Store) -> None:
    insert(store, rows({}, sample.BLANK))
    read = store.read("parcels").to_pylist()
    assert [{name: row[name] for name in sample.FULL} for row in read] == [sample.FULL, sample.BLANK]


def test_column_types_are_those_of_the_contract(store: Store) -> None:
    insert(store, rows({}))
    expected = {"fid": pa.int64(), **sample.TYPES, "geom": pa.binary(), "area_m2": pa.float64(), "revision": pa.int64()}
    assert dict(zip(store.read("parcels").schema.names, store.read("parcels").schema.types, strict=True)) == expected


def test_empty_layer_has_the_same_columns(store: Store) -> None:
    empty = store.read("parcels").schema
    insert(store, rows({}))
    assert store.read("parcels").schema == empty


def test_area_is_computed(store: Store) -> None:
    insert(store, rows({}))
    # 10 m by 10 m in the plane
    assert value(store, "area_m2") == pytest.approx(100.0, abs=1e-6)


def test_area_follows_a_changed_geometry(store: Store) -> None:
    insert(store, rows({}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "geom": [square(0, 5.0)]}))
    # 5 m by 5 m
    assert value(store, "area_m2") == pytest.approx(25.0, abs=1e-6)


@pytest.mark.parametrize("method", ["insert", "update"])
def test_area_may_not_be_given(store: Store, method: str) -> None:
    insert(store, rows({}))
    table = rows({}, fid=[2 if method == "insert" else 1], area_m2=[1.0])
    with store.transaction(who="a", why="b") as transaction, pytest.raises(InvalidFeature, match="computed"):
        getattr(transaction, method)("parcels", table)


def test_fids_are_those_of_the_rows_in_order(store: Store) -> None:
    fids = insert(store, rows({"名称": "甲"}, {"名称": "乙"}))
    assert [value(store, "名称", fid) for fid in fids] == ["甲", "乙"]


def test_fids_of_deleted_features_are_not_used_again(store: Store) -> None:
    insert(store, rows({}, {}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [2])
    assert insert(store, rows({})) == [3]


def test_given_fids_are_kept(store: Store) -> None:
    assert insert(store, rows({}, {}, fid=[7, 5])) == [7, 5]
    assert insert(store, rows({})) == [8]


@pytest.mark.parametrize("fid", [1, 2])
def test_fid_used_before_is_refused(store: Store, fid: int) -> None:
    insert(store, rows({}, {}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", [2])
    with pytest.raises(InvalidFeature, match="used before"):
        insert(store, rows({}, fid=[fid]))


@pytest.mark.parametrize("fids", [[0], [-1], [None], [1.5]])
def test_fid_that_is_no_positive_integer_is_refused(store: Store, fids: list[object]) -> None:
    with pytest.raises(InvalidFeature):
        insert(store, rows({}, fid=fids))


def test_fid_given_twice_is_refused(store: Store) -> None:
    with pytest.raises(InvalidFeature, match="more than once"):
        insert(store, rows({}, {}, fid=[1, 1]))


def test_update_leaves_other_columns_alone(store: Store) -> None:
    insert(store, rows({}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["新名"]}))
    row = store.read("parcels").to_pylist()[0]
    assert {name: row[name] for name in sample.FULL} == {**sample.FULL, "名称": "新名"}


def test_update_can_empty_a_field(store: Store) -> None:
    insert(store, rows({}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "产量": pa.array([None], pa.float64())}))
    assert value(store, "产量") is None


def test_update_of_nobody_is_refused(store: Store) -> None:
    insert(store, rows({}))
    with store.transaction(who="a", why="b") as transaction, pytest.raises(InvalidFeature, match="no feature 9"):
        transaction.update("parcels", pa.table({"fid": [9], "名称": ["x"]}))


def test_update_of_the_revision_seen_goes_through(store: Store) -> None:
    insert(store, rows({}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["新名"], "revision": [1]}))
    assert value(store, "名称") == "新名"


def test_update_of_what_another_changed_is_stale(store: Store) -> None:
    insert(store, rows({}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["新名"]}))
    with store.transaction(who="a", why="b") as transaction, pytest.raises(StaleWrite, match="revision 2"):
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["旧"], "revision": [1]}))


def test_delete_of_what_another_changed_is_stale(store: Store) -> None:
    insert(store, rows({}))
    with store.transaction(who="a", why="b") as transaction, pytest.raises(StaleWrite):
        transaction.delete("parcels", [1], expected=[0])
    assert store.count("parcels") == 1


def test_delete_of_nobody_is_refused(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction, pytest.raises(InvalidFeature):
        transaction.delete("parcels", [1])


def test_several_calls_are_one_revision(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows({}))
        transaction.insert("wells", pa.table({"geom": [shapely.to_wkb(shapely.Point(118.3, 34.9))]}))
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["x"]}))
    assert len(store.revisions()) == 1


def test_error_in_the_block_undoes_everything(store: Store) -> None:
    def interrupted() -> None:
        with store.transaction(who="a", why="b") as transaction:
            transaction.insert("parcels", rows({}))
            transaction.create_layer(parse_definition(NEW, place="x"), NEW)
            raise KeyError("stop")

    with pytest.raises(KeyError):
        interrupted()
    assert (store.revision(), store.count("parcels"), "新图层" in store.catalogue) == (0, 0, False)


def test_call_that_raises_has_written_nothing(store: Store) -> None:
    # the second chunk of 20,000 rows holds the bad one
    many = pa.concat_tables([rows({})] * 20_000 + [rows({"名称": "x" * 21})])
    with store.transaction(who="a", why="b") as transaction:
        with pytest.raises(InvalidFeature, match=r"parcels\[20000\]"):
            transaction.insert("parcels", many)
        transaction.insert("parcels", rows({}))
    assert store.count("parcels") == 1


def test_insert_of_nothing_is_fine(store: Store) -> None:
    assert insert(store, rows()) == []
    assert store.count("parcels") == 0


def test_unknown_layer_is_named(store: Store) -> None:
    with pytest.raises(UnknownLayer, match="parcels"):
        insert(store, rows({}), layer="没有")


def test_unknown_field_is_named(store: Store) -> None:
    with pytest.raises(UnknownField, match="DLBM"):
        insert(store, rows({}, dlbm=["0101"]))


def test_field_names_of_any_characters(store: Store) -> None:
    (name,) = sample.wells().field_names
    insert(store, pa.table({name: ["x"], "geom": [shapely.to_wkb(shapely.Point(118.3, 34.9))]}), layer="wells")
    with store.transaction(who="a", why="b") as transaction:
        transaction.update("wells", pa.table({"fid": [1], name: ["'; DROP TABLE wells; --"]}))
    assert store.read("wells").column(name).to_pylist() == ["'; DROP TABLE wells; --"]


def test_created_layer_can_be_written_at_once(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction:
        transaction.create_layer(parse_definition(NEW, place="x"), NEW)
        transaction.insert("新图层", rows({}))
    assert store.count("新图层") == 1
    assert store.definition_text("新图层") == NEW


def test_created_layer_is_there_for_others(store: Store, url: str) -> None:
    with open_store(url, sample.catalogue()) as other:
        with store.transaction(who="a", why="b") as transaction:
            transaction.create_layer(parse_definition(NEW, place="x"), NEW)
        assert "新图层" in other.catalogue
        assert other.read("新图层").num_rows == 0


def test_layer_id_that_is_taken_is_refused(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction, pytest.raises(StoreError, match="taken"):
        transaction.create_layer(sample.parcels(), sample.PARCELS)


def test_text_that_is_not_the_definition_is_refused(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction, pytest.raises(DefinitionError):
        transaction.create_layer(parse_definition(NEW, place="x"), NEW.replace("Parcels", "Plots"))


def test_replaced_definition_may_add_a_field(store: Store) -> None:
    more = NEW + '\n[[fields]]\nname = "备注"\ntitle = {zh = "备注", en = "Note"}\ntype = "text"\n'
    with store.transaction(who="a", why="b") as transaction:
        transaction.create_layer(parse_definition(NEW, place="x"), NEW)
        transaction.insert("新图层", rows({}))
    with store.transaction(who="a", why="b") as transaction:
        transaction.replace_definition(parse_definition(more, place="x"), more)
        transaction.update("新图层", pa.table({"fid": [1], "备注": ["好"]}))
    assert store.read("新图层").column("备注").to_pylist() == ["好"]
    assert store.read("新图层", as_of=1).column("备注").to_pylist() == [None]


def test_replaced_definition_may_not_change_a_type(store: Store) -> None:
    other = NEW.replace('type = "integer"', 'type = "text"')
    with store.transaction(who="a", why="b") as transaction:
        transaction.create_layer(parse_definition(NEW, place="x"), NEW)
    with store.transaction(who="a", why="b") as transaction, pytest.raises(StoreError, match="户数"):
        transaction.replace_definition(parse_definition(other, place="x"), other)


def test_single_geometries_become_multi(store: Store) -> None:
    insert(store, rows({}))
    assert shapely.from_wkb(value(store, "geom")).geom_type == "MultiPolygon"


def test_geometry_comes_back_byte_for_byte(store: Store) -> None:
    multi = shapely.multipolygons([shapely.from_wkb(square(0)), shapely.from_wkb(square(1))])
    wkb = shapely.to_wkb(multi, byte_order=1, flavor="iso")
    insert(store, rows({"geom": wkb}))
    assert value(store, "geom") == wkb


def test_added_field_name_of_any_characters(store: Store) -> None:
    more = NEW + '\n[[fields]]\nname = "100% (a):b?"\ntitle = {zh = "备注", en = "Note"}\ntype = "text"\n'
    with store.transaction(who="a", why="b") as transaction:
        transaction.create_layer(parse_definition(NEW, place="x"), NEW)
        transaction.replace_definition(parse_definition(more, place="x"), more)
        transaction.insert("新图层", rows({}, **{"100% (a):b?": ["好"]}))
    assert store.read("新图层", Query(equals={"100% (a):b?": "好"})).column("100% (a):b?").to_pylist() == ["好"]


def test_transaction_whose_write_failed_is_void(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("the disk is on fire")

    def go_on() -> None:
        with store.transaction(who="a", why="b") as transaction:
            transaction.insert("parcels", rows({}))
            monkeypatch.setattr(type(store._engine), "insert", fails)
            with pytest.raises(OSError, match="fire"):
                transaction.insert("parcels", rows({}))

    with pytest.raises(StoreError, match="void"):
        go_on()
    assert (store.revision(), store.count("parcels")) == (0, 0)
