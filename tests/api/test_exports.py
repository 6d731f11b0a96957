"""Downloads: whole layers, and refusals by name."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.routes.exports import EXPORTS


@pytest.mark.parametrize("suffix", EXPORTS)
def test_a_layer_is_downloaded_in_every_format(client: TestClient, suffix: str) -> None:
    answer = client.get(f"/exports/villages{suffix}")
    assert answer.status_code == 200
    assert f'filename="villages{suffix}"' in answer.headers["content-disposition"]
    assert len(answer.content) > 1000


def test_a_download_holds_every_feature(client: TestClient) -> None:
    collection = json.loads(client.get("/exports/grids.geojson").content)
    assert len(collection["features"]) == 46


def test_a_shapefile_comes_zipped(client: TestClient) -> None:
    names = zipfile.ZipFile(io.BytesIO(client.get("/exports/villages.shp.zip").content)).namelist()
    assert {Path(name).suffix for name in names} >= {".shp", ".dbf", ".prj", ".cpg"}


def test_nothing_is_left_behind(client: TestClient) -> None:
    client.get("/exports/villages.csv")
    assert list(Path(tempfile.gettempdir()).glob("gaodu-export-*")) == []


@pytest.mark.parametrize("file", ["villages.exe", "villages", "nope.csv"])
def test_what_cannot_be_downloaded_is_not_found(client: TestClient, file: str) -> None:
    answer = client.get(f"/exports/{file}")
    assert answer.status_code == 404
    assert answer.json()["remedy_zh"]
