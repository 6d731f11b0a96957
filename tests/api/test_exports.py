"""Downloads: whole layers, and refusals by name."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routes.exports import EXPORTS
from api.settings import Settings
from gis.formats import read_table
from layers.store import Store


@pytest.mark.parametrize("suffix", EXPORTS)
def test_a_layer_is_downloaded_in_every_format(client: TestClient, suffix: str) -> None:
    answer = client.get(f"/exports/villages{suffix}")
    assert answer.status_code == 200
    sent = {".csv": ".csv.zip"}.get(suffix, suffix)
    assert f'filename="villages{sent}"' in answer.headers["content-disposition"]
    assert len(answer.content) > 1000


def test_a_download_holds_every_feature(client: TestClient) -> None:
    collection = json.loads(client.get("/exports/grids.geojson").content)
    assert len(collection["features"]) == 46


def test_a_shapefile_comes_zipped(client: TestClient) -> None:
    names = zipfile.ZipFile(io.BytesIO(client.get("/exports/villages.shp.zip").content)).namelist()
    assert {Path(name).suffix for name in names} >= {".shp", ".dbf", ".prj", ".cpg"}


def test_csv_comes_zipped_with_its_coordinate_system(client: TestClient, tmp_path: Path) -> None:
    answer = client.get("/exports/villages.csv")
    assert answer.headers["content-type"] == "application/zip"
    (tmp_path / "villages.zip").write_bytes(answer.content)
    read = read_table(tmp_path / "villages.zip")
    assert (read.data.num_rows, read.epsg) == (12, 4527)


def test_downloads_beyond_those_prepared_at_once_wait(sample_store: Store) -> None:
    app = create_app(Settings(_env_file=None, max_exports=1), sample_store)
    with TestClient(app) as client, app.state.export_places:
        answer = client.get("/exports/villages.csv")
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0
    with TestClient(app) as client:
        assert [client.get("/exports/villages.geojson").status_code for _ in range(2)] == [200, 200]


def test_nothing_is_left_behind(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other processes have downloads of their own elsewhere
    client.get("/exports/villages.gpkg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", ["villages.exe", "villages", "nope.csv"])
def test_what_cannot_be_downloaded_is_not_found(client: TestClient, file: str) -> None:
    answer = client.get(f"/exports/{file}")
    assert answer.status_code == 404
    assert answer.json()["remedy_zh"]


def test_a_parameter_that_a_download_has_not_is_refused(client):
    answer = client.get("/exports/villages.geojson", params={"filter": "fid = 1"})
    assert (answer.status_code, answer.json()["place"]) == (400, "filter")
    assert answer.json()["remedy_en"] == "Parameters: asof."
