"""An import that is killed leaves all of its file or nothing."""

import signal
import subprocess
import sys
import time

import geopandas as gpd
import pytest
import shapely

from layers.catalogue import load_catalogue
from layers.store import open_store

FEATURES = 20_000


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    path = tmp_path_factory.mktemp("parcels") / "parcels.gpkg"
    boxes = [shapely.box(i % 200 * 10, i // 200 * 10, i % 200 * 10 + 9, i // 200 * 10 + 9) for i in range(FEATURES)]
    gpd.GeoDataFrame({"n": range(FEATURES)}, geometry=boxes, crs=28992).to_file(path, engine="pyogrio")
    return path


@pytest.fixture(scope="module")
def seconds(parcels, tmp_path_factory):
    """How long the whole import takes here."""
    started = time.monotonic()
    command = _command(parcels, tmp_path_factory.mktemp("timed") / "store.gpkg")
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - started


@pytest.mark.parametrize("moment", [0.15, 0.4, 0.7, 0.9])
def test_all_or_nothing_of_an_import_is_there_after_a_kill(tmp_path, parcels, seconds, moment):
    store = tmp_path / "store.gpkg"
    open_store(store, load_catalogue()).close()
    process = subprocess.Popen(_command(parcels, store), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds * moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with open_store(store, load_catalogue()) as opened:
        found = opened.count("parcels") if "parcels" in opened.catalogue else 0
        assert (found, opened.revision()) in [(0, 0), (FEATURES, 1)]


def _command(parcels, store):
    return [sys.executable, "-m", "api.cli", "import", str(parcels), "--store", str(store)]
