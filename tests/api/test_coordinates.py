"""Features in the CRSs of part 2, with the order of axes that EPSG gives each."""

from __future__ import annotations

import pyproj
import pytest
import shapely

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CODES = (4326, 4490, 4527, 4528, 4547, 4548, 4549, 3857)
FIRST = {4326: "north", 4490: "north", 4527: "north", 4528: "north", 4547: "north", 4548: "north", 4549: "north",
         3857: "east"}  # fmt: skip
"""Which way the first axis points, from the EPSG data set."""

ITEMS = "/ogc/collections/villages/items"


def uri(epsg):
    return f"http://www.opengis.net/def/crs/EPSG/0/{epsg}"


def point_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    feature = document["features"][0] if "features" in document else document
    return shapely.get_coordinates(shapely.geometry.shape(feature["geometry"]))[0], answer.headers["content-crs"]


def test_a_collection_lists_its_crss_and_the_one_it_is_stored_in(client):
    found = client.get("/ogc/collections/villages").json()
    assert found["crs"] == [CRS84, *map(uri, CODES)]
    assert found["storageCrs"] == uri(4527)


@pytest.mark.parametrize("epsg", CODES)
@pytest.mark.parametrize("address", [ITEMS + "?limit=1&crs=", ITEMS + "/1?crs="])
def test_coordinates_are_in_the_crs_asked_for_in_its_order_of_axes(client, epsg, address):
    (longitude, latitude), said = point_of(client, address + CRS84)
    assert said == f"<{CRS84}>"
    found, said = point_of(client, address + uri(epsg))
    assert said == f"<{uri(epsg)}>"
    # pyproj by itself keeps the order of axes of EPSG: latitude first in, and out what EPSG says
    wanted = pyproj.Transformer.from_crs(4326, epsg).transform(latitude, longitude)
    assert found == pytest.approx(wanted, abs=1.2e-7 if epsg in (4326, 4490) else 0.02)
    assert (wanted[0] == max(wanted)) is (FIRST[epsg] == "east" if epsg == 3857 else wanted[0] > wanted[1])


def test_without_crs_coordinates_are_longitude_and_latitude(client):
    (x, y), said = point_of(client, ITEMS + "?limit=1")
    assert (int(x), int(y), said) == (118, 34, f"<{CRS84}>")


@pytest.mark.parametrize("epsg", CODES)
def test_a_window_in_any_crs_finds_what_the_same_window_in_degrees_does(client, epsg):
    everything = client.get(ITEMS).json()
    west, south, east, north = shapely.total_bounds(
        [shapely.geometry.shape(f["geometry"]) for f in everything["features"]]
    )
    low = (west + (east - west) * 0.3, south + (north - south) * 0.3)
    high = (west + (east - west) * 0.45, south + (north - south) * 0.45)
    degrees = client.get(ITEMS, params={"bbox": ",".join(map(str, (*low, *high)))}).json()
    to_crs = pyproj.Transformer.from_crs(4326, epsg)
    corners = [to_crs.transform(*reversed(corner)) for corner in (low, high)]
    window = ",".join(str(number) for corner in corners for number in corner)
    found = client.get(ITEMS, params={"bbox": window, "bbox-crs": uri(epsg)}).json()
    assert 0 < found["numberMatched"] < everything["numberMatched"]
    # a rectangle in a plane is not quite one in degrees: villages at its rim may differ
    one, other = ({feature["id"] for feature in page["features"]} for page in (degrees, found))
    assert len(one ^ other) <= 1


@pytest.mark.parametrize("bbox", ["-1e300,-1e300,1e300,1e300", "-2e7,-2e7,2e7,2e7"])
def test_a_window_larger_than_the_plane_finds_everything(client, bbox):
    found = client.get(ITEMS, params={"bbox": bbox, "bbox-crs": uri(3857)}).json()
    assert found["numberMatched"] == 12


def test_a_window_elsewhere_in_a_plane_finds_nothing(client):
    found = client.get(ITEMS, params={"bbox": "0,0,1000,1000", "bbox-crs": uri(4527)})
    assert found.json()["numberMatched"] == 0


@pytest.mark.parametrize("written", ["[EPSG:4490]", "EPSG:4490", "urn:ogc:def:crs:EPSG::4490", uri(4490)])
def test_a_crs_may_be_written_in_the_usual_ways(client, written):
    answer = client.get(ITEMS, params={"limit": 1, "crs": written})
    assert answer.headers["content-crs"] == f"<{uri(4490)}>"


@pytest.mark.parametrize("parameter", ["crs", "bbox-crs"])
@pytest.mark.parametrize(
    "written",
    ["", "4490", uri(2437), uri(99999), "http://example.com/EPSG/0/4490", "+proj=longlat", "EPSG:4490'--", "OGC:CRS27"],
)
def test_any_other_crs_is_refused(client, parameter, written):
    answer = client.get(ITEMS, params={"bbox": "118,34,119,36", parameter: written})
    assert (answer.status_code, answer.json()["place"]) == (400, parameter)
    assert uri(4527) in answer.json()["remedy_en"]


def test_links_keep_the_crs(client):
    page = client.get(ITEMS, params={"limit": 5, "crs": uri(4527), "properties": "XZQMC"}).json()
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    answer = client.get(following)
    assert answer.headers["content-crs"] == f"<{uri(4527)}>"
    assert set(answer.json()["features"][0]["properties"]) == {"XZQMC"}
