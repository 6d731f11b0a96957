"""Statistics of layers: unknown outputs, groups and moments."""

import pyarrow as pa
import pytest
import shapely

from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.statistics import statistics
from layers.store import open_store

FIELDS = parse_definition(
    """
id = "fields"
title = { zh = "田块", en = "Fields" }
geometry = "polygon"
crs = 4527
area = { method = "planar" }
source = { zh = "测试", en = "test" }
date = 2024-12-31
fields = [
    { name = "KIND", title = { zh = "类", en = "Kind" }, type = "text" },
    { name = "OUT", title = { zh = "产量", en = "Output" }, type = "real", unit = "jin" },
]

[statistics]
by = ["KIND"]
yield = { field = "OUT", unit = "jin", basis = "paddy" }
""",
    place="test",
)

HECTARE = shapely.box(39618700, 3872200, 39618800, 3872300)  # 100 m x 100 m = 15 mu


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.gpkg", Catalogue({"fields": FIELDS})) as store:
        with store.transaction(who="test", why="test") as transaction:
            rows = {"KIND": ["a", "a", "b", None], "OUT": [15_000.0, None, 3_000.0, 0.0]}
            transaction.insert("fields", pa.table(rows | {"geom": [shapely.to_wkb(HECTARE)] * 4}))
        yield store


def test_a_yield_is_given_only_where_every_output_is_known(store):
    result = statistics(store, "fields", by="KIND", metric="yield")
    groups = {group["key"]: group for group in result.groups}
    # b: 3000 jin on 15 mu = 200 jin a mu; a knows the output of one of its two hectares
    assert groups["b"]["yield_jin_per_mu"] == 200
    assert groups["a"]["without_output"] == 1
    assert "yield_jin_per_mu" not in groups["a"]
    assert "yield_jin_per_mu" not in result.total


def test_an_output_of_none_is_not_unknown(store):
    groups = {group["key"]: group for group in statistics(store, "fields", by="KIND", metric="yield").groups}
    assert (groups[None]["output_kg"], groups[None]["without_output"]) == (0, 0)


def test_a_group_without_a_value_has_a_name(store):
    groups = {group["key"]: group for group in statistics(store, "fields", by="KIND").groups}
    assert (groups[None]["name_zh"], groups[None]["name_en"]) == ("（空）", "(none)")


def test_an_empty_layer_has_a_total_of_nothing(tmp_path):
    with open_store(tmp_path / "empty.gpkg", Catalogue({"fields": FIELDS})) as store:
        assert statistics(store, "fields").total["count"] == 0
