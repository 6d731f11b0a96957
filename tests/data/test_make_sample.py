"""Does the committed script make the committed files?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data.make_sample import make
from layers.catalogue import load_catalogue
from tests.data.conftest import Sample


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder: Path = tmp_path_factory.mktemp("sample")
    make(folder)
    return Sample(folder)


@pytest.mark.parametrize("layer", sorted(load_catalogue()))
def test_a_rebuilt_table_equals_the_committed_one(sample: Sample, rebuilt: Sample, layer: str) -> None:
    assert rebuilt.table(layer).equals(sample.table(layer))


@pytest.mark.parametrize("name", ["elevation_before", "elevation_after", "yield_2024"])
def test_a_rebuilt_raster_equals_the_committed_one(sample: Sample, rebuilt: Sample, name: str) -> None:
    (new, new_place, _), (old, old_place, _) = rebuilt.raster(name), sample.raster(name)
    assert new_place == old_place
    assert np.array_equal(new, old)
