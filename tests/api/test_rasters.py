"""Rasters over HTTP: lists, tiles, the value at a place, figures within features."""

import pytest

TILE = "/ogc/collections/yield_2024/map/tiles/WebMercatorQuad/{}"
INSIDE = "14/6490/13576"
"""A tile of the raster: column (118.318 + 180) / 360 x 16384 = 13576.8; row 6490 by Mercator at 34.965."""

ONCE_AND_AGAIN = 2
PNG, JPEG = b"\x89PNG", b"\xff\xd8\xff"


def test_the_sample_has_three_rasters(client):
    assert {raster["id"] for raster in client.get("/api/rasters").json()} == {
        "elevation_before", "elevation_after", "yield_2024"
    }  # fmt: skip


def test_a_raster_is_a_collection_with_tiles_and_no_items(client):
    found = client.get("/ogc/collections/yield_2024").json()
    rels = {link["rel"].rpartition("/")[2]: link["href"] for link in found["links"]}
    assert "items" not in rels
    (tileset,) = client.get(rels["tilesets-map"]).json()["tilesets"]
    assert tileset["dataType"] == "map"
    assert found in client.get("/ogc/collections?itemType=coverage").json()["collections"]


@pytest.mark.parametrize(
    ("headers", "query", "start"),
    [
        ({}, "", PNG),
        ({}, "?f=jpeg", JPEG),
        ({"Accept": "image/jpeg"}, "", JPEG),
        ({"Accept": "image/jpeg"}, "?f=png", PNG),
        ({"Accept": "image/avif,image/webp,image/*,*/*;q=0.8"}, "", PNG),
    ],
)
def test_a_tile_comes_as_png_or_jpeg(client, headers, query, start):
    found = client.get(TILE.format(INSIDE + query), headers=headers)
    assert (found.status_code, found.content[: len(start)]) == (200, start)


def test_a_client_that_holds_one_image_is_sent_the_other(client):
    png = client.get(TILE.format(INSIDE), headers={"Accept": "image/png"}).headers["etag"]
    answer = client.get(TILE.format(INSIDE), headers={"Accept": "image/jpeg", "If-None-Match": png})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    held = {"Accept": "image/jpeg", "If-None-Match": answer.headers["etag"]}
    assert client.get(TILE.format(INSIDE), headers=held).status_code == 304


def test_a_client_that_holds_the_version_gets_304(client):
    etag = client.get(TILE.format(INSIDE) + "?f=png").headers["ETag"]
    for _ in range(ONCE_AND_AGAIN):
        again = client.get(TILE.format(INSIDE) + "?f=png", headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")


def test_a_tile_beside_the_raster_is_a_picture_too(client):
    assert client.get(TILE.format("14/0/0")).content.startswith(PNG)


@pytest.mark.parametrize("place", ["1/2/0", "99/0/0", "14/a/0", "14/-1/0", "14/" + "9" * 30 + "/0"])
def test_an_impossible_tile_is_refused(client, place):
    assert client.get(TILE.format(place)).status_code == 400


def test_another_kind_of_image_is_refused(client):
    assert client.get(TILE.format(INSIDE + "?f=gif")).status_code == 400


@pytest.mark.parametrize("address", ["/api/rasters/nope", "/ogc/collections/nope/map/tiles",
                                     "/ogc/collections/villages/map/tiles", "/maps/nope"])  # fmt: skip
def test_an_unknown_raster_is_not_there(client, address):
    assert client.get(address).status_code == 404


def test_tilejson_of_a_raster(client):
    found = client.get("/ogc/collections/yield_2024/map/tiles/WebMercatorQuad?f=tilejson").json()
    zoom, row, column = INSIDE.split("/")
    address = found["tiles"][0].replace("{z}", zoom).replace("{y}", row).replace("{x}", column)
    assert client.get(address).headers["Content-Type"] == "image/png"
    assert "immutable" in client.get(address).headers["Cache-Control"]


def test_the_value_at_a_place(client):
    found = client.get("/api/rasters/yield_2024/value?lon=118.325&lat=34.964").json()
    assert 5792 <= found["value"] <= 8072.5  # the raster's least and greatest value
    assert (found["unit"], found["unit_en"]) == ("kg_per_ha", "kg/ha")


def test_beside_the_raster_there_is_no_value(client):
    assert client.get("/api/rasters/yield_2024/value?lon=0&lat=0").json()["value"] is None


@pytest.mark.parametrize("place", ["lon=181&lat=0", "lon=0&lat=-91", "lon=nan&lat=0", "lon=x&lat=0", "lon=1"])
def test_an_impossible_place_is_refused(client, place):
    assert client.get(f"/api/rasters/yield_2024/value?{place}").status_code == 400


def test_figures_within_features(client):
    found = client.get("/api/statistics/paddy_transfer?raster=yield_2024&by=XZQMC").json()
    # data/README.md: the raster's output within the transferred fields is 2,400,000 jin, 1,200 t
    assert found["total"]["output_jin"] == pytest.approx(2_400_000, abs=200)
    assert sum(group["output_kg"] for group in found["groups"]) == pytest.approx(found["total"]["output_kg"])
    assert found["illustrative"] is True


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/statistics/paddy_transfer?raster=nope", 404),
        ("/api/statistics/nope?raster=yield_2024", 404),
        ("/api/statistics/paddy_transfer?raster=yield_2024&by=nope", 400),
        ("/api/statistics/clinics?raster=yield_2024", 400),
    ],
)
def test_figures_that_cannot_be_are_refused(client, address, status):
    assert client.get(address).status_code == status


def test_the_map_of_a_raster_shows_it_with_its_legend(client):
    page = client.get("/maps/yield_2024").text
    assert "/ogc/collections/yield_2024/map/tiles/WebMercatorQuad/{z}/{y}/{x}" in page
    assert "8000 公斤/公顷" in page


def test_the_map_of_a_theme_has_its_rasters(client):
    assert 'data-switch="yield_2024"' in client.get("/maps/farmland").text
    assert 'data-opacity="yield_2024"' in client.get("/").text
