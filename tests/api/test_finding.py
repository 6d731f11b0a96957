"""Finding: by a part of a name, by a whole code."""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.pages.finding import MOST_HITS, find
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


def test_one_letter_or_digit_is_not_enough(sample_store: Store) -> None:
    assert find(sample_store, "1") == []
    assert find(sample_store, "") == []


def test_texts_that_are_no_codes_are_not_read_through(sample_store: Store) -> None:
    row = sample_store.read("land_use", Query(fids=(7,), geometry=False)).to_pylist()[0]
    assert not [hit for hit in find(sample_store, f"{row['DLMC']}1") if hit.field]
    fields = {hit.field.name for hit in find(sample_store, row["ZLDWDM"]) if hit.field}
    assert fields
    assert all(name.endswith(("DM", "BM", "BH", "BSM")) for name in fields)


def test_a_text_too_long_is_refused(client: TestClient) -> None:
    assert client.get("/fragments/search", params={"q": "村" * 80}).status_code == 200
    answer = client.get("/fragments/search", params={"q": "村" * 81})
    assert answer.status_code == 400
    assert "最多 80 个字符" in answer.text
