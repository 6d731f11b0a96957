"""The service on the sample township."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.catalogue import load_catalogue
from layers.sample import open_with_sample
from layers.store import Store


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample township in a GeoPackage; read only, since all tests share it."""
    store = open_with_sample(str(tmp_path_factory.mktemp("sample") / "gaodu.gpkg"), load_catalogue())
    yield store
    store.close()


@pytest.fixture(scope="session")
def client(sample_store: Store) -> Iterator[TestClient]:
    """A client of the service on the sample township."""
    with TestClient(create_app(Settings(_env_file=None), sample_store)) as client:
        yield client
