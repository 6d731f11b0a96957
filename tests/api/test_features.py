"""OGC API Features over the sample township."""

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.store import open_store
from layers.window import extent_crs84
from tests.layers.store import sample


def get(client, path, **params):
    response = client.get(path, params=params or None)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_landing_page_links_to_the_collections(client):
    rels = {link["rel"]: link["href"] for link in get(client, "/ogc")["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(rels)
    assert client.get(rels["data"]).status_code == 200


def test_every_layer_is_a_collection_with_extent_and_items_link(client, sample_store):
    collections = get(client, "/ogc/collections")["collections"]
    found = [collection for collection in collections if collection.get("itemType") == "feature"]
    assert [collection["id"] for collection in found] == list(sample_store.catalogue)
    for collection in found:
        west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
        assert 118 < west < east < 119
        assert 34 < south < north < 36
        assert "items" in {link["rel"] for link in collection["links"]}


def test_illustrative_geometry_says_so_on_the_wire(client):
    page = get(client, "/ogc/collections/clinics/items")
    assert page["illustrative"] is True
    assert "示意" in page["notice_zh"]


def test_a_page_counts_what_it_holds(client):
    page = get(client, "/ogc/collections/clinics/items", limit=5)
    assert (page["numberReturned"], page["numberMatched"], len(page["features"])) == (5, 17, 5)


def test_paging_by_the_next_link_meets_every_feature_once(client):
    seen, url = [], "/ogc/collections/grids/items?limit=7"
    while url:
        page = get(client, url)
        seen += [feature["id"] for feature in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(seen) == len(set(seen)) == 46


def test_coordinates_are_longitude_and_latitude_with_outer_rings_counter_clockwise(client):
    for feature in get(client, "/ogc/collections/villages/items")["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert 118 < shape.centroid.x < 119
        assert all(part.exterior.is_ccw for part in shapely.get_parts(shape))


def test_a_window_finds_just_what_intersects_it(client):
    everything = get(client, "/ogc/collections/land_use/items", limit=10_000)["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in everything]
    west, south, east, north = shapely.total_bounds(shapes)
    window = (west + (east - west) * 0.4, south + (north - south) * 0.4,
              west + (east - west) * 0.45, south + (north - south) * 0.47)  # fmt: skip
    expected = {f["id"] for f, s in zip(everything, shapes, strict=True) if shapely.intersects(s, shapely.box(*window))}
    found = get(client, "/ogc/collections/land_use/items", bbox=",".join(map(str, window)), limit=10_000)
    assert {feature["id"] for feature in found["features"]} == expected
    assert found["numberMatched"] == len(expected) > 5


def test_a_window_of_the_world_finds_everything(client):
    assert get(client, "/ogc/collections/clinics/items", bbox="-180,-90,180,90")["numberMatched"] == 17


def test_a_window_elsewhere_finds_nothing(client):
    assert get(client, "/ogc/collections/clinics/items", bbox="0,0,1,1")["features"] == []


def test_a_window_with_heights_is_taken_in_the_plane(client):
    assert get(client, "/ogc/collections/clinics/items", bbox="117,34,0,119,36,9")["numberMatched"] == 17


def test_one_feature_by_its_id(client):
    first = get(client, "/ogc/collections/villages/items", limit=1)["features"][0]
    single = get(client, f"/ogc/collections/villages/items/{first['id']}")
    assert single["properties"] == first["properties"]
    assert single["geometry"] == first["geometry"]


def test_a_limit_above_the_most_is_cut_down(client):
    assert get(client, "/ogc/collections/clinics/items", limit=10**12)["numberReturned"] == 17


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ogc/collections/nope", 404),
        ("/ogc/collections/nope/items", 404),
        ("/ogc/collections/clinics/items/999999", 404),
        ("/ogc/collections/clinics/items/abc", 400),
        ("/ogc/collections/clinics/items/99999999999999999999", 400),
        ("/ogc/collections/clinics/items?bbox=1,2,3", 400),
        ("/ogc/collections/clinics/items?bbox=a,b,c,d", 400),
        ("/ogc/collections/clinics/items?bbox=nan,0,1,1", 400),
        ("/ogc/collections/clinics/items?bbox=0,95,1,96", 400),
        ("/ogc/collections/clinics/items?limit=0", 400),
        ("/ogc/collections/clinics/items?limit=x", 400),
        ("/ogc/collections/clinics/items?color=red", 400),
        ("/ogc/collections/clinics/items?asof=yesterday", 400),
        ("/ogc/collections/clinics/items?f=xml", 400),
        ("/ogc/collections/clinics/items?bbox=", 400),
        ("/ogc/collections/clinics/items/1?color=red", 400),
        ("/ogc/collections/clinics?color=red", 400),
        ("/ogc/collections?color=red", 400),
        ("/nowhere", 404),
    ],
)
def test_a_bad_request_is_answered_with_a_problem_in_both_languages(client, path, status):
    response = client.get(path)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["zh"]
    assert problem["en"]


def test_another_method_is_refused_under_its_own_code(client):
    answer = client.post("/ogc/collections")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


def test_an_unknown_revision_is_refused_where_it_was_asked_for(client):
    answer = client.get("/ogc/collections/clinics/items?asof=99")
    assert (answer.status_code, answer.json()["place"]) == (400, "asof")


@pytest.fixture
def huge(tmp_path):
    """A service whose pages hold at most 300 bytes of geometry, on ten squares of 102 bytes each (109 as multis)."""
    with open_store(tmp_path / "store.gpkg", sample.catalogue()) as store:
        with store.transaction(who="a", why="b") as transaction:
            transaction.insert("parcels", sample.rows(*[{}] * 10))
        with TestClient(create_app(Settings(_env_file=None, max_page_bytes=300), store)) as client:
            yield client, store


def test_a_page_ends_where_its_geometry_is_too_much(huge):
    client, _ = huge
    sizes, seen, url = [], [], "/ogc/collections/parcels/items"
    while url:
        page = get(client, url)
        assert page["numberMatched"] == 10
        sizes.append(page["numberReturned"])
        seen += [feature["id"] for feature in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert sizes == [2, 2, 2, 2, 2]
    assert seen == list(range(1, 11))


def test_a_feature_too_large_for_a_page_is_a_page(huge):
    _, store = huge
    with TestClient(create_app(Settings(_env_file=None, max_page_bytes=1), store)) as client:
        page = get(client, "/ogc/collections/parcels/items?after=3")
        assert [feature["id"] for feature in page["features"]] == [4]
        assert "next" in {link["rel"] for link in page["links"]}


def test_a_window_of_an_older_revision_finds_what_was_there(huge):
    client, store = huge
    window = ",".join(map(str, extent_crs84(store, "parcels")))
    with store.transaction(who="a", why="b") as transaction:
        transaction.delete("parcels", list(range(1, 11)))
    assert get(client, "/ogc/collections/parcels/items", bbox=window)["numberMatched"] == 0
    assert get(client, "/ogc/collections/parcels/items", bbox=window, asof=1)["numberMatched"] == 10
