"""Filters of requests and commands: statistics and exports of the features they ask for."""

from __future__ import annotations

import json

import pyogrio
import pytest

from tests.api.test_cli import gaodu
from tests.layers.filtering.naughty import NAUGHTY


def statistics(client, **params):
    return client.get("/api/statistics/land_use", params=params)


def test_statistics_of_a_filter_are_a_part_of_the_whole(client):
    groups = statistics(client, by="DLBM").json()["groups"]
    one = statistics(client, filter=f"DLBM = '{groups[0]['key']}'").json()["total"]
    assert (one["count"], one["area_m2"]) == (groups[0]["count"], groups[0]["area_m2"])


def test_a_filter_may_be_json(client):
    asked = {"op": "=", "args": [{"property": "DLBM"}, "0101"]}
    text = statistics(client, filter="DLBM = '0101'").json()["total"]
    assert statistics(client, **{"filter": json.dumps(asked), "filter-lang": "cql2-json"}).json()["total"] == text


def test_coordinates_of_a_filter_are_in_its_crs_and_order_of_axes(client):
    window = "S_INTERSECTS(geom, BBOX({}))"
    crs84 = statistics(client, filter=window.format("118.2,34.8,118.3,34.95")).json()["total"]
    epsg = {"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4490"}
    turned = statistics(client, filter=window.format("34.8,118.2,34.95,118.3"), **epsg).json()["total"]
    assert turned == crs84


@pytest.mark.parametrize("asked", [
    {"filter": "nothing = 1"}, {"filter": "DLBM = 1"}, {"filter": "DLBM ="}, {"filter": "true", "filter-lang": "cql"},
    {"filter": "fid = 1", "filter-crs": "EPSG:1"}, {"filter-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
])  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused_with_a_reason(client, asked):
    response = statistics(client, **asked)
    assert response.status_code == 400
    assert response.json()["zh"]


def test_an_unknown_name_is_answered_with_the_valid_ones(client):
    assert "DLBM" in statistics(client, filter="nothing = 1").json()["remedy_en"]


SENDABLE = [text for text in NAUGHTY if len(text) < 10_000]


@pytest.mark.parametrize("text", SENDABLE, ids=range(len(SENDABLE)))
def test_naughty_filters_are_refused_or_mean_what_they_say(client, text):
    assert statistics(client, filter=text).status_code in (200, 400)


def test_naughty_texts_are_plain_values(client):
    for text in NAUGHTY:
        if "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text) and len(text) < 500:
            quoted = text.replace("'", "''").replace("\\", "\\\\")
            asked = {"op": "=", "args": [{"property": "DLBM"}, quoted]}
            found = statistics(client, **{"filter": json.dumps(asked), "filter-lang": "cql2-json"})
            assert found.json()["total"]["count"] == 0


def test_an_export_holds_what_the_filter_asks_for(sample_store, tmp_path):
    done = gaodu(tmp_path, "export", "land_use", "some.gpkg", "--filter", "fid <= 5", "--store", sample_store.path)
    assert done.returncode == 0, done.stderr
    assert pyogrio.read_info(tmp_path / "some.gpkg")["features"] == 5


def test_statistics_of_the_command_line_take_the_filter(sample_store, tmp_path):
    done = gaodu(tmp_path, "stats", "land_use", "--filter", "fid in (1, 2)", "--json", "--store", sample_store.path)
    assert json.loads(done.stdout)["total"]["count"] == 2


def test_a_wrong_filter_of_the_command_line_is_refused(sample_store, tmp_path):
    done = gaodu(tmp_path, "stats", "land_use", "--filter", "nothing = 1", "--store", sample_store.path)
    assert done.returncode != 0
    assert "DLBM" in done.stderr
