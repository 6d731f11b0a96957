from __future__ import annotations

import pyarrow as pa
import pytest

from layers.errors import InvalidFeature, UnknownField
from layers.validation import faults, valid_features
from tests.layers.store.sample import BOW_TIE_WKB, parcels, rows


def test_good_rows_have_no_faults() -> None:
    assert faults(parcels(), rows({}, {})) == []


def test_every_fault_is_found_with_its_feature_and_field() -> None:
    table = rows({"DLBM": "9999"}, {}, {"名称": "长" * 21, "geom": BOW_TIE_WKB}, {"DLBM": None, "geom": None})
    found = [(fault.index, fault.field) for fault in faults(parcels(), table)]
    assert found == [(0, "DLBM"), (2, "名称"), (2, "geom"), (3, "DLBM"), (3, "geom")]


def test_first_fault_is_raised_with_place_cause_and_remedy() -> None:
    with pytest.raises(InvalidFeature) as caught:
        list(valid_features(parcels(), rows({}, {"DLBM": "9999"}, {"geom": None})))
    error = caught.value
    assert error.place == "parcels[1].DLBM"
    assert "9999" in error.zh
    assert "9999" in error.en
    assert error.remedy_zh
    assert error.remedy_en


def test_fields_left_out_are_null() -> None:
    ((_, features),) = valid_features(parcels(), rows({}).select(["DLBM", "geom"]))
    assert features.fields["户数"].to_pylist() == [None]


@pytest.mark.parametrize("name", ["DLBM", "geom"])
def test_required_column_left_out_is_a_fault(name: str) -> None:
    (fault,) = faults(parcels(), rows({}).drop_columns([name]))
    assert (fault.index, fault.field) == (None, name)


def test_part_of_the_columns_will_do_for_a_change() -> None:
    ((_, features),) = valid_features(parcels(), rows({}).select(["名称"]), partial=True)
    assert (list(features.fields), features.shapes) == (["名称"], None)


def test_required_field_cannot_be_emptied_by_a_change() -> None:
    table = pa.table({"DLBM": pa.array([None], pa.string())})
    assert [fault.index for fault in faults(parcels(), table, partial=True)] == [0]


@pytest.mark.parametrize("name", ["dlbm", "DLBM ", "revision", "fid"])
def test_column_that_is_no_field_is_refused(name: str) -> None:
    with pytest.raises(UnknownField, match="DLBM"):
        faults(parcels(), rows({}, **{name: ["x"]}))


def test_faults_are_counted_from_the_start_of_the_table() -> None:
    # the third chunk of 20,000 begins at 40,000
    table = pa.concat_tables([rows(*[{}] * 10)] * 4_000 + [rows({"DLBM": "9999"})])
    assert [fault.index for fault in faults(parcels(), table)] == [40_000]


def test_fault_of_a_column_is_told_once() -> None:
    table = pa.concat_tables([rows(*[{}] * 10)] * 4_000).drop_columns(["DLBM"])
    assert len(faults(parcels(), table)) == 1
