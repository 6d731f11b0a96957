"""What features may be filtered and sorted by: the documents, and that requests do what they say."""

from __future__ import annotations

import pytest

LAND = "/ogc/collections/land_use"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


def get(client, path, **params):
    answer = client.get(path, params=params or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page):
    return [feature["id"] for feature in page["features"]]


@pytest.fixture(scope="module")
def everything(client):
    """Every feature of the layer, by id."""
    return {feature["id"]: feature for feature in get(client, LAND + "/items", limit=10_000)["features"]}


@pytest.mark.parametrize("name", ["queryables", "sortables", "schema"])
def test_the_documents_are_json_schemas_under_their_own_address(client, name):
    answer = client.get(f"{LAND}/{name}", headers={"Accept": "application/schema+json"})
    assert answer.headers["content-type"] == "application/schema+json"
    document = answer.json()
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"http://testserver{LAND}/{name}"
    assert (document["type"], document["additionalProperties"]) == ("object", False)
    assert all("type" in each or each["format"].startswith("geometry-") for each in document["properties"].values())


def test_every_page_of_items_names_the_queryables(client):
    links = client.get(LAND + "/items?limit=1").headers["link"]
    assert f'<http://testserver{LAND}/queryables>; rel="{QUERYABLES}"' in links
    assert 'rel="self"; type="application/geo+json"' in links


def test_the_geometry_can_be_queried_and_not_sorted_by(client):
    assert get(client, LAND + "/queryables")["properties"]["geom"]["x-ogc-role"] == "primary-geometry"
    assert "geom" not in get(client, LAND + "/sortables")["properties"]


def test_the_schema_says_what_is_computed_and_what_must_be_given(client, sample_store):
    found = get(client, LAND + "/schema")
    assert found["properties"]["area_m2"]["readOnly"] is True
    assert found["properties"]["DLBM"]["oneOf"][0] == {"const": "0101", "title": "水田 / Paddy field"}
    required = [field.name for field in sample_store.catalogue["land_use"].fields if field.required]
    assert found["required"] == ["geom", *required]


def test_every_queryable_but_the_geometry_is_a_parameter(client, everything):
    names = [name for name in get(client, LAND + "/queryables")["properties"] if name not in ("geom", "fid")]
    one = next(iter(everything.values()))
    for name in names:
        value = one["properties"][name]
        if value is not None:
            page = get(client, LAND + "/items", limit=10_000, **{name: str(value)})
            assert set(ids(page)) == {k for k, v in everything.items() if v["properties"][name] == value}, name
    assert ids(get(client, LAND + "/items", fid=one["id"])) == [one["id"]]


def test_a_list_finds_those_with_one_of_its_values(client, everything):
    page = get(client, LAND + "/items", limit=10_000, DLBM='["0101", "0103"]')
    wanted = {k for k, v in everything.items() if v["properties"]["DLBM"] in ("0101", "0103")}
    assert set(ids(page)) == wanted
    assert len(wanted) > 10


def test_parameters_filter_and_window_all_hold(client, everything):
    page = get(client, LAND + "/items", limit=10_000, DLBM="0101", filter="area_m2 > 5000", bbox="-180,-90,180,90")
    wanted = {k for k, v in everything.items()
              if v["properties"]["DLBM"] == "0101" and v["properties"]["area_m2"] > 5000}  # fmt: skip
    assert set(ids(page)) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [("geom", "x"), ("nope", "1"), ("area_m2", "big"), ("DLBM", "[1"), ("fid", "x"), ("DLBM", "[]"), ("fid", "[true]")],
)
def test_a_parameter_that_cannot_be_is_refused_by_its_name(client, name, value):
    answer = client.get(LAND + "/items", params={name: value})
    assert (answer.status_code, answer.json()["place"]) == (400, name)


def test_quotes_and_wildcards_mean_themselves(client):
    for value in ("'; DROP TABLE land_use; --", "%", "_", "水%", '"'):
        assert get(client, LAND + "/items", BZ=value)["numberMatched"] == 0


@pytest.mark.parametrize("order", ["area_m2", "-area_m2", "DLBM,-area_m2", "-DLBM,+area_m2", "-BZ", "-fid"])
def test_pages_forward_and_backward_meet_every_feature_once_in_order(client, everything, order):
    forward, url, last = [], f'{LAND}/items?limit=97&DLBM=["0101","0102"]&sortby={order}', None
    while url:
        page = get(client, url)
        forward += ids(page)
        last, url = page, next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(forward) == len(set(forward)) == last["numberMatched"] > 97
    backward = ids(last)
    while url := next((link["href"] for link in last["links"] if link["rel"] == "prev"), None):
        last = get(client, url)
        backward = ids(last) + backward
    assert backward == forward
    assert forward == sorted(forward, key=lambda fid: _key(everything[fid], order))


def _key(feature, order):
    """Sorts as `order` says; only used on values that are all there, or all missing."""
    keys = []
    for part in order.split(","):
        name, sign = part.lstrip("+-"), -1 if part.startswith("-") else 1
        value = feature["id"] if name == "fid" else feature["properties"][name]
        number = float(value) if value is not None else 0.0
        keys.append(sign * number)
    return (*keys, feature["id"])


@pytest.mark.parametrize("order", ["nope", "geom", "", "-", "area_m2,,", "DLBM'--"])
def test_an_order_that_cannot_be_is_refused(client, order):
    answer = client.get(LAND + "/items", params={"sortby": order})
    assert (answer.status_code, answer.json()["place"]) == (400, "sortby")


def test_a_page_of_another_order_is_refused(client):
    for after in ("x", "1", "W10", "bnVsbA", "-1", "9" * 30):
        answer = client.get(LAND + "/items", params={"sortby": "DLBM", "after": after})
        assert (answer.status_code, answer.json()["place"]) == (400, "after")


def test_only_the_properties_asked_for_are_given(client):
    for asked, given in (("DLBM", {"DLBM"}), ("area_m2,DLBM", {"DLBM", "area_m2"}), ("", set())):
        page = get(client, LAND + "/items", limit=2, properties=asked, sortby="-BZ")
        assert set(page["features"][0]["properties"]) == given
    assert client.get(LAND + "/items?properties=nope").status_code == 400


def test_functions_are_listed_with_their_types(client):
    found = {each["name"]: each for each in get(client, "/ogc/functions")["functions"]}
    assert found["casei"]["arguments"] == [{"type": ["string"]}]
    assert found["casei"]["returns"] == ["string"]
