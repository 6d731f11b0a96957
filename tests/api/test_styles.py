"""Styles over HTTP: found, whole, and with addresses that answer."""

import pytest

STYLES = "/ogc/styles"


@pytest.fixture(scope="module")
def names(client):
    return [style["id"] for style in client.get(STYLES).json()["styles"]]


def test_every_layer_raster_and_theme_has_a_style(client, sample_store, names):
    assert {"gaodu_all", "farmland", "yield_2024", *sample_store.catalogue} <= set(names)
    assert client.get(STYLES).json()["default"] == "gaodu_all"


def test_every_style_hangs_together(client, names):
    for name in names:
        style = client.get(f"{STYLES}/{name}").json()
        ids = [layer["id"] for layer in style["layers"]]
        assert style["version"] == 8
        assert len(ids) == len(set(ids)) > 0
        assert {layer["source"] for layer in style["layers"]} == set(style["sources"])


def test_sources_are_tiles_that_answer(client):
    style = client.get(f"{STYLES}/farmland").json()
    assert {source["type"] for source in style["sources"].values()} == {"vector", "raster"}
    for source in style["sources"].values():
        (address,) = source["tiles"]
        assert client.get(address.replace("{z}/{y}/{x}", "14/6490/13576")).status_code == 200


def test_rasters_lie_where_their_order_says(client):
    ids = [layer["id"] for layer in client.get(f"{STYLES}/gaodu_all").json()["layers"]]
    # of the order: land use 200, yields 650, villages 900 or thereabouts
    assert ids.index("land_use-fill") < ids.index("yield_2024-raster") < ids.index("villages-outline")


def test_a_style_that_hatches_has_a_sprite(client):
    sprite = client.get(f"{STYLES}/farmland_protection").json()["sprite"]
    for suffix, kind in ((".json", "application/json"), ("@2x.png", "image/png")):
        assert client.get(sprite + suffix).headers["Content-Type"] == kind


def test_a_style_is_asked_about_by_its_version(client):
    etag = client.get(f"{STYLES}/villages").headers["ETag"]
    assert client.get(f"{STYLES}/villages", headers={"If-None-Match": etag}).status_code == 304


def test_an_unknown_style_is_not_there(client):
    assert client.get(f"{STYLES}/nope").status_code == 404


def test_a_collection_leads_to_its_style(client):
    links = client.get("/ogc/collections/villages").json()["links"]
    (style,) = [link["href"] for link in links if link["rel"] == "stylesheet"]
    assert client.get(style).json()["sources"]["gaodu"]["type"] == "vector"


def test_illustrative_data_say_so_in_the_style(client):
    assert client.get(f"{STYLES}/villages").json()["metadata"]["gaodu:illustrative"] is True
