"""Who did what, over HTTP."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.store import open_store
from tests.api.people import LOCAL
from tests.layers.store import sample


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A service on a store of two revisions: two parcels made, then one deleted."""
    with open_store(tmp_path_factory.mktemp("revisions") / "store.gpkg", sample.catalogue()) as store:
        with store.transaction(who="张三", why="新建") as transaction:
            fids = transaction.insert("parcels", sample.rows({}, {}))
        with store.transaction(who="李四", why="撤销") as transaction:
            transaction.delete("parcels", fids[:1])
        with TestClient(create_app(Settings(_env_file=None), store), **LOCAL) as client:
            yield client


def revisions(client, query=""):
    return client.get(f"/api/revisions{query}").json()["revisions"]


def test_revisions_come_newest_first_with_who_and_why(client):
    assert [(each["id"], each["who"], each["why"]) for each in revisions(client)] == [
        (2, "李四", "撤销"),
        (1, "张三", "新建"),
    ]


def test_a_revision_says_how_many_features_it_touched(client):
    assert [each["layers"]["parcels"] for each in revisions(client)] == [
        {"inserted": 0, "updated": 0, "deleted": 1},
        {"inserted": 2, "updated": 0, "deleted": 0},
    ]


def test_the_time_is_utc(client):
    assert all(each["at"].endswith("+00:00") for each in revisions(client))


def test_only_so_many_are_given(client):
    assert [each["id"] for each in revisions(client, "?limit=1")] == [2]


def test_only_those_of_a_layer_are_given(client):
    assert revisions(client, "?layer=wells") == []
    assert len(revisions(client, "?layer=parcels")) == 2


@pytest.mark.parametrize(("query", "status"), [("?layer=none", 404), ("?limit=0", 400), ("?limit=1001", 400)])
def test_what_cannot_be_given_is_refused(client, query, status):
    assert client.get(f"/api/revisions{query}").status_code == status
