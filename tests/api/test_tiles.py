"""Vector tiles over HTTP: contents, caching and impossible addresses."""

import mapbox_vector_tile
import pyogrio
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.catalogue import load_catalogue
from layers.roles import Role
from layers.sample import open_with_sample
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


TWICE = 2
"""How often a tile is asked for that the cache answers the second time, without a route."""


def test_a_tile_is_sent_packed_to_who_takes_gzip(client):
    for _ in range(TWICE):
        packed = client.get(ADDRESS.format("villages", "9/202/424"), headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert packed.content[0] == 0x1A  # the client has unpacked it once, and it is a tile: field 3, of bytes


def test_a_tile_is_sent_plain_to_who_does_not(client, village_tile):
    for _ in range(TWICE):
        plain = client.get(ADDRESS.format("villages", "9/202/424"), headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert plain.content == village_tile.content


def test_any_of_several_versions_that_a_client_holds_will_do(client, village_tile):
    held = f'"old", {village_tile.headers["ETag"]}'
    assert client.get(ADDRESS.format("villages", "9/202/424"), headers={"If-None-Match": held}).status_code == 304
    assert client.get(ADDRESS.format("villages", "9/202/424"), headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("place", ["24/99999999999999999999/0", "14/a/0", "14/0/0x10", "14/1.5/0", "25/0/0", "14/ /0"])
def test_a_place_that_is_no_place_is_refused(client, place):
    for address in (ADDRESS.format("villages", place), f"/ogc/tiles/WebMercatorQuad/{place}"):
        assert client.get(address).status_code in (400, 404)


def test_another_matrix_set_is_not_there(client):
    assert client.get("/ogc/collections/villages/tiles/WorldCRS84Quad/0/0/0").status_code == 404


def test_several_layers_stand_in_one_tile(client):
    tile = client.get("/ogc/tiles/WebMercatorQuad/9/202/424?collections=villages,township").content
    assert list(mapbox_vector_tile.decode(tile)) == ["villages", "township"]


def test_all_layers_stand_in_the_tile_of_the_dataset(client, sample_store):
    tile = mapbox_vector_tile.decode(client.get("/ogc/tiles/WebMercatorQuad/9/202/424").content)
    assert set(tile) == {layer for layer in sample_store.catalogue if sample_store.count(layer)}


@pytest.mark.parametrize("asked", ["revision=0", "asof=0", "datetime=2000-01-01"])
def test_before_the_first_revision_a_tile_is_empty(client, asked):
    assert client.get(ADDRESS.format("villages", f"9/202/424?{asked}")).status_code == 204


def test_only_one_moment_may_be_given(client):
    assert client.get(ADDRESS.format("villages", "9/202/424?revision=0&asof=0")).status_code == 400


def test_the_tile_matrix_set_is_that_of_web_maps(client):
    found = client.get("/ogc/tileMatrixSets/WebMercatorQuad").json()
    # 17-083r4, annex D.1: the scale at zoom 0, and half of it at zoom 1
    denominators = [matrix["scaleDenominator"] for matrix in found["tileMatrices"][:2]]
    assert denominators == pytest.approx([559082264.028717, 279541132.014358], rel=1e-10)
    assert found["tileMatrices"][3]["matrixWidth"] == 8
    (listed,) = client.get("/ogc/tileMatrixSets").json()["tileMatrixSets"]
    assert listed["id"] == found["id"] == "WebMercatorQuad"


@pytest.mark.parametrize("address", ["/ogc/tiles", "/ogc/collections/villages/tiles"])
def test_the_tiles_of_a_list_can_be_fetched(client, address):
    (tileset,) = client.get(address).json()["tilesets"]
    links = {link["rel"]: link["href"] for link in tileset["links"]}
    metadata = client.get(links["self"]).json()
    assert metadata["dataType"] == "vector"
    west, south = metadata["boundingBox"]["lowerLeft"]
    assert 118 < west < 119
    assert 34 < south < 36
    place = {"tileMatrix": "9", "tileRow": "202", "tileCol": "424"}
    assert client.get(links["item"].format(**place)).status_code == 200


def test_tilejson_names_layers_and_fields(client):
    found = client.get("/ogc/collections/land_use/tiles/WebMercatorQuad?f=tilejson").json()
    (layer,) = found["vector_layers"]
    assert (found["tilejson"], layer["id"], layer["fields"]["DLBM"]) == ("3.0.0", "land_use", "String")
    address = found["tiles"][0].replace("{z}", "9").replace("{y}", "202").replace("{x}", "424")
    assert "immutable" in client.get(address).headers["Cache-Control"]


def test_addresses_stand_behind_the_prefix_of_a_proxy(sample_store):
    with TestClient(create_app(Settings(_env_file=None), sample_store), root_path="/gis") as proxied:
        found = proxied.get("/ogc/collections/villages/tiles/WebMercatorQuad?f=tilejson").json()
    assert found["tiles"][0].startswith("http://testserver/gis/ogc/collections/villages/tiles/WebMercatorQuad/{z}")


def test_gdal_reads_a_tile(client, village_tile, tmp_path):
    (tmp_path / "0.mvt").write_bytes(village_tile.content)
    assert pyogrio.list_layers(tmp_path / "0.mvt")[:, 0].tolist() == ["villages"]


def test_an_edit_shows_at_once(tmp_path):
    store = open_with_sample(str(tmp_path / "s.gpkg"), load_catalogue())
    with store, TestClient(create_app(Settings(_env_file=None), store)) as client:
        before = [client.get(ADDRESS.format("clinics", "9/202/424")) for _ in range(TWICE)][-1]
        with store.transaction(who="张三", why="") as transaction:
            transaction.delete("clinics", store.read("clinics")["fid"].to_pylist())
        held = {"If-None-Match": before.headers["ETag"]}
        after = client.get(ADDRESS.format("clinics", "9/202/424"), headers=held)
    assert (before.status_code, after.status_code) == (200, 204)


def test_what_a_role_may_not_see_is_in_no_tile(tmp_path):
    hidden = load_catalogue()["clinics"].model_copy(update={"visible_to": Role.REVIEWER})
    store = open_with_sample(str(tmp_path / "s.gpkg"), load_catalogue().with_layer(hidden))
    with store, TestClient(create_app(Settings(_env_file=None), store.seen_by(None))) as client:
        tile = client.get("/ogc/tiles/WebMercatorQuad/9/202/424")
        statuses = [client.get(address).status_code for address in (
            ADDRESS.format("clinics", "9/202/424"), "/ogc/collections/clinics/tiles", "/ogc/styles/clinics",
            "/ogc/tiles/WebMercatorQuad/9/202/424?collections=clinics",
        )]  # fmt: skip
        texts = [client.get(address).text for address in ("/ogc/tiles/WebMercatorQuad", "/ogc/styles/gaodu_all")]
    assert b"clinics" not in tile.content
    assert statuses == [404] * 4
    assert not any("clinics" in text for text in texts)
