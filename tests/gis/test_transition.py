from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.columns import GeometryColumns
from gis.errors import GeometryError, GisError
from gis.transition import closed_matrix, transition_matrix


def columns(shapes):
    return GeometryColumns.from_shapely(shapes)


BEFORE = columns([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
AFTER = columns([shapely.box(0, 0, 6, 10), shapely.box(6, 0, 25, 10)])


def test_flows_by_hand():
    found = transition_matrix(BEFORE, ["0101", "0301"], AFTER, ["0101", "0601"])
    assert (found.classes_before, found.classes_after) == (("0101", "0301"), ("0101", "0601"))
    assert found.area_m2.tolist() == [
        [60, 40, 0],  # 0101: 6 x 10 stayed, 4 x 10 was built on
        [0, 100, 0],  # 0301: all of it
        [0, 50, 0],  # newly covered, from 20 to 25
    ]
    assert found.unchanged_m2 == 60


def test_what_no_parcel_covers_after_stands_in_the_last_column():
    found = transition_matrix(AFTER, ["0101", "0601"], BEFORE, ["0101", "0301"])
    assert found.area_m2[:, -1].tolist() == [0, 50, 0]


def test_rows_and_columns_sum_to_the_areas():
    rng = np.random.default_rng(0)
    edges_x, edges_y = np.sort(rng.uniform(0, 1000, (2, 12)), axis=1)
    before = [shapely.box(a, 0, b, 1000) for a, b in itertools.pairwise(edges_x)]
    after = [shapely.box(0, a, 1000, b) for a, b in itertools.pairwise(edges_y)]
    classes = rng.choice(["01", "02", "03"], (2, 11))
    found = transition_matrix(columns(before), list(classes[0]), columns(after), list(classes[1]))
    for k, name in enumerate(found.classes_before):
        total = sum(shape.area for shape, own in zip(before, classes[0], strict=True) if own == name)
        assert found.area_m2[k].sum() == pytest.approx(total, rel=1e-12)
    for k, name in enumerate(found.classes_after):
        total = sum(shape.area for shape, own in zip(after, classes[1], strict=True) if own == name)
        assert found.area_m2[:, k].sum() == pytest.approx(total, rel=1e-12)
    rounded = found.rounded()
    assert np.abs(rounded.sum(axis=1) - found.area_m2.sum(axis=1)).max() < 1
    assert np.abs(rounded.sum(axis=0) - found.area_m2.sum(axis=0)).max() < 1
    assert np.abs(rounded - found.area_m2).max() < 1


def test_class_of_none_is_empty_text():
    assert transition_matrix(BEFORE, [None, "0301"], AFTER, ["0101", None]).classes_before == ("", "0301")


@pytest.mark.parametrize(("before", "after"), [(BEFORE, AFTER), (AFTER, BEFORE)])
def test_coverage_that_overlaps_itself_is_refused(before, after):
    double = columns([shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10)])
    with pytest.raises(GeometryError, match=r"Features 0 and 1 .* overlap by 10\.00 m2"):
        transition_matrix(double, ["1", "2"], after, ["1", "2"])
    with pytest.raises(GeometryError, match="after"):
        transition_matrix(before, ["1", "2"], double, ["1", "2"])


def test_wrong_number_of_classes_is_refused():
    with pytest.raises(GisError, match="1 classes for 2 features"):
        transition_matrix(BEFORE, ["1"], AFTER, ["1", "2"])


def test_too_many_classes_are_refused():
    many = columns([shapely.box(k, 0, k + 1, 1) for k in range(301)])
    with pytest.raises(GisError, match="more than 300"):
        transition_matrix(many, [str(k) for k in range(301)], AFTER, ["1", "2"])


def test_halves_are_rounded_so_that_all_sums_stay():
    assert closed_matrix(np.full((2, 2), 0.5)).sum(axis=0).tolist() == [1, 1]
    assert closed_matrix(np.full((2, 2), 0.5)).sum(axis=1).tolist() == [1, 1]


TABLES = st.integers(1, 7).flatmap(
    lambda rows: st.integers(1, 7).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.integers(0, 3000).map(lambda v: v / 100) | st.floats(0, 1e6, allow_subnormal=False),
                min_size=columns,
                max_size=columns,
            ),
            min_size=rows,
            max_size=rows,
        )
    )
)


@settings(deadline=None, max_examples=300)
@given(TABLES)
def test_every_cell_row_column_and_total_is_rounded_down_or_up(table):
    exact = np.array(table)
    rounded = closed_matrix(exact)
    for sums in (lambda m: m, lambda m: m.sum(axis=0), lambda m: m.sum(axis=1), lambda m: m.sum()):
        assert np.abs(sums(rounded) - sums(exact)).max() < 1 + 1e-6
    assert (rounded == np.rint(rounded)).all()


def test_whole_numbers_stay():
    table = np.arange(12.0).reshape(3, 4)
    assert (closed_matrix(table) == table).all()


def test_large_table_is_closed():
    exact = np.random.default_rng(0).random((200, 200)) * 1000
    rounded = closed_matrix(exact)
    assert np.abs(rounded.sum(axis=0) - exact.sum(axis=0)).max() < 1
    assert np.abs(rounded.sum(axis=1) - exact.sum(axis=1)).max() < 1
