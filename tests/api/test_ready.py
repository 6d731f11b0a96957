"""What is answered from memory is what the routes answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.settings import Settings
from layers.catalogue import Catalogue, load_catalogue
from layers.definition import parse_definition
from layers.roles import Role
from layers.sample import load_sample
from layers.store import Store, open_store
from tests.layers.store import sample
from tests.services import postgis_schema

LAYERS = sorted(load_catalogue())
PAGES = [
    "items",
    "items?limit=3",
    "items?limit=100000",
    "items?limit=7&after=5",
    "items?f=json&bbox=118.29,34.96,118.31,34.97&limit=50",
    "items?bbox=118.29,34.96,118.31,34.97&limit=2&after=20",
    "items?bbox=-180,-90,180,90",
    "items?bbox=1,1,2,2",
    "items?after=999999",
    "items/1",
    "items/2?f=geojson",
]
ROUTES = [
    "items?bbox=1,2,3",
    "items?limit=0",
    "items?f=nope",
    "items?properties=name",
    "items?sortby=-fid&limit=2",
    "items?crs=http://www.opengis.net/def/crs/EPSG/0/3857&limit=2",
    "items/999999",
    "items?asof=2000-01-01",
    "items?limit=2&limit=3",
]
"""What goes to the routes whether a layer is in memory or not."""


@pytest.fixture(scope="module", params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def services(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, TestClient]]:
    """Two services on the sample, one with every layer in memory, one with none."""
    with ExitStack() as stack:
        is_file = request.param == "geopackage"
        url = str(tmp_path_factory.mktemp("s") / "s.gpkg") if is_file else stack.enter_context(postgis_schema())
        store = stack.enter_context(open_store(url, load_catalogue()))
        load_sample(store)
        ready, plain = (create_app(Settings(_env_file=None, layer_memory_bytes=n), store) for n in (10**9, 1))
        for layer in LAYERS:
            assert ready.state.residents.ready(layer) is not None
        yield stack.enter_context(TestClient(ready)), stack.enter_context(TestClient(plain))


def said(answer: Response) -> tuple[int, bytes, dict[str, str]]:
    """Everything but the time, and the length of what is compressed, which goes with it."""
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return answer.status_code, re.sub(rb'"timeStamp":"[^"]*",?', b"", answer.content), headers


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("address", PAGES)
def test_an_answer_from_memory_is_that_of_the_route(
    services: tuple[TestClient, TestClient], layer: str, address: str
) -> None:
    ready, plain = (service.get(f"/ogc/collections/{layer}/{address}") for service in services)
    assert said(ready) == said(plain)


@pytest.mark.parametrize("address", ROUTES)
def test_what_is_not_plain_goes_to_the_route(services: tuple[TestClient, TestClient], address: str) -> None:
    ready, plain = (service.get(f"/ogc/collections/villages/{address}") for service in services)
    assert said(ready) == said(plain)


@pytest.mark.parametrize("accept", ["text/html", "application/geo+json", "image/png", "*/*;q=0.1"])
def test_every_accept_gets_what_the_route_gives(services: tuple[TestClient, TestClient], accept: str) -> None:
    address, headers = "/ogc/collections/villages/items?limit=2", {"accept": accept}
    ready, plain = (service.get(address, headers=headers) for service in services)
    assert (ready.status_code, ready.headers["content-type"]) == (plain.status_code, plain.headers["content-type"])


def test_a_client_that_holds_a_feature_is_told_so(services: tuple[TestClient, TestClient]) -> None:
    for service in services:
        etag = service.get("/ogc/collections/villages/items/1").headers["etag"]
        again = service.get("/ogc/collections/villages/items/1", headers={"if-none-match": etag})
        assert again.status_code == 304


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    hidden = parse_definition(sample.PARCELS.replace('"户数"', '"户数"\nvisible_to = "planner"', 1), place="x")
    with open_store(tmp_path / "s.gpkg", Catalogue({**sample.catalogue(), "parcels": hidden})) as opened:
        with opened.transaction(who="张三", why="") as transaction:
            transaction.insert("parcels", sample.rows({}, {}))
        yield opened


def test_a_hidden_field_is_not_shown_from_memory(store: Store) -> None:
    app = create_app(Settings(_env_file=None), store)
    store.tokens.add("李四", Role.PLANNER)  # or the person at this machine would see it
    with TestClient(app) as client:
        app.state.residents.ready("parcels")
        properties = client.get("/ogc/collections/parcels/items").json()["features"][0]["properties"]
        assert "户数" not in properties
        assert "DLBM" in properties


def test_an_edit_shows_in_the_next_answer(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.gpkg", sample.catalogue()) as store:
        app = create_app(Settings(_env_file=None), store)
        with TestClient(app) as client:
            app.state.residents.ready("parcels")
            assert client.get("/ogc/collections/parcels/items").json()["numberMatched"] == 0
            with store.transaction(who="张三", why="") as transaction:
                transaction.insert("parcels", sample.rows({}, {}))
            assert client.get("/ogc/collections/parcels/items").json()["numberMatched"] == 2


def test_reading_that_is_not_open_to_all_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.gpkg", sample.catalogue()) as store:
        app = create_app(Settings(_env_file=None, anonymous_reading=False), store)
        with TestClient(app, base_url="http://elsewhere.example") as client:
            app.state.residents.ready("parcels")
            assert client.get("/ogc/collections/parcels/items").status_code == 401
