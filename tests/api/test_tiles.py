"""Vector tiles over HTTP: contents, caching and impossible addresses."""

import mapbox_vector_tile
import pytest

from layers.tiling import version

ADDRESS = "/ogc/collections/{}/tiles/WebMercatorQuad/{}"


@pytest.fixture(scope="module")
def village_tile(client):
    """The tile of zoom 9 that the township lies in: column (118.3 + 180) / 360 x 512 = 424.2, row 202.8 by Mercator."""
    found = client.get(ADDRESS.format("villages", "9/202/424"))
    assert found.status_code == 200
    return found


def test_a_tile_holds_every_feature_of_the_layer(village_tile):
    features = mapbox_vector_tile.decode(village_tile.content)["villages"]["features"]
    assert len({feature["id"] for feature in features}) == 12


def test_a_client_that_holds_the_version_gets_304(client, village_tile):
    again = client.get(ADDRESS.format("villages", "9/202/424"), headers={"If-None-Match": village_tile.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_address_with_the_latest_version_may_be_kept(client, sample_store):
    latest = version(sample_store, "villages")
    assert "immutable" in client.get(ADDRESS.format("villages", f"9/202/424?v={latest}")).headers["Cache-Control"]
    assert client.get(ADDRESS.format("villages", "9/202/424?v=1")).headers["Cache-Control"] == "no-cache"


def test_the_map_asks_for_the_latest_version(client, sample_store):
    assert f"f=mvt&v={version(sample_store, 'villages')}'" in client.get("/maps/villages").text


def test_an_empty_tile_has_no_content(client):
    assert client.get(ADDRESS.format("villages", "9/0/0")).status_code == 204


@pytest.mark.parametrize(
    ("layer", "tile", "status"),
    [("nope", "0/0/0", 404), ("villages", "1/2/0", 400), ("villages", "99/0/0", 400), ("villages", "0/-1/0", 400)],
)
def test_an_impossible_tile_is_refused(client, layer, tile, status):
    assert client.get(ADDRESS.format(layer, tile)).status_code == status
