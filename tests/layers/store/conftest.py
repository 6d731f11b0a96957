"""One empty store a test, on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.store import Store, open_store
from tests.layers.store import sample
from tests.services import postgis_schema


@pytest.fixture
def postgis_url() -> Iterator[str]:
    with postgis_schema() as url:
        yield url


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgis":
        return str(request.getfixturevalue("postgis_url"))
    return str(tmp_path / "store.gpkg")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url, sample.catalogue()) as opened:
        yield opened
