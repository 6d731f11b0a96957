"""The contract of opening a store whose definitions changed, on both engines."""

from __future__ import annotations

import pyarrow as pa
import pytest
from sqlalchemy import delete

from layers.catalogue import Catalogue
from layers.definition import LayerDefinition, parse_definition
from layers.errors import StoreError
from layers.query import Query
from layers.store import Store, open_store
from layers.store.tables import facts
from tests.layers.store import sample
from tests.layers.store.sample import rows

NOTE = '\n[[fields]]\nname = "备注"\ntitle = {zh = "备注", en = "Note"}\ntype = "text"\n'


def defined(text: str) -> Catalogue:
    definition = parse_definition(text, place="test")
    return Catalogue({definition.id: definition})


def insert_one(store: Store) -> None:
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", rows({}))


def test_new_store_has_every_layer(store: Store) -> None:
    assert [store.count(layer) for layer in store.catalogue] == [0, 0]


def test_store_is_there_again(store: Store, url: str) -> None:
    insert_one(store)
    store.close()
    with open_store(url, sample.catalogue()) as again:
        assert again.count("parcels") == 1


def test_field_that_a_definition_gained_is_added(store: Store, url: str) -> None:
    insert_one(store)
    with open_store(url, defined(sample.PARCELS + NOTE)) as again:
        assert again.read("parcels").column("备注").to_pylist() == [None]
        assert again.read("parcels", as_of=1).column("备注").to_pylist() == [None]


def test_process_with_the_older_definition_goes_on(store: Store, url: str) -> None:
    insert_one(store)
    with open_store(url, defined(sample.PARCELS + NOTE)) as newer:
        with newer.transaction(who="a", why="b") as transaction:
            transaction.update("parcels", pa.table({"fid": [1], "备注": ["好"]}))
        with store.transaction(who="a", why="b") as transaction:
            transaction.update("parcels", pa.table({"fid": [1], "名称": ["改"]}))
        # the note, which the older definition does not know, lives on, in the history too
        assert newer.read("parcels").column("备注").to_pylist() == ["好"]
        assert newer.read("parcels", as_of=2).column("备注").to_pylist() == ["好"]


def test_field_that_a_definition_lost_is_kept_for_its_return(store: Store, url: str) -> None:
    insert_one(store)
    without = sample.PARCELS[: sample.PARCELS.rindex("[[fields]]")]
    with open_store(url, defined(without)) as again:
        assert "时间" not in again.read("parcels").column_names
        with again.transaction(who="a", why="b") as transaction:
            transaction.delete("parcels", [1])
    with open_store(url, sample.catalogue()) as back:
        assert back.read("parcels", as_of=1).column("时间").to_pylist() == [sample.FULL["时间"]]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('type = "integer"', 'type = "text"', "户数"),
        ("decimals = 2", "decimals = 3", "产量"),
        ('type = "real"', 'type = "integer"', "坡度"),
        ('"multipolygon"', '"polygon"', "geom"),
        ("crs = 4547", "crs = 4548", "geom"),
        ('"planar"', '"ellipsoidal"', "area_m2"),
        ('"planar"', '"planar", decimals = 2', "area_m2"),
        ('name = "DLBM"', 'name = "dlbm"', "DLBM"),
    ],
)
def test_definition_that_changes_what_is_stored_is_refused(
    store: Store, url: str, old: str, new: str, named: str
) -> None:
    with pytest.raises(StoreError, match=named) as caught:
        open_store(url, defined(sample.PARCELS.replace(old, new, 1)))
    assert caught.value.remedy_en


@pytest.mark.parametrize(("old", "new"), [("length = 20", "length = 30"), ("required = true", "required = false")])
def test_definition_that_only_checks_otherwise_is_fine(store: Store, url: str, old: str, new: str) -> None:
    with open_store(url, defined(sample.PARCELS.replace(old, new))) as again:
        assert again.count("parcels") == 0


def test_layers_of_the_longest_names(url: str) -> None:
    # 55 bytes each, and alike but for the end: PostgreSQL cuts names to 63 bytes, indexes and all
    layers: dict[str, LayerDefinition] = {}
    for end in "甲乙":
        text = sample.PARCELS.replace('"parcels"', f'"{"图" * 17}{end}"')
        layers |= defined(text)
    with open_store(url, Catalogue(layers)) as store:
        with store.transaction(who="a", why="b") as transaction:
            for layer in layers:
                transaction.insert(layer, rows({"名称": layer[-1]}))
        assert [store.read(layer).column("名称").to_pylist() for layer in layers] == [["甲"], ["乙"]]


def test_definition_file_goes_before_the_kept_one(store: Store, url: str) -> None:
    new = sample.PARCELS.replace('"parcels"', '"fields_2024"')
    with store.transaction(who="a", why="b") as transaction:
        transaction.create_layer(parse_definition(new, place="x"), new)
        transaction.insert("fields_2024", rows({}))
    with open_store(url, defined(new.replace("Parcels", "Fields"))) as again:
        assert again.catalogue["fields_2024"].title.en == "Fields"
        assert again.read("fields_2024", Query(limit=1)).num_rows == 1


def test_identity_stays_with_a_store(store: Store, url: str) -> None:
    before = store.identity
    insert_one(store)
    with open_store(url, defined(sample.PARCELS + NOTE)) as again:
        assert again.identity == store.identity == before


def test_store_of_a_program_that_knew_no_identity_gets_one(store: Store, url: str) -> None:
    with store._engine.writing() as connection:
        connection.execute(delete(facts).where(facts.c.name == "identity"))
    with open_store(url, sample.catalogue()) as again, open_store(url, sample.catalogue()) as other:
        assert int(again.identity, 16) > 0
        assert other.identity == again.identity
