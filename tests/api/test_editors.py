"""Several editors at once lose no edit (benchmarks/editors.py runs the same with 50 of them)."""

from __future__ import annotations

import pytest

from benchmarks.editors import Tally, faults, run
from layers.catalogue import load_catalogue
from layers.sample import load_sample, open_with_sample
from layers.store import open_store
from tests.service import running
from tests.services import postgis_schema


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def url(request, tmp_path):
    """A store with the sample township."""
    if request.param == "geopackage":
        path = str(tmp_path / "store.gpkg")
        open_with_sample(path, load_catalogue()).close()
        yield path
        return
    with postgis_schema() as url:
        with open_store(url, load_catalogue()) as store:
            load_sample(store)
        yield url


def test_every_accepted_edit_stands_in_the_history_once_and_every_refused_one_was_stale(url):
    with running(url) as address:
        tally = run(address, editors=6, edits=8, parcels=[1, 2], seed=7)
    with open_store(url, load_catalogue()) as store:
        assert faults(store, tally, since=1) == []
    assert len(tally.accepted) + len(tally.stale) == 48
    assert len(tally.accepted) >= 8  # whoever comes first is always accepted


def test_a_lost_edit_would_be_found(url):
    lost = Tally(accepted={"e0-0": 1}, stale=[(1, 1)])
    with open_store(url, load_catalogue()) as store:
        assert len(faults(store, lost, since=1)) == 2
