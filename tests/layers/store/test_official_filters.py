"""Every predicate of the official test suite of CQL2, on both engines."""

from __future__ import annotations

import pytest

from layers.filtering import parse_filter
from layers.query import Query
from layers.store import open_store
from tests.layers.filtering import atlas, oracle
from tests.layers.filtering import official_cases as official
from tests.layers.filtering.official_cases import PLACES
from tests.services import postgis_schema


@pytest.fixture(scope="module", params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def store(request, tmp_path_factory):
    if request.param == "postgis":
        with postgis_schema() as url, filled(url) as store:
            yield store
    else:
        with filled(str(tmp_path_factory.mktemp("atlas") / "atlas.gpkg")) as store:
            yield store


def filled(url):
    store = open_store(url, atlas.catalogue())
    with store.transaction(who="t", why="t") as transaction:
        for layer, rows in atlas.ROWS.items():
            transaction.insert(layer, rows())
    return store


def parsed(case):
    return parse_filter(case.filter, definition=atlas.catalogue()[case.layer])


def test_there_are_351_cases():
    assert len(official.CASES) == 351


@pytest.mark.parametrize("case", official.CASES, ids=lambda case: case.filter[:40])
def test_a_case_finds_what_plain_python_finds(store, case):
    expression = parsed(case)
    rows = store.read(case.layer).to_pylist()
    found = store.read(case.layer, Query(filter=expression))["fid"].to_pylist()
    assert found == oracle.fids(expression, rows)


COLUMNS = ('"date"', "start", "boolean")
DATED = [
    case
    for case in official.BASIC + official.ADVANCED + official.PROPERTY_PROPERTY
    if case.layer == PLACES and any(name in case.filter for name in COLUMNS) and "IS NULL" not in case.filter
]
SAME = [*official.TEMPORAL, *official.TEMPORAL_TURNED, *official.CASE_INSENSITIVE, *official.ACCENT_INSENSITIVE, *DATED]
"""The cases whose official count depends on features that the atlas has too."""


@pytest.mark.parametrize("case", SAME, ids=lambda case: case.filter[:40])
def test_a_case_finds_the_official_count(store, case):
    assert store.count(case.layer, Query(filter=parsed(case))) == case.count
