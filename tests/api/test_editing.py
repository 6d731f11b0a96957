"""Features created, replaced, changed and deleted over HTTP, on both engines."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.store import open_store
from tests.layers.store import sample
from tests.services import postgis_schema

ITEMS = "/ogc/collections/parcels/items"
OWN = {"Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/4547>"}
"""EPSG:4547, the layer's own: northing, easting."""

LOCAL = {"base_url": "http://127.0.0.1", "client": ("127.0.0.1", 50_000)}
"""The person at this machine, who may edit as long as there are no tokens."""


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def store(request, tmp_path):
    """An empty store."""
    with ExitStack() as stack:
        url = stack.enter_context(postgis_schema()) if request.param == "postgis" else tmp_path / "store.gpkg"
        yield stack.enter_context(open_store(url, sample.catalogue()))


@pytest.fixture
def client(store):
    """A client of a service on `store`, at this machine."""
    with TestClient(create_app(Settings(_env_file=None, who="张三"), store), **LOCAL) as client:
        yield client


def square(west=sample.EAST, south=sample.NORTH, side=10.0):
    """A square as GeoJSON in EPSG:4547: northing before easting."""
    corners = [(south, west), (south, west + side), (south + side, west + side), (south + side, west), (south, west)]
    return {"type": "Polygon", "coordinates": [corners]}


def feature(geometry=None, **properties):
    return {"type": "Feature", "geometry": geometry or square(), "properties": {"DLBM": "0101"} | properties}


def created(client, **properties):
    """The address and the ETag of a new feature."""
    answer = client.post(ITEMS, json=feature(**properties), headers=OWN)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], answer.headers["etag"]


def read(client, address, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers["etag"]


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["zh"]
    assert problem["en"]
    return problem


def test_a_new_feature_is_at_its_location_with_its_area_computed(client):
    address, _ = created(client, 户数=3, 产量=12.5, 日期="2024-02-29", 有效=True, area_m2=1)
    found, _ = read(client, address)
    assert found["properties"]["area_m2"] == pytest.approx(100)  # 10 m x 10 m in the plane
    assert (found["properties"]["户数"], found["properties"]["产量"]) == (3, 12.5)
    assert (found["properties"]["日期"], found["properties"]["有效"]) == ("2024-02-29", True)


def test_coordinates_are_longitude_and_latitude_where_no_crs_is_named(client):
    one, _ = created(client)
    geometry = read(client, one)[0]["geometry"]
    answer = client.post(ITEMS, json=feature(geometry))
    other = read(client, answer.headers["location"])[0]["geometry"]
    assert shapely.equals_exact(*map(shapely.geometry.shape, (geometry, other)), tolerance=2e-7)


def test_the_history_names_who_and_why(client, store):
    client.post(ITEMS, params={"why": "外业核实"}, json=feature(), headers=OWN)
    (revision,) = store.revisions("parcels")
    assert (revision.who, revision.why) == ("张三", "外业核实")


def test_a_collection_goes_in_whole(client, store):
    answer = client.post(
        ITEMS, json={"type": "FeatureCollection", "features": [feature(), feature(名称="二")]}, headers=OWN
    )
    assert [item["id"] for item in answer.json()["created"]] == [1, 2]
    assert (store.count("parcels"), store.revision()) == (2, 1)


def test_one_bad_feature_keeps_a_collection_out_and_every_fault_is_listed(client, store):
    corners = [(3.9e6, 5e5), (3.9e6 + 10, 5e5 + 10), (3.9e6 + 10, 5e5), (3.9e6, 5e5 + 10), (3.9e6, 5e5)]
    bow_tie = {"type": "Polygon", "coordinates": [corners]}
    features = [feature(), feature(DLBM="9999"), feature(bow_tie)]
    problem = refused(client.post(ITEMS, json={"type": "FeatureCollection", "features": features}, headers=OWN), 422)
    assert [error["place"] for error in problem["errors"]] == ["features[1].properties.DLBM", "features[2].geometry"]
    assert all(error["zh"] and error["en"] and error["remedy_zh"] for error in problem["errors"])
    assert store.count("parcels") == 0


def test_a_change_without_if_match_is_428_and_changes_nothing(client, store):
    address, _ = created(client)
    for answer in (
        client.put(address, json=feature(), headers=OWN),
        client.patch(address, json={}),
        client.delete(address),
    ):
        assert refused(answer, 428)["place"] == "If-Match"
    assert store.revision() == 1


def test_a_change_to_an_older_state_is_412_and_changes_nothing(client, store):
    address, first = created(client)
    assert client.patch(address, json={"properties": {"名称": "新"}}, headers={"If-Match": first}).status_code == 204
    patch = {"properties": {"名称": "旧"}}
    assert refused(client.patch(address, json=patch, headers={"If-Match": first}), 412)["code"] == "stale_write"
    assert refused(client.put(address, json=feature(), headers=OWN | {"If-Match": first}), 412)
    assert refused(client.delete(address, headers={"If-Match": first}), 412)
    assert read(client, address)[0]["properties"]["名称"] == "新"
    assert store.revision() == 2


def test_a_weak_etag_names_no_state(client):
    address, etag = created(client)
    assert refused(client.delete(address, headers={"If-Match": f"W/{etag}"}), 412)


def test_one_of_several_etags_is_enough(client):
    address, etag = created(client)
    assert client.delete(address, headers={"If-Match": f'"other", {etag}'}).status_code == 204


def test_the_etag_of_any_form_of_the_feature_will_do(client):
    address, _ = created(client)
    _, etag = read(client, address + "?crs=http://www.opengis.net/def/crs/EPSG/0/4490&properties=DLBM")
    assert client.patch(address, json={"properties": {"名称": "新"}}, headers={"If-Match": etag}).status_code == 204


def test_a_put_empties_what_it_leaves_out_and_a_patch_does_not(client):
    address, etag = created(client, 名称="一", 户数=3)
    etag = client.patch(address, json={"properties": {"名称": None}}, headers={"If-Match": etag}).headers["etag"]
    assert read(client, address)[0]["properties"]["户数"] == 3
    assert read(client, address)[0]["properties"]["名称"] is None
    assert client.put(address, json=feature(名称="二"), headers=OWN | {"If-Match": etag}).status_code == 204
    assert read(client, address)[0]["properties"]["户数"] is None


def test_a_feature_sent_back_as_it_was_read_keeps_its_shape_to_the_last_digit(client, store):
    address, _ = created(client, geometry=square(sample.EAST + 1 / 3))
    before = store.read("parcels")["geom"][0]
    found, etag = read(client, address)
    found["properties"]["名称"] = "改"
    assert client.put(address, json=found, headers={"If-Match": etag}).status_code == 204
    assert store.read("parcels")["geom"][0] == before


def test_a_patch_of_nothing_makes_no_revision(client, store):
    address, etag = created(client)
    answer = client.patch(address, json={}, headers={"If-Match": etag})
    assert (answer.status_code, answer.headers["etag"], store.revision()) == (204, etag, 1)


def test_a_deleted_feature_is_gone_but_not_from_the_past(client):
    address, etag = created(client)
    assert client.delete(address, headers={"If-Match": etag}).status_code == 204
    assert client.get(address).status_code == 404
    assert client.get(address + "?revision=1").status_code == 200
    assert refused(client.delete(address, headers={"If-Match": etag}), 404)


def test_a_client_that_holds_the_feature_is_told_so(client):
    address, _ = created(client)
    _, etag = read(client, address)
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"", b"\xff", b"[" * 2_000])
def test_a_body_that_is_no_json_object_is_refused(client, store, body):
    refused(client.post(ITEMS, content=body, headers={"Content-Type": "application/geo+json"}), 400)
    assert store.revision() == 0


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"type": "Point"}, "type"),
        ({"type": "FeatureCollection", "features": []}, "features"),
        ({"type": "FeatureCollection", "features": [1]}, "features[0].type"),
        ({"type": "Feature", "properties": []}, "properties"),
        ({"type": "Feature", "crs": {"type": "name"}, "properties": {}}, "crs"),
        ({"type": "Feature", "place": {"type": "Point"}, "properties": {}}, "place"),
    ],
)
def test_a_body_that_is_no_feature_is_refused_with_its_place(client, store, document, place):
    assert refused(client.post(ITEMS, json=document), 400)["place"] == place
    assert store.revision() == 0


def test_a_property_the_layer_does_not_have_is_refused(client):
    assert refused(client.post(ITEMS, json=feature(nope=1), headers=OWN), 400)["code"] == "unknown_field"


@pytest.mark.parametrize(
    ("name", "value"),
    [("户数", "three"), ("户数", 1e30), ("户数", True), ("名称", 5), ("名称", {"a": []}), ("名称", "长" * 21),
     ("日期", "2024-02-30"), ("时间", 3), ("产量", 1e300), ("DLBM", None), ("坡度", "steep")],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_its_place(client, store, name, value):
    problem = refused(client.post(ITEMS, json=feature(**{name: value}), headers=OWN), 422)
    assert problem["place"] == f"properties.{name}"
    assert store.revision() == 0


@pytest.mark.parametrize(
    "geometry",
    [
        5,
        {"type": ["Point"]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon", "coordinates": [[[35, 114], [35, 115], [36, 114]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[114, 35], [114.1, 35.1], [114.1, 35], [114, 35.1], [114, 35]]]},
        {"type": "Point", "coordinates": [114, 35]},
        {"type": "Point", "coordinates": [35, 114]},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Point", "coordinates": [1e308, 1e308]},
        {"type": "Point", "coordinates": [None, 1]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Polygon", "coordinates": [[[0, 0, [1]], "a", {}]]},
    ],
)
def test_a_geometry_that_does_not_fit_is_refused(client, store, geometry):
    document = {"type": "Feature", "geometry": geometry, "properties": {"DLBM": "0101"}}
    assert refused(client.post(ITEMS, json=document), 422)["place"] == "geometry"
    assert store.revision() == 0


def test_a_body_of_another_kind_is_415(client):
    refused(client.post(ITEMS, content=b"<xml/>", headers={"Content-Type": "application/gml+xml"}), 415)


def test_an_unknown_crs_of_a_body_is_refused(client):
    headers = {"Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/2437>"}
    assert refused(client.post(ITEMS, json=feature(), headers=headers), 400)["place"] == "Content-Crs"


def test_another_id_in_the_body_is_refused(client):
    address, etag = created(client)
    assert (
        refused(client.put(address, json=feature() | {"id": 7}, headers=OWN | {"If-Match": etag}), 400)["place"] == "id"
    )


def test_what_is_allowed_is_told(client):
    address, _ = created(client)
    assert client.options(ITEMS).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.options(address).headers["allow"] == "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"
