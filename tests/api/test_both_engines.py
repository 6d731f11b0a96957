"""The service answers the same on a GeoPackage and on PostGIS."""

import mapbox_vector_tile
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.catalogue import load_catalogue
from layers.sample import load_sample
from layers.store import open_store
from tests.services import postgis_schema

pytestmark = pytest.mark.postgis

LAYERS = sorted(load_catalogue())


@pytest.fixture(scope="module")
def postgis(client):
    """A client of the service on the sample township in PostGIS."""
    with postgis_schema() as url, open_store(url, load_catalogue()) as store:
        load_sample(store)
        with TestClient(create_app(Settings(_env_file=None), store)) as service:
            yield service


def both(client, postgis, address):
    answers = [service.get(address) for service in (client, postgis)]
    assert [answer.status_code for answer in answers] == [200, 200]
    return answers


@pytest.mark.parametrize("layer", LAYERS)
def test_features_are_equal(client, postgis, layer):
    one, other = both(client, postgis, f"/ogc/collections/{layer}/items?limit=500")
    assert one.json()["features"] == other.json()["features"]
    assert one.json()["numberMatched"] == other.json()["numberMatched"]


def test_a_window_finds_the_same(client, postgis):
    bbox = "118.29,34.96,118.31,34.97"
    one, other = both(client, postgis, f"/ogc/collections/land_use/items?bbox={bbox}&limit=10000")
    assert one.json()["features"] == other.json()["features"]
    assert one.json()["numberReturned"] > 100


@pytest.mark.parametrize("layer", LAYERS)
def test_statistics_are_equal(client, postgis, layer):
    for field in [None, *load_catalogue()[layer].statistics.by]:
        address = f"/api/statistics/{layer}" + (f"?by={field}" if field else "")
        one, other = both(client, postgis, address)
        assert flat(one.json()) == pytest.approx(flat(other.json()), rel=1e-12)


def flat(document):
    """The numbers of a statistics document by place; sums of doubles may differ in their last digit."""
    rows = {"total": document["total"]} | {group["key"]: group for group in document["groups"]}
    return {(key, name): value for key, row in rows.items() for name, value in row.items() if name != "key"
            and isinstance(value, int | float)}  # fmt: skip


def test_tiles_show_the_same(client, postgis):
    one, other = both(client, postgis, "/ogc/collections/villages/tiles/WebMercatorQuad/9/202/424")
    assert mapbox_vector_tile.decode(one.content) == mapbox_vector_tile.decode(other.content)


@pytest.mark.parametrize("address", [
    "/ogc/tiles/WebMercatorQuad/14/6490/13576?collections=land_use,villages",
    "/ogc/collections/contracted_parcels/tiles/WebMercatorQuad/15/12981/27153?revision=1",
])  # fmt: skip
def test_tiles_of_several_layers_and_of_a_revision_show_the_same(client, postgis, address):
    one, other = both(client, postgis, address)
    assert mapbox_vector_tile.decode(one.content) == mapbox_vector_tile.decode(other.content)


def test_a_raster_says_the_same_of_both(client, postgis):
    one, other = both(client, postgis, "/api/statistics/paddy_transfer?raster=yield_2024&by=XZQMC")
    assert one.json()["groups"] == other.json()["groups"]


def test_styles_are_equal(client, postgis):
    drawn = [answer.json()["layers"] for answer in both(client, postgis, "/ogc/styles/gaodu_all")]
    assert drawn[0] == drawn[1]


def test_a_check_finds_the_same(client, postgis):
    parcel = client.get("/ogc/collections/idle_land/items?limit=1").json()["features"][0]
    one, other = (service.post("/api/checks?geometry=false", json=parcel).json() for service in (client, postgis))
    assert one == other


def test_figures_of_the_report_are_equal(client, postgis):
    one, other = both(client, postgis, "/api/report/2024")
    given = [{each["code"]: each["derived"] for each in answer.json()["figures"] if "derived" in each}
             for answer in (one, other)]  # fmt: skip
    assert len(given[0]) == 57
    assert {code: (each["verdict"], each["recipe_zh"]) for code, each in given[0].items()} == {
        code: (each["verdict"], each["recipe_zh"]) for code, each in given[1].items()
    }
    values = [{code: each["value"] for code, each in answer.items()} for answer in given]
    assert values[0] == pytest.approx(values[1], rel=1e-9)


@pytest.mark.parametrize("code", ["hotline.property_orders_decline", "income.poor_villages", "petitions.visitors"])
def test_the_features_behind_a_figure_are_equal(client, postgis, code):
    one, other = both(client, postgis, f"/api/report/2024/figures/{code}/features")
    assert one.json()["features"] == other.json()["features"]
