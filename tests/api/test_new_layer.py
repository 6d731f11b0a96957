"""A layer file dropped into a folder is a table, a collection, a map with legend and statistics, with no code."""

import mapbox_vector_tile
import pyarrow as pa
import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings

TOML = """
id = "ponds"
title = { zh = "坑塘", en = "Ponds" }
theme = "land"
geometry = "polygon"
crs = 4527
area = { method = "planar" }
source = { zh = "自查", en = "Own survey" }
date = 2025-01-01
fields = [
    { name = "KIND", title = { zh = "类别", en = "Kind" }, type = "text", length = 10 },
    { name = "FISH", title = { zh = "渔获", en = "Catch" }, type = "real", unit = "kg" },
]

[statistics]
by = ["KIND"]
yield = { field = "FISH", unit = "kg", basis = "unknown" }

[style]
field = "KIND"
classes = [
    { value = "养殖", title_zh = "养殖坑塘", title_en = "Fish pond", fill = "#90aacf" },
    { value = "蓄水", title_zh = "蓄水坑塘", title_en = "Storage pond", fill = "#a3d6f5" },
]
"""

POND = shapely.box(39618700, 3872200, 39618900, 3872350)  # 200 m x 150 m


@pytest.fixture
def client(tmp_path):
    folder = tmp_path / "layers"
    folder.mkdir()
    (folder / "ponds.toml").write_text(TOML, encoding="utf-8")
    app = create_app(Settings(_env_file=None, store=str(tmp_path / "own.gpkg"), layers=folder))
    with app.state.store.transaction(who="test", why="a pond") as transaction:
        rows = pa.table({"KIND": ["养殖"], "FISH": [600.0], "geom": [shapely.to_wkb(POND)]})
        transaction.insert("ponds", rows)
    with TestClient(app) as client:
        yield client


def test_it_is_a_collection(client):
    page = client.get("/ogc/collections/ponds/items").json()
    assert page["features"][0]["properties"] == {"KIND": "养殖", "FISH": 600.0, "area_m2": 30000.0}
    assert "illustrative" not in page


def test_it_has_statistics_of_area_and_yield(client):
    document = client.get("/api/statistics/ponds", params={"by": "KIND", "metric": "yield"}).json()
    assert document["method"] == "planar"
    # 30000 m2 x 0.0015 = 45 mu; 600 kg / 45 mu = 13.33 kg a mu
    assert document["total"]["area_mu"] == 45
    assert document["groups"][0]["yield_kg_per_mu"] == pytest.approx(600 / 45)


def test_its_legend_stands_in_the_list_of_layers_and_on_its_map(client):
    legend = client.get("/api/layers/ponds").json()["legend"]
    assert legend[0]["title_zh"] == "养殖坑塘"
    assert legend[0]["symbol"]["fill"] == "#90aacf"
    assert "养殖坑塘" in client.get("/maps/ponds").text
    assert "Fish pond" in client.get("/maps/ponds?lang=en").text


def test_it_is_on_the_main_page(client):
    assert "坑塘" in client.get("/").text


def test_it_is_drawn_in_vector_tiles(client):
    # 118.3 E, 34.97 N: column (118.3 + 180) / 360 x 2^12 = 3394.0, row by the Mercator formula about 1622
    rows, columns = range(1618, 1627), (3393, 3394)
    address = "/ogc/collections/ponds/tiles/WebMercatorQuad/12"
    found = [client.get(f"{address}/{row}/{column}") for row in rows for column in columns]
    drawn = [response for response in found if response.status_code == 200]
    assert mapbox_vector_tile.decode(drawn[0].content)["ponds"]["features"][0]["properties"]["KIND"] == "养殖"


def test_it_can_be_checked_against(client):
    pond = client.get("/ogc/collections/ponds/items").json()["features"][0]
    found = client.post("/api/checks", json=pond).json()["layers"]
    assert [(layer["layer"], layer["count"]) for layer in found] == [("ponds", 1)]
    assert found[0]["overlap_mu"] == pytest.approx(45, rel=1e-4)
