from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import GisError
from gis.units import (
    closed,
    ha_from_m2,
    kg_from,
    m2_from_ha,
    m2_from_mu,
    mu_from_m2,
    round_half_up,
    weight_from_kg,
)


def test_2500_mu_are_1666666_and_two_thirds_m2():
    assert m2_from_mu(2500.0) == pytest.approx(1666666.6666666667, abs=1e-9)


def test_720000_m2_are_1080_mu_exactly():
    assert mu_from_m2(720000.0) == 1080.0


def test_a_mu_is_not_666_67_m2():
    # 2500 mu / 666.67 x 2000/3 would be 2499.9875
    assert mu_from_m2(m2_from_mu(2500.0)) == 2500.0


def test_arrays_of_areas_are_converted():
    assert mu_from_m2(np.array([2000.0, 1000.0])).tolist() == [3.0, 1.5]


def test_1080_mu_are_72_ha():
    assert ha_from_m2(720000.0) == 72.0
    assert m2_from_ha(72.0) == 720000.0


@pytest.mark.parametrize(
    ("amount", "unit", "kg"), [(2_400_000.0, "jin", 1_200_000.0), (1.5, "t", 1500.0), (3.0, "kg", 3.0)]
)
def test_weights_to_kg_and_back(amount, unit, kg):
    assert kg_from(amount, unit) == kg
    assert weight_from_kg(kg, unit) == amount


def test_unknown_unit_of_weight_names_the_valid_ones():
    with pytest.raises(GisError, match="kg, jin, t"):
        kg_from(1.0, "pound")


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.5, 0, 1.0), (1.5, 0, 2.0), (2.5, 0, 3.0), (-2.5, 0, -3.0), (0.49999999999, 0, 0.0),
        (2.675, 2, 2.68), (1.005, 2, 1.01), (1.0049, 2, 1.0), (29989.57157, 2, 29989.57), (0.145, 2, 0.15),
        (1e308, 2, 1e308), (123456789012345.67, 1, 123456789012345.7), (0.0, 3, 0.0),
    ],
)  # fmt: skip
def test_halves_are_rounded_up(value, decimals, expected):
    assert round_half_up(value, decimals) == expected
    assert round_half_up(np.array([value]), decimals).tolist() == [expected]


def test_nan_and_infinity_stay():
    rounded = round_half_up(np.array([math.nan, math.inf, -math.inf]), 2)
    assert math.isnan(rounded[0])
    assert rounded[1:].tolist() == [math.inf, -math.inf]


@pytest.mark.parametrize("decimals", [-1, 13])
def test_decimals_out_of_range_are_refused(decimals):
    with pytest.raises(GisError, match="0 to 12"):
        round_half_up(1.0, decimals)


@given(st.integers(-(10**12), 10**12), st.integers(0, 4), st.integers(0, 3))
def test_rounding_is_that_of_the_decimal_number(units, digits, decimals):
    text = Decimal(units).scaleb(-digits)
    expected = text.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert round_half_up(float(text), decimals) == float(expected)


def test_three_thirds_close_to_one():
    # 0.33 + 0.33 + 0.33 = 0.99: one unit is missing; all lost as much, so the first gets it
    assert closed([1 / 3, 1 / 3, 1 / 3], 2).tolist() == [0.34, 0.33, 0.33]


def test_the_part_that_lost_most_gets_the_missing_unit():
    # 1.4 + 2.4 + 3.2 = 7.0: rounded down 1 + 2 + 3 = 6; of the two that lost 0.4 the first gets the unit
    assert closed([1.4, 2.4, 3.2], 0).tolist() == [2, 2, 3]


def test_parts_close_to_a_given_whole():
    # 10.004 + 20.004 + 30.004 = 60.012, but the control area says 60.02
    assert closed([10.004, 20.004, 30.004], 2, whole=60.02).sum() == pytest.approx(60.02, abs=1e-9)


def test_a_whole_that_rounding_cannot_explain_is_refused():
    with pytest.raises(GisError, match="more than rounding"):
        closed([10.0, 20.0], 2, whole=31.0)


def test_parts_that_are_already_round_stay():
    assert closed([0.1, 0.2, 0.7], 1).tolist() == [0.1, 0.2, 0.7]


def test_no_parts_close_to_nothing():
    assert closed([], 2).tolist() == []


def test_parts_with_nan_are_refused():
    with pytest.raises(GisError):
        closed([1.0, math.nan], 2)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50), st.integers(0, 3))
def test_closed_parts_sum_to_the_rounded_whole_and_are_off_by_less_than_a_unit(parts, decimals):
    result = closed(parts, decimals)
    units = sum(round(value * 10**decimals) for value in result)
    assert units == round(round_half_up(math.fsum(parts), decimals) * 10**decimals)
    assert np.abs(result - parts).max() < 10.0**-decimals * 1.0001 + 1e-6
