"""Files of any selection of features."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from api.representations.files import FILES
from gis.formats import read_table

ITEMS = "/ogc/collections/land_use/items"


@pytest.mark.parametrize("name", FILES)
def test_a_selection_leaves_in_every_form(client: TestClient, name: str) -> None:
    answer = client.get(f"{ITEMS}?f={name}&bbox=118.29,34.96,118.31,34.97")
    assert answer.status_code == 200
    assert f'filename="land_use{FILES[name]}"' in answer.headers["content-disposition"]
    assert len(answer.content) > 1000


def test_a_file_holds_all_that_matches_and_nothing_else(client: TestClient) -> None:
    asked = f"{ITEMS}?bbox=118.29,34.96,118.31,34.97"
    matched = client.get(f"{asked}&limit=1").json()["numberMatched"]
    assert json.loads(client.get(f"{asked}&f=geojson-file").content)["numberReturned"] == matched > 100


def test_a_file_holds_what_the_filter_lets_through(client: TestClient) -> None:
    asked = f"{ITEMS}?filter=fid<=7"
    table = pq.read_table(io.BytesIO(client.get(f"{asked}&f=parquet").content))
    assert sorted(table["fid"].to_pylist()) == [1, 2, 3, 4, 5, 6, 7]


def test_a_file_holds_as_many_as_the_limit_says(client: TestClient) -> None:
    assert client.get(f"{ITEMS}?limit=3&f=geojson-file").json()["numberReturned"] == 3


def test_a_file_holds_only_the_properties_asked_for(client: TestClient) -> None:
    found = client.get(f"{ITEMS}?limit=1&f=geojson-file&properties=DLBM").json()
    assert list(found["features"][0]["properties"]) == ["DLBM"]


def test_a_file_is_in_the_crs_asked_for(client: TestClient, tmp_path: Path) -> None:
    address = f"{ITEMS}?limit=2&f=gpkg&crs=http://www.opengis.net/def/crs/EPSG/0/4547"
    answer = client.get(address)
    (tmp_path / "a.gpkg").write_bytes(answer.content)
    assert read_table(tmp_path / "a.gpkg").epsg == 4547
    assert answer.headers["content-crs"] == "<http://www.opengis.net/def/crs/EPSG/0/4547>"


def test_csv_comes_with_its_coordinate_system(client: TestClient) -> None:
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"{ITEMS}?limit=2&f=csv-file").content))
    assert packed.namelist() == ["land_use.csv", "land_use.prj"]
