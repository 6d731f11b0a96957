"""The forms in which features and documents are given, and how one is chosen."""

from __future__ import annotations

import csv
import io
import re

import pytest
import shapely
from fastapi import Request

from api.asking.negotiation import chosen
from api.errors import NotAcceptable

FORMS = {"json": ("application/json",), "html": ("text/html",)}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ITEMS = "/ogc/collections/villages/items"
DOCUMENTS = [
    "/ogc", "/ogc/conformance", "/ogc/collections", "/ogc/collections/villages", "/ogc/collections/villages/queryables",
    "/ogc/collections/villages/sortables", "/ogc/collections/villages/schema", "/ogc/functions", ITEMS, ITEMS + "/1",
]  # fmt: skip


def asking(accept):
    return Request({"type": "http", "headers": [(b"accept", accept.encode())], "query_string": b""})


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "json"),
        ("text/html", "html"),
        (BROWSER, "html"),
        ("application/json;q=0.5, text/html;q=0.4", "json"),
        ("application/json;q=0.4, text/html;q=0.5", "html"),
        ("text/*", "html"),
        ("text/html;q=0, */*", "json"),
        ("application/*;q=0.2, text/html;q=0.1", "json"),
        ("TEXT/HTML", "html"),
        ("", "json"),
    ],
)
def test_accept_decides_by_its_q_values(accept, form):
    assert chosen(asking(accept), FORMS, None) == form


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0, application/json;q=0", "text/html;q=x"])
def test_what_nothing_fits_is_not_acceptable(accept):
    with pytest.raises(NotAcceptable):
        chosen(asking(accept), FORMS, None)


def test_f_goes_before_accept():
    assert chosen(asking("text/html"), FORMS, "json") == "json"


def test_an_unknown_f_is_400_and_an_accept_that_nothing_fits_406(client):
    assert client.get(ITEMS + "?f=nope").status_code == 400
    assert client.get(ITEMS, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("address", DOCUMENTS)
def test_every_document_is_a_page_too_in_chinese_first(client, address):
    answer = client.get(address, headers={"Accept": BROWSER})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert 'lang="zh-CN"' in answer.text
    assert "Accept" in answer.headers["vary"]
    english = client.get(address, params={"f": "html", "lang": "en"})
    assert 'lang="en"' in english.text
    client.cookies.clear()


@pytest.mark.parametrize("address", DOCUMENTS)
def test_every_link_of_a_document_leads_somewhere(client, address):
    links = client.get(address).json().get("links", [])
    addresses = {link["href"] for link in links if "{" not in link["href"]}
    small = {href for href in addresses if not re.search(r"f=(gpkg|fgb|parquet|shp|xlsx|gdb|geojsonseq)", href)}
    assert {href: client.get(href).status_code for href in small} == dict.fromkeys(small, 200)


def test_a_refusal_is_a_page_for_those_who_look_at_pages(client):
    answer = client.get(ITEMS + "?bbox=1", headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")


def test_a_page_of_features_shows_a_map_a_table_and_where_to_go_on(client):
    text = client.get(ITEMS, params={"f": "html", "limit": 5}).text
    assert text.count("<tr>") == 6  # a head and five features
    assert 'class="map pagemap"' in text
    following = re.search(r'href="([^"]*)#table" rel="next"', text)[1].replace("&amp;", "&")
    turned = client.get(following).text
    assert 'rel="prev"' in turned


def test_csv_holds_the_fields_the_geometry_and_the_notice(client):
    answer = client.get(ITEMS, params={"f": "csv", "limit": 3, "properties": "XZQMC", "crs": "[EPSG:4527]"})
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert list(rows[0]) == ["fid", "XZQMC", "WKT", "说明 notice"]
    assert len(rows) == 3
    assert shapely.from_wkt(rows[0]["WKT"]).bounds[0] == pytest.approx(3_873_000, abs=20_000)  # northing first
    assert 'rel="next"' in answer.headers["link"]


def test_jsonfg_places_features_in_the_layers_own_crs(client):
    page = client.get(ITEMS, params={"f": "jsonfg", "limit": 2}).json()
    assert page["coordRefSys"] == "http://www.opengis.net/def/crs/EPSG/0/4527"
    assert page["featureType"] == "villages"
    for feature in page["features"]:
        assert feature["geometry"] is None
        assert shapely.geometry.shape(feature["place"]).bounds[1] > 39_000_000  # northing, easting
        assert feature["time"]["interval"][1] == ".."


def test_jsonfg_plus_has_longitude_and_latitude_beside_it(client):
    feature = client.get(ITEMS + "/1", params={"f": "jsonfg", "profile": "jsonfg-plus"}).json()
    assert 118 < shapely.geometry.shape(feature["geometry"]).centroid.x < 119
    assert feature["place"]


def test_jsonfg_in_crs84_needs_no_place(client):
    crs = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    feature = client.get(ITEMS + "/1", params={"f": "jsonfg", "crs": crs}).json()
    assert feature["place"] is None
    assert 118 < shapely.geometry.shape(feature["geometry"]).centroid.x < 119


def test_codes_can_be_given_as_their_names(client):
    asked = {"limit": 1, "properties": "DLBM", "DLBM": "0101", "profile": "val-as-title"}
    (feature,) = client.get("/ogc/collections/land_use/items", params=asked).json()["features"]
    assert feature["properties"] == {"DLBM": "水田"}
