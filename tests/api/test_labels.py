"""Labels: the right text inside its feature, and none where there would be too many."""

from __future__ import annotations

import pytest
import shapely

import api.pages.labels
from api.pages.labels import labels
from gis.columns import GeometryColumns
from gis.crs import transformed
from layers.store import Store


def test_every_village_has_its_label(sample_store: Store) -> None:
    assert len(labels(sample_store, sample_store.catalogue["villages"])) == 12


def test_a_label_stands_inside_its_feature(sample_store: Store) -> None:
    rows = sample_store.read("villages")
    degrees = transformed(GeometryColumns.from_wkb(rows["geom"]), 4527, 4326).to_shapely()
    shapes = dict(zip(rows["XZQMC"].to_pylist(), degrees, strict=True))
    for label in labels(sample_store, sample_store.catalogue["villages"]):
        assert shapely.contains_xy(shapes[label.text], label.longitude, label.latitude)


def test_a_layer_without_a_label_field_has_none(sample_store: Store) -> None:
    assert labels(sample_store, sample_store.catalogue["land_use"]) == ()


def test_a_layer_with_too_many_features_is_not_labelled(sample_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.pages.labels, "MAX_LABELS", 11)
    assert labels(sample_store, sample_store.catalogue["villages"]) == ()
