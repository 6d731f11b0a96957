"""The sample township, for what is derived from layers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from layers.catalogue import load_catalogue
from layers.sample import open_with_sample
from layers.store import Store


@pytest.fixture(scope="session")
def township(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample township; read only, since all tests share it."""
    store = open_with_sample(str(tmp_path_factory.mktemp("township") / "gaodu.gpkg"), load_catalogue())
    yield store
    store.close()
