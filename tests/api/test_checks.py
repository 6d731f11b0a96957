"""The parcel check over HTTP."""

import json

import pytest
import shapely


def check(client, geometry, **params):
    return client.post("/api/checks", content=json.dumps(geometry), params=params)


@pytest.fixture(scope="module")
def idle_parcel(client):
    return client.get("/ogc/collections/idle_land/items?limit=1").json()["features"][0]


def test_a_parcel_of_a_layer_is_covered_by_itself(client, idle_parcel):
    document = check(client, idle_parcel).json()
    found = next(layer for layer in document["layers"] if layer["layer"] == "idle_land")
    own = next(feature for feature in found["features"] if feature["fid"] == idle_parcel["id"])
    # coordinates travel with 7 decimals, about a centimetre: on a parcel of hectares less than 0.01 %
    assert own["percent_of_feature"] == pytest.approx(100, abs=0.01)
    assert found["percent"] == pytest.approx(100, abs=0.01)
    assert document["area"]["ellipsoidal"]["area_m2"] == pytest.approx(idle_parcel["properties"]["area_m2"], rel=1e-4)


def test_the_land_use_under_a_parcel_adds_up_to_the_parcel(client, idle_parcel):
    found = check(client, idle_parcel, layer="land_use").json()["layers"]
    assert [layer["layer"] for layer in found] == ["land_use"]
    assert found[0]["percent"] == pytest.approx(100, abs=0.01)


def test_the_planar_area_is_larger_by_the_square_of_the_scale(client, idle_parcel):
    # standards 1.6: at the site a planar Gauss-Kruger area is 3.47e-4 too large
    area = check(client, idle_parcel).json()["area"]
    ratio = area["planar"]["area_m2"] / area["ellipsoidal"]["area_m2"]
    assert ratio - 1 == pytest.approx(3.47e-4, rel=0.1)


def test_half_a_parcel_takes_half_of_it(client, idle_parcel):
    shape = shapely.geometry.shape(idle_parcel["geometry"])
    west, south, east, north = shape.bounds
    half = shapely.intersection(shape, shapely.box(west, south, (west + east) / 2, north))
    document = check(client, shapely.geometry.mapping(half), layer="idle_land").json()
    own = next(f for f in document["layers"][0]["features"] if f["fid"] == idle_parcel["id"])
    expected = 100 * half.area / shape.area
    assert own["percent_of_feature"] == pytest.approx(expected, abs=0.01)
    assert own["overlap_mu"] == pytest.approx(own["overlap_m2"] * 3 / 2000, abs=1e-3)


def test_points_inside_are_counted(client):
    township = client.get("/ogc/collections/township/items").json()
    found = {layer["layer"]: layer for layer in check(client, township).json()["layers"]}
    assert found["enterprises"]["count"] == 19
    assert found["clinics"]["count"] == 17


def test_a_polygon_elsewhere_overlaps_nothing(client):
    box = {"type": "Polygon", "coordinates": [[[100, 30], [100.01, 30], [100.01, 30.01], [100, 30.01], [100, 30]]]}
    assert check(client, box).json()["layers"] == []


BOW_TIE = {"type": "Polygon", "coordinates": [[[118, 35], [118.1, 35.1], [118.1, 35], [118, 35.1], [118, 35]]]}

METRES = [[39618700, 3872200], [39618900, 3872200], [39618900, 3872350], [39618700, 3872200]]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("{", "valid JSON"),
        ("[]", "not a polygon"),
        ("null", "not a polygon"),
        (json.dumps({"type": "Point", "coordinates": [118, 35]}), "not a polygon"),
        (json.dumps({"type": "FeatureCollection", "features": []}), "no polygon"),
        (json.dumps({"type": "FeatureCollection"}), "features"),
        (json.dumps({"type": "Polygon", "coordinates": [[[118, 35]]]}), "cannot be read"),
        (json.dumps({"type": "Polygon", "coordinates": "x"}), "cannot be read"),
        (json.dumps({"type": "Polygon", "coordinates": []}), "not valid"),
        (json.dumps(BOW_TIE), "Self-intersection"),
        (json.dumps({"type": "Polygon", "coordinates": [METRES]}), "longitude"),
        ("[" * 100_000, "valid JSON"),
    ],
)  # fmt: skip
def test_what_is_no_polygon_on_the_ground_is_refused_with_the_cause(client, body, cause):
    response = client.post("/api/checks", content=body)
    assert response.status_code in (400, 422), response.text
    assert cause in response.json()["en"]
    assert response.json()["remedy_zh"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client):
    response = client.post("/api/checks", content=b"", headers={"content-length": "999999999999"})
    assert response.status_code == 413


def test_an_unknown_layer_is_refused(client, idle_parcel):
    assert check(client, idle_parcel, layer="nope").status_code == 404


def comb(teeth):
    """A valid polygon of 4 x teeth + 3 vertices."""
    top = [(118 + i / 1e4 + d, lat) for i in range(teeth) for d, lat in ((0, 35), (0, 35.1), (5e-5, 35.1), (5e-5, 35))]
    ring = [*top, (119, 34.9), (118, 34.9), top[0]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_more_vertices_than_any_parcel_has_are_refused(client):
    response = check(client, comb(3_000))
    assert response.status_code == 400
    assert "10000 vertices" in response.json()["en"]


def test_more_features_than_a_check_takes_are_refused(client):
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [118, 35]}}
    response = check(client, {"type": "FeatureCollection", "features": [point] * 2_001})
    assert "2000 features" in response.json()["en"]
