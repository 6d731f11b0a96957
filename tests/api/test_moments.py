"""Which state of the data a request for features gets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.store import open_store
from tests.layers.store import sample

ITEMS = "/ogc/collections/parcels/items"


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A client, and the moments of three revisions: one parcel, then two, then one again."""
    with open_store(tmp_path_factory.mktemp("moments") / "store.gpkg", sample.catalogue()) as store:
        for change in (lambda t: t.insert("parcels", sample.rows({})), lambda t: t.insert("parcels", sample.rows({})),
                       lambda t: t.delete("parcels", [1])):  # fmt: skip
            with store.transaction(who="a", why="b") as transaction:
                change(transaction)
        moments = [revision.at for revision in reversed(store.revisions())]
        with TestClient(create_app(Settings(_env_file=None), store)) as client:
            yield client, moments


def count(client, **params):
    answer = client.get(ITEMS, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["numberMatched"]


def test_a_revision_gives_what_was_in_force_then(history):
    client, _ = history
    assert [count(client, revision=number) for number in range(4)] == [0, 1, 2, 1]


def test_an_instant_gives_what_was_in_force_then(history):
    client, moments = history
    assert [count(client, datetime=at.isoformat()) for at in moments] == [1, 2, 1]
    assert count(client, datetime=(moments[0] - timedelta(seconds=1)).isoformat()) == 0


def test_an_interval_gives_what_was_in_force_at_its_end(history):
    client, (first, second, _) = history
    assert count(client, datetime=f"{first.isoformat()}/{second.isoformat()}") == 2
    assert count(client, datetime=f"../{first.isoformat()}") == 1
    assert count(client, datetime=f"/{first.isoformat()}") == 1
    for open_end in ("..", ""):
        assert count(client, datetime=f"{first.isoformat()}/{open_end}") == 1


def test_an_interval_that_ends_before_anything_was_in_force_gives_nothing(history):
    assert count(history[0], datetime="2015-01-01/2016-01-01") == 0


def test_a_day_means_its_end_in_china(history):
    client, moments = history
    assert count(client, datetime=(moments[0] + timedelta(days=1)).date().isoformat()) == 1
    assert count(client, datetime=(moments[0] - timedelta(days=2)).date().isoformat()) == 0


def test_the_collection_says_since_when_there_are_features(history):
    client, moments = history
    (interval,) = client.get("/ogc/collections/parcels").json()["extent"]["temporal"]["interval"]
    assert interval == [moments[0].isoformat(timespec="milliseconds").replace("+00:00", "Z"), None]
    assert count(client, datetime=interval[0]) == 1


@pytest.mark.parametrize(
    "datetime",
    [
        "",
        "yesterday",
        "3",
        "2024-02-30",
        "2024-13",
        "a/b",
        "2024-01-02/2024-01-01",
        "2024-01-01/2024-01-02/..",
        "9999999-01-01",
    ],
)
def test_what_is_neither_instant_nor_interval_is_refused(history, datetime):
    answer = history[0].get(ITEMS, params={"datetime": datetime})
    assert (answer.status_code, answer.json()["place"]) == (400, "datetime")


def test_only_one_state_can_be_asked_for(history):
    answer = history[0].get(ITEMS, params={"datetime": "2024-01-01", "revision": 1})
    assert (answer.status_code, answer.json()["place"]) == (400, "revision")


def test_links_keep_the_state(history):
    page = history[0].get(ITEMS, params={"revision": 2, "limit": 1}).json()
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert len(history[0].get(following).json()["features"]) == 1
