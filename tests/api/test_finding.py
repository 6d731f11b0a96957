"""Finding: by a part of a name, by a whole code."""

from __future__ import annotations

from api.finding import MOST_HITS, find
from layers.query import Query
from layers.store import Store


def test_a_part_of_a_name_finds_the_feature(sample_store: Store) -> None:
    assert ("villages", "塘崖村") in {(hit.definition.id, hit.text) for hit in find(sample_store, "塘崖")}


def test_a_whole_code_finds_the_feature(sample_store: Store) -> None:
    row = sample_store.read("land_use", Query(fids=(7,), geometry=False)).to_pylist()[0]
    assert [(hit.fid, hit.field.name) for hit in find(sample_store, row["BSM"]) if hit.field] == [(7, "BSM")]


def test_a_part_of_a_code_finds_nothing(sample_store: Store) -> None:
    row = sample_store.read("land_use", Query(fids=(7,), geometry=False)).to_pylist()[0]
    assert find(sample_store, row["BSM"][:-1]) == []


def test_wildcards_are_letters(sample_store: Store) -> None:
    assert find(sample_store, "%") == []
    assert find(sample_store, "_") == []


def test_hits_are_limited(sample_store: Store) -> None:
    assert len(find(sample_store, "村")) == MOST_HITS
